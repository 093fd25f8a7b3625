"""The first pages of a downtime book: until when, how it is used, what is on which page, and for whom nothing is in it.

For: `book_pages`. A nurse looks a drug and a patient up here: what is found has a page, what is not found is said to be not in it.

Refuses: nothing.

Example: "2, Order set: Emergency department rescue ..., adult, age from 18 years to below 65 years ..., BOOK PAGE 11".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from infuse.files.given import on_paper_date, on_paper_time
from infuse.files.protocol import Protocol
from infuse.files.ordersets import OrderSet
from infuse.ordering import kinds
from infuse.ordering.book import Entry, Table
from infuse.paper import approval, book_tables
from infuse.paper.book_tables import CALL, LOWER, NOBODY_ELSE, NOT_ALLOWED, Book, sheet
from infuse.paper.page import Field, Fields, Section, Sentences, Sheet
from infuse.paper.page import Table as Printed

NO_ROW = "NO ROW HAS NUMBERS"
_NOT_IN_BOOK = "NOT IN THIS BOOK: call the pharmacist"
_HOW = ("Only while the program cannot be used. As soon as it can: an order sheet from it, for this patient.",
        "Find the drug or set and the patient under CONTENTS, then the table on its page: read what it assumes, answer its screening, take the row of the weight.",
        f"{LOWER} {NOBODY_ELSE}",
        f'"{CALL}": no numbers without one. "{NOT_ALLOWED}": not at this weight.',
        "Copy the row into the blank form at the end; two persons, each alone, compare what they read.",
        "A book page that is missing, by its number at the foot: call the pharmacist before anything of that table is used.")
_NOT_IN_IT = "To these patients nothing of it is given before the pharmacist has said so."


class Line(NamedTuple):
    """One line of the contents: which table, of what, for whom; `sheet`: where it begins, counted from the contents, which are 0;
    None: nowhere."""

    table: str
    of: str
    whom: str
    sheet: int | None


def page(book: Book, lines: Sequence[Line], approved: Sequence[Protocol | OrderSet], checked: int, without: Sequence[str]) -> Sheet:
    """`without`: of which set or protocol there is nothing, for whom, and why."""
    facts = Fields((Field("DO NOT USE AFTER", on_paper_date(book.until), strong=True), Field("PRINTED", on_paper_time(book.now)), Field("WEIGHTS", book.weights),
                    Field("ROWS CHECKED", f"{checked:,}: each worked out and held against every limit, as an order is"), Field("KEPT AT", blank=""),
                    Field("RESPONSIBLE", blank="")))
    rows = tuple((each.table, each.of, each.whom) for each in lines)
    contents = Printed(("TABLE", "PROTOCOL OR SET", "FOR"), rows, strong=(0,), sheets=tuple(each.sheet for each in lines))
    return sheet(book, approved, "Downtime book: doses and pump rates by weight", approval.line(approved),
                 [Section("THIS BOOK", (facts,)), Section("HOW TO USE THIS BOOK", (Sentences(_HOW, items=True),)), Section("CONTENTS", (contents,), flows=True),
                  *([Section("NOT IN THIS BOOK: CALL THE PHARMACIST", (Sentences((_NOT_IN_IT,), strong=True), Sentences(tuple(without), strong=True, items=True)), flows=True)]
                    if without else [])], whose=False)


def title(entry: Entry) -> str:
    return f"Order set: {entry.of_set.order_set.title}" if entry.of_set else entry.loaded[0].protocol.title


def of_table(table: Table, number: int, at: int) -> Line:
    whom = book_tables.for_whom(table)
    return Line(str(number), title(table.entry), whom if table.ready else f"{whom}: {NO_ROW}", at)


def of_absent(entry: Entry) -> Line:
    """Who looks for it finds that it is not there."""
    return Line("none", title(entry), _NOT_IN_BOOK, None)


# ---------------------------------------------------------------------------------------------- for whom nothing is in it


def without(tables: Sequence[Table], absent: Sequence[tuple[Entry, Sequence[str]]]) -> list[str]:
    """Sets with no table at all, kinds of patients of whom a set has none, and the ages that no table takes in: each reason once."""
    found = [f"{title(entry).replace(': ', ' ', 1)}: NO TABLE for any patient. Why: {'; '.join(why)}" for entry, why in absent]
    kinds_of: dict[tuple[str, str], list[str]] = {}
    for name, whom, why in _of_sets(tables):
        kinds_of.setdefault((name, why), []).append(whom)
    found += [f"{name.replace(': ', ' ', 1)}: NO TABLE for {'; or '.join(dict.fromkeys(patients))}. Why: {why}" for (name, why), patients in kinds_of.items()]
    ages: dict[str, list[str]] = {}
    for entry in {id(each.entry): each.entry for each in tables}.values():
        ages.setdefault(kinds.ages_without_table(entry.loaded), []).append(title(entry))
    return found + [f"{age[0].upper()}{age[1:]}: NO TABLE of {'; '.join(dict.fromkeys(titles))}" for age, titles in ages.items() if age]


def _of_sets(tables: Sequence[Table]) -> Iterator[tuple[str, str, str]]:
    """A line for all sexes and heights where it is so of all."""
    for each in tables:
        if each.entry.of_set and not each.ready:
            like = [other for other in tables if other.entry is each.entry and other.cell.words[:2] == each.cell.words[:2]]
            words = [f"{name} {value}" for name, value in each.cell.words if name not in ("sex", "height") or any(other.ready for other in like)]
            yield title(each.entry), " with ".join(words) or book_tables.population(each), book_tables.why(each)

