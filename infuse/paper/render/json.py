"""An order as one JSON object, and the JSON Schema that describes it.

For: programs. Later versions only add keys. The numbers are the Figures of the order: `exact` unrounded as a
fraction or an integer, `value` as on paper, without groups, `unit` in our canonical spelling.

Refuses: nothing; of an order that is not ready, `orders` is empty.

Example: "pump_rate": {"exact": "7/2", "value": "3.5", "unit": "mL/h", "working": ["..."]}.
"""

from __future__ import annotations

from infuse.arithmetic import figure
from infuse.arithmetic.figure import Figure
from infuse.files.given import BY_NAME
from infuse.ground import numerals
from infuse.ground.units import Quantity
from infuse.judgement.limits import Alert
from infuse.ordering import compact, order_id
from infuse.ordering.order import READY, Order
from infuse.ordering.phases import PhaseOrder, Rung
from infuse.paper import handling
from infuse.paper.page import Boxes, Fields, Scan, Sentences, Sheet, Table

SCHEMA_VERSION = 1
_IN_A_STEP = ("starts_after", "duration", "dose_rate", "calculated_dose_rate", "pump_rate", "volume_to_be_infused", "step_dose", "delivered_dose",
              "delivered_duration", "delivered_dose_rate", "deviation")
_IN_A_RUNG = ("dose_rate", "calculated_dose_rate", "pump_rate", "delivered_dose_rate", "deviation", "bag_lasts")


def as_object(order: Order) -> dict:
    return {
        "schema_version": SCHEMA_VERSION,
        "status": order.status,
        "order_id": order_id.of_order(order) or None,
        "recompute": compact.write(order) if order.status == READY else None,
        "alerts": [_alert(each) for each in order.alerts],
        "open": [{"fact": each.fact, "question": each.question, "option": each.option} for each in order.open],
        "ruled_out": {name: list(said) for name, said in order.weighed.ruled_out.items()},
        "screening_files": [_file(each) for each in order.weighed.files],
        "overrides": [{"code": each.code, "reason": each.reason, "by": each.by, "at": each.at.isoformat()} for each in order.overrides],
        "patient": _patient(order),
        "protocols": [_protocol(each.loaded) for each in order.requests],
        "orders": [_phase(each) for each in order.phases],
        "plan": _plan(order) if order.plan else None,
        "plan_files": [_file(each) for each in order.arrangement.files] if order.arrangement else [],
    }


def _plan(order: Order) -> dict:
    from infuse.paper.render import json_plan  # only a sheet of several orders has one
    return json_plan.as_object(order, _quantity)


def page(sheet: Sheet) -> dict:
    """A page by its parts, for what is shown but not ordered: headings with fields, lines and rows."""
    sections = []
    for section in sheet.sections:
        said: dict = {"heading": section.heading}
        for block in section.blocks:
            if isinstance(block, Fields):
                said["fields"] = said.get("fields", {}) | {row.label: row.value for row in block.rows}
            elif isinstance(block, (Sentences, Scan)):
                said["lines"] = [*said.get("lines", []), *block.lines]
            elif isinstance(block, Table):
                said["rows"] = [*said.get("rows", []), *(dict(zip(block.columns, row)) for row in block.rows)]
            elif isinstance(block, Boxes):
                said["boxes"] = [*said.get("boxes", []), *block.questions]
        sections.append(said)
    return {"schema_version": SCHEMA_VERSION, "banner": sheet.banner, "title": sheet.title, "subtitle": sheet.subtitle, "sections": sections}


def _alert(one: Alert) -> dict:
    return {"level": one.level, "code": one.code, "message": one.message, "limit": one.limit, "where": one.where}


