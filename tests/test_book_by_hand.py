"""A downtime book used as a nurse uses it: what is printed is read back from its pages and held against arithmetic done here, by
hand, from the numbers of the sources; and a patient whose clearance is worked out on the worksheet never gets more than the order.
"""

from __future__ import annotations

import io
import math
import re
from fractions import Fraction
from functools import lru_cache

import pypdf
import pytest
from conftest import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from test_book import LIBRARY, bound, flat, pages
from test_book_sets import in_words

from infuse.ground.units import quantity
from infuse.ordering.order import READY
from infuse.paper.render import pdf
from infuse.paper.render import text as as_text

TENTH = Fraction(1, 10)


@lru_cache(maxsize=None)
def read(name, weights, step):
    """Of each table of a book its pages as text, under its number."""
    made = bound(name, weights=weights, step=step)
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf.to_pdf(pages(made), "letter", NOW))).pages:
        said = flat(page.extract_text())
        if number := re.search(r"\bTable (\d+): ", said):
            found[int(number[1])] = f"{found.get(int(number[1]), '')} {said}"
    return found


def row(said, weight, *units):
    """The numbers of a row, in the sequence of their units."""
    found = re.search(rf"(?<![\d.,]){weight} kg " + r" ".join(rf"([\d.,]+) {re.escape(each)}" for each in units) + r"(?![\w/])", said)
    assert found, (weight, units)
    return [Fraction(each.replace(",", "")) for each in found.groups()]


def near(printed, exact):
    """What a pump is told in tenths is the nearest one."""
    assert (printed / TENTH).denominator == 1 and abs(printed - exact) <= TENTH / 2, (printed, float(exact))


# ---------------------------------------------------------------------------------------------- every number, worked out here


@pytest.mark.parametrize("weight", [40, 55, 71, 99])
def test_ketamine_starts_and_its_rungs(weight):
    said = read("ketamine-inpatient-titration", "40 to 99 kg", "1 kg")[1]
    dose, rate = row(said, weight, "mg/hour", "mL/hour")
    assert dose == Fraction(weight, 10)  # 0.1 mg/kg/hour
    near(rate, dose / 2)  # 500 mg in 250 mL
    near(rate, Fraction(weight, 20))
    for rungs in (range(1, 5), range(5, 9)):
        for number, printed in zip(rungs, row(said[said.index(f"rungs {rungs[0]} to {rungs[-1]}"):], weight, *["mL/hour"] * 4)):
            near(printed, (Fraction(1, 10) + Fraction(number - 1, 20)) * weight / 2)
    assert "MADE UP WITH sodium chloride 0.9%, to 250 mL" in said and "500 mg in 250 mL (2 mg/mL)" in said and "WITHDRAW 10 mL" in said


@pytest.mark.parametrize("weight", [40, 44, 48, 50, 52, 80])
def test_acetaminophen_on_both_sides_of_50_kg_and_what_of_the_bag_is_not_given(weight):
    said = read("acetaminophen", "40 to 80 kg", "2 kg")[1]
    dose = 1000 if weight >= 50 else min(15 * weight, 750)
    assert row(said, weight, "mg", "mL/hour", "mL") == [dose, Fraction(dose, 10) * 4, Fraction(dose, 10)]  # 10 mg/mL, in a quarter of an hour
    if dose < 1000:
        assert re.search(rf"{weight} kg [\d.,]+ mg [\d.,]+ mL/hour [\d.,]+ mL {100 - Fraction(dose, 10)} mL ", said)  # of a bag of 100 mL


@pytest.mark.parametrize("weight", [40, 50, 66, 70, 80])
def test_valproate_in_its_bag_of_50_and_its_most_of_1000_mg(weight):
    said = read("valproate-sodium-rapid", "40 to 80 kg", "2 kg")[1]
    dose = min(15 * weight, 1000)
    whole = r"([\d.,]+)"
    found = re.search(rf"(?<![\d.,]){weight} kg {whole} mg (as ordered|[\d.,]+ mg) {whole} mL {whole} mg in {whole} mL \({whole} mg/mL\) {whole} mL/hour {whole} mL", said)
    amount, withdrawn, inside, final, _, rate, volume = (Fraction(each.replace(",", "")) for each in found.group(1, 3, 4, 5, 6, 7, 8))
    assert amount == dose and abs(withdrawn - Fraction(dose, 100)) <= Fraction(1, 10) and inside == withdrawn * 100 <= dose  # 100 mg/mL, by the marks of a syringe
    assert found[2] == ("as ordered" if inside == dose else f"{inside} mg")
    assert final == volume == 50 + withdrawn
    near(rate, (50 + withdrawn) * 4)


