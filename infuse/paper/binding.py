"""What goes into a downtime book: which protocols and sets, at which weights, until when; and its tables, made.

For: `infuse book`, between the command line and the tables.

Refuses: weights backwards or without an end, a step of nothing, a date that is past, a height that nobody has, a protocol
that wants a height where none was given: all at once, before anything is worked out.

Example: read(library, ["ketamine-inpatient-titration"], "40 to 120 kg", "5 kg", [], None, now).ids is that one id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from infuse.files.given import BY_NAME, Given, on_paper_date, read_date
from infuse.files.library import Library, Loaded
from infuse.ground.source import Document, Problem
from infuse.ground.units import Quantity, Refused, quantity
from infuse.ordering import book, order, picking
from infuse.ordering.book import Table
from infuse.paper import book_pages, setpage
from infuse.paper.page import Sheet

_ONE = quantity(1, "kg")  # so that the weights are read even where the step cannot be


class CannotBind(Exception):
    """What was typed (where, Refused), and what is wrong with the files (problem, its document)."""

    def __init__(self, refused: list[tuple[str, Refused]], problems: list[tuple[Problem, Document | None]] = ()):
        self.refused, self.problems = refused, list(problems)
        super().__init__(f"{len(self.refused) + len(self.problems)} faults")


class Asked(NamedTuple):
    """`ids`: every protocol once, in sequence, with what a set chooses of it; `sets`: the sets' own pages."""

    ids: list[str]
    chosen: list[Mapping[str, Given]]
    sets: list[Sheet]
    weights: list[Quantity]
    heights: list[Quantity]
    until: date | None
    now: datetime


class Bound(NamedTuple):
    tables: list[Table]
    sets: list[Sheet]
    checked: int
    until: date


def read(library: Library, ids: Sequence[str], weights: str, step: str, heights: Sequence[str], until: str | None, now: datetime) -> Asked:
    """Everything that was typed. Raises CannotBind."""
    wrong, problems = [], []

    def tried(where, reader, *texts):
        try:
            return reader(*texts)
        except Refused as refused:
            wrong.append((where, refused))

    by = tried("--step", book.read_step, step)
    rows = tried("--weights", book.read_weights, weights, by or _ONE)
    tall = [tried("--height", BY_NAME["height"].read, each) for each in heights]
    last = tried("--until", read_date, until) if until else None
    if last is not None and last < now.date():
        wrong.append(("--until", Refused("a date that is not past", until, f"today is {on_paper_date(now.date())}")))
    found: dict[tuple, tuple[str, Mapping[str, Given]]] = {}
    pages = []
    for each in dict.fromkeys(ids):
        try:
            picked = picking.select(library, [each])
        except picking.CannotPick as error:
            wrong, problems = wrong + error.refused, problems + error.problems
            continue
        if picked.of_set is not None:
            pages.append(setpage.show_page(picked.of_set, now.date()))
        for name in picked.ids:
            chosen = picked.chosen.get(name, {})
            found.setdefault((name, tuple(sorted((key, given.text) for key, given in chosen.items()))), (name, chosen))
    if wrong or problems:
        raise CannotBind(wrong, problems)
    return Asked([name for name, _ in found.values()], [chosen for _, chosen in found.values()], pages, rows, tall, last, now)


def make(asked: Asked, loaded: Sequence[Loaded], tell: Callable[[int, int, str], None] | None = None) -> Bound:
    """Every table; `tell` is told how many orders were made, of how many, for which protocol. Raises CannotBind."""
    several = list(zip(loaded, asked.chosen))
    try:
        return _made(asked, several, tell)
    except order.Missing as missing:
        raise CannotBind([(BY_NAME[name].option, Refused(f"{BY_NAME[name].says}, such as {BY_NAME[name].example}", "", f"it changes the dose of {', '.join(of)}"))
                          for name, of in missing.facts.items()]) from None


def _made(asked: Asked, several, tell) -> Bound:
    whole, checked, tables = book.count(several, asked.weights, asked.heights), 0, []
    for one, chosen in several:
        def made(name=one.protocol.id):
            nonlocal checked
            checked += 1
            if tell:
                tell(min(checked, whole), whole, name)
        tables += book.tables(one, chosen, asked.weights, asked.heights, asked.now, made)
    return Bound(tables, asked.sets, checked, book_pages.last_day(asked.until, [each.protocol for each, _ in several], asked.now.date()))
