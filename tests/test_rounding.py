"""Rounding: to the nearest step, ties upward, and never past a bound that the exact value keeps."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infuse.arithmetic import rounding
from infuse.arithmetic.rounding import DOWN, NEAREST, UP
from infuse.files.devices import Pump, Syringe
from infuse.ground.grammar import read_quantity, read_range
from infuse.ground.ranges import Range
from infuse.ground.units import quantity


def q(text):
    return None if text is None else read_quantity(text)


def many(texts):
    return tuple(q(each) for each in texts)


@pytest.mark.parametrize(("exact", "step", "expected"), [
    ("3.54 mL/h", "0.1 mL/h", "3.5 mL/h"),
    ("3.55 mL/h", "0.1 mL/h", "3.6 mL/h"),  # a tie goes up
    ("3.5499 mL/h", "0.1 mL/h", "3.5 mL/h"),
    ("3.56 mL/h", "0.1 mL/h", "3.6 mL/h"),
    ("3.5 mL/h", "0.1 mL/h", "3.5 mL/h"),
    ("2.5 mL", "1 mL", "3 mL"),  # not to the even one
    ("3.5 mL", "1 mL", "4 mL"),
    ("41.5 drops/min", "1 drops/min", "42 drops/min"),
    ("12.6 mL/h", "0.5 mL/h", "12.5 mL/h"),
    ("12.75 mL/h", "0.5 mL/h", "13 mL/h"),
    ("0.04 mL/h", "0.1 mL/h", "0 mL/h"),
    ("0.05 mL/h", "0.1 mL/h", "0.1 mL/h"),
    ("1.5 mL/min", "60 mL/h", "2 mL/min"),  # the step in another unit
    ("0.5 L", "30 mL", "0.51 L"),
    ("7 mL", "5 mL", "5 mL"),
])
def test_nearest_step_ties_upward(exact, step, expected):
    assert rounding.nearest(q(exact), q(step)) == (q(expected), NEAREST)


@pytest.mark.parametrize(("exact", "low", "high", "expected", "how"), [
    ("35.65 mL/h", [], [], "35.7 mL/h", NEAREST),
    ("35.65 mL/h", [], ["35.65 mL/h"], "35.6 mL/h", DOWN),
    ("35.65 mL/h", [], ["35.69 mL/h"], "35.6 mL/h", DOWN),
    ("35.65 mL/h", [], ["35.7 mL/h"], "35.7 mL/h", NEAREST),  # reached, not passed
    ("35.65 mL/h", [], ["35.6 mL/h"], "35.6 mL/h", DOWN),  # a bound holds; who rounds leaves out what the order itself passes
    ("35.62 mL/h", [], ["35.65 mL/h"], "35.6 mL/h", NEAREST),
    ("35.62 mL/h", ["35.62 mL/h"], [], "35.7 mL/h", UP),
    ("35.62 mL/h", ["35.61 mL/h"], [], "35.7 mL/h", UP),
    ("35.62 mL/h", ["35.6 mL/h"], [], "35.6 mL/h", NEAREST),
    ("35.62 mL/h", ["35.63 mL/h"], [], "35.7 mL/h", UP),
    ("35.6 mL/h", ["35.6 mL/h"], ["35.6 mL/h"], "35.6 mL/h", NEAREST),
    ("35.65 mL/h", [], ["40 mL/h", "35.68 mL/h"], "35.6 mL/h", DOWN),  # the tightest of several
])
def test_never_outward_past_a_bound(exact, low, high, expected, how):
    assert rounding.nearest(q(exact), q("0.1 mL/h"), many(low), many(high)) == (q(expected), how)


@pytest.mark.parametrize(("exact", "ranges", "expected"), [
    ("69.853 kg", [], "69.9 kg"),
    ("69.96 kg", ["at least 70 kg"], "69.9 kg"),   # below the band stays below it
    ("69.96 kg", ["up to 70 kg"], "70 kg"),         # both lie in the band
    ("70.04 kg", ["at least 70 kg"], "70 kg"),
    ("70.04 kg", ["up to 70 kg"], "70.1 kg"),       # above the limit stays above it
    ("70.04 kg", ["70.03 to 70.05 kg"], "70.04 kg"),  # no tenth lies in it: as it is
    ("49.98 kg", ["at least 50 kg", "30 to 80 kg"], "49.9 kg"),
])
def test_beside_an_edge(exact, ranges, expected):
    assert rounding.beside(q(exact), q("0.1 kg"), tuple(read_range(each) for each in ranges)) == q(expected)


@pytest.mark.parametrize(("first", "second", "expected"), [
    ("0.1 mL/h", "0.1 mL/h", "0.1 mL/h"),
    ("0.1 mL/h", "1 mL/h", "1 mL/h"),
    ("0.2 mL/h", "0.5 mL/h", "1 mL/h"),
    ("0.15 mL/h", "0.1 mL/h", "0.3 mL/h"),
    ("1 mL/h", "0.05 mL/min", "3 mL/h"),
])
def test_common_step(first, second, expected):
    assert rounding.common_step(q(first), q(second)) == q(expected)


PUMP = Pump("ward", "a pump with two bands", ((q("99.9 mL/h"), q("0.1 mL/h")), (None, q("1 mL/h"))),
            Range(q("0.1 mL/h"), q("999 mL/h")), q("1 mL"))


@pytest.mark.parametrize(("exact", "asked", "high", "expected"), [
    ("50.04 mL/h", "0.1 mL/h", [], "50 mL/h"),
    ("99.84 mL/h", "0.1 mL/h", [], "99.8 mL/h"),
    ("99.96 mL/h", "0.1 mL/h", [], "100 mL/h"),
    ("100.4 mL/h", "0.1 mL/h", [], "100 mL/h"),  # the pump can do no finer there
    ("100.6 mL/h", "0.1 mL/h", [], "101 mL/h"),
    ("100.6 mL/h", "0.1 mL/h", ["100.6 mL/h"], "100 mL/h"),
    ("100.6 mL/h", "5 mL/h", [], "100 mL/h"),  # the file asks for coarser steps than the pump needs
    ("50.26 mL/h", "0.5 mL/h", [], "50.5 mL/h"),
    ("99.9 mL/h", "0.7 mL/h", [], "98 mL/h"),  # 100.1 lies in the next band, which has no tenths
])
def test_for_rate_keeps_to_file_and_pump(exact, asked, high, expected):
    assert rounding.for_rate(q(exact), q(asked), PUMP, high=many(high))[0] == q(expected)


@pytest.mark.parametrize(("volume", "expected"), [
    ("0.5 mL", "1 mL"), ("1 mL", "1 mL"), ("1.01 mL", "3 mL"), ("10 mL", "10 mL"), ("25 mL", "10 mL"),
])
def test_the_smallest_syringe_that_holds_it(volume, expected):
    syringes = tuple(Syringe(q(size), q(step)) for size, step in (("1 mL", "0.01 mL"), ("3 mL", "0.1 mL"), ("10 mL", "0.2 mL")))
    assert rounding.for_syringe(q(volume), syringes).capacity == q(expected)


SHELF = tuple(Syringe(q(size), q(step)) for size, step in (
    ("1 mL", "0.01 mL"), ("3 mL", "0.1 mL"), ("5 mL", "0.2 mL"), ("10 mL", "0.2 mL"), ("20 mL", "1 mL"), ("60 mL", "1 mL")))


@pytest.mark.parametrize(("volume", "most", "step", "drawn", "syringe"), [
    ("14.85 mL", "14.85 mL", None, "14.8 mL", "10 mL"),  # 14 mL is 5.7% too little
    ("12.99 mL", "12.99 mL", None, "12.8 mL", "10 mL"),
    ("14.7 mL", "14.7 mL", None, "14 mL", "20 mL"),  # 4.8%: one syringe will do
    ("14.85 mL", "20 mL", None, "15 mL", "20 mL"),
    ("1.09 mL", "1.09 mL", None, "1.09 mL", "1 mL"),
    ("3.19 mL", "3.19 mL", None, "3.1 mL", "3 mL"),
    ("0.069 mL", "0.069 mL", None, "0.06 mL", "1 mL"),  # 13%: nothing finer is on the shelf, and it is stopped
    ("14.85 mL", "14.85 mL", "1 mL", "14 mL", "20 mL"),  # the file's own step is kept
    ("14.85 mL", "14.85 mL", "0.1 mL", "14.8 mL", "20 mL"),
    ("20.9 mL", "20.9 mL", None, "20 mL", "60 mL"),
])
def test_a_syringe_that_is_too_coarse_gives_way_to_a_finer_one_that_is_filled_twice(volume, most, step, drawn, syringe):
    value, _, one = rounding.drawn_up(q(volume), SHELF, q(step), Fraction(5), high=(q(most),))
    assert (value, one.capacity) == (q(drawn), q(syringe))


values = st.fractions(min_value=Fraction(1, 10**6), max_value=10**6, max_denominator=10**6)
steps = st.sampled_from(["0.01", "0.05", "0.1", "0.2", "0.5", "1", "5", "10"])


@given(values, steps)
def test_is_a_multiple_of_the_step_and_at_most_half_a_step_away(value, step):
    rounded, _ = rounding.nearest(quantity(value, "mL/h"), quantity(step, "mL/h"))
    assert (rounded.value / Fraction(step)).denominator == 1
    assert -Fraction(step) < 2 * (value - rounded.value) <= Fraction(step) or 2 * (rounded.value - value) == Fraction(step)


@given(values, values, values, steps)
def test_a_bound_that_is_kept_stays_kept(value, low, high, step):
    exact, least, most = (quantity(each, "mL/h") for each in (value, low, high))
    rounded, _ = rounding.nearest(exact, quantity(step, "mL/h"), high=(most,))
    assert value > high or rounded.value <= high
    rounded, _ = rounding.nearest(exact, quantity(step, "mL/h"), low=(least,))
    assert value < low or rounded.value >= low


@given(values, steps)
def test_rounding_twice_is_rounding_once(value, step):
    once, _ = rounding.nearest(quantity(value, "mL/h"), quantity(step, "mL/h"))
    assert rounding.nearest(once, quantity(step, "mL/h")) == (once, NEAREST)
