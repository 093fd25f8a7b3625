"""What may meet: every pair of the drugs that ship, held to tests/data/compatibility.csv, which was written from the sources
apart from protocols/tables/compatibility.yaml. What stands in neither is not established."""

from __future__ import annotations

import csv
from itertools import combinations

import pytest
from conftest import ROOT

from infuse.files import compatibility
from infuse.files.compatibility import COMPATIBLE, INCOMPATIBLE, UNKNOWN
from infuse.files.library import Library
from infuse.ground.units import quantity

with open(ROOT / "tests" / "data" / "compatibility.csv", newline="") as lines:
    ROWS = {(row["one"], row["other"], row["where"]): (row["status"], set(row["source"].split("; "))) for row in csv.DictReader(lines)}
NOTHING_IN_ITS_LINE = {"eptinezumab", "promethazine"}
NOTHING_IN_ITS_BAG = NOTHING_IN_ITS_LINE | {"acetaminophen", "ondansetron", "propofol"}
WATER = "dextrose 5% in water"


@pytest.fixture(scope="module")
def table():
    found, problems, _document, _file = Library().compatibility()
    assert not problems
    return found


@pytest.fixture(scope="module")
def drugs():
    library = Library()
    return {each.drug.id: each.drug for each in map(library.load, library.ids().values())}


def wanted(one, other, where):
    """(status, sources) of a pair by the data; sources empty where any will do."""
    alone = NOTHING_IN_ITS_LINE if where == "line" else NOTHING_IN_ITS_BAG
    if (one, other, where) in ROWS:
        return ROWS[one, other, where]
    return (INCOMPATIBLE, set()) if {one, other} & alone else (UNKNOWN, set())


def found(table, one, other, where):
    if where == "line":
        return compatibility.at_y_site(table, one, other)
    return compatibility.in_one_bag(table, (one, other), WATER, {one: quantity(1, "mg/mL"), other: quantity(1, "mg/mL")})


def wrong(table, pairs):
    for one, other in pairs:
        for where in ("line", "bag"):
            (status, sources), verdict = wanted(one, other, where), found(table, one, other, where)
            if (one, other) == ("ketamine", "tramadol") and where == "bag":
                status = UNKNOWN  # in water nobody tested it
            if verdict.status != status or sources and not sources & set(verdict.source) or status == UNKNOWN and where == "line" and verdict.source:
                yield one, other, where, status, verdict


def test_every_pair_of_what_ships(table, drugs):
    assert list(wrong(table, combinations(sorted(drugs), 2))) == []


def test_every_drug_of_the_data_ships(drugs):
    assert {name for one, other, _where in ROWS for name in (one, other)} | NOTHING_IN_ITS_BAG <= set(drugs)


def test_whatever_is_removed_is_missed(table, drugs):
    pairs = list(combinations(sorted(drugs), 2))
    for name in ("alone", "pairs"):
        entries = getattr(table, name)
        for number, entry in enumerate(entries):
            left = table._replace(**{name: entries[:number] + entries[number + 1:]})
            about = {entry.drug} if name == "alone" else set(entry.drugs)
            assert list(wrong(left, (pair for pair in pairs if about <= set(pair)))), entry


def test_what_is_turned_round_is_noticed(table):
    for number, entry in enumerate(table.pairs):
        if entry.y_site:
            turned = entry._replace(y_site=COMPATIBLE if entry.y_site == INCOMPATIBLE else INCOMPATIBLE)
            left = table._replace(pairs=table.pairs[:number] + (turned,) + table.pairs[number + 1:])
            assert list(wrong(left, [tuple(sorted(entry.drugs))])), entry


KETAMINE_AND_TRAMADOL = ("ketamine", "tramadol")


@pytest.mark.parametrize(("diluent", "ketamine", "tramadol", "status"), [
    ("sodium chloride 0.9%", "0.5", "5", COMPATIBLE),
    ("sodium chloride 0.9%", "2", "5", COMPATIBLE),
    ("sodium chloride 0.9%", "2.1", "5", UNKNOWN),
    ("sodium chloride 0.9%", "0.4", "5", UNKNOWN),
    ("sodium chloride 0.9%", "1", "4", UNKNOWN),
    (WATER, "1", "5", UNKNOWN),
])
def test_the_one_mixture_that_was_tested(table, diluent, ketamine, tramadol, status):
    """Gu et al. 2015, doi 10.12659/MSM.894066: tramadol 5 mg/mL with ketamine 0.5, 1 or 2 mg/mL in sodium chloride 0.9%."""
    strengths = {"ketamine": quantity(ketamine, "mg/mL"), "tramadol": quantity(tramadol, "mg/mL")}
    assert compatibility.in_one_bag(table, KETAMINE_AND_TRAMADOL, diluent, strengths).status == status


def test_pairs_do_not_add_up_to_three(table):
    strengths = {name: quantity(each, "mg/mL") for name, each in (("ketamine", 1), ("tramadol", 5), ("midazolam", 1))}
    verdict = compatibility.in_one_bag(table, tuple(strengths), "sodium chloride 0.9%", strengths)
    assert verdict.status == UNKNOWN and "pairs do not add up" in verdict.say


def test_a_fluid_meets_what_it_dilutes_and_nothing_else(table, drugs):
    saline, mixed = drugs["sodium-chloride"], drugs["dextrose-sodium-chloride"]
    assert compatibility.in_one_line(table, saline, drugs["ketorolac"]).status == COMPATIBLE
    assert compatibility.in_one_line(table, drugs["ketorolac"], saline).status == COMPATIBLE
    assert compatibility.in_one_line(table, saline, drugs["eptinezumab"]).status == INCOMPATIBLE  # its line takes nothing else
    assert compatibility.in_one_line(table, mixed, drugs["ketorolac"]).status == UNKNOWN
    assert compatibility.in_one_line(table, drugs["ketorolac"], drugs["metoclopramide"]).status == UNKNOWN
