"""Schedules of rates, maintenance by tiers of the weight, and fluids: the files of tests/protocols, and what is ordered from them."""

from __future__ import annotations

import shutil
from fractions import Fraction

import pytest
from conftest import ROOT, make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infuse.arithmetic.totals import most
from infuse.files.library import Library
from infuse.ground.units import quantity
from infuse.judgement.limits import HARD
from infuse.paper import wording, wording_rates

SAMPLES = ROOT / "tests" / "protocols"


@pytest.fixture
def sample(tmp_path):
    """A file of tests/protocols, with some of its text replaced, loaded."""
    def load(name, **_):
        return Library([SAMPLES]).load(SAMPLES / f"{name}.yaml")

    def changed(name, *edits):
        if not edits:
            return load(name)
        text = (SAMPLES / f"{name}.yaml").read_text()
        for old, new in edits:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (tmp_path / f"{name}.yaml").write_text(text)
        found = Library([tmp_path, SAMPLES]).load(tmp_path / f"{name}.yaml")
        assert not found.errors, found.errors
        return found

    return changed


def figure(order, name):
    return str(order.phases[0].figures[name].value)


# ---------------------------------------------------------------------------------------------- maintenance

# weight; 5, 3 and 0.5 mL/kg/h below 10, 30 and above; with and without the ceiling of 120 mL/h
TIERS = [("3", "15", "15"), ("9.9", "49.5", "49.5"), ("10", "50", "50"), ("10.1", "50.3", "50.3"), ("29.9", "109.7", "109.7"), ("30", "110", "110"),
         ("30.2", "110.1", "110.1"), ("49.8", "119.9", "119.9"), ("50", "120", "120"), ("50.2", "120.1", "120"), ("250", "220", "120")]


@pytest.mark.parametrize(("weight", "uncapped", "rate"), TIERS)
def test_a_rate_over_tiers_and_its_ceiling(sample, weight, uncapped, rate):
    made = make(sample("sample-maintenance"), weight=f"{weight} kg")
    assert made.status == "ready", made.alerts
    one = made.phases[0]
    assert figure(made, "calculated_dose_rate") == f"{rate} mL/h"
    assert ("uncapped_dose_rate" in one.figures) == (uncapped != rate)
    if uncapped != rate:
        assert figure(made, "uncapped_dose_rate") == f"{uncapped} mL/h"
        assert f"= {uncapped} mL/hour, held at the ceiling of 120 mL/hour; the ceiling takes effect above 50 kg" in wording.dose(one)


@given(weight=st.integers(30, 2500).map(lambda tenths: Fraction(tenths, 10)))
@settings(max_examples=60)
def test_the_rate_is_what_each_kilogram_adds(weight):
    """By counting: tenths of a kilogram, one by one, each at the rate of the tier that it lies in."""
    per_tenth = [Fraction(5, 10) if k < 100 else Fraction(3, 10) if k < 300 else Fraction(1, 20) for k in range(int(weight * 10))]
    loaded = Library([SAMPLES]).load(SAMPLES / "sample-maintenance.yaml")
    made = make(loaded, weight=f"{float(weight)} kg")
    assert made.phases[0].figures["calculated_dose_rate"].value.value == min(sum(per_tenth), 120)


# the ceiling in the file; the weight above which it takes effect
CEILINGS = [("40 mL/h", "8 kg"), ("50 mL/h", "10 kg"), ("80 mL/h", "20 kg"), ("110 mL/h", "30 kg"), ("115 mL/h", "40 kg"), ("120 mL/h", "50 kg")]


@pytest.mark.parametrize(("ceiling", "weight"), CEILINGS)
def test_the_weight_at_which_a_ceiling_takes_effect(sample, ceiling, weight):
    made = make(sample("sample-maintenance", ("ceiling: 120 mL/h", f"ceiling: {ceiling}")), weight="200 kg")
    assert f"takes effect above {weight}" in wording.dose(made.phases[0])


def test_the_limits_hold_for_the_sum_over_the_tiers(sample):
    """Without a ceiling 50 kg reach the limit of 120 mL/h, and 50.2 kg pass it."""
    open_ended = sample("sample-maintenance", ("      ceiling: 120 mL/h\n", ""))
    assert make(open_ended, weight="50 kg").status == "ready"
    stopped = make(open_ended, weight="50.2 kg")
    assert [each.code for each in stopped.alerts] == ["sample-maintenance.calculated_dose_rate"]


