"""Whether each advisory that reads like a warning says whether it is one.

For: `consistency.check`. The words only ask the question; the file answers it, and the sheet goes by the answer.

Refuses: an advisory that opens in capitals, or speaks of never, must or death, with neither `warning: yes` nor `warning: no`.

Example: `say: never as a push or bolus` needs `warning: yes` beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infuse.files.consistency.words import wrong
from infuse.files.drug import Drug
from infuse.files.protocol import Protocol
from infuse.ground.source import Problem

_FIRST = ("never", "not", "no", "nothing", "only", "first", "stop")
_MUST = re.compile(r"\b(never|nothing|must|no bolus|immediately|at hand|fatal|deaths?|dangerous)\b", re.IGNORECASE)


def warnings_are_stated(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    for one in protocol.advisories:
        if one.warning is None and _reads_like_one(one.text):
            yield wrong(one.span, "warning: yes or warning: no", f'"{one.text}"',
                        "yes: whoever gives the drug must see it, as large as the order; no: it lies behind the order")


def _reads_like_one(text: str) -> bool:
    """Rather one too many."""
    first = text.split()[0].strip(":;,")
    return first.lower() in _FIRST or (len(first) > 2 and first.isupper()) or _MUST.search(text) is not None
