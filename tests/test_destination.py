"""Where a sheet goes: one format said once, on which paper, and what is left behind when it cannot be written: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CLOCK, ROOT

from infuse.hand import destination
from infuse.hand.destination import Destination, Misdirected

ORDER = ["order", "magnesium-sulfate-adult", "--age", "44y"]
US = {"LANG": "en_US.UTF-8"}


def path(text):
    return Path(text)


# what was said; the destination
SAID = [
    ({}, Destination("text", "letter")),
    (dict(output=path("order.txt")), Destination("text", "letter", path("order.txt"))),
    (dict(output=path("order")), Destination("text", "letter", path("order"))),
    (dict(output=path("order.sheet"), format="pdf"), Destination("pdf", "letter", path("order.sheet"))),
    (dict(output=path("order.PDF")), Destination("pdf", "letter", path("order.PDF"))),
    (dict(output=path("order.json")), Destination("json", "letter", path("order.json"))),
    (dict(output=path("order.json"), json=True, format="json"), Destination("json", "letter", path("order.json"))),
    (dict(format="pdf", paper="A4"), Destination("pdf", "a4")),
    (dict(queue=""), Destination("pdf", "letter", queue="")),
    (dict(queue="ward", copies=2, output=path("order.pdf")), Destination("pdf", "letter", path("order.pdf"), queue="ward", copies=2)),
    (dict(format="pdf", reprint=2), Destination("pdf", "letter", reprint=2)),
    (dict(queue="ward", copies=99, reprint=1), Destination("pdf", "letter", queue="ward", copies=99, reprint=1)),
]


@pytest.mark.parametrize(("said", "meant"), SAID)
def test_what_was_said_and_meant(said, meant):
    assert destination.read(US, **said) == meant


# what was said; why not
REFUSED = [
    (dict(output=path("order.txt"), format="pdf"), ["expected one format; found pdf (--format) and text (order.txt)"]),
    (dict(output=path("order.pdf"), json=True), ["expected one format; found json (--json) and pdf (order.pdf)"]),
    (dict(format="pdf", json=True), ["expected one format; found json (--json) and pdf (--format)"]),
    (dict(format="text", queue="ward"), ["expected one format; found text (--format) and pdf (--print)"]),
    (dict(format="doc"), ['--format: expected text, json or pdf; found "doc"']),
    (dict(format="pdf", paper="legal"), ['--paper: expected letter or a4; found "legal"']),
    (dict(paper="a4"), ["--paper: expected a pdf or --print beside it; found text"]),
    (dict(format="pdf", copies=2), ["--copies: expected --print beside it; found none"]),
    (dict(queue="", copies=0), ["--copies: expected 1 to 99; found 0"]),
    (dict(queue="", copies=100, reprint=0), ["--copies: expected 1 to 99; found 100",
                                             "--reprint: expected the number of the copy, 2 for the second, up to 99; found 0"]),
    (dict(json=True, reprint=2), ["--reprint: expected a pdf or --print beside it; found json"]),
]


@pytest.mark.parametrize(("said", "why"), REFUSED)
def test_what_cannot_be_meant(said, why):
    with pytest.raises(Misdirected) as refused:
        destination.read(US, **said)
    assert refused.value.lines[: len(why)] == why


def test_the_command_line_says_so_and_writes_nothing(infuse, tmp_path):
    done = infuse(*ORDER, "--output", "order.txt", "--format", "pdf", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "expected one format; found pdf (--format) and text (order.txt)\n")
    assert not list(tmp_path.iterdir())


LOCALES = [({}, "letter"), ({"LANG": "C"}, "letter"), ({"LANG": "C.UTF-8"}, "letter"), ({"LANG": "en_US.UTF-8"}, "letter"), ({"LANG": "fr_CA"}, "letter"),
           ({"LANG": "en_GB.UTF-8"}, "a4"), ({"LANG": "de_DE@euro"}, "a4"), ({"LANG": "en_US", "LC_PAPER": "de_DE"}, "a4"),
           ({"LANG": "de_DE", "LC_PAPER": "de_DE", "LC_ALL": "en_US"}, "letter"), ({"LANG": "de_DE", "LC_ALL": ""}, "a4")]


@pytest.mark.parametrize(("environment", "paper"), LOCALES)
def test_the_paper_of_the_locale(environment, paper):
    assert destination.paper_of(environment) == paper


# ---------------------------------------------------------------------------------------------- faults


def test_an_existing_file_is_kept_unless_forced(infuse, tmp_path):
    target = tmp_path / "order.pdf"
    target.write_text("mine")
    done = infuse(*ORDER, "--output", str(target))
    assert done.returncode == 2 and target.read_text() == "mine" and "--force" in done.stderr
    assert infuse(*ORDER, "--output", str(target), "--force").returncode == 0
    assert target.read_bytes().startswith(b"%PDF") and list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("target", ["none/order.pdf", "file/order.pdf", f"{'x' * 300}.pdf"])
def test_an_unwritable_place(infuse, tmp_path, target):
    (tmp_path / "file").write_text("mine")
    done = infuse(*ORDER, "--output", str(tmp_path / target))
    assert done.returncode == 2 and done.stderr.startswith("expected to write ") and "Traceback" not in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def as_script(script, *arguments, **more):
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, cwd=ROOT,
                          env=os.environ | CLOCK | {"PYTHONPATH": str(ROOT)}, timeout=60, **more)


RUN = "import sys; from infuse.cli import app; app(sys.argv[1:])"
# what comes in between; how it ends; what is said
FAULTS = {
    "no room for the file": ("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); ", 2, "File too large"),
    "a full disk": ("import errno, os; full = lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))); os.fsync = full; ", 2,
                    "No space left on device"),
    "Ctrl-C": ("import os, signal; os.fsync = lambda _: os.kill(os.getpid(), signal.SIGINT); ", 1, ""),
    "ended politely": ("import os, signal; os.fsync = lambda _: os.kill(os.getpid(), signal.SIGTERM); ", 128 + signal.SIGTERM, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("before", [None, b"mine"])
def test_what_is_interrupted_leaves_what_there_was(tmp_path, fault, before):
    script, code, says = FAULTS[fault]
    target = tmp_path / "order.pdf"
    if before:
        target.write_bytes(before)
    done = as_script(script + RUN, *ORDER, "--output", str(target), "--force")
    assert done.returncode in (code, 130 if fault == "Ctrl-C" else code) and says in done.stderr and "Traceback" not in done.stderr
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == ({"order.pdf": before} if before else {})


def test_a_full_disk_behind_standard_output():
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "infuse", *ORDER, "--format", "pdf"], stdout=full, stderr=subprocess.PIPE, text=True,
                              cwd=ROOT, env=os.environ | CLOCK)
    assert done.returncode == 2 and "No space left" in done.stderr and "Traceback" not in done.stderr


def test_a_closed_pipe():
    line = f"{sys.executable} -m infuse {' '.join(ORDER)} --format pdf | head -c 10"
    done = subprocess.run(["bash", "-c", line], capture_output=True, cwd=ROOT, env=os.environ | CLOCK)
    assert done.stdout.startswith(b"%PDF") and b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_a_pipe_gets_the_document_and_a_terminal_does_not():
    pty = pytest.importorskip("pty")
    command = [sys.executable, "-m", "infuse", *ORDER, "--format", "pdf"]
    piped = subprocess.run(command, capture_output=True, cwd=ROOT, env=os.environ | CLOCK)
    assert piped.returncode == 0 and piped.stdout.startswith(b"%PDF")
    primary, secondary = pty.openpty()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=secondary, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | CLOCK)
    os.close(secondary)
    assert done.returncode == 2 and "found a terminal" in done.stderr and "--output FILE" in done.stderr
    os.set_blocking(primary, False)
    try:
        shown = os.read(primary, 10)
    except OSError:  # nothing at all
        shown = b""
    os.close(primary)
    assert shown == b""
