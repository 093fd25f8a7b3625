"""The plan of several orders as a JSON object: the set, the timeline, what is known of each pair, the fluid in all.

For: `render.json`, which puts it beside the orders.

Refuses: nothing; of an order that is not ready there is no plan.

Example: {"elapsed": {"exact": "15", "value": "15", "unit": "min"}, "line": 1, "give": "metoclopramide 10 mg", "flush": false}.
"""

from __future__ import annotations

from collections.abc import Callable

from infuse.arithmetic import clock
from infuse.ground.units import Quantity
from infuse.ordering.order import Order


def as_object(order: Order, number: Callable[[Quantity, Quantity], dict]) -> dict:
    """`number` writes a quantity, exact and as used. Without a start `clock` is null; without an end `until`."""
    plan, start = order.plan, order.patient.get("start")

    def said(one: Quantity | None):
        return None if one is None else number(one, one)

    one = order.arrangement.order_set
    return {
        "set": {"id": one.id, "version": int(one.version), "title": one.title} if one else None,
        "timeline": [{"elapsed": said(each.start), "until": said(each.end), "clock": _clock(start, each.start), "line": each.line,
                      "protocol": plan.parts[each.part].name, "give": each.dose.what, "only_if": each.dose.only_if, "flush": each.flush,
                      "amount": None if each.flush else said(each.dose.amount)} for each in plan.events],
        "if_needed": [{"protocol": part.name, "give": dose.what, "only_if": dose.only_if} for part in plan.parts if part.if_needed for dose in part.doses],
        "pairs": [{"drugs": [first, second], "y_site": verdict.status, "say": verdict.say, "source": list(verdict.source)}
                  for first, second, verdict in plan.pairs],
        "ends": said(plan.ends),
        "fluid": said(plan.fluid),
    }


def _clock(start, elapsed: Quantity) -> str | None:
    if start is None:
        return None
    moment = clock.after(start, elapsed)
    return moment.isoformat(timespec="minutes") + (f" ({which})" if (which := clock.which(moment)) else "")


def schema(make, number: dict) -> dict:
    """The JSON Schema of that object, from the function that describes an object and the schema of a number."""
    text, null = {"type": "string"}, {"type": "null"}
    perhaps = {"anyOf": [number, null]}
    return {"anyOf": [null, make({
        "set": {"anyOf": [make({"id": text, "version": {"type": "integer"}, "title": text}), null]},
        "timeline": {"type": "array", "items": make({
            "elapsed": number, "until": perhaps, "clock": {"type": ["string", "null"]}, "line": {"type": "integer"}, "protocol": text,
            "give": text, "only_if": text, "flush": {"type": "boolean"}, "amount": perhaps})},
        "if_needed": {"type": "array", "items": make({"protocol": text, "give": text, "only_if": text})},
        "pairs": {"type": "array", "items": make({"drugs": {"type": "array", "items": text}, "y_site": text, "say": text,
                                                  "source": {"type": "array", "items": text}})},
        "ends": perhaps, "fluid": perhaps})]}
