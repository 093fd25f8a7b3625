"""How much room each part of a page takes: shares of its width for columns, and how high a block is at the most.

For: `pdf`, which keeps on one page what fits on one. A block that is certainly lower need not be laid out to know that; one
that is taken for lower and is not would run off its page, so every height here is rather too high. Points, and characters of
the widths that the template's fonts have on average.

Refuses: nothing; a word that is wider than its column may be broken (see `pdf.words`).

Example: heights(Sentences(("one line",)), ACROSS, section) is [17]: one line of 11 points.
"""

from __future__ import annotations

import re

from infuse.paper.page import NOT_DUE, Bars, Block, Boxes, Field, Fields, Scan, Section, Sentences, Steps, Table
from infuse.paper.render.text import bound

SIZE, SMALL = 11, 9  # points, as in the template
ACROSS, ON_ITS_SIDE, BETWEEN = 510, 707, 20  # points: of the narrowest page that is printed, of one on its side, and between two columns
_LONG, _SHORT = 30, 8  # characters of a value that no longer stands beside another field, of a unit that does
BRIEF = 4  # characters of the room for a short word
TALL = 250  # points: a row or line that is higher may be broken, as a page might not hold it
WRITTEN = 22  # points, of a line to write on
_EM = 57  # hundredths of a size, of a character: nearly every line holds more
_PITCH = 135  # hundredths of a size, from line to line
_LABEL, _PAIRED_LABEL = 29, 18  # of 100 parts of the width, as in the template
_HEADING, _APART = 34, 7
_OPENING = 3  # rows
_INSET = 10  # points, at both sides of a cell
_SIDE_OF_CODE, _PICTURE, _BAR_LABEL = 110, 85, 138
TO_WRITE_IN, WIDEST, NARROW = 12, 40, 20  # of a column, in characters
MANY, LEAST = 7, 6  # columns, and the characters of the narrowest of so many
SPECIAL = re.compile(r"\[[ \u00a0]\]|_{4,}")


def of_section(blocks: list[int]) -> int:
    """Its height with its heading, from the heights of its blocks."""
    return _HEADING + sum(each + _APART for each in blocks)


def opening(section: Section, width: int) -> int:
    """How high it is down to the first rows of its first table that must not be parted from its head; 0 without such a table."""
    above = []
    for block in section.blocks:
        mine = heights(block, width, section)
        if isinstance(block, Table) and block.together:
            return of_section([*above, sum(mine[: 1 + _OPENING])])
        above.append(sum(mine))
    return 0


