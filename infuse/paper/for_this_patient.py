"""A limit per kg that a sentence names, worked out for the patient: nobody multiplies at the bedside.

For: what to hold or stop at, on the sheet and on the flowsheet. Only amounts that are the end of one of the order's own limits are
worked out, by the weight that the limit is held against.

Refuses: nothing; without a weight, or where nothing is named, the sentence stays as it is.

Example: "all that was given within 1 hour reaches 12 mL/kg" at 70 kg: "reaches 12 mL/kg (840 mL for this patient)".
"""

from __future__ import annotations

import re

from infuse.files.library import Loaded
from infuse.ground import units
from infuse.ordering import facts
from infuse.ordering.order import Order


def worked_out(order: Order, loaded: Loaded, text: str) -> str:
    """The sentence, with each limit per kg that it names worked out."""
    request = next(each for each in order.requests if each.loaded is loaded)
    weight, _ = facts.dosing_weight(request, order.patient, order.weight)
    if weight is None or "/kg" not in text:
        return text
    stated = (*(limit for phase in order.phases if phase.loaded is loaded for limit in phase.phase.limits), *loaded.protocol.totals)
    for end in {end.on_paper(): end for limit in stated for _, side in limit.sides for end in side.range.ends()}.values():
        if end.unit.patient == "kg" and end.unit.time is None:
            mine = units.work_out(end.unit.without_patient(), [end, weight.value]).on_paper()
            text = re.sub(rf"(?<![\d.,-]){re.escape(end.on_paper())}(?![/\w])", lambda found, mine=mine: f"{found[0]} ({mine} for this patient)", text, count=1)
    return text
