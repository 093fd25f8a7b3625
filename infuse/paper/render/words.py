"""A text as the templates take it: words, what one line must hold, boxes to tick and to write in.

For: `pdf` and `label_pdf`. No number is parted from its unit at the end of a line, no date, no id of an order.

Refuses: nothing; what is hidden in a text is spelled out. A word longer than its line may be broken anywhere.

Example: words("start at 3.5 mL/hour") is ["start at ", ["bound", "3.5 mL/hour"]].
"""

from __future__ import annotations

import re
from functools import lru_cache

from infuse.ground.source import printable
from infuse.ground.units import KNOWN_ON_PAPER
from infuse.paper.render.glyphs import BRIEF, SPECIAL
from infuse.paper.render.text import bound

LONGEST_WORD, LONGEST_LINK, LONGEST_NAME = 32, 128, 52  # a longer one may be broken anywhere
ROOM, BRIEF_ROOM = (30, 18), (22, 15)  # to write in, millimeters wide and points high: of a line, and of a brief one
TYPED_OFF = 56  # characters of a word beside the largest code
_UNIT = re.compile(r" ([^\s;,()]+)")  # what stands right after a box
_INSIDE = re.compile(r"[-/\s]")
_ID = re.compile(r"[A-Z]{4}(-[A-Z]{4}){3}")
_JOINT = ["joint"]  # no character: what is copied from the page is what was said


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
        return [*([folders + stroke, _JOINT] if stroke else []), ["bound", name]]
    return [["bound", word]] if _must_hold(word, holds) else _breaking(word, holds)


def _breaking(word: str, holds: int) -> list:
    """A long word with places to break at; nothing is put in where it breaks."""
    return [part for at in range(0, len(word), holds) for part in ([_JOINT] if at else []) + [word[at : at + holds]]]


def _must_hold(word: str, holds: int) -> bool:
    """A number with its unit, a compound unit, a date, the id of an order: never over two lines."""
    if _ID.fullmatch(word):
        return True
    if not _INSIDE.search(word) or len(word) > holds:
        return False
    return any(each.isdigit() for each in word) or word.strip("(),.;:").split("/")[0] in KNOWN_ON_PAPER


def typed_off(line: str) -> list:
    """No word of it over two lines: who types it could not tell a hyphen of the word from one of the line. But for a word that
    no line holds."""
    return [part for word in printable(line).split()
            for part in ([["bound", word]] if "-" in word and len(word) <= TYPED_OFF else _breaking(word, LONGEST_WORD)) + [" "]][:-1]
