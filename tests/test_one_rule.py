"""One sheet, one rule: what an order says of its line, its most and its tolerance is the same wherever it is said."""

from __future__ import annotations

import re

import pytest
from conftest import make
from test_pump_volume import ADULT, made_anyway

from infuse.files.library import Library
from infuse.paper import sheet
from infuse.paper.page import Boxes, Fields, Sentences, Table


def of_an_age(loaded):
    """A patient whom the protocol takes."""
    child = loaded.protocol.population == "pediatric"
    return ADULT | ({"age": "9 years", "weight": "30 kg", "height": "135 cm"} if child else {"weight": "70 kg"})


@pytest.fixture(scope="module")
def sheets(shipped):
    return {name: sheet.lay_out(made_anyway(loaded, **of_an_age(loaded))) for name, loaded in shipped.items()}


def lines(page):
    """Everything that is said on a page, line by line, with the heading that it stands under."""
    for section in page.sections:
        for block in section.blocks:
            match block:
                case Fields(rows):
                    yield from ((section.heading, row.label, row.value) for row in rows)
                case Sentences(several):
                    yield from ((section.heading, "", each) for each in several)
                case Boxes(questions):
                    yield from ((section.heading, "box", each) for each in questions)
                case Table():
                    yield from ((section.heading, "", cell) for row in block.rows for cell in row)


def test_no_order_leaves_it_to_the_bedside_what_may_share_a_line(sheets):
    for name, page in sheets.items():
        said = [text for _, _, text in lines(page) if "unless compatib" in text or "check every drug in the same line" in text]
        assert not said, name
        infused = [text for _, label, text in lines(page) if label == "ADMINISTRATION" and "infusion" in text]
        assert all("alone in its line while it runs" in text or "the bag holds" in text for text in infused), name


def test_in_a_set_the_line_is_as_lines_says(infuse):
    page = infuse("order", "emergency-rescue", "--with", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm",
                  "--creatinine", "0.8 mg/dL", "--format", "text").stdout
    said = " ".join(page.split())
    assert "its line, and what else may run through it, as LINES says" in said
    assert "alone in its line" not in said and "unless compatib" not in said and "nothing else in its bag, syringe or line" not in said


# ---------------------------------------------------------------------------------------------- limits and the double check


def check_of(page):
    """The rows of the independent double check: what is given, and by how much each answer may differ."""
    given = {label: value for heading, label, value in lines(page) if heading.startswith("INDEPENDENT DOUBLE CHECK")}
    table = next(block for section in page.sections for block in section.blocks if isinstance(block, Table) and block.columns[0] == "WORK OUT")
    return given, {row[0]: row[3] for row in table.rows}


def test_the_second_person_is_told_the_lowest_maximum_of_a_rate(sheets):
    """Lidocaine 200 mg in an hour are 3.333 mg/min, below the label's 4 mg/min."""
    given, _ = check_of(sheets["lidocaine-inpatient-infusion"])
    assert given["NEVER ABOVE"] == "3.333 mg/min, which is 200 mg in 1 hour"
    limits = [text for heading, _, text in lines(sheets["lidocaine-inpatient-infusion"]) if heading.startswith("LIMITS") and "in 1 hour" in text]
    assert limits == ["total: hard, up to 200 mg in 1 hour, which is 3.333 mg/min (premix-dosage)"]


@pytest.mark.parametrize(("protocol", "said"), [
    ("propofol", "10 mg; 80 mg in 24 hours"), ("propofol-20-mg", "20 mg; 120 mg in 24 hours"),
    ("promethazine", "25 mg; 100 mg in 24 hours; 1 mg/mL"),
    ("ketamine-inpatient-titration", "1 mg/kg/hour; 100 mg/hour; 5 mg/mL")])  # per kg and for the whole patient: neither is lower
def test_the_second_person_is_told_the_most_of_a_day_and_of_a_concentration(sheets, protocol, said):
    assert check_of(sheets[protocol])[0]["NEVER ABOVE"] == said


def test_what_may_differ_follows_through(sheets):
    """1 mL of 14 mL is 7%, more than the 5% that anything may differ by: nobody may be a step apart."""
    _, differ = check_of(sheets["lidocaine-one-hour"])
    assert differ["volume to withdraw"] == differ["weight or surface to count by"] == "nothing"
    assert differ["final volume"] == differ["final concentration"] == "what follows"  # of a minute more or less nothing follows in the bag


# ---------------------------------------------------------------------------------------------- one number, for this patient


