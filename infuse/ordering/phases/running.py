"""A rate that runs on: its bag, the pump rate and the way back, the course, and what all of it comes to.

For: the kinds of phase that are ordered as a rate (continuous, schedule, maintenance).

Refuses: nothing by itself; what is wrong with a rate is in its alerts.

Example: 7 mg/h from a bag of 2 mg/mL is 3.5 mL/h; back: 7 mg/h.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from infuse.arithmetic import dosing, figure, rounding
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.preparation import Prepared
from infuse.files.devices import Pump
from infuse.ground import units
from infuse.ground.units import Quantity
from infuse.judgement.limits import HARD, Alert, Room, room
from infuse.ordering.phases.ready import beyond_use_of, least_left, measured_bag, mix, preparation_for, whole
from infuse.ordering.phases.worksheet import deviates, judge, named, pump_can, quantity_chosen, totals, totals_room


class Running(NamedTuple):
    """One rate that runs on for a course: its bag, its figures, what is wrong with them, and how long it runs (`longest`
    None: no stated end)."""

    prepared: Prepared
    figures: dict[str, Figure]
    alerts: list[Alert]
    beyond_use: Figure | None
    shortest: Figure
    longest: Figure | None


def run_on(phase, setting, dose_rate: Figure) -> Running:
    """A rate for as long as its course lasts. Raises Refused, units.DimensionError."""
    one = preparation_for(phase, setting, None)
    prepared, beyond_use = bag_for(one, phase, setting), beyond_use_of(one, setting)
    bag = prepared.figures["final_volume"]
    alerts = [Alert(HARD, setting.code("preparation"), reason) for reason in prepared.refused]
    figures = {**at_rate(phase, setting, dose_rate, prepared), **prepared.figures}
    figures["volume_to_be_infused"] = whole(bag, setting.pump)
    alerts += pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
    if figures["pump_rate"].value.value:
        typed = {"dose_rate"} if "dose_rate" in setting.chosen else set()
        alerts += judged_rate(phase, setting, figures, typed) + deviates(figures["deviation"], setting)
        figures["bag_lasts"], _ = prep.lasting(figures["volume_to_be_infused"], figures["pump_rate"], beyond_use and beyond_use.value)
    low, high, more = course(phase, setting)
    alerts += more + judge(phase, setting, {"duration": [low.value]}, {"duration"} if "duration" in setting.chosen else ())
    alerts += judged_totals(phase, setting, figures)
    figures |= {"duration": low} if low is high else {"shortest_duration": low} | ({"longest_duration": high} if high else {})
    return Running(prepared, figures, alerts, beyond_use, low, high)


def bags(made: Running, fastest: dict[str, Figure] | None = None) -> tuple[int, int | None] | None:
    """The fewest (this rate for the shortest course) and the most (the fastest for the longest; None: no end)."""
    if "bag_lasts" not in made.figures:
        return None
    slow, fast = made.figures["bag_lasts"].value, (fastest or made.figures)["bag_lasts"].value
    return prep.bags(made.shortest.value, slow), prep.bags(made.longest.value, fast) if made.longest else None


def last_bag(made: Running, pump: Pump) -> dict[str, Figure]:
    """What the pump is told of the last bag, of a rate that runs for one known time: the rest of the course, where that is not a
    whole bag. 59.3 mL/h for 24 hours are 1,000 mL from one bag and 423.2 mL from the next."""
    figures = made.figures
    if "bag_lasts" not in figures or made.longest is None or made.longest.value != made.shortest.value or pump.drops:
        return {}
    lasts = figures["bag_lasts"].value
    before = lasts.with_value(lasts.value * (prep.bags(made.shortest.value, lasts) - 1))
    left = figure.difference("last_bag_lasts", made.shortest, Figure("bags_before", before, before, inputs=(figures["bag_lasts"],)))
    exact = figure.work_out("last_bag_volume", "mL", [figures["pump_rate"], left])
    value, how = rounding.nearest(exact.value, pump.volume_step)
    return {"last_bag_volume": figure.rounded(exact, value, how)} if value < figures["volume_to_be_infused"].value else {}


def bag_for(one, phase, setting) -> Prepared:
    """One bag of the preparation, whole."""
    return least_left(one, phase, setting, lambda each, product: _bag_from(each, product, phase, setting))


def _bag_from(one, product, phase, setting) -> Prepared:
    bag_volume = measured_bag(one, product, setting)
    if not prep.needs_volume(one, product):
        contained = [] if product.fluid else [figure.stated("strength", product.strength.quantity, product.strength.where)]
        held = figure.work_out("amount", product.amount, [*contained, figure.stated("volume", product.volume.quantity, product.volume.where)])
        return prep.premixed(one, product, held, setting.pump.volume_step, (), ())
    return mix(one, product, figure.stated("amount", one.amount.quantity, one.amount.where), phase, setting, Room(), bag_volume)


def at_rate(phase, setting, dose_rate: Figure, prepared: Prepared, total: Room | None = None) -> dict[str, Figure]:
    """Everything that follows from one dose rate: this patient's rate, the pump's, and what that delivers. `total`: the
    room that the limits on totals leave, where the rate does not run on for all of their windows."""
    calculated = dosing.for_this_patient("calculated_dose_rate", dose_rate, setting.per(dose_rate.value))
    concentration = setting.content(prepared.figures.get("final_concentration"), calculated.value)
    exact = dosing.pump_rate(calculated, concentration)
    keep = (room(named(phase, "dose_rate"), dose_rate.value) + room(named(phase, "calculated_dose_rate"), calculated.value)
            + room(named(phase, "pump_rate"), exact.value) + _below_the_ceiling(phase, calculated.value)
            + (totals_room(phase, setting, running(calculated.value, longest(phase, setting))) if total is None else total))
    value, how = rounding.for_rate(exact.value, setting.rate_step, setting.pump, *keep.around(exact.value))
    rate = figure.rounded(exact, value, how)
    delivered = dosing.delivered_rate("delivered_dose_rate", rate, concentration, setting.per(dose_rate.value), dose_rate.value)
    found = {"dose_rate": dose_rate, "calculated_dose_rate": calculated, "pump_rate": rate,
             "delivered_dose_rate": delivered, "deviation": figure.deviation(delivered, dose_rate)}
    factor = setting.bridge(calculated.value)
    if factor:
        mass = units.unit(f"{prepared.product.amount}/{calculated.value.unit.time}")
        found["equivalent_dose_rate"] = figure.work_out("equivalent_dose_rate", mass, [calculated], [factor])
    return found


def _below_the_ceiling(phase, calculated: Quantity) -> Room:
    """Rounding does not pass a ceiling either."""
    ceiling = getattr(phase, "ceiling", None)
    return Room(high=(ceiling.quantity.over(calculated),)) if ceiling and calculated.value and calculated <= ceiling.quantity else Room()


def whole_delivered(figures) -> Quantity:
    """The delivered dose rate for the whole patient."""
    rate, calculated = figures["dose_rate"].value, figures["calculated_dose_rate"].value
    if not rate.value:
        return calculated
    return calculated.with_value(calculated.value * figures["delivered_dose_rate"].value.over(rate))


def judged_rate(phase, setting, figures, typed=()) -> list[Alert]:
    """The limits of a rate against what was ordered and what the pump delivers."""
    rate, calculated, pump = figures["dose_rate"], figures["calculated_dose_rate"], figures["pump_rate"]
    delivered = figures["delivered_dose_rate"].value
    values = {"dose_rate": [rate.value, delivered], "calculated_dose_rate": [calculated.value, whole_delivered(figures)],
              "pump_rate": [pump.exact, pump.value]}
    if "final_concentration" in figures:
        values["final_concentration"] = [figures["final_concentration"].value]
    return judge(phase, setting, values, typed)


def running(rate: Quantity, course: Quantity | None) -> Callable[[Quantity | None], Quantity]:
    """What a rate gives in a window, as far as the course runs (None: it has no stated end)."""
    def given_in(window):
        time = course if window is None or (course is not None and window > course) else window
        return units.work_out(rate.unit.amount, [rate, time])
    return given_in


def course(phase, setting) -> tuple[Figure, Figure | None, list[Alert]]:
    """(shortest, longest) duration of the course: the chosen one twice, or the ends of the file's range (None: open)."""
    stated = phase.duration
    chosen = quantity_chosen("duration", "duration", setting)
    if chosen is None:
        low, high = stated.range.low or stated.range.high, stated.range.high
        shortest = figure.stated("shortest_duration", low, stated.where)
        longest = figure.stated("longest_duration", high, stated.where) if high else None
        return shortest, shortest if low == high else longest, []
    if chosen.value in stated.range:
        return chosen, chosen, []
    message = f"duration {chosen.value.on_paper()} is not {stated.range.on_paper()}, as {stated.where} allows"
    return chosen, chosen, [Alert(HARD, setting.code("duration"), message, stated.range.on_paper(), stated.where)]


def longest(phase, setting) -> Quantity | None:
    """How long it may run: as chosen, else as long as the file allows (None: it has no stated end)."""
    chosen = quantity_chosen("duration", "duration", setting)
    return chosen.value if chosen else phase.duration.range.high


def judged_totals(phase, setting, figures) -> list[Alert]:
    """What runs in every window, as ordered and as delivered, for as long as it may run."""
    rates = (figures["calculated_dose_rate"].value, whole_delivered(figures))
    return [alert for rate in rates for alert in totals(phase, setting, running(rate, longest(phase, setting)))]
