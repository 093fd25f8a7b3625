"""What a prescriber answers by hand, with the unit that the file states after the box, and the findings that rest on it.

For: `wording`, and whatever prints when to hold, stop and call.

Refuses: nothing; `consistency.boxes` has refused a number without a unit, and a finding without a number or a box.

Example: beside("oxygen saturation below which to stop") is Field(..., blank="%"); beside("whether blood returns") is "no / yes".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from infuse.files.protocol import Criterion, Protocol
from infuse.files.shapes import Question
from infuse.ground import numerals
from infuse.ground.grammar import read_number
from infuse.ground.units import Refused
from infuse.paper.page import Field
from infuse.paper.phrases import TICK

NOTHING: Mapping[str, str] = MappingProxyType({})


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


def findings(protocol: Protocol, answers: Mapping[str, str] = NOTHING) -> tuple[str, ...]:
    """At what finding to do what, a line each, with the values that the prescriber gave for its boxes."""
    asked = {question: question for phase in protocol.phases for question in phase.ask}
    return tuple(f"{each.when}{_given(each, asked, answers)}: {each.do} ({', '.join(each.source)})" for each in protocol.criteria)


def _given(finding: Criterion, asked: Mapping[str, Question], answers: Mapping[str, str]) -> str:
    """The answers to the boxes of a finding; where one is open, its box on the sheet will have it."""
    known = [with_unit(asked[each], answers[each]) for each in finding.box if answers.get(each)]
    return f" ({'; '.join(known)})" if known and len(known) == len(finding.box) else ""
