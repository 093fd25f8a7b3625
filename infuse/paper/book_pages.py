"""The downtime book on paper: contents, the tables, blank forms; whose it is, what it assumes and until when, on every page.

For: `infuse book`. What is the same in every row stands once, above the table; what differs is a column. A titration has its
ladder beside the start: a pump rate for each rung.

Refuses: a row at a soft stop has "call pharmacist" and no number, one at a hard stop "not allowed" and why.

Example: "70 kg, 7 mg/hour, 3.5 mL/hour".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from infuse import __version__
from infuse.files.given import on_paper_date, on_paper_time
from infuse.files.protocol import Intermittent, Protocol
from infuse.files.tables import DEFAULT_PUMP
from infuse.ground.units import quantity
from infuse.judgement import screening
from infuse.ordering.book import Row, Table
from infuse.ordering.order import NEEDS_OVERRIDE, READY
from infuse.ordering.phases import PhaseOrder
from infuse.paper import approval, handling, wording
from infuse.paper.page import Boxes, Field, Fields, Section, Sentences, Sheet
from infuse.paper.page import Table as Printed
from infuse.paper.phrases import said, strength
from infuse.paper.wording_supply import rate_said

KEEPS = timedelta(days=30)  # a book that is not printed again grows old on its shelf
CALL, NOT_ALLOWED = "call pharmacist", "not allowed"
LOWER = "Between two rows the lower weight rules. Below the first row or above the last: call the pharmacist."
TICKS = "Before the first dose: [ ] two identifiers; [ ] allergies known, none to this drug; [ ] weighed, in kg; [ ] screening answered; [ ] a second person agrees."
_WHOSE = ("NAME", "BORN", "SEX", "RECORD NUMBER", "ALLERGIES", "WEIGHT")
_RUNGS = 4  # pump rates beside each other
_NARROW = 6  # columns of an upright page


class Book(NamedTuple):
    """What every page of one book says: when it was printed, until when it may be used, the weights asked for."""

    now: datetime
    until: date
    weights: str


def last_day(said_until: date | None, protocols: Sequence[Protocol], today: date) -> date:
    """The day after which it may not be used: as said, else thirty days on; never past the review of one of its protocols."""
    due = [each.review_due for each in protocols if each.review_due and each.review_due >= today]
    return min([said_until or today + KEEPS, *due])


def lay_out(book: Book, tables: list[Table], sets: Sequence[Sheet], checked: int) -> list[Sheet]:
    """Contents, sets, tables, blank forms."""
    pages = [_page(book, table, number, len(tables)) for number, table in enumerate(tables, 1)]
    return [_contents(book, tables, checked), *(each._replace(footer=(*_until(book), *each.footer)) for each in sets), *pages, *_forms(book, tables)]


def _until(book: Book) -> tuple[str, ...]:
    return (f"DOWNTIME BOOK. DO NOT USE AFTER {on_paper_date(book.until)}. {LOWER}",)


def _sheet(book: Book, tables: Sequence[Table], title: str, subtitle: str, sections: list[Section], names: str, whose: bool = True, wide: bool = False) -> Sheet:
    protocols = list({each.loaded.protocol.id: each.loaded.protocol for each in tables}.values())
    ticks = (TICKS,) if whose else ()
    identity = tuple(Field(each, blank="", write_in=True) for each in _WHOSE) if whose else ()
    return Sheet(approval.banner(protocols, book.now.date()), title, subtitle, tuple(sections),
                 (*_until(book), *ticks, f"{names}infuse v{__version__}; printed {on_paper_time(book.now)}"), identity, wide)


# ---------------------------------------------------------------------------------------------- contents


def _contents(book: Book, tables: list[Table], checked: int) -> Sheet:
    rows = tuple((str(number), each.loaded.protocol.title, _for(each), str(len(each.rows)), str(each.loaded.protocol.version))
                 for number, each in enumerate(tables, 1))
    facts = Fields((Field("DO NOT USE AFTER", on_paper_date(book.until), strong=True), Field("PRINTED", on_paper_time(book.now)), Field("WEIGHTS", book.weights),
                    Field("ROWS CHECKED", f"{checked:,}: each worked out and held against every limit, as an order is"), Field("KEPT AT", blank=""),
                    Field("RESPONSIBLE", blank="")))
    how = ("Only while the program cannot be used. As soon as it can: an order sheet from it, for this patient.",
           "Find the table for the drug and the patient; read what it assumes; answer its screening; take the row of the weight, or the row below it.",
           f'"{CALL}": no numbers without one. "{NOT_ALLOWED}": not at this weight.',
           "Copy the row into the blank form at the end; two persons, each alone, compare what they read.")
    return _sheet(book, tables, "Downtime book: doses and pump rates by weight", approval.line([each.loaded.protocol for each in tables]),
                  [Section("THIS BOOK", (facts,)), Section("HOW TO USE THIS BOOK", (Sentences(how, items=True),)),
                   Section("CONTENTS", (Printed(("TABLE", "PROTOCOL", "FOR", "ROWS", "VERSION"), rows, strong=(0,)), Sentences(("After the tables: blank forms.",))), flows=True)],
                  "", whose=False)


def _for(table: Table) -> str:
    return ", ".join([table.loaded.protocol.population, *(f"{name} {value}" for name, value in table.cell.words),
                      *([f"by {table.by_dosing_weight}"] if table.by_dosing_weight else [])])


# ---------------------------------------------------------------------------------------------- one table


def _page(book: Book, table: Table, number: int, of: int) -> Sheet:
    protocol, drug = table.loaded.protocol, table.loaded.drug
    ready = [each for each in table.rows if each.status == READY]
    sections, columns = [], 0
    for at in range(len(ready[0].order.phases) if ready else 0):
        found = _phase(table, [each.order.phases[at] for each in ready], at)
        columns = max(columns, *(len(block.columns) for section in found for block in section.blocks if isinstance(block, Printed)))
        sections += found
    if not ready:
        sections = [Section(f"BY WEIGHT   {drug.name}", (_rows(table, [], []),), flows=True)]
    why = _reasons(table)
    sections += [Section("NOT ALLOWED", (Sentences(why, items=True),), flows=True)] if why else []
    asked = list(dict.fromkeys(each.question for row in ready[:1] for each in row.order.open if each.fact in screening.BOXES))
    criteria = tuple(f"{each.when}: {each.do} ({', '.join(each.source)})" for each in protocol.criteria)
    watched = tuple(f"{each.observe}: {each.when} ({', '.join(each.source)})" for each in protocol.monitoring)
    sections = [_assumes(table, ready), *sections]
    if ready:
        sections += [Section("SCREENING   tick before the first dose", (Boxes(tuple(asked)),), flows=True)] if asked else []
        sections += [Section("HOLD, STOP AND CALL", (Sentences(criteria, strong=True, items=True),), flows=True)] if criteria else []
        sections += [Section("MONITORING", (Sentences(watched, items=True),), flows=True)] if watched else []
    names = f"{table.loaded.in_record}; "
    high = "HIGH-ALERT: " if drug.high_alert else ""
    return _sheet(book, [table], f"Table {number}: {protocol.title}", f"{high}{drug.name}, intravenous; {_for(table)}. Table {number} of {of}. {approval.line([protocol])}",
                  sections, names, wide=columns > _NARROW)


def _assumes(table: Table, ready: list[Row]) -> Section:
    protocol = table.loaded.protocol
    age = protocol.patient.age.limit
    allowed = (age.hard or age.soft).range.on_paper() if age else "any that the population takes in"
    words = dict(table.cell.words)
    weight = f"{table.by_dosing_weight} in kg: work it out first; the rows are not the actual weight" if table.by_dosing_weight else "actual weight in kg, measured"
    rows = [Field("INDICATION", protocol.indication), Field("POPULATION", protocol.population), Field("AGE", words.get("age", allowed)),
            Field("RENAL FUNCTION", f"creatinine clearance {words['creatinine clearance']}" if "creatinine clearance" in words else
                  "the table does not depend on it; the screening may ask for it"),
            Field("SEX AND HEIGHT", f"height {words['height']}" if "height" in words else "the table does not depend on them"),
            Field("WEIGHT", weight, strong=bool(table.by_dosing_weight)), Field("CARE AREA", "; ".join(protocol.care_areas)),
            Field("PUMP", table.loaded.devices.pumps[DEFAULT_PUMP].title)]
    high = table.loaded.drug.high_alert
    warn = (Sentences((f"HIGH-ALERT: {high.text} ({', '.join(high.source)}).",), strong=True),) if high else ()
    return Section("THIS TABLE ASSUMES", (*warn, Fields(tuple(rows))), flag="HIGH-ALERT" if high else "")


def _phase(table: Table, several: list[PhaseOrder], at: int) -> list[Section]:
    """What is the same in every row, and the columns of what is not; then ladders and steps."""
    known = [dict(_figures(each)) for each in several]
    labels = list(dict.fromkeys(label for each in known for label in each))
    same = [label for label in labels if len({each.get(label) for each in known}) == 1]
    columns = [label for label in labels if label not in same and label not in _PROSE]
    name = " ".join(filter(None, (table.loaded.drug.name, several[0].phase.name, several[0].phase.kind)))
    fields = Fields(tuple(Field(label, known[0][label], strong=label in _STRONG) for label in same if known[0].get(label)))
    blocks = [*([fields] if fields.rows else []), Sentences((LOWER,), strong=True), _rows(table, columns, [[each.get(label, "") for label in columns] for each in known])]
    ready = [each.weight.on_paper() for each in table.rows if each.status == READY]
    prose = [f"{label}, {which}: {text}" for label in _PROSE if label not in same
             for text, which in _grouped([(weight, each.get(label, "")) for weight, each in zip(ready, known)]) if text]
    blocks += [Sentences(tuple(prose), items=True)] if prose else []
    sections = [Section(f"BY WEIGHT   {name}", tuple(blocks), flows=True)]
    for heading, of in (("LADDER", "rungs"), ("SCHEDULE OF RATES", "steps")):
        sections += _rates(table, [getattr(each, of) for each in several], f"{heading}   {name}", of)
    return sections


_PROSE = ("FROM", "MADE UP WITH", "ADD TO", "NOTE", "HANDLING", "UNTIL OPENED", "STARTS", "GIVE ONLY IF", "SCHEDULE")  # too long for a column: below the table
_STRONG = ("DOSE", "START", "PUMP RATE", "VOLUME TO BE INFUSED", "INJECT")


def _figures(phase: PhaseOrder):
    """(label, text) of what is prepared and given."""
    figures, prepared = phase.figures, phase.prepared
    one = prepared.preparation
    if phase.phase.only_if:
        yield "GIVE ONLY IF", f"{phase.phase.only_if} [ ]"
    if starts := wording.starting(phase.phase):
        yield "STARTS", starts
    if "dose_rate" in figures and not phase.steps:
        yield "START" if phase.rungs else "ORDERED", said(figures["dose_rate"])
    calculated = figures.get("calculated_dose")
    if calculated:
        yield "ORDERED", f"{said(figures['dose'])}{_capped(phase)}"
        yield "DOSE", wording.with_equivalent(phase, said(calculated))
    elif "calculated_dose_rate" in figures and figures["calculated_dose_rate"].value.unit != figures["pump_rate"].value.unit:
        yield "DOSE RATE", said(figures["calculated_dose_rate"])
    yield "FROM", prepared.product.name
    if prepared.vials is not None:
        yield "OPEN", quantity(prepared.vials, "vial").on_paper()
    elif prepared.bags > 1:
        yield "HANG", f"{prepared.bags} bags, one after the other"
    if "withdraw_volume" in figures:
        yield "WITHDRAW", said(figures["withdraw_volume"])
    if one.added_to:
        yield "ADD TO", f"{said(figures['bag_volume'])} of {one.diluent}; remove nothing"
    elif one.final_volume:
        yield "MADE UP WITH", f"{one.diluent}, to {one.final_volume.quantity.on_paper()}"
        if "diluent_to_remove" in figures and not getattr(phase.phase, "by_hand", False):
            yield "REMOVE FIRST", said(figures["diluent_to_remove"])
    yield "CONCENTRATION", strength(phase)
    if one.note:
        yield "NOTE", one.note
    if "pump_rate" in figures and not phase.steps:
        yield "PUMP RATE", rate_said(phase)
    if not phase.steps:
        yield "INJECT" if getattr(phase.phase, "by_hand", False) else "VOLUME TO BE INFUSED", said(figures["volume_to_be_infused"])
    if isinstance(phase.phase, Intermittent):
        yield "OVER", said(figures["duration"])
    if often := wording.again(phase.phase):
        yield "SCHEDULE", often
    if phase.beyond_use:
        yield "BEYOND USE", f"{said(phase.beyond_use)} after preparation"
    yield from ((row.label, row.value) for row in handling.rows(phase))


def _capped(phase: PhaseOrder) -> str:
    return f", at most {phase.phase.cap.quantity.on_paper()}" if getattr(phase.phase, "cap", None) else ""


def _rows(table: Table, columns: list[str], cells: list[list[str]]) -> Printed:
    """Every row of the table; those that were stopped say so in their first column."""
    ready, rows, wide = iter(cells), [], max(len(columns), 1)
    for row in table.rows:
        if row.status == READY:
            rows.append((row.weight.on_paper(), *(next(ready, []) or ["as above"])))
        else:
            rows.append((row.weight.on_paper(), CALL if row.status == NEEDS_OVERRIDE else NOT_ALLOWED, *[""] * (wide - 1)))
    if not columns:
        rows = [(which, text) for text, which in _grouped(rows)]
    return Printed(("ROW, WEIGHT", *(columns or [""])), tuple(rows), strong=(0, *(1 + at for at, label in enumerate(columns) if label in _STRONG)))


def _reasons(table: Table) -> tuple[str, ...]:
    """Why rows are not allowed: neighbors with the same reason together."""
    stopped = [(each.weight.on_paper(), each.reason.replace(f"{each.weight.on_paper()} ", "")) for each in table.rows if each.reason]
    return tuple(f"{NOT_ALLOWED}, {which}: {why}" for why, which in _grouped(stopped))


def _grouped(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(text, the weights that it is for) of (weight, text): neighbors with the same text together, `40 kg to 48 kg`."""
    found: list[tuple[str, list[str]]] = []
    for weight, text in rows:
        if found and found[-1][0] == text:
            found[-1][1].append(weight)
        else:
            found.append((text, [weight]))
    return [(text, weights[0] + (f" to {weights[-1]}" if weights[1:] else "")) for text, weights in found]


