"""The tables that are neither protocol nor drug: pumps, syringes, and the weights that are usual at an age.

For: reading protocols/tables/*.yaml with the same readers and the same error messages as every other file.

Refuses: what the readers refuse; a pump without a rate or step.

Example: `pumps: general: steps: - step: 0.1 mL/h` becomes Pump("general", ...).
"""

from __future__ import annotations

from infuse.protocol import Devices, Pump, Syringe, WeightBounds
from infuse.shapes import Key, Wrong, between, fields, list_of, named, quantity, text, word

DEFAULT_PUMP = "general"


_basis = (
    Key("source", text(), "where it comes from"),
    Key("basis", word("site"), "site: it is the site's to decide"),
)


def _pump(name):
    steps = fields((Key("up_to", quantity("pump rate"), "the highest rate of the band; the last band has none"),
                    Key("step", quantity("pump rate"), "its step", required=True)),
                   lambda span, up_to, step: (up_to.quantity if up_to else None, step.quantity))

    def build(span, title, steps, rate, volume_step, source, basis):
        if steps[-1][0] is not None or any(up_to is None for up_to, _ in steps[:-1]):
            raise Wrong("up_to in every band of steps but the last", "otherwise")
        if not source and not basis:
            raise Wrong(f'source, or "basis: site", under "{name}"', "neither")
        return Pump(name, title, steps, rate.range, volume_step.quantity)

    return fields((
        Key("title", text(), "what the sheet calls it", required=True),
        Key("steps", list_of(steps), "bands of rates with their steps", required=True),
        Key("rate", between("pump rate"), "the lowest and highest rate", required=True),
        Key("volume_step", quantity("volume"), "the step of the volume to be infused", required=True),
        *_basis), build, "a pump: title, steps, rate, volume_step")


_SYRINGE = fields((
    Key("capacity", quantity("volume"), "how much it holds", required=True),
    Key("step", quantity("volume"), "the volume between two graduations", required=True),
), lambda span, capacity, step: Syringe(capacity.quantity, step.quantity))


def _devices(span, pumps, syringes):
    if DEFAULT_PUMP not in pumps:
        raise Wrong(f"a pump named {DEFAULT_PUMP}, used where none is chosen", ", ".join(pumps))
    return Devices(pumps, syringes)


DEVICES = fields((
    Key("pumps", named(_pump, "pumps"), "the pump profiles, each under a name", required=True),
    Key("syringes", list_of(_SYRINGE), "the syringes, smallest first", required=True),
), _devices)

_WEIGHT_ROW = (
    Key("soft", between("weight"), "outside it: was it pounds, or ten times too much?", required=True),
    Key("outer", between("weight"), "outside it: weigh again", required=True),
)


def _bounds(span, source, adult, rows):
    ages = [row[0] for row in rows]
    if any(first >= second for first, second in zip(ages, ages[1:])):
        raise Wrong("rows in order of age", "otherwise")
    start, *ranges = adult
    return WeightBounds(rows, start, tuple(ranges))


WEIGHT_BOUNDS = fields((
    Key("source", fields((Key("title", text(), "title", required=True), Key("url", text(), "link", required=True)),
                         lambda span, title, url: title), "where it comes from", required=True),
    Key("adult", fields((Key("from", quantity("age"), "the age from which it holds", required=True), *_WEIGHT_ROW),
                        lambda span, soft, outer, **age: (age["from"].quantity, soft.range, outer.range)),
        "the bounds of adults", required=True),
    Key("rows", list_of(fields((Key("age", quantity("age", positive=False), "the age", required=True), *_WEIGHT_ROW),
                               lambda span, age, soft, outer: (age.quantity, soft.range, outer.range))),
        "the bounds by age", required=True),
), _bounds)
