"""From an amount of drug to vials, volumes, a bag and its concentration.

For: the preparation line and what the pump is told. "Added to" keeps the bag's own volume and adds the drug's:
2 g of magnesium sulfate from 4 mL added to 50 mL is 54 mL. "Made up to" removes as much diluent as is added.
A premixed bag is given as it is, and so is a bag of fluid, of which a dose may take several.

Refuses: a dose that is not the whole bag where the file says so; a premixed bag that holds less than the dose.

Example: 500 mg from vials of 50 mg/mL made up to 250 mL: withdraw 10 mL (1 vial), remove 10 mL, 2 mg/mL.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from infuse.arithmetic import dosing, figure, rounding
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.rounding import Syringe
from infuse.files.drug import Product
from infuse.files.protocol import Preparation
from infuse.ground import units
from infuse.ground.units import Quantity, quantity

TOO_STRONG = "the final concentration would pass a hard limit"


class Prepared(NamedTuple):
    """What was made ready: its figures by name, the vials to open or the bags to hang, what is left over, the syringe, and
    what cannot be done."""

    preparation: Preparation
    product: Product
    figures: dict[str, Figure]
    vials: int | None = None
    wasted: Quantity | None = None
    syringe: Quantity | None = None
    step: Quantity | None = None
    refused: tuple[str, ...] = ()
    bags: int = 1
    others: tuple[Prepared, ...] = ()  # from the other products that it may be made from
    twice: bool = False  # the syringe is filled twice, for its finer graduations

    @property
    def premixed(self) -> bool:
        return self.vials is None

    @property
    def opened(self) -> int:
        """How many vials are opened or bags hung."""
        return self.bags if self.vials is None else self.vials


def least_left(made: list[Prepared], tolerance: Fraction) -> Prepared:
    """Of the same preparation from several products the one that leaves the least drug, then the one that opens the fewest
    vials, then the first; one that cannot be made, or rounds too far, only where all do. Of fluids the fewest bags come first.
    Products are never mixed: two strengths in one bag are two chances to take the wrong vial."""
    def by(one: Prepared):
        useless = bool(one.refused) or abs(_off(one)) > tolerance
        left = one.wasted.to("mL").value * (1 if one.product.fluid else one.product.strength.quantity.to(made[0].product.strength.quantity.unit).value)
        return (useless, one.bags, left) if one.product.fluid else (useless, left, one.opened)

    best = min(made, key=by)
    return best._replace(others=tuple(each for each in made if each is not best))


def _off(one: Prepared) -> Fraction:
    """How far drawing up is from the amount that is wanted, in percent."""
    if "amount_withdrawn" not in one.figures or not one.figures["amount"].value.value:
        return Fraction(0)
    return figure.deviation(one.figures["amount_withdrawn"], one.figures["amount"]).value.value


def exact_concentration(preparation: Preparation, product: Product, amount: Quantity) -> Quantity | None:
    """The final concentration of an amount before any rounding; None where the bag does not hold the drug's own volume."""
    strength = product.strength.quantity
    drawn = units.work_out("mL", [amount], [strength])
    nominal = preparation.final_volume or preparation.added_to
    if nominal is None:
        return strength
    final = nominal.quantity.to("mL") if preparation.final_volume else nominal.quantity.to("mL") + drawn
    return units.work_out(strength.unit, [amount], [final]) if drawn <= final else None


def far_from_nominal(preparation: Preparation, bag: Quantity) -> bool:
    """Whether a measured bag is another size than the file's: overfill is some percent, not a fifth."""
    nominal = preparation.added_to or preparation.final_volume
    return nominal is not None and not Fraction(8, 10) <= bag.over(nominal.quantity) <= Fraction(12, 10)


def needs_volume(preparation: Preparation, product: Product) -> bool:
    """Whether it is diluted, as against a premixed bag that is given as it is."""
    return preparation.final_volume is not None or preparation.added_to is not None or product.form != "bag"


