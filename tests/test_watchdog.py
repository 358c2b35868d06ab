"""A share that hangs in the kernel: said after a while, exit code 3, and the process ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dropping import ZIP, created, drop, paths, take, take_meanwhile

from pipeline import inbox, originals, watchdog
from pipeline.errors import InboxUnavailable
from pipeline.settings import Settings
from pipeline.watch import Watcher
from pipeline.watchdog import Watchdog

ROOT = Path(__file__).parent.parent
SILENT = "收件箱所在的共享目录没有响应（已等 0.2 秒），本次没有完成。收件箱里的文件没有变动，请检查网络盘，恢复后重新运行。"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(watchdog, "SILENT_SECONDS", 0.2)
    made = created(tmp_path)
    drop(made, "南京市/表.xlsx")
    drop(made, "苏州市/表.xlsx", ZIP + b"2")
    return made


@pytest.fixture
def hanging(monkeypatch) -> Iterator[Callable[[str, Callable[..., bool]], threading.Event]]:
    """`hanging(name, when)`: a call of `os` that does not return, if `when` its arguments say so, until let go."""
    let_go = threading.Event()

    def hang(name: str, when: Callable[..., bool]) -> threading.Event:
        usual = getattr(os, name)

        def call(*words, **how):
            if when(*words) and threading.current_thread().name == "inbox":
                let_go.wait(30)
            return usual(*words, **how)

        monkeypatch.setattr(os, name, call)
        return let_go

    yield hang
    let_go.set()


CALLS = {
    "the inbox": ("scandir", lambda place: str(place).endswith("inbox")),
    "a city's folder": ("scandir", lambda place: str(place).endswith("苏州市")),
    "opening a file": ("open", lambda place, *_: "inbox/苏州市" in str(place)),
    "reading a file": ("read", lambda source, _: os.readlink(f"/proc/self/fd/{source}").endswith("苏州市/表.xlsx")),
}


@pytest.mark.parametrize(("name", "when"), CALLS.values(), ids=CALLS)
def test_share__that_hangs_is_said_and_is_no_empty_inbox(workspace, hanging, name, when) -> None:
    let_go = hanging(name, when)
    begun = time.monotonic()
    with pytest.raises(InboxUnavailable) as told:
        take_meanwhile(workspace)
    assert (str(told.value), told.value.exit_code, told.value.transient) == (SILENT, 3, True)
    assert time.monotonic() - begun < 5
    let_go.set()
    assert paths(take(workspace), present=True) == ["南京市/表.xlsx", "苏州市/表.xlsx"]


def test_share__that_hangs_at_the_second_look_is_said(workspace, hanging) -> None:
    drop(workspace, "苏州市/新.xlsx", at=None)
    hanging("lstat", lambda place, *_: str(place).endswith("新.xlsx"))
    with pytest.raises(InboxUnavailable, match="没有响应"):
        take_meanwhile(workspace)


def test_share__that_comes_to_life_beside_the_next_attempt_spoils_no_copy(workspace, hanging) -> None:
    let_go = hanging("read", lambda source, _: not let_go.is_set())
    with pytest.raises(InboxUnavailable):
        take_meanwhile(workspace)
    let_go.set()
    assert len(take(workspace).receipts) == 2
    until = time.monotonic() + 5
    while any(one.name == "inbox" for one in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.01)
    for place in workspace.originals.glob("??/*"):
        assert place.name == originals.hashlib.sha256(place.read_bytes()).hexdigest()


def test_slow_share__is_waited_for_while_anything_comes(workspace, monkeypatch) -> None:
    """Each entry within the time, all together far beyond it."""
    seen = inbox._seen
    monkeypatch.setattr(inbox, "_seen", lambda *words: time.sleep(0.12) or seen(*words))
    for number in range(6):
        drop(workspace, f"南京市/{number}.xlsx")
    assert len(take(workspace).receipts) == 8


def test_watcher__notes_a_share_that_hangs_and_goes_on(workspace, hanging) -> None:
    let_go = hanging("scandir", lambda place: str(place).endswith("inbox"))
    orders: list[bool] = []
    watcher = Watcher(workspace, Settings(stability_seconds=0), lambda: not orders.append(True))
    watcher.look()
    assert orders == []
    let_go.set()
    watcher.look()
    assert orders == [True]


def test_watchdog__loses_no_more_threads_than_it_takes_to_know(workspace, hanging) -> None:
    let_go = hanging("scandir", lambda place: str(place).endswith("inbox"))
    before = threading.active_count()
    for _ in range(20):
        with pytest.raises(InboxUnavailable):
            inbox.look(workspace.inbox)
    assert threading.active_count() - before <= 8
    let_go.set()
    until = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert len(inbox.look(workspace.inbox).looks) == 2


def test_each__results_in_order_and_the_first_error() -> None:
    assert Watchdog(5).each(lambda one: one * 2, list(range(100)), 4) == list(range(0, 200, 2))
    assert Watchdog(5).each(str, []) == []
    with pytest.raises(ZeroDivisionError):
        Watchdog(5).each(lambda one: 1 // one, [1, 0, 2], 2)


HANGING = """
import os, time
from pipeline import cli, watchdog
watchdog.SILENT_SECONDS = 0.3
scandir = os.scandir
os.scandir = lambda place: time.sleep(3600) if str(place).endswith("inbox") else scandir(place)
cli.main(["run", "--no-prefect", "-w", "."])
"""


def test_command__on_a_share_that_hangs_ends_with_3(tmp_path) -> None:
    drop(created(tmp_path), "南京市/表.xlsx")
    done = subprocess.run([sys.executable, "-c", HANGING], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (3, SILENT.replace("0.2", "0.3"))
