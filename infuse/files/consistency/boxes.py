"""Whether every number that is written by hand has its unit, and every finding that is measured its number.

For: `consistency.check`, and of order sets their findings.

Refuses: a box for a number without a unit, or with one of another kind; a question that asks two things; a finding that is
measured and has neither a number nor a box; a box that no question asks for; a threshold that no finding rests on.

Example: `oxygen saturation falls` under criteria is a problem: how far it may fall is written nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infuse.files import measured
from infuse.files.consistency.words import wrong
from infuse.files.drug import Drug
from infuse.files.protocol import Criterion, Protocol
from infuse.files.shapes import did_you_mean
from infuse.ground.source import Problem

_TWO = re.compile(r"(?:;|,? and|,) (?:its|their|dose|route|place|for|how|when|what|which|whether|over|at which|until)\b(?! .*\bis left)")


def boxes_have_units(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    for question in (each for phase in protocol.phases for each in phase.ask):
        kind = measured.of_kind(question)
        fitting = measured.MEASURES[kind].units if kind else ()
        if not question.unit and measured.is_number(question):
            yield wrong(question.span, f"the unit after the box: {question} ____ {' or '.join(fitting) or 'UNIT'}", f'"{question}"',
                        "a number that is written by hand has its unit printed: minutes, hours, mg, mL, doses, mmHg, or which it is")
        elif question.unit and fitting and question.unit not in fitting:
            yield wrong(question.span, f"a unit for {kind}: {' or '.join(fitting)}", f'"{question.unit}"')
        if _TWO.search(re.sub(r" ?\([^()]*\)", "", question)):
            yield wrong(question.span, "a question that asks one thing", f'"{question}"', "write two questions: each has a box of its own")


def findings_have_numbers(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    asked = list(dict.fromkeys(each for phase in protocol.phases for each in phase.ask))
    for finding in protocol.criteria:
        yield from _one(finding, asked)
    rested_on = {each for finding in protocol.criteria for each in finding.box}
    for question in asked:
        if measured.is_threshold(question) and question not in rested_on:
            yield wrong(question.span, "a finding under criteria that rests on this box", "none", f"name it there: box: {question}")


def findings_of_a_set(findings: tuple[Criterion, ...]) -> Iterator[Problem]:
    for finding in findings:
        yield from _one(finding, [])


def _one(finding: Criterion, asked: list[str]) -> Iterator[Problem]:
    for box in finding.box:
        if box not in asked:
            yield wrong(box.span, "a question under ask", f'"{box}"', did_you_mean(box, asked) or ("a set asks nothing: write the number" if not asked else ""))
    boxed = {name for each in finding.box for name in measured.measured(each)}
    missing = [name for name in measured.without_number(finding.when) if name not in boxed]
    if missing:
        yield wrong(finding.when.span, f"the number of the {' and the '.join(missing)}, or a box for it", f'"{finding.when}"',
                    "where no source states it, ask the prescriber (ask) and name the question here (box)")
