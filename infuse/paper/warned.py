"""Which of a protocol's advisories are warnings, as large as its order, and which only lie behind it.

For: `sheet`, and the downtime book. What must never share a line with the drug is always a warning.

Refuses: nothing.

Example: "NEVER hang the whole bag (label)" is a warning, "a trial found no effect on pain (jones-2019)" is not.
"""

from __future__ import annotations

import re

from infuse.files.library import Loaded

_WARNING = ("never", "not", "no", "nothing", "only", "first", "stop")
_MUST = re.compile(r"\b(never|nothing|must|no bolus|immediately|at hand|fatal|deaths?|dangerous)\b")


def notes(loaded: Loaded) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(warnings, what lies behind the order), each with its sources."""
    never = {each.text for each in loaded.drug.incompatible}
    said = [(each.text, f"{each.text} ({', '.join(each.source)})") for each in (*loaded.protocol.advisories, *loaded.drug.incompatible)]
    warnings = tuple(line for text, line in said if text in never or _warns(text))
    return warnings, tuple(line for _, line in said if line not in warnings)


def _warns(text: str) -> bool:
    """Whether it opens in capitals, or says what must be or must never be. Rather one too many."""
    first = text.split()[0].strip(":;,")
    return first.lower() in _WARNING or (len(first) > 2 and first.isupper()) or _MUST.search(text) is not None
