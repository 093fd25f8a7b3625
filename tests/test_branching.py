"""Branches of a course: one timeline and one picture each, one box that says which is given, and no jargon."""

from __future__ import annotations

import re

import pytest

from infuse.paper.phrases import in_numbers

FACTS = ["--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm", "--creatinine", "0.8 mg/dL"]
OVER = ["--by", "Dr. Roe", "--override"]
COURSE = ["order", "dihydroergotamine-inpatient-course", *FACTS, *OVER, "dihydroergotamine-inpatient.total: refractory"]
ALONE = ["order", "dihydroergotamine-inpatient", *FACTS[:4], *OVER, "dihydroergotamine-inpatient.total: refractory"]
NEVER = "give ORDER 3, or ORDERS 4 and 5: one of them, NEVER both; strike out the other"
NEVER_ALONE = "give ORDER 2, or ORDERS 3 and 4: one of them, NEVER both; strike out the other"


def flat(text):
    return re.sub(r"\s+", " ", re.sub(r" +_{8}$", "", text, flags=re.MULTILINE))


@pytest.fixture
def page(infuse):
    done = infuse(*COURSE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def part(page, heading):
    after = page[re.search(rf"^{re.escape(heading)}.*\n-{{80}}$", page, re.M).start():]
    return flat(re.split(r"\n-{80}\n", after)[1])


def test_each_branch_has_a_timeline_of_its_own(page):
    half, full = part(page, "TIMELINE A: HALF"), part(page, "TIMELINE B: FULL")
    assert "HALF dose" in half and "FULL dose" not in half and "second half" not in half and "order 4" not in half
    assert "FULL dose" in full and "second half" in full and "HALF dose" not in full and "order 3" not in full
    assert len(re.findall("metoclopramide 10 mg", half)) == len(re.findall("metoclopramide 10 mg", full)) == 8
    assert half.count("=: given") == full.count("=: given") == 1


def test_what_is_given_in_any_case_stands_before_the_choice(page):
    first = part(page, "TIMELINE")
    assert "test dose 0.5 mg over 3 minutes; then flush 10 mL" in first and first.index("test dose") < first.index("GIVE ONE, STRIKE OUT THE OTHER")
    assert "HALF dose" not in first and "=: given" not in first
    assert "ALL IS THROUGH AT, A: HALF 64 hours 48 minutes" in first and "ALL IS THROUGH AT, B: FULL 65 hours 42 minutes" in first


def test_one_box_says_which_is_given(page):
    assert len(re.findall(r"^\[ \] A: HALF, ORDER 3: only if nausea came", page, re.M)) == 1
    assert len(re.findall(r"^\[ \] B: FULL, ORDERS 4 and 5: only if 1 hour after", page, re.M)) == 1
    assert len(re.findall(r"^\[ \] NEITHER: call the prescriber", page, re.M)) == 1
    assert "half ____ full ____" not in flat(page)


@pytest.mark.parametrize(("arguments", "never"), [(COURSE, NEVER), (ALONE, NEVER_ALONE)])
def test_the_orders_that_exclude_each_other_say_so(infuse, arguments, never):
    page = flat(infuse(*arguments).stdout)
    assert page.count(f"EITHER, OR {never}") == 3
    assert "of several branches" not in page and "branch full" not in page and "branch half" not in page


def test_the_totals_are_those_of_one_branch(page):
    totals = part(page, "TOTALS")
    assert "metoclopramide 9 30 mg 90 mg" in totals  # before the test dose and 8 more, on either
    assert "dihydroergotamine-inpatient, A: HALF 9 1.5 mg 4.5 mg" in totals and "dihydroergotamine-inpatient, B: FULL 10 3 mg 9 mg" in totals


NUMBERS = [((2,), "2"), ((2, 3), "2 and 3"), ((2, 3, 4), "2 to 4"), ((2, 4, 5), "2, 4 and 5")]


@pytest.mark.parametrize(("numbers", "said"), NUMBERS)
def test_numbers_of_orders(numbers, said):
    assert in_numbers(numbers) == said


def test_the_head_of_a_table_of_a_branch_names_it(page):
    """Its rows go on to another page, where the heading does not stand: what is given there is of that branch only."""
    for title in ("A: HALF", "B: FULL"):
        assert flat(page).count(f"GIVE: ONLY IN {title}") == 1