@pytest.mark.parametrize("weight", [30, 37, 48, 80])
def test_magnesium_of_a_child_by_weight_to_its_most(weight):
    said = read("magnesium-sulfate-pediatric", "26 to 100 kg", "1 kg")[1]
    dose = min(25 * weight, 2000)
    found = re.search(rf"(?<![\d.,]){weight} kg ([\d.,]+) mg \(([\d.]+) mEq\) (as ordered|[\d.,]+ mg) ([\d.]+) mL/hour ([\d.]+) mL ", said)
    amount, equivalents = (Fraction(each.replace(",", "")) for each in found.group(1, 2))
    assert amount == dose and equivalents == Fraction(812, 100) * dose / 1000  # 8.12 mEq in 1 g
    for printed in found.group(4, 5):  # 40 mg/mL, in an hour
        near(Fraction(printed), Fraction(dose, 40))


@pytest.mark.parametrize("weight", [20, 27, 48, 69, 100])
def test_a_bolus_of_a_child_and_what_stays_in_the_bag(weight):
    said = read("fluid-bolus-pediatric", "20 to 104 kg", "7 kg")[1]
    dose = min(10 * weight, 1000)
    if weight == 100:
        assert "sodium chloride 0.9%: 10 mL/kg, at most 1,000 mL" in said
        return
    volume = row(said, weight, "mL", "mL/hour", "mL", "mL")
    bag = next(each for each in (250, 500, 1000) if each >= dose)
    assert volume == [dose, dose, dose, bag - dose]


def test_ketorolac_of_each_kind_of_patient_is_one_vial_or_half_of_it_or_nothing():
    tables = read("ketorolac", "40 to 80 kg", "10 kg")
    made = bound("ketorolac", weights="40 to 80 kg", step="10 kg")
    assert len(tables) == len(made.tables) == 6
    for number, table in enumerate(made.tables, 1):
        words, said = dict(table.cell.words), tables[number]
        if words["creatinine clearance"] == "below 30 mL/min":
            assert "40 kg to 80 kg not allowed" in said and not re.search(r"\b(15|30) mg\b", said.partition("SCREENING")[0])
        elif words["age"].startswith("at least 65") or words["creatinine clearance"] == "from 30 mL/min to below 60 mL/min":
            assert "DOSE ketorolac tromethamine 15 mg" in said and "INJECT 0.5 mL" in said
        else:
            for weight in (40, 50, 60, 70, 80):
                full = weight >= 50
                dose, volume = ("30 mg", "1 mL") if full else ("15 mg", "0.5 mL")
                assert re.search(rf"(?<![\d.]){weight} kg {dose} {volume} ", said), weight


# ---------------------------------------------------------------------------------------------- the worksheet


def sheets(name, **typed):
    return {each.title: flat(as_text.plain(each, 10_000)) for each in pages(bound(name, weights="40 to 100 kg", step="10 kg", **typed))}


def test_ideal_weights_are_those_of_devine_and_stand_where_a_table_needs_them():
    said = sheets("ketorolac")["Worksheet: ideal weight by height"]
    for height in range(153, 201):
        woman, man = row(said.replace(f"{height} cm ", f"{height} kg "), height, "kg", "kg")
        above = Fraction(height * 100, 254) - 60
        assert abs(woman - (Fraction(455, 10) + Fraction(23, 10) * above)) <= TENTH / 2 and abs(man - (50 + Fraction(23, 10) * above)) <= TENTH / 2
    assert "Worksheet: ideal weight by height" in sheets("lidocaine-one-hour") and "Worksheet: creatinine clearance by hand" not in sheets("lidocaine-one-hour")
    assert [each for each in sheets("ketamine-inpatient-titration") if each.startswith("Worksheet")] == ["Worksheet: usual weights by age"]


def test_the_steps_of_the_worksheet_are_cockcroft_and_gault():
    said = sheets("ketorolac")["Worksheet: creatinine clearance by hand"]
    steps = ["1. 140 less the age in completed years", "2. times the ideal weight, or the actual weight where that is lower, in kg", "3. divided by 72", "4. of a woman times 0.85; of a man the same again",
             "5. divided by the creatinine in mg/dL: CLEARANCE in mL/min"]
    assert [said.index(each) for each in steps] == sorted(said.index(each) for each in steps)
    assert "a result in micromol/L is first divided by 88.4" in said


@lru_cache(maxsize=None)
def found_in(name):
    return bound(name, weights="40 to 120 kg", step="10 kg").tables


