"""How several orders on one sheet are worded: what was picked, the timeline, the lines, the totals, one monitoring plan.

For: `sheet`, where an order is of several protocols. A time is elapsed time since the first start; with a start the clock
stands beside it.

Refuses: nothing; only an order that may be printed gets here.

Example: "30 minutes, 21-Nov-2026 09:00, line 1, order 2, ketorolac tromethamine 15 mg, until 31 minutes".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from infuse.arithmetic import clock
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.timeline import Event
from infuse.arithmetic.totals import most
from infuse.files import ordersets
from infuse.files.given import on_paper_time
from infuse.ground.units import Quantity, quantity
from infuse.ordering import mixture
from infuse.ordering import plan as plans
from infuse.ordering.order import Order
from infuse.ordering.plan import Arrangement, Plan
from infuse.paper import drawing, lines, observing, wording, wording_flush, wording_supply
from infuse.paper.observing import Asked
from infuse.paper.page import Block, Boxes, Field, Fields, Section, Sentences, Table
from infuse.paper.phrases import TICK, in_numbers, order_numbers

DAY = quantity(24, "h")
_ALIKE = 3  # letters: ketamine and ketorolac share no more


def title(order: Order) -> str:
    one = order.arrangement and order.arrangement.order_set
    titles = [request.loaded.protocol.title for request in order.requests]
    return one.title if one else titles[0] if len(titles) == 1 else "Combined order: " + "; ".join(titles)


def approved(order: Order) -> list:
    """What a committee must have approved: each protocol, and the set that orders them."""
    one = order.plan and order.plan.arrangement.order_set
    return [*([one] if one else []), *(request.loaded.protocol for request in order.requests)]


def before_the_orders(order: Order) -> list[Section]:
    """When everything is given, what was picked of the set, and through which line."""
    plan = order.plan
    return [_timeline(order, plan), *_if_needed(order, plan), *picked(plan.arrangement, order.requests, order_numbers(order)), lines.section(order, plan), *_one_bag(order), _totals(plan)]


def after_the_orders(order: Order) -> list[Section]:
    """One monitoring plan, and what the set adds: criteria, the steps of the visit, the outcome."""
    one = order.plan.arrangement.order_set
    sections = [monitoring(order.arrangement, order.requests)]
    if one and one.criteria:
        sections.append(Section("HOLD, STOP AND CALL   for the whole set", (Sentences(cited(one.criteria), strong=True, items=True),)))
    if one and one.visit:
        sections.append(Section("VISIT", (Boxes(tuple(_noted(one.visit))),)))
    if one and one.outcome:
        sections.append(Section("OUTCOME", (Boxes(tuple(_noted(one.outcome))), Table(
            ("PAIN 0 TO 10, BEFORE", "AFTER", "AT DISCHARGE", "AT ONE MONTH", "BY"), (("",) * 5,), blank=True))))
    return sections


def _noted(notes) -> Iterable[str]:
    return (f"{each.text} ({', '.join(each.source)})" for each in notes)


def cited(criteria) -> tuple[str, ...]:
    return tuple(f"{each.when}: {each.do} ({', '.join(each.source)})" for each in criteria)


# ---------------------------------------------------------------------------------------------- what was picked


_USES = {ordersets.REQUIRED: "required", ordersets.PREFERRED: "in the set unless left out", ordersets.OPTIONAL: "optional, asked for"}


def picked(arrangement: Arrangement, requests, numbers: dict[str, tuple[int, ...]]) -> list[Section]:
    """What of a set is ordered, and what is not; `numbers`: of each protocol those of its orders."""
    one = arrangement.order_set
    if one is None:
        return []
    rows = []
    for request in requests:
        item = arrangement.items.get(request.loaded.protocol.id)
        use = _USES[item.use] if item else "added to the set"
        group = f"; just one of {', '.join(item.protocols)}" if item and item.is_group else ""
        mine = numbers[request.loaded.protocol.id]
        rows.append(Field(f"ORDER{'S' if mine[1:] else ''} {in_numbers(mine)}", f"{request.loaded.protocol.title}: {use}{group}" + _and(item.only_if and f"only if {item.only_if} {TICK}" if item else "")
                          + _and(item.say if item else "")))
    ordered = {request.loaded.protocol.id for request in requests}
    left = [name for item in one.items for name in item.protocols if name not in ordered]
    blocks: list[Block] = [Fields(tuple(rows))]
    not_ordered = f"Not ordered on this sheet: {', '.join(left)}. " if left else ""
    blocks.append(Sentences((f"{not_ordered}What is not listed as an order is not ordered.",)))
    return [Section(f"ORDER SET   {one.id}, version {one.version}", (*blocks, Sentences((f"Indication: {one.indication}.",))), flows=True)]


def _and(text: str) -> str:
    return f"; {text}" if text else ""


# ---------------------------------------------------------------------------------------------- the timeline


def _timeline(order: Order, plan: Plan) -> Section:
    start = order.patient.get("start")
    numbers = order_numbers(order)
    rows, said = [], set()
    for event in plan.events:
        if not event.flush:
            part = plan.parts[event.part]
            give = f"order {numbers[part.name][event.dose.number]}: {event.dose.what}{_over(event)}{condition(event, said)}{then_flushed(plan, event)}"
            rows.append((prep.hours_and_minutes(event.start), *((on_the_clock(start, event.start),) if start else ()), str(event.line), give, ""))
    lines = ["Elapsed time counts from the start of the first order. If the start slips, the elapsed times rule, not the clock."]
    if not start:
        lines.append("No start was given: only elapsed times are printed.")
    lines += rules(order, plan)
    ends = plan.ends
    chair = plan.arrangement.order_set.chair_time if plan.arrangement.order_set else None
    fields = [Field("ACTUAL START", blank="date and time")]
    runs_on = any(each.end is None for each in plan.events)
    fields += [Field("ALL THAT ENDS, AT" if runs_on else "ALL IS THROUGH AT", prep.hours_and_minutes(ends) + (f", {on_the_clock(start, ends)}" if start else ""))] if ends else []
    fields += [Field("STAYS AT LEAST", chair.quantity.on_paper())] if chair else []
    columns = ("ELAPSED", *(("CLOCK",) if start else ()), "LINE", "GIVE", "DONE, BY")
    drawn = drawing.timeline(order)
    return Section("TIMELINE", (Sentences(tuple(lines), strong=True), Fields(tuple(fields)), *([drawn] if drawn else []), Table(columns, tuple(rows), blank=True)), flows=True)


def rules(order: Order, plan: Plan) -> list[str]:
    """What holds for the whole sequence: how fast a flush may be, names that begin alike."""
    lines = [wording_flush.rule(plan.flush)] if any(event.flush for event in plan.events) else []
    return lines + [f"NAMES THAT BEGIN ALIKE: {' and '.join(names)}. Read the whole name on the order, the product and the syringe or bag."
                    for names in _alike(dict.fromkeys(request.loaded.drug.name for request in order.requests))]


def _if_needed(order: Order, plan: Plan) -> list[Section]:
    """What has no time: given only where its condition comes true, and nowhere in the sequence above."""
    numbers = order_numbers(order)
    rows = [(f"order {numbers[part.name][dose.number]}: {dose.what}" + (f" over {prep.hours_and_minutes(dose.over)}" if dose.over else ""), f"ONLY IF {dose.only_if}", "", "")
            for part in plan.parts if part.if_needed for dose in part.doses]
    if not rows:
        return []
    said = ("It stands ready and is not part of the sequence: nobody gives it because its turn has come.",
            "Through a line of its own, or with a flush before and after it; what else runs is stopped where its order says so.")
    return [Section("ONLY IF NEEDED", (Sentences(said, strong=True), Table(("GIVE", "WHEN", "DATE, TIME GIVEN", "BY"), tuple(rows), blank=True)))]


def _alike(names: Iterable[str]) -> list[list[str]]:
    """Drugs of one sheet whose names begin with the same letters."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name[:_ALIKE].lower(), []).append(name)
    return [each for each in groups.values() if each[1:]]


