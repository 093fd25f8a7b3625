"""The whole sheet against the patient: cautions of every drug, pairs of drugs and medicines, words that no file knows.

For: `order`. A caution that is true is an alert of its severity, one that is not known a box, one that is ruled out a
word on the sheet. A pair that meets is an alert too; of two orders the code is the first one's.

Refuses: conditions that contradict the facts. Raises lists.Faulty where a list cannot be used.

Example: dihydroergotamine for a patient with angina is a hard stop, dihydroergotamine-label.coronary-artery-disease.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from infuse.arithmetic import derived, formulas
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.patient import Patient
from infuse.files.caution import SEVERITIES, Caution
from infuse.files.drug import Drug
from infuse.files.library import Loaded, ReadFile
from infuse.files.protocol import ACTUAL
from infuse.files.stated import Reference
from infuse.ground.units import Refused
from infuse.judgement import judging, meeting
from infuse.judgement.judging import NO, YES, About, Match
from infuse.judgement.limits import HARD, NOTE, SOFT, Alert
from infuse.judgement.recorded import Picture
from infuse.judgement.screening import SCREENING, Open

_LEVELS = {"hard": HARD, "soft": SOFT, "note": NOTE}
ABSENT, ABSENT_OR_ACCEPTED, TAKEN_INTO_ACCOUNT = "NOT present", "NOT present, or accepted by the prescriber", "read, and taken into account"
_IN_BOX = {"hard": ABSENT, "soft": ABSENT_OR_ACCEPTED, "note": TAKEN_INTO_ACCOUNT}
_LEADS = {"hard": "contraindicated: ", "soft": "caution: ", "note": ""}
_WORDS = {"allergies": "allergy", "conditions": "condition", "medicines": "medicine", "given": "medicine"}
SITE, UNKNOWN = "for the site to decide", "is not known"


class Weighed(NamedTuple):
    """What screening found: alerts; boxes and ruled-out cautions of each protocol; what was refused; which pairs were
    looked at, in words; the sources and files behind what is said."""

    alerts: tuple[Alert, ...] = ()
    boxes: dict[str, tuple[Open, ...]] = {}
    ruled_out: dict[str, tuple[str, ...]] = {}
    refused: tuple[tuple[str, Refused], ...] = ()
    references: dict[str, Reference] = {}
    files: tuple[ReadFile, ...] = ()


def weigh(several: list[Loaded], patient: Patient, weight: Figure | None, now: datetime) -> Weighed:
    """Everything that the files say against giving these drugs to this patient."""
    drugs = {each.protocol.id: each.drug for each in several}
    picture = Picture(patient, several[0].lists, patient.get("start") or now, now, drugs)
    refused = (*picture.contradictions(), *_misspelled(picture))
    if refused:
        return Weighed(refused=refused)
    alerts, boxes, ruled_out = [], {}, {}
    met = list(meeting.meetings(picture, drugs))
    for each in several:
        found = _cautions(each, About(picture, each.drug, _clearance(each, patient, weight)), met)
        alerts += found.alerts
        named = f"{each.drug.name}: " if several[1:] else ""
        boxes[each.protocol.id] = tuple(Open(SCREENING, named + one) for one in found.boxes)
        ruled_out[each.protocol.id] = found.ruled_out
    alerts += map(_met, met)
    alerts += _taken_already(picture, drugs)
    strange, asked = _unknown(picture, several[0])
    boxes[several[0].protocol.id] += asked
    cited = {name for each in met for name in each.pair.source}
    references = {name: one for name, one in (picture.lists.interactions[1] if met else {}).items() if name in cited}
    return Weighed((*alerts, *strange), boxes, ruled_out, (), references, picture.lists.files)


def _clearance(loaded: Loaded, patient: Patient, weight: Figure | None):
    rule = loaded.protocol.patient.clearance
    try:
        return derived.clearance(rule.weight if rule else ACTUAL, False, patient, weight).value
    except (derived.Needs, formulas.DoesNotApply):
        return None


# ---------------------------------------------------------------------------------------------- cautions


class _Of(NamedTuple):
    """What comes of the cautions of one drug."""

    alerts: list[Alert]
    boxes: list[str]
    ruled_out: tuple[str, ...]


def _cautions(loaded: Loaded, about: About, met: list[meeting.Meeting]) -> _Of:
    alerts, rows, ruled_out = [], {}, []
    for caution in (*loaded.drug.contraindications, *loaded.drug.precautions):
        state, matches = judging.judge(caution.when, about) if caution.when else (judging.OPEN, [])
        if state == YES:
            alerts += _true(caution, loaded, [one for one in matches if not _in_table(caution, loaded.drug, one, met)], about)
        elif state == NO:
            ruled_out.append(caution.text)
        else:
            rows.setdefault(caution.beside if caution.beside in rows else caution.text, []).append(caution)
    by_weight = sorted(rows.values(), key=lambda row: row[0].severity == "note")  # what is only noted comes last
    return _Of(alerts, list(map(_row, by_weight)), tuple(ruled_out))


def _row(several: list[Caution]) -> str:
    """One box: a caution, and what stands in its row because one answer serves both."""
    return "; ".join(f"{_IN_BOX[one.severity]}: {one.text} ({_basis(one)})" for one in several)


def _basis(one) -> str:
    return "; ".join(filter(None, (SITE if one.site else "", ", ".join(one.source))))


def _in_table(caution: Caution, drug: Drug, match: Match, met: list[meeting.Meeting]) -> bool:
    """Whether the table of pairs says the same of this medicine, as gravely or more so: then it is said once."""
    return bool(caution.kind and match.taking) and any(
        each.pair.kind == caution.kind and SEVERITIES.index(each.pair.severity) <= SEVERITIES.index(caution.severity)
        and {each.drug.id, each.other.word.id} == {drug.id, match.taking.word.id} for each in met)


def _true(caution: Caution, loaded: Loaded, matches: list[Match], about: About) -> Iterator[Alert]:
    """One alert of everything about the patient, and one of each medicine."""
    facts = [each for each in matches if each.taking is None]
    taken = {each.taking: each for each in matches if each.taking}  # one medicine may be of two of its classes
    for group in ([facts] if facts else []) + [[each] for each in taken.values()]:
        taking = group[0].taking
        code = f"{loaded.protocol.id}.{group[0].name}"
        if taking and taking.protocol:
            code = _pair_code(loaded.protocol.id, loaded.drug, taking, about.picture)
        because = "; ".join(dict.fromkeys(each.because for each in group))
        where = about.picture.patient.where("medicines") if taking else ""
        lead = _LEADS[caution.severity] or f"{loaded.drug.name}: "
        yield Alert(_LEVELS[caution.severity], code, f"{lead}{caution.text}; recorded: {because} ({_basis(caution)})",
                    where=taking.where if taking else where, screened=True)


def _pair_code(protocol: str, drug: Drug, other, picture: Picture) -> str:
    """Two orders of one sheet have one code, whichever drug's file speaks."""
    ordered = [each.protocol for each in picture.ordered]
    if ordered.index(protocol) < ordered.index(other.protocol):
        return f"{protocol}.with-{other.word.id}"
    return f"{other.protocol}.with-{drug.id}"


