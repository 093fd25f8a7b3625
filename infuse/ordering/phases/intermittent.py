"""A dose over a time: dose, cap, preparation, volume, pump rate, and the way back.

For: intermittent infusions.

Refuses: nothing by itself; what is wrong with the result is in its alerts.

Example: magnesium sulfate 2 g, 4 mL added to 50 mL, over 20 minutes: 54 mL at 162 mL/h.
"""

from __future__ import annotations

from infuse.arithmetic import dosing, figure, rounding
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.totals import Dose, most, repeated
from infuse.files.protocol import Intermittent
from infuse.files.stated import Limit
from infuse.ground import units
from infuse.ground.units import Quantity, quantity
from infuse.judgement.limits import HARD, NOTE, Alert, Room, room
from infuse.ordering.phases.ready import beyond_use_of, least_left, measured_bag, mix, preparation_for, whole
from infuse.ordering.phases.worksheet import PhaseOrder, Setting, choose, deviates, judge, named, pump_can, totals, totals_room


def build(phase: Intermittent, setting: Setting) -> PhaseOrder:
    """A dose over a time: dose, cap, preparation, volume, rate, and back. Raises Refused, units.DimensionError."""
    ordered, alerts = choose(phase.dose, "dose", setting)
    duration, more = choose(phase.duration, "duration", setting)
    alerts += more
    uncapped = dosing.for_this_patient("calculated_dose", ordered, setting.per(ordered.value))
    calculated = dosing.capped(uncapped, phase.cap)
    factor = setting.bridge(calculated.value)
    mass = figure.work_out("equivalent_dose", _mass_unit(setting), [calculated], [factor]) if factor else None
    prepared, beyond_use = _made_ready(phase, setting, ordered, calculated, mass or calculated, duration)
    alerts += [Alert(HARD, setting.code("preparation"), reason) for reason in prepared.refused]
    figures = {"dose": ordered, "calculated_dose": calculated, **prepared.figures}
    if calculated is not uncapped:
        figures["uncapped_dose"] = uncapped._replace(name="uncapped_dose")
    volume = figures.setdefault("volume_to_be_infused", whole(figures["final_volume"], None if phase.by_hand else setting.pump))
    concentration = setting.content(figures.get("final_concentration"), calculated.value)
    duration = _stretched(duration, calculated, dosing.delivered_dose(volume, concentration, calculated.value), phase, setting)
    if duration.formula and "duration" in setting.chosen:
        alerts.append(Alert(NOTE, setting.code("duration"), f"the duration was stretched from {setting.chosen['duration'].text}, which "
                            f"was typed, so as not to run faster than {phase.fastest.quantity.on_paper()}"))
    alerts += _runs_into_the_next(phase, duration, setting)
    given_rate = figure.work_out("calculated_dose_rate", _rate_unit(phase, prepared, calculated), [calculated], [duration])
    figures |= {"duration": duration, "calculated_dose_rate": given_rate}
    if not phase.by_hand:
        figures["pump_rate"] = _pump_rate(phase, setting, figures, concentration)
        alerts += pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
    if volume.value.value and (phase.by_hand or figures["pump_rate"].value.value):
        figures |= _delivered(figures, ordered, concentration, setting, phase.by_hand)
        alerts += _judged(phase, setting, figures)
    figures |= _equivalents(calculated, mass, figures.get("delivered_dose"), setting)
    bags = (prepared.bags, prepared.bags) if prepared.product.fluid else None
    return PhaseOrder(setting.loaded, phase, prepared, figures, tuple(alerts), bags=bags, beyond_use=beyond_use)


def _pump_rate(phase, setting, figures, concentration) -> Figure:
    exact = dosing.pump_rate_over(figures["volume_to_be_infused"], figures["duration"])
    ordered = figures["calculated_dose_rate"]
    at_exact = dosing.delivered_rate("dose_rate", exact, concentration, None, ordered.value)
    keep = _rate_room(phase, setting, exact, at_exact, ordered, figures["duration"])
    value, how = rounding.for_rate(exact.value, setting.rate_step, setting.pump, *keep.around(exact.value))
    return figure.rounded(exact, value, how)


