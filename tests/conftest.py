"""What several tests need: the shipped library, an order by its facts, the command line."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from infuse.arithmetic import patient as patients
from infuse.files.given import BY_NAME, Given
from infuse.files.library import Library
from infuse.ordering import order as orders
from infuse.ordering.choosing import CHOICES

settings.register_profile("untimed", deadline=None)  # how fast it is, is for the benchmarks to say
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 21, 8, 30)
CLOCK = {"SOURCE_DATE_EPOCH": "1795249800"}  # 2026-11-21 08:30 UTC


def make(loaded, overrides=(), by="", now=NOW, **given):
    """The order of one loaded protocol from facts and choices by name."""
    facts = {name: Given(text, name) for name, text in given.items() if name in BY_NAME}
    chosen = {name: Given(text, name) for name, text in given.items() if name.rpartition(".")[2] in CHOICES}
    assert set(given) == {*facts, *chosen}
    patient, wrong = patients.read(facts, now)
    assert not wrong, wrong
    return orders.build([orders.Request(loaded, chosen)], patient, now, overrides, by)


@pytest.fixture(scope="session")
def shipped():
    """Every shipped protocol, loaded, by id."""
    library = Library()
    return {name: library.load(path) for name, path in library.ids().items()}


@pytest.fixture
def infuse(tmp_path):
    """The command line as a process of its own: infuse("order", ...) gives what it printed and its exit code."""
    import os

    def run(*arguments, cwd=ROOT, stdin=None, **environment):
        return subprocess.run([sys.executable, "-m", "infuse", *arguments], capture_output=True, text=True, cwd=cwd, input=stdin,
                              env=os.environ | CLOCK | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"} | environment)

    return run
