"""What a prescriber answers by hand, with the unit that the file states after the box, and the findings that rest on it.

For: `wording`, and whatever prints when to hold, stop and call.

Refuses: nothing; `consistency.boxes` has refused a number without a unit, and a finding without a number or a box.

Example: beside("oxygen saturation below which to stop") is Field(..., blank="%"); beside("whether blood returns") is "no / yes".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from infuse.files import measured
from infuse.files.protocol import Protocol
from infuse.files.shapes import Question
from infuse.ground import numerals
from infuse.ground.grammar import read_number
from infuse.ground.units import Refused
from infuse.paper.page import Field
from infuse.paper.phrases import TICK

NOTHING: Mapping[str, str] = MappingProxyType({})
FILL_IN = "The prescriber writes the values in the boxes; each stands at its finding, and only there."


def answered(question: Question, answers: Mapping[str, str]) -> Field:
    """What the source leaves open, in the words of the file, with the answer or a box for it."""
    if answers.get(question):
        return Field(question, with_unit(question, answers[question]))
    if question.startswith("whether "):
        return Field(question, f"{TICK} no {TICK} yes")
    return Field(question, blank=question.unit)


def with_unit(question: Question, answer: str) -> str:
    """An answer as it is printed: a number alone gets the unit of its box."""
    try:
        number = read_number(answer)
    except Refused:
        return answer
    return f"{numerals.on_paper(number)}{'' if question.unit == '%' else ' '}{question.unit}".rstrip() if question.unit else answer


def on_their_own(questions: Iterable[Question], protocol: Protocol) -> list[Question]:
    """The questions on which no finding rests: the box of every other one stands at its finding, and only there."""
    rested_on = {each for finding in protocol.criteria for each in finding.box}
    return [each for each in questions if each not in rested_on]


def findings(protocol: Protocol, answers: Mapping[str, str] = NOTHING, boxed: bool = False) -> tuple[str, ...]:
    """At what finding to do what, a line each, with the values that the prescriber gave; `boxed`: and boxes for those not given.
    A box on which two findings rest stands at the first."""
    asked = {question: question for phase in protocol.phases for question in phase.ask}
    lines, seen = [], set()
    for one in protocol.criteria:
        said = [_value(asked[each], answers, boxed and each not in seen) for each in one.box]
        seen.update(one.box)
        given = f" ({'; '.join(said)})" if said and all(said) else ""
        lines.append(f"{one.when}{given}: {one.do} ({', '.join(one.source)})")
    return tuple(lines)


def _value(question: Question, answers: Mapping[str, str], boxed: bool) -> str:
    return with_unit(question, answers[question]) if answers.get(question) else f"{measured.BOX} {question.unit}" if boxed else ""
