"""How several orders on one sheet are worded: what was picked, the lines, the totals, one monitoring plan.

For: `sheet`, where an order is of several protocols; when each dose is given says `sequence`.

Refuses: nothing; only an order that may be printed gets here.

Example: "ORDER 2   Ketorolac ...: in the set unless left out".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from infuse.arithmetic.timeline import branches
from infuse.arithmetic.totals import most
from infuse.files import ordersets
from infuse.ground.units import quantity
from infuse.ordering import mixture
from infuse.ordering import plan as plans
from infuse.ordering.order import Order
from infuse.ordering.plan import Arrangement
from infuse.paper import branching, charting, lines, observing, sequence, wording, wording_supply
from infuse.paper.observing import Asked
from infuse.paper.page import Block, Boxes, Field, Fields, Section, Sentences, Table
from infuse.paper.phrases import TICK, in_numbers, order_numbers, sourced

DAY = quantity(24, "h")


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
    return [*sequence.timeline(order, charting.until(order)), *sequence.if_needed(order), *picked(plan.arrangement, order.requests, order_numbers(order)), lines.section(order, plan), *_one_bag(order), _totals(order)]


def after_the_orders(order: Order) -> list[Section]:
    """One monitoring plan, and what the set adds: criteria, the steps of the visit, the outcome."""
    one = order.plan.arrangement.order_set
    sections = [monitoring(order.arrangement, order.requests, charting.on_the_sheet(order))]
    if one and one.criteria:
        sections.append(Section("HOLD, STOP AND CALL   for the whole set", (Sentences(cited(one.criteria), strong=True, items=True),)))
    if one and one.visit:
        sections.append(Section("VISIT", (Boxes(tuple(_noted(one.visit))),)))
    if one and one.outcome:
        sections.append(Section("OUTCOME", (Boxes(tuple(_noted(one.outcome))), Table(
            ("PAIN 0 TO 10, BEFORE", "PAIN 0 TO 10, AFTER", "PAIN 0 TO 10, AT DISCHARGE", "PAIN 0 TO 10, AT ONE MONTH", "BY"), (("",) * 5,), blank=True))))
    return sections


def _noted(notes) -> Iterable[str]:
    return (sourced(each.text, each.source) for each in notes)


def cited(criteria) -> tuple[str, ...]:
    return tuple(sourced(f"{each.when}: {each.do}", each.source) for each in criteria)


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


def _totals(order: Order) -> Section:
    """Of each drug what comes together on the sheet."""
    return Section("TOTALS", (Table(("PROTOCOL", "DOSES", "MOST IN 24 HOURS", "IN ALL"), tuple(totals(order))),))


def totals(order: Order) -> Iterable[tuple[str, str, str, str]]:
    """Of each protocol doses, the most in 24 hours, the whole; on each branch, where that is not the same."""
    plan = order.plan
    titles = {name: title for title, name in branching.each_or_whole(order)}
    for number, part in enumerate(plan.parts):
        mine = [each for each in plan.events if each.part == number and not each.flush]
        if part.if_needed:
            yield part.name, "only if needed", "see its order", "see its order"
            continue
        if any(each.end is None for each in mine):
            yield part.name, "runs on", "see its order", "see its order"
            continue
        ways = [[dose for phase in phases for dose in phase] for phases in plans.ways(plan, part.name, 1 + max(each.dose.number for each in mine))]
        rows = {name: (str(len(each)), *(most(each, window).on_paper() for window in (DAY, None))) for name, each in zip(branches(mine), ways)}
        if len(set(rows.values())) == 1:
            yield part.name, *rows.popitem()[1]
        else:
            yield from ((f"{part.name}, {title}", *rows[name]) for name, title in titles.items() if name in rows)


# ---------------------------------------------------------------------------------------------- monitoring


def monitoring(arrangement: Arrangement, requests, chart: Iterable[Block] = ()) -> Section:
    """One plan of all: each observation once, at its tightest interval; then what is observed when, for which drug."""
    one = arrangement.order_set
    asked = [Asked(request.loaded.drug.name, each) for request in requests for each in request.loaded.protocol.monitoring]
    asked += [Asked("whole set", each) for each in (one.monitoring if one else ())]
    of_each: dict[str, list[str]] = {}
    for drug, what in asked:
        of_each.setdefault(drug, []).append(f"{what.observe}: {what.when} ({', '.join(what.source)})")
    rows = [block for drug, said in of_each.items() for block in (Sentences((drug,), strong=True), Sentences(tuple(said), items=True))]
    intervals = observing.plan(asked)
    intervals = replace(intervals, rows=tuple(each for each in intervals.rows if each[1] != observing.AS_BELOW))  # the chart has its times
    return Section("MONITORING   one plan for all orders", (
        Sentences(("Where drugs ask for different intervals, the shorter rules.",), strong=True), *([intervals] if intervals.rows else []), *rows, *chart), flows=True)
