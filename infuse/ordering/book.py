"""The downtime book, worked out: for each protocol and each kind of patient a table by weight, every row an order.

For: `infuse book`, for the day when nothing else is up. A table is for one cell of age, renal function and height, where the
dose depends on them; its rows are weights in steps, and every weight at which something changes between two of them: an edge
of a band, the first weight that is stopped. So between rows the lower weight may rule.

Refuses: a weight range without two ends or backwards, steps of nothing, more rows than anybody would leaf through; a protocol
that needs a height where none is given. A row at a stop has no numbers: it says what stopped it.

Example: ketamine from 35 to 155 kg in steps of 5 kg: "35 kg, call pharmacist", "40 kg, 2 mL/hour", ..., "150.1 kg, call pharmacist".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from infuse.arithmetic.patient import Patient
from infuse.files import bands
from infuse.files.given import Given
from infuse.files.library import Loaded
from infuse.files.protocol import ACTUAL
from infuse.ground import grammar
from infuse.ground.ranges import HalfOpen
from infuse.ground.units import Quantity, Refused, quantity
from infuse.judgement.limits import HARD
from infuse.ordering import order, phases
from infuse.ordering.order import NEEDS_OVERRIDE, READY, Order

MOST_ROWS = 400
_FINEST = quantity("0.1", "kg")
_GROWN = quantity(40, "year")


class Cell(NamedTuple):
    """One kind of patient: facts to order with, and the same in words. `ages`: those that stand for its band, one of which
    must allow a row."""

    facts: dict[str, Quantity]
    words: tuple[tuple[str, str], ...]
    ages: tuple[Quantity | None, ...]


class Row(NamedTuple):
    """The order at one weight, or what stopped it: `reason` with HARD stops, "" at a soft one."""

    weight: Quantity
    status: str
    order: Order | None
    reason: str = ""


class Table(NamedTuple):
    """`by_dosing_weight`: which weight its rows are, where that is not the actual one."""

    loaded: Loaded
    cell: Cell
    by_dosing_weight: str
    rows: tuple[Row, ...]


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


def count(several: list[tuple[Loaded, Mapping[str, Given]]], weights: list[Quantity], heights: list[Quantity]) -> int:
    """How many orders a book makes at least."""
    return sum(len(cells(loaded, heights)) * len(_with_edges(loaded, weights)) for loaded, _ in several)


def tables(loaded: Loaded, chosen: Mapping[str, Given], weights: list[Quantity], heights: list[Quantity], now: datetime,
           made: Callable[[], None] = lambda: None) -> Iterator[Table]:
    """Every table of a protocol; `made` is told of each order. Raises order.Missing, order.NotUnderstood."""
    rule = loaded.protocol.patient.dosing_weight
    dosing = "" if rule == ACTUAL or not any("kg" in phases.counted_per(each) for each in loaded.protocol.phases) else f"{rule} weight"
    for cell in cells(loaded, heights):
        def at(weight, cell=cell):
            made()
            return _row(loaded, chosen, cell, weight, dosing, now)
        rows = [at(each) for each in _with_edges(loaded, weights)]
        yield Table(loaded, cell, dosing, tuple(_with_changes(rows, at)))


# ---------------------------------------------------------------------------------------------- kinds of patients


def cells(loaded: Loaded, heights: list[Quantity]) -> list[Cell]:
    """Every cell of age, renal function and height that changes a dose; one of everybody where none does."""
    protocol = loaded.protocol
    several = tuple(band for phase in protocol.phases for band in getattr(phase, "bands", ()))
    known: dict[str, list] = {name: bands.cells(several, name) for name in bands.banded_by(several) if name != "weight"}
    if any("m2" in phases.counted_per(phase) for phase in protocol.phases):
        if not heights:
            raise order.Missing({"height": [protocol.id]})
        known["height"] = heights
    return [each for values in product(*known.values()) if (each := _cell(protocol, dict(zip(known, values)))) is not None]


def _cell(protocol, values: dict) -> Cell | None:
    """None where the protocol is for nobody of that age."""
    facts, words, ages = {}, [], (None,)
    for name, value in values.items():
        if name == "height":
            facts["height"] = value
            words.append(("height", value.on_paper()))
            continue
        words.append(("creatinine clearance" if name == "clearance" else name, HalfOpen(*_open(value)).on_paper()))
        if name == "age":
            ages = _ages(protocol, *value)
            if not ages:
                return None
        else:
            low, high = value
            facts[name] = low if low.value else low.with_value(high.value / 2)
    return Cell(facts, tuple(words), ages)


def _open(edges):
    low, high = edges
    return (low if low.value else None, high)


def _ages(protocol, low: Quantity, high: Quantity | None) -> tuple[Quantity, ...]:
    """Ages of a band from young to old, as far as the protocol allows them."""
    limit = protocol.patient.age.limit
    hard = limit.hard.range if limit and limit.hard else None
    top = high.to("month").with_value(high.to("month").value - 1) if high else _GROWN.to("month")
    bottom = low.to("month")
    if hard and hard.low and bottom < hard.low:
        bottom = hard.low.to("month")
    span = max(top.value - bottom.value, Fraction(0))
    found = [bottom.with_value(Fraction(int(bottom.value + span * part / 4))) for part in range(5)]
    return tuple(dict.fromkeys(each for each in found if (hard is None or each in hard) and (high is None or each < high)))


# ---------------------------------------------------------------------------------------------- rows


def _with_edges(loaded: Loaded, weights: list[Quantity]) -> list[Quantity]:
    """The weights, and between them every edge of a band: who is between two rows is then in the band of the lower one."""
    edges = {end.to("kg") for phase in loaded.protocol.phases for each in (*getattr(phase, "bands", ()), *getattr(phase, "tiers", ()))
             for name, edge in each.edges().items() if name == "weight" for end in (edge.low, edge.high) if end is not None}
    return sorted({*weights, *(each for each in edges if weights[0] < each < weights[-1])})


def _with_changes(rows: list[Row], at: Callable[[Quantity], Row]) -> Iterator[Row]:
    """Also the first weight, to 0.1 kg, that stands otherwise than the row below it."""
    for row, after in zip(rows, [*rows[1:], None]):
        yield row
        if after is None or row.status == after.status:
            continue
        low, high, found = row.weight, after.weight, after
        while (gap := int((high.value - low.value) / _FINEST.value)) > 1:
            between = at(low.with_value(low.value + _FINEST.value * (gap // 2)))
            if between.status == row.status:
                low = between.weight
            else:
                high, found = between.weight, between
        if found is not after:
            yield found


def _row(loaded: Loaded, chosen: Mapping[str, Given], cell: Cell, weight: Quantity, dosing: str, now: datetime) -> Row:
    found = None
    for age in cell.ages:
        made = _order(loaded, chosen, cell.facts | ({"age": age} if age else {}), weight, dosing, now)
        if made.status == READY:
            return Row(weight, READY, made)
        found = made if found is None or found.status != NEEDS_OVERRIDE else found
    if found.status == NEEDS_OVERRIDE:
        return Row(weight, NEEDS_OVERRIDE, None)
    reasons = dict.fromkeys(each.message for each in found.alerts if each.level == HARD)
    return Row(weight, found.status, None, "; ".join(reasons))


def _order(loaded, chosen, facts, weight, dosing, now) -> Order:
    """One row's order. That a dosing weight is given is what the table says of itself: no reason is asked for that alone."""
    known = facts | {"weight": weight, "weight_date": now.date()} | ({"dosing_weight": weight} if dosing else {})
    given = {name: Given(str(value), name) for name, value in known.items()}
    overrides = [(f"{loaded.protocol.id}.dosing_weight", "the rows are dosing weights")] if dosing else []
    request = order.Request(loaded, chosen)
    try:
        return order.build([request], Patient(known, given), now, overrides, "book")
    except order.NotUnderstood:  # stopped before the dosing weight was used: then there is nothing to override
        return order.build([request], Patient(known, given), now)
