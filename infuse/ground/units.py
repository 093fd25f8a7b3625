"""The closed vocabulary of units, and exact numbers that carry one.

For: reading a unit, and multiplying, dividing and comparing quantities without losing a unit or a digit. It is the
only importer of pint, and imports it at the first sum, so that commands which compute nothing do not pay for it.

Refuses: a unit outside the vocabulary (with the right spelling where one is meant), and every sum whose dimensions do
not fit. Kilograms are patients and grams are drug: forgetting the weight is an error.

Example: 0.1 mg/kg/h times 70 kg divided by 2 mg/mL is 7/2 mL/h; without the 70 kg it is a `DimensionError`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from infuse.ground import numerals

# word: (class, pint definition, other accepted spellings, singular on paper, plural on paper)
_WORDS = {
    "g": ("mass", "[drug_mass]", (), "g", "g"),
    "mg": ("mass", "g / 1000", (), "mg", "mg"),
    "mcg": ("mass", "mg / 1000", (), "mcg", "mcg"),
    "nanogram": ("mass", "mcg / 1000", ("nanograms",), "nanogram", "nanograms"),
    "units": ("activity", "[activity]", ("unit",), "unit", "units"),
    "milliunits": ("activity", "units / 1000", ("milliunit",), "milliunit", "milliunits"),
    "mmol": ("substance", "[substance]", (), "mmol", "mmol"),
    "micromol": ("substance", "mmol / 1000", (), "micromol", "micromol"),
    "mEq": ("charge", "[charge]", (), "mEq", "mEq"),
    "L": ("volume", "[volume]", (), "L", "L"),
    "dL": ("volume", "L / 10", (), "dL", "dL"),
    "mL": ("volume", "L / 1000", (), "mL", "mL"),
    "kg": ("weight", "[body_weight]", (), "kg", "kg"),
    "lb": ("weight", "45359237 / 100000000 * kg", (), "lb", "lb"),
    "cm": ("length", "[length]", (), "cm", "cm"),
    "in": ("length", "254 / 100 * cm", (), "in", "in"),
    "m2": ("area", "[body_area]", (), "m2", "m2"),
    "min": ("time", "[time]", ("minute", "minutes"), "minute", "minutes"),
    "h": ("time", "60 * min", ("hr", "hour", "hours"), "hour", "hours"),
    "day": ("time", "24 * h", ("days",), "day", "days"),
    "week": ("time", "7 * day", ("weeks",), "week", "weeks"),
    "month": ("time", "year / 12", ("months",), "month", "months"),
    "year": ("time", "1461 / 4 * day", ("years", "y"), "year", "years"),
    "drops": ("drops", "[drops]", ("gtt", "drop"), "drop", "drops"),
    "vial": ("vial", "[vial]", ("vials",), "vial", "vials"),
    "mmHg": ("pressure", "[pressure]", (), "mmHg", "mmHg"),
    "ms": ("interval", "[interval]", (), "ms", "ms"),
    "beats/min": ("heart rate", "[heart_rate]", ("/min", "beats/minute"), "beats/min", "beats/min"),
    "%": ("percent", "[percent]", (), "%", "%"),
    "mL/min/1.73m2": ("indexed clearance", "[indexed_clearance]", (), "mL/min/1.73m2", "mL/min/1.73m2"),
}
_PINT_NAMES = {"%": "percent", "mL/min/1.73m2": "indexed_clearance", "beats/min": "heart_beats", "in": "inch"}
_SPELLED = {name: name for name in _WORDS} | {other: name for name, row in _WORDS.items() for other in row[2]}

# What people write instead, and what they mean. Never accepted: each has been read as something else.
_MEANT = {
    "mcg": "ug µg μg mcgs MCG Mcg microgram micrograms",
    "nanogram": "ng NG nanog nanogr",
    "mg": "MG Mg mgs mG milligram milligrams",
    "g": "G gm gms GM Gm gram grams gr",
    "units": "U u IU iu I.U. UNITS Units",
    "milliunits": "mU mIU miu",
    "mL": "ml ML Ml cc CC ccs mls mLs milliliter milliliters millilitre millilitres",
    "L": "l liter liters litre litres",
    "dL": "dl DL",
    "kg": "KG Kg kG kgs kilo kilos kilogram kilograms",
    "lb": "lbs LB LBS Lb pound pounds",
    "cm": "CM cms",
    "in": "inch inches IN",
    "m2": "m² M2 m^2 sqm",
    "min": "m M mins MIN Min minuts",
    "h": "H HR Hr hrs HRS Hrs",
    "day": "d D",
    "week": "wk wks w",
    "month": "mo mos mth",
    "year": "yr yrs Y yo a",
    "mEq": "meq MEQ Meq mEqs milliequivalent milliequivalents",
    "mmol": "mMol MMOL mmols millimole millimoles",
    "micromol": "umol µmol μmol",
    "drops": "gtts GTT guttae",
    "vial": "VIAL",
    "mmHg": "mmhg MMHG",
    "ms": "msec MS",
    "beats/min": "bpm BPM",
    "%": "percent pct",
}
_MEANT = {wrong: right for right, wrongs in _MEANT.items() for wrong in wrongs.split()}
_READ_AS = (  # the ISMP list of error-prone abbreviations: what each has been taken for
    ("ug µg μg", "mg"), ("ng NG nanog", "mg"), ("U u UNITS", "0, 4 or cc"), ("IU iu I.U.", "IV or 10"), ("cc CC ccs", "units or 00"),
    ("ml Ml l", "1, for its last letter"), ("ML MG Mg mG MCG KG Kg", "another unit, for its capitals"), ("m M", "minutes, metres or milli"),
    ("d D", "day or dose"), ("mgs mLs mls kgs mcgs", "a 5, for its s"),
)
_SECONDS = {"s", "sec", "secs", "second", "seconds"}
_PATIENT, _CONTAINER = ("kg", "m2"), ("mL", "L", "dL", "g", "vial")
DRUG = ("mass", "activity", "substance", "charge")


KNOWN_ON_PAPER = frozenset(word for row in _WORDS.values() for word in row[3:])  # what may follow a number in print


class Refused(ValueError):
    """A text that is not what it should be: `expected` (a phrase), `found` (the text), `hint` (what to do)."""

    def __init__(self, expected, found, hint=""):
        self.expected, self.found, self.hint = expected, found, hint
        super().__init__(f'expected {expected}; found "{found}"' + (f" ({hint})" if hint else ""))


class DimensionError(ValueError):
    """A sum whose units do not fit together. The sentence is ours; pint never writes one that a user reads."""


@dataclass(frozen=True, eq=False)
class Unit:
    """One unit of the vocabulary, such as mg/kg/h: an amount, and what it is counted per. `unit` makes one object of
    each, so that comparing two is comparing objects."""

    text: str
    amount: str
    per: tuple[str, ...] = ()

    @cached_property
    def amount_class(self):
        """mass, volume, time, ...: the class of the word before the first slash."""
        return _WORDS[self.amount][0]

    @cached_property
    def patient(self):
        """kg or m2 where the unit is per patient, else None."""
        return next((word for word in self.per if word in _PATIENT), None)

    @cached_property
    def container(self):
        """mL, L, dL, g or vial where the unit is per that, else None."""
        return next((word for word in self.per if word in _CONTAINER), None)

    @cached_property
    def time(self):
        """min, h, day, ... where the unit is per time, else None."""
        return next((word for word in self.per if _WORDS[word][0] == "time"), None)

    @lru_cache(maxsize=None)
    def without_patient(self):
        """The same unit for one whole patient: mg/kg/h becomes mg/h."""
        return unit("/".join([self.amount, *(word for word in self.per if word not in _PATIENT)]))

    @lru_cache(maxsize=None)
    def on_paper(self, one=False):
        """As pumps and standards print it: mL/hour, mg/kg/hour, mcg/kg/min, 6 hours, 1 unit."""
        name = _WORDS[self.amount][3 if one and not self.per else 4]
        return "/".join([name, *("hour" if word == "h" else word for word in self.per)])

    def __str__(self):
        return self.text


@lru_cache(maxsize=None)
def unit(text: str) -> Unit:
    """Read a unit: a word, or an amount per kg, m2, mL (L, dL, g, vial) and per time, in that order, no word twice.

    Raises Refused with the right spelling where one is meant.
    """
    if text in _SPELLED and "/" in text:
        return Unit(_SPELLED[text], _SPELLED[text])
    words = text.split("/")
    right = [_word(word, text, words) for word in words]
    canonical = "/".join(right)
    if len(set(right)) != len(right):
        raise Refused("a unit that names each word once", text, f"{_twice(right)} stands twice")
    amount, *per = right
    groups = [_group(word) for word in per]
    if None in groups or len(set(groups)) != len(groups):
        raise Refused("an amount per kg, m2 or mL and per time, such as mg/kg/h", text, "")
    if groups != sorted(groups):
        ordered = [amount, *(word for _, word in sorted(zip(groups, per)))]
        raise Refused("the patient before the time, such as mg/kg/h", text, f"write {'/'.join(ordered)}")
    if per and _WORDS[amount][0] not in (*DRUG, "volume", "drops"):
        raise Refused("an amount of drug or fluid before the slash", text, "")
    return Unit(canonical, amount, tuple(per)) if canonical == text else unit(canonical)


def _word(word, text, words):
    if word in _SPELLED:
        return _SPELLED[word]
    meant = _MEANT.get(word)
    if meant:
        right = "/".join(_MEANT.get(each, each) for each in words)
        why = next((f"{word} is read as {other}; " for wrongs, other in _READ_AS if word in wrongs.split()), "")
        raise Refused("a unit of the vocabulary", text, f"{why}write {right}")
    if word in _SECONDS:
        raise Refused("minutes or hours; seconds are not in the vocabulary", text, "write min or h")
    if not word:
        raise Refused("a unit", text, "the unit is missing" if not text else "a word is missing beside the slash")
    near = difflib.get_close_matches(word, _SPELLED, n=1)
    hint = f"did you mean {near[0]}?" if near else f"the units are {' '.join(_WORDS)}"
    raise Refused("a unit of the vocabulary", text, hint)


def _twice(words):
    return next(word for word in words if words.count(word) > 1)


def _group(word):
    if word in _PATIENT:
        return 0
    if word in _CONTAINER:
        return 1
    return 2 if _WORDS[word][0] == "time" else None


# ---------------------------------------------------------------------------------------------- exact quantities


class Quantity(NamedTuple):
    """An exact number with its unit. Comparing converts; `==` does not: 1 g and 1,000 mg are different values. The sums
    multiply whole numbers and make one Fraction of them at the end: a Fraction made at each step costs as much again."""

    value: Fraction
    unit: Unit

    def to(self, other: Unit | str) -> "Quantity":
        """The same amount in another unit. Raises DimensionError."""
        target = unit(other) if isinstance(other, str) else other
        return self if target is self.unit else work_out(target, (self,))

    def over(self, other: "Quantity") -> Fraction:
        """How many times the other quantity this one is. Raises DimensionError."""
        mine, others = self._beside(other)
        return Fraction(mine, others)

    def equals(self, other: "Quantity") -> bool:
        """Whether it is the same amount, in whichever unit. Raises DimensionError."""
        mine, others = self._beside(other)
        return mine == others

    def with_value(self, value: Fraction) -> "Quantity":
        return Quantity(value, self.unit)

    def _beside(self, other: "Quantity") -> tuple[int, int]:
        """Both as whole numbers of one measure. Raises DimensionError."""
        mine, others = self.value, other.value
        left, right = mine.numerator * others.denominator, others.numerator * mine.denominator
        if other.unit is self.unit:
            return left, right
        factor = _factor(self.unit, (other.unit,), ())
        return left * factor.denominator, right * factor.numerator

    def __lt__(self, other):
        mine, others = self._beside(other)
        return mine < others

    def __le__(self, other):
        mine, others = self._beside(other)
        return mine <= others

    def __gt__(self, other):
        mine, others = self._beside(other)
        return mine > others

    def __ge__(self, other):
        mine, others = self._beside(other)
        return mine >= others

    def __add__(self, other):
        return self.with_value(self.value + other.to(self.unit).value)

    def __sub__(self, other):
        return self.with_value(self.value - other.to(self.unit).value)

    def on_paper(self) -> str:
        """`1,750 mg`, `3.5 mL/hour`, `1 hour`: comma from 1,000, no trailing zero, at most 4 decimals."""
        digits = numerals.on_paper(self.value)
        return digits + ("" if self.unit.text == "%" else " ") + self.unit.on_paper(one=self.value == 1)

    def __str__(self):
        return f"{numerals.grouped(numerals.decimal(self.value))}{'' if self.unit.text == '%' else ' '}{self.unit}"


def quantity(value: int | str | Fraction, of: str) -> Quantity:
    """A quantity written in code: quantity(0, "mL")."""
    return Quantity(Fraction(value), unit(of))


def work_out(to: Unit | str, times=(), by=()) -> Quantity:
    """The product of `times` divided by the product of `by`, exactly, in the unit `to`. Raises DimensionError."""
    target = unit(to) if isinstance(to, str) else to
    factor = _factor(target, tuple([each.unit for each in times]), tuple([each.unit for each in by]))
    top, bottom = factor.numerator, factor.denominator
    for each in times:
        top, bottom = top * each.value.numerator, bottom * each.value.denominator
    for each in by:
        top, bottom = top * each.value.denominator, bottom * each.value.numerator
    return Quantity(Fraction(top, bottom), target)


@lru_cache(maxsize=None)
def _factor(to, times, by):
    # pint decides each combination of units once; after that a sum costs what its fractions cost
    registry, error = _pint()
    whole = Fraction(1)
    product = registry.Quantity(whole, registry.Unit(registry.UnitsContainer()))
    for each in times:
        product = product * registry.Quantity(whole, _for_pint(each, registry))
    for each in by:
        product = product / registry.Quantity(whole, _for_pint(each, registry))
    try:
        return Fraction(product.to(_for_pint(to, registry)).magnitude)
    except error:
        said = " times ".join(each.text for each in times) or "1"
        said += "".join(f" divided by {each}" for each in by)
        raise DimensionError(f"{said} is not {to}") from None


def _for_pint(one, registry):
    powers = {_define(one.amount): 1}
    for word in one.per:
        powers[_define(word)] = -1
    return registry.Unit(registry.UnitsContainer(powers))


@lru_cache(maxsize=None)
def _define(word):
    """The word's name in the registry, defined there when it is first needed: each definition costs pint's parser
    half a millisecond, and an order needs a third of them."""
    name, definition = _PINT_NAMES.get(word, word), _WORDS[word][1]
    for each in re.findall("[A-Za-z]\\w*", definition) if "[" not in definition else ():
        _define(each)
    _pint()[0].define(f"{name} = {definition}")
    return name


@lru_cache(maxsize=None)
def _pint():
    """Our own registry, with nothing in it but the vocabulary: pint's default one knows kg as a mass, `units` as a
    luminance and takes 2 to 4 times as long to start as everything else together."""
    from pint import DimensionalityError, UnitRegistry

    return UnitRegistry(None, non_int_type=Fraction), DimensionalityError


@lru_cache(maxsize=None)
def fits(one: Unit, other: Unit) -> bool:
    """Whether the two units measure the same thing, so that quantities in them can be compared."""
    try:
        _factor(one, (other,), ())
    except DimensionError:
        return False
    return True


CREATININE = Fraction(884, 10)  # micromol/L per mg/dL; creatinine alone (molar mass 113.12 g/mol)


def creatinine(one: Quantity) -> Quantity:
    """A creatinine in mg/dL, from mg/dL or micromol/L."""
    if fits(one.unit, unit("mg/dL")):
        return one.to("mg/dL")
    return Quantity(one.to("micromol/L").value / CREATININE, unit("mg/dL"))
