"""What stands on the label of a bag or syringe: whose it is, what is in it, how it is given, until when it may be used.

For: `infuse label`. One label for what is given at once: a mixture in one bag is one, with every drug in it. The total
amount in the total volume comes first, then the amount in each mL. Everything is taken from the order that the sheet shows.

Refuses: a barcode without two identifiers and an order id: the label says PATIENT NOT IDENTIFIED instead.

Example: "ketamine", HIGH-ALERT, "500 mg in 250 mL (2 mg/mL)", "start at 3.5 mL/hour = 0.1 mg/kg/hour".
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from infuse.files.given import on_paper_date, on_paper_time, read_time
from infuse.files.protocol import Intermittent, Schedule
from infuse.ground.units import Refused
from infuse.ordering import order_id
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper import approval, handling, in_use
from infuse.paper.page import Field, Fields, Section, Sentences
from infuse.paper.phrases import said, strength
from infuse.paper.wording_supply import rate_said

NOBODY = "PATIENT NOT IDENTIFIED"
MOST = 99
STOCKS = ("2x4in", "letter", "a4")
_STUCK_ON_A_BAG = "leave the fluid's name, lot and expiry in sight"
_STUCK_ON_A_SYRINGE = "leave the graduations in sight"


class Label(NamedTuple):
    """`contents`: (drug, amount in volume) of everything in it; `give`: how; `handling`: light, filter, what is not done to
    it; `fill_in`: fields, those without a value by hand; `barcode`: what a scanner reads, or ""; `record`: protocols and time, where there is no id to find them by."""

    who: tuple[str, ...]
    contents: tuple[tuple[str, str], ...]
    high_alert: bool
    mixed_in: str
    give: tuple[str, ...]
    handling: tuple[str, ...]
    fill_in: tuple[Field, ...]
    warnings: tuple[str, ...]
    banner: str
    order_id: str
    barcode: str
    record: str
    number: str = ""


def read_ordered(text: str, now: datetime) -> datetime:
    """The time that stands on the sheet. Raises Refused."""
    moment = read_time(text)
    if moment > now:
        raise Refused("a time that is not in the future", text, f"now it is {on_paper_time(now)}")
    return moment


def lay_out(order: Order, count: int = 1) -> list[Label]:
    """The labels of an order that is ready, `count` of each bag or syringe."""
    found = [_label(order, several) for several in _together(order)]
    return [each._replace(number=f"LABEL {number} OF {count}" if count > 1 else "") for each in found for number in range(1, count + 1)]


def _together(order: Order) -> list[list[PhaseOrder]]:
    """The phases by what they are given from: a mixture is one."""
    mixed = order.arrangement.one_bag if order.arrangement else ()
    one = [each for each in order.phases if each.loaded.protocol.id in mixed]
    alone = [[each] for each in order.phases if each not in one]
    return [*([one] if one else []), *alone]


def _label(order: Order, several: list[PhaseOrder]) -> Label:
    first = several[0]
    identity = order_id.of_order(order) if order_id.identified(order) else ""
    protocols = list({each.loaded.protocol.id: each.loaded for each in several}.values())
    record = "; ".join(each.in_record for each in protocols)
    give = (*_give(first), *(_holds_more(first) if len(several) == 1 else ()))
    return Label(_who(order), tuple((each.loaded.drug.name, strength(each)) for each in several), any(each.loaded.drug.high_alert for each in several),
                 _mixed_in(first), give, handling.on_label(several), _fill_in(order, first), _warnings(order, several),
                 approval.banner([each.protocol for each in protocols], order.now.date()), identity, order_id.in_barcode(identity),
                 "" if identity else f"{record}; {on_paper_time(order.now)}")


def _who(order: Order) -> tuple[str, ...]:
    patient = order.patient
    born = on_paper_date(patient.get("birth_date")) if patient.get("birth_date") else ""
    facts = [("RECORD NUMBER", patient.get("record_number")), ("BORN", born), ("LOCATION", patient.get("location"))]
    name = patient.get("name")
    known = [*([name] if name else []), *(f"{label} {value}" for label, value in facts if value)]
    return tuple(known if order_id.identified(order) else [NOBODY, *known])


def _mixed_in(phase: PhaseOrder) -> str:
    prepared = phase.prepared
    if prepared.product.fluid or prepared.premixed:
        return f"{prepared.product.name}, as it is"
    one = prepared.preparation
    diluted = one.added_to or (one.final_volume and phase.figures["final_volume"].value.value != phase.figures["withdraw_volume"].value.value)
    return f"in {one.diluent}" if diluted else "undiluted"


def _give(phase: PhaseOrder) -> tuple[str, ...]:
    figures, kind = phase.figures, phase.phase
    volume = said(figures["volume_to_be_infused"])
    if kind.by_hand:
        return (f"inject {volume} over {said(figures['duration'])}",)
    if isinstance(kind, Intermittent):
        return (f"infuse {volume} over {said(figures['duration'])} at {rate_said(phase)}",)
    if isinstance(kind, Schedule):
        return (f"start at {rate_said(phase)}; then the schedule of rates on the order sheet",)
    delivered = figures["delivered_dose_rate"].value
    rate = rate_said(phase) + ("" if delivered.unit == figures["pump_rate"].value.unit else f" = {delivered.on_paper()}")
    if phase.rungs:
        return (f"start at {rate}", "changed only by the titration on the order sheet")
    return (f"run at {rate}",)


def _holds_more(phase: PhaseOrder) -> tuple[str, ...]:
    """Of a bag of which a part is given: the dose, whose amount the bag's own is not, and when to stop."""
    figures, prepared = phase.figures, phase.prepared
    at_once = isinstance(phase.phase, Intermittent) and prepared.bags == 1 and prepared.premixed
    if not at_once or figures["volume_to_be_infused"].value >= figures["final_volume"].value:
        return ()
    dose = "" if prepared.product.fluid else f" of {said(figures.get('delivered_dose') or figures['calculated_dose'])}"
    return (f"HOLDS MORE THAN THE DOSE{dose}: give {said(figures['volume_to_be_infused'])}, then stop",)


