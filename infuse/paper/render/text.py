"""The page as lines of text: for a terminal, a pipe or a file, at most 80 columns.

For: `infuse order` and `show`. A line is a list of (text, role) parts, so that a terminal may colour what a pipe
prints plain: both show the same words.

Refuses: to split a number from its unit, or a label from its value; to obey anything that came from a file.

Example: Field("PUMP RATE", "3.5 mL/hour") is `  PUMP RATE             3.5 mL/hour`.
"""

from __future__ import annotations

import re

from infuse.ground.source import columns as columns_of
from infuse.ground.source import printable
from infuse.ground.units import KNOWN_ON_PAPER
from infuse.paper.page import NOT_DUE, WHOLE, Bars, Block, Boxes, Cut, Field, Fields, Scan, Section, Sentences, Sheet, Steps, Table

WIDTH = 80
LABEL = 24
PLAIN, STRONG, LABELLED, ALARM, HEADING = "", "strong", "label", "alarm", "heading"
PATIENT = "PATIENT"  # the section that says whose it is; a sheet without one opens with its identity
Line = list[tuple[str, str]]
_NUMBER = re.compile(r"[(]?\d[\d.,]*")


def lines(sheet: Sheet, width: int = WIDTH) -> list[Line]:
    """Every line of the sheet."""
    out: list[Line] = [[(_rule("=", width), ALARM)], *_paragraph(sheet.banner, width, ALARM), [(_rule("=", width), ALARM)]]
    out += _paragraph(sheet.title, width, STRONG) + _paragraph(sheet.subtitle, width, PLAIN)
    whose = [] if any(section.heading == PATIENT for section in sheet.sections) or not sheet.identity else [Section(PATIENT, (Fields(sheet.identity),))]
    out += [line for section in (*whose, *sheet.sections) for line in [[], *_section(section, width)]]
    out += [[], [(_rule("-", width), PLAIN)]]
    for line in sheet.footer:
        out += _paragraph(line, width, PLAIN)
    return out + [[(sheet.banner, ALARM)]]


def sections(some: tuple[Section, ...], width: int = WIDTH) -> list[Line]:
    """Sections by themselves, for a list."""
    return [line for section in some for line in [*_section(section, width), []]]


def paragraphs(some: list[str], width: int = WIDTH) -> list[Line]:
    """Plain lines, what does not fit indented below."""
    rows = [_wrap(each, width - 2) if len(each) > width else [each] for each in some]
    return [[(("  " if number else "") + text, PLAIN)] for each in rows for number, text in enumerate(each)]


def plain(sheet: Sheet, width: int = WIDTH) -> str:
    return to_text(lines(sheet, width))


def to_text(rows: list[Line]) -> str:
    return "".join("".join(text for text, _ in row).rstrip() + "\n" for row in rows)


def _rule(mark, width):
    return mark * width


def _section(section: Section, width: int) -> list[Line]:
    heading = [(printable("   ".join(filter(None, (section.heading, section.flag)))), HEADING)]
    out: list[Line] = [heading, [(_rule("-", width), PLAIN)]]
    for number, block in enumerate(section.blocks):
        if number and not (isinstance(block, Sentences) and isinstance(section.blocks[number - 1], Sentences)):
            out.append([])
        out += _block(block, width)
    return out


def _block(block: Block, width: int) -> list[Line]:
    if isinstance(block, Fields):
        return [line for row in block.rows for line in _field(row, width)]
    if isinstance(block, Boxes):
        return [line for each in block.questions for line in _hanging("[ ] ", each, width, PLAIN)]
    if isinstance(block, Table):
        return _table(block, width)
    if isinstance(block, Cut):
        return [[(f"- - - {block.says} ".ljust(width - 1, " ").replace("  ", " -"), PLAIN)]]
    if isinstance(block, Scan):
        return [line for each in block.lines for line in _hanging("", each, width, PLAIN)]
    if isinstance(block, (Steps, Bars)):
        return _steps(block, width) if isinstance(block, Steps) else _bars(block, width)
    role = STRONG if block.strong else PLAIN
    mark = "* " if block.items else ""
    return [line for each in block.lines for line in _hanging(mark, each, width, role)]


def _steps(picture: Steps, width: int) -> list[Line]:
    """A line for each step that is named."""
    out = _paragraph(picture.says, width, PLAIN)
    room = width - 16
    for each in picture.steps:
        if each.below:
            mark = "/" if each.hatched else "#"
            out.append([(f"{each.below:>3}  {each.above:>8}  {mark * max(1, room * each.high // WHOLE)}", PLAIN)])
    return out


