"""What takes two values to judge: whether a file agrees with itself, and with its drug.

For: `infuse check`, and every order before it computes anything. Each check is one function that yields what is
wrong, with the place; CHECKS is the visible list of them.

Refuses: a step, limit or cap of another kind than its dose; a stated final concentration that disagrees; a product
that does not exist, or may not be diluted; a source that no reference names; a protocol without a hard maximum.

Example: `final_concentration: 1 mg/mL` beside 500 mg made up to 250 mL is a problem at that line: it is 2 mg/mL.
"""

from __future__ import annotations

from fractions import Fraction

from infuse import units
from infuse.protocol import Choice, Continuous, Drug, Intermittent, Limit, Preparation, Product, Protocol
from infuse.source import ERROR, NOTE, Problem, Span
from infuse.units import Quantity

EQUIVALENT_TOLERANCE = Fraction(1, 100)  # of a stated mEq against the computed one: sources print 8.11 to 8.12 per g


def _wrong(span: Span, expected: str, found: str, hint: str = "") -> Problem:
    return Problem(ERROR, span, f"expected {expected}; found {found}", hint)


def per_patient(quantity: Quantity) -> bool:
    return quantity.unit.patient is not None


def ordered(phase) -> Choice:
    """The dose of an intermittent infusion, the dose rate of a continuous one."""
    return phase.dose if isinstance(phase, Intermittent) else phase.start


def known_concentration(preparation: Preparation, product: Product, phase=None) -> Quantity | None:
    """The concentration that a file fixes whatever the patient, or None where it depends on the dose."""
    if product.form == "bag" and preparation.final_volume is None and preparation.added_to is None:
        return product.strength.quantity
    amount = preparation.amount.quantity if preparation.amount else None
    if amount is None and isinstance(phase, Intermittent):
        dose = phase.dose
        if not per_patient(dose.default.quantity) and not dose.options and dose.range is None:
            amount = dose.default.quantity
    if amount is None or not units.fits(units.unit(f"{amount.unit}/mL"), product.strength.quantity.unit):
        return None
    to = product.strength.quantity.unit
    if preparation.final_volume:
        return units.work_out(to, [amount], [preparation.final_volume.quantity])
    drawn = units.work_out("mL", [amount], [product.strength.quantity])
    return units.work_out(to, [amount], [preparation.added_to.quantity.to("mL") + drawn])


# ---------------------------------------------------------------------------------------------- of one protocol


def references_exist(protocol: Protocol, drug: Drug | None):
    known = {**protocol.references, **(drug.references if drug else {})}
    blocks = [*protocol.evidence, *protocol.advisories, *protocol.rescue, *protocol.screening, *protocol.phases,
              *protocol.preparations, *limits_of(protocol)]
    for block in blocks:
        yield from _unknown_sources(block.source, known, block.span)
    for block in (*protocol.monitoring, *protocol.criteria):
        yield from _unknown_sources(block.source, known, protocol.span)
    for phase in protocol.phases:
        if isinstance(phase, Intermittent) and phase.flush:
            yield from _unknown_sources(phase.flush.source, known, phase.span)


def _unknown_sources(ids, known, span):
    from infuse.shapes import did_you_mean
    for each in ids:
        if each not in known:
            yield _wrong(span, "a source that stands under references", f'"{each}"', did_you_mean(each, known))


def limits_of(protocol: Protocol) -> list[Limit]:
    own = [limit for phase in protocol.phases for limit in phase.limits]
    return own + [rule.limit for rule in (protocol.patient.age, protocol.patient.weight) if rule.limit]


