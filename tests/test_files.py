"""`infuse check`: each mistake in the words that its file under tests/bad/ says, at its place; whatever the text, a list of
problems and never a traceback; which file wins.

`INFUSE_REWRITE=1 pytest tests/test_files.py` writes the tests/bad/*.txt anew: read the diff.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from infuse import cli
from infuse.files.library import Library
from infuse.ground.source import Mapping, Scalar, read, show
from infuse.ordering import checking

BAD, GOOD = ROOT / "tests" / "bad", ROOT / "tests" / "protocols"
SAMPLES = sorted(GOOD.glob("**/*.yaml"))


def check(path: Path, *folders: Path) -> checking.Checked:
    return checking.check(Library(folders), [path])


def scalars(node):
    """Every value of a file that is one text, in the order of the file."""
    if isinstance(node, Scalar):
        yield node
    for each in node.items if not isinstance(node, Scalar) else ():
        yield from scalars(each[1] if isinstance(node, Mapping) else each)


# ---------------------------------------------------------------------------------------------- every message

RIGHT = [BAD / "drugs" / name for name in ("sample.yaml", "no-equivalent.yaml", "sample-fluid.yaml")]  # the drugs of the protocols there
MISTAKES = sorted(path.relative_to(ROOT) for path in BAD.glob("**/*.yaml") if path not in RIGHT)


@pytest.mark.parametrize("path", MISTAKES, ids=lambda path: str(path.relative_to("tests/bad").with_suffix("")))
def test_a_mistake_in_the_words_that_are_written_beside_it(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(cli.app, ["check", str(path)], env={"INFUSE_DEBUG": "1", "INFUSE_PROTOCOLS": None})
    said = ROOT / path.with_suffix(".txt")
    if os.environ.get("INFUSE_REWRITE"):
        said.write_text(done.stdout)
    assert (done.exit_code, done.stdout, done.stderr) == (1, said.read_text(), "")


def test_an_editor_gets_the_same_places_and_words(monkeypatch):
    monkeypatch.chdir(ROOT)
    path = "tests/bad/two-faults.yaml"
    done = CliRunner().invoke(cli.app, ["check", path, "--json"])
    problems = [each for each in json.loads(done.stdout)["problems"] if each["severity"] == "error"]
    lines = [f"{each['file']}:{each['line']}:{each['column']}: {each['message']}" for each in problems]
    assert done.exit_code == 1 and len(lines) == 2
    assert lines == [line for line in (ROOT / path).with_suffix(".txt").read_text().splitlines() if line.startswith(path) and " note: " not in line]


def test_every_diagnosis_has_its_file_and_the_drugs_of_the_folder_are_right():
    assert {path.with_suffix(".txt") for path in MISTAKES} == {path.relative_to(ROOT) for path in BAD.glob("**/*.txt")}
    assert [each for path in (*RIGHT, *SAMPLES) for each in check(path).errors] == []


# ---------------------------------------------------------------------------------------------- every quantity (test_unit_mutation changes each)

def test_the_samples_state_every_quantity_that_a_file_can_state():
    from infuse.files import schema
    said = {key for path in SAMPLES for key in re.findall(r"^[ -]*([a-z_]+):", path.read_text(), re.M)}
    keys = {name for table in (schema.PROTOCOL, schema.DRUG) for name in quantity_keys(table.schema)}
    assert keys <= said and len(keys) > 20


def quantity_keys(schema, name=""):
    """The keys whose value is a quantity or a range, as the JSON Schema of a file describes them."""
    if "examples" in schema:
        yield name
    for key, below in schema.get("properties", {}).items():
        yield from quantity_keys(below, key)
    for below in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("items"), schema.get("additionalProperties")]:
        if isinstance(below, dict):
            yield from quantity_keys(below, name)


# ---------------------------------------------------------------------------------------------- the disk

MIB = 2**20


def only(checked) -> str:
    """The one error, as a person reads it."""
    error, = checked.errors
    return f"{error.span.line}:{error.span.column} {error.message}"


def in_folder(tmp_path, name="drugs/sample.yaml") -> Path:
    """The sample folder in tmp_path; one file of it."""
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    return tmp_path / name


# what the disk does to the drug file of a protocol; what check says of it
DISK = [
    (lambda path: (path.unlink(), path.mkdir()), "4:7 expected drugs/sample.yaml, which `drug: sample` names; found none"),
    (lambda path: path.unlink(), "4:7 expected drugs/sample.yaml, which `drug: sample` names; found none"),
    (lambda path: path.write_bytes(b""), "1:1 expected keys with values; found an empty file"),
    (lambda path: path.write_bytes(b"\xef\xbb\xbf"), "1:1 expected keys with values; found an empty file"),
    (lambda path: os.truncate(path, 100 * MIB), "1:1 expected at most 1,048,576 bytes; found 104,857,600"),
    (lambda path: path.write_text("[" * 100_000), "1:1 expected a list over lines; found brackets"),
    (lambda path: path.write_text("- " * 100_000), "1:81 expected at most 40 levels; found more"),
    (lambda path: path.write_text("".join(" " * depth + "a:\n" for depth in range(1_400))), "41:41 expected at most 40 levels; found more"),
    (lambda path: path.write_text("a: " * 100_000), '1:5 expected one "key: value" on the line; found a second colon with a space after it'),
    (lambda path: path.write_text("? " * 100_000), "1:81 expected at most 40 levels; found more"),
]


@pytest.mark.parametrize(("spoil", "said"), DISK)
def test_a_drug_file_that_the_disk_spoiled(tmp_path, monkeypatch, spoil, said):
    monkeypatch.setattr("infuse.files.library.shipped", lambda: ROOT / "nowhere")
    spoil(in_folder(tmp_path))
    start = time.monotonic()
    assert only(check(tmp_path / "sample-fixed.yaml")) == said
    assert time.monotonic() - start < 2


def test_a_large_file_is_refused_without_being_read(tmp_path, monkeypatch):
    path = in_folder(tmp_path, "sample-fixed.yaml")
    os.truncate(path, 100 * MIB)
    taken = []

    class Counted(io.FileIO):
        def read(self, size=-1):
            taken.append(super().read(size))
            return taken[-1]

    monkeypatch.setattr("infuse.files.library.open", lambda name, mode: Counted(name) if name == path else open(name, mode), raising=False)
    assert only(check(path)) == "1:1 expected at most 1,048,576 bytes; found 104,857,600"
    assert sum(map(len, taken)) <= MIB + 1


@pytest.mark.parametrize(("error", "said"), [
    (PermissionError(13, "Permission denied"), "1:1 expected a file; found one that cannot be read (Permission denied)"),
    (OSError(5, "Input/output error"), "1:1 expected a file; found one that cannot be read (Input/output error)"),
])
@pytest.mark.parametrize("name", ["sample-fixed.yaml", "drugs/sample.yaml", "tables/devices.yaml", "tables/weight-bounds.yaml"])
def test_a_file_that_cannot_be_read(tmp_path, monkeypatch, name, error, said):
    refused = in_folder(tmp_path, name)

    def opened(path, *mode):
        if path == refused:
            raise error
        return open(path, *mode)

    monkeypatch.setattr("infuse.files.library.open", opened, raising=False)
    checked = check(tmp_path / "sample-fixed.yaml")
    assert only(checked) == said and checked.errors[0].span.file == str(refused)


@pytest.mark.parametrize("name", ["sample-fixed.yaml", "drugs/sample.yaml", "tables/devices.yaml"])
def test_a_file_that_is_gone_between_the_list_and_the_reading(tmp_path, monkeypatch, name):
    gone = in_folder(tmp_path, name)

    def opened(path, *mode):
        gone.unlink(missing_ok=True)
        return open(path, *mode)

    monkeypatch.setattr("infuse.files.library.open", opened, raising=False)
    errors = check(tmp_path).errors
    assert any(each.span.file == str(gone) and each.message == "expected a file; found none" for each in errors)


def test_text_that_is_too_long_is_refused_unread():
    assert read("a.yaml", b" " * MIB).problems[0].message == "expected keys with values; found an empty file"
    assert read("a.yaml", b" " * (MIB + 1)).problems[0].message == "expected at most 1,048,576 bytes; found 1,048,577"


def test_a_folder_that_is_named_like_a_file(tmp_path):
    (tmp_path / "a.yaml").mkdir()
    assert only(checking.Checked(tuple((each, ()) for each in Library([tmp_path]).load(tmp_path / "a.yaml").problems), 1, 0)) == "1:1 expected a file; found a folder"


def test_a_link_to_nothing(tmp_path):
    (tmp_path / "a.yaml").symlink_to(tmp_path / "b.yaml")
    assert only(check(tmp_path)) == "1:1 expected a file; found none"


def test_several_files_in_one_report_by_file_and_line(tmp_path):
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    for name, old, new in (("sample-fixed.yaml", "16 mEq", "17 mEq"), ("drugs/sample.yaml", "0.4 mEq/mL", "0.5 mEq/mL"),
                           ("sample-dose.yaml", "    soft: 40 to", "    soft: 400 to"), ("sample-dose.yaml", "volume: 20 mL", "volume: 20 mg")):
        (tmp_path / name).write_text((tmp_path / name).read_text().replace(old, new))
    found = [(Path(each.span.file).name, (tmp_path / each.span.file).read_text().splitlines()[each.span.line - 1].strip()) for each in check(tmp_path).errors]
    assert found == [("sample.yaml", "equivalent_strength: 0.5 mEq/mL"), ("sample-dose.yaml", "soft: 400 to 150 kg"),
                     ("sample-dose.yaml", "volume: 20 mg"), ("sample-fixed.yaml", "equivalent: 17 mEq")]


# ---------------------------------------------------------------------------------------------- any text at all

YAML_LIKE = st.text(st.sampled_from("ab:- #'\"\n \t[]{}&*!|>%@?,.~<\\\u0085\u2028\u200b\r\ufeffé中\x1b"), max_size=60)


def stands_in_the_file(problem, lines):
    span = problem.span
    assert 1 <= span.line <= max(len(lines), 1), problem
    width = len(lines[span.line - 1]) if lines else 0
    assert 1 <= span.column <= width + 1 and span.column < span.end <= max(width, span.column) + 1, (problem, lines)


def read_and_shown(content: bytes):
    document = read("a.yaml", content)
    assert (document.root is None) <= bool(document.problems)
    for problem in document.problems:
        if document.lines:
            stands_in_the_file(problem, document.lines)
        shown = show(problem, document.lines)
        assert shown.startswith("a.yaml:") and not HIDDEN.search(shown)
        assert problem.message.startswith("expected ") and "; found " in problem.message


HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@given(st.one_of(YAML_LIKE, st.text(max_size=200)))
@settings(max_examples=600)
def test_any_text_is_read_or_refused_at_a_place_in_it(text):
    read_and_shown(text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(content):
    read_and_shown(content)


VALUES = [(path, number) for path in SAMPLES for number, _ in enumerate(scalars(read("", path.read_bytes()).root))]
PIECES = st.one_of(st.text(max_size=20), st.lists(st.sampled_from("0 0.1 1 2 1,000 9999999999 mg g mL kg h day % units mEq /kg /h /mL /min up to at least nearest in course 24 unknown "
                                                                  "site refuse yes no adult sample vial-50 bag-40 sample-paper weight refused".split(" ")), max_size=6).map(" ".join))


@given(st.sampled_from(VALUES), PIECES)
@settings(max_examples=400)
def test_any_value_in_place_of_another_gives_problems_in_the_file_and_no_traceback(tmp_path_factory, place, text):
    path, number = place
    content = path.read_text()
    scalar = list(scalars(read("", content.encode()).root))[number]
    lines = content.split("\n")
    quoted = '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'
    line = lines[scalar.span.line - 1]
    lines[scalar.span.line - 1] = line[: scalar.span.column - 1] + quoted + line[scalar.span.end - 1:]
    folder = tmp_path_factory.mktemp("any", numbered=True)
    copy = in_folder(folder, str(path.relative_to(GOOD)))
    copy.write_text("\n".join(lines))
    checked = check(copy)
    for problem, shown_lines in checked.findings:
        stands_in_the_file(problem, shown_lines)
    assert not HIDDEN.search(checking.as_text(checked))
    shutil.rmtree(folder)


# ---------------------------------------------------------------------------------------------- which file wins


def folder_with(path: Path, **files: str) -> Path:
    """A site's folder; keys spell paths with __ for a slash."""
    for name, content in files.items():
        target = path / (name.replace("__", "/").replace("_", "-") + ".yaml")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    return path


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A shipped folder that is the samples, and two sites' folders, empty."""
    shutil.copytree(GOOD, tmp_path / "shipped")
    monkeypatch.setattr("infuse.files.library.shipped", lambda: tmp_path / "shipped")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    return tmp_path


