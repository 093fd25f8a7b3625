"""The frozen types that a pharmacist's file becomes. No logic: what a file says, and where it says it.

For: everything above it. A protocol is therapy for one drug; a drug holds the facts that its protocols share
(products, concentration limits, contraindications). Every quantity is Stated: with the line that states it.

Refuses: a Limit whose soft range lies outside its hard one cannot be built.

These are named tuples, where the rest of the house has frozen dataclasses: thirty dataclasses with slots cost 17 ms
of every command's start, thirty named tuples 2 ms. What has an invariant (Limit) stays a dataclass.

Example: Continuous(start=Choice(0.1 mg/kg/h), titration=Titration(by 0.05 mg/kg/h, up_to 1 mg/kg/h)).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from infuse.files.caution import Caution
from infuse.ground.ranges import HalfOpen, Range
from infuse.ground.source import Span
from infuse.ground.units import DimensionError, Quantity, Unit, fits, unit, work_out

ACTUAL = "actual"
COURSE = "course"
INTERVAL = "dosing_interval"  # the limit of the time since the last dose
REFRIGERATOR, ROOM = "refrigerator", "room temperature"
PLACES = {REFRIGERATOR: (REFRIGERATOR,), ROOM: (ROOM,), f"{REFRIGERATOR} or {ROOM}": (REFRIGERATOR, ROOM)}  # where something may be kept, in words
BANDED = ("weight", "age", "clearance")  # the facts that a dose may be banded by
WEIGHTS = (ACTUAL, "ideal", "adjusted", "lean")


class Stated(NamedTuple):
    """A quantity and the place of the file that states it."""

    quantity: Quantity
    span: Span

    @property
    def where(self) -> str:
        return f"{self.span.file}:{self.span.line}"


class StatedRange(NamedTuple):
    """A range, its place, and (of one side of a limit) where it comes from. `site`: for the site to decide, enforced
    meanwhile."""

    range: Range
    span: Span
    source: tuple[str, ...] = ()
    site: bool = False

    @property
    def where(self) -> str:
        return f"{self.span.file}:{self.span.line}"


class Choice(NamedTuple):
    """What the user gets, and what may be chosen instead: a range or a list (neither: nothing else), each at its `places`."""

    default: Stated
    range: Range | None = None
    options: tuple[Quantity, ...] = ()
    places: tuple[Span, ...] = ()

    @property
    def allowed(self) -> Range:
        """The lowest and the highest that may be chosen."""
        if self.range:
            return self.range
        every = self.options or (self.default.quantity,)
        return Range(min(every), max(every))

    @property
    def stated(self) -> tuple[Stated, ...]:
        """The default, and the ends of what may be chosen, each at the default's place."""
        return (self.default, *(self.default._replace(quantity=end) for end in self.allowed.ends()))


