"""A command run and watched: its seconds, those of its stages, its processor time, and the memory of all its
processes."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


EVERY_SECONDS = 0.2
# Adding up a large process's memory takes long, and holds it up: at most a twentieth of the time goes to looking.
_LOOK_SHARE = 1 / 20
# Every stage of a run is announced by one such line on standard error.
_ANNOUNCED = "……"
_TICKS = os.sysconf("SC_CLK_TCK")
START = "启动"


class Spent(NamedTuple):
    """Wall and processor seconds of one stage; the processor's of all processes together."""

    seconds: float
    cpu_seconds: float


@dataclass
class Watched:
    """What a command took. `stages` in order, by title; `peak_mb` is the largest PSS of its processes together."""

    seconds: float = 0.0
    code: int = 0
    out: str = ""
    told: str = ""
    peak_mb: float = 0.0
    cpu_seconds: float = 0.0
    stages: dict[str, Spent] = field(default_factory=dict)


def watch(command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path | None = None,
          memory: bool = True) -> Watched:
    """Run it to its end. Without `memory` nothing is sampled, for what is over in a second."""
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, encoding="utf-8",
                             env=dict(environment) if environment else None)
    seen = Watched()
    sampler = _Sampler(child.pid, seen)
    ended = threading.Event()
    beside = [threading.Thread(target=lambda: setattr(seen, "out", child.stdout.read()))]
    if memory:
        beside.append(threading.Thread(target=sampler.run, args=(ended,)))
    for thread in beside:
        thread.start()
    marks = [(START, started, 0.0)]
    try:
        for line in child.stderr:
            seen.told += line
            if line.rstrip("\n").endswith(_ANNOUNCED):
                marks.append((line.strip().removesuffix(_ANNOUNCED), time.perf_counter(), sampler.cpu_seconds()))
    except BaseException:
        # Who interrupts the measuring wants no more of what is measured.
        child.terminate()
        raise
    finally:
        seen.code = child.wait()
        finished = time.perf_counter()
        ended.set()
        for thread in beside:
            thread.join()
        child.stdout.close()
        child.stderr.close()
    seen.seconds = finished - started
    marks.append(("", finished, seen.cpu_seconds))
    for (title, begun, used), (_, over, used_then) in zip(marks, marks[1:]):
        seen.stages[title] = Spent(over - begun, max(0.0, used_then - used))
    return seen


class _Sampler:
    """Looks at all processes under one, again and again."""

    def __init__(self, root: int, seen: Watched) -> None:
        self._root, self._seen = root, seen

    def run(self, ended: threading.Event) -> None:
        """Until the end."""
        pause = EVERY_SECONDS
        while not ended.wait(pause):
            # Not by the clock: on a busy machine each look waits for its turn.
            begun = time.thread_time()
            self._seen.peak_mb = max(self._seen.peak_mb, sum(map(_pss_mb, _under(self._root))))
            self.cpu_seconds()
            pause = max(EVERY_SECONDS, (time.thread_time() - begun) / _LOOK_SHARE)

    def cpu_seconds(self) -> float:
        """What the processes, and those that they have waited for, have used so far; never less than before."""
        used = sum(map(_cpu_seconds, _under(self._root)))
        self._seen.cpu_seconds = max(self._seen.cpu_seconds, used)
        return self._seen.cpu_seconds


def _under(root: int) -> list[int]:
    """A process and all below it that are there now."""
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := _fields(int(entry))):
            parents[int(entry)] = int(fields[1])
    found = [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


def _fields(process: int) -> list[str]:
    """/proc/…/stat after the name: state, parent, …"""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _cpu_seconds(process: int) -> float:
    fields = _fields(process)
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0


def _pss_mb(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