def _stretched(duration: Figure, calculated: Figure, delivered: Figure, phase, setting) -> Figure:
    """The duration, or a longer one where the dose would run faster than `fastest`; rounded up to the file's step, and
    long enough for what the syringe's graduations really deliver."""
    if phase.fastest is None:
        return duration
    fastest = figure.stated("fastest", phase.fastest.quantity, phase.fastest.where)
    by = [fastest] + ([setting.weight] if fastest.value.unit.patient else [])
    needed = figure.work_out("duration", duration.value.unit, [calculated], by)
    least = max(needed.value, units.work_out(duration.value.unit, [delivered.value], [each.value for each in by]))
    if least <= duration.value:
        return duration
    step = setting.loaded.protocol.rounding.duration
    value, how = (rounding.nearest(least, step.quantity, low=(least,))[0], rounding.UP) if step else (least, rounding.UP)
    stretched = figure.rounded(needed, value, how)
    formula = f"{stretched.sum}, longer than {duration.value.on_paper()} so as not to run faster than {fastest.value.on_paper()},"
    return stretched._replace(formula=formula, inputs=(*stretched.inputs, duration))


def _runs_into_the_next(phase, duration: Figure, setting) -> list[Alert]:
    """A dose that is chosen or stretched to run until after the next may start."""
    again = phase.again
    if again is None or duration.value <= again.every.quantity:
        return []
    left = (duration.value.to("min") - again.every.quantity.to("min")).on_paper()
    every = again.every.quantity.on_paper()
    return [Alert(HARD, setting.code("duration"), f"the dose would still run for {left} when the next may start, every {every} ({again.every.where})")]


def _made_ready(phase, setting, ordered, calculated, contained, duration):
    """How the dose is made ready. `contained`: the same dose as the product counts it."""
    one = preparation_for(phase, setting, contained)
    keep = room(named(phase, "dose"), ordered.value) + room(named(phase, "calculated_dose"), calculated.value)
    if phase.dose.range or phase.dose.options:  # the most that may be chosen is not passed by rounding either
        keep += Room(high=(phase.dose.allowed.high.over(ordered.value),)) if ordered.value <= phase.dose.allowed.high else Room()
    if phase.cap:
        keep += Room(high=(phase.cap.quantity.over(calculated.value),) if calculated.value.value else ())
    keep += totals_room(phase, setting, lambda window: most(_every_dose(phase, calculated.value, duration.value), window))
    beyond_use = beyond_use_of(one, setting)
    return least_left(one, phase, setting, lambda each, product: _made_from(each, product, phase, setting, contained, keep)), beyond_use


def _made_from(one, product, phase, setting, contained, keep):
    bag_volume = measured_bag(one, product, setting)
    if not prep.needs_volume(one, product):
        exact = units.work_out("mL", [contained.value], [] if product.fluid else [product.strength.quantity])
        return prep.premixed(one, product, contained, setting.pump.volume_step, *keep.around(exact))
    amount = figure.stated("amount", one.amount.quantity, one.amount.where) if one.amount else contained._replace(name="amount")
    return mix(one, product, amount, phase, setting, keep, bag_volume)


def _mass_unit(setting) -> str:
    return next(each.amount for each in setting.loaded.drug.products.values())


def _rate_unit(phase, prepared, calculated) -> units.Unit:
    """The unit of the dose rate: that of its limit, else the product's amount per minute (of a fluid: mL/h, as pumps
    count)."""
    limit = named(phase, "dose_rate")
    if limit:
        return limit.unit.without_patient()
    if prepared.product.fluid:
        return units.unit("mL/h")
    bridged = calculated.value.unit.amount_class != units.unit(prepared.product.amount).amount_class
    return units.unit(f"{calculated.value.unit.amount if bridged else prepared.product.amount}/min")


def _like_limit(limit: Limit | None, rate: Quantity, setting: Setting) -> Quantity:
    """The dose rate in the terms of its limit: per kg where the limit is."""
    return dosing.counted_in(limit.unit, rate, setting.weight) if limit else rate


def _rate_room(phase, setting, exact_rate, at_exact, ordered, duration) -> Room:
    """What drawing up on graduations delivers (`at_exact`) must not run faster than what was ordered may."""
    limit = named(phase, "dose_rate")
    in_terms = [_like_limit(limit, each.value, setting) for each in (at_exact, ordered)]
    return (room(limit, in_terms[0], ordered=in_terms[1]) + room(named(phase, "pump_rate"), exact_rate.value)
            + room(named(phase, "duration"), duration.value, inverse=True)
            + _shortest(phase, duration) + _fastest(phase, setting, at_exact))


