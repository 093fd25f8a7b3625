"""How the choice among a drug's products is worded, and a gravity set in place of a pump.

For: `wording`. Every number comes from the order; nothing is computed here.

Refuses: nothing; only an order that may be printed gets here.

Example: "sample 20 mg/mL, 5 mL ampule, because it leaves the least (4 ampules, 0 mL left over); not ...".
"""

from __future__ import annotations

from infuse.arithmetic.figure import deviation_in_words
from infuse.ordering.phases import PhaseOrder
from infuse.paper.page import Block, Field, Fields, Sentences
from infuse.paper.phrases import course, said, strength
from infuse.paper.wording_rates import from_each


def product_chosen(order: PhaseOrder) -> list[Field]:
    """What was weighed against the product that is used: how much each of the others would leave."""
    prepared = order.prepared
    if not prepared.others:
        return []
    fluid = prepared.product.fluid
    why = "it takes the fewest bags" if fluid else "it leaves the least"
    why = "it is the only one that serves" if all(each.refused for each in prepared.others) else why
    chosen = f"{prepared.product.name}, because {why} ({_left_of(prepared)})"
    return [Field("PRODUCT CHOSEN", "; ".join([chosen, *(f"not {each.product.name} ({_left_of(each)})" for each in prepared.others), "another with --product"]))]


def _left_of(prepared) -> str:
    opened = f"{prepared.opened} {prepared.product.form}{'s' if prepared.opened != 1 else ''}"
    return f"it does not serve: {prepared.refused[0]}" if prepared.refused else f"{opened}, {prepared.wasted.on_paper()} left over"


def rate_said(order: PhaseOrder) -> str:
    """150 mL/hour; by a gravity set 50 drops/min (150 mL/hour)."""
    rate, drops = order.figures["pump_rate"], order.figures.get("drop_rate")
    return f"{said(drops)} ({said(rate)})" if drops else said(rate)


def its_line(planned: bool) -> str:
    """What else may go through the line of a drug: nobody is left to decide it at the bedside."""
    return "its line, and what else may run through it, as LINES says" if planned else "alone in its line while it runs"


def volume_told(order: PhaseOrder) -> str:
    """The volume that the pump is told; of several bags from each; and what of a bag no step of the pump reaches."""
    volume, prepared = order.figures["volume_to_be_infused"], order.prepared
    if prepared.bags > 1:
        return f"{said(volume)}: {from_each(order)}"
    if "last_bag_volume" in order.figures:
        last, bags = said(order.figures["last_bag_volume"]), order.bags[1]
        return f"{said(volume)}, but {last} from bag {bags}, the last: then the order ends" if bags > 1 else f"{last}: then the order ends; the rest of the bag is NOT given"
    if prepared.premixed or not volume.rounding:
        return said(volume)
    return f"{said(volume)}: {volume.rounding.removesuffix(' to')} to what the pump can be told; {(volume.exact - volume.value).on_paper()} stays in the bag"


def gravity_set(order: PhaseOrder) -> list[Block]:
    """What is counted at the drip chamber, and what it comes to."""
    figures = order.figures
    off = deviation_in_words(figures["rate_deviation"])
    rows = [Field("DRUG", order.loaded.drug.name), Field("CONCENTRATION", strength(order)), Field("DROP FACTOR", said(figures["drop_factor"])),
            Field("DROP RATE", said(figures["drop_rate"]), strong=True), Field("THAT IS", said(figures["pump_rate"])),
            Field("AGAINST THE ORDER", "exactly the ordered rate" if off == "none" else f"{off} the ordered rate, because drops are counted whole"),
            Field("VOLUME", said(figures["volume_to_be_infused"]), strong=True)]
    if "delivered_duration" in figures:
        rows.append(Field("DURATION", f"{said(figures['duration'])} as ordered; at this drop rate {said(figures['delivered_duration'])}"))
    else:
        rows.append(Field("DURATION", course(order)))
    lines = ["Gravity set, no pump. Count the drops over a whole minute: at the start, at each check, and whenever the patient or the bag has moved."]
    if figures["volume_to_be_infused"].value < figures["final_volume"].value:
        lines.append(f"The bag holds MORE than the order, and nothing stops it: clamp it by hand at {said(figures['volume_to_be_infused'])}.")
    return [Sentences(tuple(lines), strong=True), Fields(tuple(rows))]
