"""Which drug runs through which line of one sheet, and what is known of each two that meet there.

For: `combined`. What is known of several pairs alike is said once for all of them, what is incompatible first.

Refuses: nothing; only an order that may be printed gets here.

Example: "at a Y-site, not established; separate line, or flush between them: diphenhydrAMINE hydrochloride with ketorolac
tromethamine, magnesium sulfate; ketorolac tromethamine with magnesium sulfate".
"""

from __future__ import annotations

from infuse.files.compatibility import COMPATIBLE, INCOMPATIBLE, UNKNOWN
from infuse.ordering.order import Order
from infuse.ordering.plan import Plan
from infuse.paper.page import Block, Field, Fields, Section, Sentences, Table

_EACH = "\0"  # the drug that a sentence begins with


def section(order: Order, plan: Plan, with_fluid: bool = True) -> Section:
    """Lines, the fluid in all where it is to stand here, the pairs."""
    names = {request.loaded.drug.id: request.loaded.drug.name for request in order.requests}
    blocks: list[Block] = [Table(("", "IN THIS SEQUENCE", "HOW"), tuple(_rows(plan, names))), *([Fields((Field("FLUID IN ALL", fluid(plan)),))] if with_fluid else [])]
    notes = ["Whatever is not established as compatible never runs together in one line."] if any(v.status in (UNKNOWN,) for *_, v in plan.pairs) else []
    if any(verdict.status == COMPATIBLE and verdict is not plan.arrangement.mixed for *_, verdict in plan.pairs):
        notes.append("Compatible means at a Y-site, as tested; it says nothing of one bag or syringe.")
    if plan.pairs:
        blocks += [Sentences(tuple(_pairs(plan, names)), items=True), Sentences(tuple(notes))]
    return Section("LINES", tuple(blocks), flows=True)


def _rows(plan: Plan, names: dict[str, str]):
    for number in sorted({each.line for each in plan.events}):
        here = [each for each in plan.events if each.line == number and not each.flush]
        through = list(dict.fromkeys(names[plan.parts[each.part].drug] for each in here))
        alone = any(plan.parts[each.part].alone for each in here)
        together = any(each.shares_with for each in here)
        bag = [names[plan.parts[each.part].drug] for each in here if plan.parts[each.part].name in plan.arrangement.one_bag]
        how = "in one bag" if through == bag else "nothing else through it" if alone else "together, as established below" if together else "one after the other, flushed between" if through[1:] else "by itself"
        yield f"line {number}", ", then ".join(through), how


def fluid(plan: Plan) -> str:
    return f"{plan.fluid.on_paper()}{counting(plan)}" if plan.fluid else "not fixed: an infusion runs on without a stated end"


def counting(plan: Plan) -> str:
    """Whether flushes are in the fluid, "" where there are none."""
    known = [each.dose.flush.volume is not None for each in plan.events if each.flush]
    if not known:
        return ""
    return ", flushes included" if all(known) else ", and each flush whose volume is not filled in" if any(known) else ", and the flushes"


def _pairs(plan: Plan, names: dict[str, str]):
    """What is known, and of which pairs."""
    alike: dict[tuple, dict[str, list[str]]] = {}
    for first, second, verdict in sorted(plan.pairs, key=lambda each: each[2].status != INCOMPATIBLE):
        where = "in one bag" if verdict is plan.arrangement.mixed else "at a Y-site"
        sources = f" ({', '.join(verdict.source)})" if verdict.source else ""
        said = verdict.say.replace(names[second], _EACH, 1) if verdict.say.startswith(names[second]) else verdict.say
        alike.setdefault((where, verdict.status, f"{said}{sources}"), {}).setdefault(names[first], []).append(names[second])
    for (where, status, said), pairs in alike.items():
        each = "; ".join(f"{first} with {', '.join(others)}" for first, others in pairs.items())
        if sum(map(len, pairs.values())) == 1:
            ((second,),) = pairs.values()
            yield f"{each} {where}: {status}; {said.replace(_EACH, second)}"
        else:
            yield f"{where}, {status}; {said.replace(_EACH, 'each')}: {each}"