def _fastest(phase, setting, at_exact) -> Room:
    """Nor is the rate passed for which the duration was stretched."""
    if phase.fastest is None:
        return Room()
    fastest = phase.fastest.quantity
    return Room(high=(fastest.over(dosing.counted_in(fastest.unit, at_exact.value, setting.weight)),))


def _shortest(phase, duration) -> Room:
    """The shortest duration that may be chosen is kept by the pump's rounding too."""
    low = phase.duration.range.low if phase.duration.range else None
    return Room(high=(duration.value.over(low),)) if low and duration.value >= low else Room()


def _delivered(figures, ordered, concentration, setting, by_hand):
    """The way back: from the volume and rate that are set to the dose."""
    volume, calculated = figures["volume_to_be_infused"], figures["calculated_dose"]
    like = figures["calculated_dose_rate"]
    dose = dosing.delivered_dose(volume, concentration, calculated.value)
    found = {"delivered_dose": dose, "deviation": figure.deviation(dose, calculated)}
    if by_hand:
        found["delivered_dose_rate"] = figure.work_out("delivered_dose_rate", like.value.unit, [dose], [figures["duration"]])
    else:
        rate = figures["pump_rate"]
        found["delivered_duration"] = dosing.running_time("delivered_duration", volume, rate, "min")
        found["delivered_dose_rate"] = dosing.delivered_rate("delivered_dose_rate", rate, concentration, None, like.value)
    per = setting.per(ordered.value)
    if ordered.value.unit.patient:
        found["delivered_dose_per_weight"] = figure.work_out("delivered_dose_per_weight", ordered.value.unit, [dose], [per])
    return found


def _judged(phase, setting, figures) -> list[Alert]:
    def both(*names):
        return [quantity for name in names if name in figures for quantity in (figures[name].exact, figures[name].value)]

    limit = named(phase, "dose_rate")
    rates = [_like_limit(limit, each, setting) for each in both("calculated_dose_rate", "delivered_dose_rate")]
    per_weight = both("delivered_dose_per_weight") if "uncapped_dose" not in figures else []
    doses = both("dose") + (per_weight or ([] if figures["dose"].value.unit.patient else both("delivered_dose")))
    values = {"dose": doses, "calculated_dose": both("calculated_dose", "delivered_dose"), "dose_rate": rates,
              "pump_rate": both("pump_rate"), "duration": both("duration", "delivered_duration"),
              "final_concentration": both("final_concentration")}
    typed = {name for name in ("dose", "duration") if name in setting.chosen}
    found = judge(phase, setting, values, typed)
    found += totals(phase, setting, lambda window: most(given(phase, figures), window))
    return found + deviates(figures["deviation"], setting)


def given(phase: Intermittent, figures: dict[str, Figure]) -> list[Dose]:
    """Every dose that the order may come to: repeated, or as often as it may be needed."""
    return _every_dose(phase, figures["delivered_dose"].value, figures.get("delivered_duration", figures["duration"]).value)


def _every_dose(phase: Intermittent, amount: Quantity, over: Quantity) -> list[Dose]:
    again = phase.again
    first = Dose(quantity(0, "min"), quantity(0, "min") if phase.by_hand else over, amount)
    return repeated(first, again.every.quantity, again.count) if again else [first]


def _equivalents(calculated: Figure, mass: Figure | None, delivered: Figure | None, setting: Setting) -> dict[str, Figure]:
    """The same dose, as ordered and as delivered, in the drug's other measure: in mEq or mmol beside a mass, in mass beside them."""
    if mass:
        back = [delivered, setting.bridge(delivered.value)] if delivered else []
        more = {"delivered_equivalent": figure.work_out("delivered_equivalent", mass.value.unit, back[:1], back[1:])} if delivered else {}
        return {"equivalent_dose": mass} | more
    factors = setting.loaded.drug.equivalents
    if not factors or calculated.value.unit.amount_class != "mass":
        return {}
    named = {"equivalent_dose": calculated} | ({"delivered_equivalent": delivered} if delivered else {})
    first = figure.stated("equivalent", factors[0].quantity, factors[0].where)
    return {name: figure.work_out(name, first.value.unit.amount, [amount, first]) for name, amount in named.items()}
