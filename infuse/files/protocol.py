"""A protocol: therapy for one drug, as its file says it. Whom it is for, how it is prepared, its phases, its cases.

For: everything above it. What its drug is stands in `drug`, what both are made of in `stated`. Every quantity is Stated: with
the line that states it. No logic.

Refuses: nothing; the readers of `schema` do.

Example: Continuous(start=Choice(0.1 mg/kg/h), titration=Titration(by 0.05 mg/kg/h, up_to 1 mg/kg/h)).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from infuse.files.stated import Advisory, Choice, Handled, Limit, Note, Reference, Stated, StatedRange
from infuse.ground.ranges import HalfOpen
from infuse.ground.source import Span

ACTUAL = "actual"
INTERVAL = "dosing_interval"  # the limit of the time since the last dose
REFRIGERATOR, ROOM = "refrigerator", "room temperature"
PLACES = {REFRIGERATOR: (REFRIGERATOR,), ROOM: (ROOM,), f"{REFRIGERATOR} or {ROOM}": (REFRIGERATOR, ROOM)}  # where something may be kept, in words
BANDED = ("weight", "age", "clearance")  # the facts that a dose may be banded by
WEIGHTS = (ACTUAL, "ideal", "adjusted", "lean")


class FactRule(NamedTuple):
    """What a protocol asks of one fact about the patient, and what `unknown` does: refuse, or a box to tick."""

    limit: Limit | None
    unknown: str


class ClearanceRule(NamedTuple):
    """Which weight the clearance of the bands uses, and what `unknown` does: refuse, or the lowest dose."""

    weight: str
    unknown: str
    source: tuple[str, ...]
    span: Span


class PatientRules(NamedTuple):
    dosing_weight: str
    age: FactRule
    weight: FactRule
    clearance: ClearanceRule | None
    span: Span


class Monitoring(NamedTuple):
    """What is watched, and when, as it is said. `chart`: its columns on a chart, each a name or `name, unit`; `at`: its times
    where `when` says more than a clock can show; `after_steps`: those times begin anew after every step up."""

    observe: str
    when: str
    source: tuple[str, ...]
    chart: tuple[str, ...] = ()
    at: str = ""
    after_steps: bool = False


class Criterion(NamedTuple):
    """At what finding to do what: hold, stop, call, slow, step down. `box`: the questions in whose boxes its numbers are written."""

    when: str
    do: str
    source: tuple[str, ...]
    box: tuple[str, ...] = ()


class Preparation(NamedTuple):
    """One way to make it ready. `amount` None: the dose itself goes in. `final_volume`: made up to that volume;
    `added_to`: added to a bag of that volume, whose own volume stays; neither: a premixed bag. `products`: all that it may
    be made from; `product`: the one that it is made from, the first until an order has looked which leaves the least.
    `shared`: the other drugs in its bag, where an order mixes them. `handling`: of what is made ready."""

    name: str
    product: str
    products: tuple[str, ...]
    amount: Stated | None
    diluent: str
    final_volume: Stated | None
    added_to: Stated | None
    final_concentration: Stated | None
    whole_bag: bool
    beyond_use: Stated | None
    note: str
    handling: tuple[Handled, ...]
    source: tuple[str, ...]
    span: Span
    shared: tuple[str, ...] = ()

    def from_each(self) -> tuple[Preparation, ...]:
        """The same preparation, once from each of its products."""
        return tuple(self._replace(product=each) for each in self.products)


class Flush(NamedTuple):
    fluid: str
    volume: Stated | None
    source: tuple[str, ...]


class Titration(NamedTuple):
    by: Stated
    up_to: Stated
    every: StatedRange | None
    until: str
    hold_at_target: StatedRange | None
    step_up_when: str
    step_down: str
    restart: str
    end_of_course: str
    span: Span


class Band(NamedTuple):
    """The dose for those whom its edges take in; an edge that is not stated takes everybody in. `limits`: all that hold
    in it; `may_fall`: why its dose may be lower than a lighter patient's."""

    weight: HalfOpen | None
    age: HalfOpen | None
    clearance: HalfOpen | None
    dose: Choice | None
    refuse: str
    cap: Stated | None
    limits: tuple[Limit, ...]
    may_fall: str
    say: str
    source: tuple[str, ...]
    span: Span

    def edges(self) -> dict[str, HalfOpen]:
        """The stated edges, by the fact that they are about."""
        return {name: edge for name in BANDED if (edge := getattr(self, name)) is not None}

    def on_paper(self) -> str:
        """weight from 50 kg, age below 65 years"""
        return ", ".join(f"{name} {edge.on_paper()}" for name, edge in self.edges().items())


class Repeat(NamedTuple):
    """The same dose every so often, so many times."""

    every: Stated
    count: int


class AsNeeded(NamedTuple):
    """A dose that is given only for a reason, not sooner than an interval, not more often than a count in 24 hours."""

    reason: str
    every: Stated
    count: int


class Starts(NamedTuple):
    """When a phase starts: `by` after the start of a phase above it; `by` None: when that one is through."""

    after: str
    by: Stated | None
    span: Span


