"""The pharmacy's preparation worksheet: what is opened, which volumes are moved, how long it may be used, who made it.

For: whoever prepares an order, and whoever checks it, each in a column. It is a record too: lots and expiry dates are written
in. A premixed bag or a bag of fluid is checked, not made.

Refuses: nothing; an order on which nothing is given from a bag, vial or syringe has none.

Example: ketamine 500 mg made up to 250 mL: open 1 vial, withdraw 10 mL, remove 10 mL of diluent from the bag, add 10 mL.
"""

from __future__ import annotations

from infuse.files.given import on_paper_time
from infuse.files.protocol import Intermittent
from infuse.ground.units import Fraction, Quantity, unit
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper import handling, in_use
from infuse.paper.page import Block, Field, Fields, Section, Sentences, Table
from infuse.paper.phrases import said, strength

HAND = ("BY", "CHECKED BY")


def sections(order: Order) -> list[Section]:
    """One worksheet for each phase of the order."""
    return [section for number, phase in enumerate(order.phases, 1) for section in _worksheet(order, phase, number)]


def _worksheet(order: Order, phase: PhaseOrder, number: int) -> list[Section]:
    drug, called = phase.loaded.drug, f", {phase.phase.name}" if phase.phase.name else ""
    notes = (*filter(None, (phase.prepared.preparation.note, phase.prepared.product.overfill)), *_handled(phase))
    made: list[Block] = [Table(("", "STEP", "VOLUME", *HAND), tuple((str(at), what, much, "", "") for at, (what, much) in enumerate(_steps(phase), 1)), strong=(2,), blank=True)]
    return [
        Section(f"PREPARATION WORKSHEET   order {number}, {drug.name}{called}", (
            Fields(tuple(_heads(phase))), Table(("PRODUCT", "OPEN", "LOT", "EXPIRY", *HAND), tuple(_products(phase)), blank=True)),
            flag="HIGH-ALERT" if drug.high_alert else "", pairs=True),
        Section("PREPARATION   each volume is seen by the second person before it is moved", (*made, *([Sentences(notes, items=True)] if notes else [])), joins=True),
        Section("BEYOND USE   the shortest of what holds, from the preparation", tuple(_beyond_use(order, phase)), joins=True),
        Section("RELEASED", (Table(("", "NAME", "SIGNATURE", "DATE, TIME"), (("made by", "", "", ""), ("checked by", "", "", "")), blank=True),), joins=True)]


def _handled(phase: PhaseOrder):
    for row in handling.rows(phase):
        yield f"{row.label.lower()}: {row.value}"


def _heads(phase: PhaseOrder) -> list[Field]:
    figures = phase.figures
    rows = [Field("CONTAINS", strength(phase), strong=True)]
    if not phase.prepared.premixed:
        rows += [Field("FINAL VOLUME", said(figures["final_volume"]), strong=True), Field("FINAL CONCENTRATION", said(figures["final_concentration"]), strong=True)]
    rows += _of_the_bag(phase)
    if phase.prepared.wasted is not None and phase.prepared.wasted.value:
        rows.append(Field("LEFT OVER", f"{phase.prepared.wasted.on_paper()}: discarded, not kept for another patient"))
    return [*rows, Field("HOW MANY ARE MADE", blank="syringes" if phase.phase.by_hand else "bags")]


def _of_the_bag(phase: PhaseOrder) -> list[Field]:
    """Of a bag of which a part is given at once: the dose, which is not what the bag contains."""
    figures, prepared = phase.figures, phase.prepared
    at_once = isinstance(phase.phase, Intermittent) and prepared.premixed and prepared.bags == 1
    if not at_once or figures["volume_to_be_infused"].value >= figures["final_volume"].value:
        return []
    volume, dose = said(figures["volume_to_be_infused"]), said(figures.get("delivered_dose") or figures["calculated_dose"])
    return [Field("THE DOSE", f"{volume if prepared.product.fluid else f'{dose}, {volume}'}; the bag holds MORE", strong=True)]


