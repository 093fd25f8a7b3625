"""What a row of a downtime book says of one phase of its order: label by label, what is drawn up, hung, set and given.

For: `book_tables`, which parts what all rows say alike from what is a column. A volume is what the pump is told, with what
stays in the bag beside it.

Refuses: nothing; only rows that are orders get here.

Example: ("DOSE", "600 mg"), ("PUMP RATE", "240 mL/hour"), ("VOLUME TO BE INFUSED", "60 mL"), ("REST, NOT GIVEN: DISCARD", "40 mL").
"""

from __future__ import annotations

from collections.abc import Iterator

from infuse.files.protocol import Intermittent
from infuse.ground.units import quantity
from infuse.ordering import plan as plans
from infuse.ordering.phases import PhaseOrder
from infuse.ordering.plan import Plan
from infuse.paper import branching, wording
from infuse.paper.phrases import course, said, strength
from infuse.paper.wording_rates import from_each
from infuse.paper.wording_supply import rate_said

REST = "REST, NOT GIVEN: DISCARD"
PROSE = ("ORDERED", "BAND", "FROM", "RECONSTITUTE", "MADE UP WITH", "ADD TO", "NOTE", "BEYOND USE", "HANDLING", "UNTIL OPENED", "STARTS", "EITHER, OR", "GIVE ONLY IF", "SCHEDULE",
         "FROM EACH BAG", "LAST BAG", "FLUSH")  # too long for a column: below the table
AS_ORDERED, NONE = "as ordered", "none"
STRONG = ("DOSE", "START", "PUMP RATE", "VOLUME TO BE INFUSED", "INJECT", REST)
OF_DRUG = ("DOSE", "DOSE RATE", "START", "ORDERED")  # never without the name of the drug
_NOT_OF_A_TABLE = ("DELIVERS", "BAGS FOR THE COURSE")


def figures_of(phase: PhaseOrder, plan: Plan | None = None):
    """(label, text) of what is prepared and given, of a set with its plan."""
    figures, prepared = phase.figures, phase.prepared
    one = prepared.preparation
    if phase.phase.branch and (either := branching.without_orders(phase.loaded.protocol)):
        yield "EITHER, OR", either
    if phase.phase.only_if:
        yield "GIVE ONLY IF", f"{phase.phase.only_if} [ ]"
    if starts := wording.starting(phase.phase):
        yield "STARTS", starts
    if phase.band:
        yield "BAND", "; ".join(filter(None, (phase.band.on_paper(), phase.band.say)))
    if "dose_rate" in figures and not phase.steps:
        yield "START" if phase.rungs else "ORDERED", f"{said(figures.get('ordered_dose_rate', figures['dose_rate']))}{_capped(phase)}"
    calculated = figures.get("calculated_dose")
    if calculated:
        yield "ORDERED", f"{said(figures['dose'])}{_capped(phase)}"
        yield "DOSE", wording.with_equivalent(phase, said(calculated))
    elif "calculated_dose_rate" in figures and figures["calculated_dose_rate"].value.unit != figures["pump_rate"].value.unit:
        yield "DOSE RATE", said(figures["calculated_dose_rate"])
    if calculated and "delivered_dose" in figures:
        yield "DELIVERS", said(figures["delivered_dose"]) if figures["deviation"].value.value else AS_ORDERED
    yield "FROM", prepared.product.name
    if prepared.vials is not None:
        yield "OPEN", quantity(prepared.vials, "vial").on_paper()
    elif prepared.product.fluid and calculated:
        yield "HANG", "1 bag" if prepared.bags == 1 else f"{prepared.bags} bags, one after the other"
    if prepared.product.reconstitution:
        each = prepared.product.reconstitution
        yield "RECONSTITUTE", f"each vial with {each.volume.quantity.on_paper()} of {each.fluid}"
    if "withdraw_volume" in figures:
        yield "WITHDRAW", said(figures["withdraw_volume"]) + (f", in two parts, by a syringe of {prepared.syringe.on_paper()}" if prepared.twice else "")
    if one.added_to:
        yield "ADD TO", f"{said(figures['bag_volume'])} of {one.diluent}; remove nothing"
    elif one.final_volume:
        yield "MADE UP WITH", f"{one.diluent}, to {one.final_volume.quantity.on_paper()}"
        if "diluent_to_remove" in figures and not phase.phase.by_hand:
            yield "REMOVE FIRST", said(figures["diluent_to_remove"])
    yield "CONCENTRATION", strength(phase)
    more = "volume_to_be_infused" in figures and prepared.premixed and figures["volume_to_be_infused"].value < figures["final_volume"].value
    if notes := "; ".join(filter(None, (one.note, prepared.product.overfill, "the bag holds MORE than the dose" if more else ""))):
        yield "NOTE", notes
    if "pump_rate" in figures and not phase.steps:
        yield "PUMP RATE", rate_said(phase)
    yield from () if phase.steps else _volume(phase)
    if isinstance(phase.phase, Intermittent):
        yield "OVER", said(figures["duration"])
    if often := wording.again(phase.phase):
        yield "SCHEDULE", often
    if not isinstance(phase.phase, Intermittent) and not phase.steps:
        yield "COURSE", course(phase)
    for row in wording.supply(phase, plans.flush_after(plan, phase)).rows:
        if row.label not in _NOT_OF_A_TABLE:
            yield row.label, _by_the_row(phase, row.value) if row.blank is None else f"________ {row.blank}"


def _volume(phase: PhaseOrder) -> Iterator[tuple[str, str]]:
    """What is injected, or what the pump is told; of several bags from each; what of a bag is not given."""
    figures, prepared = phase.figures, phase.prepared
    volume, label = figures["volume_to_be_infused"], "INJECT" if phase.phase.by_hand else "VOLUME TO BE INFUSED"
    last = figures.get("last_bag_volume")
    if last and phase.bags[1] == 1:
        yield label, said(last)
        yield REST, "the rest of the bag"
        return
    yield label, said(volume)
    if prepared.bags > 1:
        yield "FROM EACH BAG", from_each(phase)
    elif last:
        yield "LAST BAG", f"{said(last)} from bag {phase.bags[1]}, then the order ends"
    elif volume.rounding and not prepared.premixed and label != "INJECT":
        yield "STAYS IN THE BAG", (volume.exact - volume.value).on_paper()
    yield from ((REST, row.value.partition(" is ")[0]) for row in wording.rest_of_the_bag(phase) if label != "INJECT")  # more may be drawn from the bag


def _by_the_row(phase: PhaseOrder, text: str) -> str:
    """Without the row's own rate, so that it stands once for all."""
    return text.replace(f"at no more than {rate_said(phase)}, the speed of the drug", "at no more than the PUMP RATE of the row") if "pump_rate" in phase.figures else text


def _capped(phase: PhaseOrder) -> str:
    most = getattr(phase.phase, "cap", None) or getattr(phase.phase, "ceiling", None)
    return f", at most {most.quantity.on_paper()}" if most else ""
