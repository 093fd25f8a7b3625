"""Screening: what is known of the patient against each drug's cautions, what must not meet, and what is not known."""

from __future__ import annotations

import pytest
from conftest import NOW

from infuse import order as orders
from infuse import patient as patients
from infuse import picking
from infuse.given import BY_NAME, Given
from infuse.library import Library
from infuse.limits import HARD, NOTE, SOFT

DHE, KETOROLAC = "dihydroergotamine-label", "ketorolac"
WOMAN = {"weight": "70 kg", "age": "44 years", "height": "165 cm", "sex": "female", "creatinine": "0.8 mg/dL"}
MAN = WOMAN | {"sex": "male", "height": "175 cm", "creatinine": "0.9 mg/dL"}


@pytest.fixture(scope="module")
def library():
    return Library()


def ordered(library, *ids, overrides=(), every_override=False, **facts):
    """An order of these protocols for a patient with these facts."""
    picked = picking.select(library, ids)
    given = {name: Given((text,) if BY_NAME[name].many and isinstance(text, str) else text, name) for name, text in (WOMAN | facts).items() if text}
    patient, wrong = patients.read(given, NOW)
    assert not wrong, wrong
    requests = [orders.Request(library.load(library.ids()[each]), picked.chosen.get(each, {})) for each in picked.ids]
    return orders.build(requests, patient, NOW, overrides, "Dr. Roe", every_override, picked.arrangement)


def said(made, level):
    """The codes of the alerts of one level that screening made, without their protocols."""
    return {each.code.partition(".")[2] for each in made.alerts if each.level == level and each.screened}


def boxes(made):
    return [each.question for each in made.open]


# the facts, the level, the code
TRUE = [
    ({"conditions": "angina"}, HARD, "coronary-artery-disease"),  # a kind of it
    ({"conditions": "high blood pressure"}, SOFT, "hypertension"),  # another name of it
    ({"conditions": "pregnant"}, HARD, "pregnancy"),  # a condition that is a word for a fact
    ({"pregnancy": "8 weeks"}, HARD, "pregnancy"),
    ({"lactation": "yes"}, HARD, "lactation"),
    ({"clearance": "29 mL/min"}, HARD, "clearance"),
    ({"creatinine": "3.2 mg/dL"}, HARD, "clearance"),  # worked out: 25 mL/min
    ({"liver": "severe"}, HARD, "liver"),
    ({"conditions": "Child-Pugh C"}, HARD, "liver"),
    ({"liver": "mild"}, SOFT, "liver"),
    ({"allergies": "Cafergot: chest pain"}, HARD, "allergy"),  # another member of the class
    ({"medicines": "Imitrex 3 h ago"}, HARD, "with-sumatriptan"),  # by its brand and its class
    ({"medicines": "sumatriptan"}, HARD, "with-sumatriptan"),  # no time said: taken now
    ({"given": "sumatriptan 6 mg subcutaneous at 2026-11-20 09:00"}, HARD, "with-sumatriptan"),
    ({"medicines": "phenelzine 13 days ago"}, HARD, "with-phenelzine"),
    ({"medicines": "Biaxin"}, HARD, "with-clarithromycin"),
    ({"medicines": "propranolol"}, SOFT, "with-propranolol"),
]


@pytest.mark.parametrize(("facts", "level", "code"), TRUE, ids=str)
def test_a_caution_that_is_true(library, facts, level, code):
    made = ordered(library, DHE, **facts)
    assert code in said(made, level)
    assert (made.status == orders.STOPPED) == (level == HARD)
    assert not made.phases
    found = [each for each in made.alerts if each.code == f"{DHE}.{code}" and each.screened]
    assert all("recorded: " in each.message or each.message.startswith("dihydroergotamine mesylate with ") for each in found)


# the facts, the words of the caution that they rule out
FALSE = [
    ({"pregnancy": "no"}, "pregnancy"),
    ({"sex": "male"}, "pregnancy"),
    ({"sex": "male"}, "breastfeeding, now"),
    ({"conditions": "none"}, "coronary heart disease"),
    ({"conditions": ("migraine with aura", "no other")}, "coronary heart disease"),
    ({"conditions": "none"}, "severe liver disease or severe kidney"),
    ({"creatinine": "0.9 mg/dL"}, "creatinine clearance below 30 mL/min"),
    ({"allergies": "penicillin: rash"}, "allergy to an ergot"),
    ({"medicines": "none"}, "a triptan within 24 hours"),
    ({"medicines": ("lamotrigine", "no other")}, "a triptan within 24 hours"),
    ({"medicines": ("sumatriptan 24 h ago", "no other")}, "a triptan within 24 hours"),
]


@pytest.mark.parametrize(("facts", "text"), FALSE, ids=str)
def test_a_caution_that_is_ruled_out(library, facts, text):
    made = ordered(library, DHE, **facts)
    assert made.status == orders.READY
    assert any(each.startswith(text) for each in made.weighed.ruled_out[DHE])
    assert not any(f"excluded: {text}" in each for each in boxes(made))


# the facts, the words of a box that stays
OPEN = [
    ({}, "pregnancy"),
    ({"conditions": "unknown"}, "coronary heart disease"),
    ({"conditions": "migraine with aura"}, "coronary heart disease"),  # one condition is no whole list
    ({"conditions": ("hypertension", "no other")}, "uncontrolled high blood pressure"),  # a wider one: it may be that
    ({"medicines": "lamotrigine"}, "a triptan within 24 hours"),
    ({"creatinine": "", "age": "44 years"}, "creatinine clearance below 30 mL/min"),
    ({"pregnancy": "unknown"}, "pregnancy"),
]


@pytest.mark.parametrize(("facts", "text"), OPEN, ids=str)
def test_a_fact_that_is_not_known_is_a_box(library, facts, text):
    made = ordered(library, DHE, every_override=True, **facts)
    assert made.status == orders.READY
    assert sum(f"excluded: {text}" in each for each in boxes(made)) == 1


def test_a_note_is_said_and_stops_nothing(library):
    made = ordered(library, "droperidol", conditions="chronic kidney disease", height="", creatinine="")
    assert made.status == orders.READY and said(made, NOTE) == {"kidney-disease"}


def test_several_missing_facts_of_one_caution_are_one_box(library):
    assert sum("peptic ulcer" in each for each in boxes(ordered(library, KETOROLAC))) == 1


def test_an_override_names_the_caution(library):
    reason = (f"{DHE}.hypertension", "treated, 128/76 mmHg at home")
    assert ordered(library, DHE, conditions="hypertension").status == orders.NEEDS_OVERRIDE
    assert ordered(library, DHE, conditions="hypertension", overrides=[reason]).status == orders.READY


def test_weeks_of_pregnancy(library):
    prochlorperazine = {"age": "30 years", "creatinine": "", "height": ""}
    assert "pregnancy" in said(ordered(library, "prochlorperazine", **prochlorperazine, pregnancy="30 weeks"), SOFT)
    assert not said(ordered(library, "prochlorperazine", **prochlorperazine, pregnancy="12 weeks"), SOFT)
    assert any("third trimester" in each for each in boxes(ordered(library, "prochlorperazine", **prochlorperazine, pregnancy="yes")))


def test_a_limit_by_sex(library):
    facts = {"qtc": "445 ms", "height": "", "creatinine": ""}
    assert "qtc" in said(ordered(library, "droperidol", **facts, sex="male"), HARD)
    assert "qtc" not in said(ordered(library, "droperidol", **facts, sex="female"), HARD)
    assert any("in a man" in each for each in boxes(ordered(library, "droperidol", **facts, sex="", every_override=True)))
