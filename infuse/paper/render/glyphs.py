"""How wide words are in the fonts of the template, and how many lines a text takes.

For: `room`, which keeps on one page what fits on one, and rows as high as one line. Thousandths of the size, as the fonts have
them (tests/test_room.py measures them again); what is not in the table, another script, is taken for wider than it is.

Refuses: nothing.

Example: lines("one line", 100, 11) is 1: it is 37 points wide.
"""

from __future__ import annotations

import re
from functools import lru_cache

from infuse.ground.source import printable
from infuse.paper.render.text import bound

TICK, BRIEF_BLANK, BLANK = "\ue000", "\ue001", "\ue002"  # private characters that stand for boxes among words
SPECIAL = re.compile(r"\[[ \u00a0]\]|_{4,}")
BRIEF = 4  # characters of the room for a short word
_BOXES = {TICK: 14, BRIEF_BLANK: 63, BLANK: 86}  # points, of whatever size the words are
_SPACE, _ANY_OTHER = 236, 1100
_WHOLE = 10**3
_KERNED = 1010  # of the whole: now and then two letters stand farther from each other
_REGULAR = {"'": 242, "ij": 250, ",.l": 272, "!": 284, ":;": 292, "|": 314, "[]": 317, "f": 324, "()": 335, "{}": 343, "t": 351, "r": 367, "/\\": 383,
            "-": 399, "I": 400, '"': 419, "*": 450, "z": 464, "?": 477, "s": 487, "v": 492, "y": 499, "L": 501, "c": 503, "x": 507, "J": 510, "k": 527,
            "g": 528, "a": 534, "e": 549, "F": 559, "o": 560, "_": 565, "hnu": 568, "T": 572, "Zbdpq": 580, "S": 581, "E": 583, "Y": 593, "$": 598,
            "+0123456789<=>^`~": 600, "P": 606, "V": 609, "X": 613, "C": 621, "K": 634, "R": 640, "A": 641, "B": 653, "D": 671, "U": 678, "&": 694, "G": 695,
            "HN": 707, "OQ": 708, "#": 713, "w": 768, "M": 812, "m": 873, "@W": 891, "%": 927}
_BOLD = {"'": 268, "ij": 286, "l": 303, ",.": 310, "!": 320, ":;": 330, "[]": 334, "()": 338, "f": 361, "{}": 372, "t": 383, "|": 402, "-": 403, "r": 404,
         "I": 432, "/\\": 460, '"': 493, "?": 500, "s": 504, "c": 517, "z": 518, "L": 530, "y": 534, "v": 538, "g": 552, "_": 556, "J": 559, "x": 560, "e": 562,
         "o": 564, "a": 569, "k": 577, "T": 584, "F": 585, "hnu": 596, "+0123456789<=>^`~": 600, "$*": 601, "EZ": 607, "bdpq": 608, "S": 624, "#": 632,
         "Y": 649, "V": 650, "C": 651, "P": 656, "B": 667, "X": 673, "R": 674, "A": 685, "U": 694, "K": 696, "D": 697, "OQ": 714, "G": 719, "&": 721, "HN": 724,
         "M": 819, "w": 841, "m": 894, "@": 903, "W": 973, "%": 974}
_WIDTHS = {bold: {each: width for those, width in table.items() for each in those} | {" ": _SPACE, "\u00a0": _SPACE}
           for bold, table in ((False, _REGULAR), (True, _BOLD))}


def lines(text: str, wide: int, size: int, bold: bool = False) -> int:
    """How many lines of so many points a text takes: never fewer than it does. It may break between words only, though the
    template breaks at a hyphen too, where that is better."""
    return _lines(text, wide * _WHOLE, size, bold)


def across(text: str, size: int, bold: bool = False) -> int:
    """How many points wide a text is on one line: never less than it is."""
    return -(-_wide(_boxed(printable(text)), size, bold) // _WHOLE)


@lru_cache(maxsize=8192)
def _lines(text: str, holds: int, size: int, bold: bool) -> int:
    count, left, space = 1, holds, _SPACE * size
    for number, word in enumerate(_with_units(bound(_boxed(printable(text)).split()))):
        wide = _wide(word, size, bold)
        if wide <= left:
            left -= wide + space
        elif wide <= holds:
            count, left = count + 1, holds - wide - space
        else:  # broken anywhere, each line of it at least half full
            count, left = count + bool(number) + -(-2 * wide // holds) - 1, 0
    return count


def _with_units(words: list[str]) -> list[str]:
    """A box to write in and the word after it, its unit, are one: they stand on one line."""
    found: list[str] = []
    for word in words:
        if found and found[-1][-1] in (BRIEF_BLANK, BLANK):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


@lru_cache(maxsize=8192)
def _wide(word: str, size: int, bold: bool) -> int:
    """Thousandths of a point."""
    widths, boxes = _WIDTHS[bold], _BOXES
    return sum(boxes[each] * _WHOLE if each in boxes else widths.get(each, _ANY_OTHER) * size for each in word) * _KERNED // _WHOLE


def _boxed(text: str) -> str:
    if "[" not in text and "____" not in text:  # nearly every one
        return text
    return SPECIAL.sub(lambda one: TICK if one.group().startswith("[") else BLANK if len(one.group()) > BRIEF else BRIEF_BLANK, text)


def written_in(text: str) -> int:
    """How many boxes to write in are in it, each of which is higher than a line of words."""
    return sum(each in (BLANK, BRIEF_BLANK) for each in _boxed(text)) if "____" in text else 0
