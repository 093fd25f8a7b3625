"""What a drug file says of itself, held against itself.

For: every drug file that is read.

Refuses: a source that no reference names; a limit in another unit than the products; a fluid among products that have a
strength; an equivalent strength that the drug's own factor does not give.

Example: `equivalent_strength: 4.06 mEq/mL` beside 500 mg/mL and 8.12 mEq/g is right; 40.6 mEq/mL is a problem.
"""

from __future__ import annotations

from fractions import Fraction

from infuse.files.caution import SEVERITIES
from infuse.files.consistency.sizes import CHECKS_OF_A_DRUG
from infuse.files.consistency.words import awaits_the_site, own_handling, unknown_sources, wrong
from infuse.files.drug import Drug
from infuse.files.shapes import written
from infuse.ground import units
from infuse.ground.source import NOTE, Problem

EQUIVALENT_TOLERANCE = Fraction(1, 100)  # of a stated mEq against the computed one: sources print 8.11 to 8.12 per g


def check_drug(drug: Drug) -> list[Problem]:
    """The same for a drug file by itself."""
    found = []
    for block in (*drug.products.values(), *own_handling(drug.products.values()), *drug.contraindications, *drug.precautions, *drug.incompatible, *drug.limits,
                  *filter(None, (drug.high_alert, drug.not_available, drug.rxnorm, drug.atc, drug.tall_man))):
        found += unknown_sources(block.source, drug.references)
    found += _fluid_or_drug(drug)
    found += _limits_of_products(drug)
    found += _beside(drug)
    found += [problem for each in CHECKS_OF_A_DRUG for problem in each(drug)]
    for product in drug.products.values():
        said = product.equivalent_strength
        if said and not drug.equivalents:
            found.append(wrong(said.span, "an equivalent only where the drug declares its factor", f'"{said.quantity}"'))
        elif said:
            found += _equivalent_strength(said, product, drug)
    found += [note for limit in drug.limits for note in awaits_the_site(limit)]
    found += [Problem(NOTE, one.span, f"how {one.text} is taken awaits the site's decision; it is enforced meanwhile")
              for one in (*drug.contraindications, *drug.precautions) if one.site]
    return sorted(found, key=lambda one: one.span)


def _fluid_or_drug(drug):
    """A drug's products all have a strength, and a fluid's have none: a dose is either an amount or a volume."""
    fluids = [product for product in drug.products.values() if product.fluid]
    if 0 < len(fluids) < len(drug.products):
        other = next(product for product in drug.products.values() if not product.fluid)
        hint = f"{other.key}, on line {other.strength.span.line}, has {other.strength.quantity}; a fluid is a file of its own"
        yield wrong(fluids[0].span, f"the strength of {fluids[0].key}", "none", hint)


def _beside(drug):
    """A caution shares the row of one that stands above it and is as grave or graver: the grave word comes first."""
    above = {}
    for one in (*drug.contraindications, *drug.precautions):
        graver = above.get(one.beside)
        if one.beside and (graver is None or SEVERITIES.index(graver.severity) > SEVERITIES.index(one.severity)):
            yield wrong(one.span, "beside: the ask of a caution above, as grave or graver", f'"{one.beside}"')
        above[one.text] = one


def _limits_of_products(drug):
    for side in (side for limit in drug.limits for _, side in limit.sides):
        for product in drug.products.values():
            if product.fluid:
                yield wrong(side.span, "no limit of a concentration: it is a fluid", f'"{written(side.range)}"')
                break
            if not units.fits(side.range.ends()[0].unit, product.strength.quantity.unit):
                hint = f"the strength of {product.key}, on line {product.strength.span.line}, is {product.strength.quantity}"
                yield wrong(side.span, f"a limit in {product.strength.quantity.unit}", f'"{written(side.range)}"', hint)
                break


def _equivalent_strength(said, product, drug):
    strength = product.strength.quantity
    factor = drug.equivalent_in(said.quantity.unit) or drug.equivalents[0]
    try:
        computed = units.work_out(said.quantity.unit, [strength, factor.quantity])
    except units.DimensionError:
        hint = f"strength is {strength}, and equivalent, on line {factor.span.line}, is {factor.quantity}"
        return [wrong(said.span, f"a strength in {factor.quantity.unit.amount}/mL", f'"{said.quantity}"', hint)]
    if abs(said.quantity.over(computed) - 1) > EQUIVALENT_TOLERANCE:
        return [wrong(said.span, f"{computed.on_paper()}", f'"{said.quantity}"', f"{strength} times {factor.quantity}")]
    return []
