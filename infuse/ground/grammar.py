"""The grammar of what is typed: `NUMBER UNIT` of a stated kind, and the words around it.

For: every quantity in a file, an option or a patient's facts. One grammar wherever a quantity is typed.

Refuses: a number without a unit, a sign, an exponent, a decimal comma, a naked decimal point, digits that do not group
by three, a quantity of another kind than asked for, and a range whose ends do not fit.

Example: read_quantity("0.1 mg/kg/h", "dose rate per kg") is 1/10 mg/kg/h; "0.1 mg/h" is refused there, with the
sentence: expected a dose rate per kg, such as 0.05 mg/kg/h; found "0.1 mg/h" (that is a dose rate).
"""

from __future__ import annotations

import re
from fractions import Fraction

from infuse.ground.ranges import HalfOpen, Range
from infuse.ground.units import DRUG, Quantity, Refused, Unit, fits, unit, work_out

# ---------------------------------------------------------------------------------------------- kinds of quantity


def _kind(amounts, patient=(None,), container=(None,), timed=False):
    def fits(one: Unit):
        return (one.amount_class in amounts and one.patient in patient
                and one.container in container and (one.time is not None) == timed)
    return fits


_AMOUNTS = (*DRUG, "volume")
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
    "concentration": ("a concentration", "2 mg/mL", _kind(DRUG, container=_PER_VOLUME)),
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
    "QTc": ("a QTc interval", "430 ms", _kind(("interval",))),
    "blood pressure": ("a blood pressure", "120 mmHg", _kind(("pressure",))),
    "heart rate": ("a heart rate", "72 beats/min", _kind(("heart rate",))),
    "percent": ("a percentage", "5%", _kind(("percent",))),
    "vial": ("a number of vials", "2 vials", _kind(("vial",))),
}
DOSE_RATES = ("dose rate", "dose rate per kg", "dose rate per m2")
DOSES = ("dose", "dose per kg", "dose per m2")


# the words of a kind that has few: what to write, where another was typed
_FEW = {"age": "day, week, month or year", "weight": "kg or lb", "height": "cm or in", "QTc": "ms", "heart rate": "beats/min", "blood pressure": "mmHg",
        "body area": "m2", "drop factor": "drops/mL", "concentration": "mg/mL, units/mL or mEq/mL"}


def kind_of(one: Unit) -> str:
    """The first kind that the unit fits, as a phrase: "a dose rate per kg"."""
    return next((phrase for phrase, _, fits in KINDS.values() if fits(one)), f"a quantity in {one}")


def require(quantity: Quantity, *kinds: str, found: str | None = None) -> Quantity:
    """The same quantity, if it is of one of the kinds; else Refused in the words of those kinds."""
    if any(KINDS[kind][2](quantity.unit) for kind in kinds):
        return quantity
    if kinds == ("concentration",) and quantity.unit.text == "%":  # of a solution: g in 100 mL
        raise Refused(expectation(*kinds), found or str(quantity), f"{quantity} is {_dissolved(quantity.value, Fraction(100))}")
    said = found if found is not None else str(quantity)
    raise Refused(expectation(*kinds), said, f"that is {kind_of(quantity.unit)}")


def expectation(*kinds: str) -> str:
    """What was expected, as a phrase with an example: "a weight, such as 70 kg"."""
    return f"{' or '.join(KINDS[kind][0] for kind in kinds)}, such as {KINDS[kinds[0]][1]}"


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
        (text[:1] in "“”‘’«»„", "leave the quotation marks out"),
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
        one = _unit_of(kinds, name, number)
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    result = Quantity(value, one)
    return require(result, *kinds, found=text) if kinds else result


def _unit_of(kinds, name, number):
    """The unit of that name. Where it is refused, and only one kind with few words would do, the hint names those: metres of
    a height are not minutes."""
    try:
        return unit(name)
    except Refused as refused:
        few = _FEW.get(kinds[0]) if len(kinds) == 1 else None
        right = re.search(r"(?:write|did you mean) (\S+?)\??$", refused.hint)
        if few is None or (right and KINDS[kinds[0]][2](unit(right[1]))):
            raise
        ratio = re.fullmatch(r":([0-9][0-9,]*)", name)
        if kinds == ("concentration",) and ratio and number == "1" and (parts := read_number(ratio[1])):
            raise Refused("", "", f"1{name} is {_dissolved(Fraction(1), parts)}") from None
        raise Refused("", "", f"write {few}") from None


def _dissolved(grams: Fraction, millilitres: Fraction) -> Quantity:
    return work_out("mg/mL", [Quantity(grams, unit("g"))], [Quantity(millilitres, unit("mL"))])


def _why_spaced(name):
    if not name.strip():
        return "the unit is missing"
    if name[0] == " " or name != name.strip():
        return "put one space between number and unit"
    return "one number and one unit; nothing may follow"


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
            raise Refused(expected, text, _why_no_range(text))
        high = read_quantity(second, *kinds)
        low = Quantity(read_number(first), high.unit) if _NUMBER.fullmatch(first) else read_quantity(first, *kinds)
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    if not fits(low.unit, high.unit):
        raise Refused(expected, text, "the two ends are of different kinds")
    if low > high:
        raise Refused(expected, text, "the first end is above the second")
    return Range(low, high)


_MOST = re.compile(r"(?i)(?:max\.?|maximum|at most|no more than|not more than|not above|<=|≤) *(?P<end>[0-9].*)")
_LEAST = re.compile(r"(?i)(?:min\.?|minimum|no less than|not less than|from|>=|≥) *(?P<end>[0-9].*)")
_DASHED = re.compile(r"(?P<low>[0-9][0-9.,]*(?: ?[A-Za-z/]+)?) ?[-–—] ?(?P<high>[0-9].*)")


def _why_no_range(text):
    """The range in words, where another way to write one is plain."""
    for pattern, words in ((_MOST, "write up to {end}"), (_LEAST, "write at least {end}"), (_DASHED, "write {low} to {high}")):
        found = pattern.fullmatch(text)
        if found:
            return words.format(**found.groupdict())
    return "say which end it is" if _NUMBER.match(text) else ""


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