def test_a_total_counts_a_day_of_it(sample):
    """120 mL/h is 2,880 mL in 24 hours."""
    for most_in_a_day, status in (("2,880 mL", "ready"), ("2,879 mL", "stopped")):
        loaded = sample("sample-maintenance", ("up to 3,000 mL in 24 h", f"up to {most_in_a_day} in 24 h"))
        assert make(loaded, weight="100 kg").status == status


# ---------------------------------------------------------------------------------------------- schedules

FACTS = {"age": "44 years"}


def test_each_step_is_rounded_from_its_own_exact_value(sample):
    """71.3 kg: 3.565, 7.13 and 14.26 mL/h; doubling the rounded 3.6 would give 7.2 and 14.4."""
    made = make(sample("sample-schedule"), weight="71.3 kg", **FACTS)
    assert [str(step.figures["pump_rate"].value) for step in made.phases[0].steps] == ["3.6 mL/h", "7.1 mL/h", "14.2 mL/h"]  # 14.3: above 0.4 mg/kg/h


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(weight=st.integers(300, 1050).map(lambda tenths: f"{tenths // 10}.{tenths % 10}"))
def test_no_step_and_no_window_passes_its_limit(weight):
    loaded = Library([SAMPLES]).load(SAMPLES / "sample-schedule.yaml")
    made = make(loaded, weight=f"{weight} kg", overrides=[("sample-schedule.weight", "weighed twice")] if Fraction(weight) < 40 else [], **FACTS)
    assert made.status == "ready", made.alerts
    kg, given_in_all = Fraction(weight), Fraction(0)
    for step, ordered in zip(made.phases[0].steps, (Fraction(1, 10), Fraction(1, 5), Fraction(2, 5))):
        rate = step.figures["pump_rate"].value.value
        assert rate * 2 / kg <= Fraction(2, 5) and abs(rate * 2 / kg / ordered - 1) <= Fraction(1, 20)
        assert step.figures["delivered_duration"].value.value == step.figures["volume_to_be_infused"].value.value / rate * 60
        given_in_all += step.figures["volume_to_be_infused"].value.value * 2
    assert given_in_all <= 100
    assert made.phases[0].figures["delivered_dose"].value.value == given_in_all


def test_rounding_never_carries_a_schedule_past_a_total(sample):
    """70 kg: 66.5 mg are ordered; 1.75 mL rounds to 1.8, which makes 66.6: where 66.55 is the most, 1.7 mL are set."""
    rows = [("100 mg", "1.8 mL", "66.6 mg"), ("66.55 mg", "1.7 mL", "66.4 mg"), ("66.5 mg", "1.7 mL", "66.4 mg")]
    for total, volume, delivered in rows:
        made = make(sample("sample-schedule", ("up to 100 mg in 24 h", f"up to {total} in 24 h")), weight="70 kg", **FACTS)
        assert made.status == "ready", made.alerts
        assert str(made.phases[0].steps[0].figures["volume_to_be_infused"].value) == volume
        assert figure(made, "delivered_dose") == delivered
    made = make(sample("sample-schedule", ("up to 100 mg in 24 h", "up to 66.4 mg in 24 h")), weight="70 kg", **FACTS)
    assert [each.code for each in made.alerts] == ["sample-schedule.total"]


def test_a_total_counts_what_has_run_in_its_window(sample):
    """70 kg: 7, 14 and 28 mg/h; the hour with the most is in the last step: 28 mg; the last hour and a half before it and
    the first of it are less."""
    from infuse.ordering.phases.schedule import given as doses
    made = make(sample("sample-schedule"), weight="70 kg", **FACTS)
    given_doses = doses(made.phases[0].steps)
    assert most(given_doses, quantity(1, "h")).value == 28
    assert most(given_doses, None).value == Fraction(666, 10)


def test_a_step_that_breaks_a_limit_is_named(sample):
    """0.4 mg/kg/h times 160 kg is 64 mg/h, above 60; the steps before it are not."""
    made = make(sample("sample-schedule", ("up to 100 mg in 24 h", "up to 1,000 mg in 24 h")), weight="160 kg", **FACTS)
    assert [each.message.split(":")[0] for each in made.alerts if each.level == HARD] == ["step 3"]
    assert not made.phases


