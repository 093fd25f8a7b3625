"""From a protocol and a weight to doses, dose rates and ladders; and the way back from a pump rate.

For: the arithmetic of an order, step by step, each a Figure. The way back (`delivered_rate`) is a road of its own:
it starts at the pump, not at the order, and is what the order is checked against.

Refuses: nothing by itself; units that do not fit cannot be multiplied (units.DimensionError).

Example: 0.1 mg/kg/h at 71.3 kg is 7.13 mg/h; at 2 mg/mL that is 3.565 mL/h; 3.6 mL/h deliver 0.101 mg/kg/h.
"""

from __future__ import annotations

from fractions import Fraction

from infuse.arithmetic import figure
from infuse.arithmetic.figure import Figure
from infuse.files.protocol import Tier, Titration
from infuse.files.stated import Stated
from infuse.ground import units
from infuse.ground.units import Quantity, Unit


def for_this_patient(name: str, ordered: Figure, weight: Figure | None) -> Figure:
    """The calculated dose or dose rate: per-kg times weight; the ordered one itself where it is not per kg."""
    whole = ordered.value.unit.without_patient()
    if ordered.value.unit.patient is None:
        return Figure(name, ordered.value, ordered.value, ordered.value.on_paper(), (ordered,))
    return figure.work_out(name, whole, [ordered, weight])


def counted_in(unit: Unit, one: Quantity, weight: Figure | None) -> Quantity:
    """An amount or rate for the whole patient as a limit in that unit counts it: per kg where the unit is."""
    return units.work_out(unit, [one], [weight.value]) if unit.patient else one


def capped(uncapped: Figure, cap: Stated | None, word: str = "cap") -> Figure:
    """The calculated dose or rate under its cap; the uncapped one stays among its inputs."""
    if cap is None or uncapped.value <= cap.quantity:
        return uncapped
    limit = figure.stated(word, cap.quantity, cap.where)
    value = cap.quantity.to(uncapped.value.unit)
    before = uncapped._replace(name=uncapped.name.replace("calculated", "uncapped"))
    how = "capped at" if word == "cap" else f"held at the {word} of"
    return Figure(uncapped.name, value, value, f"{before.value.on_paper()} {how} {value.on_paper()}", (before, limit))


def cap_weight(ordered: Quantity, cap: Quantity) -> Quantity:
    """The weight above which the cap takes effect."""
    return Quantity(cap.over(Quantity(ordered.value, ordered.unit.without_patient())), units.unit("kg"))


def over_tiers(name: str, tiers: tuple[Tier, ...], weight: Figure) -> Figure:
    """The sum of every tier's rate for the kilograms that lie in it: 4 mL/kg/h for 10 kg and 2 mL/kg/h for 4 kg."""
    unit, parts = tiers[0].rate.quantity.unit.without_patient(), []
    for number, tier in enumerate(tiers, 1):
        low = tier.weight.low.to("kg").value if tier.weight.low else Fraction(0)
        top = weight.value.to("kg").value
        inside = (min(top, tier.weight.high.to("kg").value) if tier.weight.high else top) - low
        if inside > 0:
            kilograms = Quantity(inside, units.unit("kg"))
            of = Figure("kilograms", kilograms, kilograms, f"of {weight.value.on_paper()} those {tier.weight.on_paper()}", (weight,))
            rate = figure.stated("rate", tier.rate.quantity, tier.rate.where)
            parts.append(figure.work_out(f"tier_{number}", unit, [rate, of]))
    return figure.total(name, *parts)


def ceiling_weight(tiers: tuple[Tier, ...], ceiling: Quantity) -> Quantity:
    """The weight above which the ceiling takes effect."""
    unit, reached = tiers[0].rate.quantity.unit.without_patient(), Fraction(0)
    for tier in tiers:
        low = tier.weight.low.to("kg").value if tier.weight.low else Fraction(0)
        rate = units.work_out(unit, [tier.rate.quantity, units.quantity(1, "kg")]).value
        at = low + (ceiling.to(unit).value - reached) / rate
        high = tier.weight.high
        if high is None or at <= high.to("kg").value:
            return Quantity(at, units.unit("kg"))
        reached += rate * (high.to("kg").value - low)
    raise ValueError("the last tier has no upper edge")


def rungs(start: Quantity, titration: Titration) -> list[Quantity]:
    """Every dose rate from start to the top, each exact: adding rounded steps would climb past the maximum."""
    step, top = titration.by.quantity.to(start.unit).value, titration.up_to.quantity.to(start.unit).value
    count = int((top - start.value) / step)
    return [start.with_value(start.value + step * k) for k in range(count + 1)]


def _contained(concentration: Figure | None) -> list[Figure]:
    """What turns an amount into a volume; nothing for a fluid, whose amount is its volume."""
    return [] if concentration is None else [concentration]


def pump_rate(calculated_dose_rate: Figure, concentration: Figure | None) -> Figure:
    return figure.work_out("pump_rate", "mL/h", [calculated_dose_rate], _contained(concentration))


def pump_rate_over(volume: Figure, duration: Figure) -> Figure:
    return figure.work_out("pump_rate", "mL/h", [volume], [duration])


def delivered_rate(name: str, pump: Figure, concentration: Figure | None, weight: Figure | None, like: Quantity) -> Figure:
    """The dose rate that the pump delivers, in the unit of `like`: pump rate times concentration, per weight where
    `like` is per kg."""
    by = [weight] if like.unit.patient else []
    return figure.work_out(name, like.unit, [pump, *_contained(concentration)], by)


def volume_of(name: str, dose: Figure, concentration: Figure | None) -> Figure:
    """The volume that carries a dose."""
    return figure.work_out(name, "mL", [dose], _contained(concentration))


def delivered_dose(volume: Figure, concentration: Figure | None, like: Quantity) -> Figure:
    """The dose that the volume carries, in the unit of `like`."""
    return figure.work_out("delivered_dose", like.unit, [volume, *_contained(concentration)])


def running_time(name: str, volume: Figure, rate: Figure, unit: str) -> Figure:
    return figure.work_out(name, unit, [volume], [rate])
