"""What the tables of a downtime book are made of: what they assume, rows and columns, ladders, why rows have no numbers.

For: `book_pages`, for a protocol, and `book_sets`, for an order set. What is the same in every row stands once, above the table;
what differs is a column. A titration has its ladder beside the start: a pump rate for each rung.

Refuses: a row at a soft stop has "call pharmacist" and no number, one at a hard stop "not allowed" and why.

Example: "70 kg, 7 mg/hour, 3.5 mL/hour".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from infuse import __version__
from infuse.files.given import on_paper_date, on_paper_time
from infuse.ground import units
from infuse.judgement.limits import NOTE
from infuse.ordering.book import Row, Table, soft_stop
from infuse.ordering.order import NEEDS_OVERRIDE, READY, Request
from infuse.ordering.phases import PhaseOrder
from infuse.paper import approval
from infuse.paper.book_figures import AS_ORDERED, NONE, OF_DRUG, PROSE, STRONG
from infuse.paper.page import Field, Section, Sentences, Sheet
from infuse.paper.page import Table as Printed
from infuse.paper.phrases import said

CALL, NOT_ALLOWED = "call pharmacist", "not allowed"
LOWER = "Between two weights: the row of the LOWER weight. Below the first row or above the last: call the pharmacist."
TICKS = "Before the first dose: [ ] two identifiers; [ ] allergies known, none to this drug; [ ] weighed, in kg; [ ] screening answered; [ ] a second person agrees."
NOBODY_ELSE = "A patient for whom no table is, or a dose that is in none: call the pharmacist."
_WHOSE = (("NAME", ""), ("BORN", "date"), ("SEX", ""), ("RECORD NUMBER", ""), ("ALLERGIES", ""), ("WEIGHT", "kg"))
_RUNGS = 4  # pump rates beside each other
NARROW = 6  # columns of an upright page


class Book(NamedTuple):
    """What every page of one book says: when it was printed, until when it may be used, the weights asked for."""

    now: datetime
    until: date
    weights: str


def until(book: Book) -> tuple[str, ...]:
    return (f"DOWNTIME BOOK. DO NOT USE AFTER {on_paper_date(book.until)}. {LOWER}",)


def sheet(book: Book, approved, title: str, subtitle: str, sections: list[Section], names: str = "", whose: bool = True, wide: bool = False, asks: bool = False) -> Sheet:
    """A page with what every page of the book says; `approved`: the protocols and sets that it is about; `asks`: it has the
    screening in full."""
    ticks = (TICKS,) if whose and not asks else ()
    identity = tuple(Field(each, blank=unit, write_in=True) for each, unit in _WHOSE) if whose else ()
    return Sheet(approval.banner(approved, book.now.date()), title, subtitle, tuple(sections),
                 (*until(book), *ticks, f"{names}infuse v{__version__}; printed {on_paper_time(book.now)}"), identity, wide, of_book=True)


def for_whom(table: Table) -> str:
    """adult, age 18 to 65 years, creatinine clearance from 60 mL/min."""
    return ", ".join(filter(None, (population(table), kind(table))))


def kind(table: Table) -> str:
    """What sets it apart from the other tables of the same: the cell, and which weight its rows are."""
    return ", ".join([*(f"{name} {value}" for name, value in table.cell.words), *([f"by {table.by_dosing_weight}"] if table.by_dosing_weight else [])])


def population(table: Table) -> str:
    return table.entry.of_set.order_set.population if table.entry.of_set else table.entry.loaded[0].protocol.population


def assumed(table: Table) -> list[Field]:
    """Age, kidney, sex, height and weight, as far as the table goes by them."""
    words = dict(table.cell.words)
    by_hand = ", on the worksheet at the end" if table.by_dosing_weight.startswith("ideal") else ""
    weight = f"{table.by_dosing_weight} in kg: work it out first{by_hand}; the rows are not the actual weight" if table.by_dosing_weight else "actual weight in kg, measured"
    body = ", ".join(f"{name} {words[name]}" if name == "height" else words[name] for name in ("sex", "height") if name in words)
    kidney = f"creatinine clearance {words['creatinine clearance']}, {formula(table)}, by hand on the worksheet at the end; not known: call the pharmacist" if "creatinine clearance" in words else ""
    return [Field("AGE", f"{words['age']}; at any other age call the pharmacist" if "age" in words else "any that the population takes in", strong="age" in words),
            Field("RENAL FUNCTION", kidney or "the table does not depend on it; the screening may ask for it", strong=bool(kidney)),
            Field("SEX AND HEIGHT", f"{body}; between the heights of two tables the lower one, outside them call the pharmacist" if body else "the table does not depend on them", strong=bool(body)),
            Field("WEIGHT", weight, strong=bool(table.by_dosing_weight))]


def chosen(request: Request) -> str:
    """What was chosen of a protocol, by the set or on the command line: dose 500 mL."""
    return ", ".join(f"{name.replace('_', ' ')} {given.text}" for name, given in request.chosen.items())


def formula(table: Table) -> str:
    """How the clearance of the bands is worked out, by which weight; where they differ a patient may be in two tables."""
    if table.cell.facts["clearance"].unit != units.unit("mL/min"):
        return "by bedside Schwartz"
    weights = {each.drug.name: each.protocol.patient.clearance.weight for each in table.entry.loaded if each.protocol.patient.clearance}
    if len(set(weights.values())) == 1:
        return f"by Cockcroft-Gault with the {weights.popitem()[1]} weight"
    return ("by Cockcroft-Gault with the " + ", ".join(f"{weight} weight for {drug}" for drug, weight in weights.items())
            + ": in two tables, call the pharmacist")


# ---------------------------------------------------------------------------------------------- rows and columns


def parted(table: Table, phase: PhaseOrder, known: list[dict[str, str]]) -> tuple[tuple[Field, ...], list[str], tuple[str, ...]]:
    """Of what each ready row says by label: fields of what all say alike, a dose with the name of its drug; labels of columns,
    sentences of what is too long for one."""
    labels = list(dict.fromkeys(label for each in known for label in each))
    said_once = {"ORDERED": all(each.get("ORDERED") == each.get("DOSE") for each in known), "DELIVERS": all(each.get("DELIVERS") == AS_ORDERED for each in known)}
    labels = [each for each in labels if not said_once.get(each)]
    same = [label for label in labels if len({each.get(label) for each in known}) == 1]
    columns = [label for label in labels if label not in same and label not in PROSE]
    prose = tuple(f"{label}, {which}: {text}" for label in PROSE if label in labels and label not in same
                  for text, which in grouped(along(table, [each.get(label, "") for each in known])) if text)
    for each in known:  # what one row has and another has not: no cell of an order is empty
        each.update({label: NONE for label in columns if not each.get(label)})
    drug = phase.loaded.drug.name + (":" if phase.prepared.product.fluid else "")  # 0.9%: 500 mL
    fields = tuple(Field(label, f"{drug} {known[0][label]}" if label in OF_DRUG else known[0][label], strong=label in STRONG) for label in same if known[0].get(label))
    return fields, columns, prose


def headed(drug: str, label: str) -> str:
    """A column of a dose has the name of its drug."""
    return f"{drug}: {label}" if label in OF_DRUG else label


def rows_of(table: Table, columns: list[str], cells: list[list[str]]) -> Printed:
    """Every row of the table; those that were stopped say so in their first column, neighbors in one line."""
    ready, rows, wide = iter(cells), [], max(len(columns), 1)
    stopped = [(each.weight.on_paper(), "" if each.status == READY else CALL if each.status == NEEDS_OVERRIDE else NOT_ALLOWED) for each in table.rows]
    for weight, what in _stretches(stopped):
        rows.append((weight, what, *[""] * (wide - 1)) if what else (weight, *(next(ready, []) or ["as above"])))
    if not columns:
        rows = [(which, text) for text, which in grouped(rows)]
    strong = (1 + at for at, label in enumerate(columns) if label.rpartition(": ")[2] in STRONG)
    return Printed((f"ROW, {table.by_dosing_weight.upper() or 'WEIGHT'}", *(columns or [""])), tuple(rows), strong=(0, *strong), together=True)


def _stretches(stopped: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """(weight, "") of each order, and (the weights from first to last, what is said) of neighbors that are stopped alike."""
    for what, several in groupby(stopped, key=lambda one: one[1]):
        weights = [weight for weight, _ in several]
        yield from ((each, "") for each in weights) if not what else [(_from_to(weights), what)]


def stops(table: Table) -> list[Section]:
    """Why rows are not allowed, and which soft stop is the pharmacist's to judge: neighbors with the same reason together."""
    lines = tuple(f"{what}, {which}: {why}" for what, which, why in _stopped(table))
    return [Section("ROWS WITHOUT NUMBERS", (Sentences(lines, items=True),), flows=True)] if lines else []


