"""A document on its way to a printer: one job in a CUPS queue, through the command `lp`.

For: `--print`. Each copy is a file of the one job, so that a copy can say which it is and pages count within it.

Refuses: where there is no `lp`, no print service, no such queue or no default one, a queue that takes no jobs: in one
sentence that says which, and names the queues there are.

Example: send([pdf], "ward", "a4") is "ward-12", the job's number; send([pdf], "wrad", "a4") says that ward is the queue here.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from pathlib import Path

NO_ANSWER = 30  # seconds
_JOB = re.compile(r"request id is (\S+)")


class NotPrinted(Exception):
    """The document was not sent; `lines` say why and what to do."""

    def __init__(self, *lines: str):
        self.lines = lines
        super().__init__(lines[0])


def send(copies: list[bytes], queue: str, paper: str) -> str:
    """The job's number; `queue` "" is the default one, `paper` letter or a4. Raises NotPrinted."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="infuse-") as folder:
        paths = [Path(folder, f"{number}.pdf") for number in range(1, len(copies) + 1)]
        try:
            for path, content in zip(paths, copies):
                path.write_bytes(content)
        except OSError as error:
            raise NotPrinted(f"expected to write to {folder}; found: {error.strerror}") from None
        # on one side: what is torn off, such as the second person's page, must not have the answers on its back
        done = _run("lp", *(["-d", queue] if queue else []), "-t", "infuse", "-o", f"media={paper}", "-o", "sides=one-sided", "--", *map(str, paths))
    job = _JOB.search(done.stdout)
    if done.returncode or not job:
        raise _reason(queue, done)
    return job.group(1)


def _run(*command: str) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=NO_ANSWER, env=os.environ | {"LC_ALL": "C"}, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise NotPrinted(f"expected the command {command[0]}, which sends to printers; found none",
                         "   install a CUPS client, or write a file with --output FILE") from None
    except subprocess.TimeoutExpired:
        raise NotPrinted(f"expected an answer of the print service; found none in {NO_ANSWER} seconds") from None
    except OSError as error:
        raise NotPrinted(f"expected to run {command[0]}; found: {error.strerror}") from None


def _reason(queue: str, done: subprocess.CompletedProcess) -> NotPrinted:
    """Why lp would not: what it says of a queue is the same whether that or the whole service is missing."""
    with contextlib.suppress(NotPrinted):
        if "is running" not in _run("lpstat", "-r").stdout:
            return NotPrinted("expected a running print service (CUPS); found none", "   start it, or write a file with --output FILE")
        queues = _run("lpstat", "-e").stdout.split()
        known = f"   the queues here: {', '.join(queues)}" if queues else "   there are no queues here; write a file with --output FILE"
        if queue and queue not in queues:
            return NotPrinted(f'expected a print queue; found none named "{queue}"', known)
        if not queue and "no default destination" in done.stderr.lower():
            return NotPrinted("expected a default print queue; found none", known, "   name one: --print QUEUE")
    said = (done.stderr or done.stdout).strip().removeprefix("lp: ") or f"lp ended with code {done.returncode}"
    return NotPrinted(f"expected the document to be printed; found: {said}")
