"""How what is prepared is handled: where it is kept, what is protected from light, filtered, never shaken or frozen.

For: labels, the sheet, the preparation worksheet, the downtime book. What a product says of itself holds for what is given
of it as it is: the premixed bag, the undiluted syringe; of a vial that is diluted it holds until it is opened.

Refuses: to guess: where nobody states a place, or the statements disagree, the place is "" (a box to write in).

Example: a bag with `storage: refrigerator` and `protect_from_light: yes` is kept in the refrigerator and its label says
PROTECT FROM LIGHT.
"""

from __future__ import annotations

from infuse.files.protocol import PLACES, REFRIGERATOR
from infuse.files.stated import Handled
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper.page import Field

STORAGE, _NOT_COLD = "storage", "do_not_refrigerate"
_WORDS = {"protect_from_light": "protect from light", "do_not_shake": "do not shake", "do_not_freeze": "do not freeze",
          _NOT_COLD: "do not refrigerate"}


def holds(phase: PhaseOrder) -> tuple[Handled, ...]:
    """What holds for what is made ready: the preparation's word, and the product's own where it is given as it is."""
    prepared = phase.prepared
    one, product = prepared.preparation, prepared.product
    found = {}
    if prepared.premixed:
        found = {each.term: each for each in product.handling}
    elif not (one.added_to or one.final_volume or product.reconstitution):  # a syringe is not kept as its vial is
        found = {each.term: each for each in product.handling if each.term != STORAGE}
    found |= {each.term: each for each in one.handling}
    if one.shared:  # where a mixture may be kept, its drugs alone do not tell
        found.pop(STORAGE, None)
    return tuple(found.values())


def places(phase: PhaseOrder) -> tuple[str, ...] | None:
    """Where it may be kept; None where nobody says."""
    terms = {each.term: each for each in holds(phase)}
    if STORAGE in terms:
        return PLACES[terms[STORAGE].value]
    return tuple(each for words in PLACES.values() for each in words[:1] if each != REFRIGERATOR) if _NOT_COLD in terms else None


def kept(order: Order, phase: PhaseOrder) -> str:
    """The place that is printed: as stated, narrowed to that of the sterile-compounding category; "" where that is another."""
    stated = next((each.value for each in holds(phase) if each.term == STORAGE), "")
    category = _category(order, phase)
    if not category or phase.prepared.premixed:
        return stated
    return "" if disagrees(order, phase) else category


def disagrees(order: Order, phase: PhaseOrder) -> bool:
    """Whether the sterile-compounding category keeps it where it is not to be kept."""
    category, allowed = _category(order, phase), places(phase)
    return bool(category) and allowed is not None and category not in allowed


def _category(order: Order, phase: PhaseOrder) -> str:
    picked = phase.loaded.devices.compounding.get(order.patient.get("compounding") or "")
    return picked.storage if picked else ""


# ---------------------------------------------------------------------------------------------- in words


def on_label(phases: list[PhaseOrder]) -> tuple[str, ...]:
    """What a label says of all that is in it: in capitals, but for a filter's size."""
    return tuple(dict.fromkeys(f"FILTER: {each.value}" if each.term == "filter" else _WORDS[each.term].upper()
                               for phase in phases for each in holds(phase) if each.term != STORAGE))


def rows(phase: PhaseOrder) -> list[Field]:
    """The same for a sheet, with the sources; and how the product is kept until it is opened, where that is another thing."""
    found = holds(phase)
    until = () if phase.prepared.premixed else phase.prepared.product.handling
    return [*([Field("HANDLING", said(found))] if found else []), *([Field("UNTIL OPENED", said(until))] if until else [])]


def said(found: tuple[Handled, ...]) -> str:
    """store: refrigerator (label-a); protect from light, do not freeze (label-b)"""
    by_source: dict[str, list[str]] = {}
    for each in found:
        words = f"{'store' if each.term == STORAGE else each.term}: {each.value}" if each.term in (STORAGE, "filter") else _WORDS[each.term]
        by_source.setdefault(", ".join(each.source), []).append(words)
    return "; ".join(f"{', '.join(several)} ({source})" for source, several in by_source.items())
