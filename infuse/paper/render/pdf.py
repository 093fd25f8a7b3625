"""The page as PDF: pages of paper from the same words as the text, by one template, `sheet.typ` beside this file.

For: `infuse order --output order.pdf` and the printer. What is said reaches the template as values, with how much room each
part of it takes.

Refuses: a character that no font has, see `typesetting`.

Example: to_pdf(sheet, "letter", now) begins with %PDF-1.7 and holds "start at 3.5 mL/hour" as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from infuse.ground.source import printable
from infuse.paper.page import Bars, Block, Boxes, Cut, Field, Fields, Scan, Section, Sentences, Sheet, Steps, Table
from infuse.paper.render import room
from infuse.paper.render.typesetting import compiled
from infuse.paper.render.words import LONGEST_WORD, typed_off, words

TEMPLATE = Path(__file__).with_name("sheet.typ")
_ON_WHAT_IS_TORN_OFF = {"NAME", "RECORD NUMBER"}  # the top of the page stays behind


def to_pdf(sheets: Sheet | Sequence[Sheet], paper: str, now: datetime, copy: str = "") -> bytes:
    """The document, or several one after the other, each with its own count of pages, of a book with a count through all of
    them too; `paper` is letter or a4, `copy` what a copy says of itself. Raises Unprintable."""
    several = [sheets] if isinstance(sheets, Sheet) else list(sheets)
    through = all(each.of_book for each in several) and len(several) > 1
    return compiled(TEMPLATE, now, {"paper": paper, "clock": list(now.timetuple()[:6]), "title": printable(several[0].title), "through": through,
                                    "sheets": [_body(each, number, paper) | {"head": _head(each, copy, paper)} for number, each in enumerate(several)]})


def _head(sheet: Sheet, copy: str, paper: str) -> dict:
    """What stands at the top and the bottom of its pages."""
    across = (room.ON_ITS_SIDE if sheet.wide else room.ACROSS)[paper]
    high, identity = room.of_head(sheet, across)
    return {"head-high": high, "identity-high": identity, "foot-high": room.of_foot(sheet, copy, across), "shown-title": words(sheet.title), "banner": words(sheet.banner), "subtitle": words(sheet.subtitle),
            "identity": [_field(row) for row in sheet.identity], "footer": [words(each) for each in sheet.footer], "copy": words(copy)}


def _body(sheet: Sheet, number: int, paper: str) -> dict:
    shown = frozenset(row.label for row in sheet.identity)
    across = (room.ON_ITS_SIDE if sheet.wide else room.ACROSS)[paper]
    runs: list[dict] = []
    for section in sheet.sections:
        joins = section.joins and runs
        in_columns = runs[-1]["columns"] if joins else section.basis and not section.flows and not any(map(_wide, section.blocks))
        one = _section(section, shown, (across - room.BETWEEN) // 2 if in_columns else across, number)
        if joins:
            runs[-1]["groups"][-1].append(one)
        elif runs and runs[-1]["columns"] == in_columns:
            runs[-1]["groups"].append([one])
        else:
            runs.append({"columns": in_columns, "groups": [[one]]})
    return {"wide": sheet.wide, "runs": runs}


def _wide(block: Block) -> bool:
    """What half a page is too narrow for: a code, a link, which no line may break."""
    return isinstance(block, Scan) or isinstance(block, Sentences) and any("://" in each for each in block.lines)


def _in_two(block: Block, section: Section) -> bool:
    """Whether the items of a list stand in two columns of their own: small print between what is larger."""
    return section.basis and section.flows and isinstance(block, Sentences) and block.items and len(block.lines) > 1 and not _wide(block)


@lru_cache(maxsize=512)
def _section(section: Section, shown: frozenset[str], width: int, of_sheet: int) -> dict:
    """Not to be changed: most sections are the same on every sheet of a protocol, and kept."""
    heading, _, note = section.heading.partition("   ")
    torn_off = isinstance(section.blocks[0], Cut)
    there = shown - _ON_WHAT_IS_TORN_OFF if torn_off else shown
    said = [_left(each, there) if section.pairs else each for each in section.blocks]
    blocks = [_placed(each, section, width, of_sheet) for each in said]
    return {"heading": words(heading), "key": _key(heading, of_sheet), "note": words(note), "flag": section.flag, "basis": section.basis, "blocks": blocks,
            "flows": (section.flows or section.basis) and not all(isinstance(each, Fields) for each in said),  # a few facts stay together
            "cut": torn_off, "high": room.of_section(section, [each["high"] for each in blocks], width), "opens": room.opening(section, width)}


def _placed(block: Block, section: Section, width: int, of_sheet: int) -> dict:
    """What it says, how high it is at the most, whether a line or row of it may be broken, and how many of its items stand in the
    first of two columns."""
    two = _in_two(block, section)
    rows = room.rows(block, (width - room.BETWEEN) // 2 if two else width, section)
    high = [each.high for each in rows]
    first = next(number for number in range(1, len(high) + 1) if 2 * sum(high[:number]) >= sum(high)) if two else 0
    return _block(block, section.pairs, width, of_sheet, rows) | {
        "high": max(sum(high[:first]), sum(high[first:])), "unbroken": max(high, default=0) <= room.TALL, "first": first}


def _left(block: Block, shown: set[str]) -> Block:
    """Without what stands at the top of every page."""
    return Fields(tuple(row for row in block.rows if row.label not in shown)) if isinstance(block, Fields) else block


def _block(block: Block, pairs: bool, width: int, of_sheet: int, rows: list[room.Row]) -> dict:
    if isinstance(block, Fields):
        return {"kind": "fields", "pairs": pairs, "rows": [_field(row, not pairs and one.single) for row, one in zip(block.rows, rows if not pairs else block.rows)]}
    if isinstance(block, Boxes):
        return {"kind": "boxes", "pairs": pairs, "questions": [words(each) for each in block.questions]}
    if isinstance(block, Table):
        return _table(block, width) | {"single": [each.single for each in rows[1:]]}
    if isinstance(block, Steps):
        return {"kind": "steps", "says": words(block.says), "steps": [dict(each._asdict()) for each in block.steps]}
    if isinstance(block, Bars):
        return {"kind": "bars", "says": words(block.says), "rows": [{"label": words(label), "bars": [each._asdict() for each in bars]} for label, bars in block.rows],
                "marks": [list(each) for each in block.marks]}
    if isinstance(block, Cut):
        return {"kind": "cut", "says": words(block.says)}
    if isinstance(block, Scan):
        return _scan(block)
    lines = [_led(each, block) for each in block.lines]
    for number, headings in enumerate(block.to):
        lead, rest = lines[number]
        lines[number] = [lead, [*([rest] if isinstance(rest, str) else rest), ["pages", *([each, _key(each, of_sheet)] for each in headings)]]]
    return {"kind": "sentences", "lines": lines, "items": block.items}


def _key(heading: str, of_sheet: int) -> str:
    """By which a section is found among those of all sheets of a document."""
    return f"{of_sheet} {heading}"


def _scan(block: Scan) -> dict:
    from infuse.paper.render import symbols

    code = symbols.square(block.holds)
    return {"kind": "scan", "lines": [typed_off(each) for each in block.lines], "svg": code.svg, "modules": code.modules}


def _led(line: str, block: Sentences) -> list[list]:
    """What is bold of a line, and what is not: of a list's items only what leads up to a colon."""
    lead, colon, rest = line.partition(": ") if block.items else (line, "", "")
    return [words(lead + colon, with_unit=True), words(rest, with_unit=True)] if block.strong else ["", words(line, with_unit=True)]


