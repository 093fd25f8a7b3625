"""Several drugs in one bag: only where a source tested just that mixture, in that diluent, at those concentrations."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

TABLE = """references:
  paper:
    title: A paper that tested mixtures
    doi: 10.1000/mixtures
mixtures:
  - drugs:
      - sample
      - other
    diluent: sodium chloride 0.9%
    concentrations:
      sample: 5 to 7 mg/mL
      other: 1 to 3 mg/mL
    say: stable for 14 days
    source: paper
"""
WEIGHT = ("--weight", "70kg", "--age", "44y")


@pytest.fixture
def site(tmp_path):
    """A folder with the protocols one and two of the drugs sample and other, which a table calls tested as a mixture."""
    samples = ROOT / "tests" / "protocols"
    drug = (samples / "drugs" / "sample.yaml").read_text()
    dose = (samples / "sample-dose.yaml").read_text()
    (tmp_path / "drugs").mkdir()
    (tmp_path / "tables").mkdir()
    (tmp_path / "drugs" / "sample.yaml").write_text(drug)
    (tmp_path / "drugs" / "other.yaml").write_text(
        drug.replace("drug: sample\nname: sample", "drug: other\nname: other").replace("  - specimen", "  - something").replace("50 mg/mL", "25 mg/mL")
        .replace("0.4 mEq/mL", "0.2 mEq/mL").replace("soft: 1 to 45", "soft: 0.5 to 45"))
    (tmp_path / "tables" / "compatibility.yaml").write_text(TABLE)
    one = dose.replace("protocol: sample-dose", "protocol: one")
    two = one.replace("protocol: one", "protocol: two").replace("drug: sample", "drug: other").replace("default: 10 mg/kg", "default: 3 mg/kg").replace(
        "range: 10 to 20 mg/kg", "range: 1 to 20 mg/kg")
    (tmp_path / "one.yaml").write_text(one)
    (tmp_path / "two.yaml").write_text(two)
    return tmp_path


def test_what_was_tested_is_one_bag_with_one_pump_setting(infuse, site):
    # 700 mg / 50 = 14 mL; 210 mg / 25 = 8.4 mL; in 100 + 14 + 8.4 = 122.4 mL: 5.72 and 1.72 mg/mL;
    # in 30 minutes 244.8 mL/h, then a flush of 20 mL
    done = infuse("order", "one", "two", *WEIGHT, "--one-bag", "one + two", "--protocols", str(site), "--json")
    assert done.returncode == 0, done.stderr
    orders = json.loads(done.stdout)["orders"]
    assert [each["shares_bag_with"] for each in orders] == [["other"], ["sample"]]
    for order, withdrawn, concentration in zip(orders, ("14", "8.4"), (700 / 122.4, 210 / 122.4)):
        figures = order["figures"]
        assert figures["withdraw_volume"]["value"] == withdrawn
        assert not [name for name in figures if "diluent" in name]  # one drug alone does not say what is removed from a bag of two
        assert float(figures["final_volume"]["value"]) == 122.4 and float(figures["pump_rate"]["value"]) == 244.8
        assert abs(float(figures["final_concentration"]["value"]) - concentration) < 0.01
    sheet = infuse("order", "one", "two", *WEIGHT, "--one-bag", "one + two", "--protocols", str(site)).stdout
    assert sheet.count("ONE BAG   sample + other") == 1 and "PUMP SETTINGS" not in sheet
    flat = " ".join(sheet.split())
    assert "diluent to remove" not in flat and "diluent volume" not in flat
    for said in ("VOLUME TO BE INFUSED 122.4 mL", "DRUGS IN ALL 22.4 mL", "DILUENT IN IT 100 mL", "stable for 14 days (paper)", "A paper that tested mixtures",
                 "FLUID IN ALL 142.4 mL"):
        assert said in flat, said


def test_doses_that_share_a_bag_run_at_one_time_through_one_line(infuse, site):
    plan = json.loads(infuse("order", "one", "two", *WEIGHT, "--one-bag", "one + two", "--protocols", str(site), "--json").stdout)["plan"]
    assert [(each["protocol"], each["elapsed"]["value"], each["until"]["value"], each["line"]) for each in plan["timeline"]] == [
        ("one", "0", "30", 1), ("two", "0", "30", 1), ("one", "30", "35", 1)]  # 20 mL at 244.8 mL/h: 4.9 min of flush, once for both
    assert plan["fluid"]["value"] == "142.4"


@pytest.mark.parametrize(("options", "change", "why"), [
    ([], lambda site: (site / "tables" / "compatibility.yaml").write_text(TABLE.replace("5 to 7 mg/mL", "1 to 2 mg/mL")), "it was tested at"),
    ([], lambda site: (site / "tables" / "compatibility.yaml").write_text(TABLE.replace("sodium chloride 0.9%", "dextrose 5% in water")), "not in sodium chloride 0.9%"),
    ([], lambda site: (site / "tables" / "compatibility.yaml").write_text(TABLE[:TABLE.index("mixtures:")]), "pairs do not add up"),
    (["--choose", "two.preparation=powder"], None, "diluted in dextrose 5% in water, sample in sodium chloride 0.9%"),
    (["--choose", "two.duration=1 h"], None, "choose one duration for all"),
], ids=["concentration", "diluent", "no mixture", "two diluents", "two durations"])
def test_anything_else_is_no_order_and_no_number(infuse, site, options, change, why):
    if change:
        change(site)
    done = infuse("order", "one", "two", *WEIGHT, "--one-bag", "one + two", "--protocols", str(site), *options)
    assert done.returncode == 1
    assert "not in one bag" in " ".join(done.stdout.split()) and why in " ".join(done.stdout.split())
    assert "mL/hour" not in done.stdout and "leave out --one-bag" in done.stderr


@pytest.mark.parametrize(("ids", "said", "expected"), [
    (("one", "two"), "one", "two or more protocols of this sheet"),
    (("one", "two"), "one + three", "on this sheet are one, two"),
    (("one", "two"), "one + one", "two or more protocols of this sheet"),
    (("one",), "one + two", "several protocols by their ids"),
])
def test_what_cannot_be_a_mixture_is_refused(infuse, site, ids, said, expected):
    done = infuse("order", *ids, *WEIGHT, "--one-bag", said, "--protocols", str(site))
    assert (done.returncode, done.stdout) == (2, "") and expected in done.stderr


def test_shipped_drugs_share_no_bag_that_nobody_tested(infuse):
    done = infuse("order", "metoclopramide", "dexamethasone", *WEIGHT, "--creatinine", "80 micromol/L", "--sex", "female", "--height", "170cm",
                  "--one-bag", "metoclopramide + dexamethasone")
    assert done.returncode == 1 and "mL/hour" not in done.stdout and "not in one bag" in " ".join(done.stdout.split())


def test_a_mixture_is_verified_as_one(infuse, site):
    sheet = infuse("order", "one", "two", *WEIGHT, "--one-bag", "one + two", "--protocols", str(site)).stdout
    done = infuse("verify", "--protocols", str(site), stdin=sheet)
    assert done.returncode == 0 and done.stdout.endswith("all the same\n"), done.stdout + done.stderr
    assert infuse("verify", "--protocols", str(site), stdin=" ".join(sheet.split()).replace("one bag: one + two;", "")).returncode == 1


def test_a_mixture_has_one_label_with_every_drug(infuse, site):
    made = json.loads(infuse("label", "one", "two", *WEIGHT, "--one-bag", "one + two", "--protocols", str(site), "--json").stdout)["labels"]
    assert [[each["drug"] for each in one["contents"]] for one in made] == [["sample", "other"]]


def test_one_bag_and_two_bags_are_two_orders(infuse, site):
    ids = [json.loads(infuse("order", "one", "two", *WEIGHT, "--record-number", "1", "--protocols", str(site), "--json", *more).stdout)["order_id"]
           for more in ([], ["--one-bag", "one + two"], ["--one-bag", "two + one"])]
    assert all(ids) and len(set(ids)) == 3
