"""From a protocol and a weight to doses, dose rates and ladders; and the way back from a pump rate.

For: the arithmetic of an order, step by step, each a Figure. The way back (`delivered_rate`) is a road of its own:
it starts at the pump, not at the order, and is what the order is checked against.

Refuses: nothing by itself; units that do not fit cannot be multiplied (units.DimensionError).

Example: 0.1 mg/kg/h at 71.3 kg is 7.13 mg/h; at 2 mg/mL that is 3.565 mL/h; 3.6 mL/h deliver 0.101 mg/kg/h.
"""

from __future__ import annotations

from infuse import figure, units
from infuse.figure import Figure
from infuse.protocol import Stated, Titration
from infuse.units import Quantity


def for_this_patient(name: str, ordered: Figure, weight: Figure | None) -> Figure:
    """The calculated dose or dose rate: per-kg times weight; the ordered one itself where it is not per kg."""
    whole = ordered.value.unit.without_patient()
    if ordered.value.unit.patient is None:
        return Figure(name, ordered.value, ordered.value, ordered.value.on_paper(), (ordered,))
    return figure.work_out(name, whole, [ordered, weight])


def capped(uncapped: Figure, cap: Stated | None) -> Figure:
    """The calculated dose under its cap; the uncapped one stays among its inputs."""
    if cap is None or uncapped.value <= cap.quantity:
        return uncapped
    limit = figure.stated("cap", cap.quantity, cap.where)
    value = cap.quantity.to(uncapped.value.unit)
    before = uncapped._replace(name="uncapped_dose")
    return Figure(uncapped.name, value, value, f"{before.value.on_paper()} capped at {value.on_paper()}", (before, limit))


def cap_weight(ordered: Quantity, cap: Quantity) -> Quantity:
    """The weight above which the cap takes effect."""
    return Quantity(cap.over(Quantity(ordered.value, ordered.unit.without_patient())), units.unit("kg"))


def rungs(start: Quantity, titration: Titration) -> list[Quantity]:
    """Every dose rate from start to the top, each exact: adding rounded steps would climb past the maximum."""
    step, top = titration.by.quantity.to(start.unit).value, titration.up_to.quantity.to(start.unit).value
    count = int((top - start.value) / step)
    return [start.with_value(start.value + step * k) for k in range(count + 1)]


def pump_rate(calculated_dose_rate: Figure, concentration: Figure) -> Figure:
    return figure.work_out("pump_rate", "mL/h", [calculated_dose_rate], [concentration])


def pump_rate_over(volume: Figure, duration: Figure) -> Figure:
    return figure.work_out("pump_rate", "mL/h", [volume], [duration])


def delivered_rate(name: str, pump: Figure, concentration: Figure, weight: Figure | None, like: Quantity) -> Figure:
    """The dose rate that the pump delivers, in the unit of `like`: pump rate times concentration, per weight where
    `like` is per kg."""
    by = [weight] if like.unit.patient else []
    return figure.work_out(name, like.unit, [pump, concentration], by)


def delivered_dose(volume: Figure, concentration: Figure, like: Quantity) -> Figure:
    """The dose that the volume carries, in the unit of `like`."""
    return figure.work_out("delivered_dose", like.unit, [volume, concentration])


def running_time(name: str, volume: Figure, rate: Figure, unit: str) -> Figure:
    return figure.work_out(name, unit, [volume], [rate])
