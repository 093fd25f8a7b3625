"""The downtime book on paper: contents, the tables, blank forms; whose it is, what it assumes and until when, on every page.

For: `infuse book`. A set has its own page, then tables of the set as a whole; each protocol has tables of its own.

Refuses: a row at a soft stop has "call pharmacist" and no number, one at a hard stop "not allowed" and why.

Example: "Table 1: Ketamine continuous infusion ...", "70 kg, 7 mg/hour, 3.5 mL/hour".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from infuse.files.ordersets import OrderSet
from infuse.files.protocol import Protocol
from infuse.files.tables import DEFAULT_PUMP
from infuse.ordering.book import Entry, Table
from infuse.paper import approval, book_beside, book_contents, book_figures, book_sets, book_tables, book_worksheets, emergency
from infuse.paper.book_contents import Line
from infuse.paper.book_tables import Book, sheet
from infuse.paper.page import Field, Fields, Section, Sentences, Sheet
from infuse.paper.page import Table as Printed
from infuse.paper.phrases import VITALS

KEEPS = timedelta(days=30)  # a book that is not printed again grows old on its shelf


def last_day(said_until: date | None, approved: Sequence[Protocol | OrderSet], today: date) -> date:
    """The day after which it may not be used: as said, else thirty days on; never past the review of a protocol or set of it."""
    due = [each.review_due for each in approved if each.review_due and each.review_due >= today]
    return min([said_until or today + KEEPS, *due])


def printed(tables: Sequence[Table]) -> list[Table]:
    """Those with a page: of a set no kind of patient of whom every row is stopped, the contents say so of them."""
    return [each for each in tables if each.ready or not each.entry.of_set]


def lay_out(book: Book, every: Sequence[Table], checked: int, absent: Sequence[tuple[Entry, Sequence[str]]] = ()) -> list[Sheet]:
    """Contents, the tables of each set after what goes with them, the tables of the protocols, blank forms. `absent`: sets of
    which there is no table, and why."""
    tables = printed(every)
    sets: dict[str, list[int]] = {}
    for number, table in enumerate(tables, 1):
        if table.entry.of_set:
            sets.setdefault(table.entry.name, []).append(number)
    which = {name: f"tables {numbers[0]} to {numbers[-1]}" if numbers[1:] else f"table {numbers[0]}" for name, numbers in sets.items()}
    lines, pages = [book_contents.of_absent(entry) for entry, _ in absent], []
    for number, table in enumerate(tables, 1):
        name, of_set = table.entry.name, table.entry.of_set
        if of_set and number == sets[name][0]:
            pages.append(book_sets.beside(book, tables[number - 1 : sets[name][-1]], which[name]))
            lines.append(Line(which[name].partition(" ")[2], book_contents.title(table.entry), book_sets.GOES_WITH, len(pages)))
        pages.append(book_sets.page(book, table, number, len(tables), which[name]) if of_set else _page(book, table, number, len(tables), _in_sets(name, tables, which)))
        lines.append(book_contents.of_table(table, number, len(pages)))
    approved = _approved(tables)
    for form in [*book_worksheets.pages(book, tables, approved), *_forms(book, tables, approved)]:
        pages.append(form)
        lines.append(Line("", form.title, form.subtitle.removesuffix("."), len(pages)))
    return [book_contents.page(book, lines, approved, checked, book_contents.without(every, absent)), *pages]


def _approved(tables: Sequence[Table]) -> list[Protocol | OrderSet]:
    """What a committee must have approved: every protocol, every set."""
    protocols = {loaded.protocol.id: loaded.protocol for table in tables for loaded in table.entry.loaded}
    return [*{table.entry.name: table.entry.of_set.order_set for table in tables if table.entry.of_set}.values(), *protocols.values()]


def _in_sets(name: str, tables: list[Table], which: dict[str, str]) -> str:
    """Which tables of a set have this protocol with others: "" where none has."""
    sets = dict.fromkeys(each.entry.name for each in tables if each.entry.of_set and any(loaded.protocol.id == name for loaded in each.entry.loaded))
    return "; ".join(f"{each}: {which[each]}" for each in sets)


# ---------------------------------------------------------------------------------------------- one protocol's table


def _page(book: Book, table: Table, number: int, of: int, in_sets: str) -> Sheet:
    loaded, ready = table.entry.loaded[0], table.ready
    protocol, drug = loaded.protocol, loaded.drug
    sections, columns = [], 0
    for at in range(len(ready[0].order.phases) if ready else 0):
        found = _phase(table, at)
        columns = max(columns, *(len(block.columns) for section in found for block in section.blocks if isinstance(block, Printed)))
        sections += found
    if not ready:
        sections = [Section(f"BY WEIGHT   {drug.name}", (book_tables.rows_of(table, [], []),), flows=True)]
    sections = [*book_beside.noted(emergency.HEADING, emergency.in_the_book(protocol), strong=True), _assumes(table, in_sets), *book_tables.notes(table), *sections, *book_tables.stops(table)]
    if ready:
        when = {"when": emergency.TICKED_IN_THE_BOOK} if protocol.emergency else {}
        sections += [book_beside.questions([table], f"this table is the patient's: {book_tables.for_whom(table)}", **when), *book_beside.prescriber([table]), *book_beside.watching(table)]
    high = "HIGH-ALERT: " if drug.high_alert else ""
    subtitle = f"{high}{drug.name}, intravenous; {book_tables.for_whom(table)}. Table {number} of {of}. {approval.line([protocol])}"
    return sheet(book, [protocol], f"Table {number}: {protocol.title}", subtitle, sections, f"{loaded.in_record}; ", wide=columns > book_tables.NARROW)


def _assumes(table: Table, in_sets: str) -> Section:
    loaded = table.entry.loaded[0]
    protocol, high = loaded.protocol, loaded.drug.high_alert
    chosen = book_tables.chosen(table.entry.requests[0])
    rows = [Field("INDICATION", protocol.indication), Field("POPULATION", protocol.population), *book_tables.assumed(table),
            Field("CARE AREA", "; ".join(protocol.care_areas)), Field("PUMP", loaded.devices.pumps[DEFAULT_PUMP].title),
            *([Field("CHOSEN", chosen, strong=True)] if chosen else []),
            *([Field("ALONE", f"this table is of this protocol alone; together with others of its set: {in_sets}")] if in_sets else [])]
    warn = (Sentences((f"HIGH-ALERT: {high.text} ({', '.join(high.source)}).",), strong=True),) if high else ()
    return Section("THIS TABLE ASSUMES", (*warn, Fields(tuple(rows))), flag="HIGH-ALERT" if high else "")


def _phase(table: Table, at: int) -> list[Section]:
    """What is the same in every row, and the columns of what is not; then ladders and steps."""
    several = [each.order.phases[at] for each in table.ready]
    known = [dict(book_figures.figures_of(each)) for each in several]
    name = " ".join(filter(None, (table.entry.loaded[0].drug.name, several[0].phase.name, several[0].phase.kind)))
    fields, columns, prose = book_tables.parted(table, several[0], known)
    rows = book_tables.rows_of(table, [book_tables.headed(table.entry.loaded[0].drug.name, label) for label in columns], [[each.get(label, "") for label in columns] for each in known])
    by_row = (Sentences((book_tables.LOWER,), strong=True), rows, *([Sentences(prose, items=True)] if prose else []))
    return [*([Section(f"AT EVERY WEIGHT   {name}", (Fields(fields),))] if fields else []), Section(f"BY WEIGHT   {name}", by_row, flows=True),
            *book_tables.ladders(table, several, name)]


# ---------------------------------------------------------------------------------------------- blank forms


_PATIENT = (("CONDITIONS", ""), ("OTHER MEDICINES", ""), ("WEIGHED BY", ""), ("WEIGHED ON", "date and time"), ("LINE", ""),
            ("PHARMACIST WHO WAS CALLED", ""), ("CALLED ON", "date and time"))


def _copied(tables: Sequence[Table]) -> tuple[tuple[str, ...], ...]:
    """A row to copy into for each drug of the book, with the units of its dose and strength: none is written by hand."""
    rows, printed = {}, _strengths(tables)
    for loaded in (each for table in tables for each in table.entry.loaded):
        for phase in loaded.protocol.phases:
            unit = phase.ordered[0].quantity.unit.without_patient()
            for strength in ["as it is"] if unit.amount == "mL" else [f"____ {each}" for each in printed.get(loaded.drug.name) or [f"{unit.amount}/mL"]]:
                rows[loaded.drug.name, unit.on_paper(), strength] = ("", "", loaded.drug.name, f"____ {unit.on_paper()}", strength, "", "")
    return tuple(rows.values())


def _strengths(tables: Sequence[Table]) -> dict[str, list[str]]:
    """The units of the strengths that the tables print of each drug: what is copied in another unit is copied wrong."""
    found: dict[str, dict[str, None]] = {}
    for phase in (phase for table in tables for row in table.ready for phase in row.order.phases):
        if one := phase.figures.get("final_concentration"):
            found.setdefault(phase.loaded.drug.name, {})[one.value.unit.on_paper()] = None
    return {name: list(units) for name, units in found.items()}


def _forms(book: Book, tables: Sequence[Table], approved) -> list[Sheet]:
    copied = ("TABLE", "ROW, kg", "DRUG", "DOSE", "STRENGTH", "PUMP RATE, mL/hour", "VOLUME, mL")
    signed = tuple((each, "", "", "") for each in ("prescriber, orders", "pharmacist, verifies", "nurse 1, reads the row", "nurse 2, reads it alone"))
    ordered = [Section("COPIED FROM THE BOOK", (Sentences(("The row of the drug is filled in, the others are struck out.",), strong=True), Printed(copied, _copied(tables), blank=True))),
               Section("THE PATIENT", (Fields(tuple(Field(each, blank=unit) for each, unit in _PATIENT)),), pairs=True),
               Section("SIGNATURES", (Printed(("", "NAME", "SIGNATURE", "DATE, TIME"), signed, blank=True),)),
               Section("ENTERED AFTERWARDS", (Fields((Field("ORDER ID OF THE SHEET MADE LATER", blank=""), Field("BY", blank=""), Field("ENTERED ON", blank="date and time"))),), pairs=True)]
    chart = ("DATE, TIME", "DRUG", "PUMP RATE, mL/hour", "VOLUME INFUSED, mL", *VITALS, "BY")
    record = [Section("GIVEN AND OBSERVED", (Printed(chart, (("",) * len(chart),) * 14, blank=True),), flows=True)]
    return [sheet(book, approved, "Blank form: order from the downtime book", "One for each patient.", ordered),
            sheet(book, approved, "Blank form: what was given and observed", "One for each patient; go on with another.", record, wide=True)]
