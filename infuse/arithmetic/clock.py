"""Elapsed time on the clock of the wall: midnight, and the nights on which the clocks are changed.

For: a timeline with a start. An interval is elapsed time: eight hours after 22:00 is 06:00, and 05:00 in the night in
which the clocks go back. An hour of the clock that comes twice in that night says which one it is.

Refuses: a start that the clocks skip, and one that comes twice without a word on which it is.

Example: 2 hours after 25-Oct-2026 01:30, where the clocks go back at 03:00, is "25-Oct-2026 02:30, the second time".
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from infuse.ground.units import Quantity

TWICE = ("the first time", "the second time")


def after(start: datetime, elapsed: Quantity) -> datetime:
    """The local time when `elapsed` has passed since `start` (local, without a zone); `fold` is 1 in an hour that comes
    a second time. Fractions of a minute are cut off."""
    moment = start.astimezone(timezone.utc) + timedelta(minutes=int(elapsed.to("min").value))
    local = moment.astimezone().replace(tzinfo=None)
    return local.replace(fold=1) if comes_twice(local) and local.replace(fold=1).astimezone(timezone.utc) == moment else local


def comes_twice(local: datetime) -> bool:
    """Whether the clock shows this time twice, because it is put back."""
    return exists(local) and local.replace(fold=0).astimezone(timezone.utc) != local.replace(fold=1).astimezone(timezone.utc)


def exists(local: datetime) -> bool:
    """Whether the clock shows this time at all: it does not in the hour that is skipped."""
    return local.replace(fold=0).astimezone(timezone.utc).astimezone().replace(tzinfo=None) == local.replace(fold=0)


def which(local: datetime) -> str:
    """Which of the two, where the clock shows the time twice; else nothing."""
    return TWICE[local.fold] if comes_twice(local) else ""
