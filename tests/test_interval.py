"""The time since the last dose: known, it is judged; not known, it is a box; of each dose of a course, by any route."""

from __future__ import annotations

import pytest
from conftest import make

from infuse.ordering import order as orders

FACTS = {"weight": "70 kg", "age": "44 years", "clearance": "90 mL/min", "height": "170 cm"}
ASKED = "the last dose of {}, by any route, was at least {} ago, or this is the first"


def stops(made):
    return [(each.level, each.limit) for each in made.alerts if each.code.endswith(".dosing_interval")]


# (protocol, given before an order at 2026-11-21 08:30, what stops it)
BEFORE = [
    ("metoclopramide", "metoclopramide 10 mg at 2026-11-21 02:30", []),
    ("metoclopramide", "metoclopramide 10 mg at 2026-11-21 02:31", [("hard_stop", "at least 6 hours")]),
    ("metoclopramide", "Reglan 10 mg oral 1 h ago", [("hard_stop", "at least 6 hours")]),
    ("metoclopramide", "ketorolac 15 mg 1 h ago", []),
    ("acetaminophen", "acetaminophen 650 mg oral 5 h ago", [("soft_stop", "at least 6 hours")]),
    ("acetaminophen", "acetaminophen 650 mg oral 3 h ago", [("hard_stop", "at least 4 hours")]),
    ("eptinezumab", "eptinezumab 100 mg at 2026-11-01 10:00", [("soft_stop", "at least 12 weeks")]),
    ("eptinezumab", "none", []),
]


@pytest.mark.parametrize(("name", "given", "expected"), BEFORE)
def test_a_dose_that_was_given_is_held_against_the_interval(shipped, name, given, expected):
    made = make(shipped[name], given=given, **FACTS | ({"dose": "650 mg"} if name == "acetaminophen" else {}))
    assert stops(made) == expected
    assert made.status == (orders.READY if not expected else orders.STOPPED if expected[0][0] == "hard_stop" else orders.NEEDS_OVERRIDE)


def test_a_sicker_kidney_waits_longer(shipped):
    made = make(shipped["tramadol"], given="tramadol 50 mg oral 11 h ago", **FACTS | {"clearance": "25 mL/min"})
    assert stops(made) == [("hard_stop", "at least 12 hours")]
    assert not stops(make(shipped["tramadol"], given="tramadol 50 mg oral 11 h ago", **FACTS))


def test_not_known_it_is_a_box_and_known_it_is_none(shipped):
    asked = {name: [each.question for each in make(shipped["tramadol"], **FACTS, **given).open if each.fact == "given"] for name, given in (
        ("unknown", {}), ("another drug", {"given": "ketorolac 15 mg 1 h ago"}), ("this drug", {"given": "tramadol 50 mg 5 h ago"}), ("nothing", {"given": "none"}))}
    box = [ASKED.format("tramadol", "4 hours")]
    assert asked == {"unknown": box, "another drug": box, "this drug": [], "nothing": []}
    sick = make(shipped["tramadol"], **FACTS | {"clearance": "25 mL/min"})
    assert ASKED.format("tramadol", "12 hours") in [each.question for each in sick.open]


def test_the_box_stands_on_the_sheet_under_screening(infuse):
    page = " ".join(infuse("order", "eptinezumab", "--age", "44y").stdout.split())
    assert f"[ ] {ASKED.format('eptinezumab', '12 weeks')}" in page[page.index(" SCREENING "):]
