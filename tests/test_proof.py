"""The proof: every shipped protocol at every weight that it allows, and counter-examples where there are some."""

from __future__ import annotations

import pytest
from test_bands import BY_WEIGHT, load, written  # noqa: F401  (load is a fixture)

from infuse import proof
from infuse.library import Library

SHIPPED = sorted(Library().ids())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_protocol_holds_at_every_weight(name):
    library = Library()
    loaded = library.load(library.ids()[name])
    made = proof.prove(loaded)
    assert not made.problems, made.problems[0]
    assert made.orders == proof.count(loaded) >= 1


FAULTS = [
    ("a dose that falls", BY_WEIGHT.replace("dose: 1 g", "dose: 500 mg"), "at 50 kg, after 748.5 mg"),
    ("a dose above its hard limit from some weight on", "      dose: 30 mg/kg\n      duration: 15 min", "expected an order at 133.4 kg; found a stop"),
    ("a volume that no syringe shows well enough", "      dose: 0.05 mg/kg\n      duration: 15 min", "more than 5% from the ordered one"),
]


@pytest.mark.parametrize(("phase", "said"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_counter_example_is_found_with_its_weight(load, phase, said):  # noqa: F811
    loaded = load(written(phase))
    assert not loaded.errors, loaded.errors
    assert any(said in each.message for each in proof.prove(loaded).problems), proof.prove(loaded).problems
