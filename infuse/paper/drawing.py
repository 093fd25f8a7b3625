"""Pictures for where a person would rather look than read: a ladder as steps, a plan as bars over time.

For: the order sheet and `infuse show`. A picture says nothing that does not stand in a table beside it: it shows how steep the
steps are, where the prescriber is called, what runs while something else does. Black on white, no shade means anything.

Refuses: nothing; of a plan in which all begins at once and runs on there is no picture.

Example: ketamine at 70 kg is 19 steps from 3.5 to 35 mL/hour, of which those from the tenth are hatched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from infuse.arithmetic import dosing
from infuse.arithmetic import preparation as prep
from infuse.files.protocol import Titration
from infuse.ground import numerals
from infuse.ground.units import Quantity, quantity
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper.page import WHOLE, Bar, Bars, Step, Steps
from infuse.paper.phrases import in_numbers, order_numbers

MOST_NAMED = 20  # steps that have room for their numbers; of more every second, third ... is named
MOST_MARKS = 6  # on the axis of time
A_CHARACTER = 15  # thousandths of the axis
_MARKS = ((1, "min"), (2, "min"), (5, "min"), (10, "min"), (15, "min"), (30, "min"), (1, "h"), (2, "h"), (4, "h"), (6, "h"), (12, "h"), (24, "h"), (48, "h"),
          (1, "week"))


def ladder(phase: PhaseOrder) -> Steps:
    """The pump rate of every rung; hatched, where the prescriber is called first."""
    rates = [rung.figures["pump_rate"].value for rung in phase.rungs]
    called = [bool(rung.alerts) for rung in phase.rungs]
    says = f"Pump rate in {rates[0].unit.on_paper()} above each rung" + ("; hatched: call the prescriber first." if any(called) else ".")
    return Steps(says, _steps(rates, called))


def dose_rates(start: Quantity, titration: Titration) -> Steps:
    """The dose rates that a ladder climbs, for nobody in particular."""
    rates = dosing.rungs(start, titration)
    return Steps(f"Dose rate in {start.unit.on_paper()} above each rung.", _steps(rates, [False] * len(rates)))


def _steps(rates: Sequence[Quantity], called: Sequence[bool]) -> tuple[Step, ...]:
    top = max(each.value for each in rates)
    each_so_many = math.ceil(len(rates) / MOST_NAMED)
    return tuple(Step(*((str(number), numerals.on_paper(rate.value)) if (number - 1) % each_so_many == 0 else ("", "")), _share(rate.value, top), marked)
                 for number, (rate, marked) in enumerate(zip(rates, called), 1))


def _share(part: Fraction, whole: Fraction) -> int:
    return numerals.half_up(part * WHOLE / whole)


def timeline(order: Order, branch: str = "") -> Bars | None:
    """A row for each order of a plan, a bar for each time that it is given, over the time of the whole; of branches one."""
    plan = order.plan
    events = [each for each in plan.events if each.on(branch)]
    drugs, numbers = {request.loaded.protocol.id: request.loaded.drug.name for request in order.requests}, order_numbers(order)
    last = max((each.end or each.start for each in events), key=lambda one: one.value, default=None)
    if last is None or not last.value:
        return None
    step = _mark(last.value)
    whole = step * math.ceil(last.value / step)
    rows = []
    for part, one in enumerate(plan.parts):
        mine = [each for each in events if each.part == part]
        if mine:
            given = sorted({numbers[one.name][each.dose.number] for each in mine})
            rows.append((f"{in_numbers(tuple(given))} {drugs[one.name]}", tuple(Bar(_share(each.start.value, whole), _share((each.end.value if each.end else whole) - each.start.value, whole),
                                                       each.flush, each.end is None) for each in mine)))
    marks = tuple((_share(step * at, whole), _named(step * at)) for at in range(int(whole / step) + 1))
    return Bars("Open: given; filled: flush; an arrow runs on.", tuple(rows), marks)


def _named(minutes: Fraction) -> str:
    return prep.hours_and_minutes(quantity(minutes, "min")) if minutes else "start"


def _mark(last: Fraction) -> Fraction:
    """The minutes from mark to mark: the shortest usual time of which few enough make the whole, and whose names have room."""
    several = [quantity(each, unit).to("min").value for each, unit in _MARKS]
    return next((each for each in several if last <= each * MOST_MARKS and _fits(each, math.ceil(last / each))), several[-1])


def _fits(step: Fraction, count: int) -> bool:
    return max(len(_named(step * at)) for at in range(count + 1)) * count * A_CHARACTER <= WHOLE
