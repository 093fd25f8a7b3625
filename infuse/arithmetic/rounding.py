"""Rounding: once, to what a pump, a syringe or a drop chamber can do, and never outward past a limit.

For: turning an exact quantity into the one a person sets or draws up. The nearest step, ties upward; where that
would pass a limit which the exact value keeps (a maximum dose, rate or concentration; a minimum duration or
dose), the step on the inside instead, tie or not. A titration rounds every rung from its own exact value.

Refuses: a rate that a pump cannot run, and rounding to nothing (a dose that would become zero).

Example: 35.65 mL/h in steps of 0.1 mL/h is 35.7, but with a maximum of 35.65 mL/h it is 35.6.
"""

from __future__ import annotations

import math
from fractions import Fraction

from infuse.files.devices import Pump, Syringe
from infuse.ground.numerals import half_up
from infuse.ground.ranges import Range
from infuse.ground.units import Quantity, quantity

DEFAULT_RATE_STEP = quantity("0.1", "mL/h")
NEAREST, DOWN, UP = "rounded to", "rounded down to", "rounded up to"


def nearest(exact: Quantity, step: Quantity, low: tuple[Quantity, ...] = (), high: tuple[Quantity, ...] = ()):
    """(rounded, how): the nearest multiple of step, ties upward, but inside every bound."""
    size = step.to(exact.unit).value
    value = half_up(exact.value / size) * size
    top = min((bound.to(exact.unit).value for bound in high), default=None)
    bottom = max((bound.to(exact.unit).value for bound in low), default=None)
    if top is not None and value > top:
        return exact.with_value(math.floor(top / size) * size), DOWN
    if bottom is not None and value < bottom:
        return exact.with_value(math.ceil(bottom / size) * size), UP
    return exact.with_value(value), NEAREST


def beside(exact: Quantity, step: Quantity, ranges: tuple[Range, ...]) -> Quantity:
    """The nearest multiple of step that lies inside just those of the ranges (limits, bands) that `exact` lies in:
    rounding must not carry a weight into or out of one. The exact value itself where no multiple does."""
    size = step.to(exact.unit).value
    down, up = math.floor(exact.value / size) * size, math.ceil(exact.value / size) * size
    first = half_up(exact.value / size) * size
    for value in (first, down, up):
        rounded = exact.with_value(value)
        if all((rounded in each) == (exact in each) for each in ranges):
            return rounded
    return exact


def common_step(first: Quantity, second: Quantity) -> Quantity:
    """The smallest step that is a whole multiple of both: what a file asks for and what a pump can do."""
    one, other = first.value, second.to(first.unit).value
    top = math.lcm(one.numerator * other.denominator, other.numerator * one.denominator)
    return first.with_value(Fraction(top, one.denominator * other.denominator))


def for_rate(exact: Quantity, asked: Quantity, pump: Pump, low=(), high=()):
    """(rounded, how) for a pump rate: in steps that both the file and the pump allow at that rate, not above its fastest."""
    if exact in pump.rate and pump.rate.high is not None:
        high = (*high, pump.rate.high)
    step = common_step(asked.to("mL/h"), pump.step_at(exact))
    rounded, how = nearest(exact, step, low, high)
    if pump.step_at(rounded) != pump.step_at(exact):  # rounding reached the next band, with its coarser step
        return nearest(exact, common_step(asked.to("mL/h"), pump.step_at(rounded)), low, high)
    return rounded, how


def for_syringe(volume: Quantity, syringes: tuple[Syringe, ...]) -> Syringe:
    """The smallest syringe that holds the volume; above the largest, the largest (drawn up in parts)."""
    return next((each for each in syringes if volume <= each.capacity), syringes[-1])


def drawn_up(volume: Quantity, syringes: tuple[Syringe, ...], step: Quantity | None, tolerance: Fraction, low=(), high=()):
    """(rounded, how, syringe) for a volume, in the file's step or on the graduations of the smallest syringe that holds it. Where
    those are too coarse, on finer ones: a smaller syringe that is filled twice. 14.85 mL, with 14.85 mL the most, are 14 mL on a
    20 mL syringe, 5.7% too little; they are 14.8 mL in two parts on one of 10 mL. `tolerance`: in percent."""
    one = for_syringe(volume, syringes)
    first = (*nearest(volume, step or one.step, low, high), one)
    finer = [] if step else [each for each in reversed(syringes) if each.step < one.step and volume <= each.capacity + each.capacity]
    tried = [first, *((*nearest(volume, each.step, low, high), each) for each in finer)]
    return next((each for each in tried if abs(each[0].over(volume) - 1) * 100 <= tolerance), first)
