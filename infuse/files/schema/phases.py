"""The tables of the kinds of phase: what an intermittent infusion, a push, a continuous infusion, a schedule of rates, a
maintenance infusion may say.

For: the phases of a protocol. A new kind of phase is one more entry in PHASES.

Refuses: a dose beside bands, doses and for beside every.

Example: `continuous:` with `start: 0.1 mg/kg/h` becomes Continuous(start=Choice(default=0.1 mg/kg/h)).
"""

from __future__ import annotations

import math

from infuse.files import measured
from infuse.files import protocol as p
from infuse.files.schema.common import file_name, half_open, note, sources
from infuse.files.schema.doses import band_of, choice, within
from infuse.files.schema.limits import limits_of, with_source
from infuse.files.shapes import BAD, Key, Question, Reader, Wrong, between, fields, list_of, quantity, text
from infuse.files.stated import StatedRange
from infuse.ground import ranges
from infuse.ground.grammar import DOSE_RATES, DOSES
from infuse.ground.source import Scalar

_FLUSH = fields((
    Key("fluid", text(), "the fluid of the flush", required=True),
    Key("volume", quantity("volume"), "its volume; where left out, a box for the prescriber"),
    Key("source", sources, "its references", default=()),
), lambda span, fluid, volume, source: p.Flush(fluid, volume, source))


def _one_or_range(*kinds: str) -> Reader:
    """`6 h`, or a range in words: `at least 8 h`."""
    one, several = quantity(*kinds), between(*kinds)

    def read(node, notes):
        if isinstance(node, Scalar) and (" to " in node.text or node.text.startswith("at least ")):
            return several.read(node, notes)
        value = one.read(node, notes)
        return BAD if value is BAD else StatedRange(ranges.Range(value.quantity, value.quantity), value.span)

    return Reader(read, one.schema)


_TITRATION = fields((
    Key("by", quantity(*DOSE_RATES), "the step", required=True),
    Key("up_to", quantity(*DOSE_RATES), "the highest rung", required=True),
    Key("every", between("duration"), "how long to wait between steps; where left out, a box for the prescriber"),
    Key("until", text(), "the measurable target", required=True),
    Key("hold_at_target", _one_or_range("duration"), "how long the target rate is kept before it is judged"),
    Key("step_up_when", text(), "what must be true before a step up", default=""),
    Key("step_down", text(), "when and how far to step down", default=""),
    Key("restart", text(), "how to go on after an interruption", default=""),
    Key("end_of_course", text(), "how the course ends", default=""),
), lambda span, **values: p.Titration(span=span, **values))

def _question() -> Reader:
    """`how often blood pressure is measured ____ minutes`: a question, its box and its unit; without a box it is answered in words."""
    inner = text("a question for the prescriber, such as oxygen saturation below which to stop ____ %")

    def read(node, notes):
        said = inner.read(node, notes)
        if said is BAD:
            return BAD
        asked, box, unit = (each.strip() for each in said.partition(measured.BOX))
        if box and (not asked or not measured.is_unit(unit)):
            return notes.wrong(node.span, "a question, then ____ and the unit as it is printed, such as ____ mmHg", notes.found(node),
                               f"the units are those of printed doses, volumes and times (mg, mL/hour, minutes), and {', '.join(measured.WORDED)}")
        return Question(asked, node.span, unit)

    return Reader(read, inner.schema)


_ASK = Key("ask", list_of(_question()), "what the source leaves open, for the prescriber to fill in, each with its box and unit: ____ mmHg", default=())
_MADE_FROM = Key("preparation", list_of(file_name, single=True),
                 "which of the protocol's preparations it is made from, preferred first; left out, any of them", default=())
_SOURCE = Key("source", sources, "the references of this phase", required=True)


def _phase(build):
    def made(span, limits, source, **values):
        inherited = tuple(with_source(each, source) for each in limits or ())
        return build(span=span, limits=inherited, source=source, **values)
    return made


def _intermittent(dose, bands, limits, source, by_hand=False, **values):
    if (dose is None) == (bands is None):
        raise Wrong("a dose, or bands with a dose each", "neither" if dose is None else "both")
    first = dose or next((band.dose for band in bands if band.dose), None)
    if first is None:
        raise Wrong("a band with a dose", "none")
    banded = tuple(within(limits, band, source) for band in bands or ())
    return p.Intermittent(dose=first, bands=banded, limits=limits, source=source, by_hand=by_hand, **values)


_COUNT = text("a whole number of doses, such as 3", "[1-9][0-9]{0,2}")


def _repeat(span, every, doses, duration):
    if (doses is None) == (duration is None):
        raise Wrong("doses or for, beside every", "neither" if doses is None else "both")
    return p.Repeat(every, int(doses) if doses else math.ceil(duration.quantity.over(every.quantity)))


_REPEAT = fields((
    Key("every", quantity("duration"), "the time from start to start", required=True),
    Key("doses", _COUNT, "how many doses in all"),
    Key("for", quantity("duration"), "how long: the start of the last dose lies within it"),
), lambda span, every, doses, **more: _repeat(span, every, doses, more["for"]))

