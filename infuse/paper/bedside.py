"""An order sheet without its annex: what is ordered, given, watched, checked and signed, and nothing that it only rests on.

For: `infuse order --without-annex`. Every page says what was left out and on which sheet it stands. The order is the same
and has the same id.

Refuses: to leave out what somebody beside the patient acts on: doses, pump settings, hold, stop and call criteria, boxes,
signatures, overrides with their reasons, the double check, and every limit that can still be passed once it runs.

Example: ketamine at 70 kg: "(ketalar-label-2024)" is gone from the criteria, "dose rate: hard, up to 1 mg/kg/hour" is not.
"""

from __future__ import annotations

import re
from dataclasses import replace

from infuse.judgement.weighing import SITE
from infuse.ordering import order_id
from infuse.ordering.order import Order
from infuse.paper import basis
from infuse.paper.page import Block, Boxes, Fields, Section, Sentences, Table

KIND = "Order sheet WITHOUT ITS ANNEX"
_AT_PRINT = ("age", "weight", "final_concentration")  # the sheet is for one weight and one bag: neither changes at the bedside
_WHOLE = ("BEFORE THE FIRST DOSE", "VERIFY")  # an override stands with the source of what it overrides
_ASIDE = re.compile(r" ?\(([^()]*)\)")
_SOURCE = re.compile(r" ?\bSource: ([^.]*)\.$")


def sections(order: Order, body: list[Section]) -> list[Section]:
    """The body of a sheet without the names of its sources, and the limits that can still be passed."""
    names = basis.names(order)
    limits = Section("LIMITS AT THE BEDSIDE   a limit may be reached, not passed", tuple(basis.limits(order, _AT_PRINT)), basis=True, flows=True)
    before = next(number for number, each in enumerate(body) if each.heading == "SIGNATURES")
    return [each if each.heading in _WHOLE else _without_sources(each, names) for each in (*body[:before], limits, *body[before:])]


def footer(order: Order) -> tuple[str, ...]:
    """What every page says of what is not there."""
    one = order_id.of_order(order)
    return (f"LEFT OUT: the annex (sources, evidence, working, what was ruled out, files, limits of age, weight and concentration). "
            f"It stands on the complete sheet of {f'order {one}' if one else 'the same order'}.",)


def _without_sources(section: Section, names: set[str]) -> Section:
    blocks = [_block(each, names) for each in section.blocks]
    return section._replace(blocks=tuple(each for each in blocks if not isinstance(each, Sentences) or each.lines))


def _block(block: Block, names: set[str]) -> Block:
    def said(text: str) -> str:
        return without_sources(text, names)

    if isinstance(block, Fields):
        return Fields(tuple(row._replace(value=said(row.value)) for row in block.rows))
    if isinstance(block, Sentences):
        return block._replace(lines=tuple(filter(None, map(said, block.lines))))
    if isinstance(block, Boxes):
        return Boxes(tuple(map(said, block.questions)))
    if isinstance(block, Table):
        return replace(block, rows=tuple(tuple(map(said, row)) for row in block.rows))
    return block


def without_sources(text: str, names: set[str]) -> str:
    """A sentence without the ids of references; every other aside stays as it is."""
    source = _SOURCE.search(text)
    if source and set(source[1].split(", ")) <= names:
        text = text[:source.start()]
    return _ASIDE.sub(lambda aside: _aside(aside, names), text)


def _aside(aside: re.Match, names: set[str]) -> str:
    """Nothing of `(label-2024, own)`, `(for the site to decide)` of that with a source behind it, all of any other."""
    kept = [each for each in re.split(r"[,;] ", aside[1]) if each not in names]
    return "" if not kept else f" ({SITE})" if kept == [SITE] else aside[0]
