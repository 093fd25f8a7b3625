"""From options and a patient file to facts: what was given, where, and what contradicts what.

For: `infuse order`. A patient file is YAML under the rules of protocol files, or JSON with duplicate keys refused;
either way every value is a text, every quantity a text with its unit.

Refuses: unknown keys (with "did you mean"), a bare JSON number, the same fact given twice with two values.

Example: {"weight": "70 kg"} beside `--weight 71kg` is refused: two weights.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from infuse.arithmetic import patient as patients
from infuse.files.given import BY_NAME, Given
from infuse.files.library import Loaded
from infuse.files.shapes import did_you_mean
from infuse.ground import source
from infuse.ground.source import Scalar, Sequence, printable
from infuse.ground.units import Refused
from infuse.judgement import weighing
from infuse.judgement.limits import HARD, NOTE
from infuse.ordering import choosing, mixture, order, picking
from infuse.ordering.order import Order
from infuse.ordering.plan import Arrangement

Refusals = list[tuple[str, Refused]]


def from_file(name: str, content: bytes) -> tuple[dict[str, Given], Refusals, list[str]]:
    """(facts, what was refused and where, problems already in words) of a patient file."""
    if name.lower().endswith(".json"):
        return _from_json(name, content)
    document = source.read(name, content)
    if document.root is None or document.problems:
        return {}, [], [source.show(each, document.lines) for each in document.problems]
    facts, wrong = {}, []
    for key, node in document.root.items:
        where = f"{name}:{key.span.line}:{key.span.column}"
        if isinstance(node, Scalar):
            _take(facts, wrong, key.text, node.text, where)
        elif isinstance(node, Sequence) and all(isinstance(each, Scalar) for each in node.items):
            _take(facts, wrong, key.text, tuple(each.text for each in node.items), where)
        else:
            wrong.append((where, Refused("a text or a list of texts", "a mapping")))
    return facts, wrong, []


class _Twice(ValueError):
    pass


def _once(pairs):
    seen = dict(pairs)
    if len(seen) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return seen


def _from_json(name, content):
    import json

    try:
        text = content.decode("utf-8")
        root = json.loads(text, object_pairs_hook=_once, parse_int=_Bare, parse_float=_Bare, parse_constant=_Bare)
    except _Twice as twice:
        return {}, [(name, Refused("each key once", str(twice)))], []
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        place = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return {}, [(name + place, Refused("JSON text", getattr(error, "msg", "something else")))], []
    if not isinstance(root, dict):
        return {}, [(name, Refused("an object with facts", "something else"))], []
    facts, wrong = {}, []
    for key, value in root.items():
        where = f"{name}: {key}"
        if isinstance(value, _Bare):
            wrong.append((where, Refused('a text with its unit, such as "70 kg"', value.text, "a bare number has no unit")))
        elif isinstance(value, str):
            _take(facts, wrong, key, value, where)
        elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            _take(facts, wrong, key, tuple(value), where)
        else:
            wrong.append((where, Refused("a text or a list of texts", _in_words(value))))
    return facts, wrong, []


def _in_words(value) -> str:
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list of something else" if value else "an empty list"
    return {None: "null", True: "true", False: "false"}[value]


class _Bare:
    """A JSON number, kept as it was written so that the message can show it."""

    def __init__(self, text):
        self.text = text


def _take(facts, wrong, name, text, where):
    if name not in BY_NAME:
        wrong.append((where, Refused("a fact about the patient", name, did_you_mean(name, BY_NAME) or f"the facts are {', '.join(BY_NAME)}")))
    elif isinstance(text, tuple) and not BY_NAME[name].many:
        wrong.append((where, Refused("one text", "a list")))
    else:
        facts[name] = Given((text,) if BY_NAME[name].many and isinstance(text, str) else text, where)


def merged(of_file: dict[str, Given], of_options: dict[str, Given]) -> tuple[dict[str, Given], Refusals]:
    """Both together; the same fact with two values is refused, so that neither wins silently."""
    wrong = []
    for name, one in of_options.items():
        other = of_file.get(name)
        if other is not None and other.text != one.text:
            said = "; ".join(one.text) if isinstance(one.text, tuple) else one.text
            wrong.append((one.where, Refused(f"the same as {other.where} says", said, "give the fact once")))
    return {**of_file, **of_options}, wrong


def choices(ids: list[str], single: dict[str, str], several: list[str], answers: list[str], asked: dict[str, tuple[str, ...]],
            takes: dict[str, tuple[str, ...]]):
    """(chosen by protocol, answers by protocol, what was refused) from --dose and its like, --choose and --answer.
    `asked`: the open questions of each protocol; `takes`: the choices that each can have."""
    chosen = {each: {} for each in ids}
    answered = {each: {} for each in ids}
    wrong: Refusals = []
    for name, text in single.items():
        option = f"--{name.replace('_', '-')}"
        if len(ids) > 1:
            places = [each for each in ids if name in takes[each]] or ["PROTOCOL"]
            which = " or ".join(f'--choose "{each}.{name}={text}"' for each in places)
            wrong.append((option, Refused("with several protocols, --choose", text, which)))
        else:
            chosen[ids[0]][name] = Given(text, option)
    for text in several:
        place, equals, value = text.partition("=")
        protocol, dot, name = place.partition(".")
        if not equals or not dot or protocol not in chosen:
            known = " or ".join(ids)
            wrong.append(("--choose", Refused("PROTOCOL.KEY=VALUE", text, f"the protocols of this order: {known}")))
        elif name in chosen[protocol]:
            wrong.append(("--choose", Refused("each choice once", text)))
        else:
            chosen[protocol][name] = Given(value, f"--choose {protocol}.{name}")
    for text in answers:
        question, equals, value = text.partition("=")
        places = [each for each in ids if question in asked[each]] or [each for each in ids if question.startswith(f"{each}.")]
        question = question.removeprefix(f"{places[0]}.") if places else question
        if places and question in answered[places[0]]:
            wrong.append(("--answer", Refused("each question once", text)))
            continue
        if not equals or not value.strip():
            wrong.append(("--answer", Refused("QUESTION=TEXT", text)))
        elif len(places) != 1 or question not in asked[places[0]]:
            known = "; ".join(f"{one}: {', '.join(asked[one]) or 'nothing'}" for one in ids)
            wrong.append(("--answer", Refused("a question that one protocol leaves open", text, f"they leave open: {known}")))
        else:
            answered[places[0]][question] = Given(value.strip(), "--answer")
    return chosen, answered, wrong


# ---------------------------------------------------------------------------------------------- the whole of a request


class Wrong(Exception):
    """What was typed cannot be used: (where, Refused) pairs, and lines that are complete already."""

    def __init__(self, refused: Refusals, lines: list[str] = ()):
        self.refused, self.lines = refused, list(lines)
        super().__init__(f"{len(self.refused) + len(self.lines)} faults")


class Asked(NamedTuple):
    """Everything that was typed for one order, as text."""

    loaded: list[Loaded]
    facts: dict[str, str | list[str]]
    patient_file: tuple[str, bytes] | None
    single: dict[str, str]
    choose: list[str]
    answers: list[str]
    overrides: list[str]
    by: str | None
    now: datetime
    arrangement: Arrangement | None = None
    of_set: Mapping[str, Mapping[str, Given]] = MappingProxyType({})
    one_bag: str | None = None


def make(asked: Asked, ask: Callable[[str], str] | None = None) -> Order:
    """The order that was asked for, whatever its status. Facts that are missing are asked for one by one where
    somebody can answer, else listed all at once. Raises Wrong."""
    facts, refused, lines = _facts(asked)
    ids = [each.protocol.id for each in asked.loaded]
    open_questions = {each.protocol.id: tuple(q for phase in each.protocol.phases for q in phase.ask) for each in asked.loaded}
    takes = {each.protocol.id: choosing.choices_of(each.protocol) for each in asked.loaded}
    chosen, answers, more = choices(ids, asked.single, asked.choose, asked.answers, open_questions, takes)
    overrides, worse = _overrides(asked)
    patient, unread = patients.read(facts, asked.now)
    arrangement, unmixed = _one_bag(asked, ids)
    refused += more + worse + unread + unmixed
    if refused or lines:
        raise Wrong(refused, lines)
    requests = [order.Request(each, {**asked.of_set.get(each.protocol.id, {}), **chosen[each.protocol.id]}, answers[each.protocol.id])
                for each in asked.loaded]
    while True:
        try:
            build = mixture.build if arrangement and arrangement.one_bag else order.build
            return build(requests, patient, asked.now, overrides, (asked.by or "").strip(), arrangement=arrangement)
        except order.NotUnderstood as wrong:
            raise Wrong(wrong.refused) from None
        except order.Missing as missing:
            if ask is None:
                raise Wrong([(BY_NAME[name].option, Refused(f"{BY_NAME[name].says}, such as {BY_NAME[name].example}", "",
                             f"it changes the dose of {', '.join(needed)}" + ("; or give --clearance" if name == "creatinine" else ""))) for name, needed in missing.facts.items()]) from None
            patient = _ask_for(missing.facts, facts, asked, ask)


def _one_bag(asked: Asked, ids: list[str]) -> tuple[Arrangement | None, Refusals]:
    """How the protocols are ordered together, with those that are to share a bag."""
    if asked.one_bag is None:
        return asked.arrangement, []
    if asked.arrangement is None or asked.arrangement.order_set is not None:
        return None, [("--one-bag", Refused("several protocols by their ids", "an order set" if asked.arrangement else "one protocol"))]
    try:
        return asked.arrangement._replace(one_bag=mixture.read(asked.one_bag, ids)), []
    except Refused as wrong:
        return None, [("--one-bag", wrong)]


def _facts(asked: Asked):
    of_options = {name: Given(tuple(text) if isinstance(text, list) else text, BY_NAME[name].option) for name, text in asked.facts.items()}
    if asked.patient_file is None:
        return of_options, [], []
    of_file, refused, lines = from_file(*asked.patient_file)
    facts, more = merged(of_file, of_options)
    return facts, refused + more, lines


def _ask_for(missing, facts, asked, ask):
    """Ask until each missing fact can be read."""
    for name in missing:
        fact, hint = BY_NAME[name], ""
        while True:
            facts[name] = Given(ask(f"{hint}{fact.says}, such as {fact.example}"), "answered")
            patient, wrong = patients.read(facts, asked.now)
            if not wrong:
                break
            hint = f"{wrong[0][1]}. "
    return patient


def _overrides(asked: Asked) -> tuple[list[tuple[str, str]], Refusals]:
    found, wrong = [], []
    for text in asked.overrides:
        code, colon, reason = text.partition(":")
        if not colon or not reason.strip():
            wrong.append(("--override", Refused('"CODE: reason"', text)))
        elif not re.search(r"\w{3}", reason):
            wrong.append(("--override", Refused("a reason in words", text)))
        elif code.strip() in (each for each, _ in found):
            wrong.append(("--override", Refused("one reason for each code", text)))
        else:
            found.append((code.strip(), reason.strip()))
    if asked.overrides and not (asked.by or "").strip():
        wrong.append(("--by", Refused("the name of the person whose reason it is", "", "an override is a named person's")))
    return found, wrong


def talk(made: Order) -> list[str]:
    """What is said beside the document: pounds as they were typed, and the kilograms that were used; words that no file knows."""
    unknown = [printable(f"note: {each.message}") for each in made.alerts if each.level == NOTE and weighing.UNKNOWN in each.message]
    weight = made.patient.get("weight")
    if weight is None or weight.unit.text == "kg" or made.weight is None:
        return unknown
    return [f"{made.patient.given['weight'].text} is {weight.to('kg')}; {made.weight.value} is used", *unknown]


def _without(arguments: list[str], stopped: set[str]) -> list[str]:
    """The command line without the stopped protocols, and without the options that were about them."""
    about = [any(each.startswith(f"{one}.") for one in stopped) for each in arguments]
    return [each for number, each in enumerate(arguments)
            if each not in stopped and not about[number] and not (each.startswith("--") and number + 1 < len(about) and about[number + 1])]


def reasons(made: Order) -> list[str]:
    """Why there is no order, a line each."""
    return [printable(f"{each.level.replace('_', ' ')}: {each.code}: {each.message}") for each in made.alerts if each.level != NOTE]


def what_next(made: Order, arguments: list[str]) -> list[str]:
    """The command that would make an order after all."""
    lines = []
    stopped = {each.code.partition(".")[0] for each in made.alerts if each.level == HARD} - {mixture.CODE}
    left = [each.loaded.protocol.id for each in made.requests if each.loaded.protocol.id not in stopped]
    if stopped and left and not any(picking.required(made.arrangement, each) for each in stopped):
        kept = _without(arguments, stopped)
        of_set = made.arrangement.items if made.arrangement else {}
        kept += [word for each in sorted(stopped) if each in of_set for word in ("--without", each)]
        lines.append(f"without {', '.join(sorted(stopped))}: infuse {shlex.join(kept)}")
    if any(each.code == mixture.CODE for each in made.alerts):
        lines.append("each in a bag of its own: leave out --one-bag")
    elif not stopped:
        codes = dict.fromkeys(each.code for each in made.not_overridden)
        lines += [f'to go on: --override "{code}: REASON" --by NAME' for code in codes]
    return [printable(line) for line in lines]
