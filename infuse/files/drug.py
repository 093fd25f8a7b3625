"""A drug: what holds for every protocol of it. Products, limits, contraindications, and what its amounts are counted in.

For: protocols of the drug, and for whatever judges it. Made from a file of protocols/drugs by the readers of `schema`.

Refuses: nothing; an amount that no factor of the drug leads to is None, never a guess.

Example: magnesium sulfate with 8.12 mEq/g: counted_in(mEq, 2 g) is 16.24 mEq.
"""

from __future__ import annotations

from typing import NamedTuple

from infuse.files.caution import Caution
from infuse.files.stated import Handled, Limit, Note, Reference, Stated
from infuse.ground.source import Span
from infuse.ground.units import DimensionError, Quantity, Unit, fits, unit, work_out


class Reconstitution(NamedTuple):
    fluid: str
    volume: Stated


class Product(NamedTuple):
    """One vial or bag: what it holds, at which strength, and whether it must, may or must not be diluted. `strength` None:
    a bag of fluid, which is counted by its volume and given as it is. `handling`: as it lies on the shelf."""

    key: str
    name: str
    form: str
    strength: Stated | None
    volume: Stated
    equivalent_strength: Stated | None
    reconstitution: Reconstitution | None
    dilution: str
    overfill: str
    handling: tuple[Handled, ...]
    source: tuple[str, ...]
    span: Span

    @property
    def fluid(self) -> bool:
        return self.strength is None

    @property
    def amount(self) -> str:
        """The unit in which its doses are counted: that of the strength, mL of a fluid."""
        return "mL" if self.strength is None else self.strength.quantity.unit.amount


class Code(NamedTuple):
    """What a terminology calls a drug: one code, or several."""

    codes: tuple[str, ...]
    source: tuple[str, ...]


class Drug(NamedTuple):
    """What holds for every protocol of a drug. `not_available`: why there are no products, and so no order.
    `name`, and the names of the products, stand in tall-man letters where the file has them."""

    id: str
    name: str
    rxnorm: Code | None
    atc: Code | None
    tall_man: Note | None
    also_known_as: tuple[str, ...]
    classes: tuple[str, ...]
    high_alert: Note | None
    controlled: str
    equivalents: tuple[Stated, ...]
    not_available: Note | None
    products: dict[str, Product]
    diluents: tuple[str, ...]
    limits: tuple[Limit, ...]
    contraindications: tuple[Caution, ...]
    precautions: tuple[Caution, ...]
    incompatible: tuple[Note, ...]
    references: dict[str, Reference]
    span: Span

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it goes by."""
        return (self.id, self.name, *self.also_known_as)

    def equivalent_in(self, amount: Unit) -> Stated | None:
        """The factor that turns a mass of it into such an amount: mEq or mmol per g. None: the file declares none."""
        return next((each for each in self.equivalents if each.quantity.unit.amount_class == amount.amount_class), None)

    def bridge(self, ordered: Unit) -> Stated | None:
        """The factor without which its products could not be counted in the ordered unit; None where they are."""
        if not self.equivalents:  # nearly every drug, and asked for every rung
            return None
        stock = next((each.amount for each in self.products.values()), None)
        return None if stock is None or unit(stock).amount_class != "mass" else self.equivalent_in(ordered)

    def counted_in(self, to: Unit, amount: Quantity) -> Quantity | None:
        """An amount of it in another measure, by a factor of the drug where there is one; None: nothing leads there."""
        if fits(amount.unit, to):
            return amount.to(to)
        factors = [each.quantity for each in self.equivalents]
        for one in factors:
            for times, by in (([amount, one], []), ([amount], [one]), *(([amount, other], [one]) for other in factors)):
                try:
                    return work_out(to, times, by)
                except DimensionError:
                    continue
        return None