def _rates(table: Table, of_each, heading: str, kind: str) -> list[Section]:
    """A pump rate for each rung or step, some columns at a time; where a rung is above a soft limit, whom to call."""
    sections = []
    every = range(max(map(len, of_each), default=0))
    called = [number for number in every if all(number < len(each) and each[number].alerts for each in of_each)]
    left = [number for number in every if number not in called]
    for numbers in (left[start : start + _RUNGS] for start in range(0, len(left), _RUNGS)):
        columns = [_named(of_each, number, kind) for number in numbers]
        cells = [[_rate(each, number, kind) for number in numbers] for each in of_each]
        rule = "A ladder, NOT a schedule: go up one rung only when its criteria are met." if kind == "rungs" else "A schedule: each step follows when the volume of the one before has run."
        which = f"{kind} {numbers[0] + 1} to {numbers[-1] + 1}" if numbers[1:] else f"{kind[:-1]} {numbers[0] + 1}"
        sections.append(Section(f"{heading}, {which}", (Sentences((rule,), strong=True), _rows(table, columns, cells)), flows=True))
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


# ---------------------------------------------------------------------------------------------- blank forms


def _forms(book: Book, tables: list[Table]) -> list[Sheet]:
    copied = ("TABLE", "ROW, kg", "DRUG", "DOSE", "STRENGTH", "PUMP RATE, mL/hour", "VOLUME, mL")
    signed = tuple((each, "", "", "") for each in ("prescriber, orders", "pharmacist, verifies", "nurse 1, reads the row", "nurse 2, reads it alone"))
    ordered = [Section("COPIED FROM THE BOOK", (Printed(copied, (("",) * len(copied),) * 6, blank=True),)),
               Section("THE PATIENT", (Fields(tuple(Field(each, blank="") for each in ("CONDITIONS", "OTHER MEDICINES", "WEIGHED ON, BY", "LINE", "CALLED THE PHARMACIST, TIME"))),)),
               Section("SIGNATURES", (Printed(("", "NAME", "SIGNATURE", "DATE, TIME"), signed, blank=True),)),
               Section("ENTERED AFTERWARDS", (Fields((Field("ORDER ID OF THE SHEET MADE LATER", blank=""), Field("BY, DATE, TIME", blank=""))),))]
    chart = ("DATE, TIME", "DRUG", "PUMP RATE, mL/hour", "VOLUME INFUSED, mL", "BLOOD PRESSURE", "HEART RATE", "SATURATION", "SEDATION", "PAIN", "BY")
    record = [Section("GIVEN AND OBSERVED", (Printed(chart, (("",) * len(chart),) * 16, blank=True),), flows=True)]
    return [_sheet(book, tables, "Blank form: order from the downtime book", "One for each patient.", ordered, ""),
            _sheet(book, tables, "Blank form: what was given and observed", "One for each patient; go on with another.", record, "", wide=True)]
