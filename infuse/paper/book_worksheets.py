"""Worksheets of a downtime book: the creatinine clearance and the ideal weight by hand, where a table goes by them; what
somebody of an age usually weighs.

For: `book_pages`. Formulas and their numbers are those of `formulas`; the ideal weights are worked out as those of an order are.
Rounded down and taken from the lower height, a clearance or weight is rather too low.

Refuses: nothing; only what a table of the book needs is printed.

Example: "1. 140 less the age in completed years [      ]", "160 cm, woman 52.4 kg, man 56.9 kg".
"""

from __future__ import annotations

from collections.abc import Sequence

from infuse.arithmetic import derived, figure, formulas
from infuse.arithmetic import patient as patients
from infuse.arithmetic.patient import Patient
from infuse.files.library import Loaded
from infuse.files.protocol import ACTUAL
from infuse.ground import numerals, units
from infuse.ground.units import Quantity, quantity
from infuse.ordering.book import Table
from infuse.paper import book_tables
from infuse.paper.book_tables import Book
from infuse.paper.page import Field, Fields, Section, Sentences, Sheet
from infuse.paper.page import Table as Printed

_IDEAL, _BESIDE, _TALLEST = "ideal", 3, quantity(201, "cm")  # three heights beside each other, in whole centimeters
_GROWN, _HEAVY = quantity(40, "year"), quantity(300, "kg")  # an adult whose ideal weight is not above the actual one
_MONTHS, _BORN = 24, quantity(0, "month")  # so many months are counted as months
_PLAIN, _INDEXED = "mL/min", "mL/min/1.73m2"
NUMBER = "(number)"


def pages(book: Book, tables: Sequence[Table], approved) -> list[Sheet]:
    """As many as the tables need."""
    banded = [each for each in tables if each.ready and "clearance" in each.cell.facts]
    weights = {loaded.protocol.patient.clearance.weight: None for each in banded for loaded in each.entry.loaded if loaded.protocol.patient.clearance} if banded else {}
    indexed = any(each.cell.facts["clearance"].unit == units.unit(_INDEXED) for each in banded)
    adult = any(each.cell.facts["clearance"].unit != units.unit(_INDEXED) for each in banded)
    found = []
    if banded:
        found.append(_clearance(book, approved, list(weights) or [ACTUAL], adult, indexed))
    if (adult and _IDEAL in weights) or any(each.by_dosing_weight.startswith(_IDEAL) for each in tables if each.ready):
        found.append(_ideal(book, approved))
    return [*found, *usual_weights(book, tables, approved)]


