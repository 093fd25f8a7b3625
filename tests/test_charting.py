"""The chart of what is observed: its columns and rows are what the protocol files say, on the sheet and on the flowsheet."""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import make

from infuse.files import watching
from infuse.files.library import Library
from infuse.files.protocol import Monitoring
from infuse.ground.units import quantity
from infuse.ordering import setcases
from infuse.paper import charting
from infuse.paper.charting import Asked, Run
from infuse.paper.page import NOT_DUE, Table

FACTS = {"weight": "70 kg", "age": "44 years", "sex": "female", "height": "165 cm", "creatinine": "0.8 mg/dL"}


def minutes(value):
    return quantity(value, "min")


def watched(*columns, at, when="as told", runs=((0, 30),), orders=""):
    one = Monitoring("something", when, (), columns, at)
    return Asked(orders, one, tuple(Run(minutes(start), None if end is None else minutes(end), number, len(runs)) for number, (start, end) in enumerate(runs, 1)), columns)


def found(*several):
    return {each.label: sorted(each.due) for each in charting.rows(list(several))}


def test_a_row_for_every_stated_time():
    assert found(watched("pulse, a minute", at="before, at 5 and 15 minutes, at the end, 30 minutes after the end")) == {
        each: ["pulse, a minute"] for each in ("before", "5 minutes", "15 minutes", "30 minutes", "1 hour")}


def test_intervals_follow_one_another():
    rows = list(found(watched("sedation", at="every 15 minutes in the first hour, every 30 minutes for 2 hours, then every 2 hours", runs=((0, None),))))
    assert rows[:9] == ["15 minutes", "30 minutes", "45 minutes", "1 hour", "1 hour 30 minutes", "2 hours", "2 hours 30 minutes", "3 hours", "5 hours"]


def test_several_orders_share_a_time_and_a_column():
    first, second = watched("pulse, a minute", "sedation", at="before, every 15 minutes for 1 hour", orders="1"), watched("pulse, a minute", at="at 10 and 30 minutes", orders="2", runs=((0, 60),))
    rows = found(first, second)
    assert list(rows) == ["before", "10 minutes", "15 minutes", "30 minutes", "45 minutes", "1 hour"]
    assert rows["10 minutes"] == ["pulse, a minute"] and rows["30 minutes"] == ["pulse, a minute", "sedation"]
    (table,) = [each for each in charting.chart([first, second], None, 9, 2) if isinstance(each, Table)]
    assert table.columns == ("AFTER START", "TIME, BY", "PULSE, a minute (1, 2)", "SEDATION (1)")
    assert table.rows[1] == ("10 minutes", "", "", NOT_DUE) and table.rows[-1] == ("",) * 4


def test_every_dose_of_a_course_has_a_row_before_it_and_the_first_its_times():
    rows = found(watched("fingers and toes", at="before each dose, at 1 hour", runs=((0, 3), (480, 483), (960, 963))))
    assert list(rows) == ["before", "1 hour", "before dose 2", "before dose 3"]


def test_what_has_no_room_goes_on_elsewhere_and_says_from_when():
    said, table = charting.chart([watched("sedation", at="every hour for 24 hours", runs=((0, None),))], None, 4, 2)
    assert len(table.rows) == 6 and "The rows go on after 4 hours" in said.lines[0]


def test_more_columns_than_a_page_has_room_for_are_two_charts():
    tables = [each for each in charting.chart([watched(*"abcdefghijk", at="before")], None, 9, 2) if isinstance(each, Table)]
    assert [len(each.columns) for each in tables] == [8, 7]
    assert all(each.rows[0][0] == "before" for each in tables)


def test_a_clock_stands_beside_the_time_and_the_day_where_it_is_another():
    _, table = charting.chart([watched("sedation", at="before, at 10 and 30 minutes")], datetime(2026, 11, 30, 23, 40), 9, 2)
    assert [row[0] for row in table.rows[:3]] == ["before", "10 minutes, 23:50", "30 minutes, 01-Dec 00:10"]


