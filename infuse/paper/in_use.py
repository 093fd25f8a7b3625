"""How long what is prepared may be used: the shortest of the file's time, the sterile-compounding category's and the vial's.

For: the preparation worksheet, and whatever else prints a beyond-use date. It counts from the preparation; it is the time by
which giving it must have begun.

Refuses: to guess: a time that nobody stated is a box, and where one of the three is missing the shortest is "at most".

Example: 24 hours of the file and 12 hours of category 1 at room temperature, prepared at 08:00, are 12 hours: until 20:00.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from infuse.arithmetic import clock
from infuse.ground.units import Quantity
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper import handling


class Holds(NamedTuple):
    """One of the times that hold: what states it, how long (None: a box), whether it was chosen among others."""

    what: str
    time: Quantity | None
    source: str = ""
    chosen: bool = True


def times(order: Order, phase: PhaseOrder) -> list[Holds]:
    """Every time that may end its use. Without a chosen category each of the table stands there to be ticked."""
    one = phase.prepared.preparation
    if phase.beyond_use is None:
        found = [Holds("stability of what is prepared", None)]
    else:
        stated = one.beyond_use and phase.beyond_use.value == one.beyond_use.quantity
        place = f", {' or '.join(handling.places(phase) or ())}" if stated and handling.places(phase) else ""
        elsewhere = stated and handling.disagrees(order, phase)  # what was found stable in the refrigerator need not be outside it
        found = [Holds(f"stability of what is prepared{place}", None if elsewhere else phase.beyond_use.value, "" if elsewhere else ", ".join(one.source) if stated else "as chosen")]
    categories, picked = phase.loaded.devices.compounding, order.patient.get("compounding")
    found += [Holds(each.title, each.beyond_use, each.source, each.name == picked) for each in categories.values() if picked in (None, each.name)]
    if not categories:
        found.append(Holds("sterility, by how it is prepared", None))
    return [*found, Holds("vial, once opened", None)]


def shortest(order: Order, phase: PhaseOrder) -> Quantity | None:
    """The shortest of the times that are known to hold."""
    known = [each.time for each in times(order, phase) if each.chosen and each.time is not None]
    return min(known) if known else None


def until(order: Order, phase: PhaseOrder) -> datetime | None:
    """The beyond-use date and time, where the preparation time and one of the times are known."""
    prepared, time = order.patient.get("prepared"), shortest(order, phase)
    return clock.after(prepared, time) if prepared and time else None
