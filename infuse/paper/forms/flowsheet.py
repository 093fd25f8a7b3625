"""The monitoring flowsheet: what is observed when, a row for every time that the files state, and room to write.

For: the bedside. Times count from the start; where one was given the clock stands beside them. What a file says in words
alone (all the time, as the prescriber filled in) has no row of its own: its sentence stands above the chart in full.

Refuses: nothing; an order on which nothing is observed has no flowsheet.

Example: ketamine at 09:00 has a row at 15 minutes, 21-Nov 09:15, for respiratory rate, pain and sedation.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase
from typing import NamedTuple

from infuse.arithmetic import preparation as prep
from infuse.files import watching
from infuse.files.given import on_paper_time
from infuse.files.protocol import Monitoring
from infuse.ground.units import Quantity, quantity
from infuse.ordering import plan as plans
from infuse.ordering.order import Order
from infuse.paper import blanks
from infuse.paper.charting import COVERS, columns, heading, parts
from infuse.paper.for_this_patient import worked_out
from infuse.paper.page import NOT_DUE, Field, Fields, Section, Sentences, Table
from infuse.paper.sequence import on_the_clock

WHOLE_SET = "set"
MORE_ROWS = 8  # without a time, for what comes between
RULES = ("Times count from the actual start. If the start slips, the relative times rule, not the clock.",
         "A row is the latest time, not the only one: look whenever the patient changes.")
BESIDE = 10  # columns that a page on its side has room for, beside the times


class Observed(NamedTuple):
    """One line of what is observed: the code that stands in the rows, for whom, the sentence, its doses (start, end), its columns."""

    code: str
    drug: str
    what: Monitoring
    runs: tuple[tuple[Quantity, Quantity | None], ...]
    columns: tuple[str, ...]


def sections(order: Order) -> list[Section]:
    """What is observed, and the chart."""
    observed = list(_observed(order))
    if not observed:
        return []
    rows = tuple((each.code, f"{each.drug}: {each.what.observe}", f"{each.what.when} ({', '.join(each.what.source)})") for each in observed)
    start = order.patient.get("start")
    return [
        Section("MONITORING FLOWSHEET", (Sentences(RULES, strong=True), Fields((
            Field("PLANNED START", on_paper_time(start)) if start else Field("PLANNED START", blank="date and time"),
            Field("ACTUAL START", blank="date and time"))))),
        Section("WHAT IS OBSERVED   the codes stand in the chart", (Table(("", "OBSERVE", "WHEN"), rows, strong=(0,)),), flows=True),
        *_criteria(order),
        Section("CHART", (Sentences((_says(observed),)), *_tables(observed, start)), flows=True)]


def _observed(order: Order) -> Iterator[Observed]:
    for number, request in enumerate(order.requests, 1):
        runs = tuple(_runs(order, request))
        for letter, each in zip(ascii_lowercase, request.loaded.protocol.monitoring):
            yield Observed(f"{number}{letter}", request.loaded.drug.name, each, runs, columns(each, request.loaded.protocol.monitoring))
    one = order.plan and order.plan.arrangement.order_set
    whole = ((quantity(0, "min"), order.plan.ends if all(each.end for each in order.plan.events) else None),) if one else ()
    for letter, each in zip(ascii_lowercase, one.monitoring if one else ()):
        yield Observed(f"{WHOLE_SET} {letter}", "whole set", each, whole, columns(each, one.monitoring))


def _runs(order: Order, request) -> Iterator[tuple[Quantity, Quantity | None]]:
    """When each dose of a protocol starts and ends, since the start of the whole; what is only for need has no time."""
    if order.plan:
        yield from ((each.start, each.end) for each in order.plan.events
                    if not each.flush and order.plan.parts[each.part].name == request.loaded.protocol.id)
        return
    for dose in plans.doses_of([each for each in order.phases if each.loaded is request.loaded]):
        start = dose.start.to("min")
        yield start, None if dose.over is None else start + dose.over.to("min")


def _says(observed: list[Observed]) -> str:
    """How far the rows go, and what is in no row."""
    in_words = [each.code for each in observed if not (each.what.at or watching.read(each.what.when).whole)]
    words = f" By its sentence above, in any row: {', '.join(in_words)}." if in_words else ""
    return f"Rows for the first {COVERS.to('h').on_paper()}; after that the intervals go on as stated, on a further sheet.{words}"


def _tables(observed: list[Observed], start) -> list[Table]:
    """The chart, in as many parts as its columns need; the last column has room for what none of them is for."""
    names = list(dict.fromkeys(column for each in observed for column in each.columns))
    return [Table(("AFTER START", "CLOCK", "DUE", "TIME", *map(heading, part), "OTHER", "BY"), _rows(observed, part, start, number == 0), blank=True) for number, part in enumerate(parts(names, BESIDE))]


def _rows(observed: list[Observed], part: list[str], start, first: bool) -> tuple[tuple[str, ...], ...]:
    """Every time at which something is due; in the parts after the first, at which something of their own is."""
    due: dict[tuple, list[Observed]] = {}
    for each in observed:
        for begun, ended in each.runs:
            for at in watching.times(watching.read(each.what.at or each.what.when).watches, begun, ended, COVERS):
                key = (begun.value, False) if at is None else (at.value, True)
                if key[0] <= COVERS.value and each not in due.setdefault(key, []):
                    due[key].append(each)
    rows = [(_after(time, then), on_the_clock(start, quantity(time, "min")) if start else "", " ".join(each.code for each in some), "",
             *("" if any(column in each.columns for each in some) else NOT_DUE for column in part), "", "") for (time, then), some in sorted(due.items(), key=lambda one: one[0]) if first or any(column in each.columns for each in some for column in part)]
    return (*rows, *((("",) * (6 + len(part)),) * MORE_ROWS))


def _after(time, then: bool) -> str:
    """before; 15 minutes; before 8 hours."""
    if not time:
        return "at the start" if then else "before"
    said = prep.hours_and_minutes(quantity(time, "min"))
    return said if then else f"before {said}"


def _criteria(order: Order) -> list[Section]:
    """When to hold, stop and call, beside what is charted."""
    found = []
    for request in order.requests:
        answers = {question: given.text for question, given in request.answers.items()}
        lines = tuple(worked_out(order, request.loaded, each) for each in blanks.findings(request.loaded.protocol, answers))
        found.append(Section(f"HOLD, STOP AND CALL   {request.loaded.drug.name}", (Sentences(lines, strong=True, items=True),), flows=True))
    return found