def premixed_holds(product: Product, dose: Quantity, whole: bool) -> bool:
    """Whether one bag serves the dose."""
    contained = [] if product.fluid else [product.strength.quantity]
    held = units.work_out(dose.unit, [*contained, product.volume.quantity])
    return dose <= held and (not whole or dose >= held)


def bags_of_fluid(product: Product, volume: Quantity) -> tuple[int, Quantity]:
    """(how many bags of a fluid a volume takes, what is left in the last one)."""
    bag = product.volume.quantity
    count = max(1, math.ceil(volume.over(bag)))
    return count, bag.with_value(bag.value * count) - volume


def premixed(preparation: Preparation, product: Product, dose: Figure, step: Quantity, low, high) -> Prepared:
    """A premixed bag, or bags of fluid: the volume that carries the dose, in steps that the pump can be told."""
    figures = {"final_volume": figure.stated("final_volume", product.volume.quantity, product.volume.where)}
    if not product.fluid:
        figures["final_concentration"] = figure.stated("final_concentration", product.strength.quantity, product.strength.where)
    exact = dosing.volume_of("volume_to_be_infused", dose, figures.get("final_concentration"))
    value, how = rounding.nearest(exact.value, step, low, high)
    figures["volume_to_be_infused"] = figure.rounded(exact, value, how)
    refused = () if value.value else ("the dose is too small for this bag; choose another preparation",)
    several = product.fluid and not preparation.whole_bag
    if not several and not premixed_holds(product, dose.value, preparation.whole_bag):
        one = "is not exactly one bag" if preparation.whole_bag else "is more than one bag holds"
        refused = (f"the dose {one} of {product.name}; choose another preparation",)
    count, left = bags_of_fluid(product, value)
    return Prepared(preparation, product, figures, wasted=left, refused=refused, bags=count)


def mixed(preparation: Preparation, product: Product, amount: Figure, syringes: tuple[Syringe, ...],
          step: Quantity | None, tolerance: Fraction, low, high, bag_volume: Figure | None) -> Prepared:
    """From vials: the volume to withdraw on the syringe's graduations (or in the file's step), what is removed from
    the bag, and the final volume and concentration that come of it."""
    strength = figure.stated("strength", product.strength.quantity, product.strength.where)
    exact = figure.work_out("withdraw_volume", "mL", [amount], [strength])
    value, how, syringe = rounding.drawn_up(exact.value, syringes, step, tolerance, low, high)
    withdraw = figure.rounded(exact, value, how)
    figures = {"amount": amount, "withdraw_volume": withdraw}
    figures |= _bag(preparation, withdraw, bag_volume)
    contained = figure.work_out("amount_withdrawn", amount.value.unit, [withdraw, strength])
    if not value.value:  # refused below; of a bag with nothing in it no rate could be worked out, not even to say what else is wrong
        contained = amount._replace(name="amount_withdrawn")
    figures["amount_withdrawn"] = contained
    figures["final_concentration"] = strength if not figures["final_volume"].value.value else _concentration(
        contained, figures["final_volume"], strength.value.unit)
    refused = [] if value.value else ["the dose is too small to draw up from this product; choose a weaker one"]
    if figures["final_volume"].value < withdraw.value:
        refused.append("the drug's own volume is more than the final volume; choose a stronger product or a larger bag")
    vials = math.ceil(withdraw.value.over(product.volume.quantity)) if value.value else 0
    wasted = product.volume.quantity.to("mL").with_value(product.volume.quantity.to("mL").value * vials) - withdraw.value
    return Prepared(preparation, product, figures, vials, wasted, syringe.capacity, step or syringe.step, tuple(refused),
                    twice=syringe is not rounding.for_syringe(exact.value, syringes))


_NEXT_SMALLER = {"g": "mg", "mg": "mcg", "mcg": "nanogram", "units": "milliunits"}