def test_what_the_sheet_says_of_a_schedule(sample):
    one = make(sample("sample-schedule"), weight="70 kg", **FACTS).phases[0]
    _, to_program, back, chart = wording_rates.schedule_table(one)
    assert to_program.rows == (("1", "at once", "30 minutes", "0.1 mg/kg/hour", "3.5 mL/hour", "1.8 mL", "1.8 mL"),
                               ("2", "30 minutes", "30 minutes", "0.2 mg/kg/hour", "7 mL/hour", "3.5 mL", "5.3 mL"),
                               ("3", "1 hour", "2 hours", "0.4 mg/kg/hour", "14 mL/hour", "28 mL", "33.3 mL"))
    assert back.rows[0] == ("1", "3.5 mg", "3.6 mg", "2.9% above")
    assert [row[0] for row in chart.rows] == ["1", "2", "3"]


def test_bags_of_a_schedule(sample):
    """33.3 mL from bags of 30 mL, or for 3 hours from bags that may be used for 2."""
    assert make(sample("sample-schedule"), weight="70 kg", **FACTS).phases[0].bags == (1, 1)
    small = sample("sample-schedule", ("amount: 500 mg", "amount: 60 mg"), ("final_volume: 250 mL", "final_volume: 30 mL"))
    one = make(small, weight="70 kg", **FACTS).phases[0]
    assert one.bags == (2, 2) and "It takes 2 bags" in wording_rates.schedule_table(one)[0].lines[1]
    short = sample("sample-schedule", ("beyond_use: 24 h", "beyond_use: 2 h"))
    assert make(short, weight="70 kg", **FACTS).phases[0].bags == (2, 2)


def test_a_step_whose_volume_rounds_to_nothing_is_no_step(sample):
    """0.1 mg/kg/h times 70 kg from 20 mg/mL is 0.35 mL/h, which runs 0.03 mL in 5 minutes: less than 0.1 mL."""
    strong = sample("sample-schedule", ("amount: 500 mg", "amount: 5,000 mg"), ("rate: 0.1 mg/kg/h\n          for: 30 min", "rate: 0.1 mg/kg/h\n          for: 5 min"),
                    ("hard: up to 5 mg/mL", "hard: up to 50 mg/mL"))
    made = make(strong, weight="70 kg", **FACTS)
    assert "sample-schedule.volume" in [each.code for each in made.alerts if each.level == HARD]


@pytest.mark.parametrize("choice", ["dose", "dose_rate", "duration"])
def test_a_schedule_leaves_no_choice(sample, choice):
    from infuse.ordering.order import NotUnderstood
    with pytest.raises(NotUnderstood, match="the protocol itself states it"):
        make(sample("sample-schedule"), weight="70 kg", **FACTS, **{choice: "1 h"})


# ---------------------------------------------------------------------------------------------- fluids

# weight, dose of 20 mL/kg, bag, how many, what is left: the fewest bags, then the least left over
BAGS = [("3", "60", "250", 1, "190"), ("12.5", "250", "250", 1, "0"), ("12.6", "252", "1000", 1, "748"), ("50", "1000", "1000", 1, "0"),
        ("50.1", "1002", "1000", 2, "998"), ("100", "2000", "1000", 2, "0"), ("101", "2000", "1000", 2, "0")]


@pytest.mark.parametrize(("weight", "dose", "bag", "count", "left"), BAGS)
def test_the_bags_of_a_bolus(sample, weight, dose, bag, count, left):
    one = make(sample("sample-bolus"), weight=f"{weight} kg").phases[0]
    assert str(one.figures["volume_to_be_infused"].value.value) == dose
    assert (str(one.figures["final_volume"].value.value), one.prepared.bags, str(one.prepared.wasted.value)) == (bag, count, left)
    assert str(one.figures["delivered_dose"].value.value) == dose


def test_what_the_sheet_says_of_bags(sample):
    rows = [("3", "as it is: 1 bag of sample fluid 0.9%, 250 mL bag, nothing added; the bag holds MORE than the dose; 190 mL stay in it: discard them"),
            ("12.5", "as it is: 1 bag of sample fluid 0.9%, 250 mL bag, nothing added"),
            ("60", "as they are: 2 bags of sample fluid 0.9%, 1,000 mL bag, nothing added; 1,000 mL from bag 1, then 200 mL from bag 2; "
                   "800 mL stay in it: discard them")]
    for weight, words in rows:
        assert wording.preparation(make(sample("sample-bolus"), weight=f"{weight} kg").phases[0]) == words