def _over(event: Event) -> str:
    if event.end is None:
        return ", runs on"
    return f" over {prep.hours_and_minutes(event.end - event.start)}"


def condition(event: Event, said: set) -> str:
    """When it is given at all: in full at its first dose, by the name of its branch from then on."""
    dose, key = event.dose, (event.part, event.dose.number)
    branch = f"branch {dose.branch}" if dose.branch else ""
    full = f"ONLY IF {dose.only_if}" if dose.only_if and key not in said else ""
    said.add(key)
    text = "; ".join(filter(None, (branch, full)))
    return f"; {text} {TICK}" if text else ""


def then_flushed(plan: Plan, event: Event) -> str:
    """The flush that follows a dose, where one does."""
    due = event.dose.flush and any(each.flush and each.line == event.line and each.part == event.part and event.end is not None
                                   and each.start.value == event.end.value for each in plan.events)
    return wording_flush.in_short(event.dose.flush, plan.flush) if due else ""


def on_the_clock(start: datetime, elapsed: Quantity) -> str:
    """25-Nov 08:30: the year stands at the start."""
    moment = clock.after(start, elapsed)
    day, time = on_paper_time(moment).split(" ")
    return f"{day.rpartition('-')[0]} {time}" + _and(clock.which(moment))


# ---------------------------------------------------------------------------------------------- one bag