def heights(block: Block, width: int, section: Section) -> list[int]:
    """Of each of its lines, rows or pictures, in points: never less than it is."""
    size = SMALL if section.basis else SIZE
    if isinstance(block, Fields):
        return _paired(block, width, size) if section.pairs else [
            _row(row, width * (100 - _LABEL) // 100 - 8, width * _LABEL // 100, size) + 6 for row in block.rows]
    if isinstance(block, Sentences):
        return [_lines(each, width - 14 if block.items else width, size) + 3 for each in block.lines]
    if isinstance(block, Boxes):
        across = 2 if section.pairs else 1
        every = [_lines(each, width // across - 28, size) + 7 for each in block.questions]
        return [max(every[at : at + across]) for at in range(0, len(every), across)]
    if isinstance(block, Table):
        return _table(block, width, size)
    if isinstance(block, Scan):
        return [max(_SIDE_OF_CODE + len(block.holds) // 8, sum(_lines(each, width // 2, SMALL) + 3 for each in block.lines))]
    says = _lines(block.says, width, SMALL)
    if isinstance(block, Steps):
        return [says + _PICTURE + 3 * SIZE]
    if isinstance(block, Bars):
        return [says, *(_lines(label, _BAR_LABEL, SMALL) + 8 for label, _ in block.rows), 2 * SIZE]
    return [says]


def _lines(text: str, width: int, size: int) -> int:
    """How high a text is in so wide a column: where it is longer than a line, each may end a long word early."""
    holds = max(width * 100 // (_EM * size), 1)
    said = breadth(text)
    count = 1 if said <= holds else -(-said // max(holds - 7, 1))
    return count * size * _PITCH // 100


def _row(row: Field, width: int, label: int, size: int) -> int:
    high = max(_lines(row.value, width, size) if row.value or row.blank is None else 0, _lines(row.label, label, SMALL) + 2)
    return max(high, WRITTEN) if row.write_in else high + WRITTEN if row.blank is not None else high


def is_long(row: Field) -> bool:
    """Whether a field has a row to itself among those side by side: a long value, or a box with words such as date and time after it."""
    return len(row.value) > _LONG or len(row.blank or "") > _SHORT


def _paired(fields: Fields, width: int, size: int) -> list[int]:
    """Fields side by side, in the sequence in which the template sets them."""
    label, beside, high, second = width * _PAIRED_LABEL // 100, width * (50 - _PAIRED_LABEL) // 100 - 12, [], False
    for row in fields.rows:
        long = is_long(row)
        this = _row(row, width * (100 - _PAIRED_LABEL) // 100 - 8 if long else beside, label, size) + 6
        if second and not long:
            high[-1] = max(high[-1], this)
        else:
            high.append(this)
        second = not long and not second
    return high


# ---------------------------------------------------------------------------------------------- tables


def _table(table: Table, width: int, size: int) -> list[int]:
    across = [each * _EM * size // 100 for each in holds(table, widths(table, width), width)]
    blank = WRITTEN + 4 if any("____" in cell for row in table.rows for cell in row) else WRITTEN if table.blank else 0
    head = max(_lines(each, wide, SMALL) for each, wide in zip(table.columns, across)) + 9
    return [head, *(max(blank, *(_lines(cell, wide, size) + 9 for cell, wide in zip(row, across))) for row in table.rows)]


def holds(table: Table, shares: list[int], width: int) -> list[int]:
    """How many characters a line of each column holds."""
    needs = [each or min(_longest(table, number), WIDEST) + 1 for number, each in enumerate(shares)]
    return [max((width * each // sum(needs) - _INSET) * 100 // (_EM * SIZE), 1) for each in needs]


def widths(table: Table, width: int) -> list[int]:
    """Shares of the page by what stands in each column; 0 for just what it needs, where little stands beside room to write.
    None is narrower than its longest word, as far as that can be."""
    shares = _shares(table)
    needs = [max(len(word) for cell in (column, *(row[number] for row in table.rows)) for word in bound(cell.split()) or [""]) + 3
             for number, column in enumerate(table.columns)]
    if 0 in shares or all(each >= need for each, need in zip(holds(table, shares, width), needs)):
        return shares
    across, fixed = width * 100 // (_EM * SIZE), {}
    while True:
        free = [each for each in range(len(needs)) if each not in fixed]
        left, of = across - sum(fixed.values()), sum(shares[each] for each in free)
        narrow = {each: needs[each] for each in free if shares[each] * left < needs[each] * of}
        if not narrow:
            return [fixed.get(each) or shares[each] * left // of for each in range(len(needs))]
        fixed |= narrow


def _shares(table: Table) -> list[int]:
    longest = [_longest(table, number) for number in range(len(table.columns))]
    if not table.blank:
        return [min(each, WIDEST) + 3 for each in longest]
    empty = [all(row[number] in ("", NOT_DUE) for row in table.rows) for number in range(len(table.columns))]
    if len(table.columns) > MANY:  # of many narrow columns to write in, each is as wide as its heading's longest word
        heads = [max(len(word) for word in column.split() or [""]) for column in table.columns]
        return [max(word, LEAST) if blank else 0 for word, blank in zip(heads, empty)]
    brief = sum(each for each, blank in zip(longest, empty) if not blank) <= 92 // 3
    return [max(each, TO_WRITE_IN) if blank else 0 if brief or each <= NARROW else min(each, WIDEST) + 3 for each, blank in zip(longest, empty)]


def _longest(table: Table, number: int) -> int:
    return max(breadth(cell) for cell in (table.columns[number], *(row[number] for row in table.rows)))


def breadth(cell: str) -> int:
    """Of a text, in characters: a box to tick is as wide as three, one to write in as twelve or seventeen."""
    if "[" not in cell and "____" not in cell:  # nearly every one
        return len(cell)
    return len(SPECIAL.sub(lambda one: " " * (3 if one.group().startswith("[") else 17 if len(one.group()) > BRIEF else 12), cell))