def _field(row: Field, single: bool = False) -> dict:
    return {"label": words(row.label), "value": words(row.value, with_unit=True), "strong": row.strong, "single": single, "write-in": row.write_in, "long": room.is_long(row),
            "blank": None if row.blank is None else words(row.blank)}


def _table(table: Table, width: int) -> dict:
    if table.sheets:
        return _with_pages(table, width)
    widths = room.widths(table, width)
    holds = [LONGEST_WORD if room.is_to_write_in(table) else min(each, LONGEST_WORD) for each in room.holds(table, widths, width)]
    return {"kind": "table", "columns": [words(each) for each in table.columns], "rows": [[words(cell, most) for cell, most in zip(row, holds)] for row in table.rows],
            "strong": list(table.strong), "blank": table.blank, "roomy": any("____" in cell for row in table.rows for cell in row), "widths": widths}


def _with_pages(table: Table, width: int) -> dict:
    """A column more: the page of the whole document on which the sheet of a row begins."""
    wider = Table((*table.columns, "BOOK PAGE"), tuple((*row, "") for row in table.rows), (*table.strong, len(table.columns)))
    found = _table(wider, width)
    for row, sheet in zip(found["rows"], table.sheets):
        row[-1] = [["page", sheet]] if sheet is not None else ["none"]
    return found
