"""Which of a drug's products is used: the one that leaves the least, then the fewest vials; which bag serves."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import ROOT, make

from infuse.arithmetic import preparation
from infuse.files.library import Library
from infuse.ground.grammar import read_quantity
from infuse.ordering.order import READY, NotUnderstood
from infuse.paper.page import Fields
from infuse.paper.render import json as rendered
from infuse.paper.sheet import lay_out

SAMPLES = ROOT / "tests" / "protocols"


@pytest.fixture(scope="module")
def sample():
    return Library([SAMPLES]).load(SAMPLES / "sample-products.yaml")


def said(made) -> str:
    """What the sheet says of the choice."""
    fields = [row for section in lay_out(made).sections for block in section.blocks if isinstance(block, Fields) for row in block.rows]
    return next((row.value for row in fields if row.label == "PRODUCT CHOSEN"), "")


# vials of 500 mg and of 1,000 mg (50 mg/mL), ampules of 100 mg (20 mg/mL): weight at 10 mg/kg; the product; how many; mL left over
LEAST = [
    ("40 kg", "ampule-20", 4, 0), ("50 kg", "vial-50", 1, 0), ("100 kg", "vial-50-large", 1, 0), ("49.9 kg", "vial-50", 1, 0), ("60 kg", "ampule-20", 6, 0),
    ("98 kg", "vial-50-large", 1, 0), ("10 kg", "ampule-20", 1, 0),
]


@pytest.mark.parametrize(("weight", "product", "opened", "left"), LEAST)
def test_the_least_is_left_then_the_fewest_are_opened(sample, weight, product, opened, left):
    made = make(sample, weight=weight)
    one = made.phases[0].prepared
    others = {each.product.key: each for each in one.others}
    assert (one.product.key, one.opened, one.wasted.value) == (product, opened, left)
    assert set(others) | {product} == {"vial-50", "vial-50-large", "ampule-20"}
    for each in others.values():
        strength = each.product.strength.quantity.value
        mine = (one.wasted.value * one.product.strength.quantity.value, one.opened)
        assert each.refused or mine <= (each.wasted.value * strength, each.opened)


def test_the_sheet_and_the_json_say_why_and_what_the_others_would_leave(sample):
    made = make(sample, weight="40kg")
    assert said(made) == ("sample 20 mg/mL, 5 mL ampule, because it leaves the least (4 ampules, 0 mL left over); not sample 50 mg/mL, 10 mL vial "
                          "(1 vial, 2 mL left over); not sample 50 mg/mL, 20 mL vial (1 vial, 12 mL left over); another with --product")
    order, = json.loads(json.dumps(rendered.as_object(made)))["orders"]
    assert [(each["opened"], each["left_over"]["value"], each["serves"]) for each in order["other_products"]] == [(1, "2", True), (1, "12", True)]
    assert order["left_over"]["value"] == "0"


@pytest.mark.parametrize("product", ["vial-50", "vial-50-large", "ampule-20"])
def test_another_is_used_where_it_is_asked_for_and_nothing_is_said_of_a_choice(sample, product):
    made = make(sample, weight="40kg", product=product)
    assert made.phases[0].prepared.product.key == product and not said(made)


def test_a_product_that_the_protocol_does_not_name_is_refused(sample):
    with pytest.raises(NotUnderstood) as wrong:
        make(sample, weight="40kg", product="bag-40")
    assert "vial-50, vial-50-large, ampule-20" in str(wrong.value.refused[0][1])


# dose; bag that is used. Of 50 mg/mL added to 50 mL, 20 mg/mL are reached at 1,666.7 mg
BAGS = [("1,600 mg", "small-bag"), ("1,666 mg", "small-bag"), ("1,667 mg", "large-bag"), ("2,000 mg", "large-bag")]


@pytest.mark.parametrize(("dose", "bag"), BAGS)
def test_the_first_bag_that_is_not_too_strong_serves(sample, dose, bag):
    milligrams = int(dose.removesuffix(" mg").replace(",", ""))
    made = make(sample, weight="100kg", dose=f"{milligrams / 100:g} mg/kg", product="vial-50-large")
    assert made.phases and made.phases[0].prepared.preparation.name == bag


def test_of_two_that_serve_the_preferred_one_is_used_whatever_it_leaves(shipped):
    made = make(shipped["magnesium-sulfate-adult"], age="44y", dose="1 g")
    assert made.status == READY and made.phases[0].prepared.preparation.name == "premixed-1-g"


# preparation of sample-dose; concentration; the volume to withdraw at which it is reached (None: never)
REACHED = [
    ("powder", "45 mg/mL", "22.5 mL"),    # 100 mg/mL made up to 50 mL: 45 times 50 / 100
    ("powder", "100 mg/mL", "50 mL"),
    ("vial", "40 mg/mL", "400 mL"),       # 50 mg/mL added to 100 mL: 40 times 100 / (50 less 40)
    ("vial", "49 mg/mL", "4,900 mL"),
    ("vial", "50 mg/mL", None),           # not even undiluted drug is stronger
]


@pytest.mark.parametrize(("name", "concentration", "expected"), REACHED)
def test_the_volume_at_which_a_concentration_is_reached(name, concentration, expected):
    loaded = Library([SAMPLES]).load(SAMPLES / "sample-dose.yaml")
    one = next(each for each in loaded.protocol.preparations if each.name == name)
    found = preparation.withdraw_at(one, loaded.drug.products[one.product], read_quantity(concentration), None)
    assert (found and found.on_paper()) == expected


@pytest.mark.parametrize(("weight", "drawn", "strength"), [("89 kg", "22 mL", "44 mg/mL"), ("90 kg", "22 mL", "44 mg/mL")])
def test_drawing_up_never_makes_the_bag_stronger_than_its_limit(tmp_path, weight, drawn, strength):
    """25 mg/kg at 90 kg are 2,250 mg, 22.5 mL of 100 mg/mL; 23 mL in 50 would be 46 mg/mL, above the 45 of the drug's soft limit."""
    shutil.copytree(SAMPLES, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "sample-dose.yaml"
    text = path.read_text().replace("default: 10 mg/kg", "default: 25 mg/kg").replace("20 mg/kg", "25 mg/kg").replace("cap: 1 g", "cap: 2.4 g")
    text = text.replace("hard: up to 1 g", "hard: up to 3 g").replace("up to 2 g in 24 h", "up to 3 g in 24 h").replace("soft: up to 50 mg/min", "soft: up to 99 mg/min")
    path.write_text(text[: text.index("cases:")] + "cases:\n  - name: light\n    given:\n      weight: 29 kg\n      age: 44 years\n    expect:\n      refused: weight\n")
    loaded = Library([tmp_path]).load(path)
    assert not loaded.errors, loaded.errors
    made = make(loaded, weight=weight, age="44y", preparation="powder", duration="1 h")
    assert made.status == READY, made.alerts
    figures = made.phases[0].figures
    assert (figures["withdraw_volume"].value.on_paper(), figures["final_concentration"].value.on_paper()) == (drawn, strength)