# ---------------------------------------------------------------------------------------------- pairs


def _met(one: meeting.Meeting) -> Alert:
    pair = one.pair
    message = f"{one.drug.name} with {one.other.on_paper()}: {pair.kind}: {pair.say} ({_basis(pair)})"
    return Alert(_LEVELS[pair.severity], f"{one.protocol}.with-{one.other.word.id}", message, where=one.other.where, screened=True)


def _taken_already(picture: Picture, drugs: dict[str, Drug]) -> Iterator[Alert]:
    """The same drug as another medicine: totals count it only as a dose with its amount and time."""
    for protocol, drug in drugs.items():
        for each in picture.taken:
            if each.where and each.word and each.word.id == drug.id and each.said in (picture.patient.get("medicines") or ()):
                yield Alert(SOFT, f"{protocol}.with-{drug.id}", f"{drug.name} is a medicine of this patient already: {each.on_paper()}; "
                            "give it as --given, with its amount and time, and totals count it", where=each.where, screened=True)


# ---------------------------------------------------------------------------------------------- unknown words


def _misspelled(picture: Picture) -> Iterator[tuple[str, Refused]]:
    """A dose already given of a name that nearly is one: totals would count it as nothing."""
    for fact, said, near in picture.unknown():
        if fact == "given" and near:
            yield picture.patient.where(fact), Refused("a drug or medicine that some file knows", said, f"did you mean {' or '.join(near)}?")


def _unknown(picture: Picture, loaded: Loaded) -> tuple[list[Alert], tuple[Open, ...]]:
    """What no file knows: a box, and where it is nearly a word that one knows, a soft stop until somebody says which."""
    alerts, boxes = [], []
    for fact, said, near in picture.unknown():
        what, where = _WORDS[fact], picture.patient.where(fact)
        missed = f'interactions of "{said}" were not checked' if what == "medicine" else f'{what} "{said}" was not checked'
        if fact == "given":
            missed = f'the dose of "{said}" was not counted and its interactions were not checked'
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        code = f"{loaded.protocol.id}.{what}-{re.sub('[^a-z0-9]+', '-', said.lower()).strip('-')}"
        alerts.append(Alert(SOFT if near else NOTE, code, f'{what} "{said}" {UNKNOWN}{hint}: {missed}'.replace("?:", "?"), where=where, screened=True))
        boxes.append(Open(SCREENING, f"{missed}, because no file knows it: checked by ____________"))
    return alerts, tuple(boxes)