@pytest.fixture(scope="module")
def ready(shipped):
    """An order of every protocol that an ordinary adult may get."""
    several = {name: make(loaded, **FACTS) for name, loaded in shipped.items()}
    return {name: made for name, made in several.items() if made.phases}


# the protocol, columns that its chart must have, columns that nobody asks for, the first rows
OF_THE_DRUG = [
    ("magnesium-sulfate-adult", {"KNEE JERK", "BREATHS, a minute", "BLOOD PRESSURE, mmHg"}, {"SEDATION SCORE"}, ["before", "20 minutes"]),
    ("metoclopramide", {"RESTLESSNESS", "SPASM"}, {"SATURATION, %"}, ["before", "5 minutes", "15 minutes", "30 minutes", "1 hour"]),
    ("dihydroergotamine-label", {"FINGERS AND TOES", "NAUSEA AND VOMITING", "CHEST PAIN AND CRAMPS", "BLOOD PRESSURE, mmHg"}, {"HEART RHYTHM"}, ["before", "1 hour"]),
    ("lidocaine-inpatient-infusion", {"HEART RHYTHM", "SIGNS OF TOXICITY"}, set(), ["before"]),
    ("acetaminophen", {"ACETAMINOPHEN IN 24 HOURS, mg"}, {"SEDATION SCORE", "BLOOD PRESSURE, mmHg"}, ["before"]),
    ("eptinezumab", {"LIPS AND TONGUE", "ITCHING AND RASH"}, {"SEDATION SCORE", "PAIN 0 TO 10"}, ["before", "30 minutes"]),
    ("valproate-sodium-rapid", {"SEDATION SCORE", "CONFUSION"}, set(), ["before", "2.5 minutes", "5 minutes", "7.5 minutes"]),
]


@pytest.mark.parametrize(("name", "asked", "not_asked", "rows"), OF_THE_DRUG)
def test_the_chart_of_a_drug_is_its_own(ready, name, asked, not_asked, rows):
    tables = [each for each in charting.on_the_sheet(ready[name]) if isinstance(each, Table)]
    columns = {column for table in tables for column in table.columns}
    assert asked <= columns and not not_asked & columns
    assert [row[0] for row in tables[0].rows][:len(rows)] == rows


@pytest.mark.parametrize("name", ["thiamine", "levetiracetam", "eptinezumab"])
def test_a_fall_from_where_it_was_has_a_reading_before(ready, name):
    """A pressure that may fall by a share of what it was is written down before the drug."""
    (table,) = [each for each in charting.on_the_sheet(ready[name]) if isinstance(each, Table)]
    (before,) = [row for row in table.rows if row[0] == "before"]
    assert before[table.columns.index("BLOOD PRESSURE, mmHg")] == ""


def test_a_time_is_one_that_a_clock_shows():
    """A pump that runs in steps of 0.1 mL/hour gives 64 mL over 67 minutes in 67.02; a file may state half minutes."""
    assert list(found(watched("sedation", at="before, every 2.5 minutes for 5 minutes, at the end, 30 minutes after the end", runs=((0, Fraction("67.02")),)))) == [
        "before", "2.5 minutes", "5 minutes", "1 hour 7 minutes", "1 hour 37 minutes"]


MEASURED = ("BLOOD PRESSURE", "PULSE", "BREATHS", "SATURATION", "TEMPERATURE", "QTC", "GLUCOSE", "FLUID IN", "FLUID OUT", "WEIGHT")


def test_what_is_measured_has_its_unit_in_the_heading(ready):
    for name, made in ready.items():
        for table in (each for each in charting.on_the_sheet(made) if isinstance(each, Table)):
            for column in table.columns:
                assert not column.startswith(MEASURED) or ", " in column, (name, column)


def test_no_row_is_earlier_than_the_one_before_it_and_none_is_twice(ready):
    for name, made in ready.items():
        rows = charting.rows(charting.asked(made))
        assert [each.at for each in rows] == sorted(each.at for each in rows) and len({each.label for each in rows}) == len(rows), name


