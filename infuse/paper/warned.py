"""Which of a protocol's advisories are warnings, as large as its order, and which only lie behind it: as the file says.

For: `sheet`, and the downtime book. What must never share a line with the drug is always a warning.

Refuses: nothing.

Example: "NEVER hang the whole bag (label)" is a warning, "a trial found no effect on pain (jones-2019)" is not.
"""

from __future__ import annotations

from infuse.files.library import Loaded
from infuse.paper.phrases import sourced


def notes(loaded: Loaded) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(warnings, what lies behind the order), each with its sources."""
    stated = [(each, each.warning) for each in loaded.protocol.advisories] + [(each, True) for each in loaded.drug.incompatible]
    lines = [(sourced(each.text, each.source), warns) for each, warns in stated]
    return tuple(line for line, warns in lines if warns), tuple(line for line, warns in lines if not warns)
