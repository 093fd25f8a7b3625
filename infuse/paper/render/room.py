"""How much room each part of a page takes: shares of its width for columns, and how high a block is at the most.

For: `pdf`, which keeps on one page what fits on one. A block that is certainly lower need not be laid out to know that; one
that is taken for lower and is not would run off its page, so every height here is rather too high. Points; columns share
their page by characters of an average width.

Refuses: nothing; a word that is wider than its column may be broken (see `words`).

Example: rows(Sentences(("one line",)), 510, section) is [Row(1610)]: one line of 11 points, and
what parts it from the next.
"""

from __future__ import annotations

from typing import NamedTuple

from infuse.paper.page import NOT_DUE, Bars, Block, Boxes, Field, Fields, Scan, Section, Sentences, Sheet, Steps, Table
from infuse.paper.render.glyphs import BRIEF, SPECIAL, across, lines, written_in
from infuse.paper.render.text import bound

SIZE, SMALL = 11, 9  # points, as in the template
ACROSS, ON_ITS_SIDE, BETWEEN = {"letter": 526, "a4": 510}, {"letter": 706, "a4": 756}, 20  # points: of a page, of one on its side, and between two columns
_LONG, _SHORT = 30, 8  # characters of a value that no longer stands beside another field, of a unit that does
_OPENING = 3  # rows that stay with the head of a table
TALL = 25000  # hundredths of a point: a row or line that is higher may be broken, as a page might not hold it
_EM = 57  # hundredths of a size, of a character: nearly every line holds more
_LABEL, _PAIRED_LABEL = 29, 18  # of 100 parts of the width, as in the template
_FLAG, _ROOM = 90, 110  # points across: at the end of a heading; of a box beside its unit
_PAGE_COUNT, _BOOK_COUNT = 90, 260  # points across
IDENTITY = (8, 7, 3, 6, 11, 13)  # of 24 parts of the width, four in the first row
# hundredths of a point: of a heading, and of another line of it; between blocks; to write in at the top of a page; what a last line lacks; between fields, sentences
# and questions; around a cell, and one with room to write in; of a line to write on, in a field and in a table; of a box to tick
_HEADING, _ANOTHER_LINE, _APART, _TO_SIGN = 2700, 1700, 700, 1400
_LEADING, _GUTTER, _SPACING, _QUESTION, _CELL, _ROOMY_CELL, _WRITTEN, _WRITTEN_CELL, _BOX = 680, 500, 150, 650, 720, 240, 1800, 1980, 1010
_INSET, _CLOSE = 10, 6  # points, at both sides of a cell, and of a cell of many columns
_ITEM, _TICK = 12, 20  # points across, of the mark of an item, and of the box of a question
_SIDE_OF_CODE, _PICTURE, _BAR_LABEL = 11000, 11800, 138  # the first two: hundredths of a point high
TO_WRITE_IN, WIDEST, NARROW = 12, 40, 20  # of a column, in characters
MANY, LEAST, MOST_ROOMY = 7, 6, 9  # columns; the characters of the narrowest of so many; columns, of more than which each is closer to its frame


class Print(NamedTuple):
    """Points of its letters, and hundredths of points from line to line."""

    size: int
    pitch: int


BODY, NAMES, BASIS = Print(SIZE, 1460), Print(SMALL, 1320), Print(SMALL, 1110)
_TITLE, _SUBTITLE, _FOOT = Print(12, 1530), Print(10, 1350), Print(SMALL, 1080)
_WITH_TICKS, _WITH_ROOM = 240, 1060  # more from line to line where there is a box among the words


class Row(NamedTuple):
    """A line, row or picture: so many hundredths of a point high at the most; `single`: certainly one line of words in each of its cells,
    with or without room beside them for a line to write."""

    high: int
    single: bool = False


