"""A page that knows no medium: sections of fields, sentences, tables, boxes and lines to write on.

For: every document that people read. `sheet` fills it, each renderer shows it; a renderer never decides what is
said, only how it looks.

Refuses: a table row with more or fewer cells than there are columns.

Example: Fields((Field("DOSE", "0.1 mg/kg/hour times 70 kg = 7 mg/hour", strong=True),)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Field(NamedTuple):
    """A label and its value; `blank` is a unit or "" where a person writes the value in by hand."""

    label: str
    value: str = ""
    strong: bool = False
    blank: str | None = None


class Fields(NamedTuple):
    rows: tuple[Field, ...]


class Sentences(NamedTuple):
    """Lines of text, each on its own; `strong` ones must not be overlooked; `items` hang from a mark."""

    lines: tuple[str, ...]
    strong: bool = False
    items: bool = False


class Boxes(NamedTuple):
    """Questions with a box to tick."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of text; an empty cell is one to write in where `blank` is set."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: tuple[int, ...] = ()
    blank: bool = False

    def __post_init__(self):
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"every row needs {len(self.columns)} cells")


class Cut(NamedTuple):
    """Where a part is torn off."""

    says: str


Block = Fields | Sentences | Boxes | Table | Cut


class Section(NamedTuple):
    """A heading and its blocks, kept together where a medium has pages."""

    heading: str
    blocks: tuple[Block, ...]


class Sheet(NamedTuple):
    banner: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
