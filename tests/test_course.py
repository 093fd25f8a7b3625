"""Phases of one protocol in time: their starts, their branches, their totals together, and what was given before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from conftest import make

from infuse.files.library import Library
from infuse.ground.units import quantity
from infuse.ordering.phases import course

DIHYDROERGOTAMINE = "dihydroergotamine-inpatient"
FACTS = {"weight": "70 kg", "age": "44 years"}


def totals(made):
    return [each.message.split(" the soft")[0].split(" the hard")[0] for each in made.alerts if each.code.endswith(".total")]


def test_when_each_phase_starts(shipped):
    made = make(shipped[DIHYDROERGOTAMINE], overrides=[(f"{DIHYDROERGOTAMINE}.total", "refractory")], by="Dr. Roe", **FACTS)
    found = [(each.phase.phase.name, str(each.start.to("h").value)) for each in course.in_time(list(made.phases))]
    assert found == [("test dose", "0"), ("HALF dose", "8"), ("second half", "1"), ("FULL dose", "9")]
    assert [[each.phase.phase.name for each in way] for way in course.branches(list(made.phases))] == [
        ["test dose", "HALF dose"], ["test dose", "second half", "FULL dose"]]


def test_the_largest_branch_is_judged(shipped):
    # 1 mg at 9, 17 and 25 hours: 3 mg in 24 hours, 1.5 times the label's 2; 0.5 + 0.5 + 8 x 1 = 9 mg in a week, 1.5 times its 6
    assert totals(make(shipped[DIHYDROERGOTAMINE], **FACTS)) == ["total over all phases is 1.5 times", "total over all phases is 1.5 times"]


# what was given before a first and a second dose of 1 mg an hour apart, 2 mg in 24 hours being the most; whether that stops
BEFORE = [
    ((), False),
    (("dihydroergotamine 1 mg at 2026-11-20 08:31",), False),  # it shares 24 hours with the first dose only: 2 mg
    (("dihydroergotamine 1 mg at 2026-11-20 09:30",), False),  # 24 hours before the second dose: the window closes as it is due
    (("dihydroergotamine 1 mg at 2026-11-20 09:31",), True),
    (("dihydroergotamine 1 mg intranasal at 2026-11-21 02:00",), True),
    (("metoclopramide 10 mg at 2026-11-21 02:00",), False),
    (("dihydroergotamine mesylate 500 mcg at 2026-11-21 02:00",), True),
    (("D.H.E. 45 1 mg at 2026-11-21 02:00",), True),
    (("none",), False),
]


@pytest.mark.parametrize(("given", "stops"), BEFORE)
def test_what_was_given_before_counts(shipped, given, stops):
    facts = FACTS | ({"given": given} if given else {})
    made = make(shipped["dihydroergotamine-label"], now=datetime(2026, 11, 21, 8, 30), **facts)
    assert any(each.code == "dihydroergotamine-label.total" for each in made.alerts) == stops, made.alerts


def test_a_dose_before_in_another_kind_of_unit_is_refused(infuse):
    done = infuse("order", "dihydroergotamine-label", "--weight", "70kg", "--age", "44y", "--given", "dihydroergotamine 1 mL at 2026-11-21 02:00")
    assert done.returncode == 2
    assert done.stderr.startswith('--given: expected a dose of dihydroergotamine mesylate in mg; found "dihydroergotamine 1 mL at 2026-11-21 02:00"')


SITE = Path(__file__).parent / "protocols" / "sample-course.yaml"


def test_a_loading_dose_and_its_maintenance_count_together():
    loaded = Library([SITE.parent]).load(SITE)
    assert not loaded.errors, loaded.errors
    made = make(loaded, overrides=[("sample-course.total", "a reason")], by="Dr. Roe", weight="70 kg", age="44 years")
    # 100 mg over 30 minutes, then 60 mg/h for 4 hours: in the first hour 100 and half of 60, 130 mg; 340 mg in all
    load, run = course.in_time(list(made.phases))
    assert str(run.start.to("min").value) == "30"
    doses = [each for phase in course.doses([load, run]) for each in phase]
    assert course.most(doses, quantity(1, "h")).on_paper() == "130 mg"
    assert course.most(doses, None).on_paper() == "340 mg"
