"""What is done first in an emergency, before any paper; and what then becomes of the boxes and signatures.

For: `sheet`, the book and `show`, wherever a protocol has `emergency`. A sheet of such protocols alone opens with it; on a
sheet with others, where it stands ready, it stands at the head of its order.

Refuses: nothing; a protocol without `emergency` has none of this, and its boxes are answered before the first dose.

Example: lipid-emulsion opens with "stop the local anesthetic", above BEFORE THE FIRST DOSE.
"""

from __future__ import annotations

from infuse.files.protocol import Protocol
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper import counting
from infuse.paper.page import Section, Sentences
from infuse.paper.phrases import sourced

HEADING = "EMERGENCY: FIRST"
READ_ALOUD = "two persons read the label aloud, drug and strength, and compare it and the dose with the order"
LATER = "when this sheet is made ready, or afterwards"
_FLAG = "BEFORE ANY PAPER"
_NOBODY_WAITS = f"In the emergency nobody waits for the paper: {READ_ALOUD}."
TICKED_IN_THE_BOOK = "first box before the dose, the others afterwards"


def alone(order: Order) -> bool:
    """Whether everything on the sheet is for an emergency: then nothing of it waits for a box."""
    return all(each.loaded.protocol.emergency for each in order.requests)


def said(protocol: Protocol) -> tuple[str, ...]:
    """Its sentences with their sources."""
    return tuple(sourced(each.text, each.source) for each in protocol.emergency)


def at_the_top(order: Order) -> list[Section]:
    """The first thing on the sheet after whose it is."""
    if not alone(order):
        return []
    several = bool(order.requests[1:])
    lines = tuple(dict.fromkeys(line for each in order.requests for line in (*((f"{each.loaded.drug.name}:",) if several else ()), *said(each.loaded.protocol))))
    return [Section(HEADING, (Sentences(lines, strong=True, items=True),), flag=_FLAG)]


def at_its_order(order: Order, phase: PhaseOrder) -> list[Section]:
    """At the head of an order that stands ready beside others."""
    protocol = phase.loaded.protocol
    if alone(order) or not protocol.emergency:
        return []
    return [Section(f"{HEADING}   {phase.loaded.drug.name}", (Sentences(said(protocol), strong=True, items=True), Sentences((_NOBODY_WAITS,), strong=True)), flag=_FLAG)]


def in_the_book(protocol: Protocol) -> tuple[str, ...]:
    """Above a table of it alone."""
    return (*said(protocol), _NOBODY_WAITS) if protocol.emergency else ()


def before_the_first_dose(sections: list[Section]) -> Sentences:
    """What is done instead of answering every box first."""
    return Sentences((f"In the emergency NOBODY WAITS FOR THIS PAPER: {READ_ALOUD}.", counting.said(sections, f"They are answered {LATER}")), strong=True)
