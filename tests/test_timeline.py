"""When each dose is given and through which line, against times that were put down by hand."""

from __future__ import annotations

import pytest

from infuse.arithmetic import timeline
from infuse.arithmetic.flushing import Flushing
from infuse.arithmetic.timeline import Dose, Part
from infuse.ground.units import quantity



def minutes(value):
    return quantity(value, "min")


def dose(start, over, phase="", branch="", flush=2, own=False):
    flushed = None if flush is None else Flushing("saline", None, quantity(1, "mL/min"), over=minutes(flush), own=own)
    return Dose(minutes(start), None if over is None else minutes(over), None, phase or "dose", phase, branch=branch, flush=flushed)


def part(name, *doses, **timing):
    return Part(name, name, doses, **{key: minutes(said) if isinstance(said, int) and key != "alone" else said for key, said in timing.items()})


def placed(parts, compatible=lambda first, second: False):
    """start-end name line, a flush with its mark."""
    found = timeline.on_lines(timeline.events(parts), parts, compatible)
    return [f"{each.start.value}-{each.end.value if each.end else ''} {parts[each.part].name}{' flush' if each.flush else ''} {each.line}" for each in found]


PUSH, BAG, RUNS = part("push", dose(0, 1)), part("bag", dose(0, 20)), part("runs", dose(0, None))
PLANS = {
    "one after the other, a flush after each": ([PUSH, BAG], ["0-1 push 1", "1-3 push flush 1", "3-23 bag 1", "23-25 bag flush 1"]),
    "one alone needs no flush between drugs": ([BAG], ["0-20 bag 1"]),
    "part of a minute is a whole one": ([part("a", dose(0, "20.2")), PUSH], ["0-21 a 1", "21-23 a flush 1", "23-24 push 1", "24-26 push flush 1"]),
    "at a time of its own, beside another: a second line": ([BAG, part("push", dose(0, 1), at=10)], ["0-20 bag 1", "10-11 push 2"]),
    "just after the flush the same line serves": ([BAG, part("push", dose(0, 1), at=22)],
                                                  ["0-20 bag 1", "20-22 bag flush 1", "22-23 push 1", "23-25 push flush 1"]),
    "a minute sooner it does not": ([BAG, part("push", dose(0, 1), at=21)], ["0-20 bag 1", "21-22 push 2"]),
    "beside what runs on: a second line": ([RUNS, PUSH], ["0- runs 1", "0-1 push 2"]),
    "after another, and a gap": ([PUSH, BAG, part("late", dose(0, 5), after="push", gap=30)],
                                 ["0-1 push 1", "1-3 push flush 1", "3-23 bag 1", "23-25 bag flush 1", "33-38 late 1", "38-40 late flush 1"]),
    "before each dose of two phases, not of the third": (
        [part("drug", dose(0, 2, "test"), dose(60, 2, "again"), dose(480, 2, "full")), part("first", dose(0, 2), before="drug", phases=("test", "full"), lead=15)],
        ["0-2 first 1", "2-4 first flush 1", "15-17 drug 1", "75-77 drug 1", "77-79 drug flush 1", "480-482 first 1", "482-484 first flush 1",
         "495-497 drug 1", "497-499 drug flush 1"]),
    "two branches at one time are preceded once": (
        [part("drug", dose(480, 2, "low"), dose(480, 2, "full")), part("first", dose(0, 2), before="drug", lead=15)],
        ["465-467 first 1", "467-469 first flush 1", "480-482 drug 1", "480-482 drug 1", "482-484 drug flush 1"]),
    "what comes before takes its place in the sequence": (
        [BAG, part("drug", dose(0, 2)), part("first", dose(0, 2), before="drug", lead=15)],
        ["0-20 bag 1", "20-22 bag flush 1", "22-24 first 1", "24-26 first flush 1", "37-39 drug 1", "39-41 drug flush 1"]),
    "a drug that asks for its own flush has it, though nothing follows": ([part("drug", dose(0, 3, own=True), dose(60, 3, own=True))],
                                                                        ["0-3 drug 1", "3-5 drug flush 1", "60-63 drug 1", "63-65 drug flush 1"]),
    "each flush takes the time that its drug allows": ([part("slow", dose(0, 1, flush=15)), PUSH], ["0-1 slow 1", "1-16 slow flush 1", "16-17 push 1", "17-19 push flush 1"]),
    "what needs no flush is followed at once": ([part("fluid", dose(0, 10, flush=None)), PUSH], ["0-10 fluid 1", "10-11 push 1", "11-13 push flush 1"]),
    "what stands on another branch neither overlaps nor follows": (
        [part("drug", dose(60, 20, "low", "low"), dose(70, 20, "full", "full")), part("first", dose(0, 2), before="drug", phases=("full",), lead=10)],
        ["60-80 drug 1", "60-62 first 1", "62-64 first flush 1", "70-90 drug 1", "90-92 drug flush 1"]),
    "alone in its line, though nothing overlaps": ([part("a", dose(0, 1), alone=True), BAG], ["0-1 a 1", "3-23 bag 2"]),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan(name):
    parts, expected = PLANS[name]
    assert placed(parts) == expected


def test_what_is_established_as_compatible_may_share_a_line():
    parts = [RUNS, PUSH]
    found = timeline.on_lines(timeline.events(parts), parts, lambda first, second: True)
    assert {each.line for each in found} == {1}
    assert next(each for each in found if parts[each.part].name == "push").shares_with == (0,)


def test_a_flush_of_unknown_length_takes_no_time():
    assert placed([part("push", dose(0, 1, flush=0)), part("bag", dose(0, 20, flush=0))]) == ["0-1 push 1", "1-1 push flush 1", "1-21 bag 1", "21-21 bag flush 1"]
