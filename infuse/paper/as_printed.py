"""A saved sheet held against the order that comes out here: what it prints of the patient, of each order and its pump settings,
and the alerts that it must show.

For: `infuse verify` of a whole sheet, whose code may be right and whose words were changed.

Refuses: to compare who it is, which is not in the code; a text that is a code's alone, which prints nothing.

Example: a sheet that prints ALLERGIES No known allergies, and whose code says penicillin, is different in ALLERGIES.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from infuse.judgement.limits import NOTE
from infuse.ordering.order import Order
from infuse.paper import basis, bedside, identity
from infuse.paper.page import Fields, Section, Table
from infuse.paper.render import text
from infuse.paper.sheet import lay_out, screened

_WHO = ("NAME", "BORN", "RECORD NUMBER", "LOCATION", "PRESCRIBER", "TELEPHONE OF PRESCRIBER", "ALLERGIES CHECKED BY")
_ORDERED = re.compile(r"ORDER \d+|PUMP SETTINGS|GRAVITY SET|LADDER|SCHEDULE OF RATES|SUPPLY")
_AS_HERE = "as it comes out here"  # a row may be long
_HEADING = re.compile(r"^PATIENT *\n-{20,}\n(.*?)\n\n", re.M | re.S)
_FIELD = re.compile(r"^([A-Z][A-Za-z, ]*?)  +(.*(?:\n +.*)*)$", re.M)


class Printed(NamedTuple):
    """What is printed, as it stands on the sheet and as it would stand here ("" where it does not)."""

    what: str
    sheet: str
    here: str


def compare(sheet: str, made: Order) -> list[Printed]:
    """Every fact about the patient that the sheet prints, and every alert; nothing where it is no sheet."""
    theirs = _patient(sheet)
    if not theirs:
        return []
    ours = _patient("\n".join(_as_text(identity.patient(made))) + "\n\n")
    facts = [Printed(f"printed {label}", theirs.get(label, ""), ours.get(label, "")) for label in {**ours, **theirs} if label not in _WHO]
    left_out = _bare(bedside.KIND) in _bare(sheet)
    rows = [_found(each, words, sheet) for each, words in _orders(made, left_out)]
    return [*facts, *(each._replace(sheet=_AS_HERE, here=_AS_HERE) if each.sheet else each for each in rows),
            *(_found(each, words, sheet) for each, words in _sentences(made, left_out))]


def _orders(made: Order, left_out: bool):
    """Every row of an order and its pump settings, and of its ladder or schedule, without what is filled in by hand."""
    names = basis.names(made) if left_out else set()
    for section in lay_out(made).sections:
        heading = section.heading.partition("   ")[0]
        if not _ORDERED.fullmatch(heading):
            continue
        for block in section.blocks:
            rows = [(row.label, row.value) for row in block.rows if row.blank is None] if isinstance(block, Fields) else [
                (row[0], " ".join(row[1:])) for row in block.rows if not block.blank] if isinstance(block, Table) else []
            for label, value in rows:
                if value and "____" not in value and "[" not in value:
                    yield f"printed {heading} {label}", bedside.without_sources(f"{label} {value}", names)


def _sentences(made: Order, left_out: bool):
    """What the sheet says of the alerts; `left_out`: it is the one without its annex, whose sources are not printed."""
    for each in made.alerts:
        if each.level != NOTE or not each.screened:
            yield f"printed {'note' if each.level == NOTE else 'soft stop'} {each.code}", each.message
    names = basis.names(made) if left_out else set()
    for number, words in enumerate(screened(made), 1):
        yield f"printed screening note {number}", bedside.without_sources(words, names)


def _found(what: str, words: str, sheet: str) -> Printed:
    return Printed(what, words if _bare(words) in _bare(sheet) else "", words)


def _as_text(section: Section) -> list[str]:
    return ["".join(words for words, _ in line) for line in text.sections((section,))]


def _patient(sheet: str) -> dict[str, str]:
    """The fields of the section PATIENT, each in one line, without what is written in by hand."""
    section = _HEADING.search(sheet.replace("\r\n", "\n"))
    found = _FIELD.findall(section[1]) if section else []
    return {label: re.sub(r" *_{4,}.*", "", " ".join(value.split())) for label, value in found}


def _bare(words: str) -> str:
    return re.sub(r"\s", "", words)
