"""Who approved a protocol, until when: on every page of a sheet, and in what `show` says."""

from __future__ import annotations

import re
from datetime import date

import pytest
from conftest import make

from infuse.files import library
from infuse.files.protocol import Approval
from infuse.paper import approval, sheet

TODAY = date(2026, 11, 21)
OURS, THEIRS = Approval("Our Committee", "1", date(2026, 1, 15)), Approval("Their Committee", "1", date(2025, 1, 15))
UNAPPROVED = "REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE"
# what each protocol of a sheet has (approval, review due); the banner; the line
CASES = [
    ([(None, None)], UNAPPROVED, "Approving committee: none; approved: never; review due: not set."),
    ([(None, date(2026, 11, 20))], f"{UNAPPROVED} - REVIEW OVERDUE SINCE 20-Nov-2026",
     "Approving committee: none; approved: never; review due: 20-Nov-2026."),
    ([(OURS, None)], "APPROVED BY Our Committee", "Approving committee: Our Committee; approved: 15-Jan-2026; review due: not set."),
    ([(OURS, TODAY)], "APPROVED BY Our Committee", "Approving committee: Our Committee; approved: 15-Jan-2026; review due: 21-Nov-2026."),
    ([(OURS, date(2026, 11, 20))], "APPROVED BY Our Committee - REVIEW OVERDUE SINCE 20-Nov-2026",
     "Approving committee: Our Committee; approved: 15-Jan-2026; review due: 20-Nov-2026."),
    ([(OURS, None), (THEIRS, None)], "APPROVED BY Our Committee AND Their Committee",
     "one, approving committee: Our Committee; approved: 15-Jan-2026; review due: not set; "
     "two, approving committee: Their Committee; approved: 15-Jan-2025; review due: not set."),
    ([(OURS, None), (None, None)], UNAPPROVED,
     "one, approving committee: Our Committee; approved: 15-Jan-2026; review due: not set; "
     "two, approving committee: none; approved: never; review due: not set."),
    ([(OURS, date(2026, 11, 20)), (THEIRS, date(2026, 2, 1))], "APPROVED BY Our Committee AND Their Committee - REVIEW OVERDUE SINCE 01-Feb-2026",
     "one, approving committee: Our Committee; approved: 15-Jan-2026; review due: 20-Nov-2026; "
     "two, approving committee: Their Committee; approved: 15-Jan-2025; review due: 01-Feb-2026."),
]


@pytest.mark.parametrize(("several", "banner", "line"), CASES)
def test_banner_and_line(shipped, several, banner, line):
    one = shipped["magnesium-sulfate-adult"].protocol
    protocols = [one._replace(id=name, approval=given, review_due=due) for name, (given, due) in zip(("one", "two"), several)]
    assert approval.banner(protocols, TODAY) == banner
    assert approval.line(protocols) == line


@pytest.mark.parametrize(("due", "said"), [(TODAY, "APPROVED BY Our Committee"),
                                           (date(2026, 11, 20), "APPROVED BY Our Committee - REVIEW OVERDUE SINCE 20-Nov-2026")])
def test_a_sheet_is_stamped_by_the_clock_of_the_order(shipped, due, said):
    loaded = shipped["magnesium-sulfate-adult"]
    approved = loaded._replace(protocol=loaded.protocol._replace(approval=OURS, review_due=due))
    assert sheet.lay_out(make(approved, age="44y")).banner == said


def test_a_file_says_who_approved_it(infuse, tmp_path):
    shipped = infuse("show", "magnesium-sulfate-adult").stdout
    assert UNAPPROVED in shipped and "Approving committee: none" in shipped
    original = (library.shipped() / "magnesium-sulfate-adult.yaml").read_text()
    (tmp_path / "magnesium-sulfate-adult.yaml").write_text(re.sub(
        "^version: .*\n", "version: 9\napproval:\n  committee: Our Committee\n  version: 9\n  on: 2026-01-15\nreview_due: 2026-11-20\n",
        original, count=1, flags=re.M))
    done = infuse("order", "magnesium-sulfate-adult", "--age", "44y", "--protocols", str(tmp_path))
    assert done.returncode == 0 and "APPROVED BY Our Committee - REVIEW OVERDUE SINCE 20-Nov-2026" in done.stdout
    assert UNAPPROVED not in done.stdout
