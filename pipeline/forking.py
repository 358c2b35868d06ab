"""Child processes that start in milliseconds: forked from a clean server that has loaded what they will need.

There is a server for each module whose function is run in children: it has imported that module and nothing of the
parent. A server ends soon after the process that started it; whoever reads that one's output does not wait for it. What
it has to complain of is English, and the parent is told of a child that did not start anyway: it writes to nowhere.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from multiprocessing import forkserver, popen_forkserver, process, util
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType
from typing import Any

from pipeline.errors import NoChildren

# A socket's path has at most 107 bytes, of which its name and its folder's take 32.
_LONGEST_FOLDER = 75
_SHORT_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")
_SERIAL = count()
_SERVERS: dict[str, forkserver.ForkServer] = {}


def named(*modules: str) -> str:
    """A name for processes of one kind, of which no others have it; their server has the `modules` loaded."""
    wanted = ",".join(modules)
    if wanted not in _SERVERS:
        _SERVERS[wanted] = forkserver.ForkServer()
        _SERVERS[wanted].set_forkserver_preload(["pipeline.unsearched", *modules])
    return f"sandbox {next(_SERIAL)} {wanted}"


def _ready() -> None:
    """Where temporary files have too long a path for a server's socket, see to a folder of our own with a short one.

    It is closed to others: whoever reached the socket could have the server start what he likes.
    """
    ours = process.current_process()._config
    if "tempdir" in ours or len(os.fsencode(tempfile.gettempdir())) <= _LONGEST_FOLDER:
        return
    for folder in _SHORT_FOLDERS:
        with suppress(OSError):
            made = tempfile.mkdtemp(prefix="pymp-", dir=folder)
            util.Finalize(None, shutil.rmtree, (made, True), exitpriority=-100)
            ours["tempdir"] = made
            return


def _spawned(program: bytes, words: Sequence[bytes | str], passed: Sequence[int]) -> int:
    """`multiprocessing.util.spawnv_passfds` for a process whose output nobody reads."""
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    return os.posix_spawn(program, words, os.environ, file_actions=[
        *quiet, *((os.POSIX_SPAWN_DUP2, number, number) for number in passed)])


class _Popen(popen_forkserver.Popen):
    """A child whose exit status, which can be read only once, is asked for by several threads."""

    def __init__(self, process: Any) -> None:
        self._polling = threading.Lock()
        super().__init__(process)

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        with self._polling:
            return super().poll(flag)


@contextmanager
def _as_clean(name: str, starting: threading.Lock = threading.Lock()) -> Iterator[forkserver.ForkServer]:
    """The server that a name tells; what is started meanwhile knows nothing of this process."""
    with starting:
        main, connect, spawned = sys.modules["__main__"], forkserver.connect_to_new_process, util.spawnv_passfds
        _ready()
        server = _SERVERS[name.rpartition(" ")[2]]
        sys.modules["__main__"], util.spawnv_passfds = ModuleType("__main__"), _spawned
        forkserver.connect_to_new_process = server.connect_to_new_process
        try:
            yield server
        # A server that ends while it starts breaks the pipe, which typer would take for a screen that was closed.
        except (OSError, EOFError) as error:
            raise NoChildren("读表的子进程启动不了，没有完成。请检查磁盘、内存和临时文件夹后重新运行。") from error
        finally:
            sys.modules["__main__"], forkserver.connect_to_new_process = main, connect
            util.spawnv_passfds = spawned


def begin(name: str) -> None:
    """Start the server of that name, if need be: it loads what it has to while we do something else."""
    with _as_clean(name) as server:
        server.ensure_running()


class _Process(ForkServerProcess):
    """A child of the server that its name tells.

    It does not import the parent's main program, which may be Prefect's own and take seconds.
    """

    @staticmethod
    def _Popen(process: Any) -> _Popen:
        with _as_clean(process.name):
            return _Popen(process)


class _Context(ForkServerContext):
    Process = _Process


# Only for processes that are `named`.
CONTEXT = _Context()
