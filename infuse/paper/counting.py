"""How many places of a sheet are to tick or fill in, under which heading: what a nurse counts is what the first page says.

For: `sheet`. A row is one place, however many ticks it offers; in a
sentence each line to write on is one. The charts, the signatures and the independent double check have
their own lines and are not counted.

Refuses: nothing.

Example: "57 places on this sheet are to tick or fill in: 14 under PATIENT, 2 under ORDER 1, ...".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from infuse.paper.page import Block, Boxes, Fields, Section, Sentences, Table
from infuse.paper.phrases import TICK

_LINE = re.compile("_{4,}")
_WRITE = re.compile(rf"_{{4,}}|{re.escape(TICK)}")
_ITS_OWN = "SIGNATURES"
_IN_TIME = ("TIMELINE", "DOSES", "ONLY IF NEEDED", "VISIT", "OUTCOME")
_AND = {"PATIENT": " and at the head of the page"}  # where a medium with pages has who it is
_LATER = ("GIVE ONLY IF", "ACTUAL START", "CHOSEN BY")


def places(section: Section) -> int:
    """How many rows of it have a box, a line to write on, or ticks to choose among."""
    return 0 if _heading(section).startswith(_ITS_OWN) else sum(1 for block in section.blocks for _ in _in(block))


def _in(block: Block) -> Iterator[str]:
    match block:
        case Boxes(questions):
            yield from questions
        case Fields(rows):
            yield from (row.label for row in rows if row.blank is not None or _WRITE.search(row.value))
        case Sentences(lines):
            for line in lines:  # a finding may have several boxes, each with its own unit; ticks beside each other are one choice
                yield from _LINE.findall(line) + ([TICK] if TICK in line else [])
        case Table():
            yield from (row[0] for row in block.rows if any(_WRITE.search(cell) for cell in row))


def _heading(section: Section) -> str:
    return section.heading.partition("   ")[0]


def by_heading(sections: Sequence[Section]) -> dict[str, int]:
    """Of each heading how many; sections of one heading together, in the sequence of the sheet."""
    found: dict[str, int] = {}
    for section in sections:
        if number := places(section):
            found[_heading(section)] = found.get(_heading(section), 0) + number
    return found


def said(sections: Sequence[Section], when: str) -> str:
    """The sentence for the first page. `when`: by when they are answered."""
    found = by_heading(sections)
    if not found:
        return "Nothing on this sheet is left to tick or fill in."
    total = sum(found.values())
    one = "1 place on this sheet is" if total == 1 else f"{total} places on this sheet are"
    labels = {row.label for section in sections for block in section.blocks if isinstance(block, Fields) for row in block.rows}
    later = [each for each in found if each.startswith(_IN_TIME)] + [each for each in _LATER if each in labels]
    apart = f"; {', '.join(later)} later" if later else ""
    each = ", ".join(f"{number} under {heading}{_AND.get(heading, '')}" for heading, number in found.items())
    return f"{one} to tick or fill in: {each}. {when}{apart}."
