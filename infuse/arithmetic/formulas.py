"""Weights, surface and clearance that are worked out from other facts: each formula with its source and its limits.

For: dosing weights other than the actual one, doses per m2, and bands by renal function.

Refuses (`DoesNotApply`): a formula outside the people it was made for: an ideal weight below 60 inches of height,
Cockcroft-Gault below 18 years, bedside Schwartz from 18 years. A site's own weight can be given instead.

Example: Devine for a man of 177.8 cm (70 in): 50 + 2.3 x 10 = 73 kg; adjusted at 120 kg: 73 + 0.4 x 47 = 91.8 kg.
"""

from __future__ import annotations

import math
from fractions import Fraction

from infuse.arithmetic.figure import Figure
from infuse.ground import numerals, ranges, units
from infuse.ground.units import Quantity, quantity

FEMALE = "female"
_SHORTEST, _TALLEST = quantity("152.4", "cm"), quantity(220, "cm")  # Devine: above 60 in; no extrapolation
_ADULT, _OLDEST = quantity(18, "year"), quantity(120, "year")
_YEARS, _DIVISOR, _OF_A_WOMAN = 140, 72, Fraction("0.85")  # Cockcroft-Gault
_SCHWARTZ = Fraction("0.413")
_OBESE = Fraction(12, 10)  # times the ideal weight: from there on the adjusted one is used (ClinCalc)


class DoesNotApply(ValueError):
    """The formula is not made for this patient; the sentence says why."""


def _made(name: str, value: Fraction, unit: str, formula: str, *inputs: Figure) -> Figure:
    exact = Quantity(value, units.unit(unit))
    return Figure(name, exact, exact, formula, inputs)


def body_mass_index(weight: Figure, height: Figure) -> Fraction:
    """kg per square metre, as a bare number: it only ever goes into another formula."""
    metres = height.value.to("cm").value / 100
    return weight.value.to("kg").value / (metres * metres)


def ideal_weight(height: Figure, sex: str, age: Quantity) -> Figure:
    """Devine 1974 (Drug Intell Clin Pharm 8:650), kg; adults of 152.4 to 220 cm. Raises DoesNotApply."""
    if age < _ADULT:
        raise DoesNotApply(f"the ideal weight (Devine) is for adults, from {_ADULT.on_paper()}")
    if not _SHORTEST <= height.value <= _TALLEST:
        raise DoesNotApply(f"the ideal weight (Devine) is for heights of {ranges.Range(_SHORTEST, _TALLEST).on_paper()}")
    base = Fraction("45.5") if sex == FEMALE else Fraction(50)
    above = height.value.to("in").value - _SHORTEST.to("in").value
    formula = f"Devine, {sex}: {numerals.on_paper(base)} and 2.3 times the {numerals.on_paper(above)} in above {_SHORTEST.to('in').on_paper()}"
    return _made("ideal_weight", base + Fraction("2.3") * above, "kg", formula, height)


def adjusted_weight(weight: Figure, ideal: Figure) -> Figure:
    """Ideal plus 0.4 of what is above it, kg, where the actual weight is over 1.2 times the ideal; else the actual."""
    actual, best = weight.value.to("kg").value, ideal.value.to("kg").value
    if actual <= best * _OBESE:
        return _made("adjusted_weight", actual, "kg", "not over 1.2 times the ideal weight: the actual one", weight, ideal)
    formula = f"{ideal.value.on_paper()} and 0.4 times {numerals.on_paper(actual - best)} kg above it"
    return _made("adjusted_weight", best + Fraction("0.4") * (actual - best), "kg", formula, weight, ideal)


def lean_weight(weight: Figure, height: Figure, sex: str, age: Quantity) -> Figure:
    """Janmahasatian 2005 (Clin Pharmacokinet 44:1051), kg; adults. Raises DoesNotApply."""
    if age < _ADULT:
        raise DoesNotApply(f"the lean weight (Janmahasatian) is for adults, from {_ADULT.on_paper()}")
    index = body_mass_index(weight, height)
    base, slope = (8780, 244) if sex == FEMALE else (6680, 216)
    formula = (f"Janmahasatian, {sex}: 9,270 times {weight.value.on_paper()} divided by "
               f"{numerals.on_paper(base + slope * index)} (body mass index {numerals.on_paper(index)})")
    return _made("lean_weight", 9270 * weight.value.to("kg").value / (base + slope * index), "kg", formula, weight, height)


