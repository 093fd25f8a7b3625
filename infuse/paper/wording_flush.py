"""How a flush is worded: at its order in full, in a timeline in short, and both from the same numbers.

For: `wording`, `combined` and the downtime book. Nothing is computed here.

Refuses: nothing; only an order that may be printed gets here.

Example: "10 mL of sodium chloride 0.9%: the first 2 mL, as much as the line holds, over 13 minutes or longer (at no more than
0.16 mL/min, the speed of the drug); the rest over 2 minutes or longer".
"""

from __future__ import annotations

from infuse.arithmetic.flushing import Flushing, takes
from infuse.arithmetic.preparation import hours_and_minutes
from infuse.files.ordersets import SetFlush
from infuse.ground.units import quantity, work_out
from infuse.judgement.weighing import SITE
from infuse.ordering.phases import PhaseOrder
from infuse.paper import wording_supply as supplies

_ONE = quantity(1, "mL")


def in_full(flush: Flushing, order: PhaseOrder) -> str:
    """What is flushed with, how much, how fast at most and over how long at least."""
    by_hand = order.phase.by_hand
    speed = f"at no more than {flush.rate.on_paper() if by_hand else supplies.rate_said(order)}, the speed of the drug"
    fluid = f" of {flush.fluid}" if flush.fluid else ""
    if flush.volume is None:
        held = f": as much as the line holds {speed}{_of_one(flush)}; the rest as the site flushes" if by_hand else f" {speed}"
        return f"________ mL{fluid}{held}"
    if flush.line and flush.line < flush.volume:
        return (f"{flush.volume.on_paper()}{fluid}: the first {flush.line.on_paper()}, as much as the line holds, over {hours_and_minutes(flush.line_over)} or longer ({speed}); "
                f"the rest{f' over {hours_and_minutes(flush.rest_over)} or longer' if flush.rest_over.value else ''}")
    return f"{flush.volume.on_paper()}{fluid} over {hours_and_minutes(flush.over)} or longer: {speed}"


def _of_one(flush: Flushing) -> str:
    """How long 1 mL takes, where that is minutes."""
    if flush.rate >= work_out("mL/min", [_ONE], [quantity(1, "min")]):
        return ""
    return f" (1 mL in {hours_and_minutes(takes(_ONE, flush.rate))} or longer)"


def in_short(flush: Flushing, of_set: SetFlush | None) -> str:
    """Beside a dose in a timeline: how much over how long, as its order says it in full."""
    fluid = "" if of_set and flush.fluid == of_set.fluid else f" of {flush.fluid}{f', NOT {of_set.fluid}' if of_set else ''}" if flush.fluid else ""
    if flush.volume is None:
        return f"; then flush ________ mL{fluid}"
    if flush.line and flush.line < flush.volume and flush.rest_over.value:
        return f"; then flush {flush.volume.on_paper()}{fluid}: {flush.line.on_paper()} over {hours_and_minutes(flush.line_over)}, the rest over {hours_and_minutes(flush.rest_over)}"
    return f"; then flush {flush.volume.on_paper()}{fluid} over {hours_and_minutes(flush.over)}"


def rule(of_set: SetFlush | None) -> str:
    """What holds for every flush of a timeline, and what says so."""
    basis = [*(of_set.source if of_set else ()), *([f"the volume, its time and what the line holds: {SITE}"] if of_set and of_set.site else [])]
    much = f"Flush with {of_set.fluid}, as FLUSH at each order says. " if of_set else ""
    return f"{much}No flush is faster than the drug before it while the line still holds that drug" + (f" ({'; '.join(basis)})." if basis else ".")
