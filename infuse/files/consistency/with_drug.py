"""What a protocol says of its drug, held against the drug's file.

For: `consistency.check`, where the drug is known.

Refuses: a drug that is not available; a product that does not exist, or may not be diluted; an amount in a bag that is
not the dose which is given of it; a diluent that the drug does not name; a stated final concentration that disagrees; an equivalent
that the drug's factor does not give.

Example: `final_concentration: 1 mg/mL` beside 500 mg made up to 250 mL is a problem at that line: it is 2 mg/mL.
"""

from __future__ import annotations

from infuse.files.consistency.drug import EQUIVALENT_TOLERANCE
from infuse.files.consistency.words import base, is_dose, per_patient, wrong
from infuse.files.drug import Drug, Product
from infuse.files.protocol import Intermittent, Preparation, Protocol
from infuse.files.shapes import did_you_mean
from infuse.ground import units
from infuse.ground.source import NOTE
from infuse.ground.units import Quantity


def known_concentration(preparation: Preparation, product: Product, phase, drug: Drug) -> Quantity | None:
    """The concentration that a file fixes whatever the patient, or None where it depends on the dose."""
    if product.fluid:
        return None
    if product.form == "bag" and preparation.final_volume is None and preparation.added_to is None:
        return product.strength.quantity
    amount, to = preparation.amount.quantity if preparation.amount else None, product.strength.quantity.unit
    if amount is None and isinstance(phase, Intermittent):
        dose = phase.dose
        if not per_patient(dose.default.quantity) and not dose.options and dose.range is None:
            amount = dose.default.quantity
            factor = drug.bridge(amount.unit)
            amount = units.work_out(product.amount, [amount], [factor.quantity]) if factor else amount
    volume = preparation.final_volume or preparation.added_to
    if amount is None or volume is None or not units.fits(amount.unit, units.unit(to.amount)):
        return None
    if preparation.final_volume:
        return units.work_out(to, [amount], [volume.quantity])
    if preparation.added_to is None:
        return product.strength.quantity
    drawn = units.work_out("mL", [amount], [product.strength.quantity])
    return units.work_out(to, [amount], [volume.quantity.to("mL") + drawn])


def drug_is_available(protocol: Protocol, drug: Drug | None):
    if drug and drug.not_available:
        yield wrong(protocol.drug_span, "a drug that can be had", f'"{drug.id}": {drug.not_available.text}')


def preparations_agree(protocol: Protocol, drug: Drug | None):
    if drug is None or drug.not_available:
        return
    for preparation in (each for one in protocol.preparations for each in one.from_each()):
        product = drug.products.get(preparation.product)
        if product is None:
            hint = did_you_mean(preparation.product, drug.products) or f"it has {', '.join(drug.products)}"
            yield wrong(preparation.product.span, f"a product of drugs/{drug.id}.yaml", f'"{preparation.product}"', hint)
            continue
        yield from _mixed_right(preparation, product, drug)
        for phase in (each for each in protocol.phases if not each.preparation or preparation.name in each.preparation):
            yield from _doses_fit(product, phase, drug)
            yield from _as_it_is(preparation, product) if product.fluid else _amounts_fit(preparation, product, phase)
            yield from () if product.fluid else _concentration_fits(preparation, product, phase, drug)


def _mixed_right(preparation, product, drug):
    volumes = [each for each in (preparation.final_volume, preparation.added_to) if each]
    if product.dilution == "never" and volumes:
        hint = f'drugs/{drug.id}.yaml says of it "dilution: never"'
        yield wrong(volumes[0].span, f"no volume: {product.name} is given as it is", f'"{volumes[0].quantity}"', hint)
    if product.dilution == "required" and not volumes:
        hint = f'drugs/{drug.id}.yaml says of it "dilution: required"'
        yield wrong(preparation.span, f"final_volume or added_to: {product.name} is never given undiluted", "neither", hint)
    if len(volumes) == 2:
        yield wrong(preparation.span, "final_volume (made up to) or added_to, not both", "both")
    if volumes and not preparation.diluent:
        yield wrong(preparation.span, "the diluent", "none", f"write diluent: {' or '.join(drug.diluents) or 'and its name'}")
    if preparation.diluent and drug.diluents and preparation.diluent not in drug.diluents:
        hint = f"drugs/{drug.id}.yaml names {', '.join(drug.diluents)}"
        yield wrong(preparation.diluent.span, "a diluent of the drug", f'"{preparation.diluent}"', hint)
    if preparation.whole_bag and (product.form != "bag" or volumes):
        yield wrong(preparation.span, "whole_bag only for a premixed bag", f'"{product.name}"')


def _doses_fit(product, phase, drug):
    """A dose is counted in what the product is counted in (a fluid in mL), or in mEq or mmol by the drug's own factor."""
    stock = units.unit(product.amount)
    _name, ordered = base(phase)
    amount = units.unit(ordered.quantity.unit.amount)
    if not units.fits(amount, stock) and not drug.bridge(amount):
        is_what = "a fluid: it has no strength" if product.fluid else str(product.strength.quantity)
        if amount.amount_class in ("charge", "substance") and stock.amount_class == "mass":
            is_what += f", and drugs/{drug.id}.yaml declares no equivalent in {amount}/g, the only bridge from mass"
        yield wrong(ordered.span, f"a dose in {stock}", f'"{ordered.quantity}"', f"the product {product.name} is {is_what}")


