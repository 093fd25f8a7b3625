"""The sheets themselves: golden pages, no error-prone text, the same numbers on paper and in JSON, nothing obeyed.

A golden sheet changes only by a diff that somebody read: INFUSE_REWRITE=1 pytest tests/test_sheet.py writes them anew.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from infuse.paper.render.json import schema as order_schema

HERE = Path(__file__).parent
SHEETS = HERE / "sheets"
KETAMINE, LAURITSEN = "ketamine-inpatient-titration", "ketamine-inpatient-titration-lauritsen"
ADULT, CHILD = "magnesium-sulfate-adult", "magnesium-sulfate-pediatric"
KNOWN = ["--name", "Sample, Jane", "--birth-date", "1982-03-04", "--sex", "female", "--record-number", "TEST 0001", "--allergy", "none",
         "--condition", "none", "--medicine", "sumatriptan, last taken 3 days ago", "--weight-source", "measured", "--weight-date",
         "2026-11-20", "--line", "peripheral", "--pump", "large-volume", "--location", "5 West, bed 12", "--prescriber", "Dr. Roe",
         "--start", "2026-11-21 09:00"]
BY_ANSWER = ["--override", f"{KETAMINE}.weight: weighed twice on two scales", "--by", "Dr. Roe"]
RESCUED = ["--with", "magnesium-sulfate-adult", "--weight", "70kg", *KNOWN, "--height", "165cm", "--creatinine", "0.8 mg/dL"]
# name of the golden: the command
PAGES = {
    "ketamine-70": ["order", KETAMINE, "--weight", "70kg", "--age", "44y"],
    "ketamine-known": ["order", KETAMINE, "--weight", "71.3kg", *KNOWN, "--care-area", "monitored inpatient bed", "--beyond-use", "24 h",
                       "--duration", "5 days", "--answer", "titration interval=4 hours"],
    "ketamine-overridden": ["order", KETAMINE, "--weight", "160kg", "--age", "44y", *BY_ANSWER],
    "ketamine-needs-override": ["order", KETAMINE, "--weight", "160kg", "--age", "44y"],
    "ketamine-stopped": ["order", KETAMINE, "--weight", "29kg", "--age", "17y"],
    "lauritsen-70": ["order", LAURITSEN, "--weight", "70kg", "--age", "44y"],
    "magnesium-1g": ["order", ADULT, "--age", "44y"],
    "magnesium-2g-vial": ["order", ADULT, "--age", "44y", "--dose", "2 g", "--preparation", "vial"],
    "magnesium-2g-premixed": ["order", ADULT, *KNOWN, "--weight", "70kg", "--dose", "2 g"],
    "magnesium-child": ["order", CHILD, "--weight", "45kg", "--age", "14y"],
    "magnesium-child-capped": ["order", CHILD, "--weight", "81kg", "--age", "16y", "--dose", "50 mg/kg"],
    "fluid-bolus-child": ["order", "fluid-bolus-pediatric", "--weight", "30kg", "--age", "9y"],
    "fluid-bolus-two-bags": ["order", "fluid-bolus-adult", "--weight", "70kg", "--age", "44y", "--preparation", "bags-500", "--duration", "2 h"],
    "fluid-maintenance-held": ["order", "fluid-maintenance-4-2-1", "--weight", "90kg", "--age", "16y"],
    "fluid-maintenance-adult": ["order", "fluid-maintenance-adult", *KNOWN, "--weight", "70kg", "--height", "165 cm"],
    "schedule": ["order", "sample-schedule", "--protocols", "tests/protocols", "--weight", "70kg", "--age", "44y"],
    "show-maintenance": ["show", "fluid-maintenance-4-2-1"],
    "show-schedule": ["show", "sample-schedule", "--protocols", "tests/protocols"],
    "combined": ["order", KETAMINE, ADULT, "--weight", "70kg", "--age", "44y"],
    "ketamine-without-annex": ["order", KETAMINE, "--weight", "70kg", "--age", "44y", "--without-annex"],
    "ketamine-overridden-without-annex": ["order", KETAMINE, "--weight", "160kg", "--age", "44y", *BY_ANSWER, "--without-annex"],
    "rescue": ["order", "emergency-rescue", *RESCUED],
    "rescue-without-annex": ["order", "emergency-rescue", *RESCUED, "--without-annex"],
    "show-ketamine": ["show", KETAMINE],
    "show-magnesium": ["show", ADULT],
    "list": ["list"],
}
OPAQUE = re.compile(r"https?://\S+|\b10\.\d{4,9}/\S+|\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\b")  # links, hashes
ERROR_PRONE = [(row["id"], re.compile(row["pattern"])) for row in json.loads((HERE / "data/error_prone.json").read_text())["entries"]
               if row["level"] == "block"]


def hashless(text):
    """The page without the hashes of the files: those of a golden change with every comment in a protocol."""
    return re.sub(r"\b[BCDFGHJ-NP-TV-Y]{4}(-[BCDFGHJ-NP-TV-Y]{4}){3}\b", "(an id of order)", re.sub(r"\b[0-9a-f]{12}\b", "(12 digits)", text))


@pytest.mark.parametrize("name", PAGES)
def test_golden(infuse, name):
    done = infuse(*PAGES[name])
    said = hashless(done.stdout + "".join(f"stderr: {line}\n" for line in done.stderr.splitlines()) + f"exit: {done.returncode}\n")
    golden = SHEETS / f"{name}.txt"
    if os.environ.get("INFUSE_REWRITE"):
        golden.write_text(said)
    assert said == golden.read_text()


@pytest.mark.parametrize("name", PAGES)
def test_at_most_80_columns_and_nothing_error_prone(name):
    for number, line in enumerate((SHEETS / f"{name}.txt").read_text().splitlines(), 1):
        if line.startswith("stderr:"):
            continue
        assert len(line) <= 80, f"{name}:{number}"
        shown = OPAQUE.sub("\N{REPLACEMENT CHARACTER}", unicodedata.normalize("NFC", line))
        hits = [(rule, hit.group()) for rule, pattern in ERROR_PRONE for hit in pattern.finditer(shown)]
        assert not hits, f"{name}:{number}: {line}"


def as_json(infuse, *arguments):
    done = infuse(*(each for each in arguments if each != "--without-annex"), "--json")
    made = json.loads(done.stdout)
    jsonschema.validate(made, order_schema())
    return made, done


@pytest.mark.parametrize("name", [name for name, command in PAGES.items() if command[0] == "order"])
def test_json_is_as_its_schema_says_and_has_the_numbers_of_the_sheet(infuse, name):
    made, done = as_json(infuse, *PAGES[name])
    sheet = " ".join((SHEETS / f"{name}.txt").read_text().split())
    assert done.returncode == (0 if made["status"] == "ready" else 1)
    if made["status"] != "ready":
        assert made["orders"] == [] and made["alerts"]
        assert not re.search(r"\d mL/hour", sheet), "a rate beside a refusal"
        return
    assert f"exit: {done.returncode}" in sheet
    for order in made["orders"]:
        assert {"pump_rate", "volume_to_be_infused"} & set(order["figures"])
        for figure in {"pump_rate", "volume_to_be_infused"} & set(order["figures"]):
            assert f"{said(order['figures'][figure])}" in sheet
        for rung in order.get("ladder", []):
            assert f"{said(rung['dose_rate'])} {said(rung['pump_rate'])}" in sheet


def said(figure):
    """The number as paper has it: groups of three, hour for h."""
    whole, point, rest = figure["value"].partition(".")
    return f"{int(whole):,}{point}{rest} {figure['unit'].replace('/h', '/hour')}"


def test_the_numbers_of_the_json_agree_with_each_other(infuse):
    made, _ = as_json(infuse, *PAGES["ketamine-known"])
    order = made["orders"][0]
    weight = Fraction(made["patient"]["weight"]["exact"])
    concentration = Fraction(order["figures"]["final_concentration"]["exact"])
    for rung in order["ladder"]:
        pump, delivered = Fraction(rung["pump_rate"]["value"]), Fraction(rung["delivered_dose_rate"]["exact"])
        assert pump * concentration / weight == delivered
        ordered = Fraction(rung["dose_rate"]["exact"])
        assert Fraction(rung["deviation"]["exact"]) == (delivered / ordered - 1) * 100


def test_schema_order_prints_the_schema_that_orders_keep(infuse):
    assert json.loads(infuse("schema", "order").stdout) == order_schema()


def test_pounds_are_on_stderr_and_in_json_only(infuse):
    done = infuse("order", KETAMINE, "--weight", "154lb", "--age", "44y")
    assert "lb" not in done.stdout.replace("http", "") and "154lb is 69.85322498 kg; 69.9 kg is used" in done.stderr
    assert "69.9 kg" in done.stdout
    made, _ = as_json(infuse, "order", KETAMINE, "--weight", "154lb", "--age", "44y")
    assert made["patient"]["weight"]["typed"] == "154lb"


HOSTILE = ["[bold red]Doe[/bold red]", "\x1b[31mDoe\x1b[0m", "Do\x00e", "Doe\r\nDOSE 700 mg", "Doe\u202e001", "x" * 300, "李 小龍", "Łukasz"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_and_never_obeyed(infuse, name):
    if "\x00" in name:  # no command line can carry it; a file can
        return
    done = infuse("order", KETAMINE, "--weight", "70kg", "--age", "44y", "--name", name)
    assert done.returncode == 0, done.stderr
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", done.stdout)
    assert "\nDOSE 700 mg" not in done.stdout
    shown = re.sub(r"\s", "", done.stdout)
    assert re.sub(r"\s", "", name.replace("\x1b", "\\x1b").replace("\r\n", "").replace("\u202e", "\\u202e")) in shown
