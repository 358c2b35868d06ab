"""What a parser may do to the process it runs in; each is ordered by an item. Only for test_sandbox.py."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path


class PanicException(BaseException):
    """Like pyo3's: no Exception."""


def obey(order: object) -> object:
    """The order's double if it is a number, else what it says."""
    if isinstance(order, int):
        return order * 2
    return ORDERS[order]()


def _raise(error: BaseException) -> None:
    raise error


def _exhaust() -> int:
    return len(bytearray(4 << 30))


def _abort_as_rust_does() -> None:
    os.write(2, b"memory allocation of 17179869184 bytes failed\n" + b"stack backtrace\n" * 999)
    os.abort()


def _flood() -> str:
    for stream in (1, 2):
        try:
            for _ in range(64):
                os.write(stream, b"x" * (1 << 20))
        except OSError:
            continue
    print("to a reader that is not there", flush=True)
    return "printed"


def _use_again() -> int:
    """Pages that the system must give anew for what was freed before."""
    before = 0
    for _ in range(20):
        pieces = [bytes([1]) * (1 << 20) for _ in range(24)]
        del pieces
        before = before or resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def _spin() -> None:
    while True:
        pass


def _hang_deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)


ORDERS: dict[object, Callable[[], object]] = {
    "nice": lambda: os.nice(0),
    "panic": lambda: _raise(PanicException()),
    "raise": lambda: _raise(ValueError("the value of a cell")),
    "exit": lambda: sys.exit(0),
    "interrupt": lambda: _raise(KeyboardInterrupt()),
    "vanish": lambda: os._exit(0),
    "abort": os.abort,
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exhaust": _exhaust,
    "exhaust in rust": _abort_as_rust_does,
    "hang": lambda: time.sleep(3600),
    "hang deaf": _hang_deaf,
    "spin": _spin,
    "use again": _use_again,
    "flood": _flood,
    "answer at length": lambda: bytes(65 << 20),
    "wait": lambda: time.sleep(1.2),
    "nearly at length": lambda: bytes(40 << 20),
    "unpicklable": lambda: (lambda: None),
    "write a file": lambda: Path("/tmp/consortium-never").write_bytes(bytes(2 << 20)),
    "loaded": lambda: sorted({"polars", "pandera", "prefect", "sqlalchemy"} & set(sys.modules)),
    "main": lambda: getattr(sys.modules["__main__"], "__file__", None),
    "child": os.getpid,
    "connect": lambda: _refused(_connect),
    "start a program": lambda: _refused(lambda: os.posix_spawn("/bin/true", ["true"], {})),
    "become a program": lambda: _refused(lambda: os.execv("/bin/true", ["true"])),
}


def _refused(act: Callable[[], object]) -> str:
    """By which exception the system refuses an act; "" if it lets it happen."""
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return ""


def _connect() -> None:
    # Here, so that children of other tests are as light as before.
    import socket

    socket.create_connection(("127.0.0.1", 9), timeout=1)