def never_above(one: Figure, actual: Figure) -> Figure:
    """The formula's weight, or the actual one where the formula gives more: a thin patient is not dosed as a heavier."""
    if one.value <= actual.value:
        return one
    return _made(one.name, actual.value.to("kg").value, "kg", f"the actual weight, because {one.value.on_paper()} is above it", one, actual)


def surface(weight: Figure, height: Figure) -> Figure:
    """Mosteller 1987 (N Engl J Med 317:1098), m2, rounded to 0.01 m2 exactly: the root is never a decimal."""
    squared = height.value.to("cm").value * weight.value.to("kg").value / 3600
    step = Fraction(1, 100)
    halves = math.isqrt(math.floor(4 * squared / step**2))  # the root in half steps, rounded down
    formula = f"Mosteller: the root of {height.value.to('cm').on_paper()} times {weight.value.on_paper()} divided by 3,600"
    return _made("surface", Fraction((halves + 1) // 2) * step, "m2", formula, height, weight)


def clearance(age: Quantity, weight: Figure, creatinine: Figure, sex: str) -> Figure:
    """Cockcroft-Gault 1976 (Nephron 16:31), mL/min, not indexed; adults, in completed years. Raises DoesNotApply."""
    if not _ADULT <= age <= _OLDEST:
        raise DoesNotApply(f"the clearance (Cockcroft-Gault) is for adults, {ranges.Range(_ADULT, _OLDEST).on_paper()}")
    years = math.floor(age.to("year").value)
    share = _OF_A_WOMAN if sex == FEMALE else Fraction(1)
    value = (_YEARS - years) * weight.value.to("kg").value / (_DIVISOR * creatinine.value.to("mg/dL").value) * share
    formula = (f"Cockcroft-Gault, {sex}: ({_YEARS} less {years}) times {weight.value.on_paper()} divided by "
               f"({_DIVISOR} times {creatinine.value.on_paper()})" + (f" times {numerals.on_paper(_OF_A_WOMAN)}" if sex == FEMALE else ""))
    return _made("clearance", value, "mL/min", formula, weight, creatinine)


def indexed_clearance(age: Quantity, height: Figure, creatinine: Figure) -> Figure:
    """Bedside Schwartz 2009 (J Am Soc Nephrol 20:629), mL/min/1.73m2; 1 to under 18 years. Raises DoesNotApply."""
    if not quantity(1, "year") <= age < _ADULT:
        raise DoesNotApply("the clearance (bedside Schwartz) is for 1 year to under 18 years")
    value = _SCHWARTZ * height.value.to("cm").value / creatinine.value.to("mg/dL").value
    formula = f"bedside Schwartz: {numerals.on_paper(_SCHWARTZ)} times {height.value.to('cm').on_paper()} divided by {creatinine.value.on_paper()}"
    return _made("clearance", value, "mL/min/1.73m2", formula, height, creatinine)


def clearance_by_hand(weight: str) -> tuple[str, ...]:
    """Cockcroft-Gault step by step, for paper and one who has a pocket calculator; `weight`: which one."""
    return (f"{_YEARS} less the age in completed years", f"times the {weight} in kg", f"divided by {_DIVISOR}", f"of a woman times {numerals.on_paper(_OF_A_WOMAN)}; of a man the same again",
            "divided by the creatinine in mg/dL: CLEARANCE in mL/min")


def indexed_clearance_by_hand() -> tuple[str, ...]:
    """Bedside Schwartz, likewise."""
    return f"{numerals.on_paper(_SCHWARTZ)} times the height in cm", "divided by the creatinine in mg/dL: CLEARANCE in mL/min/1.73m2"


def heights_by_hand() -> tuple[Quantity, Quantity]:
    """Between which heights there is an ideal weight."""
    return _SHORTEST, _TALLEST
