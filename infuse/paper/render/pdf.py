"""The page as PDF: pages of paper from the same words as the text, by one template, `sheet.typ` beside this file.

For: `infuse order --output order.pdf` and the printer. Tagged (PDF/A-2a, PDF/UA-1), black on white, its date the
order's clock: the same sheet at the same clock is the same bytes. It is the only importer of typst.

Refuses: a character that no font has, naming it: an empty box in a name or a dose is a wrong one.

Example: to_pdf(sheet, "letter", now) begins with %PDF-1.7 and holds "start at 3.5 mL/hour" as text.
"""

from __future__ import annotations

import importlib.util
import json
import re
import threading
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from infuse.ground.source import printable
from infuse.ground.units import KNOWN_ON_PAPER
from infuse.paper.page import Bars, Block, Boxes, Cut, Field, Fields, Scan, Section, Sentences, Sheet, Steps, Table
from infuse.paper.render import room
from infuse.paper.render.glyphs import BRIEF, SPECIAL
from infuse.paper.render.text import bound

TEMPLATE = Path(__file__).with_name("sheet.typ")
STANDARDS = ["a-2a", "ua-1"]
BODY = "IBM Plex Sans"  # tells 0 from O, and 1, l and I from each other
# the package, the folder in it: the first sets every sheet, the others only what it lacks
BODY_FONT = ("fontpkg_ibm_plex_sans", "files")
OTHER_FONTS = (("manimgx_fonts", ""), ("noto_cjk_sans_jp_regular", ""))
FALLBACK = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK JP")
LONGEST_WORD, LONGEST_LINK, LONGEST_NAME = 32, 128, 52  # a longer one may be broken anywhere
_UNIT = re.compile(r" ([^\s;,()]+)")  # what stands right after a box
ROOM, BRIEF_ROOM = (30, 18), (22, 15)  # to write in, millimeters wide and points high: of a line, and of a brief one
TYPED_OFF = 56  # characters of a word beside the largest code
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")  # as typst writes what it cannot show
_REFUSED = re.compile(r"panicked with: \W*does not fit: ([^\n]*)")
_INSIDE = re.compile(r"[-/\s]")
_ID = re.compile(r"[A-Z]{4}(-[A-Z]{4}){3}")
_ON_WHAT_IS_TORN_OFF = {"NAME", "RECORD NUMBER"}  # the top of the page stays behind
_JOINT = "\N{ZERO WIDTH SPACE}"


class Unprintable(ValueError):
    """No font has a character of the page; `found` lists each."""

    def __init__(self, found: list[str]):
        self.found = found
        super().__init__("no font has " + "; ".join(found))


class DoesNotFit(ValueError):
    """What a template has no room for, however small its words may be."""


def to_pdf(sheets: Sheet | Sequence[Sheet], paper: str, now: datetime, copy: str = "") -> bytes:
    """The document, or several one after the other, each with its own count of pages, of a book with a count through all of
    them too; `paper` is letter or a4, `copy` what a copy says of itself. Raises Unprintable."""
    several = [sheets] if isinstance(sheets, Sheet) else list(sheets)
    through = all(each.of_book for each in several) and len(several) > 1
    return compiled(TEMPLATE, now, {"paper": paper, "clock": list(now.timetuple()[:6]), "title": printable(several[0].title), "through": through,
                                    "sheets": [_body(each, number) | {"head": _head(each, copy)} for number, each in enumerate(several)]})


def compiled(template: Path, now: datetime, said: dict) -> bytes:
    """A document by its template, in the first fonts that have all of its characters. What is said comes in as one string, which
    the template's `typeset` takes; the template itself is read once. Raises Unprintable, DoesNotFit."""
    import typst

    for fonts in (_body_fonts, _packaged_fonts, _system_fonts):
        said["fonts"] = [BODY] if fonts is _body_fonts else [BODY, *FALLBACK]
        main = f'#import "{template.name}": typeset\n#typeset(json(bytes("{_as_json(said)}")))'
        try:
            return _compiler(template.parent, fonts).compile(input=main.encode(), format="pdf", pdf_standards=STANDARDS,
                                                             timestamp=int((now - datetime(1970, 1, 1)).total_seconds()))
        except typst.TypstError as error:
            lacking = list(dict.fromkeys(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), each) for each in _MISSING.findall(error.diagnostic)))
            if refused := _REFUSED.search(error.diagnostic):
                raise DoesNotFit(refused[1]) from None
            if not lacking:
                raise
    raise Unprintable([_named(each) for text in lacking for each in text])


def _compiler(folder: Path, fonts):
    """One for each thread, as none serves two at once."""
    import typst

    kept = _kept.__dict__
    if (folder, fonts) not in kept:
        kept[folder, fonts] = typst.Compiler(root=folder, font_paths=fonts())
    return kept[folder, fonts]


_kept = threading.local()


def _as_json(values) -> str:
    """Within the quotes of a string of the template's language: nothing in it is markup."""
    return json.dumps(values, ensure_ascii=False).replace("\\", "\\\\").replace('"', '\\"')


def _named(character: str) -> str:
    shown = f"{character} " if character.isprintable() else ""
    return f"{shown}(U+{ord(character):04X} {unicodedata.name(character, 'without a name')})"


# ---------------------------------------------------------------------------------------------- fonts


def _folder(package: str, inside: str) -> str:
    found = importlib.util.find_spec(package)
    if found is None:
        raise ModuleNotFoundError(f"the fonts of {package} are not installed")
    return str(Path(found.submodule_search_locations[0]) / inside)


