"""The keys of an order set's file.

For: `library`, which reads sets/NAME.yaml, and `infuse schema set`.

Refuses: an item without a protocol or with both forms, two ways to say when it starts, a flush that nothing states.

Example: `one_of: - metoclopramide - prochlorperazine` with `use: required` becomes an Item of two protocols.
"""

from __future__ import annotations

from infuse.files import ordersets as o
from infuse.files.schema.common import APPROVED, approved, file_name, note, references, sources, texts
from infuse.files.schema.protocol import CRITERION, MONITORING, case_place, case_texts
from infuse.files.shapes import Key, Wrong, fields, flag, list_of, quantity, text, word

_BEFORE = fields((
    Key("item", file_name, "the protocol before whose doses it is given", required=True),
    Key("phases", texts, "the names of the phases whose doses are meant; all of them, where left out", default=()),
    Key("by", quantity("duration"), "how long before, from start to start", required=True),
), lambda span, item, phases, by: o.Before(item, phases, by))

_CHOICES = ("dose", "dose_rate", "duration", "preparation")


def _item(span, protocol, one_of, at, after, gap, before_each, if_needed, only_if, choose, **values):
    if (protocol is None) == (one_of is None):
        raise Wrong("protocol, or one_of with several", "neither" if protocol is None else "both")
    if one_of is not None and (len(one_of) < 2 or len(set(one_of)) != len(one_of)):
        raise Wrong("two or more different protocols under one_of", ", ".join(one_of), one_of[0].span)
    said = [name for name, value in (("at", at), ("after", after), ("before_each", before_each), ("if_needed", if_needed)) if value]
    if len(said) > 1:
        raise Wrong("one of at, after, before_each and if_needed", " and ".join(said))
    if if_needed and not only_if:
        raise Wrong("only_if, which says when it is needed", "none")
    return o.Item(protocols=one_of or (protocol,), at=at, after=after, gap=gap, before_each=before_each, if_needed=if_needed, only_if=only_if,
                  choose=choose or {}, span=span, **values)


_ITEM = fields((
    Key("protocol", file_name, "the protocol"),
    Key("one_of", list_of(file_name), "instead: just one of these, the preferred first"),
    Key("use", word(o.REQUIRED, o.PREFERRED, o.OPTIONAL), "required; preferred: unless --without names it; optional: only where --with names it",
        required=True),
    Key("at", quantity("duration", positive=False), "when it starts, from the start of the set"),
    Key("after", file_name, "the protocol that is through before it starts", default=""),
    Key("gap", quantity("duration"), "how long after that"),
    Key("before_each", _BEFORE, "instead: once before each dose of another item: item, phases, by"),
    Key("if_needed", flag(), "instead: yes, at no time of its own, only where only_if comes true", default=False),
    Key("goes_with", file_name, "the protocol of another item with which it is ordered, and only with it unless asked for", default=""),
    Key("only_if", text(), "what must be true before it is given", default=""),
    Key("choose", fields(tuple(Key(name, text(), f"the {name.replace('_', ' ')} of this set", default="") for name in _CHOICES),
                         lambda span, **values: {name: said for name, said in values.items() if said}),
        "what the set chooses of the protocol, within what that allows"),
    Key("say", text(), "what the sheet says of it", default=""),
    Key("source", sources, "its references", required=True),
), _item, "an item: protocol or one_of, use, source")


def _flush(span, source, basis, **values):
    if not source and not basis:
        raise Wrong("a source, or basis: site", "neither")
    return o.SetFlush(source=source, site=basis is not None, span=span, **values)


_FLUSH = fields((
    Key("fluid", text(), "with what the line is flushed between two drugs", required=True),
    Key("volume", quantity("volume"), "with how much; where left out, a box for the prescriber"),
    Key("duration", quantity("duration"), "over how long at least, however fast the drug before it ran"),
    Key("line", quantity("volume"), "what the line holds of a drug that was pushed, from the port to the vein: that much goes in no faster than the drug; left out, all of it"),
    Key("source", sources, "its references", default=()),
    Key("basis", word("site"), "site: it is the site's to decide, and holds meanwhile"),
), _flush)

_CASE = fields((
    Key("name", text(), "what the case shows", required=True),
    Key("given", case_texts("the facts and choices of the case"), "facts about the patient, with, without", required=True),
    Key("expect", case_texts("what must come out"), "orders, doses, ends, fluid, or refused, or soft_stop", required=True),
), lambda span, name, given, expect: o.SetCase(name, given, {key: (said, case_place(said)) for key, said in expect.items()}, span))


def _build_set(span, set, **values):
    approved(**{key: values[key] for key in ("version", "approval", "review_due")})
    return o.OrderSet(id=set, span=set.span, **values)


ORDER_SET = fields((
    Key("set", file_name, "its id: the name of the file", required=True),
    Key("title", text(), "the title at the top of the sheet", required=True),
    Key("version", text("a whole number", "[1-9][0-9]*"), "goes up by one with every change", required=True),
    *APPROVED,
    Key("population", word("adult", "pediatric", "adult and pediatric"), "whom it is for", required=True),
    Key("indication", text(), "what it is for", required=True),
    Key("care_areas", texts, "where it may be given", required=True),
    Key("references", references, "the sources, each under an id", required=True),
    Key("items", list_of(_ITEM), "the protocols in sequence", required=True),
    Key("flush", _FLUSH, "the flush between two drugs in one line"),
    Key("chair_time", quantity("duration"), "the least time that the patient stays"),
    Key("visit", list_of(note("say", "one step of the visit")), "the steps of the visit, in their order", default=()),
    Key("monitoring", list_of(MONITORING), "what is observed beside what the protocols ask", default=()),
    Key("criteria", list_of(CRITERION), "at what finding to hold, stop, call", default=()),
    Key("outcome", list_of(note("say", "what is recorded of the outcome")), "what is recorded of the outcome", default=()),
    Key("cases", list_of(_CASE), "worked examples that the set must meet", required=True),
), _build_set, "an order set: keys with values")