FIXED, DRUG = (GOOD / "sample-fixed.yaml").read_text(), (GOOD / "drugs" / "sample.yaml").read_text()


def test_check_without_a_path_reads_each_file_that_would_be_used_once(shelf):
    folder_with(shelf / "first", sample_fixed=FIXED.replace("equivalent: 16 mEq", "equivalent: 17 mEq"))
    checked = checking.check(Library([shelf / "first", shelf / "second"]), [])
    assert checked.files == len(SAMPLES)
    assert only(checked) == "25:19 expected 16 mEq; found \"17 mEq\""
    assert [each.span.file for each in checked.errors] == [str(shelf / "first" / "sample-fixed.yaml")]


def used(library, name="sample-fixed"):
    return [(each.name, each.shadows) for each in library.load(library.ids()[name]).files]


# files of the first and second site's folder; the protocol and the drug that are used, and what each shadows
SHADOWS = [
    ((), (), ("protocols/sample-fixed.yaml", ""), ("protocols/drugs/sample.yaml", "")),
    (("sample_fixed",), (), ("first/sample-fixed.yaml", "protocols/sample-fixed.yaml"), ("protocols/drugs/sample.yaml", "")),
    ((), ("sample_fixed",), ("second/sample-fixed.yaml", "protocols/sample-fixed.yaml"), ("protocols/drugs/sample.yaml", "")),
    (("sample_fixed",), ("sample_fixed",), ("first/sample-fixed.yaml", "protocols/sample-fixed.yaml"), ("protocols/drugs/sample.yaml", "")),
    ((), ("sample_fixed", "drugs__sample"), ("second/sample-fixed.yaml", "protocols/sample-fixed.yaml"), ("second/drugs/sample.yaml", "protocols/drugs/sample.yaml")),
    (("sample_fixed",), ("drugs__sample",), ("first/sample-fixed.yaml", "protocols/sample-fixed.yaml"), ("second/drugs/sample.yaml", "protocols/drugs/sample.yaml")),
    (("drugs__sample",), ("sample_fixed", "drugs__sample"), ("second/sample-fixed.yaml", "protocols/sample-fixed.yaml"), ("second/drugs/sample.yaml", "protocols/drugs/sample.yaml")),
]


