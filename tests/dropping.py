"""What the intake's tests share: files dropped into an inbox, and a take that proves it left them alone."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

from pipeline import intake
from pipeline.intake import Taken
from pipeline.ledger import Ledger
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
OLD = datetime(2023, 8, 31, 9, 30, tzinfo=CHINA)
AT_ONCE = Settings(second_look_seconds=0)
ZIP = b"PK\x03\x04 parts PK\x05\x06" + bytes(18)


def created(root: Path) -> Workspace:
    """A new workspace in `root`."""
    made = Workspace(root)
    made.create()
    return made


def drop(workspace: Workspace, path: str, content: bytes = ZIP, at: datetime | None = OLD) -> Path:
    """A file in the inbox, last changed `at` (None: just now)."""
    place = workspace.inbox / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    if at is not None:
        os.utime(place, (at.timestamp(), at.timestamp()))
    return place


def take(workspace: Workspace, now: datetime = NOON, settings: Settings = AT_ONCE, **how) -> Taken:
    """One run's intake; the inbox must be the same afterwards."""
    before = snapshot(workspace.inbox)
    taken = take_meanwhile(workspace, now, settings, **how)
    assert snapshot(workspace.inbox) == before
    return taken


def take_meanwhile(workspace: Workspace, now: datetime = NOON, settings: Settings = AT_ONCE, **how) -> Taken:
    """One run's intake, where the inbox changes meanwhile or cannot be looked at."""
    with Ledger(workspace.database) as ledger:
        return intake.take(workspace, ledger, now, settings, **how)


def snapshot(inbox: Path) -> dict[str, tuple]:
    """Everything about the inbox that a writer would change."""
    found = {}
    for place in sorted(inbox.rglob("*")):
        entry = place.lstat()
        content = place.read_bytes() if place.is_file() else b""
        found[os.fspath(place)] = (entry.st_mode, entry.st_mtime_ns, entry.st_ctime_ns, entry.st_nlink,
                                   content)
    return found


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def paths(taken: Taken, **facts) -> list[str]:
    """Paths of the receipts with these facts, in order of arrival."""
    return [one.path for one in taken.receipts
            if all(getattr(one, name) == fact for name, fact in facts.items())]
