"""What is written down while an infusion is titrated, and where every milligram of a controlled drug went.

For: the bedside, apart from the ladder: the record is by time, and goes on as long as the course does.

Refuses: nothing; an order without a ladder has no titration record, one without a controlled drug none of its amounts.

Example: a row is time, from rung, to rung, pump rate set, volume infused, bag left, reason, and what was seen.
"""

from __future__ import annotations

from infuse.files.given import on_paper_time
from infuse.ground.units import Fraction, Quantity, unit
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper.page import Field, Fields, Section, Sentences, Table
from infuse.paper.phrases import said, strength

ROWS = 40  # the pages after the first are its continuation
AMOUNTS = 16
COLUMNS = ("DATE, TIME", "FROM RUNG", "TO RUNG", "PUMP RATE SET, mL/hour", "VOLUME INFUSED, mL", "BAG LEFT, mL", "REASON", "PAIN 0 TO 10", "SEDATION SCORE",
           "BLOOD PRESSURE, mmHg", "HEART RATE, a minute", "SATURATION, %", "BY", "CHECKED BY")


def titration(order: Order) -> list[Section]:
    """A record for each phase with a ladder."""
    found = []
    for number, phase in enumerate(order.phases, 1):
        if phase.rungs:
            found += _titration(order, phase, number)
    return found


def _titration(order: Order, phase: PhaseOrder, number: int) -> list[Section]:
    rules = ("One row for every change of the rate, every bag, every interruption and its end, and at least one a shift.",
             f"Rungs and pump rates are those of the ladder of order {number}, printed {on_paper_time(order.now)}: read them there, never from memory.")
    return [
        Section(f"TITRATION RECORD   order {number}, {phase.loaded.drug.name}", (
            Fields((Field("CONCENTRATION", strength(phase)), Field("ACTUAL START", blank="date and time"))),
            Sentences(rules, strong=True)), flag="HIGH-ALERT" if phase.loaded.drug.high_alert else "", flows=True),
        Section("RECORD   the pages after the first are its continuation", (Table(COLUMNS, (("",) * len(COLUMNS),) * ROWS, blank=True),), flows=True)]


def controlled(order: Order) -> list[Section]:
    """A record of amounts for each controlled drug, whatever its phases."""
    found, seen = [], []
    for number, phase in enumerate(order.phases, 1):
        if phase.loaded.drug.controlled and phase.loaded.drug.id not in seen:
            seen.append(phase.loaded.drug.id)
            found.append(_controlled(phase, number))
    return found


def _controlled(phase: PhaseOrder, number: int) -> Section:
    drug, unit_of = phase.loaded.drug, phase.prepared.product.amount
    columns = ("DATE, TIME", "VIAL, BAG OR SYRINGE", f"DRAWN, {unit_of}", f"GIVEN, {unit_of}", f"WASTED, {unit_of}", "GIVEN BY", "WITNESS OF WASTE")
    return Section(f"CONTROLLED DRUG   order {number}, {drug.name}", (
        Fields((Field("CONTROLLED", drug.controlled), Field("PRODUCT", phase.prepared.product.name), *_expected(phase))),
        Sentences(("Drawn is given and wasted, in every row. Waste is seen by a second person, who signs; a difference is reported at once.",), strong=True),
        Table(columns, (("",) * len(columns),) * AMOUNTS, blank=True)), flows=True)


def _expected(phase: PhaseOrder) -> list[Field]:
    """What each preparation should come to, for comparison."""
    figures, prepared = phase.figures, phase.prepared
    if prepared.premixed or "withdraw_volume" not in figures:
        return []
    drawn = f"{said(figures['amount_withdrawn'])} in {said(figures['withdraw_volume'])}"
    left = f"; {prepared.wasted.on_paper()} left over in the vial" if prepared.wasted.value else "; nothing left over"
    return [Field("EACH PREPARATION", f"{drawn} from {Quantity(Fraction(prepared.vials), unit('vial')).on_paper()}{left}")]
