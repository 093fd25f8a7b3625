"""The frozen types that a pharmacist's file becomes. No logic: what a file says, and where it says it.

For: everything above it. A protocol is therapy for one drug; a drug holds the facts that its protocols share
(products, concentration limits, contraindications). Every quantity is Stated: with the line that states it.

Refuses: a Limit whose soft range lies outside its hard one cannot be built.

Example: Continuous(start=Choice(0.1 mg/kg/h), titration=Titration(by 0.05 mg/kg/h, up_to 1 mg/kg/h)).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from infuse.source import Span
from infuse.units import Quantity, Range

ACTUAL = "actual"
COURSE = "course"


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity and the place of the file that states it."""

    quantity: Quantity
    span: Span

    @property
    def where(self) -> str:
        return f"{self.span.file}:{self.span.line}"


@dataclass(frozen=True, slots=True)
class StatedRange:
    range: Range
    span: Span

    @property
    def where(self) -> str:
        return f"{self.span.file}:{self.span.line}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user gets, and what may be chosen instead: a range or a list (neither: nothing else)."""

    default: Stated
    range: Range | None = None
    options: tuple[Quantity, ...] = ()

    @property
    def allowed(self) -> Range:
        """The lowest and the highest that may be chosen."""
        if self.range:
            return self.range
        every = self.options or (self.default.quantity,)
        return Range(min(every), max(every))


@dataclass(frozen=True, slots=True)
class Reference:
    id: str
    title: str
    section: str = ""
    year: str = ""
    doi: str = ""
    url: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A soft and a hard range for one figure; a limit may be reached, not passed. `site`: for the site to decide,
    enforced meanwhile. `window` (of a total): a time or the word course."""

    name: str
    soft: StatedRange | None
    hard: StatedRange | None
    source: tuple[str, ...]
    site: bool
    span: Span
    window: Quantity | str | None = None

    def __post_init__(self):
        if self.soft and self.hard and not all(end in self.hard.range for end in self.soft.range.ends()):
            raise ValueError("the soft limit lies outside the hard one")


@dataclass(frozen=True, slots=True)
class FactRule:
    """What a protocol asks of one fact about the patient, and what `unknown` does: refuse, or a box to tick."""

    limit: Limit | None
    unknown: str


@dataclass(frozen=True, slots=True)
class PatientRules:
    dosing_weight: str
    age: FactRule
    weight: FactRule
    span: Span


@dataclass(frozen=True, slots=True)
class Reconstitution:
    fluid: str
    volume: Stated


@dataclass(frozen=True, slots=True)
class Product:
    """One vial or premixed bag: what it holds, at which strength, and whether it must, may or must not be diluted."""

    key: str
    name: str
    form: str
    strength: Stated
    volume: Stated
    equivalent_strength: Stated | None
    reconstitution: Reconstitution | None
    dilution: str
    overfill: str
    source: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the sheet, with its source: an advisory, a contraindication, a rescue."""

    text: str
    source: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Monitoring:
    observe: str
    when: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """At what finding to do what: hold, stop, call, slow, step down."""

    when: str
    do: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drug:
    id: str
    name: str
    also_known_as: tuple[str, ...]
    high_alert: Note | None
    controlled: str
    equivalent: Stated | None
    products: dict[str, Product]
    diluents: tuple[str, ...]
    limits: tuple[Limit, ...]
    contraindications: tuple[Note, ...]
    incompatible: tuple[Note, ...]
    references: dict[str, Reference]
    span: Span


@dataclass(frozen=True, slots=True)
class Preparation:
    """One way to make it ready. `amount` None: the dose itself goes in. `final_volume`: made up to that volume;
    `added_to`: added to a bag of that volume, whose own volume stays; neither: a premixed bag."""

    name: str
    product: str
    amount: Stated | None
    diluent: str
    final_volume: Stated | None
    added_to: Stated | None
    final_concentration: Stated | None
    whole_bag: bool
    beyond_use: Stated | None
    note: str
    source: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Flush:
    fluid: str
    volume: Stated | None
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Titration:
    by: Stated
    up_to: Stated
    every: StatedRange | None
    until: str
    hold_at_target: Stated | None
    step_up_when: str
    step_down: str
    restart: str
    end_of_course: str
    span: Span


@dataclass(frozen=True, slots=True)
class Intermittent:
    """A dose over a time. `cap`: the most that a per-kg dose may become."""

    dose: Choice
    cap: Stated | None
    equivalent: Stated | None
    duration: Choice
    flush: Flush | None
    limits: tuple[Limit, ...]
    ask: tuple[str, ...]
    source: tuple[str, ...]
    span: Span
    kind: str = field(default="intermittent infusion", init=False)


@dataclass(frozen=True, slots=True)
class Continuous:
    """A rate that runs on; with a titration, the rate at which it starts. `duration`: of the course."""

    start: Choice
    titration: Titration | None
    duration: StatedRange
    limits: tuple[Limit, ...]
    ask: tuple[str, ...]
    source: tuple[str, ...]
    span: Span

    @property
    def kind(self) -> str:
        return "titration" if self.titration else "continuous infusion"


Phase = Intermittent | Continuous


@dataclass(frozen=True, slots=True)
class RoundingPolicy:
    pump_rate: Stated | None
    withdraw_volume: Stated | None
    tolerance: Stated | None


@dataclass(frozen=True, slots=True)
class Case:
    """An example in the file itself: the facts given, and what must come out (a quantity, a count, or a stop)."""

    name: str
    given: dict[str, str]
    expect: dict[str, tuple[str, Span]]
    span: Span


@dataclass(frozen=True, slots=True)
class Protocol:
    id: str
    title: str
    version: str
    drug: str
    population: str
    indication: str
    evidence: tuple[Note, ...]
    care_areas: tuple[str, ...]
    references: dict[str, Reference]
    patient: PatientRules
    preparations: tuple[Preparation, ...]
    phases: tuple[Phase, ...]
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


@dataclass(frozen=True, slots=True)
class Pump:
    """What one pump can do: steps of rate in bands (`up_to` None: from there on), its lowest and highest rate, the
    step of the volume to be infused."""

    name: str
    title: str
    steps: tuple[tuple[Quantity | None, Quantity], ...]
    rate: Range
    volume_step: Quantity

    def step_at(self, rate: Quantity) -> Quantity:
        return next(step for up_to, step in self.steps if up_to is None or rate <= up_to)


@dataclass(frozen=True, slots=True)
class Syringe:
    capacity: Quantity
    step: Quantity


@dataclass(frozen=True, slots=True)
class Devices:
    pumps: dict[str, Pump]
    syringes: tuple[Syringe, ...]


@dataclass(frozen=True, slots=True)
class WeightBounds:
    """Rows of age, soft and outer bounds; from the last age on, the adult ones."""

    rows: tuple[tuple[Quantity, Range, Range], ...]
    adult_from: Quantity
    adult: tuple[Range, Range]
