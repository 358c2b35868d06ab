"""The lease of a run on its ledger: for two machines at one database, and against those who write too late.

The ledger keeps one lease: whose it is, its number, when its heart last beat. A run takes it with its number as the
fence, and every transaction in which the run writes looks first whether the lease is still its own. It is no part of
the journal: what is rebuilt belongs to nobody.
"""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from pipeline.errors import WorkspaceHeld
from pipeline.ledger.database import Database
from pipeline.ledger.lock import LOST, stale
from pipeline.ledger.tables import META

KEY = "lease"
# A process's start in clock ticks, so that another of the same number is not taken for it: proc(5), field 22.
_START_FIELD = 22


class Holder(NamedTuple):
    """A process: `born` tells it from another that had its number, "" where that is not known."""

    host: str
    pid: int
    born: str


class Lease(NamedTuple):
    """Who holds the ledger: the run and its number, and when its heart last beat (seconds since 1970)."""

    run_id: str
    number: int
    host: str
    pid: int
    born: str
    beat: float

    @property
    def holder(self) -> Holder:
        """The process that holds it."""
        return Holder(self.host, self.pid, self.born)

    def is_of(self, run_id: str, number: int) -> bool:
        """Whether it is that run's."""
        return (self.run_id, self.number) == (run_id, number)


def this_process() -> Holder:
    """The process that asks."""
    return Holder(socket.gethostname(), os.getpid(), _born(os.getpid()) or "")


def take(database: Database, connection: sa.Connection, run_id: str, number: int, holder: Holder) -> Lease:
    """Take the lease; WorkspaceHeld if another lives that has it. A process takes it from itself at any time."""
    standing = _standing(connection)
    if standing and not (standing.holder == holder or stale(standing.beat) or _dead(standing.holder, holder)):
        raise WorkspaceHeld(f"另一次运行正在使用这个工作区（进程 {standing.pid}，主机 {standing.host}）。请等它结束后再运行。")
    lease = Lease(run_id, number, *holder, time.time())
    _put(database, connection, lease)
    return lease


def check(connection: sa.Connection, lease: Lease) -> None:
    """WorkspaceHeld if the lease has been taken since."""
    standing = _standing(connection)
    if standing is None or not standing.is_of(lease.run_id, lease.number):
        raise WorkspaceHeld(LOST)


def renew(database: Database, connection: sa.Connection, lease: Lease) -> None:
    """One heartbeat; WorkspaceHeld as `check`."""
    check(connection, lease)
    _put(database, connection, lease._replace(beat=time.time()))


def release(connection: sa.Connection, lease: Lease) -> None:
    """Let go of the lease, if it is still this one."""
    standing = _standing(connection)
    if standing and standing.is_of(lease.run_id, lease.number):
        connection.execute(META.delete().where(META.c.key == KEY))


def _put(database: Database, connection: sa.Connection, lease: Lease) -> None:
    database.put(connection, META, [{"key": KEY, "value": json.dumps(lease)}])


def _standing(connection: sa.Connection) -> Lease | None:
    written = connection.scalar(sa.select(META.c.value).where(META.c.key == KEY))
    try:
        return Lease(*json.loads(written)) if written else None
    except (ValueError, TypeError):
        # Nobody can say whose it is; who takes it now refuses everybody else.
        return None


def _dead(one: Holder, asking: Holder) -> bool:
    """Whether a process of the machine that asks is known to have ended."""
    return one.host == asking.host == socket.gethostname() and (_born(one.pid) is None or _born(one.pid) != one.born)


def _born(pid: int) -> str | None:
    """When a process of this machine began; None if there is none, "" if this system does not say."""
    try:
        written = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace")
    except FileNotFoundError:
        return None if Path("/proc/self/stat").exists() else ""
    except OSError:
        return ""
    # The second field is a name in brackets, which may itself have any letters.
    return written.rpartition(")")[2].split()[_START_FIELD - 3]
