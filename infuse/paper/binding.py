"""What goes into a downtime book: which protocols and sets, what is chosen of them, at which weights, until when; and its tables.

For: `infuse book`, between the command line and the tables. A set brings tables of the whole set, then those of each of its
protocols alone; what is chosen is chosen in both.

Refuses: weights backwards or without an end, a step of nothing, a date that is past, a height that nobody has, an item that
no set has, a protocol that wants a height where none was given: all at once, before anything is worked out. What is chosen and
cannot be at any weight, and a set that is stopped in every row of every table: there is no book then.

Example: read(library, Typed(["ketamine-inpatient-titration"], "40 to 120 kg", "5 kg"), now).ids is that one id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from infuse.files.given import BY_NAME, Given, on_paper_date, read_date
from infuse.files.library import Library, Loaded
from infuse.files.shapes import did_you_mean
from infuse.ground.source import Document, Problem
from infuse.ground.units import Quantity, Refused, quantity
from infuse.ordering import book, choosing, intake, order, picking
from infuse.ordering.book import Entry, Table
from infuse.ordering.picking import Selection
from infuse.paper import book_pages

_TOLD = 6  # reasons why a set is stopped, the most frequent first
_ONE = quantity(1, "kg")  # so that the weights are read even where the step cannot be


class CannotBind(Exception):
    """What was typed (where, Refused), what is wrong with the files (problem, its document), and why every row is stopped, in
    lines that are complete."""

    def __init__(self, refused: list[tuple[str, Refused]], problems: list[tuple[Problem, Document | None]] = (), stopped: Sequence[str] = ()):
        self.refused, self.problems, self.stopped = refused, list(problems), list(stopped)
        super().__init__(f"{len(self.refused) + len(self.problems)} faults")


class Typed(NamedTuple):
    """The words of the command line."""

    ids: Sequence[str]
    weights: str
    step: str
    heights: Sequence[str] = ()
    until: str | None = None
    wanted: Sequence[str] = ()
    unwanted: Sequence[str] = ()
    choose: Sequence[str] = ()


class Asked(NamedTuple):
    """`ids`: every protocol once; `picked`: what has tables, each a set with what is picked of it, or a protocol, with what is
    chosen of its protocols."""

    ids: list[str]
    picked: list[Selection]
    weights: list[Quantity]
    heights: list[Quantity]
    until: date | None
    now: datetime
    as_wanted: bool = False  # something was wanted, unwanted or chosen


class Bound(NamedTuple):
    """`absent`: sets that are stopped in every row, as they are: (what, why of most rows)."""

    tables: list[Table]
    checked: int
    until: date
    absent: list[tuple[Entry, list[str]]] = []


# ---------------------------------------------------------------------------------------------- what was typed


def read(library: Library, typed: Typed, now: datetime) -> Asked:
    """Everything that was typed. Raises CannotBind."""
    wrong = []

    def tried(where, reader, *texts):
        try:
            return reader(*texts)
        except Refused as refused:
            wrong.append((where, refused))

    by = tried("--step", book.read_step, typed.step)
    rows = tried("--weights", book.read_weights, typed.weights, by or _ONE)
    tall = [tried("--height", BY_NAME["height"].read, each) for each in typed.heights]
    last = tried("--until", read_date, typed.until) if typed.until else None
    if last is not None and last < now.date():
        wrong.append(("--until", Refused("a date that is not past", typed.until, f"today is {on_paper_date(now.date())}")))
    picked, more, problems = _picked(library, typed)
    ids = list(dict.fromkeys(name for each in picked for name in each.ids))
    chosen, _answers, worse = intake.choices(ids, {}, list(typed.choose), [], {}, {}) if ids else ({}, {}, [])
    worse += [(given.where, Refused("a choice of what begins: in a book nothing runs already", given.text)) for mine in chosen.values()
              for name, given in mine.items() if name.rpartition(".")[2] in choosing.RUNNING]
    if wrong or more or worse or problems:
        raise CannotBind(wrong + more + worse, problems)
    picked = [each._replace(chosen={name: {**each.chosen.get(name, {}), **chosen[name]} for name in each.ids}) for each in picked]
    return Asked(ids, list(_without_repeats(picked)), rows, tall, last, now, bool(typed.wanted or typed.unwanted or typed.choose))


def _picked(library: Library, typed: Typed) -> tuple[list[Selection], list[tuple[str, Refused]], list]:
    """What each id comes to: a set, followed by each of its protocols alone; what was refused; what is wrong with the files."""
    sets = [each for each in dict.fromkeys(typed.ids) if each in library.sets()]
    items = {each: _items(library, each) for each in sets}
    found, wrong, problems = [], _strangers(items, typed) if sets else [], []
    for each in dict.fromkeys(typed.ids) if sets or not (typed.wanted or typed.unwanted) else [typed.ids[0]]:
        wanted, unwanted = ([name for name in names if not sets or name in items.get(each, ())] for names in (typed.wanted, typed.unwanted))
        try:
            one = picking.select(library, [each], wanted, unwanted)
        except picking.CannotPick as error:
            wrong, problems = wrong + error.refused, problems + error.problems
            continue
        alone = [Selection([name], None, {name: one.chosen.get(name, {})}, None) for name in one.ids]
        found += [one, *alone] if one.of_set else alone
    return found, wrong, problems


def _items(library: Library, name: str) -> list[str]:
    one = library.load_set(library.sets()[name]).order_set
    return [each for item in one.items for each in item.protocols] if one else []


def _strangers(items: dict[str, list[str]], typed: Typed) -> list[tuple[str, Refused]]:
    """What is wanted or not of the sets and is an item of none."""
    known = list(dict.fromkeys(name for names in items.values() for name in names))
    return [(option, Refused(f"an item of {' or '.join(items)}: {', '.join(known)}", said, did_you_mean(said, known)))
            for option, names in (("--with", typed.wanted), ("--without", typed.unwanted)) for said in names if said not in known]


def _without_repeats(picked: list[Selection]):
    """Sets first; of a protocol with the same choices one."""
    seen = set()
    for each in sorted(picked, key=lambda one: one.of_set is None):
        key = (each.of_set and each.of_set.order_set.id, *(_texts(each.chosen, name) for name in each.ids))
        if key not in seen:
            seen.add(key)
            yield each


def _texts(chosen: Mapping[str, Mapping[str, Given]], name: str) -> tuple:
    return (name, *sorted((key, given.text) for key, given in chosen.get(name, {}).items()))


# ---------------------------------------------------------------------------------------------- its tables


def make(asked: Asked, loaded: Sequence[Loaded], tell: Callable[[int, int, str], None] | None = None) -> Bound:
    """Every table; `tell` is told how many orders were made, of how many, for which protocol or set. Raises CannotBind."""
    known = {each.protocol.id: each for each in loaded}
    entries = [Entry(tuple(order.Request(known[name], each.chosen[name]) for name in each.ids), each.arrangement, each.of_set) for each in asked.picked]
    whole, checked, tables = 0, 0, []
    wrong: list[tuple[str, Refused]] = []
    stopped: list[str] = []
    of_absent: list[str] = []
    absent: list[tuple[Entry, list[str]]] = []
    try:
        whole = book.count(entries, asked.weights, asked.heights)
        for entry in entries:
            def made(name=entry.name):
                nonlocal checked
                checked += 1
                if tell:
                    tell(min(checked, whole), whole, name)
            found = list(book.tables(entry, asked.weights, asked.heights, asked.now, made))
            refused, lines = _useless(entry, found, asked)
            if entry.of_set and lines and not asked.as_wanted:  # nobody asked for it as it is: the contents say that it is not in the book
                absent.append((entry, _reasons(found)))
                of_absent += lines
                continue
            wrong, stopped, tables = wrong + refused, stopped + lines, tables + found
    except order.Missing as missing:
        raise CannotBind([(BY_NAME[name].option, Refused(f"{BY_NAME[name].says}, such as {BY_NAME[name].example}", "", f"it changes the dose of {', '.join(of)}"))
                          for name, of in missing.facts.items()]) from None
    except Refused as refused:
        raise CannotBind([("SET", refused)]) from None
    if not any(each.ready for each in tables):
        stopped += of_absent
    if wrong or stopped:
        raise CannotBind(list({(where, str(each)): (where, each) for where, each in wrong}.values()), [], stopped)
    committees = [*(each.protocol for each in loaded), *(each.of_set.order_set for each in asked.picked if each.of_set)]
    return Bound(tables, checked, book_pages.last_day(asked.until, committees, asked.now.date()), absent)


def _useless(entry: Entry, tables: list[Table], asked: Asked) -> tuple[list[tuple[str, Refused]], list[str]]:
    """(what was chosen and cannot be at any weight, why no row of a set, or of what was chosen, is an order)."""
    rows = [row for table in tables for row in table.rows]
    refused = [each for row in rows for each in row.refused]
    if any(each.order for each in rows) or not (entry.of_set or any(each.chosen for each in entry.requests)):
        return [], []
    if refused:
        return refused, []
    lines = [f"   {said}: {count} of {len(rows)} rows" for said, count in _why(tables).most_common(_TOLD)] or ["   no age is allowed by all of its protocols"]
    return [], [f"{entry.name}: expected a weight at which all of it may be ordered; found none from {asked.weights[0].on_paper()} to {asked.weights[-1].on_paper()}", *lines,
                "   take other doses with --choose, or other --weights" + ("; of a set other items with --with and --without, or its protocols alone:" if entry.of_set else ""),
                *([f"   infuse book {' '.join(each.protocol.id for each in entry.loaded)}"] if entry.of_set else [])]


def _why(tables: list[Table]) -> Counter:
    """How many rows each reason stops."""
    rows = [row for table in tables for row in table.rows]
    return Counter(said for row in rows for said in (*(f"soft stop {code}" for code in row.codes), *([row.reason.replace(f"{row.weight.on_paper()} ", "")] if row.reason else [])))


def _reasons(tables: list[Table]) -> list[str]:
    """Why there is no row of a set that has numbers, what stops most of them first, in words."""
    words = {f"soft stop {code}": book.soft_stop(code, of_set=True) for table in tables for row in table.rows for code in row.codes}
    return [words.get(said, said) for said, _ in _why(tables).most_common(_TOLD)] or ["no age is allowed by all of its protocols"]