def _as_it_is(preparation, product):
    """Nothing is mixed into a fluid here: a mixture is a drug of its own."""
    for name in ("amount", "final_concentration", "diluent"):
        said = getattr(preparation, name)
        if said:
            yield wrong(said.span, f"no {name}: {product.name} is given as it is", f'"{getattr(said, "quantity", said)}"')


def _amounts_fit(preparation, product, phase):
    amount, stock = preparation.amount, units.unit(product.amount)
    if not is_dose(phase) and amount is None and product.form != "bag":
        yield wrong(preparation.span, "the amount in the bag, for a continuous infusion", "none", "write amount: and how much drug is in the bag")
    if amount and not units.fits(amount.quantity.unit, stock):
        hint = f"the product {product.name} is {product.strength.quantity}"
        yield wrong(amount.span, f"an amount in {stock}", f'"{amount.quantity}"', hint)
    elif amount and is_dose(phase) and not _is_the_dose(amount.quantity, phase):
        dose = phase.dose.default
        hint = f"dose, on line {dose.span.line}, is {dose.quantity}: all that is in the bag is given, so the dose itself goes in; leave amount out, or give the phase a preparation of its own"
        if per_patient(dose.quantity) or phase.dose.range or phase.dose.options:
            hint = f"dose, on line {dose.span.line}, is not the same for everybody: all that is in the bag is given, so the dose itself goes in; leave amount out, or give the phase a preparation of its own"
        yield wrong(amount.span, "no amount beside a dose", f'"{amount.quantity}"', hint)
    elif amount and preparation.final_volume:
        drawn, final = units.work_out("mL", [amount.quantity], [product.strength.quantity]), preparation.final_volume
        if drawn > final.quantity:
            hint = f"{amount.quantity} of {product.name} is {drawn.on_paper()}"
            yield wrong(final.span, "a final volume that holds the drug's own volume", f'"{final.quantity}"', hint)


def _is_the_dose(amount: Quantity, phase) -> bool:
    """Whether everybody's dose is just that amount."""
    low, high = phase.dose.allowed.ends()
    return units.fits(low.unit, amount.unit) and low <= amount <= high <= low


def _concentration_fits(preparation, product, phase, drug):
    said, strength = preparation.final_concentration, product.strength.quantity
    if said and not units.fits(said.quantity.unit, strength.unit):
        hint = f"the product {product.name} is {strength}"
        yield wrong(said.span, f"a concentration in {strength.unit}", f'"{said.quantity}"', hint)
        return
    computed = known_concentration(preparation, product, phase, drug)
    if computed is None:
        if said:
            yield wrong(said.span, "final_concentration only where the file fixes it", f'"{said.quantity}"',
                         "here it changes with the dose; state its limits under limits")
        return
    if said and not said.quantity.equals(computed):
        yield wrong(said.span, f"{computed.to(said.quantity.unit)}", f'"{said.quantity}"', _why(preparation, product))
    for limit in drug.limits:
        for side, name in ((limit.hard, "hard"), (limit.soft, "soft")):
            if side and all(units.fits(end.unit, computed.unit) for end in side.range.ends()) and computed not in side.range:
                place = said or preparation.final_volume or preparation.added_to or preparation
                found = wrong(place.span, f"a final concentration within the drug's {name} limit, {side.range.on_paper()}",
                               f"{computed.on_paper()}", f"the limit stands in {side.where}")
                yield found if name == "hard" else found._replace(severity=NOTE, hint=found.hint + "; every order needs an override")
                break


def _why(preparation, product) -> str:
    """How the concentration comes about, in words."""
    amount = f"{preparation.amount.quantity.on_paper()}, on line {preparation.amount.span.line}," if preparation.amount else "the dose"
    if preparation.final_volume:
        return f"{amount} made up to {preparation.final_volume.quantity.on_paper()}, on line {preparation.final_volume.span.line}"
    if preparation.added_to:
        return f"{amount}, with its own volume, added to {preparation.added_to.quantity.on_paper()}"
    return f"the strength of {product.name}"


def equivalents_agree(protocol: Protocol, drug: Drug | None):
    for phase in protocol.phases:
        said = phase.equivalent if isinstance(phase, Intermittent) else None
        dose = phase.dose.default.quantity if said else None
        if said and per_patient(dose):
            yield wrong(said.span, "an equivalent only beside a dose that is the same for every patient", f'"{said.quantity}"')
        elif said and drug:
            yield from _equivalent(said.span, said.quantity, dose, drug)


def _equivalent(span, said: Quantity, amount: Quantity, drug: Drug):
    bridged = amount.unit.amount_class != "mass" and drug.bridge(amount.unit)
    if amount.unit.amount_class != "mass" and not bridged:
        return  # the dose itself is refused
    if not drug.equivalents:
        yield wrong(span, f"no equivalent: drugs/{drug.id}.yaml declares none", f'"{said}"')
        return
    factor = bridged or drug.equivalent_in(said.unit) or drug.equivalents[0]
    try:
        computed = units.work_out(said.unit, [amount], [factor.quantity]) if bridged else units.work_out(said.unit, [amount, factor.quantity])
    except units.DimensionError:
        wanted = "g" if bridged else factor.quantity.unit.amount
        yield wrong(span, f"an equivalent dose in {wanted}", f'"{said}"', f"the drug states {factor.quantity} ({factor.where})")
        return
    if abs(said.over(computed) - 1) > EQUIVALENT_TOLERANCE:
        by = "divided by" if bridged else "times"
        yield wrong(span, f"{computed.on_paper()}", f'"{said}"', f"{amount} {by} {factor.quantity} ({factor.where})")
