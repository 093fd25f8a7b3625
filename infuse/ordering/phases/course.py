"""The phases of one protocol in time: when each starts, which exclude each other, and what they come to together.

For: totals over a loading dose and its maintenance, over a test dose and what follows it; and the timeline of a sheet.
What was given before the order counts too. A phase starts when the one above it is through, unless the file says when.
Of branches the one that gives most is judged.

Refuses: nothing by itself: a total past its limit is an alert.

Example: 0.5 mg, 0.5 mg after 1 hour and 1 mg after 8 and 16 hours are 3 mg in 24 hours.
"""

from __future__ import annotations

from typing import NamedTuple

from infuse.arithmetic import dosing
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.totals import Dose, most
from infuse.files.protocol import INTERVAL, Intermittent, Schedule
from infuse.ground import units
from infuse.ground.units import Quantity, quantity
from infuse.judgement import limits
from infuse.judgement.limits import Alert
from infuse.ordering.phases import intermittent, schedule
from infuse.ordering.phases.running import whole_delivered
from infuse.ordering.phases.worksheet import PhaseOrder, named

START = quantity(0, "min")
_LONGEST_WINDOW = quantity(1, "week")  # of a rate without a stated end as much is counted as any window can hold


class Timed(NamedTuple):
    """A phase with its start, since the start of its protocol."""

    phase: PhaseOrder
    start: Quantity


def by_protocol(worked_out: list[PhaseOrder]) -> dict[str, list[PhaseOrder]]:
    """The phases of each protocol by its id, in their sequence."""
    found: dict[str, list[PhaseOrder]] = {}
    for each in worked_out:
        found.setdefault(each.loaded.protocol.id, []).append(each)
    return found


def in_time(made: list[PhaseOrder]) -> list[Timed]:
    """When each phase starts."""
    found: list[Timed] = []
    for one in made:
        starts = one.phase.starts
        if starts is None:
            above = [each for each in found if _together(each.phase, one)]
            found.append(Timed(one, _plus(above[-1].start, through(above[-1].phase)) if above else START))
            continue
        after = next(each for each in found if each.phase.phase.name == starts.after)
        found.append(Timed(one, _plus(after.start, starts.by.quantity if starts.by else through(after.phase))))
    return found


def _together(one: PhaseOrder, other: PhaseOrder) -> bool:
    """Whether both are given to one patient: neither has a branch, or both have the same."""
    return not one.phase.branch or not other.phase.branch or one.phase.branch == other.phase.branch


def _plus(start: Quantity, more: Quantity) -> Quantity:
    return start.with_value(start.value + more.to("min").value)


def through(one: PhaseOrder) -> Quantity:
    """How long until its last dose has run (as needed: its first; of a range of durations the shortest)."""
    figures = one.figures
    if "delivered_dose" not in figures:
        return figures.get("duration", figures.get("shortest_duration")).value
    over = figures.get("delivered_duration", figures["duration"]).value
    repeat = getattr(one.phase, "repeat", None)
    return _plus(repeat.every.quantity.to("min").with_value(repeat.every.quantity.to("min").value * (repeat.count - 1)), over) if repeat else over


def delivers(one: PhaseOrder) -> bool:
    """Whether anything comes out of it: of what rounds to nothing there is no total."""
    if isinstance(one.phase, (Intermittent, Schedule)):
        return ("total_dose" if one.steps else "delivered_dose") in one.figures
    return bool(one.figures["pump_rate"].value.value)


def given(one: PhaseOrder) -> list[Dose]:
    """Everything that a phase may come to, since its own start: every dose, every step, the top of a ladder."""
    if one.steps:
        return schedule.given(list(one.steps))
    if "delivered_dose" in one.figures:
        # over the time as ordered: the pump's rounding of it would move a second's worth of one dose into the window of others
        return [each._replace(over=one.figures["duration"].value) if each.over.value else each for each in intermittent.given(one.phase, one.figures)]
    top = one.rungs[-1].figures if one.rungs else one.figures
    end = one.figures.get("duration") or one.figures.get("longest_duration")
    over = end.value if end else _LONGEST_WINDOW
    rate = max((top["calculated_dose_rate"].value, whole_delivered(top)), key=lambda each: each.value)
    return [Dose(START, over, units.work_out(rate.unit.amount, [rate, over]))]


def branches(made: list[PhaseOrder]) -> list[list[Timed]]:
    """Every way through: the phases that are given to one patient, with their starts."""
    timed = in_time(made)
    names = dict.fromkeys(each.phase.branch for each in made if each.phase.branch) or [""]
    return [[each for each in timed if each.phase.phase.branch in ("", name)] for name in names]


def doses(branch: list[Timed]) -> list[list[Dose]]:
    """What each phase of one way through gives, since the start of the protocol."""
    return [[dose._replace(start=_plus(each.start, dose.start)) for dose in given(each.phase)] for each in branch]


def judge(made: list[PhaseOrder], weight: Figure | None, several: list[list[list[Dose]]], before: list[Dose], oftener: bool) -> list[Alert]:
    """The protocol's limits on totals over each way through (its doses phase by phase), with what was given `before` (at
    negative times). Each phase has judged its own limits already: they are judged again where something was given before, or
    where a set gives it `oftener`."""
    protocol = made[0].loaded.protocol
    whole = [[dose for phase in way for dose in phase] for way in several]
    found = [_judged(limit, protocol, [before + each for each in whole], weight, "total over all phases" if made[1:] else "total") for limit in protocol.totals]
    ways = [in_time(made)] * len(several) if oftener else branches(made)
    for timed, way in zip(ways, several) if before or oftener else ():
        for each, own in zip(timed, way):
            found.append(_too_soon(each.phase.phase, protocol, own, before + [dose for phase in way for dose in phase]))
            found += [_judged(limit, protocol, [before + own], weight, "total") for limit in each.phase.phase.limits if limit.window is not None and own]
    return list(dict.fromkeys(each for each in found if each))


def _judged(limit, protocol, several: list[list[Dose]], weight, what: str) -> Alert | None:
    amounts = [most(_in_reach(each, limit.rolling), limit.rolling) for each in several]
    return limits.judge(limit, f"{protocol.id}.total", [dosing.counted_in(limit.unit, amount, weight) for amount in amounts], what)


def _too_soon(phase, protocol, own: list[Dose], every: list[Dose]) -> Alert | None:
    """A dose of the phase less than its dosing interval after the one before it, counted from start to start."""
    limit = named(phase, INTERVAL)
    if limit is None:
        return None
    starts = sorted(each.start.to("min").value for each in every)
    since = [dose.start.to("min").value - earlier for dose in own for earlier in starts if earlier < dose.start.to("min").value]
    return limits.judge(limit, f"{protocol.id}.{INTERVAL}", [START.with_value(min(since))] if since else (), "time since the last dose")


def _in_reach(several: list[Dose], window: Quantity | None) -> list[Dose]:
    """Without what was given so long before that no window holds it together with a dose of the order."""
    if window is None:
        return several
    since = -window.to("min").value
    return [each for each in several if each.start.to("min").value + each.over.to("min").value > since]
