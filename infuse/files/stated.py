"""What a file states: a quantity, a range, a choice, a limit, a sentence, each with its place and where it comes from.

For: the types of protocols and drugs, which are made of these. No logic: what a file says, and where it says it.

Refuses: a Limit whose soft range lies outside its hard one cannot be built.

These and the types made of them are named tuples, where the rest of the house has frozen dataclasses: thirty dataclasses with
slots cost 17 ms of every command's start, thirty named tuples 2 ms. What has an invariant (Limit) stays a dataclass.

Example: Stated(0.1 mg/kg/h, span).where is "protocols/ketamine-inpatient-titration.yaml:14".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from infuse.ground.ranges import Range
from infuse.ground.source import Span
from infuse.ground.units import Quantity, Unit

COURSE = "course"  # a total of the whole course has no window


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


class Handled(NamedTuple):
    """One thing about how something is handled: `term` (storage, protect_from_light, filter, ...) and its value."""

    term: str
    value: str
    source: tuple[str, ...]
    span: Span


class Note(NamedTuple):
    """A sentence for the sheet, with its source: an advisory, a contraindication, a rescue."""

    text: str
    source: tuple[str, ...]
    span: Span


class Advisory(NamedTuple):
    """What the reader must know. `warning`: whether it stands as large as the order (None: the file does not say; then not)."""

    text: str
    source: tuple[str, ...]
    span: Span
    warning: bool | None = None