def _fill_in(order: Order, phase: PhaseOrder) -> tuple[Field, ...]:
    """A beyond-use time stands there only where it is stated how long what is prepared is stable."""
    prepared = order.patient.get("prepared")
    place = handling.kept(order, phase)
    store = Field("STORE", place, strong=True) if place else Field("STORE", blank="")
    if phase.prepared.premixed:
        return (Field("CHECKED BY", blank=""), Field("EXPIRY ON THE BAG", blank=""), *([store] if place else []))
    rows = [Field("PREPARED", on_paper_time(prepared)) if prepared else Field("PREPARED", blank=""), Field("BY", blank=""),
            Field("CHECKED", blank="")]
    ends = in_use.until(order, phase) if _stable(order, phase) else None
    rows.append(Field("BEYOND USE", on_paper_time(ends), strong=True) if ends else Field("BEYOND USE", blank=""))
    return (*rows, store)


def _stable(order: Order, phase: PhaseOrder) -> bool:
    """Whether it is stated how long what is prepared is stable, where it is going to be kept."""
    return phase.beyond_use is not None and in_use.times(order, phase)[0].time is not None


def _warnings(order: Order, several: list[PhaseOrder]) -> tuple[str, ...]:
    found, first = ["FOR INTRAVENOUS USE ONLY"], several[0]
    if _stable(order, first) and not first.prepared.premixed:
        found.append(f"use within {in_use.shortest(order, first).on_paper()} of preparation")
    for each in several:
        if each.phase.only_if:
            found.append(f"ONLY IF {each.phase.only_if}")
    found.append(_STUCK_ON_A_SYRINGE if first.phase.by_hand else _STUCK_ON_A_BAG)
    return tuple(dict.fromkeys(found))


# ---------------------------------------------------------------------------------------------- as text and JSON


def as_section(label: Label) -> Section:
    """The label as a part of a page, for text."""
    rows = [Field("PATIENT", "; ".join(label.who), strong=True)]
    rows += [Field("DRUG", f"{drug} {amount}", strong=True) for drug, amount in label.contents]
    rows += [Field("MADE UP", label.mixed_in), *(Field("GIVE", each) for each in label.give), *(Field("HANDLING", each, strong=True) for each in label.handling), *label.fill_in]
    rows += [Field("WARNING", each, strong=True) for each in label.warnings]
    rows += [Field("ORDER ID", label.order_id or _no_id(label))]
    rows += [Field("RECORD", label.record)] if label.record else []
    heading = "   ".join(filter(None, ("LABEL", label.number.removeprefix("LABEL "))))
    return Section(heading, (Sentences((label.banner,), strong=True), Fields(tuple(rows))), flag="HIGH-ALERT" if label.high_alert else "")


def _no_id(label: Label) -> str:
    return f"none, so no barcode: it needs {'two identifiers' if label.who[0] == NOBODY else order_id.NEEDED}"


def as_object(labels: list[Label]) -> dict:
    """The labels as one JSON object."""
    return {"schema_version": 1, "labels": [
        {"patient": list(each.who), "contents": [{"drug": drug, "amount": amount} for drug, amount in each.contents], "high_alert": each.high_alert,
         "made_up": each.mixed_in, "give": list(each.give), "fill_in": {row.label: row.value or None for row in each.fill_in},
         "handling": list(each.handling), "warnings": list(each.warnings), "banner": each.banner, "order_id": each.order_id or None, "number": each.number or None, "record": each.record or None}
        for each in labels]}
