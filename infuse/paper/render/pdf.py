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
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from infuse.ground.source import printable
from infuse.ground.units import KNOWN_ON_PAPER
from infuse.paper.page import Bars, Block, Boxes, Cut, Field, Fields, Scan, Section, Sentences, Sheet, Steps, Table
from infuse.paper.render.text import bound

TEMPLATE = Path(__file__).with_name("sheet.typ")
STANDARDS = ["a-2a", "ua-1"]
BODY = "IBM Plex Sans"  # tells 0 from O, and 1, l and I from each other
# the package, the folder in it: the first sets every sheet, the others only what it lacks
BODY_FONT = ("fontpkg_ibm_plex_sans", "files")
OTHER_FONTS = (("manimgx_fonts", ""), ("noto_cjk_sans_jp_regular", ""))
FALLBACK = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans CJK JP")
LONGEST_WORD, LONGEST_LINK, LONGEST_NAME = 32, 128, 52  # a longer one may be broken anywhere
LINE, SMALL_LINE, WRITTEN = 15, 13, 24  # points from line to line, and of a line to write on
ACROSS, SMALL_ACROSS = 92, 106  # characters across the page
SCANNED = 200  # points: of a code, more than nearly all need
TO_WRITE_IN, WIDEST, NARROW = 12, 40, 20  # of a column, in characters
MANY, LEAST = 9, 6  # columns, and the characters of the narrowest of so many
STEPS_HIGH = 85  # points
LONG = 30  # characters of a value that no longer stands beside another field
ROOM, BRIEF_ROOM, BRIEF = (30, 18), (22, 15), 4  # to write in, millimeters wide and points high: of a line, and of one of so many characters
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_REFUSED = re.compile(r"panicked with: \W*does not fit: ([^\n]*)")
_SPECIAL = re.compile(r"\[[ \u00a0]\]|_{4,}")
_INSIDE = re.compile(r"[-/\s]")
_ID = re.compile(r"[A-Z]{4}(-[A-Z]{4}){3}")
_JOINT = "\N{ZERO WIDTH SPACE}"


class Unprintable(ValueError):
    """No font has a character of the page; `found` lists each."""

    def __init__(self, found: list[str]):
        self.found = found
        super().__init__("no font has " + "; ".join(found))


class DoesNotFit(ValueError):
    """What a template has no room for, however small its words may be."""


def to_pdf(sheets: Sheet | Sequence[Sheet], paper: str, now: datetime, copy: str = "") -> bytes:
    """The document, or several one after the other, each with its own count of pages; `paper` is letter or a4, `copy` what a
    copy says of itself. Raises Unprintable."""
    several = [sheets] if isinstance(sheets, Sheet) else list(sheets)
    said = {"paper": paper, "clock": list(now.timetuple()[:6]), "title": printable(several[0].title), "sheets": [_body(each) for each in several]}
    return compiled(TEMPLATE, now, said, heads=[_head(each, copy) for each in several])


def compiled(template: Path, now: datetime, said: dict, **others) -> bytes:
    """A document by its template, in the first fonts that have all of its characters. What is said comes in as files,
    `said.json` and one for each of the others: of inputs typst makes a part of everything, and what stood in the document
    before would be laid out anew. Raises Unprintable, DoesNotFit."""
    import typst

    files = {"main.typ": template.read_bytes()} | {f"{name}.json": _as_json(each) for name, each in others.items()}
    for fonts in (_body_fonts, _packaged_fonts, _system_fonts):
        said["fonts"] = [BODY] if fonts is _body_fonts else [BODY, *FALLBACK]
        try:
            return typst.compile(files | {"said.json": _as_json(said)}, font_paths=fonts(), pdf_standards=STANDARDS, timestamp=int((now - datetime(1970, 1, 1)).total_seconds()))
        except typst.TypstError as error:
            lacking = list(dict.fromkeys(_MISSING.findall(error.diagnostic)))
            if refused := _REFUSED.search(error.diagnostic):
                raise DoesNotFit(refused[1]) from None
            if not lacking:
                raise
    raise Unprintable([_named(each) for text in lacking for each in text])


def _as_json(values) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode()


