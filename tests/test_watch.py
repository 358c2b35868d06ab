"""The watcher with a clock of its own: when a run is ordered, and what never ends it."""

from __future__ import annotations

import os
import shutil
from threading import Event

import pytest

from dropping import NOON, created, drop, take
from pipeline import log, watch
from pipeline.inbox import Listing, look
from pipeline.settings import Settings, Workspace
from pipeline.watch import Mark, Patience, Watcher

A, B = Mark(10, 1), Mark(20, 2)
GROWN = Mark(11, 2)


@pytest.mark.parametrize(("seen", "orders"), [
    ({0: {}, 60: {}}, []),
    ({0: {"a": A}, 10: {"a": A}, 20: {"a": A}, 30: {"a": A}}, [30]),
    ({0: {"a": A}, 20: {"a": GROWN}, 40: {"a": GROWN}, 50: {"a": GROWN}}, [50]),
    ({0: {"a": A}, 10: {"a": A, "b": B}, 30: {"a": A, "b": B}, 40: {"a": A, "b": B}}, [40]),
    ({0: {"a": None}, 20: {"a": None}, 30: {"a": None}}, [30]),
    ({0: {"a": A}, 20: {}, 30: {"a": A}, 40: {"a": A}, 60: {"a": A}}, [60]),
], ids=["quiet", "one file", "still growing", "two are one run", "gone", "came back"])
def test_patience__orders_when_all_is_at_rest(seen, orders) -> None:
    patience = Patience(30)
    assert [now for now, pending in seen.items() if patience.due(pending, now)] == orders


def test_patience__busy_inbox_keeps_nobody_waiting() -> None:
    """A new file every ten seconds: the first is complete at 30, and its run is ordered at 60."""
    patience = Patience(30)
    moments = [(now, {f"{n}": A for n in range(now // 10 + 1)}) for now in range(0, 100, 10)]
    assert next(now for now, pending in moments if patience.due(pending, now)) == 60


def test_patience__what_a_run_did_not_take_is_tried_ever_more_rarely() -> None:
    patience, orders = Patience(30), []
    for now in range(0, 1000, 10):
        if patience.due({"a": A}, now):
            orders.append(now)
            patience.ordered(now)
    assert orders == [30, 120, 270, 540]
    assert not patience.due({"a": GROWN}, 1000)
    assert patience.due({"a": GROWN}, 1030)


def latest_of(workspace: Workspace):
    from pipeline.ledger import Ledger

    with Ledger(workspace.database) as ledger:
        return ledger.latest()


def test_unanswered__is_what_the_ledger_does_not_know(tmp_path) -> None:
    workspace = created(tmp_path)
    for name in ("同.xlsx", "变.xlsx", "走.xlsx", "~$同.xlsx", "省级裁定/裁.xlsx", "省级裁定/走.xlsx"):
        drop(workspace, name)
    take(workspace)
    assert watch.unanswered(look(workspace.inbox), latest_of(workspace)) == {}
    drop(workspace, "变.xlsx", b"PK other")
    drop(workspace, "苏州市/新.xlsx", b"PK new")
    drop(workspace, "省级裁定/裁.xlsx", b"PK decided")
    for name in ("走.xlsx", "~$同.xlsx", "省级裁定/走.xlsx"):
        (workspace.inbox / name).unlink()
    drop(workspace, "~$新.xlsx")
    drop(workspace, "省级裁定/~$裁.xlsx")
    found = watch.unanswered(look(workspace.inbox), latest_of(workspace))
    assert {path: mark and mark.size for path, mark in found.items()} == {
        "变.xlsx": 8, "苏州市/新.xlsx": 6, "省级裁定/裁.xlsx": 10, "走.xlsx": None, "省级裁定/走.xlsx": None}


def test_unanswered__folder_that_cannot_be_listed_hides_its_files(tmp_path) -> None:
    workspace = created(tmp_path)
    drop(workspace, "苏州市/一.xlsx")
    drop(workspace, "无锡市/二.xlsx")
    take(workspace)
    assert watch.unanswered(Listing([], ["苏州市/"]), latest_of(workspace)) == {"无锡市/二.xlsx": None}


class Watched:
    """A watcher whose clock stands still until it is moved; `orders` are the moments of its orders."""

    def __init__(self, workspace: Workspace) -> None:
        self.now, self.busy, self.broken, self.orders = 0, False, False, []
        settings = Settings(stability_seconds=30, watch_seconds=0.01)
        self.watcher = Watcher(workspace, settings, self.order, lambda: self.now)

    def order(self) -> bool:
        if self.broken:
            raise ConnectionError("geheim")
        if not self.busy:
            self.orders.append(self.now)
        return not self.busy

    def look(self, *moments: int) -> list[int]:
        for self.now in moments:
            self.watcher.look()
        return self.orders


@pytest.fixture
def said(caplog, monkeypatch):
    monkeypatch.setattr(log.LOGGER, "handlers", [caplog.handler])
    return lambda: [record.getMessage() for record in caplog.records if record.name == "pipeline.watch"]


def test_watcher__waits_while_a_run_is_under_way(tmp_path, said) -> None:
    workspace = created(tmp_path)
    drop(workspace, "苏州市/表.xlsx")
    watched = Watched(workspace)
    watched.busy = True
    assert watched.look(0, 30, 40) == []
    watched.busy = False
    assert watched.look(50, 60) == [50]
    take(workspace)
    assert watched.look(600, 700) == [50]
    assert said() == ["收件箱有变化 1 处，已安排汇总"]


@pytest.mark.parametrize("away", ["gone", "empty"])
def test_watcher__share_that_is_away_is_no_deletion(tmp_path, said, away) -> None:
    workspace = created(tmp_path)
    drop(workspace, "苏州市/表.xlsx")
    take(workspace)
    watched = Watched(workspace)
    aside = tmp_path / "aside"
    os.rename(workspace.inbox, aside)
    if away == "empty":
        workspace.inbox.mkdir()
    assert watched.look(0, 100, 200) == []
    shutil.rmtree(workspace.inbox, ignore_errors=True)
    os.rename(aside, workspace.inbox)
    drop(workspace, "苏州市/新.xlsx")
    assert watched.look(300, 330) == [330]
    assert said() == ["收件箱这次没有看成，稍后再看：InboxUnavailable", "收件箱恢复正常", "收件箱有变化 1 处，已安排汇总"]


def test_watcher__server_that_is_away_is_asked_again_later(tmp_path, said) -> None:
    workspace = created(tmp_path)
    drop(workspace, "苏州市/表.xlsx")
    watched = Watched(workspace)
    watched.broken = True
    assert watched.look(0, 30, 40) == []
    watched.broken = False
    assert watched.look(50, 110, 120) == [120]
    assert said() == ["收件箱这次没有看成，稍后再看：Fault", "收件箱恢复正常", "收件箱有变化 1 处，已安排汇总"]


def test_watcher__runs_until_it_is_stopped(tmp_path) -> None:
    watched, stop = Watched(created(tmp_path)), Event()
    looks = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()

    watched.watcher.look = look
    watched.watcher.run(stop)
    assert len(looks) == 3


def test_take_settled__young_file_waits(tmp_path) -> None:
    workspace = created(tmp_path)
    drop(workspace, "苏州市/老.xlsx")
    drop(workspace, "苏州市/新.xlsx", at=None)
    taken = watch.take_settled(workspace, Settings(stability_seconds=30), NOON)
    assert [receipt.path for receipt in taken.receipts] == ["苏州市/老.xlsx"]
    assert taken.waiting == ["苏州市/新.xlsx"]
