"""Whose a document is, and what stands on every page of it: banner, title, patient, versions.

For: `sheet` and every other paper about one order; they all say the same of the patient, in the same words and place.

Refuses: nothing; a fact that was not given is "Not recorded", never blank.

Example: document(order, "Order sheet", sections).identity opens with NAME, BORN, SEX, RECORD NUMBER.
"""

from __future__ import annotations

from infuse import __version__
from infuse.arithmetic.patient import age_in_words
from infuse.files import taken
from infuse.files.given import UNKNOWN, on_paper_date, on_paper_time
from infuse.files.protocol import ACTUAL
from infuse.ordering import order_id
from infuse.ordering.order import Order
from infuse.paper import approval, combined
from infuse.paper.page import Field, Fields, Section, Sheet
from infuse.paper.phrases import TICK, said

NOT_RECORDED = "Not recorded"
MOST_NAMED = 2  # protocols of a set, in the foot of every page
AID = ("A calculation aid for licensed professionals; the basis of every number stands on {this} sheet. "
       "Valid only for this patient, this weight and this date: print again if the weight changes.")


def document(order: Order, kind: str, sections: list[Section], wide: bool = False, left_out: tuple[str, ...] = ()) -> Sheet:
    """One paper about an order; `kind` is what it is, `wide` for a page that lies on its side, `left_out` what its foot says of
    what stands on the complete sheet alone."""
    population = " and ".join(dict.fromkeys(request.loaded.protocol.population for request in order.requests))
    ordered = combined.approved(order)
    return Sheet(approval.banner(ordered, order.now.date()), combined.title(order), f"{kind}, {population}. {approval.line(ordered)}",
                 tuple(sections), (*left_out, *_footer(order, 'the complete' if left_out else 'this')), _identity(order), wide)


def _footer(order: Order, this: str) -> tuple[str, ...]:
    return (AID.format(this=this), f"{_in_record(order)}; infuse v{__version__}; printed {on_paper_time(order.now)}"
                 + (f"; order {one}" if (one := order_id.of_order(order)) else ""))


def _in_record(order: Order) -> str:
    """What it was made from. Of a set its own version; those of its many protocols stand once, in the text to verify."""
    names = "; ".join(each.loaded.in_record for each in order.requests)
    one = order.plan and order.plan.arrangement.order_set
    if not one or not order.requests[MOST_NAMED:]:
        return names
    return f"{one.id} version {one.version}, {order.arrangement.files[0].sha256[:12]}; its {len(order.requests)} protocols under VERIFY"


def patient(order: Order) -> Section:
    """Every fact about the patient that changes or forbids something."""
    return Section("PATIENT", (Fields(_facts(order)),), pairs=True)


def _identity(order: Order) -> tuple[Field, ...]:
    """Who it is, on every page: two identifiers, and what a dose must not go past."""
    known = {row.label: row for row in _facts(order)}
    return tuple(known[each] for each in ("NAME", "BORN", "SEX", "RECORD NUMBER", "ALLERGIES", "WEIGHT"))


def _facts(order: Order) -> tuple[Field, ...]:
    known = order.patient
    age = age_in_words(known.get("age")) if known.get("age") else NOT_RECORDED
    born = on_paper_date(known.get("birth_date")) if known.get("birth_date") else NOT_RECORDED
    rows = [
        Field("NAME", _fact(order, "name"), strong=True),
        Field("BORN", f"{born} (age {age})" if age != NOT_RECORDED else born),
        Field("SEX", _fact(order, "sex")),
        Field("RECORD NUMBER", _fact(order, "record_number")),
        Field("ALLERGIES", _list(order, "allergies", "No known allergies")),
        Field("ALLERGIES CHECKED BY", blank=""),
        Field("WEIGHT", _weight(order), strong=True),
        *_how_weighed(order),
        Field("HEIGHT", known.get("height").to("cm").on_paper() if known.get("height") else _fact(order, "height")),
        Field("CREATININE", known.get("creatinine").on_paper(), blank="date") if known.get("creatinine") else Field("CREATININE", _fact(order, "creatinine")),
        *([Field("CLEARANCE", known.get("clearance").on_paper())] if known.get("clearance") else []),
        *_clinical(order),
        Field("CONDITIONS", _list(order, "conditions", "No other conditions")),
        Field("OTHER MEDICINES", _list(order, "medicines", "No other medicines")),
        *([Field("ALREADY GIVEN", _list(order, "given", "Nothing already given"))] if "given" in order.patient.given else []),
        Field("LINE", _fact(order, "line")),
        Field("CARE AREA", _fact(order, "care_area")),
        Field("LOCATION", _fact(order, "location")),
        Field("PRESCRIBER", _fact(order, "prescriber")),
        Field("TELEPHONE OF PRESCRIBER", blank=""),
        Field("START", on_paper_time(known.get("start")) if known.get("start") else _fact(order, "start")),
    ]
    return tuple(row._replace(write_in=True, blank=_IN.get(row.label, "")) if row.value.startswith(NOT_RECORDED) else row for row in rows)