def test_a_chosen_bag_is_used_however_many_it_takes(sample):
    one = make(sample("sample-bolus"), weight="60 kg", preparation="small").phases[0]
    assert (one.prepared.bags, wording_rates.from_each(one).count("250 mL"), str(one.prepared.wasted)) == (5, 4, "50 mL")


def test_a_bag_of_fluid_is_not_measured(sample):
    from infuse.ordering.order import NotUnderstood
    with pytest.raises(NotUnderstood, match="no bag volume"):
        make(sample("sample-bolus"), weight="60 kg", bag_volume="1,020 mL")


@pytest.mark.parametrize(("name", "old"), [("sample-nanogram", "amount: 1 mg"), ("sample-schedule", "amount: 500 mg")])
def test_a_bag_into_which_nothing_could_be_drawn_up_is_a_stop_and_no_fault(tmp_path, name, old):
    """1 nanogram of 1 mg/mL is no volume that a syringe shows."""
    shutil.copytree(ROOT / "tests" / "protocols", tmp_path, dirs_exist_ok=True)
    path = tmp_path / f"{name}.yaml"
    path.write_text(path.read_text().replace(old, "amount: 1 nanogram"))
    made = make(Library([tmp_path]).load(path), weight="70kg", age="44y")
    assert made.status == "stopped"
    assert any("too small to draw up" in each.message for each in made.alerts), [each.message for each in made.alerts]


@pytest.mark.parametrize("old", ["rate: 0.1 mg/kg/h", "rate: 0.2 mg/kg/h", "rate: 0.4 mg/kg/h"])
def test_a_step_whose_rate_rounds_to_nothing_is_a_stop_and_no_fault(tmp_path, old):
    shutil.copytree(ROOT / "tests" / "protocols", tmp_path, dirs_exist_ok=True)
    path = tmp_path / "sample-schedule.yaml"
    path.write_text(path.read_text().replace(old, old.replace("mg/", "mcg/")))
    made = make(Library([tmp_path]).load(path), weight="70kg", age="44y")
    assert made.status == "stopped"
    assert any("pump rate lies outside what the pump can do" in each.message for each in made.alerts), [each.message for each in made.alerts]


# ---------------------------------------------------------------------------------------------- a rate per kg under a ceiling

def test_what_the_sheet_says_of_a_rate_that_is_held_at_its_ceiling(sample):
    below, above = (make(sample("sample-ceiling"), weight=weight).phases[0] for weight in ("100 kg", "150 kg"))
    assert wording.dose(below) == "sample-units 18 units/kg/hour times 100 kg = 1,800 units/hour"
    assert wording.dose(above) == ("sample-units 18 units/kg/hour times 150 kg = 2,700 units/hour, held at the ceiling of 2,005 units/hour, "
                                   "which is 13.37 units/kg/hour; the ceiling takes effect above 111.4 kg")


@given(tenths=st.integers(400, 2000))
@settings(max_examples=40, deadline=None)
def test_no_rate_is_above_the_ceiling_and_none_falls_as_weight_grows(tenths):
    loaded = Library([SAMPLES]).load(SAMPLES / "sample-ceiling.yaml")
    one, heavier = (make(loaded, weight=f"{each // 10}.{each % 10} kg").phases[0].figures for each in (tenths, min(tenths + 1, 2000)))
    assert one["pump_rate"].value <= heavier["pump_rate"].value <= quantity("20.05", "mL/h")
    assert one["calculated_dose_rate"].exact.value == min(Fraction(tenths, 10) * 18, 2005)


@pytest.mark.parametrize(("running", "rate", "codes"), [
    ("18 mL/h", "18 mL/h", []),
    ("22 mL/h", "20 mL/h", []),  # 14.67 units/kg/h may be chosen, and is held at 13.37
])
def test_an_infusion_that_already_runs_is_held_at_the_ceiling_too(sample, running, rate, codes):
    made = make(sample("sample-ceiling"), weight="150 kg", running=running)
    assert (figure(made, "pump_rate"), [each.code for each in made.alerts if each.level == HARD]) == (rate, codes)