def _one_bag(order: Order) -> list[Section]:
    """How the bag that several protocols share is made, and its one set of pump settings."""
    members = [each for each in order.phases if each.prepared.preparation.shared]
    if not members:
        return []
    first, verdict = members[0], order.plan.arrangement.mixed
    made_up, drawn = first.figures["final_volume"].value, mixture.drawn(members)
    rows = tuple((each.loaded.drug.name, wording.said(each.figures["withdraw_volume"]), wording.strength(each)) for each in members)
    pump = wording.pump_title(first, order.patient)
    fields = (Field("DILUENT", first.prepared.preparation.diluent),
              Field("DRUGS IN ALL", drawn.on_paper()), Field("DILUENT IN IT", f"{(made_up - drawn).on_paper()}: from a fuller bag remove the rest first, then add the drugs"),
              Field("FINAL VOLUME", made_up.on_paper()), Field("BEYOND USE", blank="date and time"),
              Field("PUMP RATE", wording.said(first.figures["pump_rate"]), strong=True),
              Field("VOLUME TO BE INFUSED", wording_supply.volume_told(first), strong=True),
              Field("DURATION", wording.said(first.figures["duration"])), Field("PUMP", f"{pump}; programmed once, for all of its drugs"))
    why = f"Tested as a mixture: {verdict.say} ({', '.join(verdict.source)})."
    return [Section("ONE BAG   " + " + ".join(each.loaded.drug.name for each in members),
                    (Table(("DRUG", "VOLUME TO WITHDRAW", "IN THE BAG"), rows), Fields(fields), Sentences((why,))))]


# ---------------------------------------------------------------------------------------------- totals


def _totals(plan: Plan) -> Section:
    """Of each drug what comes together on the sheet."""
    return Section("TOTALS   on the branch that gives most", (Table(("PROTOCOL", "DOSES", "MOST IN 24 HOURS", "IN ALL"), tuple(totals(plan))),))


def totals(plan: Plan) -> Iterable[tuple[str, str, str, str]]:
    """Of each protocol doses, the most in 24 hours, the whole; on the branch that gives most."""
    for number, part in enumerate(plan.parts):
        mine = [each for each in plan.events if each.part == number and not each.flush]
        if part.if_needed:
            yield part.name, "only if needed", "see its order", "see its order"
            continue
        if any(each.end is None for each in mine):
            yield part.name, "runs on", "see its order", "see its order"
            continue
        ways = [each for phases in plans.ways(plan, part.name, 1 + max(each.dose.number for each in mine)) if (each := [dose for phase in phases for dose in phase])]
        yield part.name, str(max(len(each) for each in ways)), *(max((most(each, window) for each in ways), key=lambda one: one.value).on_paper() for window in (DAY, None))


# ---------------------------------------------------------------------------------------------- monitoring


def monitoring(arrangement: Arrangement, requests) -> Section:
    """One plan of all: each observation once, at its tightest interval; then what is observed when, for which drug."""
    one = arrangement.order_set
    asked = [Asked(request.loaded.drug.name, each) for request in requests for each in request.loaded.protocol.monitoring]
    asked += [Asked("whole set", each) for each in (one.monitoring if one else ())]
    of_each: dict[str, list[str]] = {}
    for drug, what in asked:
        of_each.setdefault(drug, []).append(f"{what.observe}: {what.when} ({', '.join(what.source)})")
    rows = [block for drug, said in of_each.items() for block in (Sentences((drug,), strong=True), Sentences(tuple(said), items=True))]
    chart = Table(("DATE, TIME", "BLOOD PRESSURE", "HEART RATE", "BREATHS", "SATURATION", "SEDATION", "PAIN", "BY"), (("",) * 8,) * 8, blank=True)
    return Section("MONITORING   one plan for all orders", (Sentences(("Where drugs ask for different intervals, the shortest is kept.",), strong=True),
                                                            observing.plan(asked), *rows, chart), flows=True)
