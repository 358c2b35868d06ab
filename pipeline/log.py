"""The operator's log, and what becomes of an error nobody expected.

Lines carry codes, counts and cells, never cell values. A library's message may quote a value (polars does),
so of an unexpected error only its type and its place in the code are written down.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

from pipeline import layout
from pipeline.errors import RunError
from schemas.call import CHINA

# The parent of the loggers of all our modules.
LOGGER = logging.getLogger("pipeline")
LOGGER.propagate = False
LOGGER.setLevel(logging.INFO)
LOGGER.addHandler(logging.NullHandler())


class _InChina(logging.Formatter):
    """Times as the bureaus' clocks show them, wherever this machine stands."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return f"{datetime.fromtimestamp(record.created, CHINA):%Y-%m-%d %H:%M:%S}"


class Fault(RunError):
    """An error of the program, not of a form: a sentence with a reference number; the details are in the log.

    `transient` is true where trying again may help: the disk or the share was not there for a moment.
    """

    def __init__(self, reference: str, transient: bool = False) -> None:
        super().__init__(f"运行中出现意外情况，没有完成。请把参考号 {reference} 和日志（{layout.STATE}/{layout.LOGS}）交给技术人员")
        self.reference = reference
        self.transient = transient

    def __reduce__(self) -> tuple:
        return Fault, (self.reference, self.transient)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Write this block's log to `folder`/<date>.log; a folder that cannot be written costs only the log."""
    target = folder / f"{datetime.now(CHINA):%Y-%m-%d}.log"
    handler = _handler(target)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        handler.close()


class _File(logging.FileHandler):
    """A log on a full disk costs its lines, never the run, and nothing is said of it on the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Let the line go."""

    def close(self) -> None:
        """Close the file; what cannot be flushed is lost."""
        try:
            super().close()
        except OSError:
            self.stream = None


def _handler(target: Path) -> logging.Handler:
    if any(getattr(handler, "baseFilename", None) == str(target.resolve()) for handler in LOGGER.handlers):
        return logging.NullHandler()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handler = _File(target, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(_InChina("%(asctime)s %(levelname)s %(message)s"))
    return handler


def fault(error: BaseException) -> Fault:
    """Write down where `error` came from; returns what to raise or to tell instead of it."""
    reference = f"{datetime.now(CHINA):%m%d-%H%M%S}-{os.urandom(2).hex()}"
    LOGGER.error("参考号 %s\n%s", reference, "\n".join(_whence(error)))
    return Fault(reference, transient=isinstance(error, OSError))


def cause(error: BaseException) -> str:
    """What an error is and where it was raised, in a word: `ValueError bounded.py:100`."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {Path(frame.filename).name}:{frame.lineno}"


def unheard() -> None:
    """From now on an error that nobody can catch (in a destructor, a thread's end) is written down here, not
    printed."""
    sys.unraisablehook = threading.excepthook = _noted


def _noted(told: sys.UnraisableHookArgs | threading.ExceptHookArgs) -> None:
    # When Python itself is going, so is what would be needed to write.
    if not sys.is_finalizing() and told.exc_value is not None:
        LOGGER.warning("未能处理的错误\n%s", "\n".join(_whence(told.exc_value)))


def _whence(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        system = errno.errorcode.get(getattr(error, "errno", None), "")
        yield f"{type(error).__module__}.{type(error).__qualname__} {system}".rstrip()
        for frame in traceback.extract_tb(error.__traceback__):
            file = Path(frame.filename)
            yield f"    {file.parent.name}/{file.name}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__


def guarded(stage: Callable[..., Any]) -> Callable[..., Any]:
    """`stage` with every unforeseen error turned into a `Fault`, before anyone can print its message."""
    @wraps(stage)
    def call(*arguments: Any) -> Any:
        try:
            return stage(*arguments)
        except (RunError, KeyboardInterrupt, SystemExit):
            raise
        # A Rust panic (calamine, polars) is no Exception either. Who else catches everything does not turn it into a
        # Fault: tests/test_house.py has them all.
        except BaseException as error:
            raise fault(error) from None
    return call