def ladder_agrees(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if not isinstance(phase, Continuous) or phase.titration is None:
            continue
        start, steps = phase.start.default, phase.titration
        for name, each in (("by", steps.by), ("up_to", steps.up_to)):
            if not units.fits(start.quantity.unit, each.quantity.unit):
                hint = f"start, on line {start.span.line}, is {start.quantity}: {name} must be of the same kind"
                yield _wrong(each.span, _like(start.quantity), f'"{each.quantity}"', hint)
        if units.fits(start.quantity.unit, steps.up_to.quantity.unit) and phase.start.allowed.high > steps.up_to.quantity:
            yield _wrong(steps.up_to.span, f"at least the start, {start.quantity}", f'"{steps.up_to.quantity}"')


def _like(quantity: Quantity) -> str:
    return f"{units.kind_of(quantity.unit)}, as {quantity} is"


def choices_agree(protocol: Protocol, _drug):
    for phase in protocol.phases:
        choices = [ordered(phase)] + ([phase.duration] if isinstance(phase, Intermittent) else [])
        for choice in choices:
            default, span = choice.default.quantity, choice.default.span
            ends = [*choice.options, *(choice.range.ends() if choice.range else ())]
            odd = next((end for end in ends if not units.fits(end.unit, default.unit)), None)
            if odd is not None:
                yield _wrong(span, _like(odd), f'"{default}"', "default and choices must be of the same kind")
            elif choice.range and default not in choice.range:
                yield _wrong(span, f"a default within {choice.range.on_paper()}", f'"{default}"')
            elif choice.options and not any(default <= each <= default for each in choice.options):
                yield _wrong(span, "a default that is one of the options", f'"{default}"')


def cap_agrees(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if not isinstance(phase, Intermittent) or phase.cap is None:
            continue
        dose, cap = phase.dose.default.quantity, phase.cap
        if not per_patient(dose):
            yield _wrong(cap.span, "a cap only beside a per-kg dose", f'"{cap.quantity}"', f"the dose is fixed: {dose}")
        elif not units.fits(dose.unit.without_patient(), cap.quantity.unit):
            yield _wrong(cap.span, f"a dose, as {dose} is per kg", f'"{cap.quantity}"')


def limits_agree(protocol: Protocol, drug: Drug | None):
    """Every limit is of the kind of the figure that it limits."""
    for phase in protocol.phases:
        base = ordered(phase).default.quantity
        for limit in phase.limits:
            for side in filter(None, (limit.soft, limit.hard)):
                for end in side.range.ends():
                    like = _figure_like(limit, base, phase)
                    if like and not any(units.fits(end.unit, each) for each in like):
                        wanted = " or ".join(each.text for each in like)
                        hint = f"the order, on line {ordered(phase).default.span.line}, is {base}"
                        yield _wrong(side.span, f"a limit in {wanted}", f'"{end}"', hint)


def _figure_like(limit: Limit, base: Quantity, phase) -> list[units.Unit]:
    whole = base.unit.without_patient()
    if limit.name in ("duration", "pump_rate"):
        return []
    if limit.name == "final_concentration":
        return [units.unit(f"{whole.amount}/mL")]
    if limit.name == "total":
        return [units.unit(whole.amount), units.unit(f"{whole.amount}/kg")]
    if limit.name.startswith("calculated"):
        return [whole]
    if limit.name == "dose_rate" and isinstance(phase, Intermittent):
        return [units.unit(f"{whole.amount}/min"), units.unit(f"{whole.amount}/kg/min")]
    return [base.unit]


def has_hard_maximum(protocol: Protocol, _drug):
    names = ("dose", "calculated_dose", "dose_rate", "calculated_dose_rate")
    for phase in protocol.phases:
        if not any(each.name in names and each.hard and each.hard.range.high is not None for each in phase.limits):
            yield _wrong(phase.span, "a hard maximum for the dose or the dose rate", "none",
                         "a limit that is missing is not `no limit`: state it under limits, with its source or basis: site")


def defaults_keep_limits(protocol: Protocol, _drug):
    for phase in protocol.phases:
        choice = ordered(phase)
        name = "dose" if isinstance(phase, Intermittent) else "dose_rate"
        for limit in phase.limits:
            if limit.name != name or not limit.hard:
                continue
            tops = [choice.default.quantity, *choice.allowed.ends()]
            if isinstance(phase, Continuous) and phase.titration:
                tops.append(phase.titration.up_to.quantity)
            for each in tops:
                if all(units.fits(each.unit, end.unit) for end in limit.hard.range.ends()) and each not in limit.hard.range:
                    yield _wrong(limit.hard.span, f"a hard limit that allows {each}", f'"{limit.hard.range.on_paper()}"')
                    break


def weight_is_bounded(protocol: Protocol, _drug):
    """A per-kg dose without bounds on the weight would accept any slip of the scales."""
    if any(per_patient(ordered(phase).default.quantity) for phase in protocol.phases):
        limit = protocol.patient.weight.limit
        hard = limit.hard.range if limit and limit.hard else None
        if hard is None or hard.low is None or hard.high is None:
            yield _wrong(protocol.patient.span, "a hard range of weights, because the dose is per kg", "none")


def site_limits_are_said(protocol: Protocol, drug: Drug | None):
    for limit in [*limits_of(protocol), *(drug.limits if drug else ())]:
        if limit.site:
            message = f"the limit of the {limit.name.replace('_', ' ')} awaits the site's decision; it is enforced meanwhile"
            yield Problem(NOTE, limit.span, message)


# ---------------------------------------------------------------------------------------------- with its drug


def preparations_agree(protocol: Protocol, drug: Drug | None):
    if drug is None:
        return
    for preparation in protocol.preparations:
        product = drug.products.get(preparation.product)
        if product is None:
            from infuse.shapes import did_you_mean
            hint = did_you_mean(preparation.product, drug.products) or f"it has {', '.join(drug.products)}"
            yield _wrong(preparation.span, f"a product of drugs/{drug.id}.yaml", f'"{preparation.product}"', hint)
            continue
        yield from _mixed_right(preparation, product, drug)
        for phase in protocol.phases:
            yield from _amounts_fit(preparation, product, phase)
            yield from _concentration_fits(preparation, product, phase, drug)


def _mixed_right(preparation, product, drug):
    volumes = [each for each in (preparation.final_volume, preparation.added_to) if each]
    if product.dilution == "never" and volumes:
        yield _wrong(preparation.span, f"{product.name} as it is: it is not diluted", "a volume to dilute it to")
    if product.dilution == "required" and not volumes:
        yield _wrong(preparation.span, f"final_volume or added_to: {product.name} is never given undiluted", "neither")
    if len(volumes) == 2:
        yield _wrong(preparation.span, "final_volume (made up to) or added_to, not both", "both")
    if volumes and not preparation.diluent:
        yield _wrong(preparation.span, "the diluent", "none")
    if preparation.diluent and drug.diluents and preparation.diluent not in drug.diluents:
        hint = f"drugs/{drug.id}.yaml names {', '.join(drug.diluents)}"
        yield _wrong(preparation.span, "a diluent of the drug", f'"{preparation.diluent}"', hint)
    if preparation.whole_bag and (product.form != "bag" or volumes):
        yield _wrong(preparation.span, "whole_bag only for a premixed bag", f'"{product.name}"')


def _amounts_fit(preparation, product, phase):
    base = ordered(phase).default
    stock = units.unit(product.strength.quantity.unit.amount)
    if not units.fits(units.unit(base.quantity.unit.amount), stock):
        hint = f"the product {product.name} is {product.strength.quantity}"
        yield _wrong(base.span, f"a dose in {stock}", f'"{base.quantity}"', hint)
    if preparation.amount and not units.fits(preparation.amount.quantity.unit, stock):
        yield _wrong(preparation.amount.span, f"an amount in {stock}", f'"{preparation.amount.quantity}"')
    if isinstance(phase, Continuous) and preparation.amount is None and product.form != "bag":
        yield _wrong(preparation.span, "the amount in the bag, for a continuous infusion", "none")
    final = preparation.final_volume
    if preparation.amount and final and units.fits(preparation.amount.quantity.unit, stock):
        if units.work_out("mL", [preparation.amount.quantity], [product.strength.quantity]) > final.quantity:
            yield _wrong(final.span, "a final volume that holds the drug's own volume", f'"{final.quantity}"')


def _concentration_fits(preparation, product, phase, drug):
    said = preparation.final_concentration
    if said and not units.fits(said.quantity.unit, product.strength.quantity.unit):
        yield _wrong(said.span, f"a concentration in {product.strength.quantity.unit}", f'"{said.quantity}"')
        return
    volumes_fit = preparation.final_volume or preparation.added_to or product.form == "bag"
    computed = known_concentration(preparation, product, phase) if volumes_fit else None
    if computed is None:
        if said:
            yield _wrong(said.span, "final_concentration only where the file fixes it", f'"{said.quantity}"')
        return
    if said and not said.quantity <= computed <= said.quantity:
        hint = "that is what amount and volume on the lines around it give"
        yield _wrong(said.span, f"{computed.to(said.quantity.unit)}", f'"{said.quantity}"', hint)
    for limit in drug.limits:
        for side, name in ((limit.hard, "hard"), (limit.soft, "soft")):
            if side and not all(units.fits(end.unit, computed.unit) for end in side.range.ends()):
                yield _wrong(side.span, f"a concentration in {computed.unit}", f'"{side.range.on_paper()}"')
            elif side and computed not in side.range:
                place = (said or preparation.final_volume or preparation.added_to)
                where = place.span if place else preparation.span
                yield _wrong(where, f"a final concentration within the drug's {name} limit, {side.range.on_paper()}",
                             f"{computed.on_paper()}")
                break


def equivalents_agree(protocol: Protocol, drug: Drug | None):
    for phase in protocol.phases:
        said = phase.equivalent if isinstance(phase, Intermittent) else None
        if said and drug:
            yield from _equivalent(said.span, said.quantity, phase.dose.default.quantity, drug)


def _equivalent(span, said: Quantity, amount: Quantity, drug: Drug):
    if drug.equivalent is None:
        yield _wrong(span, f"no equivalent: drugs/{drug.id}.yaml declares none", f'"{said}"')
        return
    try:
        computed = units.work_out(said.unit, [amount, drug.equivalent.quantity])
    except units.DimensionError:
        yield _wrong(span, f"an equivalent in {drug.equivalent.quantity.unit.amount}", f'"{said}"')
        return
    if abs(said.over(computed) - 1) > EQUIVALENT_TOLERANCE:
        hint = f"{amount.on_paper()} times {drug.equivalent.quantity}, as drugs/{drug.id}.yaml states"
        yield _wrong(span, f"{computed.on_paper()}", f'"{said}"', hint)


CHECKS = (references_exist, ladder_agrees, choices_agree, cap_agrees, limits_agree, has_hard_maximum,
          defaults_keep_limits, weight_is_bounded, preparations_agree, equivalents_agree, site_limits_are_said)


def check(protocol: Protocol, drug: Drug | None) -> list[Problem]:
    """Everything that is wrong or awaits the site, in the order of the file."""
    return sorted((problem for each in CHECKS for problem in each(protocol, drug)), key=lambda one: one.span)


def check_drug(drug: Drug) -> list[Problem]:
    """The same for a drug file by itself."""
    found = []
    for block in (*drug.products.values(), *drug.contraindications, *drug.incompatible, *drug.limits,
                  *filter(None, (drug.high_alert,))):
        found += _unknown_sources(block.source, drug.references, block.span)
    for product in drug.products.values():
        said = product.equivalent_strength
        if said and drug.equivalent is None:
            found.append(_wrong(said.span, "an equivalent only where the drug declares its factor", f'"{said.quantity}"'))
        elif said:
            found += _equivalent_strength(said, product, drug)
    found += [Problem(NOTE, limit.span, f"the limit of the {limit.name.replace('_', ' ')} awaits the site's decision; "
                                        "it is enforced meanwhile") for limit in drug.limits if limit.site]
    return sorted(found, key=lambda one: one.span)


def _equivalent_strength(said, product, drug):
    try:
        computed = units.work_out(said.quantity.unit, [product.strength.quantity, drug.equivalent.quantity])
    except units.DimensionError:
        return [_wrong(said.span, f"a strength in {drug.equivalent.quantity.unit.amount}/mL", f'"{said.quantity}"')]
    if abs(said.quantity.over(computed) - 1) > EQUIVALENT_TOLERANCE:
        hint = f"{product.strength.quantity} times {drug.equivalent.quantity}"
        return [_wrong(said.span, f"{computed.on_paper()}", f'"{said.quantity}"', hint)]
    return []
