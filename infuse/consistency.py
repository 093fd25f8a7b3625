"""What takes two values to judge: whether a file agrees with itself, and with its drug.

For: `infuse check`, and every order before it computes anything. Each check is one function that yields what is
wrong, with the place; CHECKS is the visible list of them.

Refuses: a step, limit or cap of another kind than its dose; a stated final concentration that disagrees; a product
that does not exist, or may not be diluted; a source that no reference names; a protocol without a hard maximum.

Example: `final_concentration: 1 mg/mL` beside 500 mg made up to 250 mL is a problem at that line: it is 2 mg/mL.
"""

from __future__ import annotations

from fractions import Fraction

from infuse import bands, units
from infuse.protocol import COURSE, Choice, Continuous, Drug, Intermittent, Limit, Preparation, Product, Protocol, Stated
from infuse.shapes import did_you_mean, like, written
from infuse.source import ERROR, NOTE, Problem, Span, printable
from infuse.units import Quantity

MOST_RUNGS = 80  # a ladder is read by a nurse
MOST_TOLERANCE = units.quantity(10, "%")  # dose rounding above 10 percent is not rounding (HOPA)
EQUIVALENT_TOLERANCE = Fraction(1, 100)  # of a stated mEq against the computed one: sources print 8.11 to 8.12 per g


def _wrong(span: Span, expected: str, found: str, hint: str = "") -> Problem:
    return Problem(ERROR, span, printable(f"expected {expected}; found {found}"), printable(hint))


def per_patient(quantity: Quantity) -> bool:
    return quantity.unit.patient is not None


def ordered(phase) -> Choice:
    """The dose of an intermittent infusion, the dose rate of a continuous one."""
    return phase.dose if isinstance(phase, Intermittent) else phase.start


def known_concentration(preparation: Preparation, product: Product, phase=None) -> Quantity | None:
    """The concentration that a file fixes whatever the patient, or None where it depends on the dose."""
    if product.form == "bag" and preparation.final_volume is None and preparation.added_to is None:
        return product.strength.quantity
    amount, to = preparation.amount.quantity if preparation.amount else None, product.strength.quantity.unit
    if amount is None and isinstance(phase, Intermittent):
        dose = phase.dose
        if not per_patient(dose.default.quantity) and not dose.options and dose.range is None:
            amount = dose.default.quantity
    volume = preparation.final_volume or preparation.added_to
    if amount is None or volume is None or not units.fits(amount.unit, units.unit(to.amount)):
        return None
    if preparation.final_volume:
        return units.work_out(to, [amount], [volume.quantity])
    if preparation.added_to is None:
        return product.strength.quantity
    drawn = units.work_out("mL", [amount], [product.strength.quantity])
    return units.work_out(to, [amount], [volume.quantity.to("mL") + drawn])


# ---------------------------------------------------------------------------------------------- of one protocol


def references_exist(protocol: Protocol, drug: Drug | None):
    if drug is None:  # then nobody knows what stands under its references
        return
    known = {**protocol.references, **drug.references}
    flushes = [phase.flush for phase in protocol.phases if isinstance(phase, Intermittent) and phase.flush]
    for block in (*protocol.evidence, *protocol.advisories, *protocol.rescue, *protocol.screening, *protocol.phases, *flushes,
                  *protocol.monitoring, *protocol.criteria, *protocol.preparations, *limits_of(protocol)):
        yield from _unknown_sources(block.source, known)


def _unknown_sources(ids, known):
    for each in ids:
        if each not in known:
            hint = did_you_mean(each, known) or "write it under references, with its title and its doi or url"
            yield _wrong(each.span, "a source that stands under references", f'"{each}"', hint)


def limits_of(protocol: Protocol) -> list[Limit]:
    own = [limit for phase in protocol.phases for limit in phase.limits]
    return own + [rule.limit for rule in (protocol.patient.age, protocol.patient.weight) if rule.limit]