@pytest.mark.parametrize(("protocol", "begins"), [
    ("lidocaine-one-hour", "lidocaine 4.375 mg/mL bag, 280 mg (ordered 284.5 mg), "),  # 14 mL of 20 mg/mL, by a 20 mL syringe
    ("chlorpromazine-per-kg", "chlorproMAZINE hydrochloride 0.1392 mg/mL bag, 7 mg, "),  # all 7 mg are in the bag
    ("magnesium-sulfate-pediatric", "magnesium sulfate 40 mg/mL bag, 1,124 mg (ordered 1,125 mg), ")])  # 28.1 mL for 28.125, 45 kg
def test_the_line_that_is_transcribed_has_the_dose_that_is_given(shipped, protocol, begins):
    child = {"age": "14 years", "weight": "45 kg"} if "pediatric" in protocol else {"weight": "70 kg"}
    page = sheet.lay_out(made_anyway(shipped[protocol], **ADULT | child))
    said = next(text for _, label, text in lines(page) if label == "IN ONE LINE")
    assert said.startswith(begins), said


@pytest.mark.parametrize(("weight", "said"), [("70 kg", "12 mL/kg (840 mL for this patient)"), ("52.5 kg", "12 mL/kg (630 mL for this patient)")])
def test_the_most_is_worked_out_for_the_patient(shipped, weight, said):
    page = sheet.lay_out(made_anyway(shipped["lipid-emulsion"], **ADULT | {"weight": weight}))
    criteria = [text for heading, _, text in lines(page) if heading.startswith("HOLD, STOP")]
    assert any(said in each for each in criteria), criteria


# ---------------------------------------------------------------------------------------------- asked once


def boxes_of(shipped, protocol, **facts):
    order = made_anyway(shipped[protocol], **of_an_age(shipped[protocol]) | facts)
    return [text for heading, label, text in lines(sheet.lay_out(order)) if label == "box" and heading.startswith("SCREENING")]


@pytest.mark.parametrize(("protocol", "graver", "milder"), [
    ("haloperidol", "severe liver disease", "liver disease"),
    ("haloperidol", "severe heart disease", "heart failure or arrhythmia"),
    ("droperidol", "severe heart disease", "heart failure or enlarged heart"),
    ("lidocaine-one-hour", "severe liver disease", "liver disease, less is given"),
    ("lidocaine-one-hour", "severe myocardial depression", "heart failure, less is given"),
    ("ketamine-inpatient-titration", "severe liver disease", "moderate liver disease"),
    ("ketamine-inpatient-titration", "untreated hyperthyroidism", "hyperthyroidism"),
    ("ketamine-inpatient-titration", "severe coronary or myocardial disease", "coronary artery disease or heart failure"),
    ("tramadol", "severe liver disease", "moderate liver disease, the next dose not sooner than 12 hours"),
    ("chlorpromazine", "closed-angle glaucoma", "glaucoma that is not closed-angle"),
    ("dihydroergotamine-label", "severe liver disease or severe kidney disease", "mild or moderate liver disease, in which one hospital lowers the dose"),
])
def test_a_fact_and_its_graver_form_are_asked_in_one_row(shipped, protocol, graver, milder):
    rows = boxes_of(shipped, protocol)
    with_it = [each for each in rows if f"NOT present: {graver} (" in each]
    assert len(with_it) == 1 and f"NOT present, or accepted by the prescriber: {milder}" in with_it[0]
    assert not [each for each in rows if each.startswith(f"NOT present, or accepted by the prescriber: {milder}")]


def test_of_a_pair_what_is_not_known_is_still_asked(shipped):
    """Moderate liver disease with a reason is no answer to severe; none is an answer to both."""
    order = make(shipped["tramadol"], liver="none", **of_an_age(shipped["tramadol"]))
    said = [text for heading, label, text in lines(sheet.lay_out(order)) if label == "box" and "liver" in text]
    assert not said


def test_what_is_only_noted_has_a_box_for_each(shipped):
    rows = [each for each in boxes_of(shipped, "magnesium-sulfate-adult") if each.startswith("read, and taken into account: ")]
    assert len(rows) > 2 and all(each.count(";") <= each.count("(") for each in rows)


# ---------------------------------------------------------------------------------------------- who the patient is


@pytest.mark.parametrize(("protocol", "facts", "left_out", "stays"), [
    ("ketorolac", {"conditions": "none"}, "in a child: kidney disease", "before major surgery"),
    ("metoclopramide", {"conditions": "none"}, "in a child: kidney or liver disease", "pheochromocytoma"),
    ("droperidol", {"conditions": "none", "qtc": "400 ms"}, "in a man", "in a woman"),
    ("lidocaine-inpatient-infusion", {"conditions": "none"}, "age above 70 years", "severe liver disease"),
])
def test_what_is_said_of_other_people_is_no_answer_about_this_one(shipped, protocol, facts, left_out, stays):
    order = made_anyway(shipped[protocol], **of_an_age(shipped[protocol]) | facts)
    said = [text for heading, _, text in lines(sheet.lay_out(order)) if heading.startswith("NOT PRESENT")]
    assert any(stays in each for each in said) and not any(left_out in each for each in said), said
    assert any(left_out in each for each in order.weighed.ruled_out[protocol])  # it was judged all the same


