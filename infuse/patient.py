"""A patient: the facts that were given, each with where it was given; and whether the weight can be right.

For: turning typed facts (from options, a patient file, a case) into values, all faults at once. A fact is given,
said to be unknown, or not recorded; never guessed. Weights in pounds are converted once and the weight that is
used is the one that is printed.

Refuses: a weight without a unit, zero, facts that contradict each other, a birth date in the future.

Example: `154 lb` becomes 69.9 kg (69.85322498 kg rounded to 0.1 kg), used and printed as 69.9 kg.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from infuse import figure, grammar, rounding, units
from infuse.figure import Figure
from infuse.protocol import WeightBounds
from infuse.ranges import Range
from infuse.units import Quantity, Refused, quantity

UNKNOWN = "unknown"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_SMALL = quantity(10, "kg")
_HEIGHTS = Range(quantity(40, "cm"), quantity(250, "cm"))  # outside it is a slip of the unit, not a patient
_MOST_CREATININE = quantity(30, "mg/dL")
_MOST_CLEARANCE = 300


class Given(NamedTuple):
    """A text as it was typed, and where: an option, or a line of a file."""

    text: str | tuple[str, ...]
    where: str


class Fact(NamedTuple):
    """One fact that can be given: its name in files, its option, what it is, how it is read."""

    name: str
    option: str
    says: str
    read: Callable
    example: str
    many: bool = False


def on_paper_date(day: date) -> str:
    """21-Nov-2026: the month in letters, because 4/3 is two different days."""
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year}"


def on_paper_time(moment: datetime) -> str:
    return f"{on_paper_date(moment.date())} {moment.hour:02d}:{moment.minute:02d}"


def read_date(text: str) -> date:
    expected = "a date, such as 2026-11-21 or 21-Nov-2026"
    named = re.fullmatch(r"(\d{1,2})-([A-Z][a-z]{2})-(\d{4})", text)
    try:
        if named and named[2] in MONTHS:
            return date(int(named[3]), MONTHS.index(named[2]) + 1, int(named[1]))
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        raise Refused(expected, text, "there is no such day") from None
    raise Refused(expected, text, "day and month in digits are read differently in different places")


def read_time(text: str) -> datetime:
    expected = 'a date and 24-hour time, such as "2026-11-21 08:30"'
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", clock)
    if not match:
        raise Refused(expected, text, "the time is missing or not from 00:00 to 23:59")
    whole = read_date(day)
    return datetime(whole.year, whole.month, whole.day, int(match[1]), int(match[2]))


def _positive(*kinds):
    def read(text):
        value = grammar.read_quantity(text, *kinds)
        if not value.value:
            raise Refused(grammar.expectation(*kinds) + ", above zero", text)
        return value
    return read


def _weight(text):
    # reading per kg first would hide the commonest slip of all, so a bare number gets a sentence of its own
    try:
        return _positive("weight")(text)
    except Refused as refused:
        hint = refused.hint
        if re.fullmatch(r"[0-9.,]+", text) and "missing" in hint:
            hint = f"the unit is missing: {text}kg or {text}lb?"
        elif re.fullmatch(r"[0-9.,]+ ?(g|mg)", text):
            hint = "grams are for drugs here; give the patient's weight in kg"
        raise Refused("a weight with its unit, such as 70kg or 154lb, above zero", text, hint) from None


def _height(text):
    value = _positive("height")(text)
    if value not in _HEIGHTS:
        raise Refused(f"a height of {_HEIGHTS.on_paper()}", text)
    return value


def _age(text):
    value = grammar.read_quantity(text, "age")
    if value.unit.text in ("min", "h"):
        raise Refused("an age in days, weeks, months or years, such as 44y", text)
    if value > quantity(130, "year"):
        raise Refused("an age of at most 130 years", text)
    return value


def _clearance(text):
    value = _positive("clearance")(text)
    if value.value > _MOST_CLEARANCE:
        raise Refused(f"a clearance of at most {_MOST_CLEARANCE} mL/min", text)
    return value


def _creatinine(text):
    value = units.creatinine(_positive("creatinine")(text))
    if value > _MOST_CREATININE:
        raise Refused(f"a creatinine of at most {_MOST_CREATININE}", text, "is the unit right?")
    return value


def _one_of(*words):
    def read(text):
        if text not in words:
            raise Refused(" or ".join(words), text)
        return text
    return read


def _words(text):
    if not text.strip():
        raise Refused("a text", text, "nothing is there")
    return " ".join(text.split())


FACTS = (
    Fact("name", "--name", "family name, given name", _words, '"Doe, Jane"'),
    Fact("record_number", "--record-number", "medical record number", _words, "12345678"),
    Fact("birth_date", "--birth-date", "date of birth", read_date, "1982-03-04"),
    Fact("age", "--age", "age, where the date of birth is not given", _age, "44y"),
    Fact("sex", "--sex", "sex", _one_of("female", "male"), "female"),
    Fact("weight", "--weight", "actual body weight, in kg or lb", _weight, "70kg"),
    Fact("weight_source", "--weight-source", "how the weight was got", _one_of("measured", "stated", "estimated"), "measured"),
    Fact("weight_date", "--weight-date", "when the weight was got", read_date, "2026-11-20"),
    Fact("height", "--height", "height, in cm or in", _height, "170cm"),
    Fact("creatinine", "--creatinine", "serum creatinine", _creatinine, '"0.9 mg/dL"'),
    Fact("clearance", "--clearance", "creatinine clearance, where it is known", _clearance, '"52 mL/min"'),
    Fact("dosing_weight", "--dosing-weight", "another dosing weight, where the formula does not apply", _positive("weight"), "60kg"),
    Fact("allergies", "--allergy", "an allergy with its reaction, or none", _words, '"penicillin: rash"', many=True),
    Fact("conditions", "--condition", "another condition, or none", _words, '"asthma"', many=True),
    Fact("medicines", "--medicine", "another medicine with the time last taken, or none", _words, '"sumatriptan"', many=True),
    Fact("line", "--line", "the line", _one_of("peripheral", "central"), "peripheral"),
    Fact("care_area", "--care-area", "where it is given", _words, '"monitored inpatient bed"'),
    Fact("pump", "--pump", "the pump profile", _words, "general"),
    Fact("location", "--location", "ward and bed", _words, '"5 West, bed 12"'),
    Fact("prescriber", "--prescriber", "who prescribes", _words, '"Dr. Roe"'),
    Fact("start", "--start", "when the first order starts", read_time, '"2026-11-21 08:30"'),
)
BY_NAME = {fact.name: fact for fact in FACTS}


@dataclass(frozen=True, slots=True)
class Patient:
    """The facts by name (a value, or a tuple of texts), where each was given, and those said to be unknown."""

    facts: dict = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    def get(self, name: str):
        """The fact, or None where it was not recorded or is unknown."""
        return self.facts.get(name)

    def where(self, name: str) -> str:
        return self.given[name].where if name in self.given else ""


def read(given: dict[str, Given], today: date) -> tuple[Patient, list[tuple[str, Refused]]]:
    """(patient, what was refused and where), all faults at once."""
    facts, unknown, wrong = {}, set(), []
    for name, one in given.items():
        fact = BY_NAME[name]
        texts = one.text if isinstance(one.text, tuple) else (one.text,)
        if texts == (UNKNOWN,):
            unknown.add(name)
            continue
        try:
            values = tuple(fact.read(each) for each in texts)
            facts[name] = values if fact.many else values[0]
        except Refused as refused:
            wrong.append((one.where, refused))
    wrong += _contradictions(facts, given, today)
    if "birth_date" in facts and "age" not in facts and not wrong:
        facts["age"] = age_on(facts["birth_date"], today)
    return Patient(facts, given, frozenset(unknown)), wrong


def _contradictions(facts, given, today):
    def said(name):
        return " ".join(given[name].text) if isinstance(given[name].text, tuple) else given[name].text

    for name in ("birth_date", "weight_date"):
        if name in facts and facts[name] > today:
            yield given[name].where, Refused("a date that is not in the future", said(name))
    if "birth_date" in facts and "age" in facts and facts["birth_date"] <= today:
        born, age = age_on(facts["birth_date"], today), facts["age"]
        whole = Quantity(Fraction(int(born.to(age.unit).value)), age.unit)
        if not whole <= age <= whole:
            hint = f"the date of birth makes it {age_in_words(born)}"
            yield given["age"].where, Refused("age and date of birth that agree", said("age"), hint)
    for name in ("weight_source", "weight_date"):
        if name in facts and "weight" not in given:
            yield given[name].where, Refused("the weight too", said(name), "give --weight")
    for name in ("allergies", "conditions", "medicines"):
        words = [each.lower() for each in facts.get(name, ())]
        if "none" in words and len(words) > 1:
            yield given[name].where, Refused("none, or a list without it", said(name))


def age_on(born: date, today: date) -> Quantity:
    """Completed years from two years of age, completed months from one month, else days: as a person says an age, so
    that somebody born 18 years and a month ago is 18."""
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    if months >= 24:
        return quantity(months // 12, "year")
    return quantity(months, "month") if months else quantity((today - born).days, "day")


def age_in_words(age: Quantity) -> str:
    """44 years, 7 months, 5 days: completed years from two years of age."""
    if age.unit.text in ("month", "year") and age >= quantity(2, "year"):
        return quantity(int(age.to("year").value), "year").on_paper()
    return age.on_paper()


# ---------------------------------------------------------------------------------------------- weight


def dosing_weight(patient: Patient, ranges: tuple[Range, ...]) -> Figure:
    """The weight that is used and printed: as typed in kg; from pounds rounded to 0.1 kg (0.01 kg below 10 kg),
    never into or out of one of the ranges (limits, bands)."""
    typed = patient.get("weight")
    where = patient.where("weight")
    if typed.unit.text == "kg":
        return figure.stated("weight", typed, where)
    exact = typed.to("kg")
    return Figure("weight", exact, rounding.beside(exact, step_from_pounds(exact), ranges), stated=where)


def step_from_pounds(weight: Quantity) -> Quantity:
    """The step to which a weight converted from pounds is rounded before use."""
    return quantity("0.1" if weight >= _SMALL else "0.01", "kg")


def usual_weight(bounds: WeightBounds, age: Quantity) -> tuple[Range, Range]:
    """(soft, outer) bounds at an age; between the rows of the table, interpolated."""
    if age >= bounds.adult_from:
        return bounds.adult
    after = next((i for i, row in enumerate(bounds.rows) if row[0] > age), len(bounds.rows))
    if after in (0, len(bounds.rows)):
        return bounds.rows[min(after, len(bounds.rows) - 1)][1:]
    (low_age, *lows), (high_age, *highs) = bounds.rows[after - 1], bounds.rows[after]
    part = (age - low_age).over(high_age - low_age)
    return tuple(_between(low, high, part) for low, high in zip(lows, highs))


def _between(first: Range, second: Range, part: Fraction) -> Range:
    low = first.low.with_value(first.low.value + (second.low.value - first.low.value) * part)
    return Range(low, first.high.with_value(first.high.value + (second.high.value - first.high.value) * part))


def weight_doubt(weight: Quantity, age: Quantity, bounds: WeightBounds) -> tuple[str, bool]:
    """(what is odd about the weight, or "", whether it lies outside the outer bounds)."""
    soft, outer = usual_weight(bounds, age)
    if weight in soft:
        return "", False
    as_pounds = Quantity(weight.value, units.unit("lb")).to("kg")
    tenth = weight.with_value(weight.value / 10)
    why = f"is outside {in_tenths(soft)}, the usual range at {age_in_words(age)}"
    if as_pounds in soft:
        why += "; was it pounds?"
    elif tenth in soft:
        why += "; was it ten times too much?"
    return why, weight not in outer


def in_tenths(bounds: Range) -> str:
    """Interpolated bounds as a person compares them: to 0.1 kg."""
    step = quantity("0.1", "kg")
    low, high = (rounding.nearest(end, step)[0] for end in bounds.ends())
    return Range(low, high).on_paper()
