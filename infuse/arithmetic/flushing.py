"""How fast a line is flushed after a drug: never faster than the drug itself while the line still holds it.

For: the flush of an order and of a set's timeline, which say the same. After a pump the whole flush runs at no more than the
pump rate. After a push by hand what the line holds goes in at no more than the speed of the push, rounded down to what can be
read off a syringe and a watch; the rest may go in faster. Where nobody says what the line holds, all of it counts as held.

Refuses: nothing; a flush whose volume nobody states has a speed, and no time.

Example: 0.5 mL pushed over 3 minutes is 0.16 mL/min; 2 mL in the line then take 13 minutes, and 8 mL more their 2 minutes.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from infuse.ground.units import Quantity, quantity, work_out

ZERO = quantity(0, "min")
_DIGITS = 2  # of a speed that a hand keeps to
_TEN = Fraction(10)


class Flushing(NamedTuple):
    """One flush: `rate` is the most that the line may be flushed at while it holds drug. `line`: what it holds after a push, over
    `line_over`; `rest_over`: the rest. `over`: all of it, in whole minutes, 0 where the volume is not known. `own`: its drug's
    own protocol asks for it, whatever follows."""

    fluid: str
    volume: Quantity | None
    rate: Quantity
    line: Quantity | None = None
    line_over: Quantity = ZERO
    rest_over: Quantity = ZERO
    over: Quantity = ZERO
    own: bool = False


def after_pump(fluid: str, volume: Quantity | None, rate: Quantity, at_least: Quantity, own: bool = False) -> Flushing:
    """After something that ran at a pump rate; `at_least`: no quicker than that, whatever the rate."""
    over = _longest(takes(volume, rate), at_least) if volume else ZERO
    return Flushing(fluid, volume, rate, over=over, rest_over=over, own=own)


def after_push(fluid: str, volume: Quantity | None, pushed: Quantity, over: Quantity, line: Quantity | None, rest_over: Quantity, own: bool = False) -> Flushing:
    """After `pushed` went in by hand `over` a time, through a line that holds `line` (None: nobody says)."""
    rate = _down(work_out("mL/min", [pushed], [over]))
    if volume is None:
        return Flushing(fluid, None, rate, line=line, line_over=takes(line, rate) if line else ZERO, own=own)
    held = min(line or volume, volume, key=lambda one: one.to("mL").value)
    line_over = takes(held, rate)
    rest = _minutes(rest_over.to("min").value) if held < volume else ZERO
    return Flushing(fluid, volume, rate, held, line_over, rest, line_over + rest, own)


def _down(rate: Quantity) -> Quantity:
    """The rate in two digits, rounded down."""
    step = Fraction(1)
    while rate.value < step * _TEN ** (_DIGITS - 1):
        step /= _TEN
    while rate.value >= step * _TEN ** _DIGITS:
        step *= _TEN
    return rate.with_value(math.floor(rate.value / step) * step)


def takes(volume: Quantity, rate: Quantity) -> Quantity:
    """How long a volume takes at a rate: whole minutes, rounded up."""
    return _minutes(work_out("min", [volume], [rate]).value)


def _longest(*several: Quantity) -> Quantity:
    return _minutes(max(each.to("min").value for each in several))


def _minutes(value: Fraction) -> Quantity:
    """Whole ones, rounded up."""
    return ZERO.with_value(Fraction(math.ceil(value)))
