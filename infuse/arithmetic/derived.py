"""What is worked out from a patient's facts: the dosing weight a protocol names, the surface, the clearance.

For: `order`, before any phase is worked out. Each is a Figure with its formula, so that it can be checked from paper.

Refuses: `Needs` where a fact is missing (which ones), formulas.DoesNotApply where the formula is not made for this
patient.

Example: adjusted weight of a woman of 165 cm and 100 kg: 74.146 kg, used as 74.1 kg.
"""

from __future__ import annotations

from infuse.arithmetic import figure, formulas, rounding
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.patient import Patient
from infuse.files.protocol import ACTUAL
from infuse.ground.ranges import Range
from infuse.ground.units import quantity

_STEP = quantity("0.1", "kg")


class Needs(Exception):
    """Facts that must be given first."""

    def __init__(self, facts: list[str]):
        self.facts = facts
        super().__init__(", ".join(facts))


def _fact(patient: Patient, name: str) -> Figure:
    return figure.stated(name, patient.get(name), patient.where(name))


def _require(patient: Patient, *names: str) -> None:
    missing = [name for name in names if patient.get(name) is None]
    if missing:
        raise Needs(missing)


def weight_as(kind: str, patient: Patient, actual: Figure, ranges: tuple[Range, ...] = ()) -> Figure:
    """The actual, ideal, adjusted or lean weight; all but the actual rounded to 0.1 kg, never into or out of a range,
    and never above the actual. Raises Needs, formulas.DoesNotApply."""
    if kind == ACTUAL:
        return actual
    _require(patient, "height", "sex", "age")
    height, sex, age = _fact(patient, "height"), patient.get("sex"), patient.get("age")
    if kind == "lean":
        exact = formulas.lean_weight(actual, height, sex, age)
    else:
        exact = formulas.ideal_weight(height, sex, age)
        if kind == "adjusted":
            exact = formulas.adjusted_weight(actual, exact)
    exact = formulas.never_above(exact, actual)
    return figure.rounded(exact, rounding.beside(exact.value, _STEP, (*ranges, Range(None, actual.value))), rounding.NEAREST)


def surface(patient: Patient, actual: Figure) -> Figure:
    """Mosteller, rounded to 0.01 m2. Raises Needs."""
    _require(patient, "height")
    return formulas.surface(actual, _fact(patient, "height"))


def clearance(kind: str, indexed: bool, patient: Patient, actual: Figure | None) -> Figure:
    """The clearance as given, or by Cockcroft-Gault with that weight (mL/min), or by bedside Schwartz
    (mL/min/1.73m2). Raises Needs, formulas.DoesNotApply."""
    if patient.get("clearance") is not None:
        return _fact(patient, "clearance")
    _require(patient, "age", "creatinine", *(["height"] if indexed else ["sex", "weight"]))
    creatinine, age = _fact(patient, "creatinine"), patient.get("age")
    if indexed:
        return formulas.indexed_clearance(age, _fact(patient, "height"), creatinine)
    return formulas.clearance(age, weight_as(kind, patient, actual), creatinine, patient.get("sex"))
