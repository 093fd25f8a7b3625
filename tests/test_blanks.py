"""Boxes for the hand: each has one unit, which the file states, or is of a kind that has none; what is measured has its number."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT, make

from infuse.files import measured
from infuse.files.consistency.boxes import boxes_have_units, findings_have_numbers
from infuse.files.library import Library
from infuse.files.protocol import Criterion
from infuse.files.shapes import Question, Text
from infuse.ground.source import Span
from infuse.paper import blanks, sheet
from infuse.paper.phrases import TICK

PLACE = Span("sample.yaml", 1, 1, 2)
LOADED = {name: Library().load(path) for name, path in Library().ids().items()}


def asked(text, unit=""):
    return Question(text, PLACE, unit)


def a_file(questions=(), *findings):
    """A protocol that asks and finds just this."""
    one = LOADED["ondansetron"].protocol
    return one._replace(phases=(one.phases[0]._replace(ask=tuple(questions)),), criteria=findings)


def finding(when, *box):
    return Criterion(Text(when, PLACE), "stop", ("x",), tuple(Text(each, PLACE) for each in box))


# ---------------------------------------------------------------------------------------------- the unit of a box

@pytest.mark.parametrize("question", [
    "oxygen saturation below which to stop", "systolic blood pressure at or above which to hold and call", "serum potassium", "blood glucose",
    "QTc before the dose", "interval of blood pressure", "how long the patient is watched afterwards", "hours between doses, at least 6",
    "number of further doses (0 if none)", "dose of the drug against nausea", "most in 24 hours in liver disease", "rate for nausea",
    "acetaminophen already taken, in mg", "deepest sedation at which a dose is still given", "pain score that counts as relief",
])
def test_a_number_needs_its_unit(question):
    assert [each for each in boxes_have_units(a_file([asked(question)]), None) if "the unit after the box" in each.message]


@pytest.mark.parametrize("question", ["drug against nausea", "whether blood returns", "when the course ends early", "name of the sedation scale", "calcium salt at hand"])
def test_words_need_none(question):
    assert not list(boxes_have_units(a_file([asked(question)]), None))


@pytest.mark.parametrize(("unit", "right"), [
    ("mmHg", True), ("minutes", True), ("mL/hour", True), ("mg/kg", True), ("beats a minute", True), ("date and time", True), ("%", True), ("mL/kg/hour", True),
    ("h", False), ("min", False), ("mg/h", False), ("cc", False), ("", False), ("banana", False), ("minutes hours", False)])
def test_units_are_those_of_print(unit, right):
    assert measured.is_unit(unit) is right


def test_a_unit_of_another_kind_is_refused():
    [problem] = boxes_have_units(a_file([asked("heart rate below which to call", "mmHg")]), None)
    assert "beats a minute" in problem.message


@pytest.mark.parametrize("question", ["drug against spasm, and its route", "how often pulse is measured, and for how long", "lidocaine levels, when", "drug and dose against nausea", "QTc; and the time of it; what follows"])
def test_a_question_asks_one_thing(question):
    assert [each for each in boxes_have_units(a_file([asked(question, "minutes")]), None) if "one thing" in each.message]


# ---------------------------------------------------------------------------------------------- the number of a finding

@pytest.mark.parametrize("when", [
    "oxygen saturation falls", "a slow pulse", "blood pressure at the value that the prescriber filled in", "QRS wider", "breathing slow or blocked",
    "blood pressure below 90 mmHg, or a slow pulse", "systolic pressure below 90", "little urine", "glucose too high", "pulse below 50 mmHg"])
def test_what_is_measured_needs_a_number_in_its_unit(when):
    assert list(findings_have_numbers(a_file([], finding(when)), None))


@pytest.mark.parametrize("when", [
    "hives, swelling, or hard to breathe", "weaker pulses in the foot", "irregular pulse", "systolic blood pressure below 90 mmHg or above 180 mmHg",
    "heart rate below 50 or above 150 a minute", "knee jerk gone", "oxygen saturation below 92%", "urine below 100 mL in 4 hours", "sodium of 132 mmol/L or less"])
def test_findings_and_numbers_pass(when):
    assert not list(findings_have_numbers(a_file([], finding(when)), None))


def test_a_box_stands_for_the_number_of_its_own_kind_alone():
    low, slow = asked("systolic blood pressure below which to stop", "mmHg"), asked("pulse below which to stop", "beats a minute")
    both = "blood pressure or pulse below the value"
    assert not list(findings_have_numbers(a_file([low, slow], finding(both, low, slow)), None))
    assert "number of the heart rate" in next(findings_have_numbers(a_file([low], finding(both, low)), None)).message
    assert [each for each in findings_have_numbers(a_file([low], finding("hives")), None) if "rests on this box" in each.message]


def test_all_files_that_ship_pass_and_state_many_units():
    for one in LOADED.values():
        assert not [*boxes_have_units(one.protocol, None), *findings_have_numbers(one.protocol, None)], one.protocol.id
    questions = {each for one in LOADED.values() for phase in one.protocol.phases for each in phase.ask}
    assert sum(bool(each.unit) for each in questions) > 100


# ---------------------------------------------------------------------------------------------- in print

def test_an_answer_of_a_number_alone_gets_its_unit():
    assert blanks.with_unit(asked("x", "mmHg"), "90") == "90 mmHg"
    assert blanks.with_unit(asked("x", "%"), "92") == "92%"
    assert blanks.with_unit(asked("x", "mg"), "1500") == "1,500 mg"
    assert blanks.with_unit(asked("x", "hours"), "4 hours") == "4 hours"
    assert blanks.with_unit(asked("x"), "4") == "4"


def test_whether_is_answered_by_no_or_yes():
    field = blanks.answered(asked("whether an infusion follows"), {})
    assert (field.value, field.blank) == (f"{TICK} no {TICK} yes", None)


def test_what_the_prescriber_gave_stands_at_the_finding(infuse):
    said = infuse("order", "ketamine-inpatient-titration", "--weight", "70kg", "--age", "44y", "--answer", "oxygen saturation below which to stop=92").stdout
    assert "oxygen saturation below 92%: stop at once" in " ".join(said.split())
    assert "____ %" not in said


def test_a_box_stands_in_the_place_of_the_words_for_its_value():
    low, slow = asked("systolic blood pressure below which to stop", "mmHg"), asked("pulse below which to stop", "beats a minute")
    words = "the value that the prescriber filled in"

    def said(when, *boxes, **more):
        return blanks.findings(a_file([low, slow], finding(when, *boxes)), **more)[0]

    assert said(f"pressure below {words}", low, boxed=True) == "pressure below ____ mmHg: stop (x)"
    assert said(f"pressure or pulse below {words}", low, slow, boxed=True) == "pressure or pulse below ____ mmHg or ____ beats a minute: stop (x)"
    assert said(f"pressure below {words}, pulse below {words}", low, slow, boxed=True) == "pressure below ____ mmHg, pulse below ____ beats a minute: stop (x)"
    assert said(f"pressure below {words}", low, answers={low: "90"}) == "pressure below 90 mmHg: stop (x)"
    assert said(f"pressure below {words}", low) == f"pressure below {words}: stop (x)"
    assert said("pressure falls", low, boxed=True) == "pressure falls: stop (____ mmHg) (x)"


def test_a_box_of_a_sheet_has_the_unit_of_the_file(infuse):
    said = infuse("order", "levetiracetam", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "170cm", "--creatinine", "0.9 mg/dL").stdout
    box = said[said.index("FOR THE PRESCRIBER TO FILL IN"):said.index("HOLD, STOP AND CALL   ")]
    assert "____________ mg" in box and "mcg" not in box
    assert "oxygen saturation below ____ %: hold" in " ".join(said.split())


@pytest.mark.parametrize("name", ["dihydroergotamine-inpatient", "dihydroergotamine-label", "dihydroergotamine-refractory", "dihydroergotamine-pediatric"])
def test_a_drug_that_may_run_in_has_a_box_for_its_rate(name):
    """Nitroprusside, which the rescue names, is no number of mg."""
    asked = {each.unit for phase in LOADED[name].protocol.phases for each in phase.ask if "vasodilator" in each}
    assert asked >= {"mg", "mcg/min"}


def test_what_a_set_asks_its_protocols_do_not_ask_again(infuse):
    """Two boxes for one thing may be filled in differently."""
    said = infuse("order", "ketamine-inpatient-course", "--weight", "70kg", "--age", "44y").stdout
    assert len(re.findall(r"____ days", said)) == 1


def test_a_drug_against_anaphylaxis_has_a_box_for_its_route():
    """Its dose into a muscle is not its dose into a vein."""
    asks = [list(map(str, phase.ask)) for one in LOADED.values() for phase in one.protocol.phases if any("against anaphylaxis" in each for each in phase.ask)]
    assert asks and all("route of the drug against anaphylaxis" in each for each in asks)


def test_what_is_ticked_before_the_first_dose_can_be_true_by_then(infuse):
    """The magnesium has not begun when its rescue is screened."""
    said = infuse("order", "outpatient-infusion", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm", "--creatinine", "0.8 mg/dL").stdout
    asked = [" ".join(each.split()) for each in re.findall(r"^\[ \] ((?:.|\n(?! *\[| *\n|\S))*)", said, re.M)]
    assert any("the magnesium is stopped first" in each for each in asked) and not any("has been stopped" in each for each in asked)
