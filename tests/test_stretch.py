"""A duration that stretches to respect a maximum rate: valproate sodium 15 mg/kg at no more than 20 mg/min, as published."""

from __future__ import annotations

import pytest
from conftest import make

from infuse.files.library import Library
from infuse.ground import numerals
from infuse.judgement.limits import HARD

DRUG = """
drug: sample
name: sample drug
products:
  vial:
    name: sample drug 100 mg/mL, 5 mL vial
    form: vial
    strength: 100 mg/mL
    volume: 5 mL
    dilution: required
    source: label
diluents:
  - sodium chloride 0.9%
references:
  label:
    title: label
    url: https://example.org
"""
PROTOCOL = """
protocol: sample
title: Sample drug, a load that stretches
version: 1
drug: sample
population: adult
indication: a test
care_areas:
  - clinic
references:
  paper:
    title: paper
    url: https://example.org
patient:
  weight:
    hard: 30 to 250 kg
    basis: site
preparation:
  product: vial
  diluent: sodium chloride 0.9%
  added_to: 50 mL
  source: label
phases:
  - intermittent:
      dose: 15 mg/kg
      duration: 60 min
      fastest: 20 mg/min
      source: paper
      limits:
        calculated_dose:
          soft: up to 1,000 mg
          hard: up to 4,000 mg
        dose_rate:
          hard: up to 20 mg/min
monitoring:
  - observe: pulse
    when: before
    source: paper
criteria:
  - when: pulse below 50 per minute
    do: stop
    source: paper
rounding:
  duration: nearest 1 min
cases:
  - name: 60 kg
    given:
      weight: 60 kg
    expect:
      calculated_dose: 900 mg
"""


@pytest.fixture
def sample(tmp_path):
    def load(text=PROTOCOL):
        (tmp_path / "drugs").mkdir(exist_ok=True)
        (tmp_path / "drugs" / "sample.yaml").write_text(DRUG)
        (tmp_path / "sample.yaml").write_text(text)
        loaded = Library([tmp_path]).load(tmp_path / "sample.yaml")
        assert not loaded.errors, loaded.errors
        return loaded
    return load


# weight, dose, exact duration in minutes (15 mg/kg at 20 mg/min is 0.75 minutes a kilogram), the one that is used: 90 kg
# draws 13.5 mL up as 14 on a 20 mL syringe, 1,400 mg, which takes 70 minutes; 70 kg draws 10.5 as 11: 1,100 mg in 60
ROWS = [("70 kg", "1050", "60", "60"), ("90 kg", "1350", "135/2", "70"), ("80 kg", "1200", "60", "60"),
        ("82 kg", "1230", "123/2", "62"), ("66 kg", "990", "60", "60")]


@pytest.mark.parametrize(("weight", "dose", "exact", "used"), ROWS)
def test_the_duration_stretches_and_rounds_up(sample, weight, dose, exact, used):
    overrides = [("sample.calculated_dose", "published load")] if weight != "66 kg" else []
    made = make(sample(), weight=weight, overrides=overrides, by="Dr. Roe")
    figures = made.phases[0].figures
    assert str(figures["calculated_dose"].value.value) == dose
    assert (str(figures["duration"].exact.value), str(figures["duration"].value.value)) == (exact, used)
    assert figures["delivered_dose_rate"].value <= sample().protocol.phases[0].fastest.quantity


def test_the_sheet_says_why(sample):
    from infuse.paper import wording
    made = make(sample(), weight="90 kg", overrides=[("sample.calculated_dose", "published load")], by="Dr. Roe")
    assert "over 70 minutes" in wording.administration(made.phases[0])
    assert "stretched from 60 minutes, so as not to run faster than 20 mg/min" in wording.administration(made.phases[0])


def test_a_rate_of_another_kind_is_a_problem(tmp_path, sample):
    sample()
    (tmp_path / "sample.yaml").write_text(PROTOCOL.replace("fastest: 20 mg/min", "fastest: 20 units/min"))
    loaded = Library([tmp_path]).load(tmp_path / "sample.yaml")
    assert [(each.span.line, "a dose rate in mg" in each.message) for each in loaded.errors] == [(PROTOCOL.splitlines().index("      fastest: 20 mg/min") + 1, True)]


