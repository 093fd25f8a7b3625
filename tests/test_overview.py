"""The table of a library's protocols: dose, most, source, what is still for the site. `test_guide` holds that of the guide."""

from __future__ import annotations

from functools import lru_cache

import pytest
from conftest import ROOT

from infuse.files.library import Library
from infuse.paper import overview


def test_the_command_prints_the_same_table(infuse):
    done = infuse("list", "--format", "markdown")
    assert (done.returncode, done.stdout, done.stderr) == (0, table(), "")


@lru_cache
def table():
    return overview.table(Library())


def row(name):
    return next(line for line in table().splitlines() if line.startswith(f"| `{name}` |"))


@pytest.mark.parametrize(("name", "cells"), [
    ("thiamine", ("intermittent infusion: 100 mg; over 20 to 30 minutes, 30 minutes unless chosen", "dose up to 100 mg; duration at least 20 minutes",
                  "globalrph-thiamine; wrenn-1989 (abstract only)", "limits: age")),
    ("magnesium-sulfate-pediatric", ("25 to 50 mg/kg, 25 mg/kg unless chosen; at most 2 g", "dose up to 50 mg/kg", "limits: weight")),
    ("levetiracetam", ("1,000 mg or 500 mg, 1,000 mg unless chosen (clearance from 50 mL/min)", "total up to 3,000 mg in 24 hours")),
    ("acetaminophen", ("not sooner than 6 hours after the last dose; at most 4 doses in 24 hours",)),
    ("ketamine-inpatient-titration", ("titration: 0.1 mg/kg/hour; by 0.05 mg/kg/hour up to 1 mg/kg/hour; for 2 to 9 days",
                                      "dose rate up to 1 mg/kg/hour", "calculated dose rate up to 100 mg/hour")),
    ("ketorolac", ("none (clearance below 30 mL/min): NOT given; advanced kidney disease is a contraindication",)),
])
def test_a_row_says_dose_most_source_and_what_is_open(name, cells):
    for each in cells:
        assert each in row(name)


def test_every_protocol_has_one_row_and_every_question_stands_in_it():
    library = Library()
    assert [line.split("`")[1] for line in table().splitlines()[2:]] == sorted(library.ids())
    for name, path in library.ids().items():
        for phase in library.load(path).protocol.phases:
            for question in phase.ask:
                assert question in row(name), (name, question)


def test_a_file_with_a_problem_is_a_row_that_says_so(tmp_path, infuse):
    text = (ROOT / "protocols" / "thiamine.yaml").read_text()
    (tmp_path / "thiamine.yaml").write_text(text.replace("dose: 100 mg", "dose: 100 ml"))
    said = infuse("list", "--format", "markdown", "--protocols", str(tmp_path)).stdout
    assert "| `thiamine` | a problem in the file: run infuse check | | | |" in said
