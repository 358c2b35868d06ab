"""`pipeline.freed`: what a stage has used does not stay in this process."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from datetime import datetime
from types import SimpleNamespace

import pytest

from pipeline import freed
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

HELD = """
from pathlib import Path
from pipeline import freed

def held_mb():
    fields = dict(line.split(":") for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return int(fields["Anonymous"].split()[0]) / 1024
"""
# Pieces that no large thing's return frees, every other one let go, and how much memory of our own that leaves.
BETWEEN = """
pieces = [bytearray(100_000) for _ in range(1_000)]
del pieces[::2]
before = held_mb()
freed.give_back()
print(before - held_mb())
"""
# A large thing that was freed has glibc keep others of its size; between them lies what stays.
LARGE = """
largest = bytes([1]) * (30 << 20)
del largest
freed.give_back()
pieces = [(bytes([1]) * (10 << 20), bytes([1]) * 2_000) for _ in range(10)]
before = held_mb()
pieces = [small for _, small in pieces]
print(before - held_mb())
"""

# The arenas after eight threads had memory of their own at the same time.
ARENAS = """
import ctypes, threading
all_there = threading.Barrier(8)
def thread():
    all_there.wait()
    pieces = [bytes([1]) * 20_000 for _ in range(100)]
    all_there.wait()
freed.give_back()
threads = [threading.Thread(target=thread) for _ in range(8)]
for one in threads:
    one.start()
for one in threads:
    one.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""
# Pages that the system must give anew where as much is asked for, MB at a time, as was freed before.
AGAIN = """
import resource
def faults(megabytes):
    before = 0
    for _ in range(50):
        pieces = [bytes([1]) * (1 << 20) for _ in range(megabytes)]
        del pieces
        before = before or resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
freed.give_back()
print(faults(3), faults(24))
freed.keep()
print(faults(24))
"""
with_glibc = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="no glibc")


@with_glibc
@pytest.mark.parametrize(("script", "least"), [(BETWEEN, 30), (LARGE, 90)], ids=["between", "large"])
def test_give_back__what_was_free_goes_and_later_what_is_large(script: str, least: int) -> None:
    told = subprocess.run([sys.executable, "-c", HELD + script], capture_output=True, text=True, check=True, timeout=60)
    assert float(told.stdout) > least


@with_glibc
def test_give_back__threads_share_what_they_leave() -> None:
    told = subprocess.run([sys.executable, "-c", HELD + ARENAS], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.count("<heap nr=") == 2


@with_glibc
def test_what_was_freed__is_there_again_up_to_a_limit() -> None:
    told = subprocess.run([sys.executable, "-c", HELD + AGAIN], capture_output=True, text=True, check=True, timeout=60)
    little, much, kept = map(int, told.stdout.split())
    assert little < 1_000 > kept
    assert much > 100_000


def test_run__gives_back_before_each_stage(monkeypatch, tmp_path) -> None:
    events = []
    screen = SimpleNamespace(stage=lambda title, total: events.append(title), say=lambda _: None, advance=lambda: None)
    monkeypatch.setattr(freed, "give_back", lambda: events.append("given back"))
    monkeypatch.setattr("pipeline.run.shown", lambda: screen)
    workspace = Workspace(tmp_path)
    run(workspace, Settings.of(workspace), datetime(2023, 9, 20, tzinfo=CHINA))
    stages = ("收件", "读表", "校验", "汇总", "发布")
    assert events == [event for stage in stages for event in ("given back", stage)]


def test_another_system__nothing_is_done(monkeypatch) -> None:
    monkeypatch.setattr(freed.ctypes, "CDLL", None)
    monkeypatch.setattr(freed.sys, "platform", "darwin")
    freed.give_back()
    freed.keep()


@pytest.mark.parametrize("fault", [OSError, AttributeError])
def test_another_c_library__nothing_is_done(monkeypatch, fault) -> None:
    def missing(name: str) -> None:
        raise fault(name)

    monkeypatch.setattr(freed.ctypes, "CDLL", missing)
    freed.give_back()
