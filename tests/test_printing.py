"""Paper from a printer: a real print service with a queue that writes to a file; and every way in which there is none."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pypdf
import pytest

from infuse.hand import printing

MAGNESIUM = ["order", "magnesium-sulfate-adult", "--age", "44y"]
LABELS = ["label", *MAGNESIUM[1:], "--name", "Sample, Jane", "--record-number", "TEST 0001", "--count", "2"]
SETTINGS = """Listen {folder}/socket
DefaultAuthType None
WebInterface No
Browsing No
<Location />
  Allow all
</Location>
<Policy default>
  <Limit All>
    Allow all
  </Limit>
</Policy>
"""
FILES = """Sandboxing relaxed
User lp
Group lp
SystemGroup root
ServerRoot {folder}/server
ServerBin {folder}/bin
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
CacheDir {folder}/cache
StateDir {folder}/state
AccessLog {folder}/access
ErrorLog {folder}/error
PageLog {folder}/pages
"""
PRINTER = """#!/bin/sh
# job, user, title, copies, options, file: everything that arrives goes into one file, which appears when it is complete
[ $# -lt 5 ] && exit 0
echo "$5" > {folder}/bin/options
cat ${{6:-}} > {folder}/bin/incoming && mv {folder}/bin/incoming {folder}/bin/printed.pdf
"""
INSTALLED = Path("/usr/lib/cups")
NEEDED = ("cupsd", "lp", "lpadmin", "lpstat")


def why_not() -> str:
    missing = [each for each in NEEDED if not shutil.which(each, path=f"{os.environ['PATH']}:/usr/sbin")]
    if missing:
        return f"CUPS is not installed here: {', '.join(missing)}"
    if not INSTALLED.is_dir():
        return f"CUPS has no programs in {INSTALLED}"
    return "" if os.geteuid() == 0 else "only root may start a print service of its own"


class Service:
    """A print service of the test's own, with the queue `ward`, which writes to a file, and `shut`, which takes nothing."""

    def __init__(self, folder: Path):
        self.folder, self.printed, self.asked = folder, folder / "bin/printed.pdf", folder / "bin/options"
        self.environment = {"CUPS_SERVER": str(folder / "socket")}

    def __call__(self, *command: str) -> str:
        return subprocess.run(command, env=os.environ | self.environment, capture_output=True, text=True, check=True, timeout=60).stdout

    def copies(self, job: str) -> list[list[str]]:
        """The pages of each copy of a job, once it is through."""
        for _ in range(100):
            if job in self("lpstat", "-W", "completed", "-o").split() and self.printed.exists():
                break
            time.sleep(0.1)
        content = self.printed.read_bytes()
        self.printed.unlink()
        files = re.split(rb"(?=%PDF-)", content)[1:]  # one after the other
        return [[" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(each)).pages] for each in files]


@pytest.fixture(scope="module")
def cups():
    if why_not():
        pytest.skip(why_not())
    folder = Path(tempfile.mkdtemp(prefix="cups-"))
    folder.chmod(0o755)
    for name in ("server", "spool", "spool/tmp", "cache", "state"):
        (folder / name).mkdir()
    (folder / "bin/backend").mkdir(parents=True)
    for each in INSTALLED.iterdir():
        if each.name != "backend":
            (folder / "bin" / each.name).symlink_to(each)
    (folder / "bin/backend/paper").write_text(PRINTER.format(folder=folder))
    (folder / "bin/backend/paper").chmod(0o700)  # so it is run as root
    (folder / "cupsd.conf").write_text(SETTINGS.format(folder=folder))
    (folder / "files.conf").write_text(FILES.format(folder=folder))
    daemon = subprocess.Popen([shutil.which("cupsd", path=f"{os.environ['PATH']}:/usr/sbin"), "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "files.conf")])
    try:
        service = Service(folder)
        for _ in range(100):
            if (folder / "socket").exists() and "is running" in service("lpstat", "-r"):
                break
            time.sleep(0.1)
        for queue in ("ward", "shut"):
            service("lpadmin", "-p", queue, "-E", "-v", "paper:/out", "-m", "raw")
        service("cupsreject", "shut")
        yield service
    finally:
        daemon.terminate()
        daemon.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def job_of(done) -> str:
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return re.search(r"sent to the printer as job (ward-\d+)", done.stderr).group(1)


def test_what_comes_out_of_the_printer_is_the_sheet(infuse, cups, tmp_path):
    job = job_of(infuse(*MAGNESIUM, "--print", "ward", "--output", str(tmp_path / "order.pdf"), **cups.environment))
    (pages,) = cups.copies(job)
    assert pages == [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(tmp_path / "order.pdf").pages]
    assert "magnesium sulfate 1 g" in " ".join(pages) and f"page 1 of {len(pages)}" in pages[0] and "COPY" not in " ".join(pages)


@pytest.mark.parametrize(("options", "stamps"), [
    (["--copies", "1"], [""]), (["--copies", "3"], ["COPY 1 OF 3", "COPY 2 OF 3", "COPY 3 OF 3"]),
    (["--reprint", "2"], ["REPRINT, COPY 2"]), (["--reprint", "2", "--copies", "2"], ["REPRINT, COPY 2", "REPRINT, COPY 3"])])
def test_each_copy_says_which_it_is_on_every_page(infuse, cups, options, stamps):
    copies = cups.copies(job_of(infuse(*MAGNESIUM, "--print=ward", *options, **cups.environment)))
    assert [{re.search(r"(REPRINT, )?COPY \d+( OF \d+)?|$", page).group() for page in pages} for pages in copies] == [{each} for each in stamps]
    assert all(f"page {number} of {len(pages)}" in page for pages in copies for number, page in enumerate(pages, 1))


@pytest.mark.parametrize(("stock", "media", "pages"), [("2x4in", "Custom.4x2in", 2), ("letter", "letter", 1), ("a4", "a4", 1)])
def test_what_comes_out_of_the_printer_are_the_labels_on_their_stock(infuse, cups, tmp_path, stock, media, pages):
    job = job_of(infuse(*LABELS, "--stock", stock, "--print", "ward", "--output", str(tmp_path / "labels.pdf"), **cups.environment))
    (printed,) = cups.copies(job)
    assert printed == [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(tmp_path / "labels.pdf").pages] and len(printed) == pages
    assert re.findall(r"LABEL (\d) OF 2", " ".join(printed)) == ["1", "2"] and "COPY" not in " ".join(printed)
    assert f"media={media}" in cups.asked.read_text().split()


@pytest.mark.parametrize(("options", "stamps"), [
    (["--copies", "2"], ["COPY 1 OF 2", "COPY 2 OF 2"]), (["--reprint", "2"], ["REPRINT, COPY 2"]),
    (["--reprint", "2", "--copies", "2"], ["REPRINT, COPY 2", "REPRINT, COPY 3"])])
def test_each_label_of_a_copy_says_which_copy_it_is_and_keeps_its_id(infuse, cups, options, stamps):
    copies = cups.copies(job_of(infuse(*LABELS, "--print=ward", *options, **cups.environment)))
    assert [[re.search(r"(REPRINT, )?COPY \d+( OF \d+)?|$", page).group() for page in pages] for pages in copies] == [[each] * 2 for each in stamps]
    made = json.loads(infuse(*LABELS, "--json").stdout)["labels"][0]["order_id"]
    assert made and all(made in page for pages in copies for page in pages)


REFUSALS = {
    "an unknown queue": (["--print", "wrad"], ['expected a print queue; found none named "wrad"', "the queues here: shut, ward"]),
    "no default queue": (["--print"], ["expected a default print queue; found none", "the queues here: shut, ward", "--print QUEUE"]),
    "a queue that takes no jobs": (["--print", "shut"], ['Destination "shut" is not accepting jobs']),
}


@pytest.mark.parametrize("command", [MAGNESIUM, LABELS], ids=["order", "label"])
@pytest.mark.parametrize("case", REFUSALS)
def test_why_nothing_was_printed(infuse, cups, case, command):
    options, says = REFUSALS[case]
    done = infuse(*command, *options, **cups.environment)
    assert (done.returncode, done.stdout) == (2, "") and all(each in done.stderr for each in [*says, "nothing was printed"])


def test_the_default_queue_is_used_where_there_is_one(infuse, cups):
    cups("lpadmin", "-d", "ward")
    try:
        for options in (["--print"], ["--print", "--copies", "1"]):
            assert cups.copies(job_of(infuse(*MAGNESIUM, *options, **cups.environment)))
    finally:
        cups("lpadmin", "-x", "ward")
        cups("lpadmin", "-p", "ward", "-E", "-v", "paper:/out", "-m", "raw")


@pytest.mark.parametrize("command", ["order", "label"])
def test_an_order_that_was_stopped_is_not_printed(infuse, cups, command):
    done = infuse(command, "ketamine-inpatient-titration", "--weight", "20kg", "--age", "44y", "--print", "ward", **cups.environment)
    assert (done.returncode, done.stdout) == (1, "") and "nothing was printed" in done.stderr and "hard stop" in done.stderr
    assert "job" not in done.stderr


@pytest.mark.skipif(shutil.which("lp") is None, reason="the command lp is not installed here")
@pytest.mark.parametrize("command", [MAGNESIUM, LABELS], ids=["order", "label"])
def test_no_print_service_runs(infuse, tmp_path, command):
    done = infuse(*command, "--print", "ward", CUPS_SERVER=str(tmp_path / "socket"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("expected a running print service (CUPS); found none\n") and "--output FILE" in done.stderr


@pytest.mark.parametrize("command", [MAGNESIUM, LABELS], ids=["order", "label"])
def test_there_is_no_command_that_prints(infuse, tmp_path, command):
    done = infuse(*command, "--print", PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("expected the command lp, which sends to printers; found none\n") and "install a CUPS client" in done.stderr


def test_nothing_is_printed_on_the_back_of_what_is_torn_off(monkeypatch):
    asked = []
    monkeypatch.setattr(printing, "_run", lambda *command: asked.append(command) or subprocess.CompletedProcess(command, 0, "request id is ward-1 (1 file(s))", ""))
    assert printing.send([b"%PDF-1.7"], "ward", "a4") == "ward-1"
    (command,) = asked
    assert command[command.index("sides=one-sided") - 1] == "-o" and "media=a4" in command
