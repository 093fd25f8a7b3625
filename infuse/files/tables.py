"""The tables that are neither protocol nor drug: pumps, syringes, sterile-compounding categories, usual weights by age.

For: reading protocols/tables/*.yaml with the same readers and the same error messages as every other file.

Refuses: what the readers refuse; a pump without a rate or step; bands, ages or bounds that are out of order.

Example: `pumps: general: steps: - step: 0.1 mL/h` becomes Pump("general", ...).
"""

from __future__ import annotations

import re

from infuse.files.devices import Compounding, Devices, ErrorProne, Pump, Syringe, WeightBounds
from infuse.files.protocol import PLACES
from infuse.files.shapes import Key, Wrong, between, fields, list_of, named, quantity, text, word, written

DEFAULT_PUMP = "general"

_basis = (
    Key("source", text(), "where it comes from"),
    Key("basis", word("site"), "site: it is the site's to decide"),
)


_BAND = fields((
    Key("up_to", quantity("pump rate"), "the highest rate of the band; the last band has none"),
    Key("step", quantity("pump rate"), "its step", required=True),
), lambda span, up_to, step: (up_to, step))


def _bands(steps):
    """Bands of rates, lowest first. Raises Wrong at the first that is out of order."""
    *closed, (last, step) = steps
    if last is not None:
        raise Wrong("a last band of steps without up_to", f'"{last.quantity}"', last.span, "the last step holds for every rate above")
    for up_to, each in closed:
        if up_to is None:
            raise Wrong("up_to in every band of steps but the last", "none", each.span)
    for (lower, _), (higher, _) in zip(closed, closed[1:]):
        if lower.quantity >= higher.quantity:
            raise Wrong(f"bands in order of rate: above {lower.quantity}", f'"{higher.quantity}"', higher.span)
    return *((up_to.quantity, each.quantity) for up_to, each in closed), (None, step.quantity)


def _pump(name):
    def build(span, title, steps, rate, volume_step, source, basis):
        if not source and not basis:
            raise Wrong(f'source, or "basis: site", under "{name}"', "neither")
        return Pump(name, title, _bands(steps), rate.range, volume_step.quantity)

    return fields((
        Key("title", text(), "what the sheet calls it", required=True),
        Key("steps", list_of(_BAND), "bands of rates with their steps", required=True),
        Key("rate", between("pump rate"), "the lowest and highest rate", required=True),
        Key("volume_step", quantity("volume"), "the step of the volume to be infused", required=True),
        *_basis), build, "a pump: title, steps, rate, volume_step")


_SYRINGE = fields((
    Key("capacity", quantity("volume"), "how much it holds", required=True),
    Key("step", quantity("volume"), "the volume between two graduations", required=True),
), lambda span, capacity, step: Syringe(capacity.quantity, step.quantity))


def _compounding(name):
    def build(span, title, beyond_use, storage, source, basis):
        if not source and not basis:
            raise Wrong(f'source, or "basis: site", under "{name}"', "neither")
        return Compounding(name, title, beyond_use.quantity, storage, source or "for the site to decide")

    return fields((
        Key("title", text(), "where and how it is prepared and kept", required=True),
        Key("beyond_use", quantity("duration"), "how long it may be used then, from its preparation", required=True),
        Key("storage", word(*PLACES), "where it is kept, where the category says so", default=""),
        *_basis), build, "a category of sterile compounding: title, beyond_use, source")


def _devices(span, pumps, syringes, compounding):
    if DEFAULT_PUMP not in pumps:
        raise Wrong(f"a pump named {DEFAULT_PUMP}, used where none is chosen", ", ".join(pumps))
    return Devices(pumps, syringes, compounding or {})


DEVICES = fields((
    Key("pumps", named(_pump, "pumps"), "the pump profiles, each under a name", required=True),
    Key("syringes", list_of(_SYRINGE), "the syringes, smallest first", required=True),
    Key("compounding", named(_compounding, "categories"), "the sterile-compounding categories, each under a name"),
), _devices)

_WEIGHT_ROW = (
    Key("soft", between("weight"), "outside it: was it pounds, or ten times too much?", required=True),
    Key("outer", between("weight"), "outside it: weigh again", required=True),
)


def _row(span, age, soft, outer):
    if any(end not in outer.range for end in soft.range.ends()):
        raise Wrong("soft bounds inside the outer ones", f'"{written(soft.range)}"', soft.span, f"outer is {written(outer.range)}")
    return age, soft.range, outer.range


def _pattern(span, what, use, pattern):
    try:
        return ErrorProne(what, use, re.compile(pattern, re.MULTILINE))
    except re.error as error:
        raise Wrong("a regular expression", f'"{pattern}"', pattern.span, str(error)) from None


ERROR_PRONE = fields((
    Key("sources", list_of(text()), "where the list comes from", required=True),
    Key("entries", list_of(fields((
        Key("what", text(), "what must not be printed", required=True),
        Key("use", text(), "what to write instead", required=True),
        Key("pattern", text(), "a regular expression that finds it", required=True),
    ), _pattern)), "what must not be printed", required=True),
), lambda span, sources, entries: entries)


def _bounds(span, source, adult, rows):
    for (younger, *_), (older, *_) in zip(rows, rows[1:]):
        if younger.quantity >= older.quantity:
            raise Wrong(f"rows in order of age: above {written(younger.quantity)}", f'"{written(older.quantity)}"', older.span)
    start, *ranges = adult
    return WeightBounds(tuple((age.quantity, soft, outer) for age, soft, outer in rows), start.quantity, tuple(ranges))


WEIGHT_BOUNDS = fields((
    Key("source", fields((Key("title", text(), "title", required=True), Key("url", text(), "link", required=True)),
                         lambda span, title, url: title), "where it comes from", required=True),
    Key("adult", fields((Key("from", quantity("age"), "the age from which it holds", required=True), *_WEIGHT_ROW),
                        lambda span, soft, outer, **age: _row(span, age["from"], soft, outer)),
        "the bounds of adults", required=True),
    Key("rows", list_of(fields((Key("age", quantity("age", positive=False), "the age", required=True), *_WEIGHT_ROW), _row)),
        "the bounds by age", required=True),
), _bounds)
