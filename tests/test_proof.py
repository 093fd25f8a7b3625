"""The proof: every shipped protocol at every weight that it allows, and counter-examples where there are some."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from fractions import Fraction

import pytest
from conftest import ROOT
from test_bands import BY_WEIGHT, load, written  # noqa: F401  (load is a fixture)
from test_stretch import DRUG

from infuse.files.library import Library
from infuse.hand.output import bar
from infuse.ordering import proof

SHIPPED = sorted(Library().ids())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_protocol_holds_at_every_weight(name):
    library = Library()
    loaded = library.load(library.ids()[name])
    made = proof.prove(loaded)
    assert not made.problems, made.problems[0]
    assert made.orders == proof.count(loaded) >= 1


LIMIT = "      limits:\n        calculated_dose:\n          hard: up to {most}\n"
# a phase, the most of a dose, what the proof says
FAULTS = [
    ("a dose that falls", BY_WEIGHT.replace("dose: 1 g", "dose: 500 mg"), "4,000 mg", "at 50 kg, after 748.5 mg"),
    ("a dose above its hard limit from some weight on", "      dose: 30 mg/kg\n      duration: 15 min", "4,000 mg", "expected an order at 133.4 kg; found a stop"),
    ("a dose that falls where a weight has to be taken again", BY_WEIGHT.replace("50 kg", "200 kg"), "4,000 mg", "at 200 kg, after 2,998.5 mg"),
    ("a volume that no syringe shows well enough", "      dose: 0.05 mg/kg\n      duration: 15 min", "12.5 mg", "more than 5% from the ordered one"),
]


FALLING = BY_WEIGHT.replace("dose: 1 g", "dose: 500 mg")


def test_a_dose_may_fall_into_a_band_that_says_why(load):  # noqa: F811
    """700 mg at 49.9 kg, 500 mg from 50 kg: said by the file, so no counter-example; a further fall still is one."""
    said = FALLING.replace("dose: 500 mg", "dose: 500 mg\n          may_fall: the trial gave it")
    assert not proof.prove(load(written(said))).problems
    lower = said.replace("from 50 kg\n", "from 50 kg to below 60 kg\n", 1) + "\n"
    lower = lower.replace("      duration: 15 min", "        - weight: from 60 kg\n          dose: 400 mg\n      duration: 15 min")
    messages = [each.message for each in proof.prove(load(written(lower))).problems]
    assert any("at 60 kg, after 500 mg" in each for each in messages) and not any("at 50 kg" in each for each in messages)


@pytest.mark.parametrize(("phase", "most", "said"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_counter_example_is_found_with_its_weight(load, phase, most, said):  # noqa: F811
    loaded = load(written(phase, limit=LIMIT.format(most=most)))
    assert not loaded.errors, loaded.errors
    assert any(said in each.message for each in proof.prove(loaded).problems), proof.prove(loaded).problems


PER_KG = "      dose: 15 mg/kg\n      duration: 15 min"
BAGS = """preparations:
  bag:
    product: bag
    source: label
  bag-again:
    product: bag
    source: label
