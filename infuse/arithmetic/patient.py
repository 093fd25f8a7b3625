"""A patient: the facts that were given, each with where it was given; and whether the weight can be right.

For: turning typed facts (from options, a patient file, a case) into values, all faults at once. A fact is given,
said to be unknown, or not recorded; never guessed. Weights in pounds are converted once and the weight that is
used is the one that is printed.

Refuses: facts that contradict each other, a birth date in the future or of nobody alive, a start in another year.

Example: `154 lb` becomes 69.9 kg (69.85322498 kg rounded to 0.1 kg), used and printed as 69.9 kg.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache

from infuse.arithmetic import figure, rounding
from infuse.arithmetic.figure import Figure
from infuse.files.devices import WeightBounds
from infuse.files.given import BY_NAME, OLDEST, UNKNOWN, Given, on_paper_time
from infuse.ground import units
from infuse.ground.ranges import Range
from infuse.ground.units import Quantity, Refused, quantity

_SMALL = quantity(10, "kg")
_DAYS_BEFORE, _DAYS_AHEAD = 31, 366  # of a start: further away the year is a slip


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


def read(given: dict[str, Given], now: datetime) -> tuple[Patient, list[tuple[str, Refused]]]:
    """(patient, what was refused and where), all faults at once."""
    today = now.date()
    facts, unknown, wrong = {}, set(), []
    for name, one in given.items():
        fact = BY_NAME[name]
        texts = one.text if isinstance(one.text, tuple) else (one.text,)
        if texts == (UNKNOWN,):
            unknown.add(name)
            continue
        values = []
        for text in texts:
            try:
                values.append(fact.read(text))
            except Refused as refused:
                wrong.append((one.where, refused))
        if len(values) == len(texts):
            facts[name] = tuple(values) if fact.many else values[0]
    wrong += [*_contradictions(facts, given, today), *_of_a_male(facts, given), *_to_come(facts, given, now)]
    if "birth_date" in facts and "age" not in facts and not wrong:
        facts["age"] = age_on(facts["birth_date"], today)
    return Patient(facts, given, frozenset(unknown)), wrong


def _contradictions(facts, given, today):
    def said(name):
        return " ".join(given[name].text) if isinstance(given[name].text, tuple) else given[name].text

    for name in ("birth_date", "weight_date"):
        if name in facts and facts[name] > today:
            yield given[name].where, Refused("a date that is not in the future", said(name))
    if "birth_date" in facts and age_on(facts["birth_date"], today) > OLDEST:
        hint = f"that is {age_in_words(age_on(facts['birth_date'], today))}; is the year right?"
        yield given["birth_date"].where, Refused(f"a date of birth at most {OLDEST.on_paper()} ago", said("birth_date"), hint)
    if "start" in facts and not -_DAYS_BEFORE <= (facts["start"].date() - today).days <= _DAYS_AHEAD:
        yield given["start"].where, Refused("a start at most a month ago and a year ahead", said("start"), "is the year right?")
    if "birth_date" in facts and "age" in facts and facts["birth_date"] <= today:
        age = facts["age"]
        if age != completed(facts["birth_date"], today, age.unit):
            hint = f"the date of birth makes it {age_in_words(age_on(facts['birth_date'], today))}"
            yield given["age"].where, Refused("age and date of birth that agree", said("age"), hint)
    if "pump" in facts and "drop_factor" in facts:
        yield given["drop_factor"].where, Refused("a pump or a gravity set, not both", said("drop_factor"))
    for name in ("weight_source", "weight_date"):
        if name in facts and "weight" not in given:
            yield given[name].where, Refused("the weight too", said(name), "give --weight")
    for name in ("allergies", "conditions", "medicines", "given"):
        words = [each.lower() for each in facts.get(name, ())]
        if "none" in words and len(words) > 1:
            yield given[name].where, Refused("none, or a list without it", said(name))


def _of_a_male(facts, given):
    for name, words in (("pregnancy", "pregnancy: no"), ("lactation", "lactation: no")):
        if facts.get("sex") == "male" and facts.get(name, "no") != "no":
            yield given[name].where, Refused(f"{words}, because the sex is male", str(given[name].text))


def _to_come(facts, given, now):
    """Times that lie in the future: of what was taken or given, it can only be a slip."""
    for name in ("medicines", "given"):
        for one in facts.get(name, ()):
            if any(time is not None and time > now for time in (one.at, getattr(one, "end", None))):
                yield given[name].where, Refused("a time that is not in the future", str(one), f"now it is {on_paper_time(now)}")


def age_on(born: date, today: date) -> Quantity:
    """Completed years from two years of age, completed months from one month, else days: as a person says an age, so
    that somebody born 18 years and a month ago is 18."""
    months = int(completed(born, today, units.unit("month")).value)
    return completed(born, today, units.unit("year" if months >= 24 else "month" if months else "day"))


def completed(born: date, today: date, unit: units.Unit) -> Quantity:
    """The years, months, weeks or days that have been completed, as the calendar counts them."""
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    days = (today - born).days
    return Quantity(Fraction({"year": months // 12, "month": months, "week": days // 7, "day": days}[unit.text]), unit)


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


@lru_cache(maxsize=64)
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
