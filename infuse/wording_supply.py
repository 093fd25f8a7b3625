"""How the choice among a drug's products is worded.

For: `wording`. Every number comes from the order; nothing is computed here.

Refuses: nothing; only an order that may be printed gets here.

Example: "sample 20 mg/mL, 5 mL ampule, because it leaves the least (4 ampules, 0 mL left over); not ...".
"""

from __future__ import annotations

from infuse.page import Field
from infuse.phases import PhaseOrder


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
