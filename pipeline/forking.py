"""Child processes that start in milliseconds: forked from a clean server that has loaded what they will need.

There is a server for each module whose function is run in children: it has imported that module and nothing of the
parent. A server ends with the process that started it.
"""

from __future__ import annotations

import os
import sys
import threading
from itertools import count
from multiprocessing import forkserver, popen_forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import Any

_SERIAL = count()
_SERVERS: dict[str, forkserver.ForkServer] = {}


def named(*modules: str) -> str:
    """A name for processes of one kind, of which no others have it; their server has the `modules` loaded."""
    wanted = ",".join(modules)
    if wanted not in _SERVERS:
        _SERVERS[wanted] = forkserver.ForkServer()
        _SERVERS[wanted].set_forkserver_preload(list(modules))
    return f"sandbox {next(_SERIAL)} {wanted}"


class _Popen(popen_forkserver.Popen):
    """A child whose exit status, which can be read only once, is asked for by several threads."""

    def __init__(self, process: Any) -> None:
        self._polling = threading.Lock()
        super().__init__(process)

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        with self._polling:
            return super().poll(flag)


class _Process(ForkServerProcess):
    """A child of the server that its name tells.

    It does not import the parent's main program, which may be Prefect's own and take seconds.
    """

    _starting = threading.Lock()

    @staticmethod
    def _Popen(process: Any) -> _Popen:
        with _Process._starting:
            main, connect = sys.modules["__main__"], forkserver.connect_to_new_process
            sys.modules["__main__"] = ModuleType("__main__")
            forkserver.connect_to_new_process = _SERVERS[process.name.rpartition(" ")[2]].connect_to_new_process
            try:
                return _Popen(process)
            finally:
                sys.modules["__main__"], forkserver.connect_to_new_process = main, connect


class _Context(ForkServerContext):
    Process = _Process


# Only for processes that are `named`.
CONTEXT = _Context()
