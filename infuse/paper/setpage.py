"""One order set explained: its items, who may leave out what, when each is given, what it rests on.

For: `infuse show SET`, and the lines of `infuse list` about sets.

Refuses: nothing; a set that cannot be read was refused before.

Example: "1  required, just one of: metoclopramide (preferred), prochlorperazine".
"""

from __future__ import annotations

from datetime import date

from infuse.files import schema
from infuse.files.library import Library, LoadedSet
from infuse.files.ordersets import OPTIONAL, PREFERRED, REQUIRED, Item
from infuse.ordering.order import Order
from infuse.paper import approval, branching, drawing
from infuse.paper.page import Field, Fields, Section, Sentences, Sheet, Table
from infuse.paper.phrases import sourced

_USES = {REQUIRED: "required", PREFERRED: "in it unless left out", OPTIONAL: "optional"}


def rows(library: Library) -> list[dict]:
    """id, version, population, title, indication, references and file of every set, and its problem if it has one."""
    found = []
    for name, path in library.sets().items():
        document, _ = library.document(path)
        top = schema.header(document)
        found.append({"id": name, **{key: top.get(key, "") for key in ("version", "population", "title", "indication")},
                      "references": schema.keys_under(document, "references"), "file": library.shown(path),
                      "problem": document.problems[0].message if document.problems else ""})
    return found


def list_page(found: list[dict]) -> tuple[Section, ...]:
    """One section a set."""
    sections = []
    for each in found:
        fields = [Field("ORDER SET FOR", f"{each['population']}; {each['indication']}"), Field("VERSION", each["version"]),
                  Field("SOURCES", ", ".join(each["references"])), Field("FILE", each["file"])]
        if each["problem"]:
            fields = [Field("PROBLEM", f"{each['problem']}; run infuse check", strong=True), Field("FILE", each["file"])]
        sections.append(Section(each["id"], (Sentences((each["title"],), strong=True), Fields(tuple(fields)))))
    return tuple(sections)


def show_page(of_set: LoadedSet, today: date, sample: tuple[str, Order] | None = None) -> Sheet:
    """What the set orders, what may be chosen, and what it adds; with a `sample` (its case and order) when that is given."""
    one = of_set.order_set
    items = tuple((str(number), _USES[item.use], _which(item), _when(item)) for number, item in enumerate(one.items, 1))
    sections = [
        Section("FOR WHOM", (Fields((Field("POPULATION", one.population), Field("INDICATION", one.indication),
                                     Field("CARE AREAS", "; ".join(one.care_areas)))),)),
        Section("ITEMS   in this sequence; --with and --without choose", (Table(("", "USE", "PROTOCOL", "STARTS"), items),
                                                                          Sentences(tuple(filter(None, map(_said, one.items))), items=True)))]
    for title, branch in branching.each_or_whole(sample[1]) if sample else ():
        if drawn := drawing.timeline(sample[1], branch):
            sections.append(Section(f"TIMELINE{f' {title}' if title else ''}   as in its case: {sample[0]}", (drawn,)))
    if one.flush:
        much = one.flush.volume.quantity.on_paper() if one.flush.volume else "a volume for the prescriber to fill in"
        over = f" over {one.flush.duration.quantity.on_paper()} or longer" if one.flush.duration else ""
        line = f"; the first {one.flush.line.quantity.on_paper()}, as much as the line holds of a drug that was pushed, no faster than it" if one.flush.line else ""
        sections.append(Section("FLUSH BETWEEN TWO DRUGS", (Sentences((f"{much} of {one.flush.fluid}{over}{line}, and never faster than the drug ({_basis(one.flush)})",)),)))
    for heading, notes in (("VISIT", one.visit), ("OUTCOME", one.outcome)):
        if notes:
            sections.append(Section(heading, (Sentences(tuple(sourced(each.text, each.source) for each in notes), items=True),)))
    sources = tuple(f"{each.id}: {each.title}. {each.year} {'doi ' + each.doi if each.doi else each.url}" + (f". Read: {each.read}" if each.read else "")
                    for each in one.references.values())
    sections.append(Section("SOURCES", (Sentences(sources, items=True),)))
    named = f"{one.id}, version {one.version}"
    return Sheet(approval.banner([one], today), one.title, f"{named}. {approval.line([one])}", tuple(sections), (f"{named}, {of_set.file.sha256[:12]}",))


def _basis(flush) -> str:
    return "for the site to decide" if flush.site else ", ".join(flush.source)


def _which(item: Item) -> str:
    if not item.is_group:
        return item.protocols[0]
    return f"just one of: {item.protocols[0]} (preferred), {', '.join(item.protocols[1:])}"


def _when(item: Item) -> str:
    if item.if_needed:
        return "at no time of its own: only if needed"
    if item.at:
        return f"{item.at.quantity.on_paper()} after the start"
    if item.before_each:
        which = f" ({', '.join(item.before_each.phases)})" if item.before_each.phases else ""
        return f"{item.before_each.lead.quantity.on_paper()} before each dose of {item.before_each.item}{which}"
    gap = f", {item.gap.quantity.on_paper()} later" if item.gap else ""
    return f"when {item.after} is through{gap}" if item.after else "after the item before it"


def _said(item: Item) -> str:
    parts = [f"with {item.goes_with}" if item.goes_with else "", f"only if {item.only_if}" if item.only_if else "", item.say]
    said = "; ".join(each for each in parts if each)
    return f"{' or '.join(item.protocols)}: {said}" if said else ""
