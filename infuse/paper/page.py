"""A page that knows no medium: sections of fields, sentences, tables, boxes and lines to write on.

For: every document that people read. `sheet` fills it, each renderer shows it; a renderer never decides what is
said, only how it looks.

Refuses: a table row with more or fewer cells than there are columns.

Example: Fields((Field("DOSE", "0.1 mg/kg/hour times 70 kg = 7 mg/hour", strong=True),)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

NOT_DUE = "-"  # in a cell of a table to write in: nothing is asked for there, and something may be written all the same
WHOLE = 10**3  # lengths in a picture are so many parts of the longest


class Field(NamedTuple):
    """A label and its value; `blank` is a unit or "" where a person writes the value in by hand; with `write_in` it may
    be written beside the value where a medium has the room.
    """

    label: str
    value: str = ""
    strong: bool = False
    blank: str | None = None
    write_in: bool = False


class Fields(NamedTuple):
    rows: tuple[Field, ...]


class Sentences(NamedTuple):
    """Lines of text, each on its own; `strong` ones must not be overlooked; `items` hang from a mark. `to`: of each line the
    headings that it sends the reader to, whose pages a medium with pages names."""

    lines: tuple[str, ...]
    strong: bool = False
    items: bool = False
    to: tuple[tuple[str, ...], ...] = ()


class Boxes(NamedTuple):
    """Questions with a box to tick."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of text; an empty cell is one to write in where `blank` is set. `sheets`: of each row the sheet of the
    document that it sends to, counted from 0 (None: to none), whose page a medium with pages names in a column more. `together`:
    such a medium keeps it on one page where it fits on one, and never its first row alone."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: tuple[int, ...] = ()
    blank: bool = False
    sheets: tuple[int | None, ...] = ()
    together: bool = False

    def __post_init__(self):
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"every row needs {len(self.columns)} cells")


class Cut(NamedTuple):
    """Where a part is torn off."""

    says: str


class Scan(NamedTuple):
    """Lines, and what a scanner reads of the code that a medium with pages prints beside them."""

    lines: tuple[str, ...]
    holds: str


class Step(NamedTuple):
    """One column of a picture of steps: what stands below and above it ("": no room), its height in thousandths, hatched or not."""

    below: str
    above: str
    high: int
    hatched: bool


class Steps(NamedTuple):
    """A picture of columns beside each other; `says` what it shows."""

    says: str
    steps: tuple[Step, ...]


class Bar(NamedTuple):
    """A time in a picture of bars, in thousandths of the whole; `filled` or open; `runs_on`: it has no end."""

    start: int
    long: int
    filled: bool
    runs_on: bool


class Bars(NamedTuple):
    """A picture of bars over time: rows of a label and its bars, and the marks (place, label) of the axis."""

    says: str
    rows: tuple[tuple[str, tuple[Bar, ...]], ...]
    marks: tuple[tuple[int, str], ...]


Block = Fields | Sentences | Boxes | Table | Cut | Scan | Steps | Bars


class Section(NamedTuple):
    """A heading and its blocks, kept together where a medium has pages, and with the section before if it `joins` it.

    `flag` is what must be seen beside the heading. `basis`: what the orders rest on and what lies behind them, which may be set smaller.
    `flows`: its lines stand for themselves, and a page may end between them. `pairs`: short fields, which may stand side by side.
    """

    heading: str
    blocks: tuple[Block, ...]
    flag: str = ""
    joins: bool = False
    basis: bool = False
    flows: bool = False
    pairs: bool = False


class Sheet(NamedTuple):
    """One document; `identity` says whose it is, on every page of a medium that has pages; `wide`: such a page lies on its
    side; `of_book`: beside its own pages those of the book are counted.
    """

    banner: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    identity: tuple[Field, ...] = ()
    wide: bool = False
    of_book: bool = False
