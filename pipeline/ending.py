"""What the system says when we are to end (SIGTERM), or a terminal that closes (SIGHUP), taken as Ctrl+C."""

from __future__ import annotations

import signal
import threading

_ASKING = (signal.SIGTERM, signal.SIGHUP)
_ours: set[int] = set()


def as_by_hand() -> None:
    """From now on each of them raises KeyboardInterrupt, unless it is ignored (nohup) or somebody heeds it already."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _ASKING:
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
            _ours.add(number)


def once_more() -> None:
    """The same for those that were ours, whoever has taken them since."""
    if threading.current_thread() is threading.main_thread():
        for number in _ours:
            signal.signal(number, signal.default_int_handler)
