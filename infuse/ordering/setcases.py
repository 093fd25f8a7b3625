"""An order set's own worked examples: how they are run, and what is said when one does not come out.

For: `infuse check` and pytest. A case gives facts about a patient, with and without, and expects what the plan comes to
(orders, doses, lines, ends, fluid), or the codes of the stops.

Refuses: a fact or expectation that does not exist (with "did you mean"), an item that the set does not have.

Example: `expect: ends: 36 min` beside a plan of 38 minutes is a problem at that line.
"""

from __future__ import annotations

from infuse.arithmetic import patient as patients
from infuse.files import given
from infuse.files.given import Given
from infuse.files.library import Library, LoadedSet
from infuse.files.ordersets import SetCase
from infuse.files.shapes import did_you_mean
from infuse.ground import grammar
from infuse.ground.source import ERROR, Problem, Span, printable
from infuse.ground.units import Refused
from infuse.judgement.limits import HARD, NOTE, SOFT
from infuse.ordering import order, picking
from infuse.ordering.cases import CLOCK

_STOPS = {"refused": HARD, "soft_stop": SOFT, "note": NOTE}
_COUNTS = ("orders", "doses", "lines")
_QUANTITIES = ("ends", "fluid")
_GIVEN = (*given.BY_NAME, "with", "without", "override")


def run(library: Library, of_set: LoadedSet) -> list[Problem]:
    """Every case of the set; what did not come out, at the line that expected it."""
    return [problem for case in of_set.order_set.cases for problem in _run(library, of_set, case)]


def _run(library, of_set, case: SetCase) -> list[Problem]:
    known = (*_STOPS, *_COUNTS, *_QUANTITIES)
    strange = [_problem(case, name.span, f'expected one of {", ".join(among)}; found "{name}"', did_you_mean(name, among))
               for names, among in ((case.given, _GIVEN), (case.expect, known)) for name in names if name not in among]
    if strange:
        return strange
    try:
        made = order_of(library, of_set, case)
    except picking.CannotPick as wrong:
        return [*(problem for problem, _ in wrong.problems), *_refused(case, wrong.refused)]
    except order.NotUnderstood as wrong:
        return _refused(case, wrong.refused)
    except order.Missing as missing:
        return [_problem(case, case.span, f"expected {', '.join(missing.facts)} under given; found none")]
    found = [problem for name in case.expect if name in _STOPS for problem in _stopped(case, made, name)]
    if made.plan is None and not any(name in case.expect for name in ("refused", "soft_stop")):
        said = "; ".join(f"{alert.code}: {alert.message}" for alert in made.alerts if alert.level != NOTE)
        return [*found, _problem(case, case.span, f"expected an order; found a stop: {said}")]
    if made.plan is None:
        return found + [_problem(case, name.span, f"expected {name} of an order; the case is stopped", "a stop has no numbers: write a case for each")
                        for name in case.expect if name not in _STOPS]
    return found + [problem for name in case.expect if name not in _STOPS for problem in _came_out(case, made, name)]


def sample(library: Library, of_set: LoadedSet) -> tuple[str, order.Order] | None:
    """(the name of the first case that is an order, that order): what the set comes to for somebody."""
    for case in of_set.order_set.cases:
        if any(name in case.expect for name in _STOPS):
            continue
        try:
            made = order_of(library, of_set, case)
        except (picking.CannotPick, order.NotUnderstood, order.Missing):
            continue
        if made.plan:
            return case.name, made
    return None


def order_of(library: Library, of_set: LoadedSet, case: SetCase) -> order.Order:
    """The order of a case. Raises what picking and ordering raise."""
    wanted, unwanted, overrides = (_several(case.given.get(name, ())) for name in ("with", "without", "override"))
    picked = picking.select(library, [of_set.order_set.id], wanted, unwanted)
    facts = {name: Given(text if isinstance(text, tuple) or not given.BY_NAME[name].many else (text,), name)
             for name, text in case.given.items() if name in given.BY_NAME}
    patient, wrong = patients.read(facts, CLOCK)
    if wrong:
        raise order.NotUnderstood(wrong)
    requests = [order.Request(of_set.loaded[name], picked.chosen.get(name, {})) for name in picked.ids]
    return order.build(requests, patient, CLOCK, [(code, "worked example") for code in overrides], "case", arrangement=picked.arrangement)


def _several(said) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _problem(case, span: Span, message: str, hint: str = "") -> Problem:
    return Problem(ERROR, span, printable(f'case "{case.name}": {message}'), printable(hint))


def _refused(case, refused) -> list[Problem]:
    return [_problem(case, case.span, f'{where}: expected {each.expected}; found "{each.found}"', each.hint) for where, each in refused]


def _stopped(case, made, name) -> list[Problem]:
    said, span = case.expect[name]
    found = {alert.code: alert.message for alert in made.alerts if alert.level == _STOPS[name]}
    missing = [each for each in _several(said) if each not in found]
    if not missing:
        return []
    other = "; ".join(f"{alert.level.replace('_', ' ')} {alert.code}: {alert.message}" for alert in made.alerts) or "an order without any stop"
    return [_problem(case, missing[0].span, f"expected {name}: {', '.join(missing)}; found {other}")]


def _came_out(case, made, name) -> list[Problem]:
    said, span = case.expect[name]
    doses = [each for each in made.plan.events if not each.flush]
    counts = {"orders": len(made.requests), "doses": len(doses), "lines": len({each.line for each in doses})}
    if name in counts:
        return [] if said == str(counts[name]) else [_problem(case, span, f"expected {name} {said}; found {counts[name]}")]
    value = made.plan.ends if name == "ends" else made.plan.fluid
    try:
        wanted = grammar.read_quantity(said, "duration" if name == "ends" else "volume")
    except Refused as refused:
        return [_problem(case, span, f'{name}: expected {refused.expected}; found "{said}"', refused.hint)]
    if value is not None and value.equals(wanted):
        return []
    return [_problem(case, span, f"expected {name} {said}; found {value if value is not None else 'none that is fixed'}")]
