"""The facts that can be given about a patient: one table that reads them, names their options, and describes them.

For: options, patient files, the cases of a protocol, and the JSON Schema of a patient file, so that an editor
completes and checks what `order` will read.

Refuses: a weight without a unit, zero, a day that does not exist, a height or an age that nobody has.

Example: BY_NAME["weight"].read("70 kg") is 70 kg; "70" is refused: the unit is missing: 70kg or 70lb?
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from infuse.files import taken
from infuse.files.caution import LIVER
from infuse.ground import grammar, numerals, units
from infuse.ground.ranges import Range
from infuse.ground.units import Quantity, Refused, quantity

UNKNOWN = "unknown"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_HEIGHTS = Range(quantity(40, "cm"), quantity(250, "cm"))  # outside it is a slip of the unit, not a patient
_MOST_CREATININE = quantity(30, "mg/dL")
_LEAST_CREATININE = quantity("0.05", "mg/dL")
_MOST_CLEARANCE = 300
_QTCS = Range(quantity(250, "ms"), quantity(750, "ms"))
_SYSTOLICS, _DIASTOLICS = (Range(quantity(low, "mmHg"), quantity(high, "mmHg")) for low, high in ((40, 300), (20, 200)))
_HEART_RATES = Range(quantity(20, "beats/min"), quantity(250, "beats/min"))
OLDEST = quantity(130, "year")
_DROP_FACTORS = Range(quantity(5, "drops/mL"), quantity(100, "drops/mL"))
_MOST_WEEKS = quantity(45, "week")  # of pregnancy


class Given(NamedTuple):
    """A text as it was typed, and where: an option, or a line of a file."""

    text: str | tuple[str, ...]
    where: str


class Kind(NamedTuple):
    """How a text becomes a fact (raises Refused), and what an editor is told of it."""

    read: Callable[[str], object]
    schema: dict


class Fact(NamedTuple):
    """One fact that can be given: its name in files, its option, what it is, how it is read."""

    name: str
    option: str
    says: str
    kind: Kind
    example: str
    many: bool = False

    @property
    def read(self) -> Callable[[str], object]:
        return self.kind.read

    @property
    def schema(self) -> dict:
        """What a file may say of it: `unknown` can be said of every fact."""
        one = {"anyOf": [self.kind.schema, {"const": UNKNOWN}]}
        several = {"anyOf": [*one["anyOf"], {"type": "array", "items": self.kind.schema, "minItems": 1}]}
        return (several if self.many else one) | {"description": self.says, "examples": [self.example.strip('"')]}


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


class DayAndTime(date):
    """A day that also knows the time of the clock, where that was said."""

    __slots__ = ("clock",)


def _day_or_time(text: str) -> date:
    """A date, or a date and time, which is a date that knows its time."""
    if not re.search(r"[ T][0-9]{1,2}:", text):
        return read_date(text)
    moment = read_time(text)
    day = DayAndTime(moment.year, moment.month, moment.day)
    day.clock = f"{moment.hour:02d}:{moment.minute:02d}"
    return day


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
    if value > OLDEST:
        raise Refused(f"an age of at most {OLDEST.on_paper()}", text)
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
    if value < _LEAST_CREATININE:
        raise Refused(f"a creatinine of at least {_LEAST_CREATININE}", text, "is the unit right?")
    return value


def _within(kind, bounds, what, hint="is the unit right?"):
    def read(text):
        value = grammar.read_quantity(text, kind)
        if value not in bounds:
            raise Refused(f"{what} of {bounds.on_paper()}", text, hint)
        return value
    return read


class BloodPressure(NamedTuple):
    """Systolic over diastolic, in mmHg."""

    systolic: Quantity
    diastolic: Quantity

    def on_paper(self) -> str:
        return f"{numerals.on_paper(self.systolic.value)}/{self.diastolic.on_paper()}"

    def __str__(self):
        return self.on_paper()


def _blood_pressure(text):
    match = re.fullmatch(r"([0-9]+)/([0-9]+) ?mmHg", text)
    if not match:
        hint = f"the unit is missing: {text} mmHg" if re.fullmatch("[0-9]+/[0-9]+", text) else "systolic over diastolic, in mmHg"
        raise Refused("a blood pressure, such as 120/80 mmHg", text, hint)
    systolic, diastolic = (quantity(each, "mmHg") for each in match.groups())
    for value, bounds, name in ((systolic, _SYSTOLICS, "systolic"), (diastolic, _DIASTOLICS, "diastolic")):
        if value not in bounds:
            raise Refused(f"a {name} blood pressure of {bounds.on_paper()}", text)
    if diastolic >= systolic:
        raise Refused("the systolic pressure first, above the diastolic one", text)
    return BloodPressure(systolic, diastolic)


def _pregnancy(text):
    """yes, no, or how many weeks."""
    if text in ("yes", "no"):
        return text
    try:
        weeks = grammar.read_quantity(text, "duration")
    except Refused as refused:
        raise Refused("yes, no, or how far the pregnancy is, such as 28 weeks", text, refused.hint) from None
    if not weeks.value or weeks > _MOST_WEEKS:
        raise Refused(f"a pregnancy of at most {_MOST_WEEKS.on_paper()}", text)
    return weeks


def _one_of(*words):
    def read(text):
        if text not in words:
            raise Refused(" or ".join(words), text)
        return text
    return Kind(read, {"enum": list(words)})


def _words(text):
    if not text.strip():
        raise Refused("a text", text, "nothing is there")
    return " ".join(text.split())


_DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}-[A-Z][a-z]{2}-[0-9]{4})"
_WORDS = Kind(_words, {"type": ["string", "number"]})  # an editor takes 12345678 for a number; here it is text
_DATE = Kind(read_date, {"type": "string", "pattern": f"^{_DAY}$"})
_DAY_OR_TIME = Kind(_day_or_time, {"type": "string", "pattern": f"^{_DAY}([ T][0-9]{{2}}:[0-9]{{2}})?$"})
_TIME = Kind(read_time, {"type": "string", "pattern": f"^{_DAY}[ T][0-9]{{2}}:[0-9]{{2}}$"})
_QUANTITY = {"type": "string", "pattern": "^[0-9][0-9,.]* ?[a-zA-Z]"}
_TEXT = {"type": "string", "pattern": "[^ ]"}
_PREGNANCY = {"anyOf": [{"enum": ["yes", "no"]}, _QUANTITY]}
_PRESSURE = {"type": "string", "pattern": "^[0-9]+/[0-9]+ ?mmHg$"}
_MEDICINE, _DOSE = (Kind(lambda text, read=read: read(text, read_time), _TEXT) for read in (taken.medicine, taken.dose))

FACTS = (
    Fact("name", "--name", "family name, given name", _WORDS, '"Doe, Jane"'),
    Fact("record_number", "--record-number", "medical record number", _WORDS, "12345678"),
    Fact("birth_date", "--birth-date", "date of birth", _DATE, "1982-03-04"),
    Fact("age", "--age", "age, where the date of birth is not given", Kind(_age, _QUANTITY), "44y"),
    Fact("sex", "--sex", "sex", _one_of("female", "male"), "female"),
    Fact("weight", "--weight", "actual body weight, in kg or lb", Kind(_weight, _QUANTITY), "70kg"),
    Fact("weight_source", "--weight-source", "how the weight was got", _one_of("measured", "stated", "estimated"), "measured"),
    Fact("weight_date", "--weight-date", "when the weight was got, a day or a day and time", _DAY_OR_TIME, "2026-11-20"),
    Fact("height", "--height", "height, in cm or in", Kind(_height, _QUANTITY), "170cm"),
    Fact("creatinine", "--creatinine", "serum creatinine", Kind(_creatinine, _QUANTITY), '"0.9 mg/dL"'),
    Fact("clearance", "--clearance", "creatinine clearance, where it is known", Kind(_clearance, _QUANTITY), '"52 mL/min"'),
    Fact("dosing_weight", "--dosing-weight", "another dosing weight, where the formula does not apply", Kind(_positive("weight"), _QUANTITY), "60kg"),
    Fact("pregnancy", "--pregnancy", "whether pregnant, or for how many weeks", Kind(_pregnancy, _PREGNANCY), "no"),
    Fact("lactation", "--lactation", "whether breastfeeding", _one_of("yes", "no"), "no"),
    Fact("qtc", "--qtc", "corrected QT interval", Kind(_within("QTc", _QTCS, "a QTc interval"), _QUANTITY), '"430 ms"'),
    Fact("blood_pressure", "--blood-pressure", "blood pressure now, systolic over diastolic", Kind(_blood_pressure, _PRESSURE), '"120/80 mmHg"'),
    Fact("heart_rate", "--heart-rate", "heart rate now", Kind(_within("heart rate", _HEART_RATES, "a heart rate"), _QUANTITY), '"72 beats/min"'),
    Fact("liver", "--liver", "liver disease: none, or how severe", _one_of("none", *LIVER), "none"),
    Fact("allergies", "--allergy", "an allergy with its reaction, or none", _WORDS, '"penicillin: rash"', many=True),
    Fact("conditions", "--condition", "another condition, or none", _WORDS, '"asthma"', many=True),
    Fact("medicines", "--medicine", "another medicine, with the time last taken where it is not taken now, or none", _MEDICINE,
         '"sumatriptan at 2026-11-20 08:00"', many=True),
    Fact("given", "--given", "a dose already given, with its time, or none", _DOSE, '"metoclopramide 10 mg at 2026-11-20 20:00"', many=True),
    Fact("line", "--line", "the line", _one_of("peripheral", "central"), "peripheral"),
    Fact("care_area", "--care-area", "where it is given", _WORDS, '"monitored inpatient bed"'),
    Fact("pump", "--pump", "the pump profile", _WORDS, "general"),
    Fact("drop_factor", "--drop-factor", "the drops to a mL of a gravity set, where no pump is used",
         Kind(_within("drop factor", _DROP_FACTORS, "a drop factor"), _QUANTITY), '"20 drops/mL"'),
    Fact("location", "--location", "ward and bed", _WORDS, '"5 West, bed 12"'),
    Fact("prescriber", "--prescriber", "who prescribes", _WORDS, '"Dr. Roe"'),
    Fact("start", "--start", "when the first order starts", _TIME, '"2026-11-21 08:30"'),
    Fact("prepared", "--prepared", "when it is prepared", _TIME, '"2026-11-21 07:45"'),
    Fact("compounding", "--compounding", "the sterile-compounding category under which it is prepared", _WORDS, "category-1-room"),
)
BY_NAME = {fact.name: fact for fact in FACTS}


def schema() -> dict:
    """A patient file as a JSON Schema, in the draft that editors of YAML know."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "infuse patient", "type": "object",
            "properties": {fact.name: fact.schema for fact in FACTS}, "additionalProperties": False}
