"""What speaks against giving a drug, and what must not meet: the frozen types of contraindications and interactions.

For: `screening` and its rooms. A Caution is one line of a drug file: its words, how much it weighs, and the facts about
the patient that make it true. An Interaction is one pair of the table: drugs, medicines or classes.

Refuses: nothing by itself; without `when`, a caution is a box to tick and nothing else.

Example: Caution("uncontrolled hypertension", "hard", When(systolic=from 180 mmHg)) stops an order at 182/95 mmHg.
"""

from __future__ import annotations

from typing import NamedTuple

from infuse.ground.ranges import HalfOpen
from infuse.ground.source import Span
from infuse.ground.units import Quantity

SEVERITIES = ("hard", "soft", "note")
LIVER = ("mild", "moderate", "severe")
KINDS = ("duplicate dopamine antagonist", "QT interval", "sedation and breathing", "serotonin", "seizure threshold", "bleeding and kidney",
         "narrow arteries", "blood pressure", "heart", "levels", "liver", "other")


class Taken(NamedTuple):
    """A drug, medicine or class that must not have been taken, within a time before this order (None: taken now)."""

    name: str
    within: Quantity | None
    span: Span


class When(NamedTuple):
    """What makes a caution true: any one of these facts; `sex` and `age` narrow the others, or stand alone.
    `pregnancy`: None, or the weeks from which it counts (zero: any pregnancy). `liver`: that bad or worse. `allergy`: to a
    drug, to any member of a class, or to another substance."""

    conditions: tuple[str, ...] = ()
    medicines: tuple[Taken, ...] = ()
    pregnancy: HalfOpen | None = None
    lactation: bool = False
    age: HalfOpen | None = None
    sex: str | None = None
    clearance: HalfOpen | None = None
    qtc: HalfOpen | None = None
    systolic: HalfOpen | None = None
    diastolic: HalfOpen | None = None
    heart_rate: HalfOpen | None = None
    liver: str | None = None
    allergy: tuple[str, ...] = ()


class Caution(NamedTuple):
    """One contraindication or precaution of a drug. `text`: the words on the sheet. `site`: no source states how it is
    to be taken; it is the site's to decide, and enforced meanwhile. `kind`, one of KINDS: where the table has a pair of that
    kind between the same two, as grave or graver, the pair is said in its place. `beside`: the text of another caution of this
    drug, in whose row it stands where both are open: who has no liver disease has no severe one."""

    text: str
    severity: str
    when: When | None
    source: tuple[str, ...]
    site: bool
    span: Span
    kind: str = ""
    beside: str = ""


class Class(NamedTuple):
    """A class of drugs: what it is, what else it is called, the wider classes that it belongs to."""

    name: str
    say: str
    also_known_as: tuple[str, ...]
    kind_of: tuple[str, ...]
    source: tuple[str, ...]
    span: Span


class Medicine(NamedTuple):
    """A medicine that patients take and that is no drug of the library."""

    name: str
    also_known_as: tuple[str, ...]
    classes: tuple[str, ...]
    source: tuple[str, ...]
    span: Span


class Condition(NamedTuple):
    """A condition that a patient may have: what else it is called, the wider conditions that it is a kind of, and the
    fact that it is another word for, such as ("pregnancy", "yes")."""

    name: str
    also_known_as: tuple[str, ...]
    kind_of: tuple[str, ...]
    fact: tuple[str, str] | None
    span: Span


class Interaction(NamedTuple):
    """Two that must not meet (the same class twice: two of its members). `kind`: what it is about, one of KINDS; of several
    of one kind between two drugs, the gravest is said."""

    between: str
    other: str
    kind: str
    severity: str
    within: Quantity | None
    say: str
    source: tuple[str, ...]
    site: bool
    span: Span