def ladder_agrees(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if not isinstance(phase, Continuous) or phase.titration is None:
            continue
        start, steps = phase.start.default, phase.titration
        for name, each in (("a step", steps.by), ("the top of the ladder", steps.up_to)):
            if not units.fits(start.quantity.unit, each.quantity.unit):
                yield _of_another_kind(each.span, each.quantity, "start", start, name)
            elif each.quantity.unit.time != start.quantity.unit.time:
                hint = f"start, on line {start.span.line}, is {start.quantity}: a step per {each.quantity.unit.time} is easily 60 times off"
                yield _wrong(each.span, f"a rate per {start.quantity.unit.time}, as start is", f'"{each.quantity}"', hint)
        count = _rungs(start.quantity, steps)
        if count is not None and count > MOST_RUNGS:
            yield _wrong(steps.by.span, f"a ladder of at most {MOST_RUNGS} rungs", f"{count:,}", "the step is small against start and up_to")
        if units.fits(start.quantity.unit, steps.up_to.quantity.unit) and phase.start.allowed.high > steps.up_to.quantity:
            hint = f"start, on line {start.span.line}, goes up to {phase.start.allowed.high}: the top of the ladder is not below it"
            yield _wrong(steps.up_to.span, f"at least {phase.start.allowed.high}", f'"{steps.up_to.quantity}"', hint)


def _of_another_kind(span: Span, found, name: str, base: Stated, what: str) -> Problem:
    hint = f"{name}, on line {base.span.line}, is {base.quantity}: {what} must be of the same kind"
    return _wrong(span, like(base.quantity), f'"{found}"', hint)


def _rungs(start: Quantity, steps) -> int | None:
    if not all(units.fits(start.unit, each.quantity.unit) for each in (steps.by, steps.up_to)) or steps.up_to.quantity < start:
        return None
    return int((steps.up_to.quantity - start).over(steps.by.quantity)) + 1


def choices_agree(protocol: Protocol, _drug):
    for phase in protocol.phases:
        choices = [ordered(phase)] + ([phase.duration] if isinstance(phase, Intermittent) else [])
        for choice in choices:
            default, span = choice.default.quantity, choice.default.span
            if choice.range and default not in choice.range:
                yield _wrong(span, f"a default within {written(choice.range)}", f'"{default}"')
            elif choice.options and not any(default <= each <= default for each in choice.options):
                options = ", ".join(each.on_paper() for each in choice.options)
                yield _wrong(span, f"a default that is one of the options, {options}", f'"{default}"')


def cap_agrees(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if not isinstance(phase, Intermittent) or phase.cap is None:
            continue
        dose, cap = phase.dose.default, phase.cap
        if not per_patient(dose.quantity):
            hint = f"dose, on line {dose.span.line}, is {dose.quantity}: it is the same for every patient and needs no cap"
            yield _wrong(cap.span, "a cap only beside a dose per kg", f'"{cap.quantity}"', hint)
        elif not units.fits(dose.quantity.unit.without_patient(), cap.quantity.unit):
            hint = f"dose, on line {dose.span.line}, is {dose.quantity}: its cap is an amount for the whole patient"
            yield _wrong(cap.span, f"a dose in {dose.quantity.unit.without_patient()}", f'"{cap.quantity}"', hint)


def fastest_agrees(protocol: Protocol, _drug):
    """The rate that stretches a duration is of the dose's own kind."""
    for phase in protocol.phases:
        said = phase.fastest if isinstance(phase, Intermittent) else None
        if said is None:
            continue
        dose = phase.dose.default
        wanted = [units.unit(f"{dose.quantity.unit.amount}{per}/min") for per in ("", "/kg")]
        if not any(units.fits(each, said.quantity.unit) for each in wanted):
            hint = f"dose, on line {dose.span.line}, is {dose.quantity}"
            yield _wrong(said.span, f"a dose rate in {' or '.join(each.text for each in wanted)}", f'"{said.quantity}"', hint)


def limits_agree(protocol: Protocol, drug: Drug | None):
    """Every limit is of the kind of the figure that it limits."""
    for phase in protocol.phases:
        base, name = ordered(phase).default, "dose" if isinstance(phase, Intermittent) else "start"
        for limit in phase.limits:
            kinds = _figure_like(limit, base.quantity, phase)
            for side in filter(None, (limit.soft, limit.hard)):
                if kinds and not any(units.fits(end.unit, each) for end in side.range.ends() for each in kinds):
                    wanted = " or ".join(each.text for each in kinds)
                    hint = f"{name}, on line {base.span.line}, is {base.quantity}"
                    what = "total" if limit.window else limit.name.replace("_", " ")
                    yield _wrong(side.span, f"a limit of the {what} in {wanted}", f'"{written(side.range)}"', hint)


def _figure_like(limit: Limit, base: Quantity, phase) -> list[units.Unit]:
    whole = base.unit.without_patient()
    if limit.name in ("duration", "pump_rate"):
        return []
    if limit.name == "final_concentration":
        return [units.unit(f"{whole.amount}/mL")] if whole.amount_class != "volume" else []
    if limit.name == "total":
        return [units.unit(whole.amount), units.unit(f"{whole.amount}/kg")]
    if limit.name.startswith("calculated"):
        return [whole]
    if limit.name == "dose_rate" and isinstance(phase, Intermittent):
        return [units.unit(f"{whole.amount}/min"), units.unit(f"{whole.amount}/kg/min")]
    return [base.unit]


def rates_count_per_the_same_time(protocol: Protocol, _drug):
    """A limit of the rate of a continuous infusion is per hour where its rate is: 1 mg/kg/min passes as a limit of
    1 mg/kg/h only until somebody believes it."""
    for phase in protocol.phases:
        time = phase.start.default.quantity.unit.time if isinstance(phase, Continuous) else None
        for limit in phase.limits:
            if time is None or limit.name not in ("dose_rate", "calculated_dose_rate"):
                continue
            for side in filter(None, (limit.soft, limit.hard)):
                for end in side.range.ends():
                    if end.unit.time not in (None, time):
                        yield _wrong(side.span, f"a limit per {time}, as start is", f'"{end}"')


def tolerance_is_small(protocol: Protocol, _drug):
    said = protocol.rounding.tolerance
    if said and said.quantity > MOST_TOLERANCE:
        yield _wrong(said.span, f"a tolerance of at most {MOST_TOLERANCE}", f'"{said.quantity}"')


def has_hard_maximum(protocol: Protocol, _drug):
    names = ("dose", "calculated_dose", "dose_rate", "calculated_dose_rate")
    for phase in protocol.phases:
        if not any(each.name in names and each.hard and each.hard.range.high is not None for each in phase.limits):
            yield _wrong(phase.span, "a hard maximum of the dose or the dose rate, under limits", "none",
                         "a limit that nobody wrote is not `no limit`: state it, with its source or with basis: site")


def defaults_keep_limits(protocol: Protocol, _drug):
    for phase in protocol.phases:
        choice = ordered(phase)
        name = "dose" if isinstance(phase, Intermittent) else "dose_rate"
        for limit in phase.limits:
            if limit.name != name or not limit.hard:
                continue
            stated = [choice.default.quantity, *choice.allowed.ends()]
            if isinstance(phase, Continuous) and phase.titration:
                stated.append(phase.titration.up_to.quantity)
            for each in stated:
                if all(units.fits(each.unit, end.unit) for end in limit.hard.range.ends()) and each not in limit.hard.range:
                    hint = f"the phase on line {phase.span.line} itself states {each}"
                    yield _wrong(limit.hard.span, f"a hard limit that allows {each}", f'"{written(limit.hard.range)}"', hint)
                    break


def weight_is_bounded(protocol: Protocol, _drug):
    """A per-kg dose without bounds on the weight would accept any slip of the scales."""
    if any(per_patient(ordered(phase).default.quantity) for phase in protocol.phases):
        limit = protocol.patient.weight.limit
        hard = limit.hard.range if limit and limit.hard else None
        if hard is None or hard.low is None or hard.high is None:
            yield _wrong(limit.span if limit else protocol.patient.span, "a hard range of weights, because the dose is per kg",
                         f'"{written(hard)}"' if hard else "none",
                         "under patient, weight, write hard: LOWEST to HIGHEST, with its source or basis: site")


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
            hint = did_you_mean(preparation.product, drug.products) or f"it has {', '.join(drug.products)}"
            yield _wrong(preparation.product.span, f"a product of drugs/{drug.id}.yaml", f'"{preparation.product}"', hint)
            continue
        yield from _mixed_right(preparation, product, drug)
        for phase in protocol.phases:
            yield from _amounts_fit(preparation, product, phase)
            yield from _concentration_fits(preparation, product, phase, drug)


def _mixed_right(preparation, product, drug):
    volumes = [each for each in (preparation.final_volume, preparation.added_to) if each]
    if product.dilution == "never" and volumes:
        hint = f'drugs/{drug.id}.yaml says of it "dilution: never"'
        yield _wrong(volumes[0].span, f"no volume: {product.name} is given as it is", f'"{volumes[0].quantity}"', hint)
    if product.dilution == "required" and not volumes:
        hint = f'drugs/{drug.id}.yaml says of it "dilution: required"'
        yield _wrong(preparation.span, f"final_volume or added_to: {product.name} is never given undiluted", "neither", hint)
    if len(volumes) == 2:
        yield _wrong(preparation.span, "final_volume (made up to) or added_to, not both", "both")
    if volumes and not preparation.diluent:
        yield _wrong(preparation.span, "the diluent", "none", f"write diluent: {' or '.join(drug.diluents) or 'and its name'}")
    if preparation.diluent and drug.diluents and preparation.diluent not in drug.diluents:
        hint = f"drugs/{drug.id}.yaml names {', '.join(drug.diluents)}"
        yield _wrong(preparation.diluent.span, "a diluent of the drug", f'"{preparation.diluent}"', hint)
    if preparation.whole_bag and (product.form != "bag" or volumes):
        yield _wrong(preparation.span, "whole_bag only for a premixed bag", f'"{product.name}"')


def _amounts_fit(preparation, product, phase):
    base, amount = ordered(phase).default, preparation.amount
    stock = units.unit(product.strength.quantity.unit.amount)
    if not units.fits(units.unit(base.quantity.unit.amount), stock):
        hint = f"the product {product.name} is {product.strength.quantity}"
        yield _wrong(base.span, f"a dose in {stock}", f'"{base.quantity}"', hint)
    if isinstance(phase, Continuous) and amount is None and product.form != "bag":
        yield _wrong(preparation.span, "the amount in the bag, for a continuous infusion", "none", "write amount: and how much drug is in the bag")
    if amount and not units.fits(amount.quantity.unit, stock):
        hint = f"the product {product.name} is {product.strength.quantity}"
        yield _wrong(amount.span, f"an amount in {stock}", f'"{amount.quantity}"', hint)
    elif amount and preparation.final_volume:
        drawn, final = units.work_out("mL", [amount.quantity], [product.strength.quantity]), preparation.final_volume
        if drawn > final.quantity:
            hint = f"{amount.quantity} of {product.name} is {drawn.on_paper()}"
            yield _wrong(final.span, "a final volume that holds the drug's own volume", f'"{final.quantity}"', hint)


def _concentration_fits(preparation, product, phase, drug):
    said, strength = preparation.final_concentration, product.strength.quantity
    if said and not units.fits(said.quantity.unit, strength.unit):
        hint = f"the product {product.name} is {strength}"
        yield _wrong(said.span, f"a concentration in {strength.unit}", f'"{said.quantity}"', hint)
        return
    computed = known_concentration(preparation, product, phase)
    if computed is None:
        if said:
            yield _wrong(said.span, "final_concentration only where the file fixes it", f'"{said.quantity}"',
                         "here it changes with the dose; state its limits under limits")
        return
    if said and not said.quantity <= computed <= said.quantity:
        yield _wrong(said.span, f"{computed.to(said.quantity.unit)}", f'"{said.quantity}"', _why(preparation, product))
    for limit in drug.limits:
        for side, name in ((limit.hard, "hard"), (limit.soft, "soft")):
            if side and all(units.fits(end.unit, computed.unit) for end in side.range.ends()) and computed not in side.range:
                place = said or preparation.final_volume or preparation.added_to or preparation
                found = _wrong(place.span, f"a final concentration within the drug's {name} limit, {side.range.on_paper()}",
                               f"{computed.on_paper()}", f"the limit stands in {side.where}")
                yield found if name == "hard" else found._replace(severity=NOTE, hint=found.hint + "; every order needs an override")
                break


def _why(preparation, product) -> str:
    """How the concentration comes about, in words."""
    amount = preparation.amount.quantity.on_paper() if preparation.amount else "the dose"
    if preparation.final_volume:
        return f"{amount} made up to {preparation.final_volume.quantity.on_paper()}"
    if preparation.added_to:
        return f"{amount}, with its own volume, added to {preparation.added_to.quantity.on_paper()}"
    return f"the strength of {product.name}"


def equivalents_agree(protocol: Protocol, drug: Drug | None):
    for phase in protocol.phases:
        said = phase.equivalent if isinstance(phase, Intermittent) else None
        dose = phase.dose.default.quantity if said else None
        if said and per_patient(dose):
            yield _wrong(said.span, "an equivalent only beside a dose that is the same for every patient", f'"{said.quantity}"')
        elif said and drug and units.fits(dose.unit, units.unit("g")):  # where it does not, the dose itself is refused
            yield from _equivalent(said.span, said.quantity, dose, drug)


def _equivalent(span, said: Quantity, amount: Quantity, drug: Drug):
    if drug.equivalent is None:
        yield _wrong(span, f"no equivalent: drugs/{drug.id}.yaml declares none", f'"{said}"')
        return
    try:
        computed = units.work_out(said.unit, [amount, drug.equivalent.quantity])
    except units.DimensionError:
        yield _wrong(span, f"an equivalent dose in {drug.equivalent.quantity.unit.amount}", f'"{said}"', f"the drug states {_factor(drug)}")
        return
    if abs(said.over(computed) - 1) > EQUIVALENT_TOLERANCE:
        yield _wrong(span, f"{computed.on_paper()}", f'"{said}"', f"{amount} times {_factor(drug)}")


def _factor(drug: Drug) -> str:
    return f"{drug.equivalent.quantity} ({drug.equivalent.where})"


def course_total_has_an_end(protocol: Protocol, _drug):
    """A total over a course that has no stated end could not be worked out."""
    for phase in protocol.phases:
        if isinstance(phase, Continuous) and phase.duration.range.high is None:
            for limit in phase.limits:
                if limit.window == COURSE:
                    hint = f"a total in the course stands on line {limit.span.line}"
                    yield _wrong(phase.duration.span, "a longest duration", f'"{written(phase.duration.range)}"', hint)


CHECKS = (rates_count_per_the_same_time, tolerance_is_small, fastest_agrees, course_total_has_an_end, references_exist, ladder_agrees, choices_agree, cap_agrees, limits_agree, has_hard_maximum,
          defaults_keep_limits, weight_is_bounded, preparations_agree, equivalents_agree, site_limits_are_said)


def by_band(protocol: Protocol) -> Protocol:
    """The same protocol with one phase for each band: what holds for a dose must hold for every band's."""
    several = []
    for phase in protocol.phases:
        banded = getattr(phase, "bands", ())
        several += [phase._replace(dose=band.dose, cap=band.cap or phase.cap) for band in banded if band.dose] or [phase]
    return protocol._replace(phases=tuple(several))


def bands_are_proven(protocol: Protocol, _drug):
    """Every patient is taken in by just one band; a clearance is banded only where the file says how it is worked out."""
    for phase in protocol.phases:
        banded = getattr(phase, "bands", ())
        for fault in bands.faults(banded) if banded else ():
            yield _wrong(banded[0].span, "bands that take in every patient once", fault, "a band is: below A, from A to below B, from B")
        if "clearance" in bands.banded_by(banded) and protocol.patient.clearance is None:
            yield _wrong(banded[0].span, "the key clearance under patient, because the bands ask for it", "none")


def check(protocol: Protocol, drug: Drug | None) -> list[Problem]:
    """Everything that is wrong or awaits the site, in the order of the file."""
    spread = by_band(protocol)
    found = dict.fromkeys(problem for each in CHECKS for problem in each(spread, drug))
    found |= dict.fromkeys(bands_are_proven(protocol, drug))
    return sorted(found, key=lambda one: one.span)


def check_drug(drug: Drug) -> list[Problem]:
    """The same for a drug file by itself."""
    found = []
    for block in (*drug.products.values(), *drug.contraindications, *drug.incompatible, *drug.limits,
                  *filter(None, (drug.high_alert,))):
        found += _unknown_sources(block.source, drug.references)
    found += _limits_of_products(drug)
    for product in drug.products.values():
        said = product.equivalent_strength
        if said and drug.equivalent is None:
            found.append(_wrong(said.span, "an equivalent only where the drug declares its factor", f'"{said.quantity}"'))
        elif said:
            found += _equivalent_strength(said, product, drug)
    found += [Problem(NOTE, limit.span, f"the limit of the {limit.name.replace('_', ' ')} awaits the site's decision; "
                                        "it is enforced meanwhile") for limit in drug.limits if limit.site]
    return sorted(found, key=lambda one: one.span)


def _limits_of_products(drug):
    for side in (side for limit in drug.limits for side in (limit.soft, limit.hard) if side):
        for product in drug.products.values():
            if not units.fits(side.range.ends()[0].unit, product.strength.quantity.unit):
                hint = f"the strength of {product.key}, on line {product.strength.span.line}, is {product.strength.quantity}"
                yield _wrong(side.span, f"a limit in {product.strength.quantity.unit}", f'"{written(side.range)}"', hint)
                break


def _equivalent_strength(said, product, drug):
    strength = product.strength.quantity
    try:
        computed = units.work_out(said.quantity.unit, [strength, drug.equivalent.quantity])
    except units.DimensionError:
        hint = f"strength is {strength}, and equivalent, on line {drug.equivalent.span.line}, is {drug.equivalent.quantity}"
        return [_wrong(said.span, f"a strength in {drug.equivalent.quantity.unit.amount}/mL", f'"{said.quantity}"', hint)]
    if abs(said.quantity.over(computed) - 1) > EQUIVALENT_TOLERANCE:
        return [_wrong(said.span, f"{computed.on_paper()}", f'"{said.quantity}"', f"{strength} times {drug.equivalent.quantity}")]
    return []
