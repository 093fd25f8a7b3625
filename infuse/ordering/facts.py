"""Which facts about the patient change a dose, and what they come to: the dosing weight, and the band that takes the patient in.

For: `order`, before a phase is worked out.

Refuses: a formula that is not made for this patient, unless somebody gives the weight with a reason; a patient whom an
unknown fact leaves between bands, unless the file says that the lowest dose is given then; two measures of clearance
that would be compared.

Example: below 50 kg 15 mg/kg, from 50 kg 1,000 mg: at 50 kg the phase goes on with the dose of 1,000 mg.
"""

from __future__ import annotations

from infuse.arithmetic import derived, formulas
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.patient import Patient
from infuse.files import bands
from infuse.files.protocol import ACTUAL
from infuse.ground.units import Quantity, Unit, unit
from infuse.judgement.limits import HARD, SOFT, Alert
from infuse.ordering import phases


def changes_a_dose(protocol, patient) -> list[str]:
    """The facts that must be given, or said to be unknown, before anything is worked out."""
    per = phases.anything_counted_per(protocol)
    names = [*(["weight"] if per else []), *(["height"] if "m2" in per else [])]
    if "kg" in per and protocol.patient.dosing_weight != ACTUAL and patient.get("dosing_weight") is None:
        names += ["height", "sex", "age"]
    for phase in protocol.phases:
        banded = bands.banded_by(getattr(phase, "bands", ()))
        names += [name for name in ("weight", "age") if name in banded]
        if "clearance" in banded and patient.get("clearance") is None and not {"clearance", "creatinine"} & patient.unknown:
            by_height = _indexed(phase) or protocol.patient.clearance.weight != ACTUAL
            names += ["age", "creatinine", *(["height"] if by_height else []), *([] if _indexed(phase) else ["sex", "weight"])]
    return list(dict.fromkeys(names))


def dosing_weight(request, patient, actual) -> tuple[Figure | None, list[Alert]]:
    """The weight that per-kg doses use; where its formula does not apply, the one that somebody gives with a reason."""
    protocol = request.loaded.protocol
    kind, code = protocol.patient.dosing_weight, f"{protocol.id}.dosing_weight"
    if actual is None or kind == ACTUAL or "kg" not in phases.anything_counted_per(protocol):
        return actual, []
    given = patient.get("dosing_weight")
    if given is not None:
        message = f"the dosing weight {given.on_paper()} was given, instead of the {kind} weight that the protocol names"
        return Figure("given_weight", given.to("kg"), given.to("kg"), stated=patient.where("dosing_weight")), [
            Alert(SOFT, code, message, where=patient.where("dosing_weight"))]
    try:
        return derived.weight_as(kind, patient, actual, weight_ranges([request])), []
    except formulas.DoesNotApply as error:
        return None, [Alert(HARD, code, f"{error}; give --dosing-weight, with a reason")]
    except derived.Needs as needs:
        return None, [Alert(HARD, code, f"{', '.join(needs.facts)} unknown, and the {kind} weight needs it")]


def weight_ranges(requests):
    """Every limit and band that a rounded weight must not cross."""
    protocols = [request.loaded.protocol for request in requests]
    limits = [protocol.patient.weight.limit for protocol in protocols]
    banded = [band.weight for protocol in protocols for phase in protocol.phases for band in getattr(phase, "bands", ())]
    return (*(side.range for limit in limits if limit for _, side in limit.sides), *filter(None, banded))


def in_its_band(phase, request, patient, actual, per: list[Quantity]):
    """(the phase with its band's dose, the band, figures to show, alerts): the band that takes the patient in. `per`: what
    its doses are counted per, the dosing weight and the surface, as far as they are known."""
    several = getattr(phase, "bands", ())
    if not several:
        return phase, None, {}, []
    protocol, known, shown, alerts = request.loaded.protocol, {}, {}, []
    for name in bands.banded_by(several):
        value, why = _band_fact(name, phase, protocol, patient, actual)
        if value is not None:
            known[name] = value.value
            shown |= {"clearance": value} if name == "clearance" else {}
        elif _when_unknown(name, protocol) != "lowest":
            alerts.append(Alert(HARD, f"{protocol.id}.{name}", f"{name} is unknown{why}, and the dose depends on it"))
    if alerts:
        return None, None, {}, alerts
    found = bands.fitting(several, known)
    if "clearance" in known and patient.get("clearance") is not None and patient.get("creatinine") is not None:
        computed = _computed_clearance(phase, protocol, patient, actual)
        if computed is not None and bands.fitting(several, known | {"clearance": computed}) != found:
            message = "the clearance that was given and the one that the creatinine gives lie in different bands of the dose"
            return None, None, {}, [Alert(HARD, f"{protocol.id}.clearance", message, where=patient.where("clearance"))]
    refusing = next((each for each in found if each.refuse), None)
    if refusing:
        message = f"no dose for {refusing.on_paper()}: {refusing.refuse} ({', '.join(refusing.source or phase.source)})"
        return None, None, {}, [Alert(HARD, f"{protocol.id}.band", message, refusing.on_paper(), f"{refusing.span.file}:{refusing.span.line}")]
    band = found[0]
    if len(found) > 1:
        unknown = " and ".join(name for name in bands.banded_by(several) if name not in known)
        band = bands.lowest(found, per)
        shown_as = f"the lowest dose, because the {unknown} is unknown" + (f"; {band.say}" if band.say else "")
        band = band._replace(weight=None, age=None, clearance=None, say=shown_as)
    return bands.applied(phase, band), band, shown, []


def _computed_clearance(phase, protocol, patient, actual) -> Quantity | None:
    without = Patient({name: value for name, value in patient.facts.items() if name != "clearance"}, patient.given, patient.unknown)
    one, _ = _band_fact("clearance", phase, protocol, without, actual)
    return one.value if one else None


def _when_unknown(name, protocol) -> str:
    rules = protocol.patient
    return {"weight": rules.weight, "age": rules.age, "clearance": rules.clearance}[name].unknown


def _band_fact(name, phase, protocol, patient, actual) -> tuple[Figure | None, str]:
    """(the fact as a figure, or None; why it is not known)."""
    if name == "weight":
        return actual, ""
    if name == "age":
        age = patient.get("age")
        return (Figure("age", age, age, stated=patient.where("age")) if age else None), ""
    try:
        one = derived.clearance(protocol.patient.clearance.weight, _indexed(phase), patient, actual)
    except derived.Needs as needs:
        return None, f" ({', '.join(needs.facts)} not known)"
    except formulas.DoesNotApply as error:
        return None, f" ({error}; --clearance gives it)"
    if one.value.unit != _clearance_unit(phase):
        return None, f" in {_clearance_unit(phase)}: {one.value.unit} is another measure"
    return one, ""


def _clearance_unit(phase) -> Unit:
    """mL/min or mL/min/1.73m2, as the bands of a phase speak of it: the two are never compared."""
    edge = next(band.clearance for band in phase.bands if band.clearance)
    return (edge.low or edge.high).unit


def _indexed(phase) -> bool:
    return _clearance_unit(phase) != unit("mL/min")