@pytest.mark.parametrize(("first", "second", "protocol", "drug"), SHADOWS)
def test_the_first_folder_wins_by_name_and_a_drug_is_sought_beside_the_protocol_first(shelf, first, second, protocol, drug):
    content = {"sample_fixed": FIXED, "drugs__sample": DRUG}
    folders = [folder_with(shelf / name, **{each: content[each] for each in files}) for name, files in (("first", first), ("second", second))]
    said = used(Library(folders))[:2]
    assert said == [(name if name.startswith("protocols/") else str(shelf / name), shadowed) for name, shadowed in (protocol, drug)]


@pytest.mark.parametrize("name", ["drugs/sample.yaml", "tables/devices.yaml", "tables/weight-bounds.yaml"])
def test_a_sites_own_drug_and_tables_serve_a_shipped_protocol(shelf, name):
    (shelf / "first" / name).parent.mkdir()
    shutil.copy(GOOD / name, shelf / "first" / name)
    assert (str(shelf / "first" / name), f"protocols/{name}") in used(Library([shelf / "first"]))


@pytest.mark.parametrize("name", ["sample-fixed.yaml", "drugs/sample.yaml", "tables/devices.yaml", "tables/weight-bounds.yaml"])
def test_the_hash_of_an_order_changes_with_every_file_that_it_read(shelf, infuse, name):
    def ordered():
        done = infuse("order", "sample-fixed", "--weight", "70kg", "--age", "44y", "--json", "--protocols", str(shelf / "shipped"))
        assert done.returncode == 0, done.stderr
        protocol, = json.loads(done.stdout)["protocols"]
        return protocol["sha256"], {Path(each["name"]).name: each["sha256"] for each in protocol["files"]}

    whole, before = ordered()
    with open(shelf / "shipped" / name, "a") as file:
        file.write("# one more line\n")
    now, after = ordered()
    assert whole != now
    assert {each for each in after if after[each] != before[each]} == {Path(name).name}
    assert after[Path(name).name] == hashlib.sha256((shelf / "shipped" / name).read_bytes()).hexdigest()


