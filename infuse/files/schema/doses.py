"""The tables of a dose: what may be chosen of it, and its bands of weight, age and renal function.

For: the kinds of phase that give a dose over a time.

Refuses: a default without what else may be chosen; a band without an edge, or with neither dose nor `refuse`; a limit
of a band that reaches beyond the same limit of its phase.

Example: `weight: below 50 kg` with `dose: 15 mg/kg` is Band(weight=below 50 kg, dose=Choice(15 mg/kg)).
"""

from __future__ import annotations

from infuse.files import protocol as p
from infuse.files.schema.common import half_open, sources
from infuse.files.schema.limits import limits_of, soft_inside_hard, with_source
from infuse.files.shapes import Key, Reader, Wrong, between, fields, like, list_of, quantity, scalar_or, text, written
from infuse.files.stated import Choice, Limit, Stated
from infuse.ground import units
from infuse.ground.grammar import DOSES


def choice(*kinds: str) -> Reader:
    keys = (
        Key("default", quantity(*kinds), "what the order has unless somebody chooses", required=True),
        Key("range", between(*kinds), "the lowest and highest that may be chosen"),
        Key("options", list_of(quantity(*kinds)), "the values that may be chosen, preferred first"),
    )

    def build(span, default, range, options):
        if (range is None) == (options is None):
            raise Wrong("range or options beside the default", "neither" if range is None else "both")
        for each in (*(options or ()), *((Stated(end, range.span) for end in range.range.ends()) if range else ())):
            if not units.fits(each.quantity.unit, default.quantity.unit):
                hint = f"default, on line {default.span.line}, is {default.quantity}: what may be chosen must be of the same kind"
                raise Wrong(like(default.quantity), f'"{each.quantity}"', each.span, hint)
        chosen = tuple(each.quantity for each in options) if options else ()
        places = (range.span,) if range else tuple(each.span for each in options)
        return Choice(default, range.range if range else None, chosen, places)

    return scalar_or(quantity(*kinds), fields(keys, build), Choice)


def _band(span, weight, age, clearance, limits, **values):
    if weight is None and age is None and clearance is None:
        raise Wrong("an edge of weight, age or clearance", "none")
    if (values["dose"] is None) == (not values["refuse"]):
        raise Wrong("a dose, or refuse with the reason", "neither" if values["dose"] is None else "both")
    return p.Band(weight, age, clearance, limits=limits or (), span=span, **values)


def band_of(limits: tuple[str, ...]) -> Reader:
    """One band of a phase that has these limits."""
    return fields((
        Key("weight", half_open("weight"), "below A, from A, or from A to below B"),
        Key("age", half_open("age"), "below A, from A, or from A to below B"),
        Key("clearance", half_open("clearance"), "creatinine clearance: below A, from A, or from A to below B"),
        Key("dose", choice(*DOSES), "the dose of this band"),
        Key("refuse", text(), "instead of a dose: why nobody in this band gets one", default=""),
        Key("cap", quantity("dose"), "the most that a per-kg dose may become"),
        Key("limits", limits_of(*limits), "limits inside those of the phase, for this band alone"),
        Key("may_fall", text(), "why its dose may be lower than that of a lighter patient, for the proof", default=""),
        Key("say", text(), "what the sheet says of this band", default=""),
        Key("source", sources, "the references of this band", default=()),
    ), _band)


def within(phase_limits: tuple[Limit, ...], band: p.Band, source) -> p.Band:
    """The band with every limit that holds in it: its own, and those of its phase that it does not narrow. Raises Wrong."""
    own = {_what_it_limits(each): with_source(each, band.source or source) for each in band.limits}
    found = []
    for limit in phase_limits:
        narrow = own.pop(_what_it_limits(limit), None)
        found.append(_narrowed(limit, narrow) if narrow else limit)
    return band._replace(limits=(*found, *own.values()))


def _what_it_limits(limit: Limit) -> tuple[str, ...]:
    """Two limits of one figure stand beside each other: a total of a day in mg, and one in mg/kg."""
    return limit.name, str(limit.window), str(limit.window is not None and limit.unit.patient)


def _narrowed(limit: Limit, narrow: Limit) -> Limit:
    for (word, side), outer in ((("hard", narrow.hard), limit.hard), (("soft", narrow.soft), limit.soft)):
        if not side or not outer:
            continue
        for end in side.range.ends():
            if not all(units.fits(end.unit, each.unit) for each in outer.range.ends()):
                hint = f"the phase, on line {outer.span.line}, says {written(outer.range)}: a band's limit must be of the same kind"
                raise Wrong(like(outer.range.ends()[0]), f'"{written(side.range)}"', side.span, hint)
        if not outer.range.holds(side.range):
            hint = f"the phase, on line {outer.span.line}, says {written(outer.range)} for every band"
            raise Wrong(f"a {word} limit inside that of the phase", f'"{written(side.range)}"', side.span, hint)
    soft, hard = narrow.soft or limit.soft, narrow.hard or limit.hard
    soft_inside_hard(soft, hard)
    return Limit(limit.name, soft, hard, narrow.span, limit.window)
