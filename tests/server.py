"""A PostgreSQL server from Debian's packages, for the time of a test session: a socket in a folder, and no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_INSTALLED = Path("/usr/lib/postgresql")
# Root may not run a server; Debian makes this user for it.
_USER = "postgres"
OWNER = "ledger"
# A test's database need not survive a power cut.
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class Unavailable(Exception):
    """There is no server to be had here; the message says why."""


@contextmanager
def server() -> Iterator[str]:
    """The folder of a running server's socket; it is stopped and wiped at the end of the block."""
    programs = _programs()
    # Not under pytest's folders, which are closed to other users; and a socket's path has but 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(_USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        _as_owner(folder, programs / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")
        control = programs / "pg_ctl", "-D", folder / "data", "-w"
        _as_owner(folder, *control, "-l", folder / "log", "-o", f"-k {folder} -c listen_addresses= {_FAST}", "start")
        try:
            yield str(folder)
        finally:
            _as_owner(folder, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address(folder: str, database: str = "postgres", **options: str) -> str:
    """The URL of a database on that server."""
    more = "".join(f"&{name}={value}" for name, value in options.items())
    return f"postgresql+psycopg://{OWNER}@/{database}?host={folder}{more}"


def _programs() -> Path:
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if not found:
        raise Unavailable("PostgreSQL is not installed (Debian: postgresql)")
    if os.geteuid() == 0 and not any(entry.pw_name == _USER for entry in pwd.getpwall()):
        raise Unavailable(f"root may not run PostgreSQL, and there is no user {_USER}")
    return found[-1].parent


def _as_owner(folder: Path, *words: object) -> None:
    user = {"user": _USER, "group": pwd.getpwnam(_USER).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    # A server that starts keeps its parent's streams: nothing may wait for their end.
    done = subprocess.run(list(map(str, words)), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, timeout=60, env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, **user)
    if done.returncode:
        raise Unavailable(f"PostgreSQL does not start here: {Path(str(words[0])).name} ended with {done.returncode}")
