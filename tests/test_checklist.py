"""The score of the sheets against the checklist for order sets: 76 items, and the words that each score relies on.

tests/data/checklist.json has the item, whether it is a must, the score, where on the sheet it is found, the sheets it is for, the
words that must stand on every one of them ("!": must not), and the reason where the score is below full. Pages of eight sheets were
looked at in one bit at 200 dots per inch; what only eyes can judge has no words.
"""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from conftest import NOW, ROOT
from test_drawing import SETS, order_of
from test_forms import ORDERS, ordered
from test_paper import PATIENT, words

from infuse.files.protocol import Continuous
from infuse.paper import labels, sheet
from infuse.paper.render import text

ITEMS = json.loads((ROOT / "tests/data/checklist.json").read_text())
POINTS = {"met": 2, "partly": 1, "not": 0}
NOBODY = {key: value for key, value in PATIENT.items() if key in ("weight", "birth_date", "sex", "height", "creatinine", "conditions")}


def test_all_items_are_scored_once_and_what_is_below_full_says_why():
    assert len(ITEMS) == len({each["item"] for each in ITEMS}) == 76
    assert all(each["score"] in POINTS and each["where"] for each in ITEMS)
    assert all(bool(each["reason"]) == (each["score"] != "met") for each in ITEMS)


def test_every_must_is_met_and_at_least_95_percent_in_all():
    assert not {each["item"] for each in ITEMS if each["must"] and each["score"] != "met"}
    assert sum(POINTS[each["score"]] for each in ITEMS) >= 0.95 * 2 * len(ITEMS)


@cache
def weighed(name):
    return ordered(name, weight_date="2026-11-20 07:30")


def kinds(made):
    """What an order is, as far as an item asks for it."""
    phases = made.phases
    found = {"all", "label"}
    found |= {"set"} if made.arrangement and made.arrangement.order_set else set()
    found |= {"high_alert"} if any(each.loaded.drug.high_alert for each in phases) else {"not_high_alert"}
    found |= {"titration"} if any(isinstance(each.phase, Continuous) and each.phase.titration for each in phases) else set()
    found |= {"pump"} if any("pump_rate" in each.figures for each in phases) else set()
    found |= {"infusion"} if any("pump_rate" in each.figures and not each.steps for each in phases) else set()
    found |= {"push"} if any(getattr(each.phase, "by_hand", False) for each in phases) else set()
    found |= {"as_needed"} if any(getattr(each.phase, "as_needed", None) for each in phases) else set()
    found |= {"clearance"} if any("clearance" in each.figures for each in phases) else set()
    found |= {"per_kg"} if any((each.figures.get("dose") or each.figures["dose_rate"]).value.unit.patient == "kg" for each in phases if not each.steps) else set()
    drugs = {each.loaded.drug.id for each in phases}
    return found | ({"magnesium"} if "magnesium-sulfate" in drugs else set()) | (
        {"pregnancy"} if drugs & {"valproate-sodium", "dihydroergotamine", "magnesium-sulfate"} else set())


@cache
def said_by(name, on):
    made = order_of(name) if name in SETS else weighed(name)
    if on == "label":
        return words(" ".join(text.to_text(text.sections((labels.as_section(each),))) for each in labels.lay_out(made)))
    return words(text.plain(sheet.lay_out(made)).replace("\N{NO-BREAK SPACE}", " "))


FACTS_OF_A_PROTOCOL = {"A01", "A04", "B01", "B02", "B04", "C09"}  # a set's case has other facts about the patient
CHECKED = [(name, each["item"]) for name in (*ORDERS, *SETS) for each in ITEMS
           if each["words"] and each["on"] in kinds(order_of(name) if name in SETS else ORDERS[name])
           and not (name in SETS and (each["item"] in FACTS_OF_A_PROTOCOL or each["on"] in ("label", "clearance")))]


@pytest.mark.parametrize("name", [*ORDERS, *SETS])
def test_the_words_that_a_score_relies_on_stand_on_the_sheet(name):
    by_item = {each["item"]: each for each in ITEMS}
    wrong = []
    for item in (item for each, item in CHECKED if each == name):
        one = by_item[item]
        said = said_by(name, "label" if one["on"] == "label" else "sheet")
        for pattern in one["words"]:
            there = re.search(pattern.removeprefix("!"), said) is not None
            if there == pattern.startswith("!"):
                wrong.append((item, pattern))
    assert not wrong, wrong


def test_what_is_not_known_says_so_on_every_sheet():
    for name in list(ORDERS)[::9]:
        from conftest import make
        from test_forms import LOADED

        made = make(LOADED[name], now=NOW, **NOBODY)
        if made.status == "ready":
            said = words(text.plain(sheet.lay_out(made)))
            assert "NAME Not recorded" in said and "ALLERGIES Not recorded" in said and not re.search(r"\b(None|nan)\b", said)


def test_no_two_orders_in_sequence_look_alike():
    alike = [{"ketamine", "ketorolac"}, {"dexamethasone", "dexmedetomidine"}, {"metoclopramide", "metolazone"}]
    for name in SETS:
        drugs = [request.loaded.drug.id for request in order_of(name).requests]
        assert not [pair for pair in zip(drugs, drugs[1:]) if set(pair) in alike], name
