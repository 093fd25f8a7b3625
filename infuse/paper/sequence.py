"""When each dose is given, as a table to be signed and as a picture: of several orders, or of one that has many doses.

For: `sheet`. A time is elapsed time since the first start; with a start the clock stands beside it. Of branches each has its
own table and picture, and one box says which of them is given.

Refuses: nothing; only an order that may be printed gets here.

Example: "30 minutes, 21-Nov 09:00, line 1, order 2: ketorolac tromethamine 15 mg over 1 minute".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from infuse.arithmetic import clock
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.timeline import Event
from infuse.files.given import on_paper_time
from infuse.ground.units import Quantity
from infuse.ordering import plan as plans
from infuse.ordering.order import Order
from infuse.ordering.plan import Plan
from infuse.paper import branching, drawing, wording_flush
from infuse.paper.branching import Branch
from infuse.paper.page import Bars, Block, Field, Fields, Section, Sentences, Table
from infuse.paper.phrases import TICK, and_, order_numbers

_ALIKE = 3  # letters: ketamine and ketorolac share no more
RULE = "Elapsed time counts from the start of the first order. If the start slips, the elapsed times rule, not the clock."


def timeline(order: Order, watched: Quantity | None = None) -> list[Section]:
    """Every dose of several orders, and how long it all takes; `watched`: until when the files watch, where all of it ends."""
    plan, start = order.plan, order.patient.get("start")
    several = branching.of(order)
    said = [RULE, *([] if start else ["No start was given: only elapsed times are printed."]), *rules(order, plan)]
    chair = plan.arrangement.order_set.chair_time if plan.arrangement.order_set else None
    fields = [Field("ACTUAL START", blank="date and time"), *_ends(order, plan, start), *_stays(plan, chair and chair.quantity, watched, start)]
    doses = [each for each in plan.events if not each.flush]
    return _by_branch("TIMELINE", [Sentences(tuple(said), strong=True), Fields(tuple(fields))], doses, several,
                      lambda some, said: _table(order, some, said), lambda branch: drawing.timeline(order, branch))


def _by_branch(heading: str, opening: list[Block], doses: list[Event], several: list[Branch], table: Callable[[list[Event], set], Table],
               picture: Callable[[str], Bars | None]) -> list[Section]:
    """One section, or what is given in any case and then each branch by itself."""
    if not several:
        drawn = picture("")
        return [Section(heading, (*opening, *([drawn] if drawn else []), table(doses, set())), flows=True)]
    chosen = {each.only_if for each in several}  # said once, where one is chosen
    first = [each for each in doses if not each.dose.branch]
    sections = [Section(heading, (*opening, *([table(first, set())] if first else []), *branching.choice(several)), flows=True)]
    for branch in several:
        drawn, mine = picture(branch.name), [each for each in doses if each.dose.branch == branch.name]
        sections.append(Section(f"{heading} {branch.title}   {branch.orders}; only if it is ticked above", (*([drawn] if drawn else []), _of_branch(table(mine, set(chosen)), branch)), flows=True))
    return sections


def _of_branch(table: Table, branch: Branch) -> Table:
    """The head of the table names the branch: it stands on every page that the rows go on to, without the heading above it."""
    return replace(table, columns=tuple(f"{each}: ONLY IN {branch.title}" if each == "GIVE" else each for each in table.columns))


def _ends(order: Order, plan: Plan, start: datetime | None) -> Iterable[Field]:
    label = "ALL THAT ENDS, AT" if any(each.end is None for each in plan.events) else "ALL IS THROUGH AT"
    for title, name in branching.each_or_whole(order):
        last = max((each.end for each in plan.events if each.end and each.on(name)), key=lambda one: one.value, default=None)
        if last:
            yield Field(f"{label}{f', {title}' if title else ''}", prep.hours_and_minutes(last) + (f", {on_the_clock(start, last)}" if start else ""))


def _stays(plan: Plan, chair: Quantity | None, watched: Quantity | None, start: datetime | None) -> Iterable[Field]:
    """How long the patient stays: as the set says, or until the last time at which something is observed, where that is later."""
    if watched and watched > max(plan.ends, chair or plan.ends):
        said = f"{prep.hours_and_minutes(watched)}{f', {on_the_clock(start, watched)}' if start else ''}, when something is observed for the last time"
        yield Field("STAYS AT LEAST" if chair else "LAST OBSERVATION AT", said if chair else said.partition(", when")[0])
    elif chair:
        yield Field("STAYS AT LEAST", chair.on_paper())


def _table(order: Order, doses: list[Event], said: set) -> Table:
    plan, start, numbers, rows = order.plan, order.patient.get("start"), order_numbers(order), []
    for event in doses:
        part = plan.parts[event.part]
        give = f"order {numbers[part.name][event.dose.number]}: {event.dose.what}{_over(event)}{condition(event, said)}{then_flushed(plan, event, said)}"
        rows.append((prep.hours_and_minutes(event.start), *((on_the_clock(start, event.start),) if start else ()), str(event.line), give, ""))
    return Table(("ELAPSED", *(("CLOCK",) if start else ()), "LINE", "GIVE", "DONE, BY"), tuple(rows), blank=True)


def rules(order: Order, plan: Plan) -> list[str]:
    """What holds for the whole sequence: how fast a flush may be, names that begin alike."""
    found = [wording_flush.rule(plan.flush)] if any(event.flush for event in plan.events) else []
    return found + [f"NAMES THAT BEGIN ALIKE: {' and '.join(names)}. Read the whole name on the order, the product and the syringe or bag."
                    for names in _alike(dict.fromkeys(request.loaded.drug.name for request in order.requests))]


def _alike(names: Iterable[str]) -> list[list[str]]:
    """Drugs of one sheet whose names begin with the same letters."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name[:_ALIKE].lower(), []).append(name)
    return [each for each in groups.values() if each[1:]]


