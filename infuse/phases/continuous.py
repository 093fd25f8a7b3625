"""A rate that runs on, and its ladder: each rung from its own exact value.

For: continuous infusions and titrations.

Refuses: to climb past a hard limit: the ladder ends at or below it, and says why.

Example: ketamine 0.1 by 0.05 to 1 mg/kg/h at 71.3 kg, 2 mg/mL: 19 rungs from 3.6 to 35.6 mL/h.
"""

from __future__ import annotations

from collections.abc import Callable

from infuse import dosing, figure, rounding, units
from infuse import preparation as prep
from infuse.figure import Figure
from infuse.limits import HARD, SOFT, Alert, Room, room
from infuse.phases.worksheet import (
    PhaseOrder,
    Rung,
    Setting,
    beyond_use_of,
    choose,
    deviates,
    judge,
    measured_bag,
    mix,
    named,
    preparation_for,
    pump_can,
    quantity_chosen,
    totals,
    whole,
)
from infuse.preparation import Prepared
from infuse.protocol import COURSE, Continuous
from infuse.units import Quantity


def build(phase: Continuous, setting: Setting) -> PhaseOrder:
    """A rate that runs on, and its ladder: each rung from its own exact value. Raises Refused, units.DimensionError."""
    start, alerts = choose(phase.start, "dose_rate", setting)
    one = preparation_for(setting, None)
    prepared = _bag_for(one, setting)
    beyond_use = beyond_use_of(one, setting)
    bag = prepared.figures["final_volume"]
    alerts += [Alert(HARD, setting.code("preparation"), reason) for reason in prepared.refused]
    figures = {**_at_rate(phase, setting, start, prepared), **prepared.figures}
    figures["volume_to_be_infused"] = whole(bag)
    alerts += pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
    if figures["pump_rate"].value.value:
        typed = {"dose_rate"} if "dose_rate" in setting.chosen else set()
        alerts += _judged_rate(phase, setting, figures, typed) + deviates(figures["deviation"], setting)
    rungs, end = (), ""
    if phase.titration and not any(each.level == HARD for each in alerts):
        rungs, end, broken = _ladder(phase, setting, start, prepared, beyond_use)
        alerts += broken
    low, high, more = _course(phase, setting)
    alerts += more + _judge_course(phase, setting, figures, rungs, low)
    figures |= {"duration": low} if low is high else {"shortest_duration": low} | ({"longest_duration": high} if high else {})
    if figures["pump_rate"].value.value:
        figures["bag_lasts"], _ = prep.lasting(bag, figures["pump_rate"], beyond_use and beyond_use.value)
    bags = _bags(figures, rungs, low, high) if "bag_lasts" in figures else None
    return PhaseOrder(setting.loaded, phase, prepared, figures, tuple(alerts), rungs, end, bags, beyond_use=beyond_use)


def _bag_for(one, setting) -> Prepared:
    product = setting.loaded.drug.products[one.product]
    bag_volume = measured_bag(one, product, setting)
    if not prep.needs_volume(one, product):
        held = figure.work_out("amount", product.strength.quantity.unit.amount, [
            figure.stated("strength", product.strength.quantity, product.strength.where),
            figure.stated("volume", product.volume.quantity, product.volume.where)])
        return prep.premixed(one, product, held, setting.pump.volume_step, (), ())
    return mix(one, product, figure.stated("amount", one.amount.quantity, one.amount.where), setting, Room(), bag_volume)


def _at_rate(phase, setting, dose_rate: Figure, prepared: Prepared) -> dict[str, Figure]:
    """Everything that follows from one dose rate: this patient's rate, the pump's, and what that delivers."""
    calculated = dosing.for_this_patient("calculated_dose_rate", dose_rate, setting.per(dose_rate.value))
    concentration = prepared.figures["final_concentration"]
    exact = dosing.pump_rate(calculated, concentration)
    keep = (room(named(phase, "dose_rate"), dose_rate.value) + room(named(phase, "calculated_dose_rate"), calculated.value)
            + room(named(phase, "pump_rate"), exact.value) + _totals_room(phase, setting, calculated.value))
    value, how = rounding.for_rate(exact.value, setting.rate_step, setting.pump, *keep.around(exact.value))
    rate = figure.rounded(exact, value, how)
    delivered = dosing.delivered_rate("delivered_dose_rate", rate, concentration, setting.per(dose_rate.value), dose_rate.value)
    return {"dose_rate": dose_rate, "calculated_dose_rate": calculated, "pump_rate": rate,
            "delivered_dose_rate": delivered, "deviation": figure.deviation(delivered, dose_rate)}


