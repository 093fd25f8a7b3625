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
from typing import Any, NamedTuple

from infuse.files.stated import Stated, StatedRange
from infuse.ground import grammar, numerals, ranges, units
from infuse.ground.source import ERROR, Mapping, Node, Problem, Scalar, Sequence, Span, printable

BAD: Any = object()  # what a reader returns where it noted a problem


class Text(str):
    """A text and the place of the file that states it: what later turns out wrong with it is shown there."""

    __slots__ = ("span",)

    def __new__(cls, text: str, span: Span):
        made = super().__new__(cls, text)
        made.span = span
        return made


class Question(Text):
    """What a prescriber answers in a box, and the unit that stands after the box ("": it is answered in words)."""

    __slots__ = ("unit",)

    def __new__(cls, text: str, span: Span, unit: str = ""):
        made = super().__new__(cls, text, span)
        made.unit = unit
        return made


class Wrong(ValueError):
    """Values that do not go together: at the whole block where no span is given."""

    def __init__(self, expected: str, found: str, span: Span | None = None, hint: str = ""):
        self.expected, self.found, self.span, self.hint = expected, found, span, hint
        super().__init__(f"expected {expected}; found {found}")


@dataclass(slots=True)
class Notes:
    """Where readers put what they find wrong. `path`: the keys down to where the reading is ("-" for a list item)."""

    problems: list[Problem] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def read(self, key: str, reader: Reader, node: Node) -> Any:
        """The value of a key, read knowing where it stands."""
        self.path.append(key)
        value = reader.read(node, self)
        self.path.pop()
        return value

    def under(self) -> str:
        """" under phases, continuous", or "" at the top of a file."""
        keys = ", ".join(key for key in self.path if key != "-")
        return f" under {keys}" if keys else ""

    def found(self, node: Node) -> str:
        """What was found, as a message says it."""
        if isinstance(node, Scalar) and self.path and not node.text.strip():
            return 'nothing after "- "' if self.path[-1] == "-" else f'nothing after "{self.path[-1]}:"'
        return quoted(node)

    def wrong(self, span: Span, expected: str, found: str | None = None, hint: str = "") -> Any:
        said = f"expected {expected}" + ("" if found is None else f"; found {found}")
        self.problems.append(Problem(ERROR, span, printable(said), "\n".join(map(printable, hint.splitlines()))))
        return BAD


class Reader(NamedTuple):
    read: Callable[[Node, Notes], Any]
    schema: dict


class Key(NamedTuple):
    """One key of a mapping. `default`: what stands for it where it is left out. `stand_in`: with what the reading goes on
    where it is missing or faulty, so that the rest of the file is judged in the same round (only where nothing else
    depends on it: a wrong guess would bring problems that are none)."""

    name: str
    reader: Reader
    says: str
    required: bool = False
    default: Any = None
    stand_in: Any = BAD


def quoted(node: Node) -> str:
    if isinstance(node, Scalar):
        return f'"{node.text.strip()}"' if node.text.strip() else "nothing"
    return "a list" if isinstance(node, Sequence) else "keys with values"


def _scalar(expected, node, notes):
    if isinstance(node, Scalar) and node.text.strip():
        return node.text.strip()
    return notes.wrong(node.span, expected, notes.found(node))


def text(expected: str = "a text", pattern: str = "", hint: str = "") -> Reader:
    """One text, on paper as it stands; folded to one line."""

    def read(node, notes):
        said = _scalar(expected, node, notes)
        if said is not BAD and pattern and not re.fullmatch(pattern, said):
            return notes.wrong(node.span, expected, quoted(node), hint)
        return said if said is BAD else Text(" ".join(said.split()), node.span)

    # an editor takes 7 for a number; here it is the text "7"
    shape = {"type": ["string", "integer"], "pattern": f"^(?:{pattern})$"} if pattern else {"type": ["string", "number"]}
    return Reader(read, shape | {"description": expected})


def word(*allowed: str) -> Reader:
    """One of a closed list of words."""
    expected = ", ".join(f'"{each}"' for each in allowed[:-1]) + f' or "{allowed[-1]}"' if allowed[1:] else f'"{allowed[0]}"'

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
    expected = grammar.expectation(*kinds)

    def read(node, notes):
        said = _scalar(expected, node, notes)
        if said is BAD:
            return BAD
        try:
            value = grammar.read_quantity(said, *kinds)
        except units.Refused as refused:
            return notes.wrong(node.span, expected, quoted(node), refused.hint)
        if positive and not value.value:
            return notes.wrong(node.span, f"{expected}, above zero", quoted(node))
        return Stated(value, node.span)

    return Reader(read, {"type": "string", "description": expected, "examples": [grammar.KINDS[kinds[0]][1]]})


def between(*kinds: str) -> Reader:
    """A range in words, ends included, as StatedRange."""
    expected = f"a range in words, such as up to {grammar.KINDS[kinds[0]][1]}"

    def read(node, notes):
        said = _scalar(expected, node, notes)
        if said is BAD:
            return BAD
        try:
            return StatedRange(grammar.read_range(said, *kinds), node.span)
        except units.Refused as refused:
            return notes.wrong(node.span, refused.expected, quoted(node), refused.hint)

    examples = [f"up to {grammar.KINDS[kinds[0]][1]}"]
    return Reader(read, {"type": "string", "description": f"a range of: {grammar.expectation(*kinds)}", "examples": examples})


