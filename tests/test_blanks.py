"""Boxes of questions: a unit only where it is sure, never one of several that are a thousandfold apart."""

from __future__ import annotations

import pytest
from conftest import make

from infuse.files.library import Library
from infuse.paper import blanks
from infuse.paper.phrases import TICK

MINUTES = f"{TICK} minutes {TICK} hours"


@pytest.fixture(scope="module")
def order():
    """1,000 mg of levetiracetam: its own doses are in mg."""
    library = Library()
    return make(library.load(library.ids()["levetiracetam"]), weight="70 kg", age="44 years", sex="female", height="170 cm", creatinine="0.9 mg/dL").phases[0]


@pytest.mark.parametrize("question, unit", [
    ("systolic blood pressure below which to hold and call", "mmHg"),
    ("blood pressure at which to hold and call", "mmHg"),
    ("blood pressure at which to hold and call, for this age", ""),  # two figures or one, of which nothing is sure
    ("heart rate below which to hold and call", "beats a minute"),
    ("breathing rate at which it is given", "breaths a minute"),
    ("QTc before the dose, in ms, if another drug or a disease prolongs it", "ms"),
    ("QTc at which no further dose is given, in ms", "ms"),
    ("blood glucose at or above which to call", f"{TICK} mg/dL {TICK} mmol/L"),
    ("glucose above which to call", f"{TICK} mg/dL {TICK} mmol/L"),
    ("observation time after the infusion", MINUTES),
    ("interval of pulse, blood pressure, oxygen saturation and sedation", MINUTES),
    ("how often blood pressure and pulse are measured after a dose", MINUTES),
    ("how long the patient is watched afterwards", MINUTES),
    ("hours between doses", "hours"),
    ("hours between two changes of the rate", "hours"),
    ("dose on dialysis, if it is given at all", "mg"),
    ("most in 24 hours in severe liver disease (the sources say 8 mg)", "mg"),
    ("levetiracetam already taken in the last 24 hours, every route and product, in mg", "mg"),
])
def test_one_value_of_a_sure_kind_has_its_unit(order, question, unit):
    assert blanks.beside(question, order).blank == unit
    assert not blanks.beside(question, order).value


@pytest.mark.parametrize("question", [
    "blood pressure and heart rate at which to hold and call",
    "blood pressure, pulse and breathing rate at which to hold and call",
    "blood pressure below which it is not started, and at which to hold and call",
    "breaths and oxygen saturation at which to stop and call",
    "how often blood pressure and pulse are measured after a dose, and for how long",
    "QTc before the dose, in ms, and the time of that ECG",
    "QTc before the dose, and at which QTc it is not given, where a risk is there",
    "sodium chloride 0.9% given first, in mL, and over what time",
    "which vasodilator is at hand, and its dose",
    "what is given for restlessness or spasm, and its dose",
    "calcium product and dose to have at hand",
    "drug and dose against agitation, hallucinations or nausea",
    "by how much dose or rate is lowered for nausea",
    "when the course ends early, and when it ends for lack of effect",
    "what follows if the second dose does not end it",
    "interval and most in 24 hours if creatinine clearance is 30 mL/min or less",
    "urine output below which the prescriber is called",  # mL/hour or mL/kg/hour
    "dose and interval on dialysis",
    "dose of this calcium salt",  # of another drug than the order's
    "hours since food and drink, and the least that is accepted",
    "hours between doses, and how many",
])
def test_two_values_a_name_or_words_have_an_empty_line(order, question):
    field = blanks.beside(question, order)
    assert (field.value, field.blank) == ("", "")


@pytest.mark.parametrize("question", ["whether a second dose may follow, and when", "whether a further dose may follow, not sooner than 6 hours, and how many"])
def test_whether_is_answered_by_no_or_yes_and_a_line(order, question):
    field = blanks.beside(question, order)
    assert (field.value, field.blank) == (f"{TICK} no {TICK} yes", "")


def test_no_box_of_the_library_has_units_a_thousandfold_apart(order):
    library = Library()
    questions = {each for path in library.ids().values() for phase in library.load(path).protocol.phases for each in phase.ask}
    assert len(questions) > 60
    for question in questions:
        unit = blanks.beside(question, order).blank
        assert unit.count(TICK) in (0, 2), question
        assert not {"mcg", "mg", "g"} & set(unit.replace(TICK, "").split()) or unit == "mg", question


def test_a_sheet_prints_no_unit_for_a_drug_of_another_name(infuse):
    said = infuse("order", "levetiracetam", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "170cm", "--creatinine", "0.9 mg/dL").stdout
    box = said[said.index("FOR THE PRESCRIBER TO FILL IN"):said.index("HOLD, STOP AND CALL   ")]
    assert "mcg" not in box
    assert "____________ mg" in box