def _totals_room(phase, setting, rate: Quantity) -> Room:
    """Rounding a rate must not carry what runs in a window past its limit either."""
    found = Room()
    for limit in phase.limits:
        if limit.name == "total" and limit.window != COURSE:
            amount = units.work_out(rate.unit.amount, [rate, limit.window])
            end = next(iter((limit.hard or limit.soft).range.ends()))
            found += room(limit, units.work_out(end.unit, [amount], [setting.weight.value]) if end.unit.patient else amount)
    return found


def _whole_delivered(figures) -> Quantity:
    """The delivered dose rate for the whole patient."""
    rate, calculated = figures["dose_rate"].value, figures["calculated_dose_rate"].value
    if not rate.value:
        return calculated
    return calculated.with_value(calculated.value * figures["delivered_dose_rate"].value.over(rate))


def _judged_rate(phase, setting, figures, typed=()) -> list[Alert]:
    rate, calculated, pump = figures["dose_rate"], figures["calculated_dose_rate"], figures["pump_rate"]
    delivered = figures["delivered_dose_rate"].value
    values = {"dose_rate": [rate.value, delivered], "calculated_dose_rate": [calculated.value, _whole_delivered(figures)],
              "pump_rate": [pump.exact, pump.value]}
    if "final_concentration" in figures:
        values["final_concentration"] = [figures["final_concentration"].value]
    return judge(phase, setting, values, typed)


def _running(rate: Quantity, course: Quantity | None) -> Callable[[Quantity | None], Quantity]:
    """What a rate gives in a window, as far as the course runs (None: it has no stated end)."""
    def given_in(window):
        time = course if window is None or (course is not None and window > course) else window
        return units.work_out(rate.unit.amount, [rate, time])
    return given_in


def _ladder(phase, setting, start, prepared, beyond_use):
    """(rungs, why the ladder ends before its top, alerts that forbid the whole)."""
    found, bag = [], prepared.figures["final_volume"]
    longest = phase.duration.range.high
    for value in dosing.rungs(start.value, phase.titration):
        where = start.stated if value == start.value else phase.titration.by.where
        figures = _at_rate(phase, setting, figure.stated("dose_rate", value, where), prepared)
        alerts = _judged_rate(phase, setting, figures)
        for rate in (figures["calculated_dose_rate"].value, _whole_delivered(figures)):
            alerts += totals(phase, setting, _running(rate, longest))
        alerts += pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
        hard = next((each for each in alerts if each.level == HARD), None)
        if hard and found:
            return tuple(found), f"the ladder ends here: one step more and the {hard.message}", []
        broken = deviates(figures["deviation"], setting)
        if broken:
            return (), "", broken
        figures["bag_lasts"], _ = prep.lasting(bag, figures["pump_rate"], beyond_use and beyond_use.value)
        found.append(Rung(figures, tuple(each for each in alerts if each.level == SOFT)))
    return tuple(found), "", []


def _course(phase, setting) -> tuple[Figure, Figure | None, list[Alert]]:
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


def _judge_course(phase, setting, figures, rungs, shortest) -> list[Alert]:
    values = {"duration": [shortest.value]}
    found = judge(phase, setting, values, {"duration"} if "duration" in setting.chosen else ())
    for rate in (figures["calculated_dose_rate"].value, _whole_delivered(figures)):
        found += totals(phase, setting, _running(rate, shortest.value))
    return found


def _bags(figures, rungs, low, high) -> tuple[int, int | None]:
    """The fewest (the start rate for the shortest course) and the most (the top rung for the longest)."""
    slow, fast = figures["bag_lasts"].value, (rungs[-1].figures if rungs else figures)["bag_lasts"].value
    return prep.bags(low.value, slow), prep.bags(high.value, fast) if high else None