@pytest.mark.parametrize("at", ["before", "before, at 5 and 15 minutes", "every 15 minutes for 1 hour, then every 2 hours", "at 1 hour of the first dose"])
def test_times_alone_are_read_whole(at):
    assert watching.read(at).whole


def test_times_that_no_clock_shows_are_refused_with_their_place(infuse, tmp_path):
    text = (Path(__file__).parent.parent / "protocols" / "metoclopramide.yaml").read_text()
    (tmp_path / "metoclopramide.yaml").write_text(text.replace("    at: before, at 5, 15, 30 and 60 minutes\n", "    at: now and then\n"))
    done = infuse("check", str(tmp_path / "metoclopramide.yaml"))
    assert done.returncode == 1 and re.search(r"metoclopramide.yaml:\d+:9: expected times alone, .*; found \"?now and then", done.stdout + done.stderr)


def test_a_set_has_one_chart_with_the_orders_that_ask():
    library = Library([])
    _, made = setcases.sample(library, library.load_set(library.sets()["emergency-rescue"]))
    tables = [each for each in charting.on_the_sheet(made) if isinstance(each, Table)]
    columns = [column for table in tables for column in table.columns]
    assert {"RESTLESSNESS (1)", "PULSE, a minute (2)", "BLOOD PRESSURE, mmHg (1, 2)", "PAIN 0 TO 10 (1, 2)"} <= set(columns)
    (row,) = [row for row in tables[0].rows if row[0] == "5 minutes"]
    assert row[columns.index("RESTLESSNESS (1)")] == "" and row[columns.index("BLOOD PRESSURE, mmHg (1, 2)")] == NOT_DUE


def test_a_file_that_names_no_columns_has_those_of_its_words():
    lines = (Monitoring("blood pressure, breaths", "before", ()), Monitoring("knee jerk", "before", ()))
    assert [charting.columns(each, lines) for each in lines] == [("blood pressure, mmHg", "breaths, a minute"), ()]


KETAMINE = ["ketamine-inpatient-titration", "ketamine-inpatient-titration-lauritsen"]


@pytest.mark.parametrize("name", KETAMINE)
def test_what_is_titrated_has_one_table_of_intervals_from_the_start_and_from_every_step(ready, name):
    (table,) = charting.intervals(charting.asked(ready[name]))
    assert table.columns[0] == "FROM THE START, AND AGAIN FROM EVERY STEP UP" and "blood pressure" in table.columns[1] and "breaths" in table.columns[1]
    assert table.rows == (("first 1 hour", "every 15 minutes"), ("next 2 hours", "every 30 minutes"), ("next 24 hours", "every 1 hour"), ("after that", "every 2 hours"))


@pytest.mark.parametrize("name", [*KETAMINE, "lidocaine-inpatient-infusion"])
def test_a_line_in_which_a_flush_would_be_a_bolus_is_not_flushed(infuse, name):
    page = re.sub(r"\s+", " ", infuse("order", name, "--weight", "70kg", "--age", "44y").stdout)
    assert "DO NOT FLUSH the line is full of" in page and " FLUSH ________" not in page


# a set, what its timeline says of how long the patient is watched: the chair time of 2 hours is not enough for ketorolac, which is
# given at 18 minutes and watched 120 minutes; magnesium ends at 80 minutes and pain is asked for 60 minutes after it
STAYS = [("headache-clinic-visit", "STAYS AT LEAST 2 hours 18 minutes, when something is observed for the last time"), ("outpatient-infusion", "LAST OBSERVATION AT 2 hours 20 minutes")]


@pytest.mark.parametrize(("name", "said"), STAYS)
def test_a_patient_stays_until_the_last_observation(infuse, name, said):
    page = infuse("order", name, "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm", "--creatinine", "0.8 mg/dL").stdout
    assert said in re.sub(r"\s+", " ", page)
