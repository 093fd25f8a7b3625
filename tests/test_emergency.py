"""Rescue sheets: what is done first stands first, and nobody waits for the paper."""

from __future__ import annotations

import json

import jsonschema
import pytest
from conftest import ROOT, make

from infuse.files.library import Library
from infuse.paper import sheet
from infuse.paper.page import Sentences
from infuse.paper.render.json import schema as order_schema

RESCUES = {"lipid-emulsion": "stop the local anesthetic", "calcium-gluconate": "stop the magnesium", "lorazepam": "stop what caused it",
           "naloxone": "open the airway"}
FACTS = {"weight": "70 kg", "age": "44 years"}
SET = ["order", "lidocaine-inpatient-course", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "170cm", "--creatinine", "0.9 mg/dL"]


def lines(section):
    return [line for block in section.blocks if isinstance(block, Sentences) for line in block.lines]


def sections(name):
    library = Library()
    return sheet.lay_out(make(library.load(library.ids()[name]), **FACTS)).sections


@pytest.mark.parametrize("name, first", RESCUES.items())
def test_what_is_done_first_stands_above_everything_but_the_patient(name, first):
    found = sections(name)
    assert [each.heading for each in found[1:3]] == ["EMERGENCY: FIRST", "BEFORE THE FIRST DOSE"]
    assert lines(found[1])[0].startswith(first) and found[1].flag and found[1].blocks[0].strong
    assert not any(line.startswith(("first ", first)) for each in found[2:] for line in lines(each))


@pytest.mark.parametrize("name", RESCUES)
def test_no_box_and_no_signature_delays_the_first_dose(name):
    found = sections(name)
    before = " ".join(lines(found[2]))
    assert "NOBODY WAITS FOR THIS PAPER: two persons read the label aloud" in before
    assert "They are answered when this sheet is made ready, or afterwards" in before
    assert "WHEN THIS SHEET IS MADE READY, OR AFTERWARDS: tick SCREENING, sign SIGNATURES" in before
    everything = " ".join((*(each.heading for each in found), *(line for each in found for line in lines(each))))
    assert "before the first dose" not in everything.replace("is prepared before the first dose", "")


def test_every_other_sheet_is_answered_before_the_first_dose():
    found = sections("diphenhydramine")
    assert found[1].heading == "BEFORE THE FIRST DOSE" and "Answer every one before the first dose" in " ".join(lines(found[1]))
    assert not any("EMERGENCY" in each.heading for each in found)


def test_in_a_set_it_stands_at_the_head_of_its_order(infuse):
    said = infuse(*SET).stdout
    heads = [line.partition("   ")[0:3:2] for line in said.splitlines() if line.startswith(("EMERGENCY", "ORDER ", "BEFORE"))]
    names = [first for first, _ in heads]
    assert names[0] == "BEFORE THE FIRST DOSE" and "Answer every one before the first dose" in " ".join(said.split())
    at = next(number for number, (first, rest) in enumerate(heads) if first == "EMERGENCY: FIRST" and rest.startswith("lipid emulsion"))
    assert names[at + 1].startswith("ORDER ") and heads[at + 1][1].startswith("lipid emulsion")
    assert names.count("EMERGENCY: FIRST") == len({rest for first, rest in heads if first == "EMERGENCY: FIRST"})
    assert "nobody waits for the paper: two persons read" in " ".join(said.split())


def test_the_book_opens_its_table_with_it_and_leaves_the_boxes_for_later(infuse):
    said = infuse("book", "naloxone", "--weights", "60 to 70 kg").stdout
    assert said.index("EMERGENCY: FIRST") < said.index("open the airway") < said.index("THIS TABLE ASSUMES")
    assert "SCREENING   first box before the dose, the others afterwards" in said
    assert "nobody waits for the paper: two persons read the label" in " ".join(said.split())
    assert "SCREENING   tick before the first dose" in infuse("book", "thiamine", "--weights", "60 to 70 kg").stdout


def test_show_and_json_say_it_too(infuse):
    shown = infuse("show", "naloxone").stdout
    assert "EMERGENCY: FIRST" in shown and "open the airway" in shown
    made = json.loads(infuse("order", "naloxone", "--age", "44y", "--format", "json").stdout)
    jsonschema.validate(made, order_schema())
    (protocol,) = made["protocols"]
    assert protocol["emergency"][0]["source"] == ["pfizer-naloxone"] and protocol["emergency"][0]["say"].startswith("open the airway")


def test_its_sources_are_held_to_the_references(infuse, tmp_path):
    text = (ROOT / "protocols" / "naloxone.yaml").read_text()
    at = text.index("emergency:")
    (tmp_path / "naloxone.yaml").write_text(text[:at] + text[at:].replace("source: pfizer-naloxone", "source: nowhere", 1))
    said = infuse("check", str(tmp_path / "naloxone.yaml"))
    assert said.returncode and "nowhere" in said.stdout + said.stderr
