"""The most that is given in any rolling window, over everything that is given.

For: limits on a rolling hour, 24 hours, a week, and the course. A window includes its start and excludes its end;
an infusion counts by what of it has run; a push counts when it is given.

Refuses: nothing.

Example: 1 mg at 0, 8, 16 and 24 hours is 3 mg in 24 hours: the dose at 24 hours opens the next window.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from infuse.units import Quantity


class Dose(NamedTuple):
    """An amount, from a start, over a time (zero: at once)."""

    start: Quantity
    over: Quantity
    amount: Quantity


def most(doses: list[Dose], window: Quantity | None) -> Quantity:
    """The most of any window of that length, in the unit of the first dose; None: everything."""
    unit = doses[0].amount.unit
    parts = [(each.start.to("min").value, each.over.to("min").value, each.amount.to(unit).value) for each in doses]
    if window is None:
        return Quantity(sum((amount for _, _, amount in parts), Fraction(0)), unit)
    length = window.to("min").value
    edges = {edge for start, over, _ in parts for edge in (start, start + over)}
    # what runs in a window grows and falls evenly between edges, so the most stands where a window opens or closes at
    # one, or just after it opens (a push at the closing end then counts, one at the opening end no longer does)
    opens = edges | {edge - length for edge in edges}
    return Quantity(max(_in(parts, at, length, just_after) for at in opens for just_after in (False, True)), unit)


def _in(parts, at, length, just_after):
    total = Fraction(0)
    for start, over, amount in parts:
        if over:
            run = min(start + over, at + length) - max(start, at)
            total += amount * max(run, Fraction(0)) / over
        elif (at < start <= at + length) if just_after else (at <= start < at + length):
            total += amount
    return total


def repeated(dose: Dose, every: Quantity, count: int) -> list[Dose]:
    """The same dose again and again."""
    return [dose._replace(start=dose.start + every.with_value(every.value * number)) for number in range(count)]
