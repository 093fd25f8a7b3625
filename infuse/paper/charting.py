"""The chart of what is observed: a column for each thing that the files watch, with its unit, a row for each time they state.

For: the sheet of one order or of several, and the monitoring flowsheet. Of several orders there is one chart: each column once,
with the orders that ask for it, each time once; a cell that nobody asks for at that time has a dash, and may be used all the
same. Times count from the start. A dose that comes again has a row for what is watched before it.

Refuses: nothing; what a file says in words alone has no row, its sentence stands above the chart.

Example: metoclopramide has "restlessness", "spasm" and "pain 0 to 10" before, and at 5, 15, 30 and 60 minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from infuse.arithmetic import preparation as prep
from infuse.files import watching
from infuse.files.protocol import Monitoring
from infuse.ground.numerals import half_up
from infuse.ground.units import Quantity, quantity
from infuse.ordering import plan as plans
from infuse.ordering.order import Order, Request
from infuse.paper import observing
from infuse.paper.page import NOT_DUE, Block, Sentences, Table
from infuse.paper.phrases import in_numbers, order_numbers
from infuse.paper.sequence import on_the_clock

COVERS = quantity(24, "h").to("min")  # what one chart has rows for; then the next one
MOST, RUNS_ON, MORE, LEAST = 16, 7, 1, 6  # rows with a time on a sheet, of what runs on too (the flowsheet goes on); rows without; rows in all
BESIDE = 9  # columns that an upright page has room for
_COLUMNS = {"blood pressure": "blood pressure, mmHg", "heart rate": "pulse, a minute", "breaths": "breaths, a minute", "oxygen saturation": "saturation, %",
            "heart rhythm (ECG)": "heart rhythm", "sedation": "sedation score", "pain 0 to 10": "pain 0 to 10", "nausea": "nausea"}
_WORDS = {column: observing.OBSERVED[name] for name, column in _COLUMNS.items()} | {"restlessness": re.compile(r"\brestlessness\b")}  # of a file that names no columns


class Run(NamedTuple):
    """One giving of what is watched: from `start` to `end` (None: it runs on), the `number` of the dose among `of`."""

    start: Quantity
    end: Quantity | None
    number: int = 1
    of: int = 1


class Asked(NamedTuple):
    """One line of what is observed: the numbers of the orders that ask for it ("": all of them), its doses, its columns."""

    orders: str
    what: Monitoring
    runs: tuple[Run, ...]
    columns: tuple[str, ...]


class Row(NamedTuple):
    """When to look, in minutes, and the columns that are due; `name`: what it is called where no time says it."""

    at: Fraction
    name: str
    due: frozenset[str]

    @property
    def label(self) -> str:
        """before; before dose 2; 1 hour 30 minutes; 2.5 minutes."""
        time = quantity(self.at, "min")
        return self.name or (prep.hours_and_minutes(time) if self.at.denominator == 1 else time.on_paper())


def columns(one: Monitoring, among: Iterable[Monitoring]) -> tuple[str, ...]:
    """What a file names as its columns; of one that names none (`among` all of its lines) those that are found in its words."""
    named = any(each.chart for each in among)
    return one.chart if named else tuple(name for name, words in _WORDS.items() if words.search(one.observe))


def heading(column: str) -> str:
    """BLOOD PRESSURE, mmHg: the unit as it is written."""
    name, _, unit = column.partition(", ")
    return name.upper() + (f", {unit}" if unit else "")


def asked(order: Order) -> list[Asked]:
    """Everything that the files of an order watch."""
    numbers, found = order_numbers(order), []
    for request in order.requests:
        runs = tuple(_runs(order, request))
        mine = request.loaded.protocol.monitoring
        found += [Asked(in_numbers(numbers[request.loaded.protocol.id]) if order.requests[1:] else "", each, runs, columns(each, mine)) for each in mine]
    one = order.plan and order.plan.arrangement.order_set
    whole = (Run(quantity(0, "min"), order.plan.ends if all(each.end for each in order.plan.events) else None),) if one else ()
    return found + [Asked("", each, whole, columns(each, one.monitoring)) for each in (one.monitoring if one else ())]


def _runs(order: Order, request: Request) -> Iterable[Run]:
    """When each dose of a protocol starts and ends, since the start of the whole; what is only for need has no time."""
    if order.plan:
        mine = [(each.start, each.end, each.dose.branch) for each in order.plan.events if not each.flush and order.plan.parts[each.part].name == request.loaded.protocol.id]
        item = order.plan.arrangement.items.get(request.loaded.protocol.id)
        mine = mine[:1] if item and item.before_each else mine  # it is watched with the dose that follows it
    else:
        mine = [(start, None if dose.over is None else start + dose.over.to("min"), dose.branch)
                for dose in plans.doses_of([each for each in order.phases if each.loaded is request.loaded]) for start in (dose.start.to("min"),)]
    for number, (start, end, branch) in enumerate(mine, 1):
        before = sum(one.value < start.value and other in ("", branch) for one, _, other in mine)
        yield Run(start, end, before + 1, len(mine))


def rows(several: list[Asked], until: Quantity = COVERS) -> list[Row]:
    """Every time at which something is due, each once, in order of time."""
    due: dict[tuple[str, Fraction], set[str]] = {}
    for one in several:
        for at, name in (each for run in one.runs for each in _times(watching.read(one.what.at or one.what.when).watches, run, until)) if one.columns else ():
            due.setdefault((name, at), set()).update(one.columns)
    named: dict[str, tuple[Fraction, set[str]]] = {}
    for (name, at), found in sorted(due.items()):  # the same dose of two branches has one row, at the time of the first
        if name:
            named.setdefault(name, (at, set()))[1].update(found)
    timed = [Row(at, "", frozenset(found)) for (name, at), found in due.items() if not name]
    return sorted([*timed, *(Row(at, name, frozenset(found)) for name, (at, found) in named.items())], key=lambda each: each.at)


def _times(watches: tuple[watching.Watch, ...], run: Run, until: Quantity) -> Iterable[tuple[Fraction, str]]:
    """(when, what the row is called where it has no time). Of a course every dose has a row before it, and the first its times."""
    if run.number > 1:
        if any(each.kind == watching.BEFORE for each in watches):
            yield run.start.value, f"before dose {run.number}"
        return
    for at in watching.times(watches, run.start, run.end, until):
        when = run.start if at is None else at
        if when <= until:
            yield _on_a_clock(when.value), "before" if at is None and not when.value else ""


def _on_a_clock(minutes: Fraction) -> Fraction:
    """The whole minute: a pump that runs in steps ends at 67.02. A file may state halves."""
    return minutes if minutes.denominator <= 2 else Fraction(half_up(minutes))


def until(order: Order) -> Quantity | None:
    """The last time at which something is observed, of a plan that ends."""
    if any(each.end is None for each in order.plan.events):
        return None
    return quantity(max((each.at for each in rows(asked(order)) if not each.name), default=Fraction(0)), "min")


def on_the_sheet(order: Order) -> list[Block]:
    """The chart of an order, as far as a sheet has room for it."""
    several, most = asked(order), RUNS_ON if any("delivered_dose" not in each.figures for each in order.phases) else MOST
    return [*intervals(several), *chart(several, order.patient.get("start"), most)]


def intervals(several: list[Asked]) -> list[Block]:
    """Where the times begin anew after every step up: how often in which hours, as one table."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for one in several:
        every = [each for each in watching.read(one.what.at or one.what.when).watches if each.kind == watching.EVERY]
        if one.what.after_steps and every:
            found.setdefault(tuple(_stretches(every)), []).extend(column.partition(", ")[0] for column in one.columns)
    return [Table(("FROM THE START, AND AGAIN FROM EVERY STEP UP", f"LOOK AT {', '.join(names)}"), each, strong=(1,)) for each, names in found.items()]