def _named(character: str) -> str:
    return f"{character} (U+{ord(character):04X} {unicodedata.name(character, 'without a name')})"


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
    return {"shown-title": words(sheet.title), "banner": words(sheet.banner), "subtitle": words(sheet.subtitle),
            "identity": [_field(row) for row in sheet.identity], "footer": [words(each) for each in sheet.footer], "copy": words(copy)}


def _body(sheet: Sheet) -> dict:
    shown = {row.label for row in sheet.identity}
    runs: list[dict] = []
    for section in sheet.sections:
        one, in_columns = _section(section, shown), section.basis and not any(map(_wide, section.blocks))
        if not runs or (runs[-1]["columns"] != in_columns and not section.joins):
            runs.append({"columns": in_columns, "groups": []})
        groups = runs[-1]["groups"]
        if section.joins and groups:
            groups[-1].append(one)
        else:
            groups.append([one])
    return {"wide": sheet.wide, "runs": runs}


def _wide(block: Block) -> bool:
    """What half a page is too narrow for: a code, a link, which no line may break."""
    return isinstance(block, Scan) or isinstance(block, Sentences) and any("://" in each for each in block.lines)


def _section(section: Section, shown: set[str]) -> dict:
    heading, _, note = section.heading.partition("   ")
    blocks = [_block(each, shown, section.pairs) | {"high": _height(each, section)} for each in section.blocks]
    return {"heading": words(heading), "note": words(note), "flag": section.flag, "basis": section.basis, "blocks": blocks,
            "flows": section.flows or section.basis, "cut": isinstance(section.blocks[0], Cut), "high": 35 + sum(each["high"] for each in blocks)}


def _block(block: Block, shown: set[str], pairs: bool) -> dict:
    if isinstance(block, Fields):
        return {"kind": "fields", "pairs": pairs, "rows": [_field(row) for row in block.rows if not (pairs and row.label in shown)]}
    if isinstance(block, Boxes):
        return {"kind": "boxes", "pairs": pairs, "questions": [words(each) for each in block.questions]}
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Steps):
        return {"kind": "steps", "says": words(block.says), "steps": [dict(each._asdict()) for each in block.steps]}
    if isinstance(block, Bars):
        return {"kind": "bars", "says": words(block.says), "rows": [{"label": words(label), "bars": [each._asdict() for each in bars]} for label, bars in block.rows],
                "marks": [list(each) for each in block.marks]}
    if isinstance(block, Cut):
        return {"kind": "cut", "says": words(block.says)}
    if isinstance(block, Scan):
        return _scan(block)
    return {"kind": "sentences", "lines": [_led(each, block) for each in block.lines], "items": block.items}


def _scan(block: Scan) -> dict:
    from infuse.paper.render import symbols

    code = symbols.square(block.holds)
    return {"kind": "scan", "lines": [_typed_off(each) for each in block.lines], "svg": code.svg, "modules": code.modules}


def _typed_off(line: str) -> list:
    """No word of it over two lines: who types it could not tell a hyphen of the word from one of the line."""
    return [each for word in line.split() for each in (["bound", word] if "-" in word else word, " ")][:-1]


def _led(line: str, block: Sentences) -> list[list]:
    """What is bold of a line, and what is not: of a list's items only what leads up to a colon."""
    lead, colon, rest = line.partition(": ") if block.items else (line, "", "")
    return [words(lead + colon), words(rest)] if block.strong else [[], words(line)]


def _field(row: Field) -> dict:
    return {"label": words(row.label), "value": words(row.value), "strong": row.strong, "write-in": row.write_in, "long": len(row.value) > LONG,
            "blank": None if row.blank is None else words(row.blank)}


def _table(table: Table) -> dict:
    return {"kind": "table", "columns": [words(each) for each in table.columns], "rows": [[words(cell) for cell in row] for row in table.rows],
            "strong": list(table.strong), "blank": table.blank, "roomy": any("____" in cell for row in table.rows for cell in row), "widths": _widths(table)}