def why(table: Table) -> str:
    """Why no row is an order: what says so of most of them."""
    what, _, said = max(_stopped(table), key=lambda one: sum(one[2] in (each.reason.replace(f"{each.weight.on_paper()} ", ""), _soft(table, each)) for each in table.rows))
    return f"{what}: {said}"


def _stopped(table: Table) -> list[tuple[str, str, str]]:
    """(not allowed or call pharmacist, at which weights, why)."""
    hard = [(each.weight.on_paper(), each.reason.replace(f"{each.weight.on_paper()} ", "")) for each in table.rows]
    soft = [(each.weight.on_paper(), _soft(table, each)) for each in table.rows]
    return [(what, which, said) for what, rows in ((NOT_ALLOWED, hard), (CALL, soft)) for said, which in grouped(rows) if said]


def _soft(table: Table, row: Row) -> str:
    return "; ".join(soft_stop(code, table.entry.of_set is not None) for code in row.codes)


def along(table: Table, texts: Iterable[str]) -> list[tuple[str, str]]:
    """(weight, text) of every row: what is said of those that are orders, "" of the others, so that these part their neighbors."""
    left = iter(texts)
    return [(each.weight.on_paper(), next(left) if each.status == READY else "") for each in table.rows]


def grouped(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(text, the weights that it is for) of (weight, text): neighbors with the same text together, `40 kg to 48 kg`."""
    found: list[tuple[str, list[str]]] = []
    for weight, text in rows:
        if found and found[-1][0] == text:
            found[-1][1].append(weight)
        else:
            found.append((text, [weight]))
    return [(text, _from_to(weights)) for text, weights in found]


def _from_to(weights: list[str]) -> str:
    return weights[0] + (f" to {weights[-1].rpartition(' to ')[2]}" if weights[1:] else "")


def notes(table: Table) -> list[Section]:
    """What is no stop and must be known, with its weights where it is not said at all of them."""
    of_each = [[alert.message for alert in row.order.alerts if alert.level == NOTE] for row in table.ready]
    notes = []
    for text in dict.fromkeys(each for messages in of_each for each in messages):
        which = [weights for said, weights in grouped(along(table, [text if text in messages else "" for messages in of_each])) if said]
        notes.append(text if all(text in messages for messages in of_each) else f"at {', '.join(which)}: {text}")
    return [Section("NOTES", (Sentences(tuple(notes), strong=True),))] if notes else []


def rates(table: Table, of_each, heading: str, kind: str) -> list[Section]:
    """A pump rate for each rung or step, some columns at a time; where a rung is above a soft limit, whom to call."""
    sections = []
    every = range(max(map(len, of_each), default=0))
    called = [number for number in every if all(number >= len(each) or each[number].alerts for each in of_each)]
    left = [number for number in every if number not in called]
    for numbers in (left[start : start + _RUNGS] for start in range(0, len(left), _RUNGS)):
        columns = [_named(of_each, number, kind) for number in numbers]
        cells = [[_rate(each, number, kind) for number in numbers] for each in of_each]
        rule = "A ladder, NOT a schedule: go up one rung only when its criteria are met." if kind == "rungs" else "A schedule: each step follows when the volume of the one before has run."
        which = f"{kind} {numbers[0] + 1} to {numbers[-1] + 1}" if numbers[1:] else f"{kind[:-1]} {numbers[0] + 1}"
        sections.append(Section(f"{heading}, {which}", (Sentences((rule,), strong=True), rows_of(table, columns, cells)), flows=True))
    if called:
        above = "; ".join(_named(of_each, number, kind) for number in called)
        sections.append(Section(f"{heading}, the others", (Sentences((f"At every weight {CALL}: {above}.",), strong=True),), flows=True))
    return sections


def _named(of_each, number: int, kind: str) -> str:
    rates = {said(each[number].figures["dose_rate"]) for each in of_each if number < len(each)}
    return f"{kind[:-1].upper()} {number + 1}" + (f": {rates.pop()}" if len(rates) == 1 else "")


def _rate(each, number: int, kind: str) -> str:
    if number >= len(each):
        return "no such rung"
    if each[number].alerts:
        return CALL
    figures = each[number].figures
    return said(figures["pump_rate"]) + (f", {said(figures['volume_to_be_infused'])}" if kind == "steps" else "")


# ---------------------------------------------------------------------------------------------- beside the tables


def ladders(table: Table, several: list[PhaseOrder], name: str) -> list[Section]:
    """The rungs of a titration and the steps of a schedule."""
    return [section for heading, of in (("LADDER", "rungs"), ("SCHEDULE OF RATES", "steps"))
            for section in rates(table, [getattr(each, of) for each in several], f"{heading}   {name}", of)]
