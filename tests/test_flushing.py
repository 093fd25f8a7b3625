"""How fast a line is flushed: sums that were done by hand, and the same words at an order and in its timeline."""

from __future__ import annotations

import re

import pytest
from conftest import make

from infuse.arithmetic import flushing
from infuse.ground.grammar import read_quantity
from infuse.ground.units import quantity

FACTS = ["--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm", "--creatinine", "0.8 mg/dL"]
NONE = quantity(0, "min")


def volume(text):
    return text and read_quantity(text, "volume")


def time(text):
    return read_quantity(text, "duration") if text else NONE


# volume of the flush, pushed, over, what the line holds, over how long the rest: speed, minutes of the line, of all
PUSHED = [
    ("10 mL", "0.5 mL", "3 min", "2 mL", "2 min", "0.16 mL/min", 13, 15),  # 0.1667, rounded down; 2 / 0.16 = 12.5
    ("10 mL", "1 mL", "3 min", "2 mL", "2 min", "0.33 mL/min", 7, 9),
    ("10 mL", "1 mL", "1 min", "2 mL", "2 min", "1 mL/min", 2, 4),
    ("10 mL", "20 mL", "5 min", "2 mL", "2 min", "4 mL/min", 1, 3),
    ("10 mL", "0.1 mL", "3 min", None, "2 min", "0.033 mL/min", 304, 304),  # nobody says what the line holds: all of it, 303.03
    ("2 mL", "1 mL", "1 min", "2 mL", "2 min", "1 mL/min", 2, 2),
    ("1 mL", "1 mL", "1 min", "2 mL", "2 min", "1 mL/min", 1, 1),  # less than the line holds
    (None, "1 mL", "1 min", "2 mL", "2 min", "1 mL/min", 2, 0),
    ("10 mL", "127.5 mL", "1 min", "2 mL", "", "120 mL/min", 1, 1),
]


@pytest.mark.parametrize(("much", "pushed", "over", "line", "rest", "rate", "line_over", "whole"), PUSHED)
def test_after_a_push(much, pushed, over, line, rest, rate, line_over, whole):
    found = flushing.after_push("saline", volume(much), volume(pushed), time(over), volume(line), time(rest))
    assert (found.rate.on_paper(), found.line_over.value, found.over.value) == (rate, line_over, whole)


# volume, pump rate, at least: minutes
PUMPED = [("10 mL", "208 mL/h", "2 min", 3), ("10 mL", "999 mL/h", "2 min", 2), ("20 mL", "202 mL/h", "", 6), (None, "202 mL/h", "2 min", 0)]


@pytest.mark.parametrize(("much", "rate", "at_least", "whole"), PUMPED)
def test_after_a_pump(much, rate, at_least, whole):
    assert flushing.after_pump("saline", volume(much), read_quantity(rate, "pump rate"), time(at_least)).over.value == whole


def flat(text):
    """A page as one line, without the room to write at the end of a row."""
    return re.sub(r"\s+", " ", re.sub(r" +_{8}$", "", text, flags=re.MULTILINE))


# what is ordered, what its FLUSH says
AT_THE_ORDER = [
    (["eptinezumab", "--weight", "70kg", "--age", "44y"], "20 mL of sodium chloride 0.9% over 6 minutes or longer: at no more than 202 mL/hour, the speed of the drug"),
    (["ondansetron", "--weight", "70kg", "--age", "44y"], "________ mL of sodium chloride 0.9%: as much as the line holds at no more than 0.4 mL/min, the speed of the drug "
     "(1 mL in 3 minutes or longer); the rest as the site flushes"),
    (["headache-clinic-visit", *FACTS], "10 mL of sodium chloride 0.9%: the first 2 mL, as much as the line holds, over 2 minutes or longer (at no more than 1 mL/min, "
     "the speed of the drug); the rest over 2 minutes or longer"),
]


@pytest.mark.parametrize(("arguments", "said"), AT_THE_ORDER)
def test_at_its_order(infuse, arguments, said):
    assert f"FLUSH {said}" in flat(infuse("order", *arguments).stdout)


def test_the_timeline_says_the_same_times(infuse):
    page = flat(infuse("order", "headache-clinic-visit", *FACTS).stdout)
    assert "over 15 minutes; then flush 10 mL over 3 minutes" in page and "10 mL of sodium chloride 0.9% over 3 minutes or longer" in page
    assert "then flush 10 mL: 2 mL over 2 minutes, the rest over 2 minutes" in page


def test_a_flush_that_the_drug_asks_for_takes_its_time_though_nothing_follows(infuse):
    assert "ALL IS THROUGH AT 36 minutes" in flat(infuse("order", "eptinezumab-visit", "--weight", "70kg", "--age", "44y").stdout)


def test_a_fluid_is_not_flushed_with_itself(infuse):
    page = flat(infuse("order", "outpatient-infusion", "--with", "fluid-bolus-adult", *FACTS).stdout)
    assert "ALL IS THROUGH AT 1 hour 22 minutes" in page and page.count("then flush") == 1


@pytest.mark.parametrize("name", ["dihydroergotamine-inpatient", "ondansetron", "lorazepam", "midazolam", "propofol", "naloxone", "calcium-gluconate", "ketorolac"])
def test_no_flush_is_faster_than_its_drug(shipped, name):
    from infuse.ordering import plan
    made = make(shipped[name], weight="70 kg", age="44 years", sex="female", height="165 cm", creatinine="0.8 mg/dL")
    for phase in made.phases:
        flush = plan.flushed(phase)
        if flush and flush.line is None and "duration" in phase.figures:
            assert flush.rate.to("mL/min").value <= phase.figures["volume_to_be_infused"].value.to("mL").value / phase.figures["duration"].value.to("min").value


@pytest.mark.parametrize(("what", "drug"), [(["lidocaine-inpatient-course"], "lidocaine"), (["ketamine-inpatient-course", "--with", "ondansetron"], "ketamine")])
def test_a_line_that_is_not_flushed_is_flushed_nowhere_on_the_sheet(infuse, what, drug):
    """In toxicity a flush of that line would give more of what is stopped."""
    said = " ".join(infuse("order", *what, *FACTS).stdout.split())
    assert "DO NOT FLUSH" in said and f"separate line, as that of {drug} is NOT flushed" in said
    assert f"never that of {drug}, which is NOT flushed" in said or "ONLY IF NEEDED" not in said
    assert not re.search(r"or flush between|with a flush before|flushed between", said)
