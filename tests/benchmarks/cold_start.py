"""How much an order costs beyond importing what it is made of: whole processes, in turn, ratios within one run.

    python tests/benchmarks/cold_start.py [RUNS]

A: `infuse order ketamine-inpatient-titration` to a pipe. B: a process that only imports typer, rich.console,
rich.table, pint and yaml. The aim is a median of A/B of at most 1.3; a set of six orders is to cost less
than twice one order.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

ORDER = [sys.executable, "-m", "infuse", "order", "ketamine-inpatient-titration", "--weight", "70kg", "--age", "44y"]
IMPORTS = [sys.executable, "-c", "import typer, rich.console, rich.table, pint, yaml"]
SET = [sys.executable, "-m", "infuse", "order", "emergency-rescue", "--weight", "70kg", "--age", "44y", "--clearance", "90 mL/min",
       *(word for each in ("fluid-bolus-adult", "dexamethasone", "magnesium-sulfate-adult", "diphenhydramine") for word in ("--with", each))]
CHECK = [sys.executable, "-m", "infuse", "check", "protocols/ketamine-inpatient-titration.yaml"]
CHECK_ALL = [sys.executable, "-m", "infuse", "check"]
HELP = [sys.executable, "-m", "infuse", "--help"]
LIST = [sys.executable, "-m", "infuse", "list"]


ENVIRONMENT = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}  # as installed: compiled once, in the warm-up


def seconds(command: list[str]) -> float:
    """Of the processor, in the process alone: on a machine that others use too, the clock on the wall says nothing."""
    start = _spent()
    subprocess.run(command, stdout=subprocess.PIPE, check=True, env=ENVIRONMENT)
    return _spent() - start


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(runs: int) -> None:
    commands = {"order": ORDER, "set of six orders": SET, "check one file": CHECK, "check all files": CHECK_ALL, "--help": HELP, "list": LIST}
    for command in (IMPORTS, *commands.values()):
        seconds(command)
    ratios: dict[str, list[float]] = {name: [] for name in commands}
    floor = []
    for _ in range(runs):
        base = seconds(IMPORTS)
        floor.append(base)
        for name, command in commands.items():
            ratios[name].append(seconds(command) / base)
    print(f"imports only: median {statistics.median(floor) * 1000:.0f} ms over {runs} runs")
    for name, values in ratios.items():
        print(f"{name}: {min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f} times the imports (min, median, max)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
