"""An order set's table in a downtime book: all that is ordered together, a row for each weight, stopped as a whole.

For: `book_pages`. What is the same at every weight stands once with its order; what differs is a column of one table, in the
sequence of the visit, with the fluid and the end of the whole where they differ.

Refuses: a number in a row that any of its protocols, or all of them together, may not have.

Example: "49.9 kg, 15 mg, 0.5 mL", "50 kg, 30 mg, 1 mL", "39 kg, call pharmacist" of metoclopramide with ketorolac.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infuse.arithmetic import preparation as prep
from infuse.files.tables import DEFAULT_PUMP
from infuse.ordering.book import Table
from infuse.ordering.order import Order
from infuse.paper import approval, book_beside, book_figures, book_sequence, book_tables, combined, emergency, lines
from infuse.paper.book_tables import Book
from infuse.paper.page import Block, Boxes, Field, Fields, Section, Sentences, Sheet
from infuse.paper.page import Table as Printed
from infuse.paper.phrases import order_numbers

_WIDEST = 8  # columns beside each other, of a page on its side
GOES_WITH = "SCREENING, WARNINGS, WHEN TO HOLD AND STOP: go with every one of these tables"
_NOTHING_ELSE = "Nothing else of the set is in this book: what is not an order above is not ordered from it. Another drug: call the pharmacist."
TOGETHER = ("This table is for ALL of its orders together. Without one of them, or with another: call the pharmacist.",
            "Where a row has no numbers, nothing of the set is given: not by another table either, before the pharmacist has said so.")


def beside(book: Book, tables: Sequence[Table], which: str) -> Sheet:
    """What goes with every table of one set: what is in it, what is asked before, what stops it, what is watched."""
    entry, one = tables[0].entry, tables[0].entry.of_set.order_set
    first = (f"{each.drug.name}: {line}" for each in entry.loaded for line in emergency.said(each.protocol))
    sections = [*book_beside.noted(f"{emergency.HEADING}   where an order that stands ready is needed", first, strong=True), *_in_it(tables[0]), *_warning(tables[0]),
                book_beside.questions(tables, f"the table of the set that is used is the patient's: {', '.join(_told_apart_by(tables))}"),
                *book_beside.prescriber(tables), *book_beside.watching_all(tables[0])]
    return _sheet(book, tables[0], f"Beside {which}: {one.title}", f"Goes with {which}. ", sections, asks=True)


def _told_apart_by(tables: Sequence[Table]) -> list[str]:
    """Population, and of age, clearance, sex and height those that a table names."""
    return list(dict.fromkeys(["population", *(name for table in tables for name, _ in table.cell.words)]))


def _in_it(table: Table) -> list[Section]:
    """What the tables give, and nothing else."""
    section, = combined.picked(table.entry.arrangement, table.entry.requests, order_numbers(table.ready[0].order))
    fields, _, indication = section.blocks
    rows = tuple(row._replace(value=row.value.replace("this sheet", "this set")) for row in fields.rows)
    return [section._replace(blocks=(Fields(rows), Sentences((_NOTHING_ELSE,), strong=True), indication))]


def page(book: Book, table: Table, number: int, of: int, which: str) -> Sheet:
    """One kind of patient: assumptions, the sequence, each order, the table."""
    tables, constant, ladders, sequence = _worked_out(table)
    parts = [block for at, each in enumerate(tables, 1) for block in (*([Sentences((f"Part {at} of {len(tables)}: the same row in every part.",), strong=True)] if tables[1:] else []), each)]
    whole: tuple[Block, ...] = (Sentences((book_tables.LOWER, *TOGETHER), strong=True), *parts)
    before = Boxes((f"this table is the patient's: {book_tables.for_whom(table)}", f"the pages beside {which} are at hand, and their screening is answered"))
    sections = [_assumes(table), Section("BEFORE THE FIRST DOSE", (before,)), *sequence, *constant, Section("BY WEIGHT   all orders together", whole),
                *book_tables.stops(table), *ladders]
    kind = book_tables.kind(table)
    title = f"Table {number}: {table.entry.of_set.order_set.title}" + (f": {kind}" if kind else "")
    return _sheet(book, table, title, f"Table {number} of {of}. ", sections, wide=any(len(each.columns) > book_tables.NARROW for each in tables))


def _sheet(book: Book, table: Table, title: str, where: str, sections: list[Section], wide: bool = False, asks: bool = False) -> Sheet:
    entry, one = table.entry, table.entry.of_set.order_set
    high = "HIGH-ALERT: " if any(each.drug.high_alert for each in entry.loaded) else ""
    approved = [one, *(each.protocol for each in entry.loaded)]
    drugs = " and ".join(each.drug.name for each in entry.loaded)
    names = f"{one.id}, version {one.version}, {entry.of_set.file.sha256[:12]}; {'; '.join(each.in_record for each in entry.loaded)}; "
    return book_tables.sheet(book, approved, title, f"{high}order set {one.id}: {drugs}, intravenous. {where}{approval.line(approved)}", sections, names, wide=wide, asks=asks)


def _warning(table: Table) -> list[Section]:
    warn = tuple(f"{each.drug.name}: {each.drug.high_alert.text} ({', '.join(each.drug.high_alert.source)})." for each in table.entry.loaded if each.drug.high_alert)
    return [Section("HIGH-ALERT", (Sentences(warn, strong=True),))] if warn else []


def _assumes(table: Table) -> Section:
    entry, one = table.entry, table.entry.of_set.order_set
    chosen = "; ".join(f"{each.loaded.protocol.id}: {said}" for each in entry.requests if (said := book_tables.chosen(each)))
    rows = [Field("INDICATION", one.indication), Field("POPULATION", one.population), *book_tables.assumed(table), Field("CARE AREA", "; ".join(one.care_areas)),
            Field("PUMP", entry.loaded[0].devices.pumps[DEFAULT_PUMP].title), *([Field("CHOSEN", chosen, strong=True)] if chosen else [])]
    return Section("THIS TABLE ASSUMES", (Fields(tuple(rows)),), flag="HIGH-ALERT" if any(each.drug.high_alert for each in entry.loaded) else "")


# ---------------------------------------------------------------------------------------------- what differs by weight


def _worked_out(table: Table) -> tuple[list[Printed], list[Section], list[Section], list[Section]]:
    """(the table, in parts where it is too wide; each order's own page part; ladders; the sequence)."""
    orders = [each.order for each in table.ready]
    sequence, starts = book_sequence.sections(table)
    groups, constant, ladders = [], [], []
    when = book_sequence.if_needed(orders[0])
    for at, phase in enumerate(orders[0].phases):
        several = [each.phases[at] for each in orders]
        number, name = at + 1, " ".join(filter(None, (phase.loaded.drug.name, phase.phase.name)))
        known = [dict(book_figures.figures_of(each, one.plan)) for each, one in zip(several, orders)]
        fields, labels, prose = book_tables.parted(table, phase, known)
        columns = [(f"{number} {name}: {label}", [each.get(label, "") for each in known]) for label in labels]
        groups.append([each for each in starts if each[0].startswith(f"{number} {name}:")] + columns)
        constant.append(_order(f"ORDER {number}   {name}, {phase.phase.kind}, intravenous", phase, when.get(phase.loaded.protocol.id, ""), fields, labels, prose))
        ladders += book_tables.ladders(table, several, f"{number} {name}")
    fields, columns = _whole(orders)
    return _in_parts(table, [*groups, columns]), [*book_tables.notes(table), *constant, *_if_any("THE WHOLE VISIT", fields)], ladders, sequence


def _order(heading: str, phase, when: str, fields, labels: list[str], prose) -> Section:
    """What of an order is the same at every weight; what is not, in which columns of the table."""
    rows = [*([Field("ONLY IF", when, strong=True)] if when else []), *fields, *([Field("BY ITS ROW", ", ".join(labels), strong=True)] if labels else [])]
    return Section(heading, (Fields(tuple(rows)), *([Sentences(prose, items=True)] if prose else [])), flag="HIGH-ALERT" if phase.loaded.drug.high_alert else "")


def _whole(orders: list[Order]) -> tuple[list[Field], list[tuple[str, list[str]]]]:
    """Fields of what all of it comes to at every weight, columns of what differs: the end, the fluid, the doses that are repeated."""
    said: dict[str, list[str]] = {}
    for order in orders:
        for label, text in _totals(order):
            said.setdefault(label, []).append(text)
    same = [Field(label, texts[0]) for label, texts in said.items() if len(set(texts)) == 1]
    return same, [(label, texts) for label, texts in said.items() if len(set(texts)) > 1]


def _totals(order: Order) -> Iterator[tuple[str, str]]:
    plan = order.plan
    if plan.ends:
        runs_on = any(each.end is None for each in plan.events)
        yield "ALL THAT ENDS, AT" if runs_on else "ALL IS THROUGH AT", prep.hours_and_minutes(plan.ends)
    yield (f"FLUID IN ALL{lines.counting(plan)}", plan.fluid.on_paper()) if plan.fluid else ("FLUID IN ALL", lines.fluid(plan))
    for name, doses, most, whole in combined.totals(order):
        if doses.isdigit() and doses != "1":
            yield f"{name}: MOST IN 24 HOURS", most
            yield f"{name}: IN ALL", whole


def _if_any(heading: str, fields: list[Field]) -> list[Section]:
    return [Section(heading, (Fields(tuple(fields)),))] if fields else []


def _in_parts(table: Table, groups: list[list[tuple[str, list[str]]]]) -> list[Printed]:
    """One table, or several beside which the rows stand again; an order is in one part wherever it fits into one."""
    parts: list[list[tuple[str, list[str]]]] = [[]]
    for group in groups:
        for some in [group] if len(group) <= _WIDEST else [group[at : at + _WIDEST] for at in range(0, len(group), _WIDEST)]:
            if len(parts[-1]) + len(some) > _WIDEST:
                parts.append([])
            parts[-1] += some
    return [book_tables.rows_of(table, [label for label, _ in part], [list(cells) for cells in zip(*(cells for _, cells in part))]) for part in parts]