def on_the_worksheet(years, height, weight, sex, creatinine):
    """By its five steps, cut off after one decimal."""
    ideal = Fraction(455 if sex == "female" else 500, 10) + Fraction(23, 10) * (Fraction(height * 100, 254) - 60)
    ideal = Fraction(math.floor(ideal * 10 + Fraction(1, 2)), 10)  # as its table prints it
    clearance = (140 - years) * min(ideal, weight) / 72 * (Fraction(85, 100) if sex == "female" else 1) / creatinine
    return Fraction(math.floor(clearance * 10), 10)


@lru_cache(maxsize=None)
def usual_weights(name):
    """Of each age in words, (low, high) as printed."""
    said = sheets(name)["Worksheet: usual weights by age"]
    return {age: (Fraction(low), Fraction(high)) for age, low, high in re.findall(r"((?:from )?\d+ (?:years?|months?)) ([\d.]+) to ([\d.]+) kg", said)}


def usual(years, weight):
    low, high = usual_weights("ketorolac")[f"{years} years" if years < 20 else "from 20 years"]
    return low <= weight <= high


def test_what_somebody_of_an_age_weighs_stands_in_every_book_and_is_asked():
    assert list(usual_weights("ketorolac")) == ["18 years", "19 years", "from 20 years"] and usual_weights("ketorolac")["from 20 years"] == (40, 150)
    of_children = usual_weights("dihydroergotamine-pediatric")
    assert list(of_children)[0] == "6 years" and of_children["6 years"] == (Fraction("14.2"), Fraction("39.6"))  # 44 for 44 lb is outside
    assert all("[ ] the weight is usual for the age, by the worksheet at the end" in said for title, said in sheets("dihydroergotamine-pediatric").items() if title.startswith("Table "))


@settings(max_examples=20, deadline=None)
@given(st.integers(6, 17), st.integers(100, 900))
def test_a_weight_that_is_usual_for_the_age_hides_no_stop_of_a_child(years, tenths):
    weight = Fraction(tenths, 10)
    low, high = usual_weights("dihydroergotamine-pediatric")[f"{years} years"]
    tables = bound("dihydroergotamine-pediatric", weights="15 to 90 kg", step="15 kg").tables
    mine = [row for table in tables if in_words(dict(table.cell.words)["age"], years) for row in table.rows if row.weight.value <= weight]
    if not mine or mine[-1].order is None or not low <= weight <= high:
        return
    true = ordered_alone("dihydroergotamine-pediatric", weight=f"{quantity(weight, 'kg')}", age=f"{years} years")
    assert true.status == READY, [each.message for each in true.alerts]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["ketorolac", "metoclopramide", "levetiracetam", "tramadol"]), st.integers(18, 90), st.integers(153, 200), st.integers(400, 1200), st.sampled_from(["female", "male"]),
       st.integers(40, 500))
def test_a_patient_whose_clearance_is_worked_out_by_hand_never_gets_more_than_the_order(name, years, height, tenths, sex, hundredths):
    weight, creatinine = Fraction(tenths, 10), Fraction(hundredths, 100)
    clearance = on_the_worksheet(years, height, weight, sex, creatinine)
    mine = [each for each in found_in(name) if in_words(dict(each.cell.words).get("age", ""), years) and in_words(dict(each.cell.words)["creatinine clearance"], clearance)]
    assert len(mine) <= 1
    mine = [row for table in mine for row in table.rows if row.weight.value <= weight]
    if not mine or mine[-1].order is None or not usual(years, weight):
        return
    facts = {"weight": f"{quantity(weight, 'kg')}", "age": f"{years} years", "sex": sex, "height": f"{height} cm", "creatinine": f"{quantity(creatinine, 'mg/dL')}"}
    true = ordered_alone(name, **facts)
    assert true.status == READY, [each.message for each in true.alerts]
    for low, other in zip(mine[-1].order.phases, true.phases):
        assert low.figures["calculated_dose"].value <= other.figures["calculated_dose"].value


def ordered_alone(name, **facts):
    from infuse.arithmetic import patient as patients
    from infuse.files.given import Given
    from infuse.ordering import order

    who, wrong = patients.read({fact: Given(text, f"--{fact}") for fact, text in facts.items()}, NOW)
    assert not wrong
    return order.build([order.Request(LIBRARY.load(LIBRARY.ids()[name]))], who, NOW)


def test_the_form_has_the_unit_of_a_strength_as_the_table_prints_it(infuse):
    """Magnesium is ordered in g and its bag is printed as 10 mg/mL: a box in g/mL would be filled in a thousand times too strong."""
    said = infuse("book", "magnesium-sulfate-adult", "--weights", "60 to 70 kg", "--step", "10 kg").stdout
    form = said[said.index("COPIED FROM THE BOOK") : said.index("SIGNATURES", said.index("COPIED FROM THE BOOK"))]
    assert "(10 mg/mL)" in said and "____ mg/mL" in form and not re.search(r"____ g/mL", form)
