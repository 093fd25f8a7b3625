"""A protocol's own worked examples: how they are run, and what is said when one does not come out.

For: `infuse check` and pytest, one runner with two doors. Numbers are compared as printed, by equality and without
a tolerance: exact arithmetic and a stated rounding make that right.

Refuses: a fact, choice or figure that does not exist (with "did you mean"); a case that expects a number where the
order is stopped, or a stop where there is none.

Example: `expect: pump_rate: 3.5 mL/h` beside an order of 3.6 mL/h is a problem at that line, with the working.
"""

from __future__ import annotations

import re
from datetime import datetime

from infuse.arithmetic import figure
from infuse.arithmetic import patient as patients
from infuse.files.given import BY_NAME, Given
from infuse.files.library import Loaded
from infuse.files.protocol import Case
from infuse.files.shapes import did_you_mean
from infuse.ground import grammar, numerals, units
from infuse.ground.source import ERROR, Problem, Span, printable
from infuse.ground.units import Refused
from infuse.judgement.limits import HARD, NOTE, SOFT
from infuse.ordering import order
from infuse.ordering.choosing import CHOICES, key_of
from infuse.ordering.order import READY

CLOCK = datetime(2026, 1, 1, 12, 0)  # cases must come out the same on every day
_STOPS = {"refused": HARD, "soft_stop": SOFT}
_WORDS = {HARD: "refused", SOFT: "soft_stop", NOTE: "note"}
_KNOWN = (*BY_NAME, *CHOICES, "override")
_COUNTS = ("rungs", "steps", "bags_at_least", "bags_at_most", "doses")


def run(loaded: Loaded) -> list[Problem]:
    """Every case of the protocol; what did not come out, at the line that expected it."""
    return [problem for case in loaded.protocol.cases for problem in _run(case, loaded)]


def _run(case: Case, loaded: Loaded) -> list[Problem]:
    known = (*_KNOWN, *(f"{key_of(phase)}.{name}" for phase in loaded.protocol.phases if phase.name for name in CHOICES))
    strange = [_problem(case, name.span, f'expected a fact about the patient or a choice; found "{name}"',
                        did_you_mean(name, known) or f"there are {', '.join(_KNOWN)}") for name in case.given if name not in known]
    if strange:
        return strange
    try:
        made = _order(case, loaded)
    except order.Missing as missing:
        return [_problem(case, case.span, f"expected {', '.join(missing.facts)} under given; found none")]
    except order.NotUnderstood as wrong:
        return [_problem(case, _place(case, where), f"{where.removeprefix('--')}: {_said(each)}", each.hint) for where, each in wrong.refused]
    stops = [name for name in _STOPS if name in case.expect]
    if stops:
        numbers = [_problem(case, name.span, f"expected {' or '.join(_STOPS)} alone; found {name} beside it", "a stop has no numbers: write a case for each")
                   for name in case.expect if name not in _STOPS]
        return [*numbers, *(problem for name in stops for problem in _stopped(case, made, loaded, name))]
    if made.status != READY:
        said = "; ".join(alert.message for alert in made.alerts if alert.level in _STOPS.values())
        return [_problem(case, case.span, f"expected an order; found a stop: {said}", _how_to_expect(made))]
    return [problem for name in case.expect for problem in _came_out(case, made, name)]


def _problem(case: Case, span: Span, message: str, hint: str = "") -> Problem:
    return Problem(ERROR, span, printable(f'case "{case.name}": {message}'), "\n".join(map(printable, hint.split("\n"))))


def _said(refused: Refused) -> str:
    return f'expected {refused.expected}; found "{refused.found}"'


def _place(case, where: str) -> Span:
    """Where a fact or choice of the case stands; the case itself, where it is none of them."""
    said = case.given.get(where.removeprefix("--"))
    first = said[0] if isinstance(said, tuple) else said
    return case.span if first is None else first.span


def _how_to_expect(made) -> str:
    level, code = next((alert.level, alert.code) for alert in made.alerts if alert.level in _STOPS.values())
    word = next(name for name, each in _STOPS.items() if each == level)
    return f'where the stop is meant, write under expect: "{word}: {code.rpartition(".")[2]}"'


