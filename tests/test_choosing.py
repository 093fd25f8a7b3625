"""Which phase a choice is for: one that leaves it open alone, all that leave the same, or the one that is named."""

from __future__ import annotations

import pytest
from conftest import ROOT, make

from infuse.files.library import Library
from infuse.ordering.order import NotUnderstood

FOLDER = ROOT / "tests" / "protocols"
FACTS = {"weight": "70 kg", "age": "44 years"}


@pytest.fixture(scope="module")
def loading():
    loaded = Library([FOLDER]).load(FOLDER / "sample-loading.yaml")
    assert not loaded.errors, loaded.errors
    return loaded


CHOSEN = [
    ({}, ("700 mg", "30 min", "small-bag"), ("1 mg/kg/h", "large-bag")),
    ({"dose": "12 mg/kg"}, ("840 mg", "30 min", "small-bag"), ("1 mg/kg/h", "large-bag")),
    ({"dose_rate": "2 mg/kg/h"}, ("700 mg", "30 min", "small-bag"), ("2 mg/kg/h", "large-bag")),
    ({"loading_dose.duration": "40 min"}, ("700 mg", "40 min", "small-bag"), ("1 mg/kg/h", "large-bag")),
    ({"preparation": "premixed"}, ("700 mg", "30 min", "small-bag"), ("1 mg/kg/h", "premixed")),
    ({"preparation": "small-bag"}, ("700 mg", "30 min", "small-bag"), ("1 mg/kg/h", "large-bag")),
    ({"maintenance.preparation": "premixed"}, ("700 mg", "30 min", "small-bag"), ("1 mg/kg/h", "premixed")),
    ({"preparation": "premixed", "maintenance.preparation": "large-bag"}, ("700 mg", "30 min", "small-bag"), ("1 mg/kg/h", "large-bag")),
]


@pytest.mark.parametrize(("chosen", "first", "second"), CHOSEN, ids=[str(row[0]) for row in CHOSEN])
def test_a_choice_reaches_its_phase_and_no_other(loading, chosen, first, second):
    made = make(loading, **FACTS, **chosen)
    assert made.status == "ready", made.alerts
    one, other = made.phases
    assert (str(one.figures["calculated_dose"].value), str(one.figures["duration"].value), one.prepared.preparation.name) == first
    assert (str(other.figures["dose_rate"].value), other.prepared.preparation.name) == second


REFUSED = [
    ({"duration": "40 min"}, "the phase that it is for: loading_dose.duration or maintenance.duration"),
    ({"loading.dose": "8 mg/kg"}, "a phase of the protocol: loading_dose, maintenance"),
    ({"maintenance.dose": "8 mg/kg"}, "dose_rate, because the protocol is a continuous infusion"),
    ({"loading_dose.dose_rate": "2 mg/kg/h"}, "dose, because the protocol gives a dose over a time"),
    ({"preparation": "tablet"}, "a preparation of the protocol: small-bag, large-bag, premixed"),
    ({"loading_dose.preparation": "premixed"}, "a preparation of the phase: small-bag"),
]


@pytest.mark.parametrize(("chosen", "expected"), REFUSED, ids=[str(row[0]) for row in REFUSED])
def test_a_choice_that_no_phase_leaves_is_refused(loading, chosen, expected):
    with pytest.raises(NotUnderstood) as wrong:
        make(loading, **FACTS, **chosen)
    assert [each.expected for _, each in wrong.value.refused] == [expected]


def test_one_choice_for_all_phases_that_leave_the_same(shipped):
    """Every dose of the dihydroergotamine course is pushed over 2 to 3 minutes: said once, it holds for each."""
    name = "dihydroergotamine-inpatient"
    made = make(shipped[name], [(f"{name}.total", "for the test")], "a tester", age="44 years", weight="70 kg", duration="2 min")
    assert made.status == "ready", made.alerts
    assert {str(each.figures["duration"].value) for each in made.phases} == {"2 min"} and made.phases[1:]


def test_a_stop_names_its_phase(loading):
    made = make(loading, **FACTS, **{"maintenance.dose_rate": "3 mg/kg/h"})
    assert made.status == "stopped" and made.alerts[0].message.startswith("maintenance: dose rate 3 mg/kg/hour is 1.5 times the most")


def test_the_sheet_prints_each_phase_with_its_own_bag(infuse):
    done = infuse("order", "sample-loading", "--protocols", "tests/protocols", "--weight", "70kg", "--age", "44y",
                  "--choose", "sample-loading.maintenance.preparation=premixed")
    first, second = done.stdout.split("ORDER 2   ")[0], done.stdout.split("ORDER 2   ")[1]
    assert "add it to 100 mL" in first and "premixed" not in first.split("WORKING")[0]
    assert "premixed, as it is" in second and "1.8 mL/hour" in second