def _patient(order: Order) -> dict:
    facts = {}
    for name, value in order.patient.facts.items():
        if isinstance(value, Quantity):
            facts[name] = _quantity(value, value) | {"typed": order.patient.given[name].text if name in order.patient.given else ""}
        else:
            facts[name] = list(value) if BY_NAME[name].many else str(value)
    if order.weight:
        facts["weight"] = _quantity(order.weight.exact, order.weight.value) | {"typed": order.patient.given["weight"].text}
    return facts | {name: None for name in BY_NAME if name not in facts} | {"unknown": sorted(order.patient.unknown)}


def _protocol(loaded) -> dict:
    files = [_file(each) for each in loaded.files]
    approval, due = loaded.protocol.approval, loaded.protocol.review_due
    return {"id": loaded.protocol.id, "version": int(loaded.protocol.version), "file": loaded.files[0].name,
            "sha256": loaded.sha256, "files": files, "review_due": due and due.isoformat(),
            "approval": approval and {"committee": approval.committee, "on": approval.on.isoformat()},
            "emergency": [{"say": each.text, "source": list(each.source)} for each in loaded.protocol.emergency]}


def _file(one) -> dict:
    return {"name": one.name, "sha256": one.sha256, "shadows": one.shadows}


def _phase(one: PhaseOrder) -> dict:
    lines: dict[int, str] = {}
    said = {"protocol": one.loaded.protocol.id, "drug": one.loaded.drug.name, "phase": one.phase.kind,
            "preparation": one.prepared.preparation.name, "product": one.prepared.product.name,
            "handling": [{"term": each.term, "value": each.value, "source": list(each.source)} for each in handling.holds(one)],
            "shares_bag_with": list(one.prepared.preparation.shared),
            "name": one.phase.name, "band": one.band.on_paper() if one.band else None,
            "other_products": [_other(each) for each in one.prepared.others],
            "vials": one.prepared.vials, "left_over": _quantity(one.prepared.wasted, one.prepared.wasted) if one.prepared.wasted else None,
            "bags": list(one.bags) if one.bags else None,
            "figures": {name: _figure(each) | {"working": figure.working(each, lines)} for name, each in one.figures.items()}}
    if one.steps:
        said["steps"] = [_step(each) for each in one.steps]
    if one.rungs:
        said["ladder"] = [_rung(each) for each in one.rungs]
    return said


def _other(one) -> dict:
    """A product that was weighed against the one that is used."""
    return {"product": one.product.name, "opened": one.opened, "left_over": _quantity(one.wasted, one.wasted), "serves": not one.refused}


def _rung(one: Rung) -> dict:
    return {name: _figure(one.figures[name]) for name in _IN_A_RUNG} | {"alerts": [_alert(each) for each in one.alerts]}


def _step(one: Rung) -> dict:
    return {name: _figure(one.figures[name]) for name in _IN_A_STEP} | {"alerts": [_alert(each) for each in one.alerts]}


def _figure(one: Figure) -> dict:
    return _quantity(one.exact, one.value)


def _quantity(exact: Quantity, value: Quantity) -> dict:
    return {"exact": str(exact.value), "value": numerals.plain(value.value), "unit": value.unit.text}


# ---------------------------------------------------------------------------------------------- the schema


def _object(properties: dict, required=None, **more) -> dict:
    return {"type": "object", "properties": properties, "required": list(properties if required is None else required)} | more


_TEXT = {"type": "string"}
_NUMBER = _object({
    "exact": {"type": "string", "pattern": "^-?[0-9]+(/[0-9]+)?$", "description": "unrounded: a fraction or an integer"},
    "value": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "description": "as used and printed, without groups"},
    "unit": {"type": "string", "description": "canonical spelling, such as mL/h"},
})
_ALERT = _object({"level": {"enum": ["note", "soft_stop", "hard_stop"]}, "code": _TEXT, "message": _TEXT, "limit": _TEXT, "where": _TEXT})
_FIGURE = _NUMBER | {"properties": _NUMBER["properties"] | {"working": {"type": "array", "items": _TEXT}},
                     "required": [*_NUMBER["required"], "working"]}
