"""How each kind of phase becomes figures: a pharmacist's worksheet, one module a kind.

For: `order`, which calls `build`. A new kind of phase is one more module and one more entry in BUILDERS.

Refuses: nothing by itself.

Example: build(phase, setting) of ketamine at 70 kg is a PhaseOrder with 19 rungs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from infuse.files.protocol import Continuous, Intermittent, Maintenance, Phase, Protocol, Schedule
from infuse.files.stated import Limit
from infuse.ordering.phases import continuous, intermittent, maintenance, schedule
from infuse.ordering.phases.worksheet import PhaseOrder, Rung, Setting

BUILDERS: dict[type, Callable[[Phase, Setting], PhaseOrder]] = {
    Intermittent: intermittent.build,
    Continuous: continuous.build,
    Schedule: schedule.build,
    Maintenance: maintenance.build,
}


def build(phase: Phase, setting: Setting) -> PhaseOrder:
    """The phase worked out. Raises units.Refused and units.DimensionError for what the user chose."""
    return BUILDERS[type(phase)](phase, setting)


def counted_per(phase: Phase) -> set[str]:
    """kg and m2, as far as the doses, rates or limits of the phase, in any of its bands, are counted per them."""
    banded = [stated for band in getattr(phase, "bands", ()) if band.dose for stated in band.dose.stated]
    every = (*phase.limits, *(limit for band in getattr(phase, "bands", ()) for limit in band.limits))
    return ({each.quantity.unit.patient for each in banded or phase.ordered} | _limited_per(every)) - {None}


def anything_counted_per(protocol: Protocol) -> set[str]:
    """The same of a whole protocol: of its phases, and of the totals that hold for all of them together."""
    return set().union(*map(counted_per, protocol.phases), _limited_per(protocol.totals)) - {None}


def _limited_per(several: Iterable[Limit]) -> set[str | None]:
    return {end.unit.patient for limit in several for _, side in limit.sides for end in side.range.ends()}


__all__ = ["PhaseOrder", "Rung", "Setting", "anything_counted_per", "build", "counted_per"]
