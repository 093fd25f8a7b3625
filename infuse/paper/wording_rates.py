"""How fluids, maintenance tiers and schedules of rates are worded: what a nurse hangs, programs and charts.

For: `wording`, which words every order, and `sheet`. Every number comes from a Figure as it was used; nothing is
computed here. Times count from the start of the order: no clock is assumed.

Refuses: nothing; only an order that may be printed gets here.

Example: bags of 1,000 mL for 1,200 mL: "1,000 mL from bag 1, then 200 mL from bag 2; 800 mL stay in it: discard them".
"""

from __future__ import annotations

from infuse.arithmetic import dosing
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.figure import deviation, deviation_in_words
from infuse.ordering.phases import PhaseOrder
from infuse.paper.page import Block, Field, Sentences, Table
from infuse.paper.phrases import delivers, named, said, tiers, weight_of_tiers

# ---------------------------------------------------------------------------------------------- fluids


def bags(order: PhaseOrder) -> str:
    """How many bags of a fluid, how much runs from each, and what is left."""
    prepared = order.prepared
    name = prepared.product.name
    if not hasattr(order.phase, "dose"):
        return f"as it is: {name}, nothing added; the next bag when one is empty"
    left = f"; {prepared.wasted.on_paper()} stay in it: discard them" if prepared.wasted.value else ""
    if prepared.bags == 1:
        more = "; the bag holds MORE than the dose" if left else ""
        return f"as it is: 1 bag of {name}, nothing added{more}{left}"
    return f"as they are: {prepared.bags} bags of {name}, nothing added; {from_each(order)}{left}"


def from_each(order: PhaseOrder) -> str:
    """1,000 mL from bag 1, then 200 mL from bag 2."""
    prepared, bag = order.prepared, order.prepared.product.volume.quantity
    last = bag - prepared.wasted if prepared.wasted.value else bag
    whole = [f"{bag.on_paper()} from bag {number}" for number in range(1, prepared.bags)]
    return ", then ".join([*whole, f"{last.on_paper()} from bag {prepared.bags}"])


# ---------------------------------------------------------------------------------------------- maintenance


def maintenance(order: PhaseOrder) -> str:
    """Each tier, their sum, and the ceiling with what the rate would be without it."""
    figures, phase = order.figures, order.phase
    parts = " and ".join(_tier(each) for each in tiers(order))
    uncapped = figures.get("uncapped_dose_rate", figures["dose_rate"])
    line = f"{order.loaded.drug.name} for {named(weight_of_tiers(order))}: {parts} = {said(uncapped)}"
    if "uncapped_dose_rate" not in figures:
        return line
    at = dosing.ceiling_weight(phase.tiers, phase.ceiling.quantity).on_paper()
    return f"{line}, held at the ceiling of {said(figures['calculated_dose_rate'])}; the ceiling takes effect above {at}"


def held(order: PhaseOrder) -> str:
    """A rate per kg that is held at its ceiling, with what it would be without it."""
    figures = order.figures
    ordered, uncapped = figures["ordered_dose_rate"], figures["uncapped_dose_rate"]
    at = dosing.cap_weight(ordered.value, order.phase.ceiling.quantity).on_paper()
    return (f"{order.loaded.drug.name} {said(ordered)} times {named(uncapped.inputs[1])} = {said(uncapped)}, held at the ceiling of "
            f"{said(figures['calculated_dose_rate'])}, which is {said(figures['dose_rate'])}; the ceiling takes effect above {at}")


def _tier(one) -> str:
    rate, kilograms = one.inputs
    return f"{said(rate)} times {said(kilograms)}"


# ---------------------------------------------------------------------------------------------- a schedule of rates


def schedule_dose(order: PhaseOrder) -> str:
    """How many steps, from which rate to which, and what they come to."""
    first, last = order.steps[0].figures["dose_rate"], order.steps[-1].figures["dose_rate"]
    per = order.steps[0].figures["calculated_dose_rate"].inputs
    weight = f" at {named(per[1])}" if len(per) > 1 else ""
    return (f"{order.loaded.drug.name}, {_steps(order)} from {said(first)} to {said(last)}{weight}; "
            f"{said(order.figures['total_dose'])} in all")


def _steps(order: PhaseOrder) -> str:
    return f"{len(order.steps)} step{'s' if len(order.steps) != 1 else ''}"


def schedule_administration(order: PhaseOrder, line: str) -> str:
    figures = order.figures
    return (f"intravenous infusion in {_steps(order)}, by the schedule of rates below; start at {said(figures['pump_rate'])}; "
            f"{said(figures['volume_to_be_infused'])} in all over {prep.hours_and_minutes(figures['duration'].value)}; {line}")


def schedule_settings(order: PhaseOrder) -> list[Field]:
    """What the pump is told besides the steps themselves."""
    figures = order.figures
    return [Field("STEPS", f"{len(order.steps)}, each with its own rate and volume, below", strong=True),
            Field("VOLUME IN ALL", said(figures["volume_to_be_infused"]), strong=True),
            Field("DURATION IN ALL", prep.hours_and_minutes(figures["duration"].value)),
            Field("DELIVERS IN ALL", delivers(order))]


def schedule_table(order: PhaseOrder) -> list[Block]:
    """The steps to program, what each delivers, and where each is charted."""
    rows, back, so_far = [], [], None
    for number, step in enumerate(order.steps, 1):
        figures = step.figures
        volume = figures["volume_to_be_infused"].value
        so_far = volume if so_far is None else so_far + volume
        rows.append((str(number), _after(figures["starts_after"].value), prep.hours_and_minutes(figures["duration"].value),
                     said(figures["dose_rate"]), said(figures["pump_rate"]), volume.on_paper(), so_far.on_paper()))
        of_dose = deviation(figures["delivered_dose"], figures["step_dose"])
        back.append((str(number), said(figures["step_dose"]), said(figures["delivered_dose"]), deviation_in_words(of_dose)))
    return [
        Sentences(("A SCHEDULE: set the next step as soon as the volume of the one before it has run. Times count from the start.",
                   f"After step {len(rows)} the order ends: stop the pump. {_left(order)}"), strong=True),
        Table(("STEP", "STARTS AFTER", "RUNS FOR", "DOSE RATE", "PUMP RATE", "VOLUME", "SO FAR"), tuple(rows), strong=(4, 5)),
        Table(("STEP", "ORDERED", "DELIVERS", "DIFFERENCE"), tuple(back)),
        Table(("STEP", "STARTED AT", "SET BY", "CHECKED BY"), tuple((str(number), "", "", "") for number in range(1, len(rows) + 1)), blank=True),
    ]


def _left(order: PhaseOrder) -> str:
    """What of the bag the schedule does not use, or how many bags it takes."""
    bag, used = order.figures["final_volume"].value, order.figures["volume_to_be_infused"].value
    if used > bag:
        return f"It takes {order.bags[0]} bags: hang the next one when one is empty, at the rate of the step that runs."
    left = bag.to("mL") - used
    return f"The bag holds MORE than the schedule: {left.on_paper()} stay in it, discard them." if left.value else "The bag is then empty."


def _after(time) -> str:
    return prep.hours_and_minutes(time) if time.value else "at once"
