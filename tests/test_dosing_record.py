"""Where each dose of a course and each bag is signed for: its number, when it is due, and what comes together by then."""

from __future__ import annotations

from conftest import make

from infuse.paper import dosing_record, sheet
from infuse.paper.page import Boxes, Table

FACTS = {"weight": "70 kg", "age": "44 years", "sex": "female", "height": "165 cm", "creatinine": "0.8 mg/dL"}
OVER = {"overrides": [("dihydroergotamine-inpatient.total", "refractory")], "by": "Dr. Roe"}


def found(made, heading):
    return {section.heading: [block for block in section.blocks if isinstance(block, Table)] for section in sheet.lay_out(made).sections if section.heading.startswith(heading)}


def rows(made, heading="DOSES"):
    return [row for tables in found(made, heading).values() for table in tables for row in table.rows]


def test_every_dose_of_a_course_has_its_row(shipped):
    made = make(shipped["methylprednisolone-withdrawal"], **FACTS)
    assert [row[:3] for row in rows(made)] == [("1", "0 minutes", "125 mg"), ("2", "24 hours", "250 mg"), ("3", "48 hours", "375 mg"), ("4", "72 hours", "500 mg"), ("5", "96 hours", "625 mg")]
    (table,), = found(made, "DOSES").values()
    assert table.columns == ("DOSE", "DUE AFTER", "SO FAR, ON THIS SHEET", "DATE, TIME GIVEN", "BY", "BAG TO BE USED BY: DATE, TIME")


def test_a_clock_stands_beside_what_is_due(shipped):
    made = make(shipped["methylprednisolone-withdrawal"], start="2026-11-21 09:00", **FACTS)
    assert [row[1] for row in rows(made)][:2] == ["0 minutes (21-Nov 09:00)", "24 hours (22-Nov 09:00)"]


def test_each_branch_counts_from_what_comes_before_it(shipped):
    made = make(shipped["dihydroergotamine-inpatient"], **FACTS, **OVER)
    tables = found(made, "DOSES")
    (first,), (half,), (full,) = tables.values()
    assert [row[:4] for row in first.rows] == [("1", "0 minutes", "test dose 0.5 mg", "0.5 mg")]
    assert half.rows[0][:4] == ("2", "8 hours", "HALF dose 0.5 mg", "1 mg") and half.rows[-1][:4] == ("9", "64 hours", "HALF dose 0.5 mg", "4.5 mg")
    assert full.rows[0][:4] == ("2", "1 hour", "second half 0.5 mg", "1 mg") and full.rows[-1][:4] == ("10", "65 hours", "FULL dose 1 mg", "9 mg")
    chosen = [question for section in sheet.lay_out(made).sections if section.heading == "DOSES" for block in section.blocks if isinstance(block, Boxes) for question in block.questions]
    assert [each.partition(":")[0] for each in chosen] == ["A", "B", "NEITHER"]


def test_doses_as_needed_have_as_many_rows_as_a_day_allows(shipped):
    made = make(shipped["propofol"], **FACTS)
    assert [row[:2] for row in rows(made)] == [(str(number), f"{number * 10} mg") for number in range(1, 9)]
    assert [heading for heading in found(made, "DOSES")] == ["DOSES   propofol, at most 8 in 24 hours"]


def test_one_dose_has_no_record_of_its_own(shipped):
    assert not rows(make(shipped["ketorolac"], **FACTS)) and not rows(make(shipped["metoclopramide"], **FACTS))


def test_a_row_for_each_bag_as_far_as_there_is_room(shipped):
    (table,), = found(make(shipped["ketamine-inpatient-titration"], **FACTS), "BAGS").values()
    assert [row[0] for row in table.rows] == [str(number) for number in range(1, dosing_record.MOST_BAGS + 1)]
    (table,), = found(make(shipped["fluid-maintenance-adult"], **FACTS), "BAGS").values()
    assert [row[0] for row in table.rows] == ["1", "2"]
    assert not found(make(shipped["magnesium-sulfate-adult"], **FACTS), "BAGS")


def test_a_dose_with_a_condition_says_where_it_stands(shipped):
    made = make(shipped["dihydroergotamine-refractory"], overrides=[("dihydroergotamine-refractory.total", "refractory")], by="Dr. Roe", **FACTS)
    given = [row[2] for row in rows(made)]
    assert len(given) == 12 and given[0] == "infusion 1 0.5 mg" and given[1].endswith(", ONLY IF as ORDER 2 says") and given[-1].endswith(", ONLY IF as ORDER 3 says")


def test_a_rescue_goes_by_its_findings_and_has_no_due_times(shipped):
    made = make(shipped["lipid-emulsion"], **FACTS)
    assert made.phases[2:] and not rows(made)


def test_what_has_no_room_is_said(shipped, monkeypatch):
    monkeypatch.setattr(dosing_record, "MOST_DOSES", 3)
    made = make(shipped["methylprednisolone-withdrawal"], **FACTS)
    assert len(rows(made)) == 3
    assert any("Doses 4 to 5: on a further sheet." in getattr(block, "lines", ()) for section in sheet.lay_out(made).sections for block in section.blocks)
