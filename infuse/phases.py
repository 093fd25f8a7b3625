"""How each kind of phase becomes figures: a pharmacist's worksheet, one function a kind.

For: `order`, which calls BUILDERS by the type of the phase. A new kind of phase is one more function and entry.

Refuses: a pump that cannot run the rate, a deviation above the tolerance, whatever a limit forbids: as alerts.

Example: magnesium sulfate 2 g, 4 mL added to 50 mL, over 20 minutes: 54 mL at 162 mL/h.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from infuse import dosing, figure, limits, preparation as prep, rounding, units
from infuse.figure import Figure
from infuse.library import Loaded
from infuse.limits import HARD, SOFT, Alert, Room, room
from infuse.patient import Given
from infuse.preparation import Prepared
from infuse.protocol import COURSE, Choice, Continuous, Intermittent, Limit, Phase, Pump
from infuse.units import Quantity, Refused


@dataclass(frozen=True, slots=True)
class Setting:
    """What a phase is worked out with: its files, the weight, the pump, and what the user chose."""

    loaded: Loaded
    weight: Figure | None
    pump: Pump
    chosen: dict[str, Given]

    def code(self, name: str) -> str:
        return f"{self.loaded.protocol.id}.{name}"

    @property
    def tolerance(self) -> Fraction:
        said = self.loaded.protocol.rounding.tolerance
        return said.quantity.value if said else limits.DEFAULT_TOLERANCE

    @property
    def rate_step(self) -> Quantity:
        said = self.loaded.protocol.rounding.pump_rate
        return said.quantity if said else rounding.DEFAULT_RATE_STEP

    @property
    def withdraw_step(self) -> Quantity | None:
        said = self.loaded.protocol.rounding.withdraw_volume
        return said.quantity if said else None


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a ladder: its figures by name, and the alerts that hold when it is reached."""

    figures: dict[str, Figure]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class PhaseOrder:
    """One phase worked out: figures by name, how it is made ready, the ladder, bags for the course, alerts."""

    loaded: Loaded
    phase: Phase
    prepared: Prepared
    figures: dict[str, Figure]
    alerts: tuple[Alert, ...]
    rungs: tuple[Rung, ...] = ()
    ladder_end: str = ""
    bags: tuple[int, int] | None = None
    beyond_use: Figure | None = None
    answers: dict[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------------------------------------- what the user chose


def choose(choice: Choice, name: str, setting: Setting) -> tuple[Figure, list[Alert]]:
    """The chosen or default value; an alert where it is not one that the file allows. Raises Refused."""
    given = setting.chosen.get(name)
    if given is None:
        return figure.stated(name, choice.default.quantity, choice.default.where), []
    default = choice.default.quantity
    value = units.read_quantity(given.text)
    if not units.fits(value.unit, default.unit):
        raise Refused(f"{units.kind_of(default.unit)}, such as {default}", given.text, f"that is {units.kind_of(value.unit)}")
    chosen = figure.stated(name, value, given.where)
    if choice.options:
        if any(each <= value <= each for each in choice.options):
            return chosen, []
        said = "one of " + ", ".join(each.on_paper() for each in choice.options)
    elif value in choice.allowed:
        return chosen, []
    else:
        said = choice.allowed.on_paper()
    top = choice.allowed.high
    times = f", {units.on_paper(value.over(top))} times the most" if value > top else ""
    message = f"{name.replace('_', ' ')} {value.on_paper()} is not {said}{times}, as {choice.default.where} allows"
    return chosen, [Alert(HARD, setting.code(name), message, said, choice.default.where)]


def _quantity_chosen(name: str, kind: str, setting: Setting) -> Figure | None:
    given = setting.chosen.get(name)
    if given is None:
        return None
    value = units.read_quantity(given.text, kind)
    if not value.value:
        raise Refused(units.expectation(kind) + ", above zero", given.text)
    return figure.stated(name, value, given.where)


def _preparation(setting: Setting, dose: Figure | None):
    """The chosen preparation, else the first that serves the dose."""
    protocol, drug = setting.loaded.protocol, setting.loaded.drug
    given = setting.chosen.get("preparation")
    by_name = {each.name: each for each in protocol.preparations}
    if given is not None:
        if given.text not in by_name:
            raise Refused(f"a preparation of the protocol: {', '.join(by_name)}", given.text)
        return by_name[given.text]
    if dose is None:
        return protocol.preparations[0]
    def serves(one):
        product = drug.products[one.product]
        return prep.needs_volume(one, product) or prep.premixed_holds(product, dose.value, one.whole_bag)
    return next((each for each in protocol.preparations if serves(each)), protocol.preparations[0])


def _beyond_use(one, setting) -> Figure | None:
    chosen = _quantity_chosen("beyond_use", "duration", setting)
    if one.beyond_use is None:
        return chosen
    stated = figure.stated("beyond_use", one.beyond_use.quantity, one.beyond_use.where)
    return min(chosen, stated, key=lambda each: each.value) if chosen else stated  # the shorter


# ---------------------------------------------------------------------------------------------- judging


def _named(phase: Phase, name: str) -> Limit | None:
    return next((each for each in phase.limits if each.name == name), None)


def _judge(phase, setting, values: dict[str, list[Quantity]], typed=()) -> list[Alert]:
    """Every limit of the phase and the drug against the exact and the delivered values, by name."""
    found = []
    for limit in (*phase.limits, *setting.loaded.drug.limits):
        if limit.name in values:
            what = limit.name.replace("_", " ")
            alert = limits.judge(limit, setting.code(limit.name), values[limit.name], what, typed=limit.name in typed)
            if alert:
                found.append(alert)
    return found


def _totals(phase, setting, given_in: Callable[[Quantity | None], Quantity]) -> list[Alert]:
    """Every limit on a total, against what runs in its window (None: the whole course)."""
    found = []
    for limit in phase.limits:
        if limit.name != "total":
            continue
        amount = given_in(None if limit.window == COURSE else limit.window)
        end = next(iter((limit.hard or limit.soft).range.ends()))
        if end.unit.patient:
            amount = units.work_out(end.unit, [amount], [setting.weight.value])
        alert = limits.judge(limit, setting.code("total"), [amount], "total")
        if alert:
            found.append(alert)
    return found


def _pump_can(pump: Pump, setting: Setting, rate: Quantity, rounded: Quantity) -> list[Alert]:
    if rate in pump.rate and rounded.value:
        return []
    message = f"the pump rate lies outside what the pump can do: {pump.title}, {pump.rate.on_paper()}"
    return [Alert(HARD, setting.code("pump_rate"), message, pump.rate.on_paper())]


def _deviates(one: Figure, setting: Setting) -> list[Alert]:
    if abs(one.value.value) <= setting.tolerance:
        return []
    said = f"{units.on_paper(setting.tolerance)}%"
    message = f"rounding would carry the delivered dose more than {said} from the ordered one; choose another product or pump"
    return [Alert(HARD, setting.code("deviation"), message, said)]


# ---------------------------------------------------------------------------------------------- intermittent infusion


def intermittent(phase: Intermittent, setting: Setting) -> PhaseOrder:
    """A dose over a time: dose, cap, preparation, volume, pump rate, and back. Raises Refused, units.DimensionError."""
    ordered, alerts = choose(phase.dose, "dose", setting)
    duration, more = choose(phase.duration, "duration", setting)
    alerts += more
    uncapped = dosing.for_this_patient("calculated_dose", ordered, setting.weight)
    calculated = dosing.capped(uncapped, phase.cap)
    prepared, beyond_use = _made_ready(phase, setting, ordered, calculated)
    figures = {"dose": ordered, "calculated_dose": calculated, **prepared.figures}
    if calculated is not uncapped:
        figures["uncapped_dose"] = replace(uncapped, name="uncapped_dose")
    volume = figures.setdefault("volume_to_be_infused", _whole(figures["final_volume"]))
    concentration = figures["final_concentration"]
    exact_rate = dosing.pump_rate_over(volume, duration)
    given_rate = _per_time(calculated, duration, phase)
    keep = _rate_room(phase, setting, exact_rate, given_rate, duration)
    value, how = rounding.for_rate(exact_rate.value, setting.rate_step, setting.pump, *keep.around(exact_rate.value))
    rate = figure.rounded(exact_rate, value, how)
    alerts += _pump_can(setting.pump, setting, exact_rate.value, value)
    alerts += [Alert(HARD, setting.code("preparation"), reason) for reason in prepared.refused]
    figures |= {"duration": duration, "pump_rate": rate}
    if value.value and volume.value.value:
        figures |= _delivered(figures, rate, volume, concentration, ordered, calculated, given_rate, setting)
        alerts += _judged_intermittent(phase, setting, figures)
    if setting.loaded.drug.equivalent and calculated.value.unit.amount_class == "mass":
        figures["equivalent_dose"] = _equivalent(calculated, setting.loaded.drug)
    return PhaseOrder(setting.loaded, phase, prepared, figures, tuple(alerts), beyond_use=beyond_use)


def _made_ready(phase, setting, ordered, calculated):
    one = _preparation(setting, calculated)
    product = setting.loaded.drug.products[one.product]
    keep = room(_named(phase, "dose"), ordered.value) + room(_named(phase, "calculated_dose"), calculated.value)
    if phase.cap:
        keep += Room(high=(phase.cap.quantity.over(calculated.value),) if calculated.value.value else ())
    bag_volume = _quantity_chosen("bag_volume", "volume", setting)
    beyond_use = _beyond_use(one, setting)
    if not prep.needs_volume(one, product):
        exact = units.work_out("mL", [calculated.value], [product.strength.quantity])
        return prep.premixed(one, product, calculated, setting.pump.volume_step, *keep.around(exact)), beyond_use
    amount = figure.stated("amount", one.amount.quantity, one.amount.where) if one.amount else replace(calculated, name="amount")
    return _mix(one, product, amount, setting, keep, bag_volume), beyond_use


def _mix(one, product, amount, setting, keep, bag_volume) -> Prepared:
    exact = units.work_out("mL", [amount.value], [product.strength.quantity])
    low, high = keep.around(exact)
    for limit in setting.loaded.drug.limits:
        if limit.name == "final_concentration":
            reached = (prep.withdraw_at(one, product, end, bag_volume) for end in _highs(limit))
            high += tuple(each for each in reached if each is not None)
    syringes = setting.loaded.devices.syringes
    return prep.mixed(one, product, amount, syringes, setting.withdraw_step, low, high, bag_volume)


def _highs(limit):
    return [side.range.high for side in (limit.soft, limit.hard) if side and side.range.high is not None]


def _whole(final_volume: Figure) -> Figure:
    value = final_volume.value.to("mL")
    return Figure("volume_to_be_infused", value, value, value.on_paper(), (final_volume,))


def _per_time(amount: Figure, duration: Figure, phase) -> Figure:
    limit = _named(phase, "dose_rate")
    side = limit and (limit.hard or limit.soft)
    time = next(iter(side.range.ends())).unit.time if side else "min"
    return figure.work_out("calculated_dose_rate", f"{amount.value.unit.amount}/{time}", [amount], [duration])


def _like_limit(limit: Limit | None, rate: Quantity, setting: Setting) -> Quantity:
    """The dose rate in the terms of its limit: per kg where the limit is."""
    side = limit and (limit.hard or limit.soft)
    end = next(iter(side.range.ends())) if side else None
    return units.work_out(end.unit, [rate], [setting.weight.value]) if end and end.unit.patient else rate


def _rate_room(phase, setting, exact_rate, given_rate, duration) -> Room:
    limit = _named(phase, "dose_rate")
    return (room(limit, _like_limit(limit, given_rate.value, setting)) + room(_named(phase, "pump_rate"), exact_rate.value)
            + room(_named(phase, "duration"), duration.value, inverse=True))


def _delivered(figures, rate, volume, concentration, ordered, calculated, given_rate, setting):
    """The way back: from what the pump is told to the dose."""
    dose = dosing.delivered_dose(volume, concentration, calculated.value)
    per_weight = figure.work_out("delivered_dose_per_weight", ordered.value.unit, [dose], [setting.weight] if ordered.value.unit.patient else [])
    return {
        "calculated_dose_rate": given_rate,
        "delivered_duration": dosing.running_time("delivered_duration", volume, rate, "min"),
        "delivered_dose": dose,
        "delivered_dose_rate": dosing.delivered_rate("delivered_dose_rate", rate, concentration, None, given_rate.value),
        "deviation": figure.deviation(dose, calculated),
    } | ({"delivered_dose_per_weight": per_weight} if ordered.value.unit.patient else {})


def _judged_intermittent(phase, setting, figures) -> list[Alert]:
    def both(*names):
        return [quantity for name in names if name in figures for quantity in (figures[name].exact, figures[name].value)]

    limit = _named(phase, "dose_rate")
    rates = [_like_limit(limit, each, setting) for each in both("calculated_dose_rate", "delivered_dose_rate")]
    per_weight = both("delivered_dose_per_weight") if "uncapped_dose" not in figures else []
    doses = both("dose") + (per_weight or ([] if figures["dose"].value.unit.patient else both("delivered_dose")))
    values = {"dose": doses, "calculated_dose": both("calculated_dose", "delivered_dose"), "dose_rate": rates,
              "pump_rate": both("pump_rate"), "duration": both("duration", "delivered_duration"),
              "final_concentration": both("final_concentration")}
    typed = {name for name in ("dose", "duration") if name in setting.chosen}
    found = _judge(phase, setting, values, typed)
    found += _totals(phase, setting, lambda _window: figures["delivered_dose"].value)
    return found + _deviates(figures["deviation"], setting)


def _equivalent(amount: Figure, drug) -> Figure:
    factor = figure.stated("equivalent", drug.equivalent.quantity, drug.equivalent.where)
    return figure.work_out("equivalent_dose", factor.value.unit.amount, [amount, factor])


# ---------------------------------------------------------------------------------------------- continuous infusion


def continuous(phase: Continuous, setting: Setting) -> PhaseOrder:
    """A rate that runs on, and its ladder: each rung from its own exact value. Raises Refused, units.DimensionError."""
    start, alerts = choose(phase.start, "dose_rate", setting)
    one = _preparation(setting, None)
    prepared = _bag_for(one, setting)
    beyond_use = _beyond_use(one, setting)
    bag = prepared.figures["final_volume"]
    alerts += [Alert(HARD, setting.code("preparation"), reason) for reason in prepared.refused]
    figures = {**_at_rate(phase, setting, start, prepared), **prepared.figures}
    figures["volume_to_be_infused"] = _whole(bag)
    alerts += _pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
    if figures["pump_rate"].value.value:
        typed = {"dose_rate"} if "dose_rate" in setting.chosen else set()
        alerts += _judged_rate(phase, setting, figures, typed) + _deviates(figures["deviation"], setting)
    rungs, end = (), ""
    if phase.titration and not any(each.level == HARD for each in alerts):
        rungs, end, broken = _ladder(phase, setting, start, prepared, beyond_use)
        alerts += broken
    low, high, more = _course(phase, setting)
    alerts += more + _judge_course(phase, setting, figures, rungs, low)
    figures |= {"duration": low} if low is high else {"shortest_duration": low, "longest_duration": high}
    if figures["pump_rate"].value.value:
        figures["bag_lasts"], _ = prep.lasting(bag, figures["pump_rate"], beyond_use and beyond_use.value)
    bags = _bags(figures, rungs, low, high) if "bag_lasts" in figures else None
    return PhaseOrder(setting.loaded, phase, prepared, figures, tuple(alerts), rungs, end, bags, beyond_use)


def _bag_for(one, setting) -> Prepared:
    product = setting.loaded.drug.products[one.product]
    bag_volume = _quantity_chosen("bag_volume", "volume", setting)
    if not prep.needs_volume(one, product):
        held = figure.work_out("amount", product.strength.quantity.unit.amount, [
            figure.stated("strength", product.strength.quantity, product.strength.where),
            figure.stated("volume", product.volume.quantity, product.volume.where)])
        return prep.premixed(one, product, held, setting.pump.volume_step, (), ())
    return _mix(one, product, figure.stated("amount", one.amount.quantity, one.amount.where), setting, Room(), bag_volume)


def _at_rate(phase, setting, dose_rate: Figure, prepared: Prepared) -> dict[str, Figure]:
    """Everything that follows from one dose rate: this patient's rate, the pump's, and what that delivers."""
    calculated = dosing.for_this_patient("calculated_dose_rate", dose_rate, setting.weight)
    concentration = prepared.figures["final_concentration"]
    exact = dosing.pump_rate(calculated, concentration)
    keep = (room(_named(phase, "dose_rate"), dose_rate.value) + room(_named(phase, "calculated_dose_rate"), calculated.value)
            + room(_named(phase, "pump_rate"), exact.value))
    value, how = rounding.for_rate(exact.value, setting.rate_step, setting.pump, *keep.around(exact.value))
    rate = figure.rounded(exact, value, how)
    delivered = dosing.delivered_rate("delivered_dose_rate", rate, concentration, setting.weight, dose_rate.value)
    return {"dose_rate": dose_rate, "calculated_dose_rate": calculated, "pump_rate": rate,
            "delivered_dose_rate": delivered, "deviation": figure.deviation(delivered, dose_rate)}


def _judged_rate(phase, setting, figures, typed=()) -> list[Alert]:
    rate, calculated, pump = figures["dose_rate"], figures["calculated_dose_rate"], figures["pump_rate"]
    delivered = figures["delivered_dose_rate"].value
    whole = calculated.value.with_value(calculated.value.value * delivered.over(rate.value)) if rate.value.value else calculated.value
    values = {"dose_rate": [rate.value, delivered], "calculated_dose_rate": [calculated.value, whole],
              "pump_rate": [pump.exact, pump.value]}
    if "final_concentration" in figures:
        values["final_concentration"] = [figures["final_concentration"].value]
    return _judge(phase, setting, values, typed)


def _running(rate: Quantity, shortest: Quantity) -> Callable[[Quantity | None], Quantity]:
    """What a rate gives in a window, as far as the course runs."""
    def given_in(window):
        time = shortest if window is None or window > shortest else window
        return units.work_out(rate.unit.amount, [rate, time])
    return given_in


def _ladder(phase, setting, start, prepared, beyond_use):
    """(rungs, why the ladder ends before its top, alerts that forbid the whole)."""
    found, bag = [], prepared.figures["final_volume"]
    longest = phase.duration.range.high or phase.duration.range.low
    for value in dosing.rungs(start.value, phase.titration):
        where = start.stated if value == start.value else phase.titration.by.where
        figures = _at_rate(phase, setting, figure.stated("dose_rate", value, where), prepared)
        alerts = _judged_rate(phase, setting, figures)
        alerts += _totals(phase, setting, _running(figures["calculated_dose_rate"].value, longest))
        alerts += _pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
        hard = next((each for each in alerts if each.level == HARD), None)
        if hard and found:
            return tuple(found), f"the ladder ends here: one step more and the {hard.message}", []
        broken = _deviates(figures["deviation"], setting)
        if broken:
            return (), "", broken
        figures["bag_lasts"], _ = prep.lasting(bag, figures["pump_rate"], beyond_use and beyond_use.value)
        found.append(Rung(figures, tuple(each for each in alerts if each.level == SOFT)))
    return tuple(found), "", []


def _course(phase, setting) -> tuple[Figure, Figure, list[Alert]]:
    """(shortest, longest) duration of the course: the chosen one twice, or the ends of the file's range."""
    stated = phase.duration
    chosen = _quantity_chosen("duration", "duration", setting)
    if chosen is None:
        low, high = stated.range.low or stated.range.high, stated.range.high or stated.range.low
        shortest = figure.stated("shortest_duration", low, stated.where)
        return shortest, shortest if low == high else figure.stated("longest_duration", high, stated.where), []
    if chosen.value in stated.range:
        return chosen, chosen, []
    message = f"duration {chosen.value.on_paper()} is not {stated.range.on_paper()}, as {stated.where} allows"
    return chosen, chosen, [Alert(HARD, setting.code("duration"), message, stated.range.on_paper(), stated.where)]


def _judge_course(phase, setting, figures, rungs, shortest) -> list[Alert]:
    values = {"duration": [shortest.value]}
    found = _judge(phase, setting, values, {"duration"} if "duration" in setting.chosen else ())
    return found + _totals(phase, setting, _running(figures["calculated_dose_rate"].value, shortest.value))


def _bags(figures, rungs, low, high) -> tuple[int, int]:
    """The fewest (the start rate for the shortest course) and the most (the top rung for the longest)."""
    slow, fast = figures["bag_lasts"].value, (rungs[-1].figures if rungs else figures)["bag_lasts"].value
    return prep.bags(low.value, slow), prep.bags(high.value, fast)


BUILDERS: dict[type, Callable] = {Intermittent: intermittent, Continuous: continuous}


def build(phase: Phase, setting: Setting) -> PhaseOrder:
    return BUILDERS[type(phase)](phase, setting)


def per_weight(phase: Phase) -> bool:
    """Whether the phase needs a weight: its dose or rate is per kg."""
    choice = phase.dose if isinstance(phase, Intermittent) else phase.start
    return choice.default.quantity.unit.patient == "kg"
