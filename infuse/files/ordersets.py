"""Order sets: protocols that are ordered together, in which sequence, and what a person may choose of them.

For: `infuse order SET` and `infuse check`. A set names protocols; every dose stands in its protocol. An item is
required, preferred (in the order unless it is left out) or optional (in it only where it is asked for); of a group
just one is ordered, the first unless another is asked for.

Refuses: a choice of two from one group, to leave out what is required, an item that the set does not have.

Example: one_of metoclopramide, prochlorperazine with `--with prochlorperazine` orders prochlorperazine alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from infuse.files.protocol import Approval, Criterion, Monitoring
from infuse.files.shapes import did_you_mean
from infuse.files.stated import Note, Reference, Stated
from infuse.ground.source import Span
from infuse.ground.units import Refused

REQUIRED, PREFERRED, OPTIONAL = "required", "preferred", "optional"


class Before(NamedTuple):
    """Once before each dose of another item, of these phases or of all: `lead` from start to start."""

    item: str
    phases: tuple[str, ...]
    lead: Stated


class Item(NamedTuple):
    """One protocol of a set, or a group of which just one is ordered, the preferred first. `at`: from the start of the
    set; `after`: once that item (and its flush) is through, and `gap` later; neither: after the item before it; `if_needed`:
    at no time of its own, only where what it is for happens; `goes_with`: in the order only where that protocol is."""

    protocols: tuple[str, ...]
    use: str
    at: Stated | None
    after: str
    gap: Stated | None
    before_each: Before | None
    if_needed: bool
    goes_with: str
    only_if: str
    choose: dict[str, str]
    say: str
    source: tuple[str, ...]
    span: Span

    @property
    def is_group(self) -> bool:
        return len(self.protocols) > 1


class SetFlush(NamedTuple):
    """What goes through the line between two drugs. `volume` or `duration` None: for the prescriber to fill in. `line`: what the
    line holds of a drug that was pushed, which goes in no faster than that drug (None: nobody says, so all of it does)."""

    fluid: str
    volume: Stated | None
    duration: Stated | None
    line: Stated | None
    source: tuple[str, ...]
    site: bool
    span: Span


class SetCase(NamedTuple):
    name: str
    given: dict
    expect: dict
    span: Span


class OrderSet(NamedTuple):
    id: str
    title: str
    version: str
    approval: Approval | None
    review_due: date | None
    population: str
    indication: str
    care_areas: tuple[str, ...]
    references: dict[str, Reference]
    items: tuple[Item, ...]
    flush: SetFlush | None
    chair_time: Stated | None
    visit: tuple[Note, ...]
    monitoring: tuple[Monitoring, ...]
    criteria: tuple[Criterion, ...]
    outcome: tuple[Note, ...]
    cases: tuple[SetCase, ...]
    span: Span


class Picked(NamedTuple):
    """One item as ordered: which of its protocols."""

    item: Item
    protocol: str


def pick(one: OrderSet, wanted: Iterable[str], unwanted: Iterable[str]) -> tuple[list[Picked], list[tuple[str, Refused]]]:
    """(the items of this order in sequence, what was refused and where). `wanted` and `unwanted` name protocols."""
    known = [each for item in one.items for each in item.protocols]
    wrong = [(option, Refused(f"an item of {one.id}: {', '.join(known)}", said, did_you_mean(said, known)))
             for option, names in (("--with", wanted), ("--without", unwanted)) for said in names if said not in known]
    wrong += [("--without", Refused("an item with or without, not both", said)) for said in unwanted if said in wanted]
    found: list[Picked] = []
    for item in sorted(one.items, key=lambda each: bool(each.goes_with)):  # what goes with another is decided after it
        asked = [each for each in item.protocols if each in wanted]
        left = [each for each in item.protocols if each not in unwanted]
        if len(asked) > 1:
            wrong.append(("--with", Refused(f"one of {', '.join(item.protocols)}", " and ".join(asked), "they are not given together")))
        if item.goes_with and not asked and all(each.protocol != item.goes_with for each in found):
            continue
        if not left and item.use == REQUIRED:
            said = " and ".join(item.protocols)
            wrong.append(("--without", Refused("an item that may be left out", said, f"the set requires {'one of them' if item.is_group else 'it'}")))
        if asked or (left and item.use != OPTIONAL):
            found.append(Picked(item, (asked or left)[0]))
    return sorted(found, key=lambda each: one.items.index(each.item)), wrong


def left_out(one: OrderSet, picked: list[Picked]) -> list[tuple[Item, str]]:
    """Every protocol of the set that is not in this order, with its item."""
    ordered = {each.protocol for each in picked}
    return [(item, name) for item in one.items for name in item.protocols if name not in ordered]