class Intermittent(NamedTuple):
    """A dose over a time. `cap`: the most that a per-kg dose may become; `fastest`: the dose rate that stretches the
    duration where the dose would run faster; `by_hand`: pushed from a syringe, not run by a pump; `only_if`: what must be
    true before it is given at all."""

    name: str
    only_if: str
    starts: Starts | None
    branch: str
    by_hand: bool
    repeat: Repeat | None
    as_needed: AsNeeded | None
    dose: Choice
    bands: tuple[Band, ...]
    cap: Stated | None
    equivalent: Stated | None
    duration: Choice
    fastest: Stated | None
    flush: Flush | None
    preparation: tuple[str, ...]
    limits: tuple[Limit, ...]
    ask: tuple[str, ...]
    source: tuple[str, ...]
    span: Span

    @property
    def kind(self) -> str:
        return "direct injection" if self.by_hand else "intermittent infusion"

    @property
    def again(self) -> Repeat | AsNeeded | None:
        """How the dose comes again, if it does: so many times, or as needed."""
        return self.repeat or self.as_needed

    @property
    def choices(self) -> tuple[tuple[str, Choice], ...]:
        return ("dose", self.dose), ("duration", self.duration)

    @property
    def ordered(self) -> tuple[Stated, ...]:
        return self.dose.stated


class Continuous(NamedTuple):
    """A rate that runs on; with a titration, the rate at which it starts. `ceiling`: the most that a rate per kg may become
    for the whole patient. `duration`: of the course. `do_not_flush`: why its line is not flushed, and what is done instead."""

    name: str
    only_if: str
    starts: Starts | None
    branch: str
    start: Choice
    ceiling: Stated | None
    titration: Titration | None
    duration: StatedRange
    do_not_flush: Note | None
    preparation: tuple[str, ...]
    limits: tuple[Limit, ...]
    ask: tuple[str, ...]
    source: tuple[str, ...]
    span: Span

    by_hand = False

    @property
    def kind(self) -> str:
        return "titration" if self.titration else "continuous infusion"

    @property
    def choices(self) -> tuple[tuple[str, Choice], ...]:
        return (("dose_rate", self.start),)

    @property
    def ordered(self) -> tuple[Stated, ...]:
        return (*self.start.stated, *((self.titration.up_to,) if self.titration else ()))


class Step(NamedTuple):
    """One rate of a schedule, and how long it runs."""

    rate: Stated
    duration: Stated
    span: Span


class Schedule(NamedTuple):
    """Rates one after the other, each for its time; nobody chooses between them."""

    name: str
    only_if: str
    starts: Starts | None
    branch: str
    steps: tuple[Step, ...]
    preparation: tuple[str, ...]
    limits: tuple[Limit, ...]
    ask: tuple[str, ...]
    source: tuple[str, ...]
    span: Span

    choices = ()
    by_hand = False

    @property
    def kind(self) -> str:
        return "schedule of rates"

    @property
    def ordered(self) -> tuple[Stated, ...]:
        return tuple(each.rate for each in self.steps)


class Tier(NamedTuple):
    """A rate for those kilograms of the patient that lie between two edges."""

    weight: HalfOpen
    rate: Stated
    span: Span

    def edges(self) -> dict[str, HalfOpen]:
        return {"weight": self.weight}


class Maintenance(NamedTuple):
    """A rate that is a sum over tiers of the weight, such as 4 mL/kg/h for the first 10 kg. `ceiling`: the most that it
    may become. `duration`: of the course."""

    name: str
    only_if: str
    starts: Starts | None
    branch: str
    tiers: tuple[Tier, ...]
    ceiling: Stated | None
    duration: StatedRange
    preparation: tuple[str, ...]
    limits: tuple[Limit, ...]
    ask: tuple[str, ...]
    source: tuple[str, ...]
    span: Span

    choices = ()
    by_hand = False

    @property
    def kind(self) -> str:
        return "maintenance infusion"

    @property
    def ordered(self) -> tuple[Stated, ...]:
        return tuple(each.rate for each in self.tiers)


# What every kind of phase can be asked: when it `starts` (None: once the phase above is through), its `branch` (of several
# only one is given; phases without one belong to all), the names of the `preparation` that it may be made from (none: any of
# the protocol's), its `kind` on paper, whether it is pushed `by_hand`, the `choices` that it leaves, by the name of their option,
# and `ordered`: every dose or rate that it states, the one that it goes by first.
Phase = Intermittent | Continuous | Schedule | Maintenance


class RoundingPolicy(NamedTuple):
    pump_rate: Stated | None
    withdraw_volume: Stated | None
    duration: Stated | None
    tolerance: Stated | None


class Case(NamedTuple):
    """An example in the file itself: the facts given, and what must come out (a quantity, a count, or a stop)."""

    name: str
    given: dict[str, str]
    expect: dict[str, tuple[str, Span]]
    span: Span


class Approval(NamedTuple):
    """Which committee approved which version, and when."""

    committee: str
    version: str
    on: date


class Guideline(NamedTuple):
    """How strongly one body recommends it, in that body's own words."""

    body: str
    year: str
    level: str
    source: tuple[str, ...]


class Protocol(NamedTuple):
    id: str
    title: str
    version: str
    approval: Approval | None
    review_due: date | None
    drug: str
    population: str
    indication: str
    guidelines: tuple[Guideline, ...]
    evidence: tuple[Note, ...]
    care_areas: tuple[str, ...]
    references: dict[str, Reference]
    patient: PatientRules
    preparations: tuple[Preparation, ...]
    phases: tuple[Phase, ...]
    totals: tuple[Limit, ...]
    emergency: tuple[Note, ...]
    advisories: tuple[Advisory, ...]
    monitoring: tuple[Monitoring, ...]
    criteria: tuple[Criterion, ...]
    rescue: tuple[Note, ...]
    screening: tuple[Note, ...]
    rounding: RoundingPolicy
    cases: tuple[Case, ...]
    span: Span
    drug_span: Span
