"""A small workspace for fault runs: one night that went well, and what the next night finds in the inbox.

Five forms (one wrong, then sent again under another name), the centre's decisions, a form that cannot be read, a note
that nobody asked for.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from schemas.call import CHINA
from tests.season import Season

FIRST = datetime(2023, 9, 20, 2, tzinfo=CHINA)
SECOND = FIRST + timedelta(days=1)
# No second look, children that a wounded one cannot hold up for long, and nothing late: F11 tells the minute.
SETTINGS = "second_look_seconds = 0\nread_timeout_seconds = 20\ndeadline = 2099-12-31\n"


def begun(root: Path, now: datetime = FIRST, to_explain: bool = True) -> Season:
    """A workspace after its first night: four forms, number 2 with an error, number 3 with something to be
    explained."""
    season = Season(root)
    season.now = now
    for number in range(4):
        season.send(number, *([_wrong_code] if number == 2 else [_large] if number == 3 and to_explain else []))
    season.workspace.settings_file.write_text(SETTINGS, encoding="utf-8")
    season.night()
    return season


def next_day(source: Path, target: Path) -> Season:
    """A copy of a workspace, to be run at SECOND."""
    season = Season(copied(source, target))
    season.now = SECOND
    return season


def built(root: Path) -> Path:
    """A workspace after its first night, with the second night's inbox; run it at SECOND."""
    season = begun(root)
    season.send(2, name="02（改正）.xlsx")
    season.send(4, _no_phone)
    season.decide("裁定.xlsx", lambda row: ("接受", "已核实"))
    season.put(season.path(5, "05.xlsx"), b"PK\x03\x04 no workbook PK\x05\x06" + bytes(18))
    season.put(season.path(0, "说明.txt"), "请查收".encode())
    return root


def copied(source: Path, target: Path) -> Path:
    """A copy of a workspace, file times included, in place of what was at `target`."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target


def as_new(source: Path, target: Path) -> Path:
    """A workspace with the same inbox, in which nothing has ever run."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source / "inbox", target / "inbox")
    (target / "consortium.toml").write_text(SETTINGS, encoding="utf-8")
    return target


def _wrong_code(filled: dict) -> None:
    right = filled["members"][2]["uscc"]
    filled["members"][2]["uscc"] = right[:-1] + ("0" if right[-1] != "0" else "1")


def _large(filled: dict) -> None:
    filled["members"][2]["rd_spend_wan"] = filled["members"][2]["revenue_wan"] * 2


def _no_phone(filled: dict) -> None:
    filled["consortium"]["phone"] = ""
