"""How a phase's dose or bag is made ready: which preparation serves, which of its products leaves the least, the bag as measured.

For: the kinds of phase beside this module. A preparation is the author's preference: the first that serves is used. The
products of one preparation are equals: the one that leaves the least is used, and the sheet says what the others would leave.

Refuses: a preparation or product that the file does not name; a measured volume of a bag that is given as it is.

Example: 400 mg from vials of 500 mg, vials of 1 g or ampules of 100 mg: four ampules leave nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from infuse.arithmetic import figure, rounding
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.preparation import Prepared
from infuse.files.devices import Pump
from infuse.files.drug import Product
from infuse.files.protocol import Phase, Preparation
from infuse.files.shapes import did_you_mean
from infuse.files.stated import Limit
from infuse.ground import units
from infuse.ground.units import Refused
from infuse.ordering.choosing import ways
from infuse.ordering.phases.worksheet import Setting, quantity_chosen

LONGEST_USE = units.quantity(180, "day")  # USP 797: the longest beyond-use date of any category


def preparation_for(phase: Phase, setting: Setting, dose: Figure | None):
    """The chosen preparation, else the first that serves the dose; of bags of fluid, the fewest, then the least left over."""
    drug, several = setting.loaded.drug, _with_product(ways(setting.loaded.protocol, phase), setting)
    given = setting.chosen.get("preparation")
    by_name = {each.name: each for each in several}
    if given is not None:
        if given.text not in by_name:
            raise Refused(f"a preparation of the {'phase' if phase.preparation else 'protocol'}: {', '.join(by_name)}", given.text)
        return by_name[given.text]
    if dose is None:
        return several[0]
    if all(drug.products[each.product].fluid for each in several):
        return min(several, key=lambda one: min(prep.bags_of_fluid(drug.products[each], dose.value) for each in one.products))
    return next((each for each in several if any(_serves(one, dose, phase, setting) for one in each.from_each())), several[0])


def _with_product(several: tuple[Preparation, ...], setting: Setting) -> tuple[Preparation, ...]:
    """The preparations that can be made from the product that was chosen, from that alone; all, where none was. Raises Refused."""
    given = setting.chosen.get("product")
    if given is None:
        return several
    found = tuple(each._replace(product=given.text, products=(given.text,)) for each in several if given.text in each.products)
    if not found:
        names = dict.fromkeys(name for each in several for name in each.products)
        raise Refused(f"a product of the preparation: {', '.join(names)}", given.text, did_you_mean(given.text, names))
    return found


def _serves(one: Preparation, dose: Figure, phase: Phase, setting: Setting) -> bool:
    """Whether the dose can be made ready that way: a premixed bag holds it; a bag to which it is added does not become more
    concentrated than a hard limit allows, and holds the drug's own volume."""
    product = setting.loaded.drug.products[one.product]
    if not prep.needs_volume(one, product):
        return prep.premixed_holds(product, dose.value, one.whole_bag)
    exact = prep.exact_concentration(one, product, one.amount.quantity if one.amount else dose.value)
    return exact is not None and all(exact in limit.hard.range for limit in _of_concentration(phase, setting) if limit.hard)


def _of_concentration(phase: Phase, setting: Setting) -> list[Limit]:
    return [limit for limit in (*phase.limits, *setting.loaded.drug.limits) if limit.name == "final_concentration"]


def least_left(one: Preparation, phase: Phase, setting: Setting, make: Callable[[Preparation, Product], Prepared]) -> Prepared:
    """The preparation made from the product that leaves the least, then opens the fewest; the others beside it."""
    made = [make(each, setting.loaded.drug.products[each.product]) for each in one.from_each()]
    if not made[1:]:
        return made[0]
    too_strong = [each for each in made if "final_concentration" in each.figures
                  and any(each.figures["final_concentration"].value not in limit.hard.range for limit in _of_concentration(phase, setting) if limit.hard)]
    if len(too_strong) < len(made):  # where all are, the limit itself says so
        made = [each._replace(refused=each.refused or (prep.TOO_STRONG,)) if each in too_strong else each for each in made]
    return prep.least_left(made, setting.tolerance)


def measured_bag(one, product, setting: Setting) -> Figure | None:
    """The bag's volume as measured. Raises Refused for a bag that is given as it is: its drug stands in all of it."""
    bag = quantity_chosen("bag_volume", "volume", setting)
    if bag and not prep.needs_volume(one, product):
        if product.fluid:
            raise Refused("no bag volume: this bag is given as it is", setting.chosen["bag_volume"].text)
        raise Refused("no bag volume: this bag is premixed", setting.chosen["bag_volume"].text, "choose a preparation from vials with --preparation")
    if bag and prep.far_from_nominal(one, bag.value):
        nominal = (one.added_to or one.final_volume).quantity.on_paper()
        raise Refused(f"the measured volume of a bag of {nominal}, within a fifth", setting.chosen["bag_volume"].text)
    return bag


def beyond_use_of(one, setting) -> Figure | None:
    chosen = quantity_chosen("beyond_use", "duration", setting)
    if chosen and chosen.value > LONGEST_USE:
        raise Refused(f"a beyond-use time of at most {LONGEST_USE.on_paper()}", setting.chosen["beyond_use"].text)
    if one.beyond_use is None:
        return chosen
    stated = figure.stated("beyond_use", one.beyond_use.quantity, one.beyond_use.where)
    return min(chosen, stated, key=lambda each: each.value) if chosen else stated  # the shorter


def mix(one, product, amount, phase: Phase, setting: Setting, keep, bag_volume) -> Prepared:
    """Drawn up within `keep`, and within every limit of the concentration that the exact volume keeps."""
    exact = units.work_out("mL", [amount.value], [product.strength.quantity])
    low, high = keep.around(exact)
    for limit in _of_concentration(phase, setting):
        reached = (prep.withdraw_at(one, product, end, bag_volume) for end in _highs(limit))
        high += tuple(each for each in reached if each is not None and exact <= each)
    syringes = setting.loaded.devices.syringes
    return prep.mixed(one, product, amount, syringes, setting.withdraw_step, setting.tolerance, low, high, bag_volume)


def _highs(limit):
    return [side.range.high for _, side in limit.sides if side.range.high is not None]


def whole(final_volume: Figure, pump: Pump | None = None) -> Figure:
    """All of what was made ready; by a pump as much as it can be told, rounded down: a pump that is told more than the bag holds
    runs it dry. 50.28 mL on a pump with steps of 0.1 mL are 50.2 mL."""
    value = final_volume.value.to("mL")
    one = Figure("volume_to_be_infused", value, value, value.on_paper(), (final_volume,))
    if pump is None or pump.drops:
        return one
    told, how = rounding.nearest(value, pump.volume_step, high=(value,))
    return figure.rounded(one, told, how)
