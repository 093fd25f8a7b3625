"""Elapsed time on the clock: midnight, the night that is an hour longer, the night that is an hour shorter."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from infuse.arithmetic import clock
from infuse.ground.units import quantity


@pytest.fixture(autouse=True)
def central_europe(monkeypatch):
    """Clocks forward on the last Sunday of March at 02:00, back on the last Sunday of October at 03:00."""
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


# start, elapsed hours, what the clock then shows, which of two
PASSED = [
    ("2026-11-21 22:00", "8", "2026-11-22 06:00", ""),
    ("2026-11-21 08:30", "0", "2026-11-21 08:30", ""),
    ("2026-12-31 23:59", "1", "2027-01-01 00:59", ""),
    ("2026-10-24 22:00", "8", "2026-10-25 05:00", ""),  # the night of 25 hours
    ("2026-10-25 01:30", "1", "2026-10-25 02:30", "the first time"),
    ("2026-10-25 01:30", "2", "2026-10-25 02:30", "the second time"),
    ("2026-10-25 01:30", "3", "2026-10-25 03:30", ""),
    ("2026-03-28 22:00", "8", "2026-03-29 07:00", ""),  # the night of 23 hours
    ("2026-03-29 01:30", "1", "2026-03-29 03:30", ""),
]


@pytest.mark.parametrize(("start", "hours", "shown", "which"), PASSED)
def test_elapsed_hours(start, hours, shown, which):
    found = clock.after(datetime.fromisoformat(start), quantity(hours, "h"))
    assert (found.replace(fold=0), clock.which(found)) == (datetime.fromisoformat(shown), which)


def test_from_the_second_time_an_hour_less_is_left():
    second = datetime(2026, 10, 25, 2, 30, fold=1)
    assert clock.after(second, quantity(1, "h")) == datetime(2026, 10, 25, 3, 30)
    assert clock.after(second.replace(fold=0), quantity(1, "h")).fold == 1


@pytest.mark.parametrize(("local", "exists", "twice"), [
    ("2026-03-29 01:59", True, False), ("2026-03-29 02:00", False, False), ("2026-03-29 02:59", False, False), ("2026-03-29 03:00", True, False),
    ("2026-10-25 01:59", True, False), ("2026-10-25 02:00", True, True), ("2026-10-25 02:59", True, True), ("2026-10-25 03:00", True, False),
])
def test_hours_that_are_skipped_and_hours_that_come_twice(local, exists, twice):
    at = datetime.fromisoformat(local)
    assert (clock.exists(at), clock.comes_twice(at)) == (exists, twice)
