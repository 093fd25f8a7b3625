"""When the parts of an order set are given, in a downtime book: one sequence of the visit for every row, or one for each weight.

For: `book_sets`. What the rows have in common stands once; a dose that differs is in its row, and so is a start, where a few
differ. Where the rows differ in more than that, each stretch of weights has a sequence of its own.

Refuses: nothing; only rows that are orders get here.

Example: "0 minutes, line 1, 1 metoclopramide 10 mg over 15 minutes; then flush ...", "17 minutes, line 1, 2 ketorolac: dose by its row".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from infuse.arithmetic import preparation as prep
from infuse.ordering.book import Table
from infuse.ordering.order import Order
from infuse.paper import branching, lines, sequence
from infuse.paper.book_tables import along, grouped
from infuse.paper.page import Section, Sentences
from infuse.paper.page import Table as Printed
from infuse.paper.phrases import TICK, order_numbers

_MOST_STARTS = 4  # columns of them beside the doses
_BY_ROW = "by its row"
_FLUSHED = "; then flush, no faster than the drug of the row"


class Given(NamedTuple):
    """One dose of the sequence in words: what stays the same whatever the weight (`fixed`), and what may not."""

    fixed: tuple[str, str, str]
    start: str
    amount: str
    over: str
    flush: str


def of_order(order: Order) -> list[Given]:
    """Every dose of an order in order of time."""
    numbers, drugs = order_numbers(order), {request.loaded.protocol.id: request.loaded.drug.name for request in order.requests}
    found, said, titles = [], set(), {each.name: each.title for each in branching.of(order)}
    for event in order.plan.events:
        if event.flush:
            continue
        dose = event.dose
        part = order.plan.parts[event.part].name
        number, name, amount = numbers[part][dose.number], " ".join(filter(None, (drugs[part], dose.phase))), dose.amount.on_paper()
        after = dose.what.removeprefix(f"{name} {amount}") + sequence.condition(event, said, titles)
        over = "runs on" if event.end is None else f"over {prep.hours_and_minutes(event.end - event.start)}"
        found.append(Given((f"{number} {name}", str(event.line), after), prep.hours_and_minutes(event.start), amount, over, sequence.then_flushed(order.plan, event, said)))
    return found


def sections(table: Table) -> tuple[list[Section], list[tuple[str, list[str]]]]:
    """(the sequence and the lines, columns of the starts that differ by weight)."""
    orders = [each.order for each in table.ready]
    several = [of_order(each) for each in orders]
    alike = len({tuple(each.fixed for each in one) for one in several}) == 1
    differ = [at for at in range(len(several[0])) if len({one[at].start for one in several}) > 1] if alike else []
    if not alike or len(differ) > _MOST_STARTS:
        return [section for which, some in _stretches(table, several) for section in _of(some, [orders[several.index(some[0])]], which)], []
    columns = [(f"{several[0][at].fixed[0]}: STARTS{several[0][at].fixed[2].partition(';')[0].upper()}", [one[at].start for one in several]) for at in differ]
    return _of(several, orders, ""), columns


def _stretches(table: Table, several: list[list[Given]]) -> Iterator[tuple[str, list[list[Given]]]]:
    """Neighbors with the same times, lines and conditions."""
    keys = [repr([(each.fixed, each.start, each.over) for each in one]) for one in several]
    for key, which in grouped(along(table, keys)):
        if key:
            yield which, [one for one, own in zip(several, keys) if own == key]


def _of(several: list[list[Given]], orders: list[Order], which: str) -> list[Section]:
    rows = []
    for same in zip(*several):
        (what, line, after), (start, amount, over, flush) = same[0].fixed, (_common(getattr(each, name) for each in same) for name in ("start", "amount", "over", "flush"))
        rows.append((start, line, f"order {what}{f' {amount}' if amount != _BY_ROW else f' (dose {_BY_ROW})'} {over if over != _BY_ROW else 'over the time of its row'}{after}{flush if flush != _BY_ROW else _FLUSHED}", ""))
    times = Printed(("ELAPSED", "LINE", "GIVE", "DONE, BY"), tuple(rows), blank=True)
    note = f"   {which}" if which else ""
    either = [f"{said}. Strike out the other." for request in orders[0].requests if (said := branching.without_orders(request.loaded.protocol))]
    return [Section(f"SEQUENCE{note}", (Sentences((sequence.RULE, *either, *sequence.rules(orders[0], orders[0].plan)), strong=True), times), flows=True), lines.section(orders[0], orders[0].plan, with_fluid=False)._replace(heading=f"LINES{note}")]


def _common(texts) -> str:
    found = set(texts)
    return found.pop() if len(found) == 1 else _BY_ROW


def if_needed(order: Order) -> dict[str, str]:
    """Of each protocol that is given only where its condition comes true: when that is."""
    items = order.plan.arrangement.items
    return {name: f"{item.only_if} {TICK}" + ("; at no time of its own: it stands ready" if item.if_needed else "") for name, item in items.items() if item.only_if}