def _products(phase: PhaseOrder):
    """Everything that is opened, each with its lot and expiry to be written in."""
    prepared, one = phase.prepared, phase.prepared.preparation
    product = prepared.product
    blanks = ("",) * 4
    if prepared.premixed:
        yield (product.name, f"{prepared.bags} bag{'s' if prepared.bags != 1 else ''}", *blanks)
        return
    yield (product.name, Quantity(Fraction(prepared.vials), unit("vial")).on_paper(), *blanks)
    if product.reconstitution:
        yield (product.reconstitution.fluid, f"{product.reconstitution.volume.quantity.on_paper()} a vial", *blanks)
    if one.added_to or one.final_volume:
        yield (one.diluent, _container(phase), *blanks)


def _container(phase: PhaseOrder) -> str:
    """What the diluent comes in."""
    one, figures = phase.prepared.preparation, phase.figures
    if phase.phase.by_hand:
        return f"{said(figures['diluent_volume'])}, in a syringe" if "diluent_volume" in figures else "for the syringe"
    if "bag_volume" in figures:
        return f"1 bag of {said(figures['bag_volume'])}"
    return f"1 bag of {(one.added_to or one.final_volume).quantity.on_paper()}"


def _steps(phase: PhaseOrder):
    """(what is done, the volume that is moved), in sequence."""
    prepared, figures = phase.prepared, phase.figures
    product, one = prepared.product, prepared.preparation
    if prepared.premixed:
        yield "check the bag: name, strength, expiry, seal, particles; add nothing", said(figures["final_volume"])
        if phase.phase.by_hand:
            yield "draw it up into syringes: this much, and no more", said(figures["volume_to_be_infused"])
        return
    if product.reconstitution:
        yield f"reconstitute each vial with {product.reconstitution.fluid}", product.reconstitution.volume.quantity.on_paper()
    drawn = said(figures["withdraw_volume"])
    twice = f", in two parts, by a syringe of {prepared.syringe.on_paper()}" if prepared.twice else ""
    yield f"withdraw {product.name.partition(',')[0]}: {said(figures['amount_withdrawn'])}{twice}", drawn
    if one.shared:
        yield f"add it to the bag that it shares with {' and '.join(one.shared)}, which is made up to", said(figures["final_volume"])
        return
    if not one.added_to and not one.final_volume:
        yield "give it undiluted, from this syringe", drawn
        return
    if "diluent_to_remove" in figures and figures["diluent_to_remove"].value.value and not phase.phase.by_hand:
        yield f"remove {one.diluent} from the bag", said(figures["diluent_to_remove"])
    yield ("bring it into the syringe" if phase.phase.by_hand else "add it to the bag"), drawn
    fill = figures.get("diluent_volume") if phase.phase.by_hand else figures.get("diluent_to_add")
    if fill and fill.value.value:
        yield f"fill up with {one.diluent}", said(fill)
    yield "mix; look for particles, color and leaks; final volume", said(figures["final_volume"])


# ---------------------------------------------------------------------------------------------- how long it may be used


def _beyond_use(order: Order, phase: PhaseOrder) -> list[Block]:
    if phase.prepared.premixed:
        return [Fields((Field("OF THE BAG UNOPENED", "the expiry date of the maker"), Field("ONCE OUT OF ITS OVERWRAP", blank="date and time, by its label")))]
    prepared, ends, time = order.patient.get("prepared"), in_use.until(order, phase), in_use.shortest(order, phase)
    rows = tuple(("holds" if each.time and each.chosen else "[ ]", each.what, each.time.on_paper() if each.time else "____ hours", each.source or "written in")
                 for each in in_use.times(order, phase))
    known = f"{on_paper_time(ends)} at the latest" if ends else f"at most {time.on_paper()} after the preparation" if time else ""
    return [Table(("", "BY", "FOR", "SOURCE"), rows), Fields((
        Field("PREPARED", on_paper_time(prepared)) if prepared else Field("PREPARED", blank="date and time"),
        Field("BEYOND USE", f"{known}; sooner as ticked above" if known else "", strong=True, blank="date and time")))]
