"""`pipeline.freed`: what a stage has used does not stay in this process."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from pipeline import freed

# Pieces that no large thing's return frees, every other one let go, and how much memory of our own that leaves.
SCRATCH = """
from pathlib import Path
from pipeline import freed

def held_mb():
    fields = dict(line.split(":") for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    return int(fields["Anonymous"].split()[0]) / 1024

pieces = [bytearray(100_000) for _ in range(1_000)]
del pieces[::2]
before = held_mb()
freed.give_back()
print(before - held_mb())
"""


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="no glibc")
def test_give_back__what_lies_between_goes_too() -> None:
    told = subprocess.run([sys.executable, "-c", SCRATCH], capture_output=True, text=True, check=True, timeout=60)
    assert float(told.stdout) > 30


def test_another_system__nothing_is_done(monkeypatch) -> None:
    monkeypatch.setattr(freed.ctypes, "CDLL", None)
    monkeypatch.setattr(freed.sys, "platform", "darwin")
    freed.give_back()


@pytest.mark.parametrize("fault", [OSError, AttributeError])
def test_another_c_library__nothing_is_done(monkeypatch, fault) -> None:
    def missing(name: str) -> None:
        raise fault(name)

    monkeypatch.setattr(freed.ctypes, "CDLL", missing)
    freed.give_back()
