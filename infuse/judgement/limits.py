"""Soft and hard limits: comparing figures with them, and keeping rounding inside them.

For: every judgement on a number. A limit may be reached, not passed; it is held against the exact value and
against the delivered one. What is found is an Alert with a code; a soft stop may be overridden by a named person's
reason, a hard stop not.

Refuses: to name a computed dose, volume or rate in a message: a refusal must not hand out the number it refuses.

Example: 29 kg against a hard range of 30 to 250 kg is a hard stop with the code ketamine-inpatient-titration.weight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from infuse.files.stated import Limit, StatedRange
from infuse.ground import numerals
from infuse.ground.units import Quantity

NOTE, SOFT, HARD = "note", "soft_stop", "hard_stop"
LEVELS = (HARD, SOFT, NOTE)
DEFAULT_TOLERANCE = Fraction(5)  # percent


@dataclass(frozen=True, slots=True)
class Alert:
    """What is wrong with an order: level, code (with its protocol), a sentence, the limit in words, where it stands.
    `reweigh`: an override also needs the date of a new weight; `screened`: found by screening, and said there on the sheet."""

    level: str
    code: str
    message: str
    limit: str = ""
    where: str = ""
    reweigh: bool = False
    screened: bool = False


def judge(limit: Limit, code: str, values: Iterable[Quantity], what: str, typed: bool = False) -> Alert | None:
    """The worst that any of the values does to the limit, or None. `what` names the figure; the value itself is
    named only where it was typed."""
    values = tuple(values)
    for level, side in ((HARD, limit.hard), (SOFT, limit.soft)):
        for value in values if side else ():
            if value not in side.range:
                word = "hard" if level == HARD else "soft"
                said = f"{what} {value.on_paper()}" if typed else what
                message = f"{said} is {_how_far(value, side)} the {word} limit, {side.range.on_paper()}{_window(limit)} ({basis(side)})"
                return Alert(level, code, message, side.range.on_paper() + _window(limit), side.where)
    return None


def _window(limit):
    if limit.window is None:
        return ""
    return " in the course" if isinstance(limit.window, str) else f" in {limit.window.on_paper()}"


def basis(side: StatedRange) -> str:
    """Where one side of a limit comes from, as the sheet says it."""
    if side.site:
        return "for the site to decide" + (f"; {', '.join(side.source)}" if side.source else "")
    return ", ".join(side.source)


def _how_far(value: Quantity, side: StatedRange) -> str:
    high = side.range.high
    if high is not None and value > high:
        return times_over(value, high)
    return "below"


def times_over(value: Quantity, high: Quantity) -> str:
    """How far a value is above: `1.5 times`, `just above`."""
    if not high.value:
        return "above"
    times = Fraction(numerals.half_up(value.over(high) * 100), 100)
    return f"{numerals.on_paper(times)} times" if times > 1 else "just above"


@dataclass(frozen=True, slots=True)
class Room:
    """How far rounding may go: bounds as multiples of the exact value, from the limits that it keeps."""

    low: tuple[Fraction, ...] = ()
    high: tuple[Fraction, ...] = ()

    def around(self, exact: Quantity) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
        """(low, high) for rounding.nearest."""
        low, high = ([exact.with_value(exact.value * times) for times in side] for side in (self.low, self.high))
        return tuple(low), tuple(high)

    def __add__(self, other: Room) -> Room:
        return Room(self.low + other.low, self.high + other.high)


def room(limit: Limit | None, value: Quantity, inverse: bool = False, ordered: Quantity | None = None) -> Room:
    """The room that a limit leaves to something proportional to `value` (or inversely: a minimum duration is a
    maximum rate). Soft and hard both count, as far as what was ordered keeps them: rounding alone never passes either,
    and an override is not rounded away."""
    low, high = [], []
    asked = ordered or value
    for _, side in limit.sides if limit else ():
        for end, into in ((side.range.low, low), (side.range.high, high)):
            kept = end is not None and (asked >= end if into is low else asked <= end)
            if kept and value.value and end.value:
                if inverse:
                    (high if into is low else low).append(value.over(end))
                else:
                    into.append(end.over(value))
    return Room(tuple(low), tuple(high))