_AS_NEEDED = fields((
    Key("for", text(), "the reason for which it may be given", required=True),
    Key("every", quantity("duration"), "the shortest time between two doses", required=True),
    Key("doses", _COUNT, "the most doses in 24 hours", required=True),
), lambda span, every, doses, **more: p.AsNeeded(more["for"], every, int(doses)))

_STARTS = fields((
    Key("after", text(), "the name of a phase above this one", required=True),
    Key("by", quantity("duration"), "how long after the start of that one; left out: when that one is through"),
), lambda span, after, by: p.Starts(after, by, span))

_WHEN = (
    Key("name", text(), "what the sheet calls it, such as test dose", default=""),
    Key("only_if", text(), "what must be true before it is given at all", default=""),
    Key("starts", _STARTS, "when it starts: after, by; left out: when the phase above it is through"),
    Key("branch", text(), "of phases with different branches only those of one are given; without one: in each of them", default=""),
)
_AGAIN = (
    Key("repeat", _REPEAT, "the same dose again: every, and doses or for"),
    Key("as_needed", _AS_NEEDED, "only for a reason: for, every, doses in 24 hours"),
)
_STEP = fields((
    Key("rate", quantity(*DOSE_RATES), "the dose rate of the step", required=True),
    Key("for", quantity("duration"), "how long it runs", required=True),
), lambda span, rate, **more: p.Step(rate, more["for"], span))

_TIER = fields((
    Key("weight", half_open("weight"), "the kilograms that it is for: below A, from A to below B, or from B", required=True),
    Key("rate", quantity("dose rate per kg"), "the rate for each of them", required=True),
), lambda span, weight, rate: p.Tier(weight, rate, span))


_OF_A_PUSH = ("dose", "calculated_dose", "dose_rate", "final_concentration", "duration")
_OF_AN_INFUSION = (*_OF_A_PUSH, "pump_rate")


def _dose_over_a_time(over: str, limits: tuple[str, ...]) -> tuple[Key, ...]:
    return (
        *_WHEN,
        Key("dose", choice(*DOSES), "the dose: fixed, per kg or per m2"),
        Key("bands", list_of(band_of((*limits, p.INTERVAL))), "instead of a dose: one for each band of weight, age or clearance"),
        Key("cap", quantity("dose"), "the most that a per-kg dose may become"),
        Key("equivalent", quantity("dose"), "the default dose said again in mEq or mmol, to be checked"),
        Key("duration", choice("duration"), over, required=True),
        Key("fastest", quantity(*DOSE_RATES), "the dose rate above which the duration is stretched instead"),
        Key("flush", _FLUSH, "the flush after it"),
        *_AGAIN, _MADE_FROM, _ASK, _SOURCE,
        Key("limits", limits_of(*limits, p.INTERVAL), "soft and hard limits"),
    )


PHASES = {
    "intermittent": fields(_dose_over_a_time("how long it runs", _OF_AN_INFUSION), _phase(_intermittent),
                           "an intermittent infusion: dose, duration, source, limits"),
    "push": fields(_dose_over_a_time("over how long it is pushed", _OF_A_PUSH),
                   _phase(lambda **values: _intermittent(by_hand=True, **values)), "a push by hand: dose, duration, source, limits"),
    "continuous": fields((
        *_WHEN,
        Key("start", choice(*DOSE_RATES), "the dose rate, or the one at which a titration starts", required=True),
        Key("ceiling", quantity("dose rate"), "the most that a rate per kg may become for the whole patient"),
        Key("titrate", _TITRATION, "the ladder: by, up_to, until"),
        Key("duration", between("duration"), "how long the course lasts", required=True),
        Key("do_not_flush", note("say", "why, and what is done instead"), "that the line is not flushed: it holds drug, and a flush would be a bolus"),
        _MADE_FROM, _ASK, _SOURCE,
        Key("limits", limits_of("dose_rate", "calculated_dose_rate", "pump_rate", "final_concentration", "duration"),
            "soft and hard limits"),
    ), _phase(lambda titrate, **values: p.Continuous(titration=titrate, **values)),
        "a continuous infusion: start, duration, source, limits"),
    "schedule": fields((
        *_WHEN,
        Key("steps", list_of(_STEP), "the rates, one after the other", required=True),
        _MADE_FROM, _ASK, _SOURCE,
        Key("limits", limits_of("dose_rate", "calculated_dose_rate", "pump_rate", "final_concentration", "duration"),
            "soft and hard limits"),
    ), _phase(p.Schedule), "a schedule of rates: steps, source, limits"),
    "maintenance": fields((
        *_WHEN,
        Key("tiers", list_of(_TIER), "the rate for the first kilograms, for the next ones, and beyond", required=True),
        Key("ceiling", quantity("dose rate"), "the most that the rate over all tiers may become"),
        Key("duration", between("duration"), "how long the course lasts", required=True),
        _MADE_FROM, _ASK, _SOURCE,
        Key("limits", limits_of("calculated_dose_rate", "pump_rate", "final_concentration", "duration"), "soft and hard limits"),
    ), _phase(p.Maintenance), "a maintenance infusion: tiers, duration, source, limits"),
}
