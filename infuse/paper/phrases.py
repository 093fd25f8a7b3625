"""Short phrases that the wording of every kind of order is made of: a figure, a weight with its kind, a strength.

For: `wording` and `wording_rates`. Every number comes from a Figure as it was used; nothing is computed here.

Refuses: nothing; only an order that may be printed gets here.

Example: strength(order) of ketamine is "500 mg in 250 mL (2 mg/mL)".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from infuse.arithmetic.figure import Figure, deviation_in_words
from infuse.files.protocol import ACTUAL, Maintenance
from infuse.ground import units
from infuse.ground.ranges import Range
from infuse.ground.units import Quantity, quantity
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder

HOUR = quantity(1, "h")
VITALS = ("BLOOD PRESSURE, mmHg", "HEART RATE, a minute", "BREATHS, a minute", "SATURATION, %", "SEDATION SCORE", "PAIN 0 TO 10")  # columns of charts
TICK = "[\N{NO-BREAK SPACE}]"  # a box to tick, never half on one line and half on the next


def said(one: Figure) -> str:
    return one.value.on_paper()


def as_rate(amount: Quantity, window: Quantity) -> Quantity:
    """What is allowed in a window as a rate: 200 mg in an hour are 3.333 mg/min."""
    return units.work_out(f"{amount.unit}/min", [amount], [window])


def sourced(text: str, source: Iterable[str]) -> str:
    """A sentence, and in parentheses what says so."""
    return f"{text} ({', '.join(source)})"


def without_asides(text: str) -> str:
    """A sentence without what stands in parentheses."""
    return re.sub(r" ?\([^()]*\)", "", text)


def counted_by(order: PhaseOrder) -> Figure | None:
    """The weight or surface that the dose was multiplied by, or None."""
    figures = order.figures
    if isinstance(order.phase, Maintenance):
        return weight_of_tiers(order)
    calculated = figures.get("uncapped_dose") or figures.get("calculated_dose") or figures["calculated_dose_rate"]
    return calculated.inputs[1] if len(calculated.inputs) > 1 else None


def order_numbers(order: Order) -> dict[str, tuple[int, ...]]:
    """Of each protocol the numbers that its orders are headed by, phase by phase."""
    found: dict[str, tuple[int, ...]] = {}
    for number, phase in enumerate(order.phases, 1):
        name = phase.loaded.protocol.id
        found[name] = (*found.get(name, ()), number)
    return found


def in_numbers(numbers: tuple[int, ...]) -> str:
    """`2`, or `2 to 5`, or `2, 4 and 5`."""
    if numbers[2:] and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    *first, last = (str(each) for each in numbers)
    return f"{', '.join(first)} and {last}" if first else last


def tiers(order: PhaseOrder) -> tuple[Figure, ...]:
    """The rates of a maintenance infusion, one for each tier that the patient's weight reaches."""
    return (order.figures.get("uncapped_dose_rate") or order.figures["dose_rate"]).inputs


def weight_of_tiers(order: PhaseOrder) -> Figure:
    """The weight whose kilograms lie in the tiers: the rate of a tier is its rate per kg times those kilograms."""
    _rate, kilograms = tiers(order)[0].inputs
    return kilograms.inputs[0]


def named(one: Figure) -> str:
    """70 kg; where it is not the actual weight, which one: 74.1 kg (adjusted weight)."""
    return said(one) if one.name == "weight" else f"{said(one)} ({one.label})"


def kind_said(one: Figure) -> str:
    """The weight to enter, always with its kind: 70 kg (actual), 74.1 kg (adjusted weight)."""
    return f"{said(one)} ({ACTUAL if one.name == 'weight' else one.label})"


def strength(order: PhaseOrder) -> str:
    """500 mg in 250 mL (2 mg/mL); of a fluid, that nothing is in it but itself."""
    figures, product = order.figures, order.prepared.product
    if product.fluid:
        return "as it is, nothing added"
    if order.prepared.premixed:
        held = units.work_out(amount_unit(order), [product.strength.quantity, product.volume.quantity])
        return f"{held.on_paper()} in {said(figures['final_volume'])} ({said(figures['final_concentration'])})"
    return f"{said(figures['amount_withdrawn'])} in {said(figures['final_volume'])} ({said(figures['final_concentration'])})"


def amount_unit(order: PhaseOrder) -> str:
    one = order.figures.get("calculated_dose") or order.figures.get("amount")
    if one and not units.fits(units.unit(one.value.unit.amount), units.unit(order.prepared.product.amount)):
        return order.prepared.product.amount  # a dose in mEq of a product in mg
    return one.value.unit.amount if one else order.prepared.product.amount


def and_(text: str) -> str:
    return f"; {text}" if text else ""


def course(order: PhaseOrder) -> str:
    figures = order.figures
    if "duration" in figures:
        open_below = figures["duration"].name == "shortest_duration" and order.phase.duration.range.low is None  # nobody chose
        return f"for {'up to ' if open_below else ''}{said(figures['duration'])}"
    high = figures.get("longest_duration")
    return f"for {Range(figures['shortest_duration'].value, high and high.value).on_paper()}"


def delivers(order: PhaseOrder) -> str:
    figures = order.figures
    one = figures.get("delivered_dose") or figures["delivered_dose_rate"]
    difference = deviation_in_words(figures["deviation"])
    against = "exactly as ordered" if difference == "none" else f"{difference} what was ordered"
    equivalent = f" ({said(figures['delivered_equivalent'])})" if "delivered_equivalent" in figures else ""
    return f"{said(one)}{equivalent}, {against}"
