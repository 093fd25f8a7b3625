"""Where a document goes: standard output, or a file that is never half written.

For: the command line. A file is written beside its place and then renamed; an existing one is kept unless told
otherwise.

Refuses: an unwritable place, an existing file, a full disk: in one sentence, with nothing left behind.

Example: write(Path("order.txt"), "...", force=False) raises NotWritten where order.txt exists.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


class NotWritten(Exception):
    """The document could not be written; the sentence says why."""


class PipeClosed(Exception):
    """Who read the output has stopped reading."""


_BAR, _WIDTH = 16, 79


def bar(made: int, whole: int, name: str) -> str:
    """How far something is: `[####            ]  25%  1,250 of 5,000 orders  ketorolac`, as wide as any other."""
    filled = _BAR * made // whole
    said = f"[{'#' * filled}{' ' * (_BAR - filled)}] {100 * made // whole:3}%  {made:,} of {whole:,} orders  {name}"
    return said[:_WIDTH].ljust(_WIDTH)


def to_stdout(text: str) -> None:
    """Write and flush. Raises NotWritten (a full disk), PipeClosed."""
    with _flushed():
        with contextlib.suppress(AttributeError):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        sys.stdout.write(text)


@contextlib.contextmanager
def _flushed():
    """Flush what was written; who reads may have stopped, the disk behind it may be full. Raises NotWritten, PipeClosed."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _forget(sys.stdout)
        raise PipeClosed from None
    except OSError as error:
        _forget(sys.stdout)
        raise NotWritten(f"expected to write to standard output; found: {error.strerror}") from None


def _forget(stream):
    """Leave nothing for the interpreter to flush at exit, where it would print a traceback."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def bytes_to_stdout(content: bytes) -> None:
    """Write what is not text, and flush; never to a terminal, which would show it as noise. Raises NotWritten, PipeClosed."""
    if sys.stdout.isatty():
        raise NotWritten("expected a file or a pipe for a document that is not text; found a terminal (--output FILE)")
    with _flushed():
        sys.stdout.buffer.write(content)


def refuse_to_write_over(path: Path, force: bool) -> None:
    """Raises NotWritten for a folder, and for a file that nobody said to write over."""
    try:
        folder, there = path.is_dir(), path.exists()
    except OSError as error:  # a name that is too long
        raise NotWritten(f"expected to write {path}; found: {error.strerror}") from None
    if folder:
        raise NotWritten(f"expected a file to write to; found a folder: {path}")
    if there and not force:
        raise NotWritten(f"{path} exists already; it was left as it is (--force writes over it)")


def _end_by_exception() -> None:
    """From here on a polite end (SIGTERM, SIGHUP) unwinds as an exception does, so that nothing is left half written."""
    import signal
    import threading

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and threading.current_thread() is threading.main_thread() and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda which, _frame: sys.exit(128 + which))


def to_file(path: Path, content: str | bytes, force: bool, mode: int = 0o600) -> None:
    """Write beside, then rename: whatever comes between leaves nothing behind. `mode`: who may read it; an order is its
    writer's alone. Raises NotWritten."""
    import tempfile  # with what it imports it costs more than most orders; standard output needs none of it

    refuse_to_write_over(path, force)
    beside = None
    try:
        _end_by_exception()
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.chmod(beside, mode)
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except BaseException as error:  # an interruption too
        if beside is not None:
            with contextlib.suppress(OSError):
                os.unlink(beside)
        if isinstance(error, OSError):
            raise NotWritten(f"expected to write {path}; found: {error.strerror}") from None
        raise