# ---------------------------------------------------------------------------------------------- how many boxes


SAID = re.compile(r"(\d+) places? on this sheet (?:is|are) to tick or fill in: ([A-Za-z0-9 ,]+)\.")


def of_text(page):
    """Of each heading of a sheet in text how many lines begin with a box or have something to write on, as a nurse counts them: a
    label, or what follows it until the next one, is one place."""
    found, heading, before = {}, "", None
    for line, following in zip([*page, ""], [*page[1:], "", ""]):
        if following.startswith("-----"):
            heading, before = line.partition("   ")[0], None
            continue
        if heading in ("SIGNATURES", "ANNEX") or heading.startswith(("INDEPENDENT", "WORK OUT", "COMPARE")):
            continue
        label = line[:1].strip() and not line.startswith("[")
        before = line if label else before
        chart = len(re.findall(r"_{2,}", line)) > 1 or heading == "MONITORING" and not re.match("[A-Z]{3,}", line)
        if heading.startswith("HOLD"):
            boxes = len(re.findall("_{4,}", line))
            found |= {heading: found.get(heading, 0) + boxes} if boxes else {}
        elif line.startswith("[ ]"):
            found[heading] = found.get(heading, 0) + 1
        elif not chart and (re.search(r"_{4,}|\[ \]", line) or heading == "PATIENT" and "  Not recorded" in line):
            key = (heading, before)
            if key != found.get("last"):
                found[heading] = found.get(heading, 0) + 1
            found["last"] = key
    found.pop("last", None)
    return found


@pytest.mark.parametrize("command", [
    ("ketamine-inpatient-titration", "--weight", "70kg", "--age", "44y"),
    ("magnesium-sulfate-adult", "--age", "44y"),
    ("lorazepam", "--age", "44y", "--weight", "70kg"),
    ("diphenhydramine", "--age", "44y", "--name", "Sample, Jane", "--record-number", "TEST 0001", "--allergy", "none", "--medicine", "none", "--condition", "none"),
], ids=lambda one: one[0])
def test_the_first_page_counts_what_a_nurse_counts(infuse, command):
    page = infuse("order", *command).stdout
    total, each = SAID.search(" ".join(page.split()).replace("PATIENT and at the head of the page", "PATIENT")).groups()
    said = {name: int(number) for number, _, name in (one.partition(" under ") for one in re.split(", (?=[0-9]+ under )", each))}
    assert sum(said.values()) == int(total)
    assert said == of_text(page.splitlines())


# ---------------------------------------------------------------------------------------------- what it rests on


def test_one_key_is_one_document_whichever_files_are_on_a_sheet(shipped):
    found = {}
    library = Library()
    sets = [library.load_set(path).order_set for path in library.sets().values()]
    for references in (*(one.references for loaded in shipped.values() for one in (loaded.protocol, loaded.drug)), *(each.references for each in sets)):
        for key, one in references.items():
            found.setdefault(key, set()).add(one.doi or one.url)
    assert {key: places for key, places in found.items() if len(places) > 1} == {}


def test_in_a_set_the_evidence_names_its_drug(infuse):
    page = infuse("order", "emergency-rescue", "--with", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm",
                  "--creatinine", "0.8 mg/dL").stdout
    evidence = page[page.index("\nEVIDENCE\n"):page.index("\nREFERENCES\n")].splitlines()
    named = [line for line in evidence[3:] if line and not line.startswith(("*", " "))]
    assert named == ["metoclopramide", "ketorolac tromethamine", "magnesium sulfate", "calcium gluconate"], named


# ---------------------------------------------------------------------------------------------- which advisory is a warning


@pytest.mark.parametrize(("protocol", "begins", "heading"), [
    ("lidocaine-inpatient-infusion", "above 2 mg/min only with a named person's reason; NEVER above", "WARNINGS"),
    ("chlorpromazine", "for low blood pressure lay the head low", "WARNINGS"),
    ("propofol", "two strengths exist; 10 mg/mL (1%) is used here", "WARNINGS"),
    ("haloperidol", "no source states how long the ECG is watched", "ADVISORIES"),
    ("prochlorperazine", "sources differ on the time; the label allows 5", "ADVISORIES"),
])
def test_the_file_says_which_advisory_is_a_warning(sheets, protocol, begins, heading):
    assert [where.partition("   ")[0] for where, _, text in lines(sheets[protocol]) if text.startswith(begins)] == [heading]
