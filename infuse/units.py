"""The closed vocabulary of units, and exact numbers that carry one.

For: reading `NUMBER UNIT` wherever a person types a quantity, and multiplying, dividing and comparing
quantities without losing a unit or a digit. It is the only importer of pint, and imports it at the first
sum, so that commands which compute nothing do not pay for it.

Refuses: a number without a unit, a unit outside the vocabulary (with the right spelling where one is meant),
a sign, an exponent, a decimal comma, a naked decimal point, digits that do not group by three, and every sum
whose dimensions do not fit. Kilograms are patients and grams are drug: forgetting the weight is an error.

Example: 0.1 mg/kg/h times 70 kg divided by 2 mg/mL is 7/2 mL/h; without the 70 kg it is a `DimensionError`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

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
    "%": ("percent", "[percent]", (), "%", "%"),
    "mL/min/1.73m2": ("indexed clearance", "[indexed_clearance]", (), "mL/min/1.73m2", "mL/min/1.73m2"),
}
_PINT_NAMES = {"%": "percent", "mL/min/1.73m2": "indexed_clearance", "in": "inch"}
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
_DRUG = ("mass", "activity", "substance", "charge")


KNOWN_ON_PAPER = frozenset(word for row in _WORDS.values() for word in row[3:])  # what may follow a number in print


class Refused(ValueError):
    """A text that is not what it should be: `expected` (a phrase), `found` (the text), `hint` (what to do)."""

    def __init__(self, expected, found, hint=""):
        self.expected, self.found, self.hint = expected, found, hint
        super().__init__(f'expected {expected}; found "{found}"' + (f" ({hint})" if hint else ""))


class DimensionError(ValueError):
    """A sum whose units do not fit together. The sentence is ours; pint never writes one that a user reads."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the vocabulary, such as mg/kg/h: an amount, and what it is counted per."""

    text: str
    amount: str
    per: tuple[str, ...] = ()

    @property
    def amount_class(self):
        """mass, volume, time, ...: the class of the word before the first slash."""
        return _WORDS[self.amount][0]

    @property
    def patient(self):
        """kg or m2 where the unit is per patient, else None."""
        return next((word for word in self.per if word in _PATIENT), None)

    @property
    def container(self):
        """mL, L, dL, g or vial where the unit is per that, else None."""
        return next((word for word in self.per if word in _CONTAINER), None)

    @property
    def time(self):
        """min, h, day, ... where the unit is per time, else None."""
        return next((word for word in self.per if _WORDS[word][0] == "time"), None)

    def without_patient(self):
        """The same unit for one whole patient: mg/kg/h becomes mg/h."""
        return unit("/".join([self.amount, *(word for word in self.per if word not in _PATIENT)]))

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
        return Unit(text, text)
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
    if per and _WORDS[amount][0] not in (*_DRUG, "volume", "drops"):
        raise Refused("an amount of drug or fluid before the slash", text, "")
    return Unit(canonical, amount, tuple(per))


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


# ---------------------------------------------------------------------------------------------- kinds of quantity


def _kind(amounts, patient=(None,), container=(None,), timed=False):
    def fits(one: Unit):
        return (one.amount_class in amounts and one.patient in patient
                and one.container in container and (one.time is not None) == timed)
    return fits


_AMOUNTS = (*_DRUG, "volume")
_PER_VOLUME = ("mL", "L", "dL")
# name of a kind: (phrase for a message, an example, the test)
KINDS = {
    "dose": ("a dose", "500 mg", _kind(_AMOUNTS)),
    "dose per kg": ("a dose per kg", "25 mg/kg", _kind(_AMOUNTS, ("kg",))),
    "dose per m2": ("a dose per m2", "50 mg/m2", _kind(_AMOUNTS, ("m2",))),
    "dose rate": ("a dose rate", "7 mg/h", _kind(_AMOUNTS, timed=True)),
    "dose rate per kg": ("a dose rate per kg", "0.05 mg/kg/h", _kind(_AMOUNTS, ("kg",), timed=True)),
    "dose rate per m2": ("a dose rate per m2", "50 mg/m2/h", _kind(_AMOUNTS, ("m2",), timed=True)),
    "volume": ("a volume", "250 mL", _kind(("volume",))),
    "pump rate": ("a pump rate", "3.5 mL/h", _kind(("volume",), timed=True)),
    "concentration": ("a concentration", "2 mg/mL", _kind(_DRUG, container=_PER_VOLUME)),
    "equivalent": ("an equivalent per g", "8.12 mEq/g", _kind(("charge", "substance"), container=("g",))),
    "drop factor": ("a drop factor", "20 gtt/mL", _kind(("drops",), container=("mL",))),
    "clearance": ("a creatinine clearance", "52 mL/min", lambda one: one.text in ("mL/min", "mL/min/1.73m2")),
    "drop rate": ("a drop rate", "42 drops/min", _kind(("drops",), timed=True)),
    "duration": ("a time", "30 min", _kind(("time",))),
    "age": ("an age", "44 years", _kind(("time",))),
    "weight": ("a patient's weight in kg or lb", "70 kg", _kind(("weight",))),
    "height": ("a height in cm or in", "170 cm", _kind(("length",))),
    "body area": ("a body surface area", "1.8 m2", _kind(("area",))),
    "creatinine": ("a creatinine", "0.9 mg/dL", _kind(("mass", "substance"), container=("dL", "L"))),
    "percent": ("a percentage", "5%", _kind(("percent",))),
    "vial": ("a number of vials", "2 vials", _kind(("vial",))),
}
DOSE_RATES = ("dose rate", "dose rate per kg", "dose rate per m2")
DOSES = ("dose", "dose per kg", "dose per m2")


