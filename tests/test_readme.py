"""The README is true: every `$ infuse` block is run and its output compared.

`[and so on]` stands for the rest of an output. INFUSE_REWRITE=1 pytest tests/test_readme.py writes the outputs anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CLOCK, ROOT

README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
MORE = "[and so on]"
HERE = Path(__file__).parent / "data"


@pytest.fixture
def folder(tmp_path):
    """Where the README's commands run: with its patient and its faulty protocol, and infuse on the path."""
    (tmp_path / "site").mkdir()
    shutil.copy(HERE / "ketamine-short.yaml", tmp_path / "site")
    shutil.copy(HERE / "patient.yaml", tmp_path)
    binaries = tmp_path / ".bin"
    binaries.mkdir()
    (binaries / "infuse").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m infuse "$@"\n')
    (binaries / "infuse").chmod(0o755)
    return tmp_path


def run(command, folder):
    environment = os.environ | CLOCK | {"PATH": f"{folder / '.bin'}:{os.environ['PATH']}", "COLUMNS": "80"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    (folder / "sheet.txt").unlink(missing_ok=True)
    return (done.stdout + done.stderr).splitlines()


def steps(block):
    """(command, expected lines) of one block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def checked(command):
    return command.startswith(("infuse ", "cat "))


def test_every_infuse_block_prints_what_it_says(folder):
    text = README.read_text()
    if os.environ.get("INFUSE_REWRITE"):
        text = BLOCK.sub(lambda match: f"```console\n{rewritten(match[1], folder)}```", text)
        README.write_text(text)
    ran = 0
    for block in BLOCK.findall(text):
        for command, expected in steps(block):
            if checked(command):
                said, ran = run(command, folder), ran + 1
                if expected and expected[-1] == MORE:
                    said, expected = said[: len(expected) - 1], expected[:-1]
                assert said == expected, command
    assert ran >= 15


def rewritten(block, folder):
    out = []
    for command, expected in steps(block):
        said = run(command, folder) if checked(command) else expected
        cut = bool(expected) and expected[-1] == MORE
        out += [f"$ {command}", *(said[: len(expected) - 1] + [MORE] if cut else said)]
    return "\n".join(out) + "\n"


def test_the_two_commands_are_the_ones_that_ci_runs():
    first, second = re.findall(r"\$ (python3 -m venv .*)", README.read_text())
    assert first.endswith("order ketamine-inpatient-titration --weight 70kg --age 44y")
    assert second.endswith(".venv/bin/pytest") and '".[test]"' in second
    assert "pytest" in (ROOT / ".ci" / "run").read_text()