AGAIN = PROTOCOL.replace("      source: paper\n      limits", "      repeat:\n        every: 1 h\n        doses: 2\n      source: paper\n      limits", 1)


@pytest.mark.parametrize(("weight", "stops"), [("80 kg", []), ("82 kg", ["sample.duration"])])
def test_a_dose_that_is_stretched_beyond_the_next_one_is_stopped(sample, weight, stops):
    """80 kg: 1,200 mg at 20 mg/min is 60 minutes, just until the next dose; 82 kg: 1,230 mg is 61.5, rounded up to 62."""
    made = make(sample(AGAIN), weight=weight, overrides=[("sample.calculated_dose", "published load")], by="Dr. Roe")
    hard = [alert for alert in made.alerts if alert.level == HARD]
    assert [alert.code for alert in hard] == stops
    assert all("would still run for 2 minutes when the next may start, every 1 hour" in alert.message for alert in hard)


def test_a_time_that_is_chosen_beyond_the_next_dose_is_stopped(sample):
    text = AGAIN.replace("duration: 60 min", "duration:\n        default: 60 min\n        range: 30 min to 2 h")
    assert not [alert for alert in make(sample(text), weight="60 kg", duration="60 min").alerts if alert.level == HARD]
    assert "sample.duration" in [alert.code for alert in make(sample(text), weight="60 kg", duration="61 min").alerts if alert.level == HARD]


@pytest.mark.parametrize(("weight", "drawn", "said"), [
    ("85.5 kg", "12.8 mL", "withdraw 12.8 mL in two parts, by a syringe of 10 mL, from 3 vials of"),
    ("80 kg", "12 mL", "withdraw 12 mL from 3 vials of"),
])
def test_no_dose_is_stopped_for_the_graduations_of_a_large_syringe(sample, weight, drawn, said):
    """85.5 kg: 1,282.5 mg are 12.825 mL, and 15 mg/kg is the most: on a syringe of 20 mL 12 mL would be 6.4% too little."""
    from infuse.paper import wording
    text = PROTOCOL.replace("        calculated_dose:", "        dose:\n          hard: up to 15 mg/kg\n        calculated_dose:")
    made = make(sample(text), weight=weight, overrides=[("sample.calculated_dose", "published load")], by="Dr. Roe")
    assert [alert for alert in made.alerts if alert.level == HARD] == []
    assert made.phases[0].figures["withdraw_volume"].value.on_paper() == drawn
    assert said in wording.preparation(made.phases[0])


SMALL = [("3 mg", "250 mL", "0.01186 mg/mL"), ("1 mg", "99 mL", "0.01 mg/mL"), ("1 mg", "100 mL", "9.901 mcg/mL"),
         ("0.5 mg", "250 mL", "1.996 mcg/mL")]


@pytest.mark.parametrize(("dose", "bag", "expected"), SMALL)
def test_a_concentration_below_a_hundredth_of_its_unit_is_said_in_the_next_smaller_one(tmp_path, dose, bag, expected):
    """1 mg in 99 and 1 mL is just 0.01 mg/mL; in 100 and 1 mL it is 1,000 mcg / 101 mL = 9.90099... mcg/mL."""
    (tmp_path / "drugs").mkdir()
    (tmp_path / "drugs" / "sample.yaml").write_text(DRUG.replace("100 mg/mL", "1 mg/mL"))
    text = PROTOCOL.replace("dose: 15 mg/kg", f"dose: {dose}").replace("added_to: 50 mL", f"added_to: {bag}")
    for old, new in (("up to 4,000 mg", "up to 10 mg"), ("soft: up to 1,000 mg", "soft: up to 5 mg"), ("20 mg/min", "0.5 mg/min")):
        text = text.replace(old, new)
    (tmp_path / "sample.yaml").write_text(text[: text.index("cases:")] + f"""cases:
  - name: small
    given:
      weight: 60 kg
    expect:
      final_concentration: {expected}
""")
    loaded = Library([tmp_path]).load(tmp_path / "sample.yaml")
    assert not loaded.errors, loaded.errors
    made = make(loaded, weight="60 kg")
    assert made.status == "ready", made.alerts
    assert numerals.decimal(made.phases[0].figures["final_concentration"].value.value) == expected.split()[0]
    assert str(made.phases[0].figures["final_concentration"].value.unit) == expected.split()[1]
