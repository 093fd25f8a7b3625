"""The house itself: imports run downward, pint, yaml and rich stay in their rooms, no float comes near a dose."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "infuse"
FLOORS = ("ground", "files", "arithmetic", "judgement", "ordering", "paper", "hand")  # folders, from the ground up
FILES = {str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__"): path for path in ROOT.rglob("*.py")}
MODULES = {name: path for name, path in FILES.items() if path.stat().st_size or path.name != "__init__.py"}


def floor(name: str) -> int:
    """The number of its floor; what stands in no folder, the command line, is of the hand."""
    folder = name.split(".")[0]
    return FLOORS.index(folder if folder in FLOORS else "hand")


def imports(path: Path) -> set[str]:
    """Every module that the file imports, also inside functions; of `from infuse import x`, infuse.x."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
            if node.module.split(".")[0] == "infuse":
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_folder_is_a_floor():
    assert {path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in ("__pycache__", "protocols")} == set(FLOORS)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_run_downward(name):
    ours = {each.removeprefix("infuse.") for each in imports(MODULES[name]) if each.startswith("infuse.")}
    above = {each for each in ours if each in MODULES and floor(each) > floor(name)}
    assert not above, f"{name} stands on floor {floor(name)} and imports {above}"


def test_no_two_modules_import_each_other():
    ours = {name: {each.removeprefix("infuse.") for each in imports(path)} & (set(MODULES) - {name})
            for name, path in MODULES.items()}
    seen: dict[str, set[str]] = {}

    def below(name):
        if name not in seen:
            seen[name] = set()
            seen[name] = ours[name] | {deep for each in ours[name] for deep in below(each)}
        return seen[name]

    assert not [name for name in MODULES if name in below(name)]


@pytest.mark.parametrize(("library", "room"), [("pint", "ground.units"), ("yaml", "ground.source"), ("rich", "paper.render.terminal"), ("typst", "paper.render.typesetting"), ("segno", "paper.render.symbols"), ("barcode", "paper.render.symbols")])
def test_a_library_has_one_room(library, room):
    users = {name for name, path in FILES.items() if any(each.split(".")[0] == library for each in imports(path))}
    assert users == {room}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_no_float_no_round_no_stray_factor(name):
    for node in ast.walk(ast.parse(MODULES[name].read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            assert not isinstance(node.value, float), f"{name}:{node.lineno}: a float"
            assert name == "ground.units" or node.value not in (60, 1000), f"{name}:{node.lineno}: a factor outside units"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("float", "round"), f"{name}:{node.lineno}: {node.func.id}()"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_names_carry_no_units(name):
    names = {node.id for node in ast.walk(ast.parse(MODULES[name].read_text())) if isinstance(node, ast.Name)}
    assert not {each for each in names if each.endswith(("_mg", "_kg", "_ml", "_mcg"))}


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"__init__", "__main__"}))
def test_a_module_opens_with_what_it_is_for(name):
    said = ast.get_docstring(ast.parse(MODULES[name].read_text()))
    assert said and "For:" in said


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["order", "--help"]])
def test_commands_that_compute_nothing_do_not_import_pint(arguments):
    code = ("import sys\nfrom infuse.cli import app\ntry:\n    app(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
            "sys.exit('pint' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT.parent)
    assert done.returncode == 0, done.stderr
    assert "PROTOCOL" in done.stdout or "ketamine" in done.stdout or "Commands" in done.stdout
