"""An order in one line of text: what is needed to work it out again, and what came out.

For: the QR code of a sheet and `infuse verify`. It holds the inputs that change a number or screen the patient, each
protocol with its version and hash, what was chosen, the results as printed and what screening found; nothing that says whose
it is. It can be typed off paper: spaces and line ends do not matter, and a last check shows a slip.

Refuses: text that is no such line, or one of another kind than this.

Example: "infuse order 1; at: 21-Nov-2026 08:30; weight: 70 kg; protocol: ketamine..., version 2, 3f9a0c12be77; ...".
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import NamedTuple

from infuse.files.given import BY_NAME, UNKNOWN, DayAndTime, on_paper_time
from infuse.ground.units import Refused
from infuse.judgement.limits import HARD, NOTE, SOFT
from infuse.judgement.screening import BOXES
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder

KIND = "infuse order 1"
FACTS = ("weight", "weight_date", "age", "sex", "height", "creatinine", "clearance", "dosing_weight", "pump", "drop_factor")  # what a number can depend on
SCREENED = ("weight_source", "pregnancy", "lactation", "qtc", "blood_pressure", "heart_rate", "liver", "allergies", "conditions", "medicines", "given", "line",
            "care_area", "start")  # what screening looks at
RESULTS = ("dose", "calculated_dose", "dose_rate", "calculated_dose_rate", "withdraw_volume", "final_volume", "final_concentration", "pump_rate", "drop_rate",
           "volume_to_be_infused", "duration")
EVERY, SCREENING, CHECK = "every figure", "screening", "check"
MOST_IN_A_CODE = 2331  # bytes: what the largest square code holds that still reads where an eighth of it is damaged
_HASH, _SHOWN = 12, 72
_OUTCOME = {NOTE: "said", SOFT: "overridden", HARD: "no order"}
_WHO = ("name", "record_number")  # a box of theirs is open or not by who it is
_FREE = ("replaces",)  # a choice that is written freely
_FOUND = re.compile(rf"{KIND};.*?; {CHECK}: [0-9a-f]{{{_HASH}}}")


class Result(NamedTuple):
    """`label`: `order 1 pump rate`; `value` as printed."""

    label: str
    value: str


class Compact(NamedTuple):
    """The text taken apart. `facts`: as typed, of a list each. `protocols`, and `order_set` (or None): (id, version, hash).
    `chosen`: by protocol. `one_bag`: those in one. `check`, and `check_here`: what it comes to."""

    at: str
    facts: dict[str, str | tuple[str, ...]]
    order_set: tuple[str, str, str] | None
    protocols: list[tuple[str, str, str]]
    chosen: dict[str, dict[str, str]]
    one_bag: str
    results: list[Result]
    check: str
    check_here: str


def write(order: Order) -> str:
    """The line of an order that is ready."""
    parts = [KIND, f"at: {on_paper_time(order.now)}"]
    parts += [f"{_spaced(name)}: {_coded(said)}" for name in (*FACTS, *SCREENED) for said in facts(order, name)]
    one = order.arrangement.order_set if order.arrangement else None
    if one:
        parts.append(f"set: {one.id}, version {one.version}, {order.arrangement.files[0].sha256[:_HASH]}")
    if order.arrangement and order.arrangement.one_bag:
        parts.append(f"one bag: {' + '.join(order.arrangement.one_bag)}")
    for request in order.requests:
        parts.append(f"protocol: {request.loaded.protocol.id}, version {request.loaded.protocol.version}, {request.loaded.sha256[:_HASH]}")
        parts += [f"chosen: {_spaced(key)} = {given.text}" for key, given in sorted(request.chosen.items()) if key not in _FREE]
    parts += [f"{each.label}: {each.value}" for each in (*results(order), *found(order))]
    text = " ".join("; ".join(parts).split())
    return f"{text}; {CHECK}: {_check(text)}"


def parts(line: str, most: int = MOST_IN_A_CODE) -> list[str]:
    """The line in as few parts as codes can hold, about as long as each other, none of them ending within an entry; one after
    the other they are the line."""
    several = -(-len(line.encode()) // most)
    if several == 1:
        return [line]
    found = [""]
    for each in line.split("; "):
        if found[-1] and len(f"{found[-1]}; {each}".encode()) > len(line.encode()) // several + len(each):
            found[-1] += ";"
            found.append(each)
        else:
            found[-1] += f"; {each}" if found[-1] else each
    return found


def results(order: Order) -> list[Result]:
    """What came out, as printed: the main figures of each order, and a digest of all, exact, ladders and steps too."""
    found = []
    for number, phase in enumerate(order.phases, 1):
        found += [Result(f"order {number} {_spaced(name)}", phase.figures[name].value.on_paper()) for name in RESULTS if name in phase.figures]
        found += [Result(f"order {number} {name}", str(len(several))) for name, several in (("rungs", phase.rungs), ("steps", phase.steps)) if several]
    return [*found, Result(EVERY, _every(order.phases))]


def found(order: Order) -> list[Result]:
    """What screening and judging found: each alert, and a digest of what was looked at, of the words of the alerts, of what was
    ruled out, and of what is left to ask; not of the boxes for who it is."""
    alerts = [Result(f"{each.level.replace('_', ' ')} {each.code}", _OUTCOME[each.level]) for each in order.alerts]
    words = [("fact", name, said) for name in SCREENED for said in facts(order, name)]
    words += [(each.level, each.code, each.message) for each in order.alerts]
    words += [("open", each.fact, each.question) for each in order.open if each.fact in BOXES and each.fact not in _WHO]
    words += [("ruled out", name, said) for name, several in order.weighed.ruled_out.items() for said in several]
    return [*dict.fromkeys(alerts), Result(SCREENING, _check(repr(sorted(words))))]


def _every(phases: tuple[PhaseOrder, ...]) -> str:
    every = [(name, str(one.exact.value), str(one.value.value), one.value.unit.text)
             for phase in phases for part in (phase, *phase.rungs, *phase.steps) for name, one in sorted(part.figures.items())]
    return hashlib.sha256(repr(every).encode()).hexdigest()[:_HASH]


def facts(order: Order, name: str) -> tuple[str, ...]:
    """A fact as it can be typed; each one of a list; none where it was not given."""
    if name in order.patient.unknown:
        return (UNKNOWN,)
    value = order.weight.value if name == "weight" and order.weight else order.patient.get(name)
    return () if value is None else tuple(str(each) for each in value) if BY_NAME[name].many else (_typed(value),)


def _typed(value) -> str:
    if isinstance(value, datetime):
        return on_paper_time(value)
    if isinstance(value, DayAndTime):
        return f"{value} {value.clock}"
    return value.on_paper() if hasattr(value, "on_paper") else str(value)


def _coded(text: str) -> str:
    """Free text without what ends a part, or is taken for a word that went over the line."""
    return text.replace("%", "%25").replace(";", "%3B").replace("- ", "-%20")


def _decoded(text: str) -> str:
    return text.replace("%20", " ").replace("%3B", ";").replace("%25", "%")


def _check(text: str) -> str:
    return hashlib.sha256(re.sub(r"\s", "", text).encode()).hexdigest()[:_HASH]


def _spaced(name: str) -> str:
    return name.replace("_", " ")


# ---------------------------------------------------------------------------------------------- read again


def find(text: str) -> str:
    """The line in what was typed, scanned or saved. Raises Refused where there is none."""
    spaced = " ".join(text.replace("\N{ZERO WIDTH SPACE}", "").split()).replace("- ", "-")  # a word that went over the line
    found = _FOUND.search(spaced)
    if found is None:
        raise Refused(f'the text of a sheet, from "{KIND}" to its {CHECK}', spaced[:_SHOWN], "scan its QR code, or type the text under VERIFY")
    return found.group()


def read(line: str) -> Compact:
    """The line taken apart. Raises Refused."""
    whole, _, check = line.rpartition(f"; {CHECK}: ")
    at, facts, order_set, protocols, chosen, one_bag, came = "", {}, None, [], {}, "", []
    for part in whole.split("; ")[1:]:
        key, colon, value = part.partition(": ")
        name = key.replace(" ", "_")
        if not colon or not value or (key == "chosen" and not protocols):
            raise Refused("NAME: VALUE", part)
        if key == "at":
            at = value
        elif name in FACTS or name in SCREENED:
            facts[name] = (*facts.get(name, ()), _decoded(value)) if BY_NAME[name].many else _decoded(value)
        elif key == "one bag":
            one_bag = value
        elif key == "set":
            order_set = _stated(value)
        elif key == "protocol":
            protocols.append(_stated(value))
        elif key == "chosen":
            choice, _, said = value.partition(" = ")
            chosen.setdefault(protocols[-1][0], {})[choice.replace(" ", "_")] = said
        else:
            came.append(Result(key, value))
    if not at or not protocols:
        raise Refused("the time and the protocol of the order", line[:_SHOWN])
    return Compact(at, facts, order_set, protocols, chosen, one_bag, came, check, _check(whole))


def _stated(value: str) -> tuple[str, str, str]:
    one = re.fullmatch(r"(\S+), version (\S+), ([0-9a-f]+)", value)
    if one is None:
        raise Refused("NAME, version NUMBER, HASH", value)
    return one[1], one[2], one[3]
