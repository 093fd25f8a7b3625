"""A gravity set in place of a pump: whole drops, what that does to the rate, and what must not run that way."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import NOW, ROOT, make

from infuse.arithmetic.figure import deviation_in_words
from infuse.arithmetic.patient import read
from infuse.files.given import BY_NAME, Given
from infuse.files.library import Library
from infuse.ordering.order import READY
from infuse.paper.page import Fields, Sentences
from infuse.paper.render import json as rendered
from infuse.paper.sheet import lay_out

FLUID = {"weight": "14kg", "age": "3y"}  # 4 mL/kg/h for 10 kg and 2 for 4 kg: 48 mL/h


# protocol, facts, drop factor; drops/min, mL/hour, how far from the ordered rate
COUNTED = [
    ("acetaminophen", {"weight": "70kg", "age": "44y"}, "20 drops/mL", "133 drops/min", "399 mL/hour", "0.3% below"),   # 100 mL in 15 min: 133.3
    ("acetaminophen", {"weight": "70kg", "age": "44y"}, "15 drops/mL", "100 drops/min", "400 mL/hour", "none"),
    ("acetaminophen", {"weight": "70kg", "age": "44y"}, "10 gtt/mL", "66 drops/min", "396 mL/hour", "1% below"),        # 66.67, but 67 would be under 15 min
    ("acetaminophen", {"weight": "70kg", "age": "44y"}, "18 drops/mL", "120 drops/min", "400 mL/hour", "none"),
    ("fluid-maintenance-4-2-1", FLUID, "60 drops/mL", "48 drops/min", "48 mL/hour", "none"),
    ("fluid-maintenance-4-2-1", FLUID, "20 drops/mL", "16 drops/min", "48 mL/hour", "none"),
]


@pytest.mark.parametrize(("name", "facts", "factor", "drops", "rate", "off"), COUNTED)
def test_whole_drops_inside_every_limit(shipped, name, facts, factor, drops, rate, off):
    made = make(shipped[name], drop_factor=factor, **facts)
    assert made.status == READY, made.alerts
    figures = made.phases[0].figures
    assert (figures["drop_rate"].value.on_paper(), figures["pump_rate"].value.on_paper(), deviation_in_words(figures["rate_deviation"])) == (drops, rate, off)
    assert figures["drop_rate"].value.value.denominator == 1


# protocol, facts, drop factor; what is said
REFUSED = [
    ("ketamine-inpatient-titration", {"weight": "70kg", "age": "44y"}, "20 drops/mL", "ketamine must run by a pump, because it is high-alert"),
    ("magnesium-sulfate-adult", {"age": "44y"}, "20 drops/mL", "magnesium sulfate must run by a pump, because it is high-alert"),
    ("fluid-maintenance-4-2-1", {"weight": "4kg", "age": "2 months"}, "10 drops/mL", "whole drops would run more than 5% from the ordered rate"),  # 16 mL/h: 2.67
]


@pytest.mark.parametrize(("name", "facts", "factor", "said"), REFUSED)
def test_what_must_run_by_a_pump(shipped, name, facts, factor, said):
    made = make(shipped[name], drop_factor=factor, **facts)
    assert made.status == "stopped" and not made.phases
    assert any(said in each.message for each in made.alerts), [each.message for each in made.alerts]


# a phase of a drug that is not high-alert; why it must run by a pump
RATES = [("sample-loading", {"weight": "70kg", "age": "44y"}, "it runs on at a rate"), ("sample-titration", {"weight": "70kg", "age": "44y"}, "its rate changes by steps"),
         ("sample-schedule", {"weight": "70kg", "age": "44y"}, "its rate changes by steps")]


@pytest.mark.parametrize(("name", "facts", "why"), RATES)
def test_a_rate_that_runs_on_or_changes_needs_a_pump(tmp_path, name, facts, why):
    shutil.copytree(ROOT / "tests" / "protocols", tmp_path, dirs_exist_ok=True)
    drug = tmp_path / "drugs" / "sample.yaml"
    drug.write_text(drug.read_text().replace("high_alert:\n  say: so that the tests see it\n  source: sample-label\n", ""))
    made = make(Library([tmp_path]).load(tmp_path / f"{name}.yaml"), drop_factor="60 drops/mL", **facts)
    assert made.status == "stopped"
    assert any(f"sample must run by a pump, because {why}" in each.message for each in made.alerts), [each.message for each in made.alerts]


def test_part_of_a_bag_of_a_drug_needs_a_pump(shipped):
    """15 mg/kg of 10 mg/mL at 40 kg are 60 of 100 mL."""
    made = make(shipped["acetaminophen"], weight="40kg", age="44y", drop_factor="20 drops/mL")
    assert made.status == "stopped"
    assert "its bag holds more than the dose, and nothing would stop it" in made.alerts[0].message


def test_the_sheet_has_drops_where_it_had_pump_settings(shipped):
    made = make(shipped["acetaminophen"], weight="70kg", age="44y", drop_factor="20 drops/mL")
    sections = {section.heading.split("   ")[0]: section for section in lay_out(made).sections}
    assert "PUMP SETTINGS" not in sections
    rows = {row.label: row.value for block in sections["GRAVITY SET"].blocks if isinstance(block, Fields) for row in block.rows}
    assert rows["DROP RATE"] == "133 drops/min" and rows["AGAINST THE ORDER"] == "0.3% below the ordered rate, because drops are counted whole"
    assert rows["DURATION"] == "15 minutes as ordered; at this drop rate 15.04 minutes"
    assert not [each for each in made.open if each.fact == "pump"]


def test_a_bag_that_holds_more_is_clamped_by_hand(shipped):
    made = make(shipped["fluid-bolus-pediatric"], weight="16kg", age="5y", drop_factor="15 drops/mL")
    assert made.status == READY, made.alerts
    lines = [line for section in lay_out(made).sections for block in section.blocks if isinstance(block, Sentences) for line in block.lines]
    volume = made.phases[0].figures["volume_to_be_infused"].value.on_paper()
    assert f"The bag holds MORE than the order, and nothing stops it: clamp it by hand at {volume}." in lines


def test_the_json_has_the_drops_with_their_working(shipped):
    order, = json.loads(json.dumps(rendered.as_object(make(shipped["acetaminophen"], weight="70kg", age="44y", drop_factor="20 drops/mL"))))["orders"]
    one = order["figures"]["drop_rate"]
    assert (one["exact"], one["value"], one["unit"]) == ("400/3", "133", "drops/min")
    assert one["working"][-1] == "drop rate: 400 mL/hour times 20 drops/mL = 133.3 drops/min, rounded to 133 drops/min"


@pytest.mark.parametrize("text", ["20", "20 drops", "20 mL/drop", "0 drops/mL", "2 drops/mL", "2,000 drops/mL"])
def test_a_drop_factor_that_no_set_has(text):
    _, wrong = read({"drop_factor": Given(text, "--drop-factor")}, NOW)
    assert [where for where, _ in wrong] == ["--drop-factor"]


def test_a_pump_or_a_gravity_set():
    _, wrong = read({"drop_factor": Given("20 drops/mL", "--drop-factor"), "pump": Given("general", "--pump")}, NOW)
    assert str(wrong[0][1]) == 'expected a pump or a gravity set, not both; found "20 drops/mL"'
    assert BY_NAME["drop_factor"].option == "--drop-factor"
