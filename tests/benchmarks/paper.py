"""What paper costs: an order to PDF against the same order as text; a downtime book; many sheets in one process.

    python tests/benchmarks/paper.py [RUNS]

In processor time of the process itself (user time), so that others on the machine do not count; many sheets also by the clock,
on a thread for each core, as laying out a page needs no lock. The aims: a PDF, cold, at most 2 times the text, cold; a book of
20 protocols by 60 weights below 20 seconds and 500 MB, linear in its rows; 200 sheets at 20 a second or more.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from infuse.arithmetic import patient
from infuse.files.given import Given
from infuse.files.library import Library
from infuse.ordering import order
from infuse.paper import sheet
from infuse.paper.render import pdf

NOW = datetime(2026, 11, 21, 8, 30)
ORDER = ["order", "ketamine-inpatient-titration", "--weight", "70kg", "--age", "44y"]
SHORT = ["order", "magnesium-sulfate-adult", "--age", "44y"]
ENVIRONMENT = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}  # as installed: compiled once, in the warm-up


def cost(*arguments: str) -> tuple[float, float]:
    """(seconds of user time, peak megabytes) of one process of infuse."""
    process = subprocess.Popen([sys.executable, "-m", "infuse", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    assert not status, said
    return used.ru_utime, used.ru_maxrss / 1024


def cold(runs: int, folder: str) -> None:
    """PDF against text, in turn."""
    for name, command in (("ketamine, with its ladder", ORDER), ("magnesium", SHORT)):
        path = str(Path(folder, "order.pdf"))
        pairs = [(cost(*command)[0], cost(*command, "--output", path, "--force")[0]) for _ in range(runs + 1)][1:]
        ratios = [paper / text for text, paper in pairs]
        text, paper = (statistics.median(each) * 1000 for each in zip(*pairs))
        print(f"{name}: text {text:.0f} ms, PDF {paper:.0f} ms: {min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f} times the text (min, median, max)")


def book(folder: str) -> None:
    """Twenty protocols by 60 weights, and by 30 and 120 beside it."""
    library = Library()
    names = [name for name in sorted(library.ids()) if library.load(library.ids()[name]).protocol.population == "adult"][:20]
    for rows, step in ((30, "2 kg"), (60, "1 kg"), (120, "0.5 kg")):
        seconds, megabytes = cost("book", *names, "--weights", "40 to 99.5 kg" if rows == 120 else "40 to 99 kg" if rows == 60 else "40 to 98 kg", "--step", step,
                                  "--output", str(Path(folder, "book.pdf")), "--force")
        print(f"book of {len(names)} protocols by {rows} weights: {seconds:.1f} s, {megabytes:.0f} MB")
    for rows, step in ((30, "2 kg"), (60, "1 kg")):
        seconds, megabytes = cost("book", "emergency-rescue", "outpatient-infusion", "ketamine-inpatient-course", "--with", "magnesium-sulfate-adult", "--weights",
                                  "40 to 99 kg" if rows == 60 else "40 to 98 kg", "--step", step, "--output", str(Path(folder, "sets.pdf")), "--force")
        print(f"book of 3 sets by {rows} weights: {seconds:.1f} s, {megabytes:.0f} MB")


def sheets(count: int) -> None:
    """Sheets of as many patients, to PDF, in this process: one after the other, then on a thread for each core."""
    library = Library()
    for name, age in (("magnesium-sulfate-adult", "44 y"), ("ketamine-inpatient-titration", "44 y")):
        loaded = library.load(library.ids()[name])

        def one(number, loaded=loaded, age=age):
            given = {"weight": Given(f"{50 + number % 90} kg", "--weight"), "age": Given(age, "--age"), "record_number": Given(str(number), "--record-number")}
            who, _ = patient.read(given, NOW)
            return pdf.to_pdf(sheet.lay_out(order.build([order.Request(loaded)], who, NOW)), "letter", NOW)

        for number in range(3):
            one(number)
        before = resource.getrusage(resource.RUSAGE_SELF)
        for number in range(count):
            one(number)
        after = resource.getrusage(resource.RUSAGE_SELF)
        started = time.perf_counter()
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            made = sum(1 for _ in threads.map(one, range(count)))
        print(f"{count} sheets of {name}: {count / (after.ru_utime - before.ru_utime):.0f} a second; memory {before.ru_maxrss / 1024:.0f} to {after.ru_maxrss / 1024:.0f} MB; "
              f"by the clock, on {os.cpu_count()} threads, {made / (time.perf_counter() - started):.0f} a second")


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cold(runs, folder)
        book(folder)
    sheets(200)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
