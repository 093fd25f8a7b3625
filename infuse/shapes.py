"""What a value in a file may be: small readers, each of which turns one node into one value or into a problem.

For: `schema`, whose tables of keys are made of these, so that the same table reads a file and describes it to an
editor. A reader never stops at the first fault: it notes the problem and goes on, so that an author sees all.

Refuses: unknown keys (with "did you mean"), missing ones, a list where a word belongs, an empty value.

Example: quantity("dose rate per kg") at `by: 0.05 mg/h` notes: expected a dose rate per kg, such as
0.05 mg/kg/h; found "0.05 mg/h".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infuse import units
from infuse.protocol import Stated, StatedRange
from infuse.source import ERROR, Mapping, Node, Problem, Scalar, Sequence, Span, printable

BAD: Any = object()  # what a reader returns where it noted a problem


@dataclass(slots=True)
class Notes:
    """Where readers put what they find wrong."""

    problems: list[Problem] = field(default_factory=list)

    def wrong(self, span: Span, expected: str, found: str | None = None, hint: str = "") -> Any:
        said = f"expected {expected}" + ("" if found is None else f"; found {found}")
        self.problems.append(Problem(ERROR, span, printable(said), printable(hint) if hint else ""))
        return BAD


@dataclass(frozen=True, slots=True)
class Reader:
    read: Callable[[Node, Notes], Any]
    schema: dict


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping. `default`: what stands for it where it is left out (None of `required` keys matters)."""

    name: str
    reader: Reader
    says: str
    required: bool = False
    default: Any = None


def quoted(node: Node) -> str:
    """What was found, as a message says it."""
    if isinstance(node, Scalar):
        return f'"{node.text.strip()}"' if node.text.strip() else "nothing"
    return "a list" if isinstance(node, Sequence) else "a mapping"


def _scalar(expected, node, notes):
    if isinstance(node, Scalar) and node.text.strip():
        return node.text.strip()
    return notes.wrong(node.span, expected, quoted(node))


def text(expected: str = "a text", pattern: str = "", hint: str = "") -> Reader:
    """One text, on paper as it stands; folded to one line."""

    def read(node, notes):
        said = _scalar(expected, node, notes)
        if said is not BAD and pattern and not re.fullmatch(pattern, said):
            return notes.wrong(node.span, expected, quoted(node), hint)
        return said if said is BAD else " ".join(said.split())

    return Reader(read, {"type": "string", "description": expected} | ({"pattern": f"^(?:{pattern})$"} if pattern else {}))


def word(*allowed: str) -> Reader:
    """One of a closed list of words."""
    expected = " or ".join(allowed) if len(allowed) < 4 else f"one of {', '.join(allowed)}"

    def read(node, notes):
        said = _scalar(expected, node, notes)
        if said is BAD or said in allowed:
            return said
        return notes.wrong(node.span, expected, quoted(node), did_you_mean(said, allowed))

    return Reader(read, {"enum": list(allowed)})


def flag() -> Reader:
    """yes or no."""
    reader = word("yes", "no")
    return Reader(lambda node, notes: (said := reader.read(node, notes)) is not BAD and said == "yes", reader.schema)


def quantity(*kinds: str, positive: bool = True) -> Reader:
    """`NUMBER UNIT` of one of the kinds, as Stated; above zero unless told otherwise."""
    expected = units.expectation(*kinds)

    def read(node, notes):
        said = _scalar(expected, node, notes)
        if said is BAD:
            return BAD
        try:
            value = units.read_quantity(said, *kinds)
        except units.Refused as refused:
            return notes.wrong(node.span, expected, quoted(node), refused.hint)
        if positive and not value.value:
            return notes.wrong(node.span, f"{expected}, above zero", quoted(node))
        return Stated(value, node.span)

    return Reader(read, {"type": "string", "description": expected})


def between(*kinds: str) -> Reader:
    """A range in words, ends included, as StatedRange."""

    def read(node, notes):
        said = _scalar("a range", node, notes)
        if said is BAD:
            return BAD
        try:
            return StatedRange(units.read_range(said, *kinds), node.span)
        except units.Refused as refused:
            return notes.wrong(node.span, refused.expected, quoted(node), refused.hint)

    return Reader(read, {"type": "string", "description": f"a range of: {units.expectation(*kinds)}"})