def _concentration(contained: Figure, volume: Figure, like: units.Unit) -> Figure:
    """In the unit of the strength; below a hundredth of it in the next smaller one, as decimals are misread there."""
    one = figure.work_out("final_concentration", like, [contained], [volume])
    smaller = _NEXT_SMALLER.get(like.amount)
    if smaller and 0 < one.value.value < Fraction(1, 100):
        return figure.work_out("final_concentration", units.unit("/".join([smaller, *like.per])), [contained], [volume])
    return one


def _bag(preparation, withdraw, bag_volume):
    if preparation.added_to is None and preparation.final_volume is None:  # undiluted: what is drawn up is what is given
        return {"final_volume": Figure("final_volume", withdraw.value, withdraw.value, withdraw.value.on_paper(), (withdraw,))}
    if preparation.added_to:
        nominal = preparation.added_to
        bag = bag_volume or figure.stated("bag_volume", nominal.quantity, nominal.where)
        return {"bag_volume": bag, "final_volume": figure.total("final_volume", bag, withdraw)}
    final = figure.stated("final_volume", preparation.final_volume.quantity, preparation.final_volume.where)
    if preparation.shared:  # what is removed from the bag, all its drugs together say
        return {"final_volume": final}
    if bag_volume is None:  # a bag of the nominal size: what goes in must come out
        removed = Figure("diluent_to_remove", withdraw.value, withdraw.value, withdraw.value.on_paper(), (withdraw,))
    else:
        removed = figure.difference("diluent_to_remove", figure.total("filled", bag_volume, withdraw), final)
    if removed.value.value < 0:  # the measured bag and the drug together hold less than the final volume
        removed = figure.difference("diluent_to_add", final, figure.total("filled", bag_volume, withdraw))
    measured = {} if bag_volume is None else {"bag_volume": bag_volume}
    return measured | {removed.name: removed, "diluent_volume": figure.difference("diluent_volume", final, withdraw), "final_volume": final}


def withdraw_at(preparation: Preparation, product: Product, concentration: Quantity, bag_volume: Figure | None) -> Quantity | None:
    """The volume to withdraw at which the final concentration is reached, the bound of its rounding; None: never."""
    strength = product.strength.quantity
    limit = concentration.to(strength.unit)
    if preparation.final_volume:
        return units.work_out("mL", [limit, preparation.final_volume.quantity], [strength])
    if preparation.added_to is None:
        return None  # undiluted: its concentration does not depend on how much is drawn up
    bag = bag_volume.value if bag_volume else preparation.added_to.quantity
    if limit >= strength:
        return None  # not even undiluted drug would reach it
    return units.work_out("mL", [limit, bag], [strength - limit])


def bags(duration: Quantity, lasts: Quantity) -> int:
    """How many bags a time takes when one lasts so long."""
    return max(1, math.ceil(duration.over(lasts)))


def lasting(volume: Figure, rate: Figure, beyond_use: Quantity | None) -> tuple[Figure, bool]:
    """(how long a bag lasts, whether its beyond-use time ends it sooner)."""
    empty = figure.work_out("bag_lasts", "h", [volume], [rate])
    if beyond_use is None or empty.value <= beyond_use:
        return empty, False
    until = beyond_use.to("h")
    return Figure("bag_lasts", until, until, f"beyond use, before the bag is empty at {empty.value.on_paper()}", (empty,)), True


def hours_and_minutes(time: Quantity) -> str:
    """7 hours 8 minutes: rounded down, so that nobody comes late."""
    minutes = math.floor(time.to("min").value)
    hour = int(quantity(1, "h").to("min").value)
    whole, left = divmod(minutes, hour)
    parts = [quantity(whole, "h").on_paper()] if whole else []
    if left or not whole:
        parts.append(Quantity(Fraction(left), units.unit("min")).on_paper())
    return " ".join(parts)
