"""Sizes that nothing real has, and numbers that a name says again: bags, vials, steps, clearances, equivalents.

For: `consistency.check` and `check_drug`. What nothing else in a file fixes, the shelf does.

Refuses: a volume larger or smaller than any bag; an amount that takes a hundred vials, or less than a syringe shows; a rounding step
coarser than any pump or syringe; a clearance beyond any kidney; a product whose name says another strength or volume;
more reconstitution fluid than what comes of it; equivalents in mEq and mmol whose ratio is no charge.

Example: `added_to: 50 L` is a problem at that line: no bag holds more than 3 L.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from infuse.files.consistency.words import wrong
from infuse.files.drug import Drug, Product
from infuse.files.protocol import Intermittent, Protocol
from infuse.files.stated import Stated
from infuse.ground import grammar, units
from infuse.ground.source import Problem
from infuse.ground.units import Quantity, Refused, quantity

LARGEST_BAG = quantity(3, "L")
SMALLEST_BAG = quantity(1, "mL")  # or syringe, made up by somebody's hands
MOST_VIALS = 100
FINEST = quantity("0.05", "mL")  # five graduations of the smallest syringe
COARSEST_RATE, COARSEST_VOLUME = quantity(10, "mL/h"), quantity(10, "mL")
MOST_CLEARANCE = quantity(300, "mL/min")
_FASTEST_PUMP = quantity(10, "L/h")
_FAR = 500  # times: no product is diluted so far below its strength
_ABOVE = 10  # times: a limit may stand above what is on the shelf, but not far


def volumes_are_real(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    flushes = [phase.flush.volume for phase in protocol.phases if isinstance(phase, Intermittent) and phase.flush]
    for one in protocol.preparations:
        for said in (one.final_volume, one.added_to):
            yield from _holds(said)
            if said and said.quantity < SMALLEST_BAG:
                yield wrong(said.span, f"a volume of at least {SMALLEST_BAG.on_paper()}", f'"{said.quantity}"', "no bag and no syringe that is made up is smaller")
    for said in flushes:
        yield from _holds(said)


def _holds(said: Stated | None) -> Iterator[Problem]:
    if said and said.quantity > LARGEST_BAG:
        yield wrong(said.span, f"a volume of at most {LARGEST_BAG.on_paper()}, the largest bag", f'"{said.quantity}"')


def amounts_are_drawn_up(protocol: Protocol, drug: Drug | None) -> Iterator[Problem]:
    """An amount is some vials of its product, and a volume that a syringe shows."""
    for one in (each for preparation in protocol.preparations for each in preparation.from_each()):
        product = drug.products.get(one.product) if drug else None
        if product is None or product.fluid or one.amount is None or not units.fits(one.amount.quantity.unit, units.unit(product.amount)):
            continue
        drawn = units.work_out("mL", [one.amount.quantity], [product.strength.quantity])
        if drawn.over(product.volume.quantity) > MOST_VIALS:
            yield wrong(one.amount.span, f"an amount of at most {MOST_VIALS} vials of {product.name}", f'"{one.amount.quantity}"')
        elif drawn < FINEST:
            yield wrong(one.amount.span, f"an amount that can be drawn up of {product.name}", f'"{one.amount.quantity}"', f"that is {drawn.on_paper()}")


def steps_are_real(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    policy = protocol.rounding
    for said, most in ((policy.pump_rate, COARSEST_RATE), (policy.withdraw_volume, COARSEST_VOLUME)):
        if said and said.quantity > most:
            yield wrong(said.span, f"a step of at most {most.on_paper()}", f'"nearest {said.quantity}"')


def rates_are_pumped(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    for phase in protocol.phases:
        fastest = getattr(phase, "fastest", None)
        if fastest and units.fits(fastest.quantity.unit, _FASTEST_PUMP.unit) and fastest.quantity > _FASTEST_PUMP:
            yield wrong(fastest.span, f"a rate of at most {_FASTEST_PUMP.on_paper()}", f'"{fastest.quantity}"')
        for limit in (each for each in phase.limits if each.name == "pump_rate"):
            for _, side in limit.sides:
                if side.range.high is not None and side.range.high > _FASTEST_PUMP:
                    yield wrong(side.span, f"a pump rate of at most {_FASTEST_PUMP.on_paper()}", f'"{side.range.high}"')


def clearances_are_human(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    for phase in protocol.phases:
        for band in getattr(phase, "bands", ()):
            for edge in (band.clearance.low, band.clearance.high) if band.clearance else ():
                if edge is not None and units.fits(edge.unit, MOST_CLEARANCE.unit) and edge > MOST_CLEARANCE:
                    yield wrong(band.span, f"a clearance of at most {MOST_CLEARANCE.on_paper()}", f'"{edge}"')


# ---------------------------------------------------------------------------------------------- a drug


def products_are_as_named(drug: Drug) -> Iterator[Problem]:
    """What the name of a product says of its strength and volume is what the file says."""
    for product in drug.products.values():
        yield from _holds(product.volume)
        said = _in_name(product.name)
        if product.reconstitution and product.reconstitution.volume.quantity > product.volume.quantity:
            volume = product.reconstitution.volume
            yield wrong(volume.span, f"at most {product.volume.quantity}, the volume after reconstitution", f'"{volume.quantity}"', f"volume stands on line {product.volume.span.line}")
        volumes = [each for each in said if units.fits(each.unit, FINEST.unit)]
        if volumes and not any(map(product.volume.quantity.equals, volumes)):
            yield wrong(product.volume.span, f"{' or '.join(each.on_paper() for each in volumes)}, as its name says", f'"{product.volume.quantity}"')
        if not product.fluid:
            yield from _strength_as_named(product, said)


def _strength_as_named(product: Product, said: list[Quantity]) -> Iterator[Problem]:
    strength = product.strength
    concentrations = [each for each in said if each.unit.container and units.fits(each.unit, strength.quantity.unit)]
    amounts = [each for each in said if units.fits(each.unit, units.unit(product.amount))]
    if concentrations and not any(map(strength.quantity.equals, concentrations)):
        yield wrong(strength.span, f"{' or '.join(each.on_paper() for each in concentrations)}, as its name says", f'"{strength.quantity}"')
    held = units.work_out(product.amount, [strength.quantity, product.volume.quantity])
    if amounts and not concentrations and not any(map(held.equals, amounts)):
        hint = f"{strength.quantity} times {product.volume.quantity}, on line {product.volume.span.line}, is {held.on_paper()}"
        yield wrong(strength.span, f"what holds {' or '.join(each.on_paper() for each in amounts)}, as its name says", f'"{strength.quantity}"', hint)


def _in_name(name: str) -> list[Quantity]:
    found = []
    for text in re.findall(r"[0-9][0-9.,]* [A-Za-z]+(?:/[A-Za-z]+)?", name):
        try:
            found.append(grammar.read_quantity(text))
        except Refused:
            continue
    return found


def limits_are_near_the_products(drug: Drug) -> Iterator[Problem]:
    strengths = [each.strength.quantity for each in drug.products.values() if not each.fluid]
    for limit in drug.limits if strengths else ():
        for _, side in limit.sides:
            if not all(units.fits(end.unit, each.unit) for end in side.range.ends() for each in strengths):
                continue
            most = max(strengths)
            for end in side.range.ends():
                if not Fraction(1, _FAR) <= end.over(most) <= _ABOVE:
                    yield wrong(side.span, "a concentration that a product can be diluted to", f'"{end}"', f"the strongest product is {most.on_paper()}")


def equivalents_are_charges(drug: Drug) -> Iterator[Problem]:
    by_class = {each.quantity.unit.amount_class: each for each in drug.equivalents}
    charge, substance = by_class.get("charge"), by_class.get("substance")
    if charge and substance:
        ratio = charge.quantity.value / substance.quantity.to("mmol/g").value if substance.quantity.value else Fraction(0)
        if ratio not in (1, 2, 3, 4):
            hint = f"line {charge.span.line} says {charge.quantity}: of a charge of 1 to 4 that is as many times the mmol"
            yield wrong(substance.span, "mmol that the mEq are 1 to 4 times of", f'"{substance.quantity}"', hint)


CHECKS = (volumes_are_real, amounts_are_drawn_up, steps_are_real, rates_are_pumped)
CHECKS_OF_A_DRUG = (products_are_as_named, limits_are_near_the_products, equivalents_are_charges)
