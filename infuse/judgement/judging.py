"""Whether a caution is true of a patient: yes, with what makes it so; no; or not known, which is never no.

For: `screening`. A caution is true where any of its facts is, within its sex and age; it is ruled out where every one of
them is known to be otherwise; anything else is open, and a box on the sheet.

Refuses: nothing.

Example: "a triptan within 24 hours" is true 3 hours after sumatriptan, open after nothing was said of medicines, and
ruled out by `--medicine none`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from infuse.files import taken
from infuse.files.caution import LIVER, Taken, When
from infuse.files.drug import Drug
from infuse.files.vocabulary import words
from infuse.ground.units import DimensionError, Quantity
from infuse.judgement.recorded import Picture, Taking

YES, NO, OPEN = "yes", "no", "open"
_CODES = {"systolic": "blood_pressure", "diastolic": "blood_pressure"}


class About(NamedTuple):
    """Whom and what is judged: the patient, the drug, the clearance by that protocol's weight (None: not known)."""

    picture: Picture
    drug: Drug
    clearance: Quantity | None


class Match(NamedTuple):
    """One fact of a caution: its state; a short name for the code of an alert; what makes it true; what is taken."""

    state: str
    name: str
    because: str = ""
    taking: Taking | None = None


def judge(when: When, about: About) -> tuple[str, list[Match]]:
    """(the state of the caution, the facts that make it true)."""
    narrowing = list(_narrowing(when, about))
    facts = list(_facts(when, about))
    if any(each.state == NO for each in narrowing):
        return NO, []
    found = [each for each in facts or narrowing if each.state == YES]
    if found and all(each.state == YES for each in narrowing):
        return YES, found
    return (NO if not found and all(each.state == NO for each in facts or narrowing) else OPEN), []


def _narrowing(when: When, about: About) -> Iterator[Match]:
    patient = about.picture.patient
    if when.sex:
        sex = patient.get("sex")
        yield Match(OPEN if sex is None else YES if sex == when.sex else NO, "sex", f"sex {sex}")
    if when.age:
        yield _measured("age", when.age, patient.get("age"))


def _measured(name: str, band, value: Quantity | None, say: str = "") -> Match:
    """A band and a quantity; of another measure (mL/min beside mL/min/1.73m2) nothing is known."""
    try:
        state = OPEN if value is None else YES if value in band else NO
    except DimensionError:
        state = OPEN
    return Match(state, _CODES.get(name, name), f"{say or name} {value.on_paper()}" if state == YES else "")


def _facts(when: When, about: About) -> Iterator[Match]:
    picture, patient = about.picture, about.picture.patient
    pressure = patient.get("blood_pressure")
    for name in when.conditions:
        yield _condition(name, picture, about_sex=when.pregnancy is not None or when.lactation)
    for one in when.medicines:
        yield from _medicine(one, about)
    if when.pregnancy:
        yield _pregnancy(when.pregnancy, picture.fact("pregnancy"))
    if when.lactation:
        nursing = picture.fact("lactation")
        yield Match({None: OPEN, "no": NO}.get(nursing, YES), "lactation", "breastfeeding")
    if when.clearance:
        yield _measured("clearance", when.clearance, about.clearance, "creatinine clearance")
    if when.qtc:
        yield _measured("qtc", when.qtc, patient.get("qtc"), "QTc")
    for name in ("systolic", "diastolic"):
        if getattr(when, name):
            yield _measured(name, getattr(when, name), getattr(pressure, name, None), f"{name} blood pressure")
    if when.heart_rate:
        yield _measured("heart_rate", when.heart_rate, patient.get("heart_rate"), "heart rate")
    if when.liver:
        yield _liver(when.liver, picture.fact("liver"))
    if when.allergy:
        yield _allergy(when.allergy, about)


def _condition(name: str, picture: Picture, about_sex: bool) -> Match:
    """Had by the patient: that condition or a kind of it. A wider one that the patient has leaves it open."""
    otherwise = NO if picture.conditions_closed else OPEN
    if not picture.says_conditions and not (about_sex and picture.patient.get("sex") == "male"):
        return Match(otherwise, name)  # no list is read for that
    known = picture.lists.condition(name)
    found = [each for each in picture.had if known.name in each.word.kinds]
    if found:
        return Match(YES, known.id, found[0].said)
    if _denied(known, picture):
        return Match(NO, known.id)
    return Match(OPEN if any(each.word.name in known.kinds for each in picture.had) else otherwise, known.id)


def _denied(known, picture: Picture) -> bool:
    """Ruled out by a fact: liver none rules out every liver disease, and so does pregnancy no or male labor."""
    facts = {each.fact[0] for each in picture.lists.conditions.every if each.fact and known.name in each.kinds}
    facts |= {each.fact[0] for each in picture.lists.conditions.every if each.fact and each.name in known.kinds}
    return len(facts) == 1 and picture.fact(facts.pop()) in ("no", "none")


def _medicine(one: Taken, about: About) -> Iterator[Match]:
    """Taken within the time (without one: at any time that is recorded); the drug itself is no other medicine."""
    picture, state = about.picture, NO if about.picture.medicines_closed else OPEN
    for each in picture.taken:
        if each.word is None or each.word.id == about.drug.id:
            continue
        if picture.lists.is_one(each.word, one.name):
            if in_time(one.within, each, picture):
                yield Match(YES, f"with-{each.word.id}", each.on_paper(), each)
        elif _may_be(each, one.name, picture):
            state = OPEN
    yield Match(state, "medicines")


def in_time(within: Quantity | None, each: Taking, picture: Picture) -> bool:
    """Whether less than that time has passed when the order starts; without a time, or taken now, it always counts."""
    return within is None or each.last is None or taken.hours(picture.at - each.last) < within


def _may_be(each: Taking, name: str, picture: Picture) -> bool:
    """A class was typed, of which this is a member: which one is taken is not known."""
    known = None if each.protocol else picture.lists.vocabulary.given.find(name)
    return known is not None and each.word.name in known.kinds


def _pregnancy(weeks, said) -> Match:
    """`yes` without weeks is any pregnancy; whether it is a late one is then open."""
    if said in (None, "no"):
        return Match(OPEN if said is None else NO, "pregnancy")
    if said == "yes":
        return Match(YES if weeks.low is not None and not weeks.low.value and weeks.high is None else OPEN, "pregnancy", "pregnant")
    return Match(YES if said in weeks else NO, "pregnancy", f"pregnant for {said.on_paper()}")


def _liver(from_: str, said) -> Match:
    if said in (None, "none"):
        return Match(OPEN if said is None else NO, "liver")
    return Match(YES if LIVER.index(said) >= LIVER.index(from_) else NO, "liver", f"{said} liver disease")


def _allergy(names, about: About) -> Match:
    """To one of these by name, or to a member of the class; a list of allergies that was recorded is a whole one."""
    picture = about.picture
    if picture.patient.get("allergies") is None and not picture.allergens:
        return Match(OPEN, "allergy")
    for said, known in picture.allergens:
        for name in names:
            if _names(said, name) or picture.lists.is_named(name) and any(picture.lists.is_one(word, name) for word in known):
                return Match(YES, "allergy", f'allergy "{said.strip()}"')
    return Match(OPEN if picture.patient.get("allergies") is None else NO, "allergy")


def _names(said: str, name: str) -> bool:
    """Whether the words hold the name, in the singular or in the plural."""
    one = words(name).strip().removesuffix("s")
    return any(f" {each} " in words(said) for each in (one, f"{one}s", f"{one}es"))
