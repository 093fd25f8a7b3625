"""Several orders as one plan: when each is given, through which line, what may meet, how much fluid in all.

For: order sets and orders of several protocols. Each protocol's doses come from its own phases; the set says in which
sequence and at which times the protocols are given; `timeline` places them.

Refuses: nothing; a part that cannot be placed was refused with the set's file.

Example: ketorolac over 1 minute, a flush of 2 minutes, magnesium sulfate in 54 mL over 20 minutes: 23 minutes, 54 mL
and the flushes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from infuse.arithmetic import flushing, timeline
from infuse.arithmetic.flushing import Flushing
from infuse.arithmetic.timeline import ZERO, Dose, Event, Part
from infuse.arithmetic.totals import Dose as Given
from infuse.files import compatibility
from infuse.files.compatibility import COMPATIBLE, LINE, Compatibility, Verdict
from infuse.files.library import ReadFile
from infuse.files.ordersets import Item, OrderSet, SetFlush
from infuse.files.stated import Reference
from infuse.ground.units import Quantity, quantity
from infuse.ordering.phases import PhaseOrder, course


class Arrangement(NamedTuple):
    """How several protocols are ordered together: the set (None: as typed), the item of each protocol by id, the table
    of what may meet, the files of both, and the protocols (by id) that share one bag with what is known of that mixture."""

    table: Compatibility
    order_set: OrderSet | None = None
    items: Mapping[str, Item] = {}
    files: tuple[ReadFile, ...] = ()
    one_bag: tuple[str, ...] = ()
    mixed: Verdict | None = None


class Plan(NamedTuple):
    """The events in order of time, what they are parts of, what is known of each pair of drugs, the fluid in all (None
    where something runs on without a stated end)."""

    arrangement: Arrangement
    parts: tuple[Part, ...]
    events: tuple[Event, ...]
    pairs: tuple[tuple[str, str, Verdict], ...]
    fluid: Quantity | None

    @property
    def flush(self) -> SetFlush | None:
        return self.arrangement.order_set.flush if self.arrangement.order_set else None

    @property
    def ends(self) -> Quantity | None:
        """When everything that ends has ended; None where all of it runs on."""
        return max((each.end for each in self.events if each.end), key=lambda one: one.value, default=None)


def references(plan: Plan) -> dict[str, Reference]:
    """What the plan rests on: the sources of the pairs that meet, and of the set."""
    cited = dict.fromkeys(source for *_, verdict in plan.pairs for source in verdict.source)
    known = plan.arrangement.table.references
    return {name: known[name] for name in cited if name in known} | (plan.arrangement.order_set.references if plan.arrangement.order_set else {})


def ways(plan: Plan, protocol: str, phases: int) -> list[list[list[Given]]]:
    """What a protocol gives in the plan on each branch, phase by phase, with the times of the plan: what is given before each
    dose of another counts as often as it is given."""
    mine = [each for each in plan.events if plan.parts[each.part].name == protocol and not each.flush and each.end is not None]
    names = timeline.branches(mine)
    return [[[Given(each.start, each.end - each.start, each.dose.amount) for each in mine if each.dose.number == number and each.on(name)]
             for number in range(phases)] for name in names]


def make(arrangement: Arrangement, worked_out: list[PhaseOrder]) -> Plan:
    """The plan of these phases, in the sequence of their protocols."""
    by_protocol = course.by_protocol(worked_out)
    joined = {name: by_protocol.pop(name) for name in arrangement.one_bag[1:] if name in by_protocol}
    alone = {each.drug for each in arrangement.table.alone if each.where == LINE}
    of_set = arrangement.order_set.flush if arrangement.order_set else None
    parts = [_part(name, made, arrangement.items.get(name), alone, of_set) for name, made in by_protocol.items()]
    pairs = _pairs(arrangement, worked_out)
    compatible = {frozenset((first, second)) for first, second, verdict in pairs if verdict.status == COMPATIBLE}
    placed = timeline.on_lines(timeline.events(parts), parts, lambda one, other: frozenset((one, other)) in compatible)
    fluid = _fluid(placed)
    for name, made in joined.items():
        parts.append(_part(name, made, None, alone, of_set))
        placed += _in_the_bag_of(arrangement.one_bag[0], parts, placed)
    placed.sort(key=lambda each: (each.start.value, not each.flush, each.part))
    return Plan(arrangement, tuple(parts), tuple(placed), pairs, fluid)


def _in_the_bag_of(first: str, parts: list[Part], placed: list[Event]) -> list[Event]:
    """The last of the parts, given whenever what shares its bag is given; the bag's volume is counted with the first."""
    number, dose = len(parts) - 1, parts[-1].doses[0]._replace(volume=None)
    return [each._replace(part=number, dose=dose) for each in placed if parts[each.part].name == first and not each.flush]


