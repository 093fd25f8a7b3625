"""Order sets: what is picked, what is refused, what one sheet of several orders says."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from infuse.files.library import Library
from infuse.ordering import picking

FACTS = ["--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm", "--creatinine", "0.8 mg/dL"]
SITE = """set: site-set
title: A set of the site
version: 1
population: adult
indication: acute migraine
care_areas:
  - emergency department
references:
  site:
    title: The site's own choice
    read: written here
items:
  - one_of:
      - metoclopramide
      - droperidol
    use: required
    source: site
  - protocol: ketorolac
    use: preferred
    source: site
  - protocol: magnesium-sulfate-adult
    use: optional
    source: site
cases:
  - name: 70 kg
    given:
      weight: 70 kg
      age: 44 years
      sex: female
      height: 165 cm
      creatinine: 0.8 mg/dL
    expect:
      orders: 2
"""


@pytest.fixture
def site(tmp_path):
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "site-set.yaml").write_text(SITE)
    return tmp_path


# --with, --without, the protocols of the sheet
PICKED = [
    ([], [], ["metoclopramide", "ketorolac"]),
    (["droperidol"], [], ["droperidol", "ketorolac"]),
    ([], ["metoclopramide"], ["droperidol", "ketorolac"]),
    ([], ["ketorolac"], ["metoclopramide"]),
    (["magnesium-sulfate-adult"], [], ["metoclopramide", "ketorolac", "magnesium-sulfate-adult"]),
    (["magnesium-sulfate-adult", "droperidol"], ["ketorolac"], ["droperidol", "magnesium-sulfate-adult"]),
]


@pytest.mark.parametrize(("wanted", "unwanted", "ids"), PICKED)
def test_what_is_picked(site, wanted, unwanted, ids):
    found = picking.select(Library([site]), ["site-set"], wanted, unwanted)
    assert found.ids == ids
    assert found.arrangement.order_set.id == "site-set"


WITH_IT = [
    ("preferred", [], [], ["droperidol", "ketorolac"]),
    ("preferred", ["magnesium-sulfate-adult"], [], ["droperidol", "ketorolac", "calcium-gluconate", "magnesium-sulfate-adult"]),
    ("preferred", ["magnesium-sulfate-adult"], ["calcium-gluconate"], ["droperidol", "ketorolac", "magnesium-sulfate-adult"]),
    ("preferred", ["calcium-gluconate"], [], ["droperidol", "ketorolac", "calcium-gluconate"]),
    ("required", ["magnesium-sulfate-adult"], ["calcium-gluconate"], None),
]


@pytest.mark.parametrize(("use", "wanted", "unwanted", "ids"), WITH_IT)
def test_what_goes_with_another_is_ordered_where_that_is(site, use, wanted, unwanted, ids):
    path = site / "sets" / "site-set.yaml"
    path.write_text(SITE.replace("  - protocol: magnesium", f"  - protocol: calcium-gluconate\n    use: {use}\n    goes_with: magnesium-sulfate-adult\n"
                                 "    source: site\n  - protocol: magnesium"))
    if ids is None:
        with pytest.raises(picking.CannotPick) as refused:
            picking.select(Library([site]), ["site-set"], [*wanted, "droperidol"], unwanted)
        assert [each.expected for _, each in refused.value.refused] == ["an item that may be left out"]
        return
    assert picking.select(Library([site]), ["site-set"], [*wanted, "droperidol"], unwanted).ids == ids


# ids, --with, --without, what the refusal expects
REFUSED = [
    (["site-set"], ["metoclopramide", "droperidol"], [], "one of metoclopramide, droperidol"),
    (["site-set"], [], ["metoclopramide", "droperidol"], "an item that may be left out"),
    (["site-set"], ["ketorolak"], [], "an item of site-set: metoclopramide, droperidol, ketorolac, magnesium-sulfate-adult"),
    (["site-set"], ["ketorolac"], ["ketorolac"], "an item with or without, not both"),
    (["site-set", "magnesium-sulfate-adult"], [], [], "a protocol that site-set does not have"),
    (["site-set", "emergency-rescue"], [], [], "one order set on a sheet"),
    (["ketorolac", "metoclopramide"], ["droperidol"], [], "an order set beside it"),
    (["ketorolac"], [], ["droperidol"], "an order set beside it"),
]


@pytest.mark.parametrize(("ids", "wanted", "unwanted", "expected"), REFUSED)
def test_what_cannot_be_picked(site, ids, wanted, unwanted, expected):
    with pytest.raises(picking.CannotPick) as refused:
        picking.select(Library([site]), ids, wanted, unwanted)
    assert [each.expected for _, each in refused.value.refused] == [expected]


# a line of the set's file, what stands there instead, where the problem is, what it says
FAULTS = [
    ("  - protocol: ketorolac", "  - protocol: ketorolak", "18:15", 'expected a protocol of the library; found "ketorolak"'),
    ("  - protocol: ketorolac", "  - protocol: droperidol", "18:15", 'expected each protocol once; found "droperidol" again'),
    ("    use: preferred", "    use: prefered", "19:10", 'expected "required", "preferred" or "optional"; found "prefered"'),
    ("    use: preferred", "    use: preferred\n    after: droperidole", "20:12", 'expected an item that stands above this one; found "droperidole"'),
    ("    use: preferred", "    use: preferred\n    at: 5 min\n    after: droperidol", "18:5", "expected one of at, after, before_each and if_needed; found at and after"),
    ("    use: preferred", "    use: preferred\n    goes_with: ketorolak", "20:16", 'expected another item of the set; found "ketorolak"'),
    ("    use: preferred", "    use: preferred\n    if_needed: yes", "18:5", "expected only_if, which says when it is needed; found none"),
    ("    use: optional", "    use: optional\n    before_each:\n      item: ketorolac\n      phases:\n        - first\n      by: 5 min", "26:11",
     'expected a phase of ketorolac; found "first"'),
    ("      - droperidol", "      - metoclopramide", "14:9", "expected two or more different protocols under one_of; found metoclopramide, metoclopramide"),
    ("    source: site\n  - protocol: ketorolac", "    source: sit\n  - protocol: ketorolac", "17:13", 'expected a source that stands under references; found "sit"'),
    ("      orders: 2", "      orders: 3", "33:15", 'case "70 kg": expected orders 3; found 2'),
    ("      orders: 2", "      order: 2", "33:7", 'case "70 kg": expected one of refused, soft_stop, note, orders, doses, lines, ends, fluid; found "order"'),
]


@pytest.mark.parametrize(("line", "instead", "place", "message"), FAULTS)
def test_a_fault_in_the_file_of_a_set(site, infuse, line, instead, place, message):
    path = site / "sets" / "site-set.yaml"
    assert line in SITE
    path.write_text(SITE.replace(line, instead, 1))
    done = infuse("check", str(path), "--protocols", str(site))
    assert done.returncode == 1 and not done.stderr, done.stderr
    found = [each.removeprefix(f"{path}:") for each in done.stdout.splitlines() if each.startswith(str(path))]
    assert f"{place}: {message}" in found, found


def test_one_sheet_of_a_set(infuse):
    done = infuse("order", "emergency-rescue", *FACTS, "--with", "magnesium-sulfate-adult", "--start", "2026-11-25 23:50")
    assert done.returncode == 0, done.stderr
    page = done.stdout
    assert page.count("\nPATIENT\n") == 1 and page.count("\nMONITORING") == 1
    places = [page.index(f"\n{each}") for each in ("TIMELINE", "ORDER SET", "LINES", "TOTALS", "ORDER 1   metoclopramide, ", "ORDER 3   magnesium", "MONITORING", "SIGNATURES")]
    assert places == sorted(places)
    assert re.search(r"^18 minutes +26-Nov 00:08 +1 +order 2: ketorolac", page, re.M)  # 15 minutes and a flush of 3 after 23:50
    assert "Flush with sodium chloride 0.9%, as FLUSH at each order says." in " ".join(page.split())
    assert re.search(r"at a Y-site, not established; [^:]*: metoclopramide with ketorolac tromethamine, ", " ".join(page.split()))


def test_what_must_be_true_first_stands_in_the_timeline_too(infuse):
    page = " ".join(infuse("order", "emergency-rescue", *FACTS, "--with", "fluid-bolus-adult").stdout.split())
    timeline = page[page.index(" TIMELINE "):page.index(" LINES ")]
    assert re.search("ONLY IF the patient vomited, did not drink or is dry.* \\[ \\]", timeline)


def test_what_is_only_for_need_has_no_time_and_no_part_in_the_totals(site, infuse):
    path = site / "sets" / "site-set.yaml"
    path.write_text(SITE.replace("    use: optional\n", "    use: preferred\n    if_needed: yes\n    only_if: the aura comes back\n"))
    done = infuse("order", "site-set", *FACTS, "--protocols", str(site))
    assert done.returncode == 0, done.stderr
    page = " ".join(done.stdout.split())
    part = {name: page[page.index(f" {name} "):] for name in ("TIMELINE", "ONLY IF NEEDED", "LINES", "TOTALS")}
    assert "magnesium" not in part["TIMELINE"][:part["TIMELINE"].index(" ONLY IF NEEDED ")]
    assert re.search("order 3: magnesium sulfate 1 g .*ONLY IF the aura .*20 minutes", part["ONLY IF NEEDED"][:part["ONLY IF NEEDED"].index(" LINES ")])
    assert "FLUID IN ALL 53 mL" in part["LINES"]  # 52 mL and 1 mL; nothing of what may never be given
    assert "magnesium-sulfate-adult only if needed" in part["TOTALS"]
    assert "magnesium sulfate with" in part["LINES"].replace("with magnesium sulfate", "magnesium sulfate with")  # it may meet the others all the same


def test_what_runs_together_goes_through_a_line_of_its_own(infuse):
    done = infuse("order", "lidocaine-inpatient-infusion", "magnesium-sulfate-adult", *FACTS)
    assert done.returncode == 0, done.stderr
    assert "ALL IS THROUGH AT" not in done.stdout and re.search(r"^ALL THAT ENDS, AT +20 minutes", done.stdout, re.M)
    assert re.search(r"^line 1 +lidocaine", done.stdout, re.M) and re.search(r"^line 2 +magnesium sulfate", done.stdout, re.M)


def test_a_single_order_has_no_plan(infuse):
    page = infuse("order", "magnesium-sulfate-adult", *FACTS[:4]).stdout
    assert "TIMELINE" not in page and "\nMONITORING   magnesium sulfate" in page


def test_the_plan_in_json_is_the_one_on_the_sheet(infuse):
    import jsonschema

    from infuse.paper.render import json as rendered

    done = infuse("order", "emergency-rescue", *FACTS, "--start", "2026-11-25 23:50", "--json")
    made = json.loads(done.stdout)
    jsonschema.validate(made, rendered.schema())
    plan = made["plan"]
    assert plan["set"]["id"] == "emergency-rescue"
    assert [(each["elapsed"]["value"], each["clock"], each["line"], each["flush"]) for each in plan["timeline"]][:3] == [
        ("0", "2026-11-25T23:50", 1, False), ("15", "2026-11-26T00:05", 1, True), ("18", "2026-11-26T00:08", 1, False)]
    assert any(each["name"] == "protocols/sets/emergency-rescue.yaml" for each in made["plan_files"])


def test_a_flush_that_a_protocol_asks_for_itself_counts_with_its_volume(infuse):
    # 101 mL and 20 mL of its own flush, then 51 mL: 172 mL
    done = infuse("order", "eptinezumab", "dexamethasone", *FACTS, "--json")
    plan = json.loads(done.stdout)["plan"]
    page = " ".join(infuse("order", "eptinezumab", "dexamethasone", *FACTS).stdout.split())
    assert "then flush ________ 20 mL of sodium chloride 0.9% over 6 minutes" in page  # with the line for initials between
    assert "FLUID IN ALL 172 mL, and each flush whose volume is not filled in" in page
    assert plan["fluid"]["value"] == "172"


def test_a_set_is_for_its_own_care_areas(infuse):
    done = infuse("order", "emergency-rescue", *FACTS, "--care-area", "monitored inpatient bed")
    assert done.returncode == 1 and "emergency-rescue.care_area" in done.stderr


SETS = sorted(path.stem for path in Library([]).sets().values())
ERROR_PRONE = [(row["id"], re.compile(row["pattern"]))
               for row in json.loads((Path(__file__).parent / "data/error_prone.json").read_text())["entries"] if row["level"] == "block"]


HASH = re.compile(r"\b[0-9a-f]{8,64}\b")


@pytest.mark.parametrize("name", SETS)
def test_every_set_prints_and_nothing_error_prone_stands_on_it(infuse, name):
    """What every patient of it gets, an order or a stop; and all that it may say, of its optional items too."""
    ordered, shown = infuse("order", name, *FACTS), infuse("show", name)
    assert ordered.returncode == ("NO ORDER WAS MADE" in ordered.stdout), ordered.stderr
    assert shown.returncode == 0, shown.stderr
    for done, sources in ((ordered, "\nREFERENCES"), (shown, "\nSOURCES")):
        page = unicodedata.normalize("NFC", done.stdout).partition(sources)[0]  # a link goes on in the next line there
        for line in HASH.sub("", page).splitlines():
            assert not [rule for rule, pattern in ERROR_PRONE if pattern.search(line)], line
