"""An infusion that already runs: the nearest rung, the old and the new pump rate, and what needs a reason."""

from __future__ import annotations

import re

import pytest
from conftest import NOW

from infuse.arithmetic import patient as patients
from infuse.files.given import Given
from infuse.ordering import order as orders

KETAMINE = "ketamine-inpatient-titration"  # 0.1 by 0.05 to 1 mg/kg/h of 2 mg/mL


def made(loaded, weight="70 kg", override=(), **chosen):
    facts = {"weight": weight, "age": "44 years", "height": "170 cm", "sex": "male"}
    patient, wrong = patients.read({name: Given(text, f"--{name}") for name, text in facts.items()}, NOW)
    assert not wrong
    request = orders.Request(loaded, {name: Given(text, name) for name, text in chosen.items()})
    return orders.build([request], patient, NOW, [(f"{loaded.protocol.id}.{each}", "a reason") for each in override], "Dr. Roe")


# pump rate that runs, what else is said; the rung that goes on, its pump rate, the dose rate that runs, the overrides
RUNS = [
    ("15.8 mL/h", {}, 8, "15.8 mL/hour", "0.4514 mg/kg/hour", ()),  # 15.8 x 2 / 70 = 0.4514; rung 8 is 0.45, 15.75 to 15.8
    ("3.5 mL/h", {}, 1, "3.5 mL/hour", "0.1 mg/kg/hour", ()),
    ("4.3 mL/h", {}, 1, "3.5 mL/hour", "0.1229 mg/kg/hour", ("running",)),  # nearer to 0.1 than to 0.15; 19% down
    ("4.375 mL/h", {}, 1, "3.5 mL/hour", "0.125 mg/kg/hour", ("running",)),  # as near to both: the lower
    ("4.4 mL/h", {}, 2, "5.3 mL/hour", "0.1257 mg/kg/hour", ("running",)),
    ("15.8 mL/h", {"running_weight": "65 kg"}, 9, "17.5 mL/hour", "0.4862 mg/kg/hour", ("running",)),  # 31.6 / 65; 0.5; 10.8% up
    ("15.8 mL/h", {"running_weight": "66 kg"}, 9, "17.5 mL/hour", "0.4788 mg/kg/hour", ("running",)),
    ("15.8 mL/h", {"running_weight": "69 kg"}, 8, "15.8 mL/hour", "0.458 mg/kg/hour", ()),
    ("31.6 mL/h", {"running_in": "1 mg/mL"}, 8, "15.8 mL/hour", "0.4514 mg/kg/hour", ("running",)),  # a bag twice as strong
    ("31.6 mL/h", {"running_in": "250 mg in 250 mL"}, 8, "15.8 mL/hour", "0.4514 mg/kg/hour", ("running",)),
    ("35 mL/h", {}, 19, "35 mL/hour", "1 mg/kg/hour", ("running",)),  # above the soft limit of 0.5 mg/kg/h
    ("70 mL/h", {}, 19, "35 mL/hour", "2 mg/kg/hour", ("running",)),  # above the hard one: what goes on is not
]


@pytest.mark.parametrize(("rate", "more", "rung", "pump", "runs", "override"), RUNS)
def test_what_goes_on(shipped, rate, more, rung, pump, runs, override):
    one = made(shipped[KETAMINE], running=rate, override=override, **more)
    assert one.status == orders.READY, one.alerts
    phase, = one.phases
    continues = phase.continues
    assert (continues.rung, continues.new_pump_rate.value.on_paper(), continues.dose_rate.value.on_paper()) == (rung, pump, runs)
    assert phase.figures["pump_rate"].value.on_paper() == pump  # the pump block says what goes on, not where the ladder starts
    if override:
        stopped = made(shipped[KETAMINE], running=rate, **more)
        assert stopped.status == orders.NEEDS_OVERRIDE and not stopped.phases


# a tenth may be reached, not passed: 10 mL/h at 70 kg is 0.2857 mg/kg/h, rung 5 (0.3) goes on: 0.3 x 73.3 / 2 = 11 mL/h, 73.7 kg 11.1
EDGES = [("10 mL/h", "72 kg", ()), ("10 mL/h", "73.3 kg", ()), ("10 mL/h", "73.7 kg", ("running",))]


@pytest.mark.parametrize(("rate", "weight", "override"), EDGES)
def test_a_tenth_is_still_allowed(shipped, rate, weight, override):
    one = made(shipped[KETAMINE], weight=weight, running=rate, running_weight="70 kg", override=override)
    assert one.status == orders.READY, one.alerts
    assert bool(override) == any(each.code.endswith(".running") for each in one.alerts)


REFUSED = [
    (KETAMINE, {"running": "0 mL/h"}, "a pump rate, such as 3.5 mL/h, above zero"),
    (KETAMINE, {"running": "15.8 mL"}, "a pump rate, such as 3.5 mL/h"),
    (KETAMINE, {"running": "0.45 mg/kg/h"}, "a pump rate, such as 3.5 mL/h"),
    (KETAMINE, {"running": "15.8 mL/h", "running_in": "2 units/mL"}, "a concentration in mg/mL"),
    ("fluid-maintenance-adult", {"running": "80 mL/h", "running_in": "1 mg/mL"}, "no concentration: a fluid is counted by its volume"),
    ("magnesium-sulfate-adult", {"running": "15.8 mL/h"}, "a protocol of an infusion that runs on, for what already runs"),
]


@pytest.mark.parametrize(("protocol", "chosen", "expected"), REFUSED)
def test_what_cannot_go_on(shipped, protocol, chosen, expected):
    with pytest.raises(orders.NotUnderstood) as refused:
        made(shipped[protocol], **chosen)
    assert [each.expected for _, each in refused.value.refused] == [expected]


@pytest.mark.parametrize(("rate", "status"), [("80 mL/h", orders.READY), ("300 mL/h", orders.STOPPED)])
def test_a_fluid_goes_on_too_and_a_stop_names_no_rate_that_was_worked_out(shipped, rate, status):
    one = made(shipped["fluid-maintenance-adult"], running=rate)
    assert one.status == status, one.alerts
    assert not any(re.search(r"rate \d", each.message) for each in one.alerts)
    if status == orders.READY:
        assert (one.phases[0].continues.concentration, str(one.phases[0].figures["pump_rate"].value)) == (None, "80 mL/h")


def test_the_sheet_shows_both_and_names_what_it_replaces(infuse):
    page = infuse("order", KETAMINE, "--weight", "70kg", "--age", "44y", "--running", "15.8 mL/h", "--replaces", "20-Nov-2026 08:30").stdout
    assert re.search(r"^pump rate +15\.8 mL/hour +15\.8 mL/hour$", page, re.M)
    assert re.search(r"^8 NOW +0\.45 mg/kg/hour", page, re.M)
    assert "go on at 15.8 mL/hour" in page and re.search(r"^THIS SHEET REPLACES +20-Nov-2026 08:30$", page, re.M)
    without = infuse("order", KETAMINE, "--weight", "70kg", "--age", "44y", "--running", "15.8 mL/h", "--json").stdout
    assert '"the sheet that this one replaces"' in without