def _order(case, loaded):
    facts = {name: Given(text, name) for name, text in case.given.items() if name in BY_NAME}
    chosen = {name: Given(text, name) for name, text in case.given.items() if name.rpartition(".")[2] in CHOICES}
    patient, wrong = patients.read(facts, CLOCK)
    if wrong:
        raise order.NotUnderstood(wrong)
    codes = case.given.get("override", ())
    codes = (codes,) if isinstance(codes, str) else codes
    overrides = [(f"{loaded.protocol.id}.{code}", "worked example") for code in codes]
    return order.build([order.Request(loaded, chosen)], patient, CLOCK, overrides, "case")


def _stopped(case, made, loaded, name) -> list[Problem]:
    said, _ = case.expect[name]
    found = {alert.code for alert in made.alerts if alert.level == _STOPS[name]}
    missing = [each for each in ((said,) if isinstance(said, str) else said) if f"{loaded.protocol.id}.{each}" not in found]
    if not missing:
        return []
    other = "; ".join(f"{_WORDS[alert.level]}: {alert.message}" for alert in made.alerts) or "an order without any stop"
    return [_problem(case, missing[0].span, f"expected {name}: {', '.join(missing)}; found {other}")]


_STEP = re.compile(r"step_([1-9][0-9]?)_(.+)")


def _of_which(name: str, phase):
    """(the rung or step that a figure is of, or None for the whole phase; the figure's own name)."""
    if name.startswith("last_") and phase.rungs:
        return phase.rungs[-1], name.removeprefix("last_")
    step = _STEP.fullmatch(name)
    if step and int(step[1]) <= len(phase.steps):
        return phase.steps[int(step[1]) - 1], step[2]
    return None, name.removeprefix("last_")


def _again(phase):
    """How a dose comes again: repeated, or as needed."""
    return getattr(phase.phase, "again", None)


def _came_out(case, made, name) -> list[Problem]:
    text, span = case.expect[name]
    place, _, of_phase = name.rpartition(".")
    phase = made.phases[0] if not place else next((each for each in made.phases if key_of(each.phase) == place), None)
    if phase is None:
        keys = [key_of(each.phase) for each in made.phases if each.phase.name]
        return [_problem(case, name.span, f'expected a phase of the order before the point; found "{place}"',
                         did_you_mean(place, keys) or f"there are {', '.join(keys)}")]
    figures = phase.figures
    if of_phase in _COUNTS:
        low, high = phase.bags or (0, 0)
        again = _again(phase)
        found = {"rungs": len(phase.rungs), "steps": len(phase.steps), "bags_at_least": low, "bags_at_most": high, "doses": again.count if again else 1}[of_phase]
        return [] if text == str(found) else [_problem(case, span, f"expected {name} {text}; found {found}")]
    where, named = _of_which(of_phase, phase)
    one = (figures if where is None else where.figures).get(named)
    if named == "dosing_interval" and _again(phase):
        one = figure.stated("dosing_interval", _again(phase).every.quantity, _again(phase).every.where)
    if one is None:
        known = {*figures, *_COUNTS, *_STOPS} | ({"dosing_interval"} if _again(phase) else set())
        hint = did_you_mean(of_phase, known) or f"there are {', '.join(sorted(known))}"
        return [_problem(case, name.span, f'expected a figure of the order; found "{name}"', hint)]
    if one.name == "deviation" and not text.endswith("%"):
        words = figure.deviation_in_words(one)
        return [] if text == words else [_problem(case, span, f"expected {name} {text}; found {words}")]
    try:
        wanted = grammar.read_quantity(text)
    except Refused as refused:
        return [_problem(case, span, f"{name}: {_said(refused)}", refused.hint)]
    if not units.fits(wanted.unit, one.value.unit):
        return [_problem(case, span, f'expected {name} in {one.value.unit}; found "{text}"')]
    printed = one.value.to(wanted.unit)
    if numerals.decimal(wanted.value) in (numerals.decimal(printed.value), numerals.plain(printed.value)):
        return []
    hint = "\n".join(figure.working(one))
    found = units.Quantity(printed.value, wanted.unit)
    return [_problem(case, span, f"expected {name} {text}; found {found}", hint)]
