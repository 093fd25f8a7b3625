"""The downtime book, worked out: for what is ordered and each kind of patient a table by weight, every row an order.

For: `infuse book`, for the day when nothing else is up. A table is of one protocol, or of an order set as a whole: all that is
ordered together, with what is judged of it together. Its rows are weights in steps, and every weight at which something changes
between two of them: an edge of a band, the first weight that is stopped. So between rows the lower weight may rule.

Refuses: a weight range without two ends or backwards, steps of nothing, more rows than anybody would leaf through; a protocol
that needs a height where none is given. A row at a stop, of whatever is in it, has no numbers: it says what stopped it.

Example: ketamine from 35 to 155 kg in steps of 5 kg: "35 kg, call pharmacist", "40 kg, 2 mL/hour", ..., "150.1 kg, call pharmacist".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from infuse.arithmetic.patient import Patient
from infuse.files.given import Given
from infuse.files.library import Loaded, LoadedSet
from infuse.files.protocol import INTERVAL
from infuse.ground import grammar
from infuse.ground.units import Quantity, Refused, quantity
from infuse.judgement import screening, weighing
from infuse.judgement.limits import HARD, Alert
from infuse.ordering import kinds, order
from infuse.ordering.kinds import Cell
from infuse.ordering.order import NEEDS_OVERRIDE, READY, STOPPED, Order, Request
from infuse.ordering.phases.worksheet import named
from infuse.ordering.plan import Arrangement

MOST_ROWS = 400
_FINEST = quantity("0.1", "kg")
_FAR = re.compile(r"is (?:just above|[\d.,]+ times) the (hard|soft) limit")  # how far differs from row to row
_RECORDED = re.compile(r"; recorded: [^()]*(?= \()")


class Entry(NamedTuple):
    """What is ordered together in the rows of some tables: one protocol; or a set with the protocols that are picked of it,
    and how they are given together."""

    requests: tuple[Request, ...]
    arrangement: Arrangement | None = None
    of_set: LoadedSet | None = None

    @property
    def loaded(self) -> list[Loaded]:
        return [each.loaded for each in self.requests]

    @property
    def name(self) -> str:
        return self.of_set.order_set.id if self.of_set else self.loaded[0].protocol.id


class Row(NamedTuple):
    """The order at one weight, or what stopped it: `reason` with HARD stops, `codes` of soft ones; `refused`: what was chosen
    and cannot be at this weight."""

    weight: Quantity
    status: str
    order: Order | None
    reason: str = ""
    codes: tuple[str, ...] = ()
    refused: tuple[tuple[str, Refused], ...] = ()


class Table(NamedTuple):
    """`by_dosing_weight`: which weight its rows are, where that is not the actual one."""

    entry: Entry
    cell: Cell
    by_dosing_weight: str
    rows: tuple[Row, ...]

    @property
    def ready(self) -> list[Row]:
        return [each for each in self.rows if each.status == READY]


def read_step(text: str) -> Quantity:
    """How far it is from row to row. Raises Refused."""
    step = grammar.read_quantity(text, "weight").to("kg")
    if step < _FINEST:
        raise Refused(f"a step of at least {_FINEST.on_paper()}", text)
    return step


def read_weights(text: str, by: Quantity) -> list[Quantity]:
    """The weights of the rows, both ends included. Raises Refused."""
    wanted = grammar.read_range(text, "weight")
    if wanted.low is None or wanted.high is None or not wanted.low.value:
        raise Refused("two weights above zero, such as 40 to 120 kg", text)
    low, high = wanted.low.to("kg"), wanted.high.to("kg")
    count = int((high.value - low.value) / by.value) + 1
    if count > MOST_ROWS:
        raise Refused(f"at most {MOST_ROWS} rows", f"{text} in steps of {by.on_paper()}", f"that is {count:,}; take larger steps")
    rows = [low.with_value(low.value + by.value * number) for number in range(count)]
    return rows if rows[-1] == high else [*rows, high]


def count(entries: list[Entry], weights: list[Quantity], heights: list[Quantity]) -> int:
    """How many orders a book makes at least. Raises order.Missing, Refused."""
    return sum(len(_kinds(each, heights)) * len(_with_edges(each, weights)) for each in entries)


def tables(entry: Entry, weights: list[Quantity], heights: list[Quantity], now: datetime, made: Callable[[], None] = lambda: None) -> Iterator[Table]:
    """Every table of a protocol or set; `made` is told of each order. Raises order.Missing, Refused."""
    dosing = "" if entry.requests[1:] else kinds.by_dosing_weight(entry.loaded[0])
    for cell in _kinds(entry, heights):
        def at(weight, cell=cell):
            made()
            return row(entry, cell, weight, dosing, now)
        rows = [at(each) for each in _with_edges(entry, weights)]
        yield Table(entry, cell, dosing, tuple(_with_changes(rows, at)))


def _kinds(entry: Entry, heights: list[Quantity]) -> list[Cell]:
    return kinds.cells(entry.loaded, heights, entry.of_set is not None)


def asked(table: Table) -> dict[str, list[str]]:
    """The boxes before the first dose: under "" those that are asked of everybody, and of several drugs its own under the name of
    each. The facts of the cell stand for a whole band: they answer no question about the patient, nor is it known when anybody
    was weighed."""
    one, loaded = table.ready[0].order, table.entry.loaded
    known = {name: value for name, value in one.patient.facts.items() if name in ("weight", "dosing_weight")}
    bare = Patient(known, one.patient.given)
    weighed = weighing.weigh(loaded, bare, one.weight, one.now)
    facts = screening.one_care_area([box for each in loaded for box in screening.open_facts(each, bare, one.weight)], loaded)
    phases = [phase for row in table.ready for phase in row.order.phases]
    facts += filter(None, (screening.last_dose(phase.loaded, bare, interval) for phase in phases if (interval := named(phase.phase, INTERVAL))))
    if table.entry.of_set:
        facts = [screening.care_area_box(table.entry.of_set.order_set.care_areas) if each.fact == "care_area" else each for each in facts]
    found = {"": list(dict.fromkeys(each.question for each in facts))}
    for each in loaded:
        lead, grown = f"{each.drug.name}: ", _of_children(each)
        boxes = [box.question for box in (*screening.open_questions(each), *weighed.boxes[each.protocol.id])]
        boxes = [box for box in dict.fromkeys(boxes) if not any(f": {text} (" in box for text in grown)]
        found.setdefault(each.drug.name if loaded[1:] else "", []).extend(one.removeprefix(lead) if loaded[1:] else one for one in boxes)
    return found


def _of_children(loaded: Loaded) -> list[str]:
    """What speaks against the drug only at ages below those of a protocol for adults."""
    if loaded.protocol.population != "adult":
        return []
    limit = loaded.protocol.patient.age.limit
    youngest = max((side.range.low for _, side in limit.sides if side.range.low), default=None) if limit else None
    return [each.text for each in (*loaded.drug.contraindications, *loaded.drug.precautions)
            if youngest and each.severity != "note" and each.when and each.when.age and each.when.age.high and each.when.age.high <= youngest]


# ---------------------------------------------------------------------------------------------- rows


def soft_stop(code: str, of_set: bool) -> str:
    """What a soft stop is about, in words: weight; in a set of which protocol."""
    protocol, _, what = code.partition(".")
    return f"soft stop: {what.replace('_', ' ').replace('-', ' ')}" + (f" of {protocol}" if of_set else "")


def _with_edges(entry: Entry, weights: list[Quantity]) -> list[Quantity]:
    """The weights, and between them every edge of a band: who is between two rows is then in the band of the lower one."""
    edges = {end.to("kg") for loaded in entry.loaded for phase in loaded.protocol.phases for each in (*getattr(phase, "bands", ()), *getattr(phase, "tiers", ()))
             for name, edge in each.edges().items() if name == "weight" for end in (edge.low, edge.high) if end is not None}
    return sorted({*weights, *(each for each in edges if weights[0] < each < weights[-1])})


def _with_changes(rows: list[Row], at: Callable[[Quantity], Row]) -> Iterator[Row]:
    """Also every first weight, to 0.1 kg, that stands otherwise than the row below it: between two rows there may be several."""
    for row, after in zip(rows, [*rows[1:], None]):
        yield row
        while after is not None and row.status != after.status and (row := _change(row, after, at)) is not after:
            yield row


def _change(row: Row, after: Row, at: Callable[[Quantity], Row]) -> Row:
    """The first weight above a row that stands otherwise: it lies below the row after it, or is that row."""
    low, high, found = row.weight, after.weight, after
    while (gap := int((high.value - low.value) / _FINEST.value)) > 1:
        between = at(low.with_value(low.value + _FINEST.value * (gap // 2)))
        if between.status == row.status:
            low = between.weight
        else:
            high, found = between.weight, between
    return found


def row(entry: Entry, cell: Cell, weight: Quantity, dosing: str, now: datetime) -> Row:
    """What stands at one weight: the order, where one of the ages of the cell allows it without a reason."""
    found = None
    for age in cell.ages:
        try:
            made = _order(entry, cell.facts | ({"age": age} if age else {}), weight, dosing, now)
        except order.NotUnderstood as wrong:
            reason = "; ".join(f'{where}: expected {each.expected}; found "{each.found}"' for where, each in wrong.refused)
            return Row(weight, STOPPED, None, reason, refused=tuple(wrong.refused))
        if made.status == READY:
            return Row(weight, READY, made)
        found = made if found is None or found.status != NEEDS_OVERRIDE else found
    if found.status == NEEDS_OVERRIDE:
        return Row(weight, NEEDS_OVERRIDE, None, codes=tuple(dict.fromkeys(each.code for each in found.not_overridden)))
    return Row(weight, found.status, None, "; ".join(dict.fromkeys(_reason(entry, each) for each in found.alerts if each.level == HARD)))


def _reason(entry: Entry, alert: Alert) -> str:
    """Of a set with the protocol that it is about; without the facts that stand for the patient, who has others."""
    said = _FAR.sub(r"is above the \1 limit", _RECORDED.sub("", alert.message))
    return f"{alert.code.partition('.')[0]}: {said}" if entry.of_set else said


def _order(entry: Entry, facts, weight, dosing, now) -> Order:
    """One row's order. That a dosing weight is given is what the table says of itself: no reason is asked for that alone."""
    known = facts | {"weight": weight, "weight_date": now.date()} | ({"dosing_weight": weight} if dosing else {})
    patient = Patient(known, {name: Given(str(value), name) for name, value in known.items()})
    overrides = [(f"{entry.loaded[0].protocol.id}.dosing_weight", "the rows are dosing weights")] if dosing else []
    try:
        return order.build(list(entry.requests), patient, now, overrides, "book", arrangement=entry.arrangement)
    except order.NotUnderstood:
        if not overrides:
            raise
        return order.build(list(entry.requests), patient, now, arrangement=entry.arrangement)  # stopped before the dosing weight was used: nothing to override
