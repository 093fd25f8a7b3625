"""What a prescriber answers by hand, with the unit that the file states after the box, and the findings that rest on it.

For: `wording`, and whatever prints when to hold, stop and call.

Refuses: nothing; `consistency.boxes` has refused a number without a unit, and a finding without a number or a box.

Example: beside("oxygen saturation below which to stop") is Field(..., blank="%"); beside("whether blood returns") is "no / yes".
"""

from __future__ import annotations

import re
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
_FILLED_IN = re.compile(r"\b(?:the (?:value|rate) that|as long as) the prescriber filled in\b")
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
    """At what finding to do what, a line each, with the values that the prescriber gave; `boxed`: and boxes for those not given, each
    in the place of the words for it. A box on which two findings rest stands at the first."""
    asked = {question: question for phase in protocol.phases for question in phase.ask}
    lines, seen = [], set()
    for one in protocol.criteria:
        values = [_value(asked[each], answers, boxed and each not in seen) for each in one.box]
        seen.update(one.box)
        said = f"{one.when}: {one.do}"
        lines.append(f"{_with_values(said, values) if values and all(values) else said} ({', '.join(one.source)})")
    return tuple(lines)


def _value(question: Question, answers: Mapping[str, str], boxed: bool) -> str:
    return with_unit(question, answers[question]) if answers.get(question) else f"{measured.BOX} {question.unit}" if boxed else ""


def _with_values(said: str, values: list[str]) -> str:
    """below the value that the prescriber filled in: below 90 mmHg, or below a box for it. One each, or all in one place."""
    every = " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))
    places = len(_FILLED_IN.findall(said))
    each = iter(values if places == len(values) else [every])
    return _FILLED_IN.sub(lambda _: next(each), said, count=len(values) if places == len(values) else 1) if places else f"{said} ({every})"
