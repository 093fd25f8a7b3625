"""The most that is given in any rolling window, over everything that is given.

For: limits on a rolling hour, 24 hours, a week, and the course. A window includes its start and excludes its end;
an infusion counts by what of it has run; a push counts when it is given.

Refuses: nothing.

Example: 1 mg at 0, 8, 16 and 24 hours is 3 mg in 24 hours: the dose at 24 hours opens the next window.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from infuse.ground.units import Quantity


class Dose(NamedTuple):
    """An amount, from a start, over a time (zero: at once)."""

    start: Quantity
    over: Quantity
    amount: Quantity


def most(doses: list[Dose], window: Quantity | None) -> Quantity:
    """The most of any window of that length, in the unit of the first dose; None: everything. It is worked out in whole
    numbers, of times and of amounts: as Fractions, a dose every 6 hours costs as much as all the rest of its order."""
    unit = doses[0].amount.unit
    amounts, per_amount = _whole([each.amount.to(unit).value for each in doses])
    if window is None:
        return Quantity(Fraction(sum(amounts), per_amount), unit)
    (*times, length), _ = _whole([time.to("min").value for each in doses for time in (each.start, each.over)] + [window.to("min").value])
    starts, overs = times[::2], times[1::2]
    shared = math.lcm(*filter(None, overs))
    parts = [(start, start + over, amount * shared // (over or 1)) for start, over, amount in zip(starts, overs, amounts)]
    edges = {edge for start, stop, _ in parts for edge in (start, stop)}
    # what runs in a window grows and falls evenly between edges, so the most stands where a window opens or closes at
    # one, or just after it opens (a push at the closing end then counts, one at the opening end no longer does)
    opens = edges | {edge - length for edge in edges}
    moments = (False, True) if 0 in overs else (False,)
    return Quantity(Fraction(max(_in(parts, at, at + length, just_after) for at in opens for just_after in moments), per_amount * shared), unit)


def _whole(values: list[Fraction]) -> tuple[list[int], int]:
    """(the values as whole numbers, of which so many make one)."""
    per = math.lcm(*(value.denominator for value in values))
    return [value.numerator * (per // value.denominator) for value in values], per


def _in(parts: list[tuple[int, int, int]], at: int, end: int, just_after: bool) -> int:
    total = 0
    for start, stop, share in parts:  # the share of each moment, or of the push
        if start < stop:
            total += share * max(min(stop, end) - max(start, at), 0)
        elif (at < start <= end) if just_after else (at <= start < end):
            total += share
    return total


def repeated(dose: Dose, every: Quantity, count: int) -> list[Dose]:
    """The same dose again and again."""
    return [dose._replace(start=dose.start + every.with_value(every.value * number)) for number in range(count)]
