"""What the tables hold that are of no drug: pumps, syringes, categories of compounding, usual weights, forms that were misread.

For: `tables`, which reads them, and for whoever rounds, prepares or screens by them.

Refuses: nothing; `tables` does.

Example: a pump that steps by 0.1 mL/h up to 99.9 mL/h, then by 1 mL/h: step_at(120 mL/h) is 1 mL/h.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from infuse.ground.ranges import Range
from infuse.ground.units import Quantity


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
