"""What stands beside the box of a question that a prescriber answers by hand: a unit where it is sure, else room for words.

For: `wording`. A unit beside a box is read as the unit of what is written there, so a wrong one is a wrong dose: it is
printed only where exactly one value of one kind is asked for, and the dose of the order's own drug has the unit of the order.

Refuses: nothing; a question that is not surely of one kind has an empty line.

Example: beside("QTc at which to call", order) is Field(..., blank="ms"); beside("which antiemetic is given, and its dose", order)
has no unit; beside("whether a second dose may follow", order) is "no / yes" and a line.
"""

from __future__ import annotations

import re

from infuse.ordering.phases import PhaseOrder
from infuse.paper.page import Field
from infuse.paper.phrases import TICK, without_asides

_AT = "(?:at|below|above|before|after|under|over|from) "
_TIME = re.compile(r"(?:interval of|how often|how long|observation time)\b")
_COUNTED = re.compile(r"(minutes|hours|days) (?:between|until|from)\b")
_ONE_VALUE = tuple((re.compile(words), unit) for words, unit in (
    (rf"(?:systolic |diastolic )?blood pressure {_AT}", "mmHg"),
    (rf"(?:heart rate|pulse) {_AT}", "beats a minute"),
    (rf"(?:breathing rate|breaths) {_AT}", "breaths a minute"),
    (rf"oxygen saturation {_AT}", "%"),
    (rf"QTc {_AT}", "ms"),
    (rf"creatinine clearance {_AT}", "mL/min"),
    (rf"pain score {_AT}|pain score that counts", "of 10"),
    (rf"(?:blood )?glucose {_AT}", f"{TICK} mg/dL {TICK} mmol/L")))
_OWN_DOSE = re.compile(r"(?:dose|most) (?:in|on|at|with|for)\b")
_NAMED_UNIT = re.compile(r", in (ms|mg|mL|mmHg|hours|minutes|days)\b")
_IDIOM = re.compile(r"\b(?:hold|stop) and call\b|, if .*$")
_SEVERAL = re.compile(r"[,;]|\band\b|\bor\b(?! (?:above|below)\b)")  # more than one value may be asked for
_SEVERAL_TIMES = re.compile(r";|,? and (?:for|how|when|what|which|whether|at|over|until)\b|, (?:how|when|what|which|whether)\b")


def beside(question: str, order: PhaseOrder) -> Field:
    """The question and the room for its answer, in the words of the file."""
    if question.startswith("whether "):
        return Field(question, f"{TICK} no {TICK} yes", blank="")
    return Field(question, blank=_unit(question, order))


def _unit(question: str, order: PhaseOrder) -> str:
    """The one unit that the answer is surely in, or ""."""
    plain = without_asides(question)
    if _TIME.match(plain):
        return "" if _SEVERAL_TIMES.search(plain) else f"{TICK} minutes {TICK} hours"
    counted = _COUNTED.match(plain)
    if counted:
        return "" if _SEVERAL.search(plain) else counted[1]
    written = _NAMED_UNIT.findall(plain)
    if written:  # of the file's own words the only one, and nothing else is asked beside it
        rest = _IDIOM.sub("", plain)
        return written[0] if len(written) == 1 and not re.search(r"\band (?:the|over|at|how|when|what|which)\b|;", rest) else ""
    asked = _IDIOM.sub("", plain)
    if _OWN_DOSE.match(asked):
        return _of_order(order) if not re.search(r"[;]| and (?:how|when|what|which|its|the)\b|, (?:when|and)\b", asked) else ""
    if _SEVERAL.search(asked):
        return ""
    return next((unit for words, unit in _ONE_VALUE if words.match(asked)), "")


def _of_order(order: PhaseOrder) -> str:
    """The unit that the order's own dose stands in, as it is printed there; "" where it has a dose rate."""
    dose = order.figures.get("calculated_dose")
    return dose.value.unit.on_paper() if dose else ""