class Reference(NamedTuple):
    id: str
    title: str
    section: str = ""
    year: str = ""
    doi: str = ""
    url: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A soft and a hard range for one figure, each with its own source; a limit may be reached, not passed. `window`
    (of a total): a time or the word course."""

    name: str
    soft: StatedRange | None
    hard: StatedRange | None
    span: Span
    window: Quantity | str | None = None

    def __post_init__(self):
        if self.soft and self.hard and not all(end in self.hard.range for end in self.soft.range.ends()):
            raise ValueError("the soft limit lies outside the hard one")

    @property
    def sides(self) -> tuple[tuple[str, StatedRange], ...]:
        """("soft", ...) and ("hard", ...), as far as they are stated."""
        return tuple((word, side) for word, side in (("soft", self.soft), ("hard", self.hard)) if side)

    @property
    def unit(self) -> Unit:
        """What it is counted in: its sides are of one kind."""
        return self.sides[-1][1].range.ends()[0].unit

    @property
    def rolling(self) -> Quantity | None:
        """The window of a total as a time; None: the whole course."""
        return None if self.window == COURSE else self.window

    @property
    def source(self) -> tuple[str, ...]:
        """The sources of both sides."""
        return tuple(dict.fromkeys(each for _, side in self.sides for each in side.source))


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


class Handled(NamedTuple):
    """One thing about how something is handled: `term` (storage, protect_from_light, filter, ...) and its value."""

    term: str
    value: str
    source: tuple[str, ...]
    span: Span


class Reconstitution(NamedTuple):
    fluid: str
    volume: Stated


class Product(NamedTuple):
    """One vial or bag: what it holds, at which strength, and whether it must, may or must not be diluted. `strength` None:
    a bag of fluid, which is counted by its volume and given as it is. `handling`: as it lies on the shelf."""

    key: str
    name: str
    form: str
    strength: Stated | None
    volume: Stated
    equivalent_strength: Stated | None
    reconstitution: Reconstitution | None
    dilution: str
    overfill: str
    handling: tuple[Handled, ...]
    source: tuple[str, ...]
    span: Span

    @property
    def fluid(self) -> bool:
        return self.strength is None

    @property
    def amount(self) -> str:
        """The unit in which its doses are counted: that of the strength, mL of a fluid."""
        return "mL" if self.strength is None else self.strength.quantity.unit.amount


class Note(NamedTuple):
    """A sentence for the sheet, with its source: an advisory, a contraindication, a rescue."""

    text: str
    source: tuple[str, ...]
    span: Span


class Monitoring(NamedTuple):
    observe: str
    when: str
    source: tuple[str, ...]


class Criterion(NamedTuple):
    """At what finding to do what: hold, stop, call, slow, step down."""

    when: str
    do: str
    source: tuple[str, ...]


class Code(NamedTuple):
    """What a terminology calls a drug: one code, or several."""

    codes: tuple[str, ...]
    source: tuple[str, ...]


class Drug(NamedTuple):
    """What holds for every protocol of a drug. `not_available`: why there are no products, and so no order.
    `name`, and the names of the products, stand in tall-man letters where the file has them."""

    id: str
    name: str
    rxnorm: Code | None
    atc: Code | None
    tall_man: Note | None
    also_known_as: tuple[str, ...]
    classes: tuple[str, ...]
    high_alert: Note | None
    controlled: str
    equivalents: tuple[Stated, ...]
    not_available: Note | None
    products: dict[str, Product]
    diluents: tuple[str, ...]
    limits: tuple[Limit, ...]
    contraindications: tuple[Caution, ...]
    precautions: tuple[Caution, ...]
    incompatible: tuple[Note, ...]
    references: dict[str, Reference]
    span: Span

    def equivalent_in(self, amount: Unit) -> Stated | None:
        """The factor that turns a mass of it into such an amount: mEq or mmol per g. None: the file declares none."""
        return next((each for each in self.equivalents if each.quantity.unit.amount_class == amount.amount_class), None)

    def bridge(self, ordered: Unit) -> Stated | None:
        """The factor without which its products could not be counted in the ordered unit; None where they are."""
        if not self.equivalents:  # nearly every drug, and asked for every rung
            return None
        stock = next((each.amount for each in self.products.values()), None)
        return None if stock is None or unit(stock).amount_class != "mass" else self.equivalent_in(ordered)

    def counted_in(self, to: Unit, amount: Quantity) -> Quantity | None:
        """An amount of it in another measure, by a factor of the drug where there is one; None: nothing leads there."""
        if fits(amount.unit, to):
            return amount.to(to)
        factors = [each.quantity for each in self.equivalents]
        for one in factors:
            for times, by in (([amount, one], []), ([amount], [one]), *(([amount, other], [one]) for other in factors)):
                try:
                    return work_out(to, times, by)
                except DimensionError:
                    continue
        return None


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
    def choices(self) -> tuple[tuple[str, Choice], ...]:
        return ("dose", self.dose), ("duration", self.duration)

    @property
    def ordered(self) -> tuple[Stated, ...]:
        return self.dose.stated


class Continuous(NamedTuple):
    """A rate that runs on; with a titration, the rate at which it starts. `ceiling`: the most that a rate per kg may become
    for the whole patient. `duration`: of the course."""

    name: str
    only_if: str
    starts: Starts | None
    branch: str
    start: Choice
    ceiling: Stated | None
    titration: Titration | None
    duration: StatedRange
    preparation: tuple[str, ...]
    limits: tuple[Limit, ...]
    ask: tuple[str, ...]
    source: tuple[str, ...]
    span: Span

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

    @property
    def kind(self) -> str:
        return "maintenance infusion"

    @property
    def ordered(self) -> tuple[Stated, ...]:
        return tuple(each.rate for each in self.tiers)


# What every kind of phase can be asked: when it `starts` (None: once the phase above is through), its `branch` (of several
# only one is given; phases without one belong to all), the names of the `preparation` that it may be made from (none: any of
# the protocol's), its `kind` on paper, the `choices` that it leaves, by the name of their option,
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
    advisories: tuple[Note, ...]
    monitoring: tuple[Monitoring, ...]
    criteria: tuple[Criterion, ...]
    rescue: tuple[Note, ...]
    screening: tuple[Note, ...]
    rounding: RoundingPolicy
    cases: tuple[Case, ...]
    span: Span
    drug_span: Span


# ---------------------------------------------------------------------------------------------- tables


class Pump(NamedTuple):
    """What one pump can do: steps of rate in bands (`up_to` None: from there on), its lowest and highest rate, the
    step of the volume to be infused. `drops`: it is a gravity set, whose step is a drop a minute."""

    name: str
    title: str
    steps: tuple[tuple[Quantity | None, Quantity], ...]
    rate: Range
    volume_step: Quantity
    drops: bool = False

    def step_at(self, rate: Quantity) -> Quantity:
        return next(step for up_to, step in self.steps if up_to is None or rate <= up_to)


class Syringe(NamedTuple):
    capacity: Quantity
    step: Quantity


class Compounding(NamedTuple):
    """Under which conditions something is prepared and kept, and how long it may then be used."""

    name: str
    title: str
    beyond_use: Quantity
    storage: str
    source: str


class Devices(NamedTuple):
    pumps: dict[str, Pump]
    syringes: tuple[Syringe, ...]
    compounding: dict[str, Compounding]


class ErrorProne(NamedTuple):
    """A form of writing that has been misread: what it is, what to write instead, the pattern that finds it."""

    what: str
    use: str
    pattern: re.Pattern


@dataclass(frozen=True, slots=True, eq=False)  # one object a table: what is worked out from it can be kept
class WeightBounds:
    """Rows of age, soft and outer bounds; from the last age on, the adult ones."""

    rows: tuple[tuple[Quantity, Range, Range], ...]
    adult_from: Quantity
    adult: tuple[Range, Range]