_RUNG = _object({name: _NUMBER for name in _IN_A_RUNG} | {"alerts": {"type": "array", "items": _ALERT}})
_STEP = _object({name: _NUMBER for name in _IN_A_STEP} | {"alerts": {"type": "array", "items": _ALERT}})
_OTHER = _object({"product": _TEXT, "opened": {"type": "integer"}, "left_over": _NUMBER, "serves": {"type": "boolean"}})
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

_FILE = _object({"name": _TEXT, "sha256": _HASH, "shadows": _TEXT})


def schema() -> dict:
    """The JSON Schema of an order."""
    from infuse.paper.render import json_plan
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "infuse order",
        "description": "One order for one patient. Later versions only add keys. Reserved: totals.",
    } | _object({
        "schema_version": {"const": SCHEMA_VERSION},
        "status": {"enum": ["ready", "needs_override", "stopped"], "description": "orders is empty unless it is ready"},
        "order_id": {"type": ["string", "null"], "description": "null without a record number: two patients could share it"},
        "recompute": {"type": ["string", "null"], "description": "the text of the QR code, for infuse verify"},
        "alerts": {"type": "array", "items": _ALERT},
        "open": {"type": "array", "items": _object({"fact": _TEXT, "question": _TEXT, "option": _TEXT}),
                 "description": "facts and answers still to be given"},
        "ruled_out": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT},
                      "description": "of each protocol the cautions that are known to be false"},
        "screening_files": {"type": "array", "items": _FILE, "description": "the lists in which screening looked something up"},
        "overrides": {"type": "array", "items": _object({"code": _TEXT, "reason": _TEXT, "by": _TEXT, "at": _TEXT})},
        "patient": {"type": "object", "description": "every fact by name; null where it was not recorded"},
        "protocols": {"type": "array", "items": _object({
            "id": _TEXT, "version": {"type": "integer"}, "file": _TEXT, "sha256": _HASH | {"description": "over all files read"},
            "files": {"type": "array", "items": _FILE},
            "approval": {"anyOf": [{"type": "null"}, _object({"committee": _TEXT, "on": _TEXT})], "description": "null: no committee approved it"},
            "review_due": {"type": ["string", "null"]},
            "emergency": {"type": "array", "items": _object({"say": _TEXT, "source": {"type": "array", "items": _TEXT}}),
                          "description": "what is done first in an emergency, before any paper"}}, required=("id", "version", "file", "sha256", "files"))},
        "orders": {"type": "array", "items": _object({
            "protocol": _TEXT, "drug": _TEXT, "phase": _TEXT, "preparation": _TEXT, "product": _TEXT,
            "shares_bag_with": {"type": "array", "items": _TEXT},
            "handling": {"type": "array", "items": _object({"term": _TEXT, "value": _TEXT, "source": {"type": "array", "items": _TEXT}}),
                         "description": "where what is prepared is kept, light, filter, what is not done to it"},
            "other_products": {"type": "array", "items": _OTHER, "description": "what was weighed against the product, which leaves the least"},
            "left_over": {"anyOf": [{"type": "null"}, _NUMBER], "description": "of the vials or bags opened for one dose"},
            "name": _TEXT, "band": {"type": ["string", "null"]}, "vials": {"type": ["integer", "null"]}, "bags": {"type": ["array", "null"], "items": {"type": ["integer", "null"]}, "description": "fewest and most for the course; null: no stated end"},
            "figures": {"type": "object", "additionalProperties": _FIGURE},
            "ladder": {"type": "array", "items": _RUNG},
            "steps": {"type": "array", "items": _STEP, "description": "of a schedule of rates, in order"},
        }, required=("protocol", "drug", "phase", "figures"))},
        "plan": json_plan.schema(_object, _NUMBER),
        "plan_files": {"type": "array", "items": _FILE, "description": "the set and the table of what may meet, where there are several orders"},
    })