def _widths(table: Table) -> list[int]:
    """Shares of the page by what stands in each column; 0 for just what it needs, where little stands beside room to write."""
    longest = [max(_breadth(cell) for cell in (column, *(row[number] for row in table.rows))) for number, column in enumerate(table.columns)]
    if not table.blank:
        return [min(each, WIDEST) + 3 for each in longest]
    empty = [all(not row[number] for row in table.rows) for number in range(len(table.columns))]
    if len(table.columns) > MANY:  # of many narrow columns to write in, each is as wide as its heading's longest word
        heads = [max(len(word) for word in column.split() or [""]) for column in table.columns]
        return [max(word, LEAST) if blank else 0 for word, blank in zip(heads, empty)]
    brief = sum(each for each, blank in zip(longest, empty) if not blank) <= ACROSS // 3
    return [max(each, TO_WRITE_IN) if blank else 0 if brief or each <= NARROW else min(each, WIDEST) + 3 for each, blank in zip(longest, empty)]


def _breadth(cell: str) -> int:
    """Of a cell, in characters."""
    return len(_SPECIAL.sub(lambda one: " " * (3 if one.group().startswith("[") else 17 if len(one.group()) > BRIEF else 12), cell))


def _height(block: Block, section: Section) -> int:
    """Roughly, in points: enough to know which sections certainly fit on a page."""
    line, across = (SMALL_LINE, SMALL_ACROSS) if section.basis else (LINE, ACROSS)

    def lines(text, share=1):
        return max(1, -(-len(text) // (across * share // 12)))

    if isinstance(block, Fields):
        rows = [WRITTEN if row.write_in or (row.blank is not None and not row.value) else lines(row.value, 4 if section.pairs else 8) * line
                + (WRITTEN if row.blank is not None else 0) + 5 for row in block.rows]
        return 14 + (sum(rows) // 2 if section.pairs else sum(rows))
    if isinstance(block, Scan):
        return SCANNED
    if isinstance(block, Steps):
        return STEPS_HIGH + 4 * line
    if isinstance(block, Bars):
        return 4 * line + 22 * len(block.rows)
    if isinstance(block, Table):
        return 34 + sum(WRITTEN if block.blank else line + 8 for row in block.rows)
    said = block.questions if isinstance(block, Boxes) else block.lines if isinstance(block, Sentences) else (block.says,)
    high = sum(lines(each, 12) * line + 5 for each in said)
    return 14 + (high // 2 + line if section.pairs else high)


# ---------------------------------------------------------------------------------------------- words


@lru_cache(maxsize=4096)
def words(text: str) -> list:
    """Parts for the template: words; what one line must hold; boxes to tick and to write in. Not to be changed: most are
    the same on every sheet, and kept.
    """
    parts: list = []
    at = 0
    for special in _SPECIAL.finditer(text):
        parts += [*_plain(text[at : special.start()]), ["tick"] if special.group().startswith("[") else ["room", *(ROOM if len(special.group()) > BRIEF else BRIEF_ROOM)]]
        at = special.end()
    return parts + _plain(text[at:])


def _plain(text: str) -> list:
    if not text.strip():
        return [" "] if text else []
    out: list = [" "] if text[0].isspace() else []
    for number, word in enumerate(bound(printable(text).split())):
        for each in ([" "] if number else []) + _pieces(word):
            if out and isinstance(each, str) and isinstance(out[-1], str):
                out[-1] += each
            else:
                out.append(each)
    return out + ([" "] if text[-1].isspace() else [])


def _pieces(word: str) -> list:
    """A word for the template: what no line may break stays whole, the name of a file behind its folders too."""
    if "://" in word and len(word) <= LONGEST_LINK:
        return [["link", word]]
    folders, stroke, name = word.rpartition("/")
    if ".yaml" in name and len(name) <= LONGEST_NAME:
        return [*([folders + stroke + _JOINT] if stroke else []), ["bound", name]]
    return [["bound", word] if _must_hold(word) else _breaking(word)]


def _breaking(word: str) -> str:
    """A long word with places to break at; nothing is put in where it breaks."""
    return "".join(_JOINT + each if at and at % LONGEST_WORD == 0 else each for at, each in enumerate(word))


def _must_hold(word: str) -> bool:
    """A number with its unit, a compound unit, a date, the id of an order: never over two lines."""
    if _ID.fullmatch(word):
        return True
    if not _INSIDE.search(word) or len(word) > LONGEST_WORD:
        return False
    return any(each.isdigit() for each in word) or word.strip("(),.;:").split("/")[0] in KNOWN_ON_PAPER