def list_of(item: Reader, expected: str = "a list, one item a line after `- `", single: bool = False) -> Reader:
    """A list; with `single`, one item may stand alone."""

    def read(node, notes):
        if single and not isinstance(node, Sequence):
            value = item.read(node, notes)
            return BAD if value is BAD else (value,)
        if not isinstance(node, Sequence) or not node.items:
            return notes.wrong(node.span, expected, quoted(node))
        values = [item.read(each, notes) for each in node.items]
        return BAD if any(value is BAD for value in values) else tuple(values)

    many = {"type": "array", "items": item.schema, "minItems": 1}
    return Reader(read, {"anyOf": [item.schema, many]} if single else many)


def named(item: Callable[[str], Reader] | Reader, what: str, pattern: str = "[a-z0-9]+(?:-[a-z0-9]+)*") -> Reader:
    """A mapping from names that the author chooses to values of one shape."""
    make = item if callable(item) else (lambda _name: item)

    def read(node, notes):
        if not isinstance(node, Mapping) or not node.items:
            return notes.wrong(node.span, f"{what}, each under a name of its own", quoted(node))
        values = {}
        for key, value in node.items:
            if not re.fullmatch(pattern, key.text):
                notes.wrong(key.span, f"a name for one of the {what}: small letters, digits and hyphens", quoted(key))
                values[key.text] = BAD
            else:
                values[key.text] = make(key.text).read(value, notes)
        return BAD if BAD in values.values() else values

    return Reader(read, {"type": "object", "additionalProperties": make("name").schema, "minProperties": 1})


def fields(keys: tuple[Key, ...], build: Callable[..., Any], what: str = "keys with values") -> Reader:
    """A mapping with closed keys. `build` is called with the values by name, and with `span`."""
    known = {key.name: key for key in keys}

    def read(node, notes):
        if not isinstance(node, Mapping):
            return notes.wrong(node.span, what, quoted(node))
        before, values = len(notes.problems), {}
        for key, value in node.items:
            if key.text not in known:
                hint = did_you_mean(key.text, known) or f"the keys here are {', '.join(known)}"
                notes.wrong(key.span, "a known key", quoted(key), hint)
                continue
            values[key.text] = known[key.text].reader.read(value, notes)
        for key in keys:
            if key.required and key.name not in values:
                notes.wrong(node.span, f'the key "{key.name}" ({key.says})', "none")
        if len(notes.problems) > before:
            return BAD
        complete = {key.name: values.get(key.name, key.default) for key in keys}
        try:
            return build(span=node.span, **complete)
        except ValueError as error:  # an invariant of the type, in its own words
            notes.problems.append(Problem(ERROR, node.span, str(error)))
            return BAD

    properties = {key.name: key.reader.schema | {"description": key.says} for key in keys}
    required = [key.name for key in keys if key.required]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Reader(read, schema | ({"required": required} if required else {}))


def one_of(kinds: dict[str, Reader], what: str) -> Reader:
    """A mapping with exactly one key, which says what the rest is: `intermittent:` or `continuous:`."""

    def read(node, notes):
        if not isinstance(node, Mapping) or len(node.items) != 1:
            found = quoted(node) if not isinstance(node, Mapping) else f"{len(node.items)} keys"
            return notes.wrong(node.span, f"one {what}: {' or '.join(kinds)}", found)
        key, value = node.items[0]
        if key.text not in kinds:
            hint = did_you_mean(key.text, kinds)
            return notes.wrong(key.span, f"one {what}: {' or '.join(kinds)}", quoted(key), hint)
        return kinds[key.text].read(value, notes)

    choices = [{"type": "object", "properties": {name: reader.schema}, "required": [name], "additionalProperties": False}
               for name, reader in kinds.items()]
    return Reader(read, {"oneOf": choices})


def scalar_or(simple: Reader, mapping: Reader, wrap: Callable[[Any], Any]) -> Reader:
    """One value, or a mapping that says more."""

    def read(node, notes):
        if isinstance(node, Mapping):
            return mapping.read(node, notes)
        value = simple.read(node, notes)
        return BAD if value is BAD else wrap(value)

    return Reader(read, {"anyOf": [simple.schema, mapping.schema]})


def did_you_mean(said: str, known) -> str:
    near = difflib.get_close_matches(said, list(known), n=1)
    return f"did you mean {near[0]}?" if near else ""
