"""A child process as a terminal starts it, also where the tests were not started from one."""

from __future__ import annotations

import signal


def heed() -> None:
    """In the child: end with the terminal. Under nohup the tests, and so all that they start, ignore that it closed."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
