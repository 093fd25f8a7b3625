"""The tables of limits: soft and hard, of one figure, of a total in a window, of a fact about the patient.

For: the phases of a protocol, its patient, and drugs.

Refuses: a limit with neither side, a soft side outside the hard one, a limit of a fact without a source or
`basis: site`, a total in a window that is not 1 h, 24 h, 1 week or course.

Example: `hard: up to 3 mg in 24 h` under totals is Limit("total", hard up to 3 mg, window 24 h).
"""

from __future__ import annotations

from infuse.files import protocol as p
from infuse.files.schema.common import sources
from infuse.files.shapes import BAD, Key, Reader, Wrong, between, fields, like, list_of, scalar_or, word, written
from infuse.files.stated import COURSE, Limit, StatedRange
from infuse.ground import grammar, units
from infuse.ground.source import Scalar


def _sides(reader: Reader) -> tuple[Key, ...]:
    """The keys of every limit: two sides, each a range or a mapping with a source of its own, and the source of both."""
    apart = fields((
        Key("range", reader, "the range of this side, in words", required=True),
        Key("source", sources, "the references that this side comes from", default=()),
        Key("basis", word("site"), "site: no source states this side"),
    ), lambda span, range, source, basis: _from(range, source, basis))
    side = scalar_or(reader, apart, lambda value: value)
    return (
        Key("soft", side, "beyond it, an order needs a named person's reason"),
        Key("hard", side, "beyond it, there is no order"),
        Key("source", sources, "the references of the sides that name none of their own", default=()),
        Key("basis", word("site"), "site: no source states it; it is the site's to decide, and enforced meanwhile"),
    )


def _from(side, source, basis):
    """The side, or the side and the window of a total, with its source; one that it has already stays."""
    if isinstance(side, StatedRange):
        return side if side.source or side.site else side._replace(source=source, site=basis is not None)
    return side and (_from(side[0], source, basis), side[1])


def limit_of(name: str, *kinds: str, sourced: bool = False) -> Reader:
    def build(span, soft, hard, source, basis):
        if soft is None and hard is None:
            raise Wrong(f"a soft or a hard limit of the {name.replace('_', ' ')}", "neither")
        soft, hard = _from(soft, source, basis), _from(hard, source, basis)
        if sourced:
            _sourced(name, soft, hard)
        soft_inside_hard(soft, hard)
        return Limit(name, soft, hard, span)

    return fields(_sides(between(*kinds)), build, "a limit: soft, hard, source")


def _sourced(name, *sides):
    if not all(side.source or side.site for side in sides if side):
        raise Wrong(f"a source for the limit of the {name.replace('_', ' ')}", "none", None,
                    'name a reference, as in "source: ID", or write "basis: site": it is then the site\'s to decide')


def soft_inside_hard(soft, hard):
    ends = hard.range.ends() if hard else ()
    for end in soft.range.ends() if soft and hard else ():
        if not units.fits(end.unit, ends[0].unit):
            hint = f"hard, on line {hard.span.line}, is {written(hard.range)}: soft must be of the same kind"
            raise Wrong(like(ends[0]), f'"{written(soft.range)}"', soft.span, hint)
        if end not in hard.range:
            raise Wrong("a soft limit inside the hard one", f'"{written(soft.range)}"', soft.span,
                        f"hard, on line {hard.span.line}, is {written(hard.range)}")


_WINDOWS = {"1 h", "24 h", "1 week", COURSE}


def _window_range() -> Reader:
    """`up to 3 mg in 24 h`, `up to 20 g in course`."""
    amounts = between("dose", "dose per kg")
    expected = "a total in a window, such as up to 3 mg in 24 h; the windows are 1 h, 24 h, 1 week and course"

    def read(node, notes):
        if not isinstance(node, Scalar) or " in " not in node.text:
            return notes.wrong(node.span, expected, notes.found(node))
        amount, _, window = node.text.strip().rpartition(" in ")
        if window not in _WINDOWS:
            return notes.wrong(node.span, expected, notes.found(node))
        value = amounts.read(Scalar(amount, node.span), notes)
        time = COURSE if window == COURSE else grammar.read_quantity(window, "duration")
        return BAD if value is BAD else (value, time)

    return Reader(read, {"type": "string", "description": expected, "examples": ["up to 3 mg in 24 h"]})


def total(sourced: bool = False) -> Reader:
    """A soft or hard total in a window: `up to 3 mg in 24 h`."""
    def build(span, soft, hard, source, basis):
        if soft is None and hard is None:
            raise Wrong("a soft or a hard total", "neither")
        if soft and hard and str(soft[1]) != str(hard[1]):
            raise Wrong(f"soft and hard in one window, {hard[1]}", f'"{soft[1]}"', soft[0].span)
        window = (soft or hard)[1]
        soft, hard = (side and _from(side, source, basis)[0] for side in (soft, hard))
        if sourced:
            _sourced("total", soft, hard)
        soft_inside_hard(soft, hard)
        return Limit("total", soft, hard, span, window)

    return fields(_sides(_window_range()), build, "a total: soft or hard, source")


_LIMITS = {
    "dose": grammar.DOSES,
    "calculated_dose": ("dose",),
    "dose_rate": grammar.DOSE_RATES,
    "calculated_dose_rate": ("dose rate",),
    "pump_rate": ("pump rate",),
    "final_concentration": ("concentration",),
    "duration": ("duration",),
    p.INTERVAL: ("duration",),
}


def limits_of(*names: str) -> Reader:
    keys = [Key(name, limit_of(name, *_LIMITS[name]), f"limits of the {name.replace('_', ' ')}") for name in names]
    keys.append(Key("totals", list_of(total()), "limits of the total in a rolling hour, 24 hours, week, or the course"))

    def build(span, totals, **by_name):
        return tuple(limit for limit in by_name.values() if limit) + (totals or ())

    return fields(tuple(keys), build, f"limits of {', '.join(names)} or totals")


def fact_rule(name: str, kind: str, unknown: str) -> Reader:
    says = "what `unknown` does: no order, a box to tick, or the lowest dose of the bands"
    keys = (*_sides(between(kind)), Key("unknown", word("refuse", "box", "lowest"), says, default=unknown))

    def build(span, soft, hard, source, basis, unknown):
        soft, hard = _from(soft, source, basis), _from(hard, source, basis)
        _sourced(name, *(filter(None, (soft, hard)) if soft or hard else [StatedRange(None, span, source, basis is not None)]))
        soft_inside_hard(soft, hard)
        return p.FactRule(Limit(name, soft, hard, span) if soft or hard else None, unknown)

    return fields(keys, build, f"what the protocol asks of the {name}: soft, hard, source")


def with_source(limit, source):
    """The limit, its sides under that source where they name none."""
    return Limit(limit.name, _from(limit.soft, source, None), _from(limit.hard, source, None), limit.span, limit.window)
