"""A drug that nobody can infuse, because no product of it is to be had: ordered, it is refused with the reason and its
source, and with it everything that was ordered beside it; `list` and `show` say so; no protocol can be written for it."""

from __future__ import annotations

import json

import pytest

from infuse.files.library import Library
from infuse.ordering import checking

MADE_UP = """\
drug: moonlight
name: moonlight
also_known_as:
  - silver light
not_available:
  say: it cannot be bottled
  source: almanac
references:
  almanac:
    title: The almanac
    year: 2020
    url: https://example.org/almanac
"""
PRODUCTS = """\
products:
  vial:
    name: moonlight 1 mg/mL, 1 mL vial
    form: vial
    strength: 1 mg/mL
    volume: 1 mL
    dilution: allowed
    source: almanac
"""
MAGNESIUM = "magnesium-sulfate-adult"
SAYS = ("moonlight: refused; it cannot be bottled (almanac)\n"
        "   almanac: The almanac. 2020 https://example.org/almanac\n"
        "   nothing was ordered\n")


@pytest.fixture
def site(tmp_path):
    (tmp_path / "drugs").mkdir()
    (tmp_path / "drugs" / "moonlight.yaml").write_text(MADE_UP)
    return tmp_path


@pytest.mark.parametrize(("ids", "said", "code"), [
    (["moonlight"], SAYS, 1),
    (["MoonLight"], SAYS, 1),
    (["silver light"], SAYS, 1),
    (["silver-light"], SAYS, 1),
    ([MAGNESIUM, "moonlight"], SAYS, 1),
    (["moonlight", MAGNESIUM], SAYS, 1),
    (["moonligh"], 'expected a protocol or an order set; found "moonligh"\n   did you mean moonlight?\n', 2),
    (["moonlight", "ketamin"], SAYS + 'expected a protocol or an order set; found "ketamin"\n   did you mean ketamine-inpatient-titration', 2),
    ([MAGNESIUM], "", 0),
])
@pytest.mark.parametrize("format", ["text", "json"])
def test_an_order_of_it_is_refused_with_the_reason_and_its_source(infuse, site, ids, said, code, format):
    done = infuse("order", *ids, "--age", "44y", "--format", format, "--protocols", str(site))
    assert done.returncode == code
    assert done.stderr.startswith(said) if code else said in done.stderr
    assert bool(done.stdout) == (code == 0)


@pytest.mark.parametrize(("name", "what"), [
    ("coenzyme-q10", "no intravenous product"), ("ubidecarenone", "no intravenous product"), ("adrenaline", "into the muscle"),
    ("vitamin-b-complex", "fixed mixture"), ("b complex", "fixed mixture"),
])
def test_the_two_that_ship(infuse, name, what):
    done = infuse("order", MAGNESIUM, name, "--age", "44y")
    assert (done.returncode, done.stdout) == (1, "")
    assert what in done.stderr and "http" in done.stderr


def test_list_names_it_after_the_protocols(infuse, site):
    said = infuse("list", "--protocols", str(site)).stdout
    assert said.index("\nvalproate-sodium-slow\n") < said.index("\nmoonlight\n")
    below = said.split("\nmoonlight\n")[1]
    assert "NOT AVAILABLE" in below and "it cannot be bottled" in below
    found = json.loads(infuse("list", "--json", "--protocols", str(site)).stdout)
    assert {"id": "moonlight", "name": "moonlight", "say": "it cannot be bottled", "references": ["almanac"],
            "file": str(site / "drugs" / "moonlight.yaml"), "problem": ""} in found["not_available"]
    assert {"coenzyme-q10", "vitamin-b-complex"} < {each["id"] for each in found["not_available"]}
    assert "moonlight" not in {each["id"] for each in found["protocols"]}


def test_show_says_so_with_the_source(infuse, site):
    done = infuse("show", "moonlight", "--protocols", str(site))
    assert done.returncode == 0
    for each in ("NOT AVAILABLE", "it cannot be bottled", "almanac: The almanac. 2020 https://example.org/almanac", "moonlight.yaml"):
        assert "".join(each.split()) in "".join(done.stdout.split())
    assert "PHASE" not in done.stdout
    page = json.loads(infuse("show", "moonlight", "--json", "--protocols", str(site)).stdout)
    assert "it cannot be bottled" in json.dumps(page)


@pytest.mark.parametrize(("text", "said"), [
    (MADE_UP, []),
    (MADE_UP.replace("not_available:\n  say: it cannot be bottled\n  source: almanac\n", PRODUCTS), []),
    (MADE_UP + PRODUCTS, ["expected products, or not_available with the reason; found both"]),
    (MADE_UP.replace("not_available:\n  say: it cannot be bottled\n  source: almanac\n", ""),
     ["expected products, or not_available with the reason; found neither"]),
    (MADE_UP.replace("  source: almanac\n", ""), ['expected the key "source" under not_available; found none']),
    (MADE_UP.replace("source: almanac", "source: almanack"), ['expected a source that stands under references; found "almanack"']),
])
def test_a_drug_file_has_products_or_says_why_not(site, text, said):
    path = site / "drugs" / "moonlight.yaml"
    path.write_text(text)
    assert [each.message for each in checking.check(Library([site]), [path]).errors] == said


def test_no_protocol_can_be_written_for_it(site):
    text = (Library().shipped / f"{MAGNESIUM}.yaml").read_text().replace("drug: magnesium-sulfate", "drug: moonlight")
    path = site / f"{MAGNESIUM}.yaml"
    path.write_text(text)
    said = [each.message for each in checking.check(Library([site]), [path]).errors]
    assert 'expected a drug that can be had; found "moonlight": it cannot be bottled' in said