def test_the_sheet_names_every_file_and_every_shipped_file_that_is_shadowed(infuse, tmp_path):
    shutil.copytree(ROOT / "protocols", tmp_path / "site")
    done = infuse("order", "ketamine-inpatient-titration", "--weight", "70kg", "--age", "44y", "--protocols", str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    flat = "".join(done.stdout.split())
    for name in ("ketamine-inpatient-titration.yaml", "drugs/ketamine.yaml", "tables/devices.yaml", "tables/weight-bounds.yaml"):
        assert f"{tmp_path}/site/{name}" in flat, name
        assert f"insteadoftheshippedprotocols/{name}" in flat, name


# ---------------------------------------------------------------------------------------------- the house


@pytest.mark.parametrize("name", ["files/tables", *(f"files/schema/{name}" for name in ("common", "limits", "doses", "phases", "protocol", "drug"))])
def test_what_disagrees_in_a_file_is_said_through_wrong_which_carries_its_place(name):
    """A bare ValueError would end `check` with a traceback: only shapes.Wrong is turned into a problem."""
    assert "raise ValueError" not in (ROOT / "infuse" / f"{name}.py").read_text()


def test_a_list_that_the_cases_need_and_that_has_a_fault_is_a_problem_and_no_traceback(tmp_path):
    """What was given before is a medicine: the lists must be read to know which."""
    path = in_folder(tmp_path, "sample-as-needed.yaml")
    path.write_text(path.read_text() + """  - name: what was given before counts
    given:
      weight: 70 kg
      given: sample 300 mg at 2026-01-01 09:00
    expect:
      refused: total
""")
    (tmp_path / "tables" / "medicines.yaml").write_text("medicine: none\n")
    errors = checking.check(Library([tmp_path]), [path]).errors
    assert errors and {each.span.file for each in errors} == {str(tmp_path / "tables" / "medicines.yaml")}