def if_needed(order: Order) -> list[Section]:
    """What has no time: given only where its condition comes true, and nowhere in the sequence."""
    numbers = order_numbers(order)
    rows = [(f"order {numbers[part.name][dose.number]}: {dose.what}" + (f" over {prep.hours_and_minutes(dose.over)}" if dose.over else ""), f"ONLY IF {dose.only_if}", "", "")
            for part in order.plan.parts if part.if_needed for dose in part.doses]
    if not rows:
        return []
    held = plans.never_flushed(order.phases)
    through = f"never that of {' or of '.join(held)}, which is NOT flushed" if held else "or with a flush before and after it"
    said = ("It stands ready and is not part of the sequence: nobody gives it because its turn has come.",
            f"Through a line of its own, {through}; what else runs is stopped where its order says so.")
    return [Section("ONLY IF NEEDED", (Sentences(said, strong=True), Table(("GIVE", "WHEN", "DATE, TIME GIVEN", "BY"), tuple(rows), blank=True)))]


def _over(event: Event) -> str:
    if event.end is None:
        return ", runs on"
    return f" over {prep.hours_and_minutes(event.end - event.start)}"


def condition(event: Event, said: set, titles: dict[str, str] | None = None) -> str:
    """When it is given at all: once, at its first dose; `said`: what stands there already. `titles`: of the branches, where doses
    of several stand in one table."""
    only_if = event.dose.only_if
    branch = f"only in {titles[event.dose.branch]}" if titles and event.dose.branch else ""
    full = f"ONLY IF {only_if}" if only_if and only_if not in said and (event.part, event.dose.number) not in said else ""
    said.add((event.part, event.dose.number))
    text = "; ".join(filter(None, (branch, full)))
    return f"; {text} {TICK}" if text else ""


def then_flushed(plan: Plan, event: Event, said: set) -> str:
    """The flush that follows a dose, where one does: in full after the first dose of an order."""
    due = event.dose.flush and any(each.flush and each.line == event.line and each.part == event.part and event.end is not None
                                   and each.start.value == event.end.value for each in plan.events)
    if not due:
        return ""
    key = ("flush", event.part, event.dose.number)
    full = key not in said or event.dose.flush.volume is None
    said.add(key)
    return wording_flush.in_short(event.dose.flush, plan.flush) if full else "; then FLUSH"


def on_the_clock(start: datetime, elapsed: Quantity) -> str:
    """25-Nov 08:30: the year stands at the start."""
    moment = clock.after(start, elapsed)
    day, time = on_paper_time(moment).split(" ")
    return f"{day.rpartition('-')[0]} {time}" + and_(clock.which(moment))
