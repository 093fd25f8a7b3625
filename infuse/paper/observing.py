"""One monitoring plan of several orders: of each observation the tightest interval that any of them asks for, and for whom.

For: the sheet of several orders. Files say what is observed in their own words; the observations that a chart has a column
for are found in them, whatever they are called there. Every file's own sentence stands below the plan in full.

Refuses: nothing; an interval that no file states in a clear phrase is not made up: the sentence below rules.

Example: chlorpromazine wants blood pressure every 15 minutes, ketorolac at its own times: one row, every 15 minutes, for both.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from infuse.arithmetic import preparation as prep
from infuse.files import watching
from infuse.files.protocol import Monitoring
from infuse.ground.units import Quantity
from infuse.paper.page import Table

OBSERVED = {name: re.compile(rf"\b(?:{words})\b") for name, words in {
    "blood pressure": "blood pressure",
    "heart rate": "heart rate|pulse(?! oximetry)",
    "breaths": "breaths|breathing|respiratory rate",
    "oxygen saturation": "oxygen saturation",
    "heart rhythm (ECG)": "ECG|heart rhythm|rhythm|electrocardiogram",
    "sedation": "sedation|drowsiness|level of consciousness",
    "pain 0 to 10": "pain 0 to 10|headache 0 to 10",
    "nausea": "nausea",
    "restlessness, spasm": "restlessness|spasm of face",
}.items()}
_ALL_THE_TIME = re.compile(r"\b(?:all the time|at all times|throughout the infusion|all through)\b")
AS_BELOW = "at the times below"


class Asked(NamedTuple):
    """For whom something is observed, what, and when."""

    drug: str
    what: Monitoring


def plan(asked: list[Asked]) -> Table:
    """How often each is observed at least and who wants that, and every drug that it is for; a row for those that agree in both."""
    rows: dict[tuple[str, str], list[str]] = {}
    for name, words in OBSERVED.items():
        mine = [each for each in asked if words.search(each.what.observe)]
        if mine:
            rows.setdefault((_tightest(mine), ", ".join(dict.fromkeys(each.drug for each in mine))), []).append(name)
    return Table(("OBSERVE", "AT LEAST", "FOR"), tuple((", ".join(names), *row) for row, names in rows.items()), strong=(1,))


def _tightest(asked: list[Asked]) -> str:
    always = [each.drug for each in asked if _ALL_THE_TIME.search(each.what.when)]
    if always:
        return f"all the time ({', '.join(dict.fromkeys(always))})"
    every = [(interval, each.drug) for each in asked for interval in _intervals(each.what.when)]
    if not every:
        return AS_BELOW
    shortest = min((interval for interval, _ in every), key=lambda one: one.value)
    drugs = dict.fromkeys(drug for interval, drug in every if interval.value == shortest.value)
    return f"every {prep.hours_and_minutes(shortest)} ({', '.join(drugs)})"


def _intervals(when: str) -> list[Quantity]:
    """Every interval that the sentence states; times that it lists are no interval."""
    return [each.time for each in watching.read(when).watches if each.kind == watching.EVERY]