def _fonts(packages, system: bool = False):
    import typst

    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[_folder(*each) for each in packages])


@lru_cache(maxsize=1)
def _body_fonts():
    return _fonts((BODY_FONT,))


@lru_cache(maxsize=1)
def _packaged_fonts():
    return _fonts((BODY_FONT, *OTHER_FONTS))


@lru_cache(maxsize=1)
def _system_fonts():
    return _fonts((BODY_FONT, *OTHER_FONTS), system=True)


# ---------------------------------------------------------------------------------------------- the page as values


def _head(sheet: Sheet, copy: str) -> dict:
    """What stands at the top and the bottom of its pages."""
    across = room.ON_ITS_SIDE if sheet.wide else room.ACROSS
    high, identity = room.of_head(sheet, across)
    return {"head-high": high, "identity-high": identity, "foot-high": room.of_foot(sheet, copy, across), "shown-title": words(sheet.title), "banner": words(sheet.banner), "subtitle": words(sheet.subtitle),
            "identity": [_field(row) for row in sheet.identity], "footer": [words(each) for each in sheet.footer], "copy": words(copy)}


def _body(sheet: Sheet, number: int) -> dict:
    shown = frozenset(row.label for row in sheet.identity)
    across = room.ON_ITS_SIDE if sheet.wide else room.ACROSS
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
            "flows": section.flows or section.basis, "cut": torn_off, "high": room.of_section(section, [each["high"] for each in blocks], width), "opens": room.opening(section, width)}


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
    return {"kind": "scan", "lines": [_typed_off(each) for each in block.lines], "svg": code.svg, "modules": code.modules}


def _typed_off(line: str) -> list:
    """No word of it over two lines: who types it could not tell a hyphen of the word from one of the line. But for a word that
    no line holds."""
    return [each for word in printable(line).split() for each in (["bound", word] if "-" in word and len(word) <= TYPED_OFF else _breaking(word, LONGEST_WORD), " ")][:-1]


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
    holds = [LONGEST_WORD if 0 in widths else min(each, LONGEST_WORD) for each in room.holds(table, widths, width)]  # 0: as wide as it needs
    return {"kind": "table", "columns": [words(each) for each in table.columns], "rows": [[words(cell, most) for cell, most in zip(row, holds)] for row in table.rows],
            "strong": list(table.strong), "blank": table.blank, "roomy": any("____" in cell for row in table.rows for cell in row), "widths": widths}


def _with_pages(table: Table, width: int) -> dict:
    """A column more: the page of the whole document on which the sheet of a row begins."""
    wider = Table((*table.columns, "BOOK PAGE"), tuple((*row, "") for row in table.rows), (*table.strong, len(table.columns)))
    found = _table(wider, width)
    for row, sheet in zip(found["rows"], table.sheets):
        row[-1] = [["page", sheet]] if sheet is not None else ["none"]
    return found


# ---------------------------------------------------------------------------------------------- words


@lru_cache(maxsize=4096)
def words(text: str, holds: int = LONGEST_WORD, with_unit: bool = False) -> str | list:
    """A text for the template: its words, or a list of parts: words; what one line must hold; boxes to tick and to write in,
    `with_unit` with the word after it on one line. A longer word than a line `holds` may be broken. Not to be changed: most are
    the same on every sheet, and kept.
    """
    parts = _parts(text, holds, with_unit)
    return "" if not parts else parts[0] if len(parts) == 1 and isinstance(parts[0], str) else parts


def _parts(text: str, holds: int, with_unit: bool) -> list:
    parts: list = []
    at = 0
    for special in SPECIAL.finditer(text):
        parts += _plain(text[at : special.start()], holds)
        at = special.end()
        if special.group().startswith("["):
            parts.append(["tick"])
            continue
        unit = _UNIT.match(text, at) if with_unit else None
        parts.append(["room", *(ROOM if len(special.group()) > BRIEF else BRIEF_ROOM), unit[1] if unit else ""])
        at = unit.end() if unit else at
    return parts + _plain(text[at:], holds)


def _plain(text: str, holds: int) -> list:
    if not text.strip():
        return [" "] if text else []
    out: list = [" "] if text[0].isspace() else []
    for number, word in enumerate(bound(printable(text).split())):
        for each in ([" "] if number else []) + _pieces(word, holds):
            if out and isinstance(each, str) and isinstance(out[-1], str):
                out[-1] += each
            else:
                out.append(each)
    return out + ([" "] if text[-1].isspace() else [])


def _pieces(word: str, holds: int) -> list:
    """A word for the template: what no line may break stays whole, the name of a file behind its folders too."""
    if "://" in word and len(word) <= LONGEST_LINK:
        return [["link", word]]
    folders, stroke, name = word.rpartition("/")
    if ".yaml" in name and len(name) <= LONGEST_NAME:
        return [*([folders + stroke + _JOINT] if stroke else []), ["bound", name]]
    return [["bound", word] if _must_hold(word, holds) else _breaking(word, holds)]


def _breaking(word: str, holds: int) -> str:
    """A long word with places to break at; nothing is put in where it breaks."""
    return "".join(_JOINT + each if at and at % holds == 0 else each for at, each in enumerate(word))


def _must_hold(word: str, holds: int) -> bool:
    """A number with its unit, a compound unit, a date, the id of an order: never over two lines."""
    if _ID.fullmatch(word):
        return True
    if not _INSIDE.search(word) or len(word) > holds:
        return False
    return any(each.isdigit() for each in word) or word.strip("(),.;:").split("/")[0] in KNOWN_ON_PAPER
