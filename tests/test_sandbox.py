"""The sandbox: whatever one item does to its child, the others keep their answers."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path
from threading import Event

import pytest
from faulty import obey

from pipeline import forking, sandbox
from pipeline.sandbox import CRASHED, MEMORY, RAISED, TIMEOUT, Outcome, each, warm

ROOT = Path(__file__).parent.parent


def run(items: list, **how) -> list[Outcome]:
    return list(each(obey, items, **{"workers": 2, "timeout_seconds": 20, "memory_mb": 512} | how))


def test_each__answers_in_order():
    assert run(list(range(100)), chunk=7) == [Outcome(number, number * 2) for number in range(100)]


def test_warm__the_server_of_the_children_is_there_before_they_are():
    warm(obey)
    server = forking._SERVERS[f"pipeline.sandbox,{obey.__module__}"]
    warmed = server._forkserver_pid
    assert warmed is not None
    assert [outcome.value for outcome in each(obey, [7])] == [14]
    assert server._forkserver_pid == warmed


def test_each__nothing_to_do():
    assert run([]) == []


@pytest.mark.parametrize(("order", "fault", "detail"), [
    ("panic", CRASHED, "PanicException"),
    ("raise", RAISED, "ValueError faulty.py:26"),
    ("exit", CRASHED, "SystemExit"),
    ("interrupt", CRASHED, "KeyboardInterrupt"),
    ("vanish", CRASHED, "exit 0"),
    ("abort", CRASHED, "SIGABRT"),
    ("segfault", CRASHED, "SIGSEGV"),
    ("killed", MEMORY, "SIGKILL"),
    ("exhaust", MEMORY, "exit 86"),
    ("exhaust in rust", MEMORY, "SIGABRT"),
    ("answer at length", MEMORY, "answer"),
])
def test_each__fault_costs_only_its_item(order, fault, detail):
    assert run([1, 2, order, 4, 5]) == [
        Outcome(0, 2), Outcome(1, 4), Outcome(2, None, fault, detail), Outcome(3, 8), Outcome(4, 10)]


@pytest.mark.parametrize("order", ["hang", "spin", "hang deaf"])
def test_each__time_limit_is_for_each_item(order):
    assert run([1, order, 3], timeout_seconds=1) == [
        Outcome(0, 2), Outcome(1, None, TIMEOUT, "wall clock"), Outcome(2, 6)]


def test_each__answer_that_cannot_be_sent():
    first, second = run([1, "unpicklable"])
    assert (first, second.fault) == (Outcome(0, 2), CRASHED)


def test_each__what_a_child_has_no_room_for_is_left_to_another():
    first, _, second, long, third = (outcome.value for outcome in run(
        ["child", "nearly at length", "child", "nearly at length", "child"], chunk=5, workers=1))
    assert (first == second, second == third, len(long)) == (True, False, 40 << 20)


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    """How many items each child was given, in the order in which the children started."""
    numbers, ask = [], sandbox._Children._ask

    def noted(children, numbered) -> list[Outcome] | Outcome:
        numbers.append(len(numbered))
        return ask(children, numbered)

    monkeypatch.setattr(sandbox._Children, "_ask", noted)
    return numbers


def test_each__what_a_child_has_no_time_for_is_left_to_another(asked):
    first, *_, last = outcomes = run(["child", *["wait"] * 3, "child"], chunk=5, workers=1, timeout_seconds=2)
    assert [outcome.fault for outcome in outcomes] == [""] * 5
    assert first.value != last.value
    # None was lost: each left what it had no time for, after the first item that took it.
    assert asked == [5, 3, 2, 1]


@pytest.mark.parametrize(("items", "started"), [
    (["nearly at length"] * 4, [[4], [4, 3], [4, 3, 2], [4, 3, 2, 1]]),
    ([1, "nearly at length", 3, "abort"], [[4, 1], [4, 1, 1], [4, 1, 1, 1], [4, 1, 1, 1, 1]]),
], ids=["no room", "lost"])
def test_each__no_more_answers_are_held_than_of_one_child_a_chunk(items, started, asked):
    outcomes = each(obey, items, workers=1, chunk=4)
    assert [(outcome.index, list(asked)) for outcome in outcomes] == list(enumerate(started))


def test_each__several_faults_in_several_chunks():
    items = [1, "abort", 3, "panic", "exhaust", 6, 7, "vanish"]
    assert [outcome.fault for outcome in run(items, chunk=3)] == [
        "", CRASHED, "", CRASHED, MEMORY, "", "", CRASHED]


def test_each__child_prints_nothing_on_our_screen(capfd):
    assert run(["flood", "abort", 3])[::2] == [Outcome(0, "printed"), Outcome(2, 6)]
    assert capfd.readouterr() == ("", "")


def test_each__child_cannot_fill_the_disk():
    written = Path("/tmp/consortium-never")
    try:
        (outcome,) = run(["write a file"])
        assert (outcome.fault, outcome.detail.split()[0]) == (RAISED, "OSError")
    finally:
        written.unlink(missing_ok=True)


def test_each__child_is_clean_and_light():
    assert run(["loaded", "main"]) == [Outcome(0, []), Outcome(1, None)]


def test_each__children_yield_as_they_are_told():
    ours = os.nice(0)
    assert [one.value - ours for how in ({}, {"nice": 5}) for one in run(["nice"], **how)] == [0, 5]


def test_each__one_child_for_a_chunk():
    children = [outcome.value for outcome in run(["child"] * 6, chunk=3)]
    assert children[0] == children[1] == children[2] != children[3] == children[4] == children[5]
    assert os.getpid() not in children


def test_each__the_last_children_have_as_much_to_do():
    children = [outcome.value for outcome in run(["child"] * 58, chunk=20)]
    assert [len(list(items)) for _, items in groupby(children)] == [20, 20, 9, 9]


def test_each__items_are_asked_for_as_children_need_them():
    asked = []
    outcomes = each(obey, (asked.append(number) or number for number in range(9)), workers=1, chunk=2)
    seen = [(next(outcomes).value, list(asked)) for _ in range(3)]
    assert seen == [(0, [0, 1, 2, 3]), (2, [0, 1, 2, 3]), (4, [0, 1, 2, 3, 4, 5])]
    assert [outcome.value for outcome in outcomes] == [6, 8, 10, 12, 14, 16]


def test_each__next_child_does_not_wait_for_the_caller(monkeypatch):
    ends, run_one = [Event() for _ in range(3)], sandbox._Children.run

    def noted(children, numbered) -> list[Outcome]:
        outcomes = run_one(children, numbered)
        ends[numbered[0][0]].set()
        return outcomes

    monkeypatch.setattr(sandbox._Children, "run", noted)
    outcomes = each(obey, [1, 2, 3], workers=1, chunk=1)
    assert next(outcomes) == Outcome(0, 2)
    assert ends[1].wait(20)
    assert not ends[2].is_set()
    assert list(outcomes) == [Outcome(1, 4), Outcome(2, 6)]


def test_each__items_are_divided_among_workers():
    assert len({outcome.value for outcome in run(["child"] * 30, workers=3)}) == 3
    assert len({outcome.value for outcome in run(["child"] * 6, workers=3)}) == 1


def test_each__caller_who_stops_does_not_wait():
    outcomes = each(obey, [1, "hang", "hang"], workers=3, timeout_seconds=60, chunk=1)
    assert next(outcomes) == Outcome(0, 2)
    start = time.monotonic()
    outcomes.close()
    assert time.monotonic() - start < 10


MAIN = """
import sys
from pathlib import Path
Path(sys.argv[1]).open("a").write("started\\n")
if __name__ == "__main__":
    from faulty import obey
    from pipeline.sandbox import each
    print([outcome.value for outcome in each(obey, [1, 2, 3], chunk=1)])
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="no glibc")
def test_each__what_an_item_leaves_is_used_for_the_next():
    (used,) = run(["use again"])
    assert used.value < 1_000


def test_each__main_program_is_not_started_again(tmp_path):
    (tmp_path / "main.py").write_text(MAIN, "utf-8")
    where = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    done = subprocess.run([sys.executable, tmp_path / "main.py", tmp_path / "log"], env=os.environ | where,
                          capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[2, 4, 6]\n", "")
    assert (tmp_path / "log").read_text() == "started\n"


ORPHAN = """
import sys
from faulty import obey
from pipeline.sandbox import each
children = each(obey, ["child", "hang"], chunk=1, workers=2, timeout_seconds=1)
print(next(children).value, flush=True)
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_each__no_child_outlives_a_killed_parent(tmp_path):
    where = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]), "TMPDIR": str(tmp_path)}
    start = time.monotonic()
    # The pipe stays open as long as any process of the family lives.
    done = subprocess.run([sys.executable, "-c", ORPHAN], env=os.environ | where, capture_output=True,
                          timeout=30)
    assert (done.returncode, done.stderr) == (-9, b"")
    assert time.monotonic() - start < 15
