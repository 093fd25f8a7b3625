"""Pictures: heights and lengths are those of the order's own figures, what is marked is marked without a shade."""

from __future__ import annotations

import io
import re
from fractions import Fraction

import pypdf
import pytest
from conftest import NOW, make
from test_paper import read

from infuse.files.library import Library
from infuse.ordering import setcases
from infuse.paper import branching, drawing, sheet
from infuse.paper.page import Bars, Steps
from infuse.paper.render import pdf, text

LIBRARY = Library()
SETS = {name: LIBRARY.load_set(path) for name, path in LIBRARY.sets().items()}


def pictures(page, kind):
    return [block for section in page.sections for block in section.blocks if isinstance(block, kind)]


@pytest.mark.parametrize("name", ["ketamine-inpatient-titration", "ketamine-inpatient-titration-lauritsen"])
def test_a_step_is_as_high_as_its_pump_rate_and_hatched_where_the_prescriber_is_called(shipped, name):
    made = make(shipped[name], weight="70 kg", age="44 years", care_area=shipped[name].protocol.care_areas[0])
    rungs = made.phases[0].rungs
    (picture,) = pictures(sheet.lay_out(made), Steps)
    rates = [rung.figures["pump_rate"].value.value for rung in rungs]
    assert [each.hatched for each in picture.steps] == [bool(rung.alerts) for rung in rungs]
    assert all(abs(each.high - 1000 * rate / max(rates)) <= Fraction(1, 2) for each, rate in zip(picture.steps, rates))
    assert [each.above for each in picture.steps] == [rung.figures["pump_rate"].value.on_paper().split()[0] for rung in rungs]
    assert [each.below for each in picture.steps] == [str(number) for number in range(1, len(rungs) + 1)]


def test_of_many_steps_every_third_has_room_for_its_numbers():
    rates = [drawing.quantity(number, "mL/h") for number in range(1, 61)]
    steps = drawing._steps(rates, [False] * 60)
    assert len(steps) == 60 and [each.below for each in steps if each.below] == [str(number) for number in range(1, 61, 3)]


def order_of(name):
    of_set = SETS[name]
    return setcases.sample(LIBRARY, of_set)[1]


DRAWN = [name for name in SETS if drawing.timeline(order_of(name))]


def test_what_begins_at_once_and_runs_on_needs_no_picture():
    assert len(DRAWN) >= 3 and all(each.end is None for name in SETS if name not in DRAWN for each in order_of(name).plan.events)


@pytest.mark.parametrize(("name", "branch"), [(name, branch) for name in DRAWN for branch in (("half", "full") if "dihydro" in name else ("",))])
def test_a_bar_lies_at_its_time_on_the_axis(name, branch):
    made = order_of(name)
    picture = drawing.timeline(made, branch)
    events = [each for each in made.plan.events if each.on(branch)]
    last = max((each.end or each.start).value for each in events)
    step = picture.marks[1][1]
    assert picture.marks[0] == (0, "start") and len(picture.marks) <= 8 and picture.marks[-1][0] == 1000
    whole = minutes(picture.marks[-1][1])
    assert last <= whole <= last + minutes(step)
    for part, (label, bars) in zip([part for part in range(len(made.plan.parts)) if any(each.part == part for each in events)], picture.rows):
        mine = [each for each in events if each.part == part]
        assert label.endswith(next(each.loaded.drug.name for each in made.requests if each.loaded.protocol.id == made.plan.parts[part].name))
        assert [(bar.filled, bar.runs_on) for bar in bars] == [(each.flush, each.end is None) for each in mine]
        for bar, event in zip(bars, mine):
            assert abs(bar.start - 1000 * event.start.value / whole) <= Fraction(1, 2)
            assert abs(bar.long - 1000 * ((event.end.value if event.end else whole) - event.start.value) / whole) <= Fraction(1, 2)


def minutes(said):
    hours, rest = re.fullmatch(r"(?:(\d+) hours? ?)?(?:(\d+) minutes?)?", said).groups()
    return 60 * int(hours or 0) + int(rest or 0)


@pytest.mark.parametrize("name", DRAWN)
def test_the_timeline_of_a_set_is_drawn_on_its_sheet_and_where_it_is_shown(infuse, name):
    made = order_of(name)
    drawn = [drawing.timeline(made, branch) for _, branch in branching.each_or_whole(made)]
    assert pictures(sheet.lay_out(made), Bars) == drawn
    shown = infuse("show", name).stdout
    assert all("TIMELINE" + (title and f" {title}") + "   as in its case" in shown for title, _ in branching.each_or_whole(made)) and "=: given; #: flush" in shown


def test_a_protocol_with_a_ladder_shows_its_steps_as_text_and_on_paper(infuse, tmp_path):
    shown = infuse("show", "ketamine-inpatient-titration").stdout
    assert re.search(r"^ 10 +0.55  #+$", shown, re.M) and "Dose rate in mg/kg/hour above each rung." in shown
    done = infuse("show", "ketamine-inpatient-titration", "--output", str(tmp_path / "show.pdf"), "--paper", "a4")
    assert done.returncode == 0, done.stderr
    pages = read((tmp_path / "show.pdf").read_bytes())
    assert any("Dose rate in mg/kg/hour above each rung" in each and "0.55" in each for each in pages)


def test_a_picture_is_black_and_white_and_the_same_bytes_twice():
    page = sheet.lay_out(order_of("emergency-rescue"))
    document = pdf.to_pdf(page, "letter", NOW)
    assert document == pdf.to_pdf(page, "letter", NOW)
    for each in pypdf.PdfReader(io.BytesIO(document)).pages:
        shades = re.findall(rb"(?:^|\s)([\d. ]+) (?:scn?|SCN?|g|G|rg|RG|k|K)(?=\s)", each.get_contents().get_data())
        assert {part for shade in shades for part in shade.split()} <= {b"0", b"1"}


def test_no_line_of_a_picture_is_wider_than_the_page():
    for name in SETS:
        for line in text.plain(sheet.lay_out(order_of(name))).splitlines():
            assert len(line) <= 80, line
