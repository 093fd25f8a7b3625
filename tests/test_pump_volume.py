"""The volume that a pump is told is one that it can be told, and never more than is in the bag."""

from __future__ import annotations

import pytest
from conftest import make

from infuse.judgement.limits import SOFT
from infuse.ordering.order import READY
from infuse.paper import sheet

ADULT = {"age": "44 years", "sex": "female", "height": "165 cm", "creatinine": "0.8 mg/dL"}


def settings(order, heading, number=0):
    one = [each for each in sheet.lay_out(order).sections if each.heading.startswith(heading)][number]
    return {row.label: row.value for row in one.blocks[0].rows}


def made_anyway(loaded, **given):
    """With every soft stop overridden: what is asked is what the pump is told."""
    order = make(loaded, **given)
    codes = dict.fromkeys(each.code for each in order.alerts if each.level == SOFT)
    return make(loaded, overrides=[(code, "test") for code in codes], by="Dr. Roe", **given) if codes else order


@pytest.mark.parametrize(("protocol", "given", "number", "bag", "told", "rate", "dose", "against", "rest"), [
    # 0.1 mg/kg of 70 kg is 7 mg = 0.28 mL of 25 mg/mL: 50.28 mL, told 50.2; over 20 minutes 150.6 mL/h; 50.2/50.28 of 7 mg
    ("chlorpromazine-per-kg", {"weight": "70 kg"}, 0, "50.28 mL", "50.2 mL", "150.6 mL/h", "6.989 mg", "0.2% below", "0.08 mL"),
    # 0.75 mL in 250 mL, an hour: 250.75 mL, told 250.7
    ("dihydroergotamine-refractory", {"weight": "70 kg"}, 1, "250.75 mL", "250.7 mL", "250.7 mL/h", "0.7499 mg", "under 0.1% below", "0.05 mL"),
    # 60 mg of 62.5 mg/mL is 0.96 mL: 50.96 mL, told 50.9 over 60 minutes
    ("methylprednisolone-pediatric", {"weight": "30 kg", "age": "9 years", "height": "135 cm"}, 0, "50.96 mL", "50.9 mL", "50.9 mL/h", "59.93 mg", "0.1% below",
     "0.06 mL"),
])
def test_what_a_pump_cannot_be_told_stays_in_the_bag(shipped, protocol, given, number, bag, told, rate, dose, against, rest):
    order = made_anyway(shipped[protocol], **ADULT | given)
    assert order.status == READY, order.alerts
    phase = order.phases[number]
    figures = phase.figures
    assert [str(figures[name].value) for name in ("final_volume", "volume_to_be_infused", "pump_rate")] == [bag, told, rate]
    rows = settings(order, "PUMP SETTINGS", number)
    assert rows["VOLUME TO BE INFUSED"] == f"{told}: rounded down to what the pump can be told; {rest} stays in the bag"
    assert rows["DELIVERS"] == f"{dose}, {against} what was ordered"
    assert figures["delivered_dose"].value.on_paper() == dose


def test_a_volume_that_the_pump_can_be_told_is_the_whole_bag(shipped):
    """2 mL of metoclopramide added to 50 mL: 52 mL, and nothing is left."""
    order = make(shipped["metoclopramide"], weight="70 kg", **ADULT)
    assert settings(order, "PUMP SETTINGS")["VOLUME TO BE INFUSED"] == "52 mL"


def test_a_gravity_set_is_told_no_volume(shipped):
    """It runs until the bag is empty, or is clamped by hand."""
    order = make(shipped["methylprednisolone-pediatric"], weight="30 kg", age="9 years", height="135 cm", drop_factor="20 drops/mL")
    assert order.status == READY, order.alerts
    assert str(order.phases[0].figures["volume_to_be_infused"].value) == "50.96 mL"


@pytest.mark.parametrize("weight", ["31.7 kg", "43.3 kg", "58.9 kg", "70 kg", "84.7 kg"])
def test_no_shipped_protocol_prints_a_volume_that_no_pump_takes(shipped, weight):
    found = []
    for name, loaded in shipped.items():
        age = "9 years" if loaded.protocol.population == "pediatric" else "44 years"
        for pump in ("general", "large-volume"):
            order = made_anyway(loaded, weight=weight, pump=pump, **ADULT | {"age": age})
            for phase in order.phases:
                if "pump_rate" not in phase.figures:
                    continue
                told, step = phase.figures["volume_to_be_infused"].value, phase.volume_step
                if told.over(step).denominator != 1 or told > phase.figures["final_volume"].value and phase.prepared.bags == 1 and not phase.steps:
                    found.append((name, str(told)))
    assert not found


@pytest.mark.parametrize(("protocol", "given", "told"), [
    # 25 mL/kg a day of 56.9 kg is 59.3 mL/h; times 24 h 1,423.2 mL, 423.2 of them from the second bag
    ("fluid-maintenance-adult", {"weight": "70 kg"}, "1,000 mL, but 423.2 mL from bag 2, the last: then the order ends"),
    # 100 mL/h for 24 h are 2,400 mL: four bags of 500 mL, and 400 mL of the fifth
    ("fluid-maintenance-4-2-1", {"weight": "70 kg", "age": "16 years"}, "500 mL, but 400 mL from bag 5, the last: then the order ends"),
    # 4 times 5 = 20 mL/h for 24 h are 480 mL of a bag of 500
    ("fluid-maintenance-4-2-1", {"weight": "5 kg", "age": "3 months"}, "480 mL: then the order ends; the rest of the bag is NOT given"),
    # 100 mL/h for 20 h are four whole bags
    ("fluid-maintenance-4-2-1", {"weight": "70 kg", "age": "16 years", "duration": "20 h"}, "500 mL"),
])
def test_the_last_bag_gives_what_is_left_of_the_order(shipped, protocol, given, told):
    order = made_anyway(shipped[protocol], **ADULT | given)
    assert order.status == READY, order.alerts
    assert settings(order, "PUMP SETTINGS")["VOLUME TO BE INFUSED"] == told