def of_head(sheet: Sheet, width: int) -> tuple[int, list[int]]:
    """How high what stands at the top of every page is, and the rows of it that say whose it is; hundredths of a point."""
    cells = [(row, width * share // 24 - 8) for row, share in zip(sheet.identity, IDENTITY)]
    rows = [max((_whose(*each) for each in some), default=0) for some in (cells[:4], cells[4:])]
    rows = [each for each in rows if each]
    return (_high(sheet.banner, width - 8, BODY, True) - _LEADING + 1340 + _high(sheet.title, width, _TITLE, True) - _LEADING + 500
            + _high(sheet.subtitle, width, _SUBTITLE) - _LEADING + 500 + sum(rows)), rows


def _whose(row: Field, width: int) -> int:
    if row.write_in:
        return _high(f"{row.label}  {row.value}", width, NAMES) - _LEADING + _TO_SIGN + 800
    return _high(row.label, width, NAMES) + _high(row.value, width, BODY, row.strong) - _LEADING + 800


def of_foot(sheet: Sheet, copy: str, width: int) -> int:
    """How high what stands at the bottom of every page is; hundredths of a point."""
    *above, last = sheet.footer
    return sum(_high(each, width, _FOOT) for each in above) + (_high(copy, width, _FOOT, True) if copy else 0) + _high(last, width - (_BOOK_COUNT if sheet.of_book else _PAGE_COUNT), _FOOT) - 300


def of_section(section: Section, blocks: list[int], width: int) -> int:
    """Its height with its heading, from the heights of its blocks; hundredths of a point."""
    heading = lines(section.heading, width - (_FLAG if section.flag else 0), SIZE + 1, True)
    return _HEADING + (heading - 1) * _ANOTHER_LINE + sum(each + _APART for each in blocks)


def opening(section: Section, width: int) -> int:
    """How high it is down to the first rows of its first table that must not be parted from its head; 0 without such a table."""
    above: list[int] = []
    for block in section.blocks if any(isinstance(each, Table) and each.together for each in section.blocks) else ():
        mine = [each.high for each in rows(block, width, section)]
        if isinstance(block, Table) and block.together:
            return of_section(section, [*above, sum(mine[: 1 + _OPENING])], width)
        above.append(sum(mine))
    return 0


def rows(block: Block, width: int, section: Section) -> list[Row]:
    """Each of its lines, rows or pictures, with what parts it from the next: never lower than it is."""
    every = _rows(block, width, section)
    if every and isinstance(block, (Fields, Sentences, Boxes)):
        every[-1] = every[-1]._replace(high=every[-1].high - _GUTTER)
    return every


def _rows(block: Block, width: int, section: Section) -> list[Row]:
    face = BASIS if section.basis else BODY
    if isinstance(block, Fields):
        return _paired(block, width, face) if section.pairs else [
            _row(row, width * (100 - _LABEL) // 100 - 8, width * _LABEL // 100, face) for row in block.rows]
    if isinstance(block, Sentences):
        return [Row(_high(each, width - _ITEM if block.items else width, face, block.strong) + _SPACING) for each in block.lines]
    if isinstance(block, Boxes):
        beside = 2 if section.pairs else 1
        every = [max(_high(each, width // beside - _TICK, face) - _LEADING, _BOX) + _QUESTION for each in block.questions]
        return [Row(max(every[at : at + beside])) for at in range(0, len(every), beside)]
    if isinstance(block, Table):
        return _table(block, width, face)
    if isinstance(block, Scan):
        return [Row(max(_SIDE_OF_CODE + len(block.holds) * 12, sum(_high(each, width // 2, NAMES) + _SPACING for each in block.lines)))]
    says = _high(block.says, width, NAMES)
    if isinstance(block, Steps):
        return [Row(says + _PICTURE)]
    if isinstance(block, Bars):
        return [Row(each) for each in (says, *(_high(label, _BAR_LABEL, NAMES) + 800 for label, _ in block.rows), 2200)]
    return [Row(says)]


def _high(text: str, width: int, face: Print, bold: bool = False) -> int:
    """How high a text is in so wide a column, with the space to a line below it."""
    count = lines(text, width, face.size, bold)
    boxes = min(written_in(text), count)  # as many lines of it are higher, at the most
    return count * face.pitch + boxes * _WITH_ROOM + (count - boxes) * (_WITH_TICKS if "[" in text else 0)


def _row(row: Field, width: int, label: int, face: Print) -> Row:
    value = lines(row.value, width, face.size, row.strong) if row.value or row.blank is None else 0
    beside = _high(row.value, width, face, row.strong) if value else 0
    named = lines(row.label, label, SMALL)
    name = _high(row.label, label, NAMES)
    if row.write_in:
        return Row(max(_WRITTEN, beside, name) + _GUTTER, named == 1 and across(f"{row.value} {row.blank or ''}", SMALL) <= width // 2)
    if row.blank is not None:
        units = max(lines(row.blank, width - _ROOM, face.size), 1)
        high = beside + max(_WRITTEN, _high(row.blank, width - _ROOM, face))
        return Row(max(high, name) + _GUTTER, named == units == 1 and not row.value and not written_in(row.blank))
    return Row(max(beside, name + _SPACING) - _LEADING + _GUTTER, named == value == 1 and not written_in(row.value))


def is_long(row: Field) -> bool:
    """Whether a field has a row to itself among those side by side: a long value, or a box with words such as date and time after it."""
    return len(row.value) > _LONG or len(row.blank or "") > _SHORT


def _paired(fields: Fields, width: int, face: Print) -> list[Row]:
    """Fields side by side, in the sequence in which the template sets them."""
    label, beside, out, second = width * _PAIRED_LABEL // 100, width * (50 - _PAIRED_LABEL) // 100 - 12, [], False
    for row in fields.rows:
        long = is_long(row)
        this = _row(row, width * (100 - _PAIRED_LABEL) // 100 - 8 if long else beside, label, face)
        if second and not long:
            out[-1] = Row(max(out[-1].high, this.high))
        else:
            out.append(this)
        second = not long and not second
    return out


# ---------------------------------------------------------------------------------------------- tables


def _table(table: Table, width: int, face: Print) -> list[Row]:
    columns, sure = _across(table, width, face)
    roomy = any(written_in(cell) for row in table.rows for cell in row)
    around = (_ROOMY_CELL if roomy else _CELL) - _LEADING
    out = [Row(max(_high(each, wide, NAMES, True) for each, wide in zip(table.columns, columns)) + around)]
    for row in table.rows:
        cells = [(cell, wide, number in table.strong) for number, (cell, wide) in enumerate(zip(row, columns))]
        high = max(_high(cell, wide, face, bold) for cell, wide, bold in cells) + around
        single = sure and not roomy and all(lines(cell, wide, face.size, bold) == 1 for cell, wide, bold in cells)
        out.append(Row(max(high, _WRITTEN_CELL if table.blank else 0), single))
    return out


def _across(table: Table, width: int, face: Print) -> tuple[list[int], bool]:
    """How many points each column holds, and whether that is certain: of columns as wide as they need it is where all have room."""
    shares = widths(table, width)
    if 0 not in shares:
        return [each * _EM * SIZE // 100 for each in holds(table, shares, width)], True
    needs = _brief(table, shares, face.size)
    left = width - sum(needs) - _INSET * len(shares)
    if left < LEAST * SIZE * sum(share > 0 for share in shares):
        return [each * _EM * SIZE // 100 for each in holds(table, shares, width)], False
    return [need or left * share // sum(shares) for need, share in zip(needs, shares)], True


def _brief(table: Table, shares: list[int], size: int) -> list[int]:
    """How many points a column that is as wide as it needs takes, 0 for one that has a share."""
    return [0 if share else max(across(table.columns[number], SMALL, True), *(across(row[number], size, number in table.strong) for row in table.rows)) + 1
            for number, share in enumerate(shares)]


def holds(table: Table, shares: list[int], width: int) -> list[int]:
    """How many characters a line of each column holds."""
    needs = [each or min(_longest(table, number), WIDEST) + 1 for number, each in enumerate(shares)]
    return [max((width * each // sum(needs) - _INSET) * 100 // (_EM * SIZE), 1) for each in needs]


def widths(table: Table, width: int) -> list[int]:
    """Shares of the page by what stands in each column; 0 for just what it needs, where little stands beside room to write.
    None is narrower than its longest word, as far as that can be."""
    shares = _shares(table)
    if 0 in shares:
        return _beside_room(table, shares, width)
    needs = [max(len(word) for cell in (column, *(row[number] for row in table.rows)) for word in bound(cell.split()) or [""]) + 3
             for number, column in enumerate(table.columns)]
    if all(each >= need for each, need in zip(holds(table, shares, width), needs)):
        return shares
    return _widened(shares, needs, width * 100 // (_EM * SIZE))


def _widened(shares: list[int], needs: list[int], characters: int) -> list[int]:
    """The shares of so many characters of which none is less than it needs."""
    fixed: dict[int, int] = {}
    while True:
        free = [each for each in range(len(needs)) if each not in fixed]
        left, of = characters - sum(fixed.values()), sum(shares[each] for each in free)
        narrow = {each: needs[each] for each in free if shares[each] * left < needs[each] * of}
        if not narrow:
            return [fixed.get(each) or shares[each] * left // of for each in range(len(needs))]
        fixed |= narrow


def _beside_room(table: Table, shares: list[int], width: int) -> list[int]:
    """The shares of columns to write in beside brief ones: each holds the longest word of its heading, which is set in bold capitals.
    Where a page is too narrow for that, the brief ones are no wider than their longest word either, and go on to a second line."""
    heads = [max(across(word, SMALL, True) for word in column.split() or [""]) for column in table.columns]
    left = width - sum(_brief(table, shares, SIZE)) - _INSET * len(shares)
    free = [each for each, share in enumerate(shares) if share]
    if all(shares[each] * left >= heads[each] * sum(shares) for each in free):
        return shares
    if sum(heads[each] for each in free) <= left:
        widened = iter(_widened([shares[each] for each in free], [heads[each] for each in free], left))
        return [next(widened) * 100 // (_EM * SIZE) if share else 0 for share in shares]
    cells = [max((across(word, SIZE) for row in table.rows for word in bound(row[each].split())), default=0) for each in range(len(shares))]
    return [(_CLOSE if len(shares) > MOST_ROOMY else _INSET) + max(head, cell) for head, cell in zip(heads, cells)]


def is_to_write_in(table: Table) -> bool:
    """Whether it has columns to write in beside brief ones: each holds its longest word."""
    return 0 in _shares(table)


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