def kind_of(one: Unit) -> str:
    """The first kind that the unit fits, as a phrase: "a dose rate per kg"."""
    return next((phrase for phrase, _, fits in KINDS.values() if fits(one)), f"a quantity in {one}")


def require(quantity: "Quantity", *kinds: str, found: str | None = None) -> "Quantity":
    """The same quantity, if it is of one of the kinds; else Refused in the words of those kinds."""
    if any(KINDS[kind][2](quantity.unit) for kind in kinds):
        return quantity
    said = found if found is not None else str(quantity)
    raise Refused(expectation(*kinds), said, f"that is {kind_of(quantity.unit)}")


def expectation(*kinds: str) -> str:
    """What was expected, as a phrase with an example: "a weight, such as 70 kg"."""
    return f"{' or '.join(KINDS[kind][0] for kind in kinds)}, such as {KINDS[kinds[0]][1]}"


# ---------------------------------------------------------------------------------------------- exact quantities


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number with its unit. Comparing converts; `==` does not: 1 g and 1,000 mg are different values."""

    value: Fraction
    unit: Unit

    def to(self, other: Unit | str) -> "Quantity":
        """The same amount in another unit. Raises DimensionError."""
        target = unit(other) if isinstance(other, str) else other
        if target == self.unit:
            return self
        return Quantity(self.value * _factor(target, (self.unit,), ()), target)

    def over(self, other: "Quantity") -> Fraction:
        """How many times the other quantity this one is. Raises DimensionError."""
        return self.value / other.to(self.unit).value

    def with_value(self, value: Fraction) -> "Quantity":
        return Quantity(value, self.unit)

    def __lt__(self, other):
        return self.value < other.to(self.unit).value

    def __le__(self, other):
        return self.value <= other.to(self.unit).value

    def __gt__(self, other):
        return self.value > other.to(self.unit).value

    def __ge__(self, other):
        return self.value >= other.to(self.unit).value

    def __add__(self, other):
        return self.with_value(self.value + other.to(self.unit).value)

    def __sub__(self, other):
        return self.with_value(self.value - other.to(self.unit).value)

    def on_paper(self) -> str:
        """`1,750 mg`, `3.5 mL/hour`, `1 hour`: comma from 1,000, no trailing zero, at most 4 decimals."""
        digits = on_paper(self.value)
        return digits + ("" if self.unit.text == "%" else " ") + self.unit.on_paper(one=self.value == 1)

    def __str__(self):
        return f"{grouped(decimal(self.value))}{'' if self.unit.text == '%' else ' '}{self.unit}"


def quantity(value: int | str | Fraction, of: str) -> Quantity:
    """A quantity written in code: quantity(0, "mL")."""
    return Quantity(Fraction(value), unit(of))


def work_out(to: Unit | str, times=(), by=()) -> Quantity:
    """The product of `times` divided by the product of `by`, exactly, in the unit `to`. Raises DimensionError."""
    target = unit(to) if isinstance(to, str) else to
    value = _factor(target, tuple(q.unit for q in times), tuple(q.unit for q in by))
    for each in times:
        value *= each.value
    for each in by:
        value /= each.value
    return Quantity(value, target)


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


# ---------------------------------------------------------------------------------------------- numbers as text


def is_finite(value: Fraction) -> bool:
    """Whether the number can be written out in decimals."""
    return _places(value.denominator) is not None


def _places(denominator: int) -> int | None:
    """How many decimals a fraction with that denominator has; None where they do not end."""
    twos = (denominator & -denominator).bit_length() - 1
    left, fives = denominator >> twos, 0
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    return max(twos, fives) if left == 1 else None


def decimal(value: Fraction) -> str:
    """A decimal string without groups or exponent: in full where that ends, else to 4 significant digits."""
    return _written(value if is_finite(value) else _to_significant(value))


def plain(value: Fraction) -> str:
    """As printed, without groups: no trailing zero; more than 4 decimals are cut to 4 significant digits, and to 4
    decimals from 0.01 up (a longer tail is read as a software fault)."""
    if _MOST_DECIMALS % value.denominator:
        value = _to_significant(value)
        if abs(value) >= _HUNDREDTH and _MOST_DECIMALS % value.denominator:
            value = Fraction(half_up(value * _MOST_DECIMALS), _MOST_DECIMALS)
    return _written(value)


_MOST_DECIMALS, _HUNDREDTH = 10**4, Fraction(1, 100)


def on_paper(value: Fraction) -> str:
    """As printed: a comma from 1,000, no trailing zero, 4 significant digits where there are more than 4 decimals."""
    return grouped(plain(value))


def grouped(digits: str) -> str:
    """1234.5 becomes 1,234.5"""
    whole, point, rest = digits.partition(".")
    return f"{int(whole):,}" + point + rest if not whole.startswith("-") else "-" + grouped(digits[1:])


def half_up(value: Fraction) -> int:
    """The nearest whole number, ties upward."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _to_significant(value, count=4):
    if value < 0:
        return -_to_significant(-value, count)
    top, bottom = value.numerator, value.denominator
    places = max(count - len(str(top // bottom)), 0) if top >= bottom else count
    while top and top * 10**places < bottom * 10 ** (count - 1) and top < bottom:
        places += 1
    scale = 10**places  # never coarser than a whole number
    return Fraction((2 * top * scale + bottom) // (2 * bottom), scale)


def _written(value):
    top, bottom = value.numerator, value.denominator
    if top < 0:
        return "-" + _written(-value)
    places = _places(bottom)
    if not places:
        return str(top // bottom)
    digits = str(top * 10**places // bottom).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


# ---------------------------------------------------------------------------------------------- the grammar of what is typed

_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+)?")
_LONGEST = 12


def read_number(text: str) -> Fraction:
    """ASCII digits, optional groups of three, optional decimals after a leading zero, at most 12 digits."""
    if _NUMBER.fullmatch(text) and sum(c.isdigit() for c in text) <= _LONGEST:
        return Fraction(text.replace(",", ""))
    raise Refused("a number", text, _why_no_number(text))


def _why_no_number(text):
    digits = text.replace(",", "")
    checks = (
        (not text, "no number is there"),
        (re.fullmatch(r"(?i)[+-]?(nan|inf|infinity)", text), "that is not a number"),
        (text[:1] in "+-−–", "a quantity has no sign"),
        (not text.isascii(), "use the digits 0 to 9"),
        (re.fullmatch(r"\.[0-9]+", text), f"a decimal point needs a leading zero: 0{text}"),
        (re.fullmatch(r"[0-9]+\.", text), f"nothing follows the decimal point: {text[:-1]}"),
        (re.fullmatch(r"(?i)[0-9.,]+e[+-]?[0-9]*", text), "write the number out, without an exponent"),
        (re.fullmatch(r"[0-9]+,[0-9]?[1-9]", text), f"a comma is not a decimal point: {text.replace(',', '.')}"),
        (re.fullmatch(r"[0-9]+,[0-9]{1,2}", text), "a comma is not a decimal point, and groups digits by three"),
        (re.fullmatch(r"[0-9,]+(\.[0-9]+)?", text) and "," in text, "a comma groups digits by three, as in 1,000"),
        (re.fullmatch(r"0[0-9]+(\.[0-9]+)?", text), "a number does not begin with a spare zero"),
        (sum(c.isdigit() for c in digits) > _LONGEST, f"at most {_LONGEST} digits"),
        (re.search(r"[*/^+()x×-]", text), "an expression is not worked out: write one number"),
    )
    return next((reason for found, reason in checks if found), "write digits, such as 0.5 or 1,000")


_START = re.compile(r"[+\-−–.]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?")


def read_quantity(text: str, *kinds: str) -> Quantity:
    """`NUMBER UNIT` with at most one space between, of one of the kinds (any, where none is named).

    Raises Refused: what was expected, what was found, what to do.
    """
    expected = expectation(*kinds) if kinds else "a number with its unit, such as 500 mg"
    start = _START.match(text)
    number = start.group() if start else text.split(" ")[0]
    rest = text[len(number):]
    try:
        value = read_number(number)
        if not rest:
            raise Refused("", "", "the unit is missing")
        name = rest[1:] if rest[0] == " " else rest
        if not name or name[0] == " " or name != name.strip() or re.search(r"\s", name):
            raise Refused("", "", _why_spaced(name))
        one = unit(name)
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    result = Quantity(value, one)
    return require(result, *kinds, found=text) if kinds else result


def _why_spaced(name):
    if not name.strip():
        return "the unit is missing"
    if name[0] == " " or name != name.strip():
        return "put one space between number and unit"
    return "one number and one unit; nothing may follow"


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, ends included; None where an end is open."""

    low: Quantity | None
    high: Quantity | None

    def __contains__(self, one: Quantity) -> bool:
        return (self.low is None or one >= self.low) and (self.high is None or one <= self.high)

    def on_paper(self) -> str:
        if self.low is None:
            return f"up to {self.high.on_paper()}"
        if self.high is None:
            return f"at least {self.low.on_paper()}"
        if self.low == self.high:
            return self.low.on_paper()
        if self.low.unit == self.high.unit:
            return f"{on_paper(self.low.value)} to {self.high.on_paper()}"
        return f"{self.low.on_paper()} to {self.high.on_paper()}"

    def ends(self) -> tuple[Quantity, ...]:
        return tuple(end for end in (self.low, self.high) if end is not None)


def read_range(text: str, *kinds: str) -> Range:
    """`up to A`, `at least A`, or `A to B` (the first unit may be left out), ends included. Raises Refused."""
    example = KINDS[kinds[0]][1] if kinds else "500 mg"
    expected = f"a range in words: up to {example}, at least {example}, or A to B"
    try:
        if text.startswith("up to "):
            return Range(None, read_quantity(text.removeprefix("up to "), *kinds))
        if text.startswith("at least "):
            return Range(read_quantity(text.removeprefix("at least "), *kinds), None)
        first, word, second = text.partition(" to ")
        if not word:
            raise Refused(expected, text, "say which end it is" if _NUMBER.match(text) else "")
        high = read_quantity(second, *kinds)
        low = Quantity(read_number(first), high.unit) if _NUMBER.fullmatch(first) else read_quantity(first, *kinds)
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    if not fits(low.unit, high.unit):
        raise Refused(expected, text, "the two ends are of different kinds")
    if low > high:
        raise Refused(expected, text, "the first end is above the second")
    return Range(low, high)


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """From `low`, included, to below `high`, excluded: bands that meet at an edge neither overlap nor leave a gap."""

    low: Quantity | None
    high: Quantity | None

    def __contains__(self, one: Quantity) -> bool:
        return (self.low is None or one >= self.low) and (self.high is None or one < self.high)

    def on_paper(self) -> str:
        parts = [f"from {self.low.on_paper()}"] if self.low else []
        return " to ".join(parts + ([f"below {self.high.on_paper()}"] if self.high else []))


def read_half_open(text: str, *kinds: str) -> HalfOpen:
    """`below A`, `from A`, or `from A to below B`: the lower edge belongs to it, the upper does not. Raises Refused."""
    example = KINDS[kinds[0]][1]
    expected = f"a band: below {example}, from {example}, or from A to below B"
    match = re.fullmatch(r"(?:from (?P<low>.+?))?(?: to )?(?:below (?P<high>.+))?", text)
    try:
        if not match or not (match["low"] or match["high"]) or (" to below " in text) != bool(match["low"] and match["high"]):
            raise Refused(expected, text)
        low, high = (read_quantity(end, *kinds) if end else None for end in (match["low"], match["high"]))
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    if low and high and (not fits(low.unit, high.unit) or low >= high):
        raise Refused(expected, text, "the first edge is not below the second")
    return HalfOpen(low, high)


def read_strength(text: str) -> tuple[Quantity, Quantity | None, Quantity | None]:
    """A concentration, as `2 mg/mL` or as `500 mg in 250 mL`: (concentration, amount, volume). Raises Refused."""
    expected = 'a concentration, such as "50 mcg/mL" or "500 mg in 250 mL"'
    try:
        if " in " not in text:
            one = read_quantity(text, "concentration")
            if not one.value:
                raise Refused(expected, text, "it is zero")
            return one, None, None
        first, _, second = text.partition(" in ")
        amount, volume = read_quantity(first, "dose"), read_quantity(second, "volume")
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    if not amount.value or not volume.value:
        raise Refused(expected, text, "it is zero")
    if amount.unit.amount_class == "volume":
        raise Refused(expected, text, "the amount is a volume")
    return work_out(f"{amount.unit}/mL", [amount], [volume]), amount, volume


def read_volume_over_time(text: str) -> tuple[Quantity, Quantity]:
    """`1,000 mL over 8 h`: (volume, time). Raises Refused."""
    expected = 'a volume over a time, such as "1,000 mL over 8 h"'
    first, word, second = text.partition(" over ")
    try:
        if not word:
            raise Refused(expected, text, "")
        volume, time = read_quantity(first, "volume"), read_quantity(second, "duration")
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    if not volume.value or not time.value:
        raise Refused(expected, text, "it is zero")
    return volume, time
