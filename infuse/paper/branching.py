"""Branches of a course, of which one is given and the others never: what they are called, and where one of them is chosen.

For: every page on which the orders of such a course stand. A branch has a letter and its own name, and is named by its orders.

Refuses: nothing; of a course without branches nothing is said.

Example: "A: HALF, ORDER 3", "B: FULL, ORDERS 4 and 5", and at each of those orders "ORDER 3, or ORDERS 4 and 5: NEVER both".
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import NamedTuple

from infuse.files.protocol import Protocol
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper.page import Block, Boxes, Field, Fields, Sentences
from infuse.paper.phrases import in_numbers

NEITHER = "NEITHER: call the prescriber"


class Branch(NamedTuple):
    """`name`: in the file; `title`: on paper; `numbers`: of its orders; `only_if`: when it is the one that is given."""

    name: str
    title: str
    numbers: tuple[int, ...]
    only_if: str

    @property
    def orders(self) -> str:
        return f"ORDER{'S' if self.numbers[1:] else ''} {in_numbers(self.numbers)}"


def of(order: Order) -> list[Branch]:
    """Every branch of an order, in the sequence of their orders; none where nothing excludes anything."""
    found: dict[str, list[tuple[int, PhaseOrder]]] = {}
    for number, phase in enumerate(order.phases, 1):
        if phase.phase.branch:
            found.setdefault(phase.phase.branch, []).append((number, phase))
    return [Branch(name, titled(letter, name), tuple(number for number, _ in some), next((each.phase.only_if for _, each in some if each.phase.only_if), ""))
            for letter, (name, some) in zip(ascii_uppercase, found.items())]


def each_or_whole(order: Order) -> list[tuple[str, str]]:
    """Title and name of every branch; of an order without branches, of the whole, which has neither."""
    return [(each.title, each.name) for each in of(order)] or [("", "")]


def titled(letter: str, name: str) -> str:
    return f"{letter}: {name.upper()}"


def either(order: Order, phase: PhaseOrder) -> str:
    """Which orders exclude each other, at one of them; "" at every other order."""
    several = of(order)
    if not phase.phase.branch or not several[1:]:
        return ""
    return f"give {', or '.join(each.orders for each in several)}: {_never(len(several))}; strike out the other"


def without_orders(protocol: Protocol) -> str:
    """Which doses exclude each other, where they have no numbers: the HALF dose, or the second half and the FULL dose."""
    found: dict[str, list[str]] = {}
    for each in protocol.phases:
        if each.branch:
            found.setdefault(each.branch, []).append(each.name)
    return f"{', or '.join(' and '.join(names) for names in found.values())}: {_never(len(found))}" if len(found) > 1 else ""


def _never(count: int) -> str:
    return f"one of them, NEVER {'both' if count == 2 else 'two'}"


def choice(several: list[Branch]) -> list[Block]:
    """The box in which one of them is chosen, once."""
    boxes = [f"{each.title}, {each.orders}" + (f": only if {each.only_if}" if each.only_if else "") for each in several]
    return [Sentences((f"GIVE ONE, STRIKE OUT THE OTHER{'S' if several[2:] else ''}: {_never(len(several))}. Tick here which one:",), strong=True),
            Boxes((*boxes, NEITHER)), Fields((Field("CHOSEN BY", blank=""), Field("CHOSEN ON", blank="date and time")))]