def list_of(item: Reader, expected: str = "a list, one item a line after `- `", single: bool = False) -> Reader:
    """A list; with `single`, one item may stand alone."""

    def read(node, notes):
        if single and not isinstance(node, Sequence):
            value = item.read(node, notes)
            return BAD if value is BAD else (value,)
        if not isinstance(node, Sequence) or not node.items:
            return notes.wrong(node.span, expected, notes.found(node))
        values = [notes.read("-", item, each) for each in node.items]
        return BAD if any(value is BAD for value in values) else tuple(values)

    many = {"type": "array", "items": item.schema, "minItems": 1}
    return Reader(read, {"anyOf": [item.schema, many]} if single else many)


_SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"


def named(item: Callable[[str], Reader] | Reader, what: str, pattern: str = _SLUG) -> Reader:
    """A mapping from names that the author chooses to values of one shape."""
    allowed = "small letters, digits and hyphens" if pattern == _SLUG else "letters, digits, spaces and hyphens"
    make = item if callable(item) else (lambda _name: item)

    def read(node, notes):
        if not isinstance(node, Mapping) or not node.items:
            return notes.wrong(node.span, f"{what}, each under a name of its own", notes.found(node))
        values = {}
        for key, value in node.items:
            if not re.fullmatch(pattern, key.text):
                notes.wrong(key.span, f"a name for one of the {what}: {allowed}", quoted(key))
                values[key.text] = BAD
            else:
                values[key.text] = notes.read(key.text, make(key.text), value)
        return BAD if BAD in values.values() else values

    return Reader(read, {"type": "object", "additionalProperties": make("name").schema, "minProperties": 1})


def fields(keys: tuple[Key, ...], build: Callable[..., Any], what: str = "keys with values") -> Reader:
    """A mapping with closed keys. `build` is called with the values by name, and with `span`."""
    known = {key.name: key for key in keys}

    def read(node, notes):
        if not isinstance(node, Mapping):
            return notes.wrong(node.span, what, notes.found(node))
        values, meant = {}, set()
        for key, value in node.items:
            if key.text in known:
                values[key.text] = notes.read(key.text, known[key.text].reader, value)
            else:
                meant.add(_unknown_key(key, known, notes))
        missing = [key for key in keys if key.required and key.name not in values and key.name not in meant]
        if missing:
            names = ", ".join(f'"{key.name}"' for key in missing)
            expected = f"the key{'s' if len(missing) > 1 else ''} {names}{notes.under()}"
            notes.wrong(node.span, expected, "none", "\n".join(f"{key.name}: {key.says}" for key in missing))
        usable = {key.name: values.get(key.name, key.default) for key in keys}
        wanting = {key.name for key in missing} | meant | {name for name, value in usable.items() if value is BAD}
        for key in keys:
            if key.name in wanting and key.stand_in is BAD:
                return BAD
            if key.name in wanting:
                usable[key.name] = key.stand_in
        try:
            return build(span=node.span, **usable)
        except Wrong as wrong:
            return notes.wrong(wrong.span or node.span, wrong.expected, wrong.found, wrong.hint)

    properties = {key.name: key.reader.schema | {"description": key.says} for key in keys}
    required = [key.name for key in keys if key.required]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Reader(read, schema | ({"required": required} if required else {}))


def _unknown_key(key, known, notes) -> str:
    """Notes it; gives the key that was probably meant, or ""."""
    near = nearest(key.text, known)
    hint = f"did you mean {near}?" if near else f"the keys here are {', '.join(known)}"
    notes.wrong(key.span, f"a known key{notes.under()}", quoted(key), hint)
    return near


def one_of(kinds: dict[str, Reader], what: str) -> Reader:
    """A mapping with exactly one key, which says what the rest is: `intermittent:` or `continuous:`."""

    def read(node, notes):
        if not isinstance(node, Mapping) or len(node.items) != 1:
            found = notes.found(node) if not isinstance(node, Mapping) else f"{len(node.items)} keys"
            return notes.wrong(node.span, f"one {what}: {' or '.join(kinds)}", found)
        key, value = node.items[0]
        if key.text not in kinds:
            hint = did_you_mean(key.text, kinds)
            return notes.wrong(key.span, f"one {what}: {' or '.join(kinds)}", quoted(key), hint)
        return notes.read(key.text, kinds[key.text], value)

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


def nearest(said: str, known) -> str:
    """The known word that is spelled most alike, or "" where none is."""
    return next(iter(difflib.get_close_matches(said, list(known), n=1)), "")


def did_you_mean(said: str, known) -> str:
    near = nearest(said, known)
    return f"did you mean {near}?" if near else ""


def like(quantity: units.Quantity) -> str:
    """What must be of the same kind as a quantity that is already there: "a dose rate per kg, such as 0.05 mg/kg/h"."""
    phrase, example, _ = next(row for row in grammar.KINDS.values() if row[2](quantity.unit))
    usual = grammar.read_quantity(example)
    return f"{phrase}, such as {usual if units.fits(usual.unit, quantity.unit) else quantity}"


def written(one: units.Quantity | ranges.Range) -> str:
    """A quantity or range as a file spells it: "up to 1 mg/kg/h", "2 to 9 days" (on paper it would be mg/kg/hour)."""
    if isinstance(one, units.Quantity):
        return one.on_paper() if one.unit.text in ("day", "week", "month", "year") else str(one)
    if one.low is None or one.high is None:
        return f"up to {written(one.high)}" if one.low is None else f"at least {written(one.low)}"
    low = numerals.grouped(numerals.decimal(one.low.value)) if one.low.unit == one.high.unit else written(one.low)
    return f"{low} to {written(one.high)}"
