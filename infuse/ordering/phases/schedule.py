"""Rates one after the other, each for its time: the pump rate and the volume of every step from its own exact value.

For: schedules of rate steps. A step ends when its volume has run, so that its volume is what the pump is told; totals in
a window count what has run of every step.

Refuses: nothing by itself; what is wrong with a step is in its alerts, with the number of the step.

Example: 10 mg/h for 30 min, then 20 mg/h for 30 min, from 2 mg/mL: 5 mL/h and 2.5 mL, then 10 mL/h and 5 mL; 15 mg in all.
"""

from __future__ import annotations

import math
from dataclasses import replace

from infuse.arithmetic import dosing, figure, rounding
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.totals import Dose, most
from infuse.files.protocol import Schedule, Step
from infuse.ground import units
from infuse.ground.units import Quantity, quantity
from infuse.judgement.limits import HARD, SOFT, Alert, Room
from infuse.ordering.phases.ready import beyond_use_of, preparation_for
from infuse.ordering.phases.running import at_rate, bag_for, judged_rate
from infuse.ordering.phases.worksheet import PhaseOrder, Rung, Setting, deviates, judge, pump_can, totals, totals_room


def build(phase: Schedule, setting: Setting) -> PhaseOrder:
    """Every step, and what all of them come to. Raises Refused, units.DimensionError."""
    one = preparation_for(phase, setting, None)
    prepared, beyond_use = bag_for(one, phase, setting), beyond_use_of(one, setting)
    alerts = [Alert(HARD, setting.code("preparation"), reason) for reason in prepared.refused]
    ordered = _ordered(phase, setting)
    keep = totals_room(phase, setting, lambda window: most(ordered, window))  # for every step alike: where none grows by more, no window does
    steps, after = [], quantity(0, "min")
    for number, step in enumerate(phase.steps, 1):
        figures, found = _step(step, phase, setting, prepared, keep, after)
        found = [replace(each, message=f"step {number}: {each.message}") for each in found]
        steps.append(Rung(figures, tuple(each for each in found if each.level == SOFT)))
        alerts += found
        after += step.duration.quantity
    figures = {**steps[0].figures, **prepared.figures}
    del figures["starts_after"], figures["step_dose"]
    bags = None
    if all("delivered_dose" in each.figures for each in steps):  # a step whose rate rounds to nothing is a stop already
        figures |= _altogether(steps)
        alerts += _judged(phase, setting, steps, figures)
        bags = (_bags(figures, beyond_use),) * 2
    return PhaseOrder(setting.loaded, phase, prepared, figures, tuple(alerts), bags=bags, beyond_use=beyond_use, steps=tuple(steps))


def _ordered(phase, setting) -> list[Dose]:
    """What every step gives exactly as it is ordered."""
    found, after = [], quantity(0, "min")
    for step in phase.steps:
        rate, over = step.rate.quantity, step.duration.quantity
        per = setting.per(rate)
        times = [rate, over, per.value] if rate.unit.patient else [rate, over]
        found.append(Dose(after, over, units.work_out(rate.unit.amount, times)))
        after += over
    return found


def _step(step: Step, phase, setting, prepared, keep: Room, after: Quantity) -> tuple[dict[str, Figure], list[Alert]]:
    rate = figure.stated("dose_rate", step.rate.quantity, step.rate.where)
    figures = at_rate(phase, setting, rate, prepared, keep)
    figures["duration"] = figure.stated("duration", step.duration.quantity, step.duration.where)
    figures["starts_after"] = figure.stated("starts_after", after, step.duration.where)
    figures["step_dose"] = figure.work_out("step_dose", rate.value.unit.amount, [figures["calculated_dose_rate"], figures["duration"]])
    alerts = pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
    if not figures["pump_rate"].value.value:
        return figures, alerts
    concentration = setting.content(prepared.figures.get("final_concentration"), figures["step_dose"].value)
    ordered = dosing.volume_of("volume_to_be_infused", figures["step_dose"], concentration)
    exact = figure.work_out("volume_to_be_infused", "mL", [figures["pump_rate"], figures["duration"]])
    low, high = keep.around(ordered.value)
    value, how = rounding.nearest(exact.value, setting.pump.volume_step, low, high)
    volume = figures["volume_to_be_infused"] = figure.rounded(exact, value, how)
    alerts += judged_rate(phase, setting, figures) + deviates(figures["deviation"], setting)
    figures["delivered_dose"] = dosing.delivered_dose(volume, concentration, figures["step_dose"].value)
    figures["delivered_duration"] = dosing.running_time("delivered_duration", volume, figures["pump_rate"], "min")
    if not value.value:
        alerts.append(Alert(HARD, setting.code("volume"), "its volume is less than the pump can be told; choose a weaker preparation"))
    return figures, alerts


def _altogether(steps: list[Rung]) -> dict[str, Figure]:
    """What all steps come to: time, volume, dose as ordered and as delivered."""
    def total(name, of):
        return figure.total(name, *(each.figures[of] for each in steps))

    ordered, delivered = total("total_dose", "step_dose"), total("delivered_dose", "delivered_dose")
    return {"duration": total("duration", "duration"), "volume_to_be_infused": total("volume_to_be_infused", "volume_to_be_infused"),
            "delivered_duration": total("delivered_duration", "delivered_duration"), "total_dose": ordered, "delivered_dose": delivered,
            "deviation": figure.deviation(delivered, ordered)}


def _judged(phase, setting, steps, figures) -> list[Alert]:
    """Rounding a volume moves the end of a step by minutes, so the tolerance holds for the rates and for the whole."""
    found = judge(phase, setting, {"duration": [figures["duration"].value, figures["delivered_duration"].value]})
    found += deviates(figures["deviation"], setting)
    for doses in (_ordered(phase, setting), given(steps)):
        found += totals(phase, setting, lambda window, doses=doses: most(doses, window))
    return found


def given(steps: list[Rung]) -> list[Dose]:
    """What every step gives as it is delivered, one after the other."""
    found, after = [], quantity(0, "min")
    for each in steps:
        over = each.figures["delivered_duration"].value
        found.append(Dose(after, over, each.figures["delivered_dose"].value))
        after += over
    return found


def _bags(figures, beyond_use: Figure | None) -> int:
    """How many bags all steps take: by their volume, and by how long one may be used."""
    by_volume = math.ceil(figures["volume_to_be_infused"].value.over(figures["final_volume"].value))
    by_time = math.ceil(figures["duration"].value.over(beyond_use.value)) if beyond_use else 1
    return max(1, by_volume, by_time)
