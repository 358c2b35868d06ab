"""The lock that lets one run hold a workspace, and the heartbeat that shows that its holder lives.

The kernel lets go when the process ends, however it ends. A holder that is stopped and not ended (SIGSTOP, a share
that hangs, a machine asleep) would keep the kernel's lock for ever: one whose heart has not beaten for STALE_SECONDS
loses the file itself to whoever comes next, and finds so before it writes anything more.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Lock, Thread

from pipeline.errors import RunError, StorageFailed, WorkspaceHeld
from pipeline.ledger.moments import moment_of, text_of
from pipeline.settings import Workspace
from schemas import call

BEAT_SECONDS = 15.0
STALE_SECONDS = 120.0
LOST = "本次运行停顿过久，工作区已由另一次运行接手，本次结果没有记入台账。以另一次运行的结果为准；如有疑问，请重新运行。"
_UNLOCKABLE = "工作区锁不住，请把工作区放在本机磁盘上，并检查磁盘空间。"


class Hold:
    """A workspace that this process holds; `lock` is the open file."""

    def __init__(self, file: Path, lock: int) -> None:
        self._file, self._lock = file, lock
        self._beat: Callable[[], None] | None = None
        self._beating = Lock()

    def check(self) -> None:
        """WorkspaceHeld if another run has taken the workspace over."""
        if not _is_at(self._file, self._lock):
            raise WorkspaceHeld(LOST)

    @contextmanager
    def also(self, beat: Callable[[], None]) -> Iterator[None]:
        """Until the end of the block, `beat` is called with every heartbeat, in another thread."""
        with self._beating:
            self._beat = beat
        try:
            yield
        finally:
            with self._beating:
                self._beat = None

    def live(self, ended: Event) -> None:
        """Beat until `ended`. What fails once may succeed the next time; a lost workspace is found out by `check`."""
        while not ended.wait(BEAT_SECONDS):
            with suppress(OSError):
                os.utime(self._lock)
            with self._beating, suppress(RunError):
                if self._beat:
                    self._beat()


@contextmanager
def hold(workspace: Workspace) -> Iterator[Hold]:
    """Hold `workspace` for one run; WorkspaceHeld at once if another run has it and lives.

    StorageFailed if the state folder cannot be written to, or knows no locks.
    """
    file = workspace.state / "lock"
    try:
        workspace.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _taken(file)
    except OSError as error:
        raise StorageFailed("工作区不能写入，请检查磁盘和权限。") from error
    held, ended = Hold(file, lock), Event()
    heart = Thread(target=held.live, args=(ended,), name="heartbeat", daemon=True)
    try:
        _sign(lock)
        heart.start()
        yield held
    finally:
        ended.set()
        if heart.ident:
            heart.join()
        os.close(lock)


def stale(beat: float) -> bool:
    """Whether a heart that beat last at `beat` (seconds since 1970) has stopped; a clock set back counts as well."""
    return abs(time.time() - beat) > STALE_SECONDS


def _taken(file: Path) -> int:
    while True:
        # Whatever ends this attempt, Ctrl+C too, must not leave the file open, and perhaps locked.
        with ExitStack() as opened:
            lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            opened.callback(os.close, lock)
            if _locked(lock) and _is_at(file, lock):
                opened.pop_all()
                return lock
            if _is_at(file, lock):
                _end_stale(file, lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StorageFailed(_UNLOCKABLE) from error
    return True


def _end_stale(file: Path, lock: int) -> None:
    """Take the file from a holder whose heart has stopped; WorkspaceHeld if it beats, or another is doing so."""
    held = WorkspaceHeld(_holder(os.pread(lock, 4096, 0)))
    if not stale(os.fstat(lock).st_mtime):
        raise held
    taking = os.open(file.with_name("lock.taking"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _locked(taking):
            raise held
        # Whoever was quicker has put a new file in its place, which is nobody's to remove.
        if _is_at(file, lock):
            file.unlink()
    finally:
        os.close(taking)


def _is_at(file: Path, lock: int) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(lock))
    except FileNotFoundError:
        return False


def _sign(lock: int) -> None:
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "host": socket.gethostname(),
                                    "since": text_of(datetime.now(call.CHINA))}).encode(), 0)
    except OSError as error:
        raise StorageFailed(_UNLOCKABLE) from error


def _holder(written: bytes) -> str:
    try:
        by = json.loads(written)
        since = f"{moment_of(by['since']):%Y-%m-%d %H:%M:%S}"
        return f"另一次运行正在使用这个工作区（{since} 开始，进程 {by['pid']}，主机 {by['host']}）。请等它结束后再运行。"
    except (ValueError, KeyError, TypeError):
        # The other run has only just begun.
        return "另一次运行正在使用这个工作区，请等它结束后再运行。"