def _stretches(every: list[watching.Watch]) -> Iterable[tuple[str, str]]:
    """first 1 hour, every 15 minutes; next 2 hours, every 30 minutes; after that, every 2 hours."""
    for number, each in enumerate(every):
        which = "first" if number == 0 else "next"
        yield f"{which} {prep.hours_and_minutes(each.lasting)}" if each.lasting else "after that", f"every {prep.hours_and_minutes(each.time)}"


def chart(several: list[Asked], start: datetime | None, most: int, more: int = 0, until: Quantity = COVERS, beside: int = BESIDE) -> list[Block]:
    """The chart, and how far its rows go; nothing where nothing is watched. `more`: rows without a time, as many as there is room for if 0."""
    names: dict[str, list[str]] = {}
    for one in several:
        for column in one.columns:
            names.setdefault(column, []).extend([one.orders] if one.orders and one.orders not in names.get(column, ()) else [])
    if not several:
        return []
    names = names or {"observed": []}
    found = [each for each in rows(several, until) if each.due]
    shown, more = found[:most], more or max(MORE, LEAST - len(found))
    names = {each: asking for each, asking in names.items() if not found[most:] or any(each in row.due for row in shown)}  # the flowsheet has the others
    said = ["Look whenever the patient changes, not at these times alone. A dash: not due then."]
    if found[most:] and shown:
        said.append(f"The rows go on after {prep.hours_and_minutes(quantity(shown[-1].at, 'min'))}, at the times above: on the flowsheet.")
    return [Sentences((" ".join(said),)), *(_table(part, names, shown, start, more) for part in parts(list(names), beside))]


def parts(names: list[str], beside: int) -> list[list[str]]:
    """Columns that have room beside each other, in parts of nearly one size; one part without any where there are none."""
    several = max(-(-len(names) // beside), 1)
    each = max(-(-len(names) // several), 1)
    return [names[at : at + each] for at in range(0, max(len(names), 1), each)]


def _table(part: list[str], names: dict[str, list[str]], shown: list[Row], start: datetime | None, more: int) -> Table:
    heads = [heading(column) + (f" ({', '.join(names[column])})" if names[column] else "") for column in part]
    body = [(_label(each, start), "", *("" if column in each.due else NOT_DUE for column in part)) for each in shown if each.due & set(part)]
    return Table(("AFTER START", "TIME, BY", *heads), (*body, *((("",) * (2 + len(heads)),) * more)), blank=True)


def _label(row: Row, start: datetime | None) -> str:
    """With the clock, and with the day where it is another one than that of the start."""
    if not start or row.name:
        return row.label
    day, _, time = on_the_clock(start, quantity(row.at, "min")).partition(" ")
    today = on_the_clock(start, quantity(0, "min")).partition(" ")[0]
    return f"{row.label}, {time if day == today else f'{day} {time}'}"