def usual_weights(book: Book, tables: Sequence[Table], approved) -> list[Sheet]:
    """What somebody of an age weighs: a row is judged for one age of its table, and pounds taken for kilograms are found by the
    patient's own."""
    ready = [each for each in tables if each.ready]
    bounds = next((each.entry.loaded[0].weights for each in ready), None)
    if bounds is None:
        return []
    low = min(_youngest(loaded) for each in ready for loaded in each.entry.loaded)
    ages = [*(quantity(each, "month") for each in range(_MONTHS)), *(quantity(each, "year") for each in range(_MONTHS // 12, int(bounds.adult_from.to("year").value)))]
    known = [(patients.age_in_words(age), patients.in_tenths(patients.usual_weight(bounds, age)[0])) for age in ages if age >= low]
    known.append((f"from {bounds.adult_from.on_paper()}", patients.in_tenths(bounds.adult[0])))
    deep = -(-len(known) // _BESIDE)
    rows = tuple(tuple(cell for at in range(_BESIDE) for cell in (known[row + at * deep] if row + at * deep < len(known) else ("", ""))) for row in range(deep))
    rules = ("Age in completed years, below 2 years in completed months. Outside the range: weigh again, in kg; was it pounds, or ten times too much?",
             "Still outside: no row is used before the pharmacist has said so.")
    return [book_tables.sheet(book, approved, "Worksheet: usual weights by age", "For every table. Both ends included.", [
        Section("USUAL WEIGHT", (Sentences(rules, strong=True), Printed(("AGE", "WEIGHT") * _BESIDE, rows, strong=(0, 2, 4))))], whose=False)]


def _youngest(loaded: Loaded) -> Quantity:
    limit = loaded.protocol.patient.age.limit
    return max((side.range.low.to("month") for _, side in limit.sides if side.range.low), default=_BORN) if limit else _BORN


def _clearance(book: Book, approved, weights: list[str], adult: bool, indexed: bool) -> Sheet:
    known = [Field("AGE, COMPLETED", blank="years"), Field("SEX", blank=""), Field("HEIGHT", blank="cm"), Field("ACTUAL WEIGHT", blank="kg"),
             Field("CREATININE", blank=f"mg/dL; a result in micromol/L is first divided by {numerals.on_paper(units.CREATININE)}"), Field("MEASURED ON", blank="date and time")]
    parts = [Section("THE PATIENT, TODAY", (Fields(tuple(known)),))]
    for weight in weights if adult else []:
        which = f"{weight} weight" + ("" if weight == ACTUAL else ", or the actual weight where that is lower,")
        parts.append(Section(f"COCKCROFT-GAULT   with the {weight} weight, from 18 years", (Fields(_steps(formulas.clearance_by_hand(which), _PLAIN)),)))
    if indexed:
        parts.append(Section("BEDSIDE SCHWARTZ   from 1 year to below 18 years", (Fields(_steps(formulas.indexed_clearance_by_hand(), _INDEXED)),)))
    rules = ("Cut off after one decimal, never round up: 59.96 is 59.9, which is below 60.", '"from 60 mL/min to below 90 mL/min" takes in 60 and not 90.',
             "On dialysis, in pregnancy, or where the creatinine is rising: call the pharmacist.",
             "A second person works it out again, alone, from the patient's facts; where the two fall into different tables: call the pharmacist.")
    columns = ("", *(f"CLEARANCE, {unit}" for unit, wanted in ((_PLAIN, adult), (_INDEXED, indexed)) if wanted), "TABLE", "NAME", "DATE, TIME")
    signed = tuple((each, *("",) * (len(columns) - 1)) for each in ("worked out by", "worked out again by"))
    parts += [Section("WHICH TABLE", (Sentences(rules, items=True), Printed(columns, signed, blank=True)))]
    return book_tables.sheet(book, approved, "Worksheet: creatinine clearance by hand", "For tables that go by the kidney. One for each patient.", parts)


def _steps(steps: Sequence[str], unit: str) -> tuple[Field, ...]:
    """What comes out between is a mere number; what comes out in the end has its unit."""
    return tuple(Field(f"{number}. {said}", blank=unit if number == len(steps) else NUMBER) for number, said in enumerate(steps, 1))


def _ideal(book: Book, approved) -> Sheet:
    lowest, _ = formulas.heights_by_hand()
    first = int(lowest.value) + 1
    heights = [quantity(each, "cm") for each in range(first, int(_TALLEST.value))]
    deep = -(-len(heights) // _BESIDE)
    rows = tuple(tuple(cell for at in range(_BESIDE) for cell in _of_height(heights, row + at * deep)) for row in range(deep))
    rules = (f"Between two heights: the LOWER one. Below {heights[0].on_paper()} or above {heights[-1].on_paper()}, and below 18 years: call the pharmacist.",
             "Where the actual weight is lower than the ideal one, the actual weight is taken.")
    return book_tables.sheet(book, approved, "Worksheet: ideal weight by height", "Devine, kg, adults.", [
        Section("IDEAL WEIGHT", (Sentences(rules, strong=True), Printed(("HEIGHT", "WOMAN", "MAN") * _BESIDE, rows, strong=(0, 3, 6))))], whose=False)


def _of_height(heights: Sequence[Quantity], at: int) -> tuple[str, str, str]:
    if at >= len(heights):
        return ("", "", "")
    height = heights[at]
    weights = (derived.weight_as(_IDEAL, Patient({"height": height, "sex": sex, "age": _GROWN}, {}), figure.stated("weight", _HEAVY, "")) for sex in (formulas.FEMALE, "male"))
    return (height.on_paper(), *(each.value.on_paper() for each in weights))
