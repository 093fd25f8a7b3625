"""Stretches of a quantity: ranges with both ends, and bands whose upper edge belongs to the next one.

For: limits, choices and bands. A limit may be reached, so a Range holds its ends; bands that meet must not overlap, so
a HalfOpen leaves its upper edge out.

Refuses: nothing; comparing quantities of different kinds is a units.DimensionError.

Example: 50 kg lies in `up to 50 kg` and in the band `from 50 kg`, not in the band `below 50 kg`.
"""

from __future__ import annotations

from dataclasses import dataclass

from infuse.ground import numerals
from infuse.ground.units import Quantity


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, ends included; None where an end is open."""

    low: Quantity | None
    high: Quantity | None

    def __contains__(self, one: Quantity) -> bool:
        return (self.low is None or one >= self.low) and (self.high is None or one <= self.high)

    def holds(self, other: Range) -> bool:
        """Whether all of the other range lies inside this one."""
        return ((self.low is None or (other.low is not None and other.low >= self.low))
                and (self.high is None or (other.high is not None and other.high <= self.high)))

    def on_paper(self) -> str:
        if self.low is None:
            return f"up to {self.high.on_paper()}"
        if self.high is None:
            return f"at least {self.low.on_paper()}"
        if self.low == self.high:
            return self.low.on_paper()
        if self.low.unit == self.high.unit:
            return f"{numerals.on_paper(self.low.value)} to {self.high.on_paper()}"
        return f"{self.low.on_paper()} to {self.high.on_paper()}"

    def ends(self) -> tuple[Quantity, ...]:
        return tuple(end for end in (self.low, self.high) if end is not None)


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
