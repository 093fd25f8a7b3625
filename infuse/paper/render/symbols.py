"""Codes that a scanner reads, as SVG: a square one for a text, bars for an id.

For: paper alone. It is the only importer of segno and python-barcode.

Refuses: a text that is too long for any square code.

Example: square("infuse order 1; ...") is an SVG image of a QR code; bars("KWRTBHQMXFGDPNJC") of a Code 128.
"""

from __future__ import annotations

from typing import NamedTuple

QUIET_SQUARE, QUIET_BARS = 4, 10  # modules that must stay empty around a code
_TALL = 40
_MASK = 2  # of the eight patterns the best for nearly every such text; to try them all costs four times the rest


class Symbol(NamedTuple):
    """An image, and how many modules it is wide, from which a page knows how wide it must be printed."""

    svg: str
    modules: int


def square(text: str) -> Symbol:
    """A QR code that still reads where an eighth of it is damaged. Raises ValueError where the text is too long."""
    import segno

    rows = [[bool(each) for each in row] for row in segno.make_qr(text, error="m", boost_error=False, mask=_MASK).matrix]
    return _drawn(rows, QUIET_SQUARE, QUIET_SQUARE)


def bars(text: str) -> Symbol:
    """A Code 128."""
    import barcode

    row = [each == "1" for each in barcode.get("code128", text).build()[0]]
    return _drawn([row] * _TALL, QUIET_BARS, 0)


def _drawn(rows: list[list[bool]], beside: int, above: int) -> Symbol:
    """One path of every dark run, taller where the rows below are the same."""
    wide, tall, path, at = len(rows[0]) + 2 * beside, len(rows) + 2 * above, [], 0
    while at < len(rows):
        same = next((end for end in range(at, len(rows)) if rows[end] != rows[at]), len(rows)) - at
        path += [f"M{start + beside} {at + above}h{long}v{same}h-{long}z" for start, long in _runs(rows[at])]
        at += same
    return Symbol(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" shape-rendering="crispEdges">'
                  f'<path d="{"".join(path)}"/></svg>', wide)


def _runs(row: list[bool]):
    """(start, length) of what is dark."""
    start = None
    for at, dark in enumerate(row):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            yield start, at - start
            start = None
    if start is not None:
        yield start, len(row) - start
