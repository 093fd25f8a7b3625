"""The authoring guide is true: its complete examples pass `infuse check`, its fragments are read as the files' keys,
its table of protocols is what the files say."""

from __future__ import annotations

import os
import re

import pytest
from conftest import ROOT

from infuse.files import schema
from infuse.files.given import BY_NAME
from infuse.files.library import Library
from infuse.files.schema import orderset, words
from infuse.ordering import checking
from infuse.ordering.choosing import CHOICES
from infuse.paper import overview

GUIDE = (ROOT / "protocols" / "README.md").read_text()
TABLE = re.compile(r"(?<=## What ships\n\n)(?:\|.*\n)+")
BLOCKS = re.findall(r"```(yaml[^\n]*)\n(.*?)```", GUIDE, re.S)
COMPLETE = [(re.match(r"# protocols/(\S+)", text)[1], text) for kind, text in BLOCKS if kind == "yaml"]
FIGURES = {"pump_rate", "calculated_dose", "calculated_dose_rate", "final_volume", "withdraw_volume", "uncapped_dose", "deviation",
           "volume_to_be_infused", "final_concentration", "equivalent_dose", "delivered_dose"}
FRAGMENTS = [text for kind, text in BLOCKS if kind != "yaml"]


def test_there_are_complete_examples_and_fragments():
    assert len(COMPLETE) >= 2 and len(FRAGMENTS) >= 5


@pytest.mark.parametrize(("name", "text"), COMPLETE, ids=[name for name, _ in COMPLETE])
def test_a_complete_example_passes_check(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    checked = checking.check(Library([tmp_path]), [path])
    assert not checked.errors, checking.as_text(checked)
    assert checked.cases


@pytest.mark.parametrize("text", FRAGMENTS, ids=[text.strip().splitlines()[0][:40] for text in FRAGMENTS])
def test_a_fragment_names_only_keys_that_exist(text):
    known = keys_of(schema.PROTOCOL.schema) | keys_of(schema.DRUG.schema) | keys_of(orderset.ORDER_SET.schema) | keys_of(words.INTERACTIONS.schema)
    in_cases = {*BY_NAME, *CHOICES, "override", "refused", "soft_stop", "rungs", "last_pump_rate", *FIGURES}
    chosen_by_the_author = set(re.findall(r"^ {2}([a-z]+):\n", text, re.M))
    used = set(re.findall(r"^[ -]*([a-z_]+):", text, re.M))
    assert used - known - in_cases - chosen_by_the_author == set()


def keys_of(schema):
    found = set(schema.get("properties", {}))
    for child in schema.values():
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, dict):
                found |= keys_of(each)
    return found


def test_the_table_of_what_ships_is_what_the_files_say():
    """INFUSE_REWRITE=1 pytest tests/test_guide.py writes it anew; or paste what `infuse list --format markdown` prints."""
    table = overview.table(Library())
    if os.environ.get("INFUSE_REWRITE"):
        (ROOT / "protocols" / "README.md").write_text(TABLE.sub(lambda _match: table, GUIDE))
    else:
        assert TABLE.search(GUIDE)[0].splitlines() == table.splitlines()



def test_the_schemas_that_it_tells_an_editor_of_are_those_that_it_writes():
    written = dict(re.findall(r"^\$ infuse schema (\w+) > site/(\S+)$", GUIDE, re.M))
    assert set(written) == {"protocol", "drug", "patient"}
    told = {*re.findall(r"\$schema=(\S+)", GUIDE), *re.findall(r'"site/(\S+\.json)":', GUIDE), *re.findall(r"`(?:\.\./)?(\S+\.schema\.json)`", GUIDE)}
    assert told == set(written.values())