_IN = {"BORN": "date", "WEIGHT": "kg", "HEIGHT": "cm", "CREATININE": "mg/dL", "START": "date and time", "QTc": "ms", "BLOOD PRESSURE": "mmHg",
       "HEART RATE": "beats a minute"}  # what is written in beside Not recorded; the rest is words


def _how_weighed(order: Order) -> list[Field]:
    """What is not known of how the weight was got and when: a box each."""
    known = order.patient
    how = Field("WEIGHT WAS", "   ".join(f"{TICK} {each}" for each in ("measured", "stated", "estimated")))
    rows = ((how, "weight_source"), (Field("WEIGHED ON", blank="date and time"), "weight_date"))
    return [row for row, name in rows if not known.get(name)] if known.get("weight") else []


def _clinical(order: Order) -> list[Field]:
    """What else is known of the patient; what is not known stands as a box where a drug asks for it."""
    rows = []
    for name in ("pregnancy", "lactation", "qtc", "blood_pressure", "heart_rate", "liver"):
        value = order.patient.get(name)
        if name in order.patient.given:
            text = value.on_paper() if hasattr(value, "on_paper") else "No liver disease" if value == taken.NONE else _fact(order, name).capitalize()
            rows.append(Field(_LABELS[name], text))
    return rows


_LABELS = {"pregnancy": "PREGNANCY", "lactation": "BREASTFEEDING", "qtc": "QTc", "blood_pressure": "BLOOD PRESSURE", "heart_rate": "HEART RATE",
           "liver": "LIVER DISEASE"}


def _fact(order: Order, name: str) -> str:
    if name in order.patient.unknown:
        return UNKNOWN.capitalize()
    return order.patient.get(name) or NOT_RECORDED


def _list(order: Order, name: str, none: str) -> str:
    values = order.patient.get(name)
    if values and [each.lower() for each in values] == ["none"]:
        return none
    return "; ".join(_with_time(each, order.now) for each in values) if values else _fact(order, name)


def _with_time(typed: str, now) -> str:
    """A text as it was typed; of a time ago, the time on the clock too, because a sheet is read later."""
    return f"{typed} ({on_paper_time(typed.last(now))})" if getattr(typed, "ago", None) is not None else typed


def _weight(order: Order) -> str:
    if order.weight is None:
        return _fact(order, "weight")
    source, when = order.patient.get("weight_source"), order.patient.get("weight_date")
    if not source and not when:
        return f"{said(order.weight)} ({ACTUAL}; source and date {NOT_RECORDED.lower()})"
    return f"{said(order.weight)} ({ACTUAL}; {source or 'source ' + NOT_RECORDED.lower()}; {_day(when) if when else 'date ' + NOT_RECORDED.lower()})"


def _day(when) -> str:
    """20-Nov-2026, with the time where that was said."""
    return on_paper_date(when) + (f" {when.clock}" if hasattr(when, "clock") else "")


def to_identify(order: Order) -> tuple[Field, ...]:
    """Two identifiers, and a birth date, for a part that is torn off; what is not known is written in."""
    return tuple(_to_identify(order, name, label) for name, label in (("name", "NAME"), ("record_number", "RECORD NUMBER"), ("birth_date", "BORN")))


def _to_identify(order: Order, name: str, label: str) -> Field:
    known = order.patient.get(name)
    known = on_paper_date(known) if known and name == "birth_date" else known
    return Field(label, known, strong=True) if known else Field(label, blank=_IN.get(label, ""))
