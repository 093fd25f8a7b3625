"""Where each dose of a course is signed for, and each bag of something that runs on.

For: `sheet`, of one protocol: a dose that is repeated, doses one after the other, a dose as needed. Of several protocols the
timeline is that record. A dose has its number, when it is due, what has been given with it so far, and where it is a bag, until
when that may be used.

Refuses: nothing; a single dose is signed for where doses are signed for.

Example: dihydroergotamine, dose 3, due after 16 hours 30 minutes, 2 mg so far.
"""

from __future__ import annotations

from infuse.arithmetic import preparation as prep
from infuse.arithmetic.timeline import Dose
from infuse.ground.units import Quantity
from infuse.ordering import plan as plans
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper import branching
from infuse.paper.page import NOT_DUE, Block, Field, Fields, Section, Sentences, Table
from infuse.paper.sequence import on_the_clock

MOST_DOSES, MOST_BAGS = 16, 6  # rows; what is more goes on, on a sheet of its own
_RULE = "Times count from the actual start of the first dose. If a dose slips, the interval to the next one counts from the dose that was given."


def before_the_orders(order: Order) -> list[Section]:
    """Of a course with branches: what is given in any case, the choice, and each branch."""
    several = branching.of(order)
    if order.plan or not several:
        return []
    made = _doses(order)
    opening: list[Block] = [Sentences((_RULE,), strong=True), Fields((Field("ACTUAL START", blank="date and time"),))]
    sections = [Section("DOSES", (*opening, *_record(order, made, "", only=""), *branching.choice(several)), flows=True)]
    return sections + [Section(f"DOSES {each.title}   {each.orders}; only if it is ticked above", tuple(_record(order, made, each.name, only=each.name)), flows=True) for each in several]


def after_the_order(order: Order, phase: PhaseOrder) -> list[Section]:
    """The doses of a protocol without branches, once below the last of its orders; the bags of what runs on."""
    name = phase.loaded.drug.name
    sections = [Section(f"BAGS   {name}", tuple(_bags(*phase.bags)), flows=True)] if _hangs_several(phase) else []
    if order.plan or branching.of(order) or phase is not order.phases[-1]:
        return sections
    needed = getattr(phase.phase, "as_needed", None)
    if needed and needed.count > 1 and not order.phases[1:]:
        amount = phase.figures["delivered_dose"].value
        rows = tuple((str(number), _times(amount, number).on_paper(), *_to_write(order, phase)) for number in range(1, min(needed.count, MOST_DOSES) + 1))
        return [*sections, Section(f"DOSES   {name}, at most {needed.count} in 24 hours", (Table(("DOSE", "SO FAR, ON THIS SHEET", *_columns(order)), rows, blank=True),), flows=True)]
    made = _doses(order)
    if not made[1:] or any(each.over is None for each in made) or phase.loaded.protocol.emergency:  # a rescue goes by its findings, not by a clock
        return sections
    return [*sections, Section(f"DOSES   {name}", (Sentences((_RULE,), strong=True), *_record(order, made, "")), flows=True)]


def _doses(order: Order) -> list[Dose]:
    return sorted(plans.doses_of(list(order.phases)), key=lambda each: each.start.to("min").value)


def _record(order: Order, made: list[Dose], branch: str, only: str | None = None) -> list[Block]:
    """The doses of one way through, in order of time; `only`: of that branch alone, but counted with what came before."""
    start, several, rows, so_far = order.patient.get("start"), len({each.number for each in made}) > 1, [], None
    for number, each in enumerate((each for each in made if each.branch in ("", branch)), 1):
        so_far = each.amount if so_far is None else so_far + each.amount
        if only is not None and each.branch != only:
            continue
        due = prep.hours_and_minutes(each.start) + (f" ({on_the_clock(start, each.start.to('min'))})" if start else "")
        only_if = f", ONLY IF as ORDER {each.number + 1} says" if order.phases[each.number].phase.only_if and only is None else ""
        what = ((f"{each.phase} {each.amount.on_paper()}{only_if}",) if several else ())
        rows.append((str(number), due, *what, so_far.on_paper(), *_to_write(order, order.phases[each.number])))
    table = Table(("DOSE", "DUE AFTER", *(("GIVE",) if several else ()), "SO FAR, ON THIS SHEET", *_columns(order)), tuple(rows[:MOST_DOSES]), blank=True)
    return [table, *([Sentences((f"Doses {rows[MOST_DOSES][0]} to {rows[-1][0]}: on a further sheet.",))] if rows[MOST_DOSES:] else [])]


def _columns(order: Order) -> tuple[str, ...]:
    return ("DATE, TIME GIVEN", "BY", *(("BAG TO BE USED BY: DATE, TIME",) if any(_hangs(each) for each in order.phases) else ()))


def _to_write(order: Order, phase: PhaseOrder) -> tuple[str, ...]:
    """Room for each of those columns; a dose from a syringe has no bag."""
    return ("", "", *(("" if _hangs(phase) else NOT_DUE,) if any(_hangs(each) for each in order.phases) else ()))


def _hangs(phase: PhaseOrder) -> bool:
    return not phase.phase.by_hand


def _times(amount: Quantity, count: int) -> Quantity:
    return amount.with_value(amount.value * count)


# ---------------------------------------------------------------------------------------------- bags


def _hangs_several(phase: PhaseOrder) -> bool:
    return phase.bags is not None and "delivered_dose" not in phase.figures and phase.bags != (1, 1) and not phase.steps


def _bags(low: int, high: int | None) -> list[Block]:
    """A row for each bag; of many, for the first of them."""
    count = min(high or MOST_BAGS, MOST_BAGS)
    rows = tuple((str(number), "", "", "", "") for number in range(1, count + 1))
    more = "" if high and high <= MOST_BAGS else f" From bag {MOST_BAGS + 1} on: on a further sheet."
    return [Sentences((f"The next bag: same concentration, same pump rate; check the label.{more}",)),
            Table(("BAG", "HUNG: DATE, TIME", "TO BE USED BY: DATE, TIME", "BY", "CHECKED BY"), rows, blank=True)]
