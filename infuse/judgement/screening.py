"""The patient against the protocol: ages, weights, care area, allergy to the drug itself; and what is still open.

For: the alerts that come before any arithmetic, and the boxes to tick where a fact is not recorded. What the drugs'
cautions and the table of interactions say stands in `weighing`.

Refuses: an allergy to the drug itself, an age or weight beyond a hard limit; asks for a named reason where a weight
looks like pounds, is stated, estimated or old.

Example: 160 kg at 44 years is a soft stop: outside 40 to 150 kg; was it pounds?
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from infuse.arithmetic import patient as patients
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.patient import Patient
from infuse.files.given import BY_NAME
from infuse.files.library import Loaded
from infuse.files.stated import Limit
from infuse.files.vocabulary import fold, words
from infuse.ground.units import quantity
from infuse.judgement import limits
from infuse.judgement.limits import HARD, SOFT, Alert
from infuse.judgement.recorded import closed

WEIGHT_GOOD_FOR = timedelta(days=7)  # standards W3: an adult's weight older than this is weighed again
ADULT = quantity(20, "year")


class Open(NamedTuple):
    """A fact or answer that is still to be given: its name, the question, the option that gives it (or "")."""

    fact: str
    question: str
    option: str = ""


def screen(loaded: Loaded, patient: Patient, weight: Figure | None, per_weight: bool, today: date) -> list[Alert]:
    """Everything about this patient that speaks against this protocol."""
    found = [*_age(loaded, patient), *_weight(loaded, patient, weight, per_weight), *care_area(loaded.protocol.id, loaded.protocol.care_areas, patient),
             *_allergy(loaded, patient)]
    if per_weight and loaded.drug.high_alert and weight:
        found += _weight_doubtful(loaded, patient, today)
    return found


def _code(loaded, name):
    return f"{loaded.protocol.id}.{name}"


def _age(loaded, patient) -> Iterator[Alert]:
    rule, age = loaded.protocol.patient.age, patient.get("age")
    if age is not None and rule.limit:
        found = limits.judge(rule.limit, _code(loaded, "age"), [age], "age", typed=True)
        if found:
            yield found
    elif "age" in patient.unknown and rule.unknown == "refuse":
        yield Alert(HARD, _code(loaded, "age"), "age is unknown, and this protocol then gives no order", where=patient.where("age"))


def _weight(loaded, patient, weight, per_weight) -> Iterator[Alert]:
    rule, code = loaded.protocol.patient.weight, _code(loaded, "weight")
    if weight is None:
        if "weight" in patient.unknown and (per_weight or rule.unknown == "refuse"):
            yield Alert(HARD, code, "weight is unknown, and this protocol then gives no order", where=patient.where("weight"))
        return
    found = limits.judge(rule.limit, code, [weight.value], "weight", typed=True) if rule.limit else None
    if found:
        yield found
    if found is None or found.level != HARD:
        age = patient.get("age") or (ADULT if loaded.protocol.population == "adult" else None)
        why, outside = patients.weight_doubt(weight.value, age, loaded.weights) if age else ("", False)
        if why:
            again = "; weigh again and give --weight-date" if outside and patient.get("weight_date") is None else ""
            yield Alert(SOFT, code, f"weight {weight.value.on_paper()} {why}{again}", where=weight.stated, reweigh=bool(again))


def _weight_doubtful(loaded, patient, today) -> Iterator[Alert]:
    source, when = patient.get("weight_source"), patient.get("weight_date")
    if source in ("stated", "estimated"):
        yield Alert(SOFT, _code(loaded, "weight_source"), f"the weight is {source}, not measured; this is a high-alert order per kg",
                    where=patient.where("weight_source"))
    if when is not None and today - when > WEIGHT_GOOD_FOR:
        days = quantity((today - when).days, "day").on_paper()
        yield Alert(SOFT, _code(loaded, "weight_date"), f"the weight is {days} old, more than {WEIGHT_GOOD_FOR.days} days",
                    where=patient.where("weight_date"))


def care_area(owner: str, allowed: tuple[str, ...], patient: Patient) -> Iterator[Alert]:
    """A soft stop where the patient is in a care area that the protocol or the set (by its id) does not name. A clinic with
    ECG monitors is a clinic: what may be given in the one may be given in the other, not the reverse."""
    area = patient.get("care_area")
    if area is not None and not _allows(allowed, area):
        yield Alert(SOFT, f"{owner}.care_area", f'care area "{area}" is not one of: {", ".join(allowed)}',
                    where=patient.where("care_area"))


def _allows(allowed: tuple[str, ...], area: str) -> bool:
    return any(area.lower() == each.lower() or area.lower().startswith(f"{each.lower()} with ") for each in allowed)


def _allergy(loaded, patient) -> Iterator[Alert]:
    for allergy in patient.get("allergies") or ():
        if any(words(name) in words(allergy) for name in loaded.drug.names):
            yield Alert(HARD, _code(loaded, "allergy"), f'allergy "{allergy}": this is an order for {loaded.drug.name}',
                        where=patient.where("allergies"))


_ALWAYS = ("name", "record_number", "allergies")
_QUESTIONS = {
    "name": "the patient's name is known and checked",
    "record_number": "a second identifier is known and checked: record number or date of birth",
    "allergies": "allergies are known, with their reactions, and none is to a drug of this sheet",
    "weight_source": "the weight was measured, not stated or estimated",
    "weight_date": "the weight is not older than 7 days",
    "medicines": "other medicines are known, prescribed or bought, and were checked against this sheet",
    "care_area": "the care area is one of: {areas}",
    "pump": "the pump is the one named under pump settings",
    "given": "the last dose of {drug}, by any route, was {interval} ago, or this is the first",
    "age": "the age is {allowed}",
    "weight": "the weight is {allowed}",
}
SCREENING = "screening"
BOXES = frozenset({*_QUESTIONS, SCREENING})  # what the sheet shows under screening; the rest stands with its order


def open_facts(loaded: Loaded, patient: Patient, weight: Figure | None) -> list[Open]:
    """Facts that only permit or forbid and were not given: a box each, never a `no`."""
    missing = [name for name in _ALWAYS if patient.get(name) is None]
    if patient.get("birth_date") is not None and "record_number" in missing:
        missing.remove("record_number")
    missing += [name for name in ("weight_source", "weight_date") if weight and patient.get(name) is None]
    missing += [name for name in ("medicines", "care_area") if patient.get(name) is None]
    by_pump = patient.get("drop_factor") is None and not all(phase.by_hand for phase in loaded.protocol.phases)
    missing += ["pump"] if by_pump and patient.get("pump") is None else []
    areas = ", ".join(loaded.protocol.care_areas)
    found = [Open(name, _QUESTIONS[name].format(areas=areas), BY_NAME[name].option) for name in missing]
    for name, rule in (("age", loaded.protocol.patient.age), ("weight", loaded.protocol.patient.weight)):
        side = rule.limit and (rule.limit.hard or rule.limit.soft)
        if side and patient.get(name) is None:
            found.append(Open(name, _QUESTIONS[name].format(allowed=side.range.on_paper()), BY_NAME[name].option))
    return found


def last_dose(loaded: Loaded, patient: Patient, interval: Limit) -> Open | None:
    """The box for the time since the last dose, which a phase limits; None where the doses already given are known."""
    given = patient.get("given") or ()
    if closed(given) or any(is_of(each.name, loaded) for each in given):
        return None
    longest = max((side.range for _, side in interval.sides), key=lambda range: range.low)
    return Open("given", _QUESTIONS["given"].format(drug=loaded.drug.name, interval=longest.on_paper()), BY_NAME["given"].option)


def is_of(name: str, loaded: Loaded) -> bool:
    """Whether screening takes the name for that drug (by its salt too), or the drug's own file has it."""
    word = loaded.lists.vocabulary.given.find(name)
    if word is not None and word.id == loaded.drug.id:
        return True
    return fold(name) in {fold(each) for each in loaded.drug.names}


def one_care_area(found: list[Open], several: list[Loaded]) -> list[Open]:
    """With one box for the care areas that all of several protocols name, instead of a box for each of them."""
    asked = [each for each in found if each.fact == "care_area"]
    named = [each.protocol.care_areas for each in several]
    common = [area for area in dict.fromkeys(area for areas in named for area in areas) if all(_allows(areas, area) for areas in named)]
    if len(set(asked)) < 2 or not common:
        return found
    one = care_area_box(common)
    return [one if each.fact == "care_area" else each for each in found]


def care_area_box(areas: Sequence[str]) -> Open:
    """Whether the patient is in one of these."""
    return Open("care_area", _QUESTIONS["care_area"].format(areas=", ".join(areas)), BY_NAME["care_area"].option)


def open_questions(loaded: Loaded) -> list[Open]:
    """The questions of the protocol, each a box to tick before the first dose."""
    return [Open(SCREENING, f"{note.text} ({', '.join(note.source)})") for note in loaded.protocol.screening]
