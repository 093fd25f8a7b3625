"""What is measured or counted at the bedside, by the words that name it, and the units that it is written in.

For: the boxes of a file (`ask`), whose unit the file states, and the findings (`criteria`), which need a number or a box.
The words are those of the files: one list, so that a box and the finding that rests on it are of one kind.

Refuses: nothing by itself; `consistency.boxes` does.

Example: measured("blood pressure or heart rate below the values") is ["blood pressure", "heart rate"].
"""

from __future__ import annotations

import re
from typing import NamedTuple

from infuse.ground import units

BOX = "____"
DATES = ("date", "time", "date and time")
WORDED = ("beats a minute", "breaths a minute", "mEq/L", "mmol/L", "mg/dL", "mcg/mL", "mL/min", "of 10", "on the sedation scale", "doses", *DATES)


class Measure(NamedTuple):
    """One thing that is measured: the words that mean it, the units of its box (the first as an example), and how its number is
    followed in a sentence ("": as its units)."""

    words: str
    units: tuple[str, ...]
    said: str = ""


MEASURES = {
    "blood pressure": Measure(r"pressure", ("mmHg",)),
    "heart rate": Measure(r"heart rate|(?<!irregular )(?<!weak )(?<!by )pulse(?!s| oximetry| and pressure)", ("beats a minute",), "(?:a|per) minute"),
    "breathing rate": Measure(r"breaths|breathing rate|respiratory rate|breathing (?:is )?(?:too )?slow", ("breaths a minute",), "(?:a|per) minute"),
    "oxygen saturation": Measure(r"saturation", ("%",)),
    "QTc": Measure(r"QTc", ("ms",)),
    "PR interval": Measure(r"PR interval", ("ms",)),
    "QRS": Measure(r"QRS", ("ms",)),
    "blood glucose": Measure(r"(?:blood )?glucose", ("mg/dL", "mmol/L")),
    "urine": Measure(r"urine", ("mL/hour", "mL/kg/hour", "mL", "hours")),
    "sedation": Measure(r"sedation", ("on the sedation scale",), "on the"),
    "pain score": Measure(r"pain score", ("of 10",)),
    "creatinine": Measure(r"creatinine(?! clearance)", ("mg/dL",)),
    "creatinine clearance": Measure(r"(?:creatinine )?clearance", ("mL/min",)),
    "potassium": Measure(r"(?:serum )?potassium", ("mmol/L", "mEq/L")),
    "magnesium": Measure(r"serum magnesium", ("mg/dL", "mmol/L", "mEq/L")),
    "sodium": Measure(r"sodium(?! chloride)", ("mmol/L", "mEq/L")),
    "level": Measure(r"level above", ("mcg/mL",)),
}
_EVERY = re.compile("|".join(f"(?P<m{at}>{one.words})" for at, one in enumerate(MEASURES.values())))
_NAMES = tuple(MEASURES)
_COUNTED = re.compile(r"(?:interval|how often|how long|hours|minutes|days|number of|dose|most|rate|volume|size|fluid that)\b|.*(?:, in m\w+|\(m\w+/\w+\))")
_WHICH = re.compile(r"\bwhich\b")


def is_unit(text: str) -> bool:
    """Whether it may stand after a box: as it is printed, not as it is typed (hours, not h)."""
    if text in WORDED:
        return True
    try:
        return units.unit(text).on_paper() == text
    except units.Refused:
        return False


def measured(text: str) -> list[str]:
    """What a sentence speaks of that is measured, each once."""
    return list(dict.fromkeys(name for name, _ in _parts(text)))


def without_number(text: str) -> list[str]:
    """What a sentence speaks of that is measured, and gives no number for, in its own unit."""
    found = [(name, _number(name).search(part) is not None) for name, part in _parts(text)]
    return [name for name in dict.fromkeys(name for name, _ in found) if not any(has for each, has in found if each == name)]


def is_number(question: str) -> bool:
    """Whether a question is surely answered by a number: it opens with what is measured or counted."""
    return bool(_COUNTED.match(question)) or of_kind(question) is not None


def of_kind(question: str) -> str | None:
    """What a question opens with that is measured, or None: systolic blood pressure below which ... is blood pressure."""
    opens = re.match(r"(?:the |systolic |diastolic |mean |blood (?=pressure)|oxygen |deepest |lowest |highest )*", question)
    first = _EVERY.match(question, opens.end())
    return _NAMES[int(first.lastgroup[1:])] if first else None


def is_threshold(question: str) -> bool:
    """Whether a finding must rest on its box: oxygen saturation below which to stop."""
    return of_kind(question) is not None and bool(_WHICH.search(question))


def _parts(text: str) -> list[tuple[str, str]]:
    """What is measured, each with the words from it to the next."""
    found = list(_EVERY.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    return [(_NAMES[int(each.lastgroup[1:])], text[each.start():end]) for each, end in zip(found, ends)]


def _number(name: str) -> re.Pattern:
    one = MEASURES[name]
    after = one.said or "|".join(re.escape(each) for each in one.units)
    return re.compile(rf"\d[^;]*?(?:{after})")