def _bars(picture: Bars, width: int) -> list[Line]:
    """A line for each row, and the axis below: = is given, # a flush, * runs on."""
    out = _paragraph(picture.says.replace("Open", "=").replace("filled", "#").replace("an arrow", "*"), width, PLAIN)
    room = width - LABEL
    for label, bars in picture.rows:
        cells = [" "] * room
        for bar in sorted(bars, key=lambda each: not each.filled):  # what is given lies on top
            first = min(room - 1, room * bar.start // WHOLE)
            for at in range(first, min(room, max(first + 1, room * (bar.start + bar.long) // WHOLE))):
                cells[at] = "#" if bar.filled else "="
            if bar.runs_on:
                cells[-1] = "*"
        out.append([(columns_cut(label, LABEL - 1).ljust(LABEL), LABELLED), ("".join(cells), PLAIN)])
    axis = [" "] * room
    for at, said in picture.marks:
        start = min(room * at // WHOLE, room - len(said))
        if start >= 0 and all(each == " " for each in axis[max(0, start - 1) : start + len(said) + 1]):
            axis[start : start + len(said)] = said
    return [*out, [(" " * LABEL + "".join(axis), PLAIN)]]


def columns_cut(text: str, width: int) -> str:
    """What fits of a label; its whole stands in the table beside the picture."""
    text = printable(text)
    while columns_of(text) > width:
        text = text.rpartition(" ")[0] or text[: width]
    return text


def _field(row: Field, width: int) -> list[Line]:
    label = printable(row.label)
    value = row.value
    if row.blank is not None and not (row.write_in and row.value):
        value = f"{value + ' ' if value else ''}____________ {row.blank}".rstrip()
    indent = min(LABEL, width // 2)
    rows = _wrap(value, width - indent)
    role = STRONG if row.strong else PLAIN
    if columns_of(label) >= indent:
        head: list[Line] = [[(f"{label}", LABELLED)]]
        return head + [[(" " * indent, PLAIN), (each, role)] for each in rows]
    first: Line = [(label.ljust(indent), LABELLED), (rows[0], role)]
    return [first] + [[(" " * indent, PLAIN), (each, role)] for each in rows[1:]]


def _hanging(mark: str, text: str, width: int, role: str) -> list[Line]:
    rows = _wrap(text, width - len(mark))
    return [[((mark if not number else " " * len(mark)), PLAIN), (row, role)] for number, row in enumerate(rows)]


def _paragraph(text: str, width: int, role: str) -> list[Line]:
    return [[(row, role)] for row in _wrap(text, width)]


def _table(table: Table, width: int) -> list[Line]:
    """A table; one that is too wide for its own words (of one to write in for its headings and what begins its rows) is cut into two, with the first column in both."""
    columns = len(table.columns)
    least = [max(_longest_word(cell) for cell in (table.columns[i], *(() if table.blank and i else (row[i] for row in table.rows)))) for i in range(columns)]
    if sum(least) + columns - 1 > width and columns > 3:
        middle = (columns + 1) // 2
        return [*_table(_picked(table, range(middle)), width), [], *_table(_picked(table, (0, *range(middle, columns))), width)]
    wanted = [max(columns_of(printable(cell)) for cell in (table.columns[i], *(row[i] for row in table.rows))) for i in range(columns)]
    gap = 2 if sum(wanted) + 2 * (columns - 1) <= width else 1
    if table.blank:
        wanted = _stretched(wanted, [all(row[i] in ("", NOT_DUE) for row in table.rows) for i in range(columns)], width - gap * (columns - 1))
    widths = _fitted(wanted, least, width - gap * (columns - 1))
    out = _row(table.columns, widths, gap, [LABELLED] * columns)
    for row in table.rows:
        cells = [cell or ("_" * size if table.blank else "") for cell, size in zip(row, widths)]
        if table.blank:
            out.append([])
        out += _row(cells, widths, gap, [STRONG if i in table.strong else PLAIN for i in range(columns)])
    return out


def _picked(table: Table, which) -> Table:
    """Some columns of a table."""
    strong = tuple(at for at, number in enumerate(which) if number in table.strong)
    return Table(tuple(table.columns[each] for each in which), tuple(tuple(row[each] for each in which) for row in table.rows), strong, table.blank)


def _stretched(wanted, empty, room):
    """Columns to write in share what is left of the width."""
    spare, several = room - sum(wanted), sum(empty)
    if spare <= 0 or not several:
        return wanted
    return [size + spare // several if blank else size for size, blank in zip(wanted, empty)]


def _fitted(wanted, least, room):
    """The widest gives way, and no column to less than its longest word as long as another can."""
    widths = list(wanted)
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda at: (widths[at] > least[at], widths[at]))
        widths[widest] -= 1
    return widths


def _longest_word(text: str) -> int:
    """A number with its unit is one."""
    return max((columns_of(word) for word in bound(printable(text).split())), default=0)


def _row(cells, widths, gap, roles) -> list[Line]:
    wrapped = [_wrap(cell, size) for cell, size in zip(cells, widths)]
    out = []
    for number in range(max(len(rows) for rows in wrapped)):
        line: Line = []
        for rows, size, role in zip(wrapped, widths, roles):
            text = rows[number] if number < len(rows) else ""
            line.append((text + " " * (size - columns_of(text) + gap), role))
        out.append(line)
    return out


def _wrap(text: str, width: int) -> list[str]:
    """Lines of at most that width, split between words only, a number kept with its unit; a longer word is cut."""
    rows, current = [], ""
    for word in bound(printable(text).split()):
        while columns_of(word) > width:
            if current:
                rows.append(current)
                current = ""
            cut = next(number for number in range(len(word), 0, -1) if columns_of(word[:number]) <= width)
            rows.append(word[:cut])
            word = word[cut:]
        candidate = f"{current} {word}" if current else word
        if current and columns_of(candidate) > width:
            rows.append(current)
            candidate = word
        current = candidate
    return rows + [current] if current or not rows else rows


def bound(words: list[str]) -> list[str]:
    """Words to wrap, a number and the unit after it as one, and a box to tick."""
    out: list[str] = []
    for word in words:
        unit = word.rstrip(".,;:)")
        box = bool(out) and out[-1] == "[" and word.startswith("]")
        if box or out and _NUMBER.fullmatch(out[-1].split(" ")[-1]) and unit.split("/")[0] in KNOWN_ON_PAPER:
            out[-1] += f" {word}"
        else:
            out.append(word)
    return out