def _part(name, made, item, alone, of_set) -> Part:
    doses = tuple(doses_of(made, of_set))
    part = Part(name, made[0].loaded.drug.id, doses, alone=made[0].loaded.drug.id in alone)
    if item is None:
        return part
    if item.only_if:
        part = part._replace(doses=tuple(dose._replace(only_if="; ".join(filter(None, (item.only_if, dose.only_if)))) for dose in doses))
    before = item.before_each
    return part._replace(if_needed=item.if_needed, at=item.at.quantity if item.at else None, after=item.after, gap=item.gap.quantity if item.gap else ZERO,
                         before=before.item if before else "", phases=before.phases if before else (), lead=before.lead.quantity if before else ZERO)


def doses_of(made: list[PhaseOrder], of_set: SetFlush | None = None) -> Iterator[Dose]:
    """Every dose of one protocol, of all its branches, since its own start; `of_set`: with what a set flushes."""
    for number, each in enumerate(course.in_time(made)):
        yield from _of_phase(each.phase, each.start, number, of_set)


def _of_phase(phase: PhaseOrder, start: Quantity, number: int, of_set: SetFlush | None) -> Iterator[Dose]:
    kind, figures = phase.phase, phase.figures
    over = _runs(figures)
    repeat, needed = getattr(kind, "repeat", None), getattr(kind, "as_needed", None)
    name = " ".join(filter(None, (phase.loaded.drug.name, kind.name)))
    amount = (figures.get("delivered_dose") or figures["delivered_dose_rate"]).value
    only_if = "; ".join(filter(None, (kind.only_if, f"as needed for {needed.reason}" if needed else "")))
    count, flush = repeat.count if repeat else 1, flushed(phase, of_set)
    for index in range(count):
        said = f"{name} {amount.on_paper()}" + (f", dose {index + 1} of {count}" if count > 1 else "")
        later = start.value + (repeat.every.quantity.to("min").value * index if repeat else 0)
        yield Dose(start.with_value(later), over, figures["volume_to_be_infused"].value if over else None, said, kind.name, only_if,
                   amount, kind.branch, number, flush)


def _runs(figures) -> Quantity | None:
    """Over how long a dose runs; None for what runs on."""
    if "delivered_dose" in figures:
        return figures.get("delivered_duration", figures["duration"]).value
    return figures["duration"].value if "duration" in figures else None


def flush_after(plan: Plan | None, phase: PhaseOrder) -> Flushing | None:
    """The flush that is due after a phase: in a plan where it has one, alone where its own protocol asks for it."""
    flush = flushed(phase, plan.flush if plan else None)
    due = flush and (flush.own or plan and any(each.flush and plan.parts[each.part].name == phase.loaded.protocol.id and each.dose.phase == phase.phase.name for each in plan.events))
    return flush if due else None


def flushed(phase: PhaseOrder, of_set: SetFlush | None = None) -> Flushing | None:
    """The flush that is due after a dose: what its own protocol says, what a set adds. None after a fluid that it is flushed with
    itself, and after what is titrated: the line is full of it, and a flush would be a bolus."""
    own, figures = getattr(phase.phase, "flush", None), phase.figures
    fluid = own.fluid if own else of_set.fluid if of_set else ""
    if getattr(phase.phase, "titration", None) or getattr(phase.phase, "do_not_flush", None) or (phase.prepared.product.fluid and phase.loaded.drug.name == fluid):
        return None
    same = of_set if of_set and of_set.fluid == fluid else None
    volume = own.volume if own and own.volume else same.volume if same else None
    at_least = same.duration.quantity.to("min") if same and same.duration else ZERO
    if phase.phase.by_hand:
        line = same.line.quantity if same and same.line else None
        return flushing.after_push(fluid, volume and volume.quantity, figures["volume_to_be_infused"].value, figures["duration"].value, line, at_least, bool(own))
    rate = (phase.steps[-1].figures if phase.steps else figures)["pump_rate"].value
    return flushing.after_pump(fluid, volume and volume.quantity, rate, at_least, bool(own))


def never_flushed(worked_out: Iterable[PhaseOrder]) -> list[str]:
    """The drugs whose line is not flushed, as what it holds would run in at once."""
    return list(dict.fromkeys(phase.loaded.drug.name for phase in worked_out if getattr(phase.phase, "do_not_flush", None)))


def _pairs(arrangement, worked_out):
    """What is known of each pair of drugs where they meet: in their one bag, else at a Y-site."""
    drugs = {phase.loaded.drug.id: phase.loaded.drug for phase in worked_out}
    mixed = {phase.loaded.drug.id for phase in worked_out if phase.loaded.protocol.id in arrangement.one_bag}
    held = never_flushed(worked_out)
    return tuple((one, two, arrangement.mixed if arrangement.mixed and {one, two} <= mixed else
                  compatibility.in_one_line(arrangement.table, drugs[one], drugs[two], held)) for one, two in combinations(drugs, 2))


def _fluid(placed: list[Event]) -> Quantity | None:
    """Everything that runs in on the branch with most, flushes of a known volume included."""
    if any(each.end is None for each in placed):
        return None
    return max((_volume(placed, name) for name in timeline.branches(placed)), key=lambda one: one.value)


def _volume(placed: list[Event], branch: str) -> Quantity:
    mine = [each for each in placed if each.on(branch)]
    volumes = [each.dose.flush.volume if each.flush else each.dose.volume for each in mine]
    return quantity(sum(each.to("mL").value for each in volumes if each), "mL")