"""
# one bag of 1,000 mg, and 15 mg/kg: up to 66.6 kg; or vials beside it, which hold any dose
SERVED = [("bags alone", BAGS, ["expected a preparation for the dose at 66.7 kg; found none: the dose is more than one bag holds of sample drug bag; choose another preparation"]),
          ("vials too", BAGS + "  vials:\n    product: vial\n    diluent: sodium chloride 0.9%\n    added_to: 50 mL\n    source: label\n", [])]


@pytest.mark.parametrize(("preparations", "said"), [row[1:] for row in SERVED], ids=[row[0] for row in SERVED])
def test_a_weight_whose_dose_no_preparation_holds(load, monkeypatch, preparations, said):  # noqa: F811
    bag = "  bag:\n    name: sample drug bag\n    form: bag\n    strength: 10 mg/mL\n    volume: 100 mL\n    dilution: allowed\n    source: label\n"
    monkeypatch.setattr("test_bands.DRUG", DRUG.replace("diluents:", bag + "diluents:"))
    loaded = load(re.sub(r"preparation:\n(?: .*\n)*", preparations, written(PER_KG.replace("15 min", "60 min"), limit=LIMIT.format(most="4,000 mg"))))
    assert not loaded.errors, loaded.errors
    assert [each.message for each in proof.prove(loaded).problems] == said


# ---------------------------------------------------------------------------------------------- at which weights

FIXED = "      dose: 500 mg\n      duration: 15 min"
THREE = """      bands:
        - weight: below 45.25 kg
          dose: 300 mg
        - weight: from 45.25 kg to below 50 kg
          dose: 15 mg/kg
        - weight: from 50 kg
          dose: 1 g
      duration: 15 min"""
# a phase; the weights at which it is proven where 40 to 60 kg are allowed
AT = [
    ("per kg, at every 0.1 kg", PER_KG, [f"{tenths // 10}.{tenths % 10}" for tenths in range(400, 601)]),
    ("the same for all, at none", FIXED, [None]),
    ("the same from 50 kg on", BY_WEIGHT, [*(f"{tenths // 10}.{tenths % 10}" for tenths in range(400, 500)), "50.0", "50.1", "59.9", "60.0"]),
    ("an edge between two steps", THREE, ["40.0", "40.1", "45.1", "45.15", *(f"{hundredths // 100}.{hundredths % 100:02}" for hundredths in range(4525, 4990, 10)),
                                          "49.9", "50.0", "50.1", "59.9", "60.0"]),
]
RULE = "patient:\n  weight:\n    hard: 40 to 60 kg\n    basis: site\n"


@pytest.mark.parametrize(("phase", "expected"), [row[1:] for row in AT], ids=[row[0] for row in AT])
def test_the_weights_of_a_proof(load, phase, expected):  # noqa: F811
    text = re.sub(r"patient:\n(?: .*\n)*", RULE, written(phase))
    loaded = load(text)
    found = proof.weights(loaded)
    assert [one and one.value for one in found] == [one and Fraction(one) for one in expected]
    assert proof.prove(loaded).orders == len(expected)


@pytest.mark.parametrize("name", SHIPPED)
def test_between_two_weights_of_a_proof_every_order_is_the_same(name):
    library = Library()
    loaded = library.load(library.ids()[name])
    facts, preparation = proof.settings(loaded)[-1]
    found = proof.weights(loaded)
    for one, other in zip(found, found[1:]):
        if other.value - one.value > proof.STEP.value:
            here, there = (outcome(proof.order_at(loaded, facts, preparation, each)) for each in (one, other))
            between = one.with_value((one.value + other.value) / 2)
            assert here == there == outcome(proof.order_at(loaded, facts, preparation, between)), between


def outcome(made):
    return made.status, [(name, each.exact, each.value) for phase in made.phases for name, each in phase.figures.items()]


# ---------------------------------------------------------------------------------------------- how far it is

BARS = [
    (0, 5000, "[                ]   0%  0 of 5,000 orders  sample"),
    (1249, 5000, "[###             ]  24%  1,249 of 5,000 orders  sample"),
    (1250, 5000, "[####            ]  25%  1,250 of 5,000 orders  sample"),
    (4999, 5000, "[############### ]  99%  4,999 of 5,000 orders  sample"),
    (5000, 5000, "[################] 100%  5,000 of 5,000 orders  sample"),
    (1, 1, "[################] 100%  1 of 1 orders  sample"),
]


@pytest.mark.parametrize(("made", "whole", "said"), BARS)
def test_a_bar_fills_and_covers_the_one_before(made, whole, said):
    assert bar(made, whole, "sample") == said.ljust(79)
    assert len(bar(made, whole, "a-name-longer-than-any-that-there-is-" * 3)) == 79


PROVE = [sys.executable, "-m", "infuse", "check", "--prove", str(ROOT / "protocols" / "magnesium-sulfate-pediatric.yaml")]


def test_the_bar_is_shown_at_a_terminal_beside_the_document():
    terminal, end = os.openpty()
    done = subprocess.run(PROVE, stdout=subprocess.PIPE, stderr=end, text=True, cwd=ROOT)
    os.close(end)
    shown = b""
    while True:
        try:
            part = os.read(terminal, 2**16)
        except OSError:  # the other end is closed
            break
        shown += part
        if not part:
            break
    bars = shown.decode().replace("\r\n", "\r").strip("\r").split("\r")
    assert done.returncode == 0 and done.stdout.endswith(", 0 problems, 1 note\n") and "#" not in done.stdout
    counts = [int(re.search(r"%  ([\d,]+) of", each)[1].replace(",", "")) for each in bars]
    assert counts == sorted(counts) and len(counts) > 10
    assert bars[-1].rstrip() == f"[{'#' * 16}] 100%  {counts[-1]:,} of {counts[-1]:,} orders  magnesium-sulfate-pediatric"


def test_in_a_pipe_there_is_no_bar():
    done = subprocess.run(PROVE, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_caution_that_stops_a_renal_band_is_no_counter_example():
    """Tramadol is contraindicated below 10 mL/min: its proof goes through that band, and nobody in it gets one."""
    library = Library()
    loaded = library.load(library.ids()["tramadol"])
    stopped = [one for facts, way in proof.settings(loaded) for weight in proof.weights(loaded) if (one := proof.order_at(loaded, facts, way, weight)).status == "stopped"]
    assert stopped and all(any(each.screened for each in one.alerts) for one in stopped)
    assert proof.prove(loaded).problems == []
