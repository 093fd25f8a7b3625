"""How many complete checked orders one process makes in a second, and whether its memory stays flat.

    python tests/benchmarks/throughput.py [ORDERS]

An order is a ketamine ladder of 19 rungs with alerts, working and JSON text, at a weight of its own. Beside it, the same
arithmetic in bare fractions, as a ratio within the run.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import datetime
from fractions import Fraction

from infuse.arithmetic import patient
from infuse.files.given import Given
from infuse.files.library import Library
from infuse.ordering import order
from infuse.paper.render import json as rendered

NOW = datetime(2026, 11, 21, 8, 30)


def checked_order(loaded, tenths: int) -> str:
    whole, tenth = divmod(400 + tenths % 1100, 10)
    given = {"weight": Given(f"{whole}.{tenth} kg", "--weight"), "age": Given("44 y", "--age")}
    who, wrong = patient.read(given, NOW)
    assert not wrong
    made = order.build([order.Request(loaded)], who, NOW)
    assert made.status == order.READY, made.alerts
    return json.dumps(rendered.as_object(made))


def bare(tenths: int) -> list[Fraction]:
    weight = Fraction(400 + tenths % 1100, 10)
    rates = [(Fraction(1, 10) + Fraction(1, 20) * rung) * weight / 2 for rung in range(19)]
    rounded = [Fraction((rate * 10 + Fraction(1, 2)).__floor__(), 10) for rate in rates]
    return [pump * 2 / weight for pump in rounded]


def per_second(work, count: int) -> float:
    start = time.process_time()  # of this process alone: on a machine that others use too, the clock on the wall says nothing
    for number in range(count):
        work(number)
    return count / (time.process_time() - start)


def main(count: int) -> None:
    library = Library()
    loaded = library.load(library.ids()["ketamine-inpatient-titration"])
    per_second(lambda number: checked_order(loaded, number), 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    orders = per_second(lambda number: checked_order(loaded, number), count)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fractions = per_second(bare, count)
    print(f"{orders:.0f} orders a second of one core over {count:,}; bare fractions {fractions:.0f}, {fractions / orders:.0f} times as many")
    print(f"peak memory {before / 1024:.0f} MiB after warming up, {after / 1024:.0f} MiB at the end")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
