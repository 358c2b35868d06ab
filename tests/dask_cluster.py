"""A real Dask scheduler with workers, as processes of their own, and what a run with them must give."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults.state import hashes

ROOT = Path(__file__).parent.parent
_START_SECONDS = 120


class Cluster:
    """`scheduler` and `workers` as processes; `address` of the scheduler; `folder` with what they say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen] = []
        self._contact = folder / "scheduler.json"
        # One loss is enough for a part to be given up.
        self.scheduler = self._started("scheduler", [
            "--scheduler-file", self._contact, "--port", "0"], DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1")
        self.address = json.loads(_awaited(self._contact, self.scheduler))["address"]

    def join(self, program: Path = ROOT, *words: str) -> subprocess.Popen:
        """Another worker, with the program that stands in a folder; it has joined when this returns."""
        worker = self._started("worker", [
            self.address, "--nthreads", "1", "--local-directory", self.folder, *words], program)
        said = self.folder / f"worker {len(self.workers)}"
        self.workers.append(worker)
        _awaited(said, worker, "Registered to")
        return worker

    def _started(self, kind: str, words: list, program: Path = ROOT, **environment: str) -> subprocess.Popen:
        name = f"{kind} {len(self.workers)}" if kind == "worker" else kind
        ours = ("PREFECT_", "CONSORTIUM_", "DASK_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        own = {"PYTHONPATH": str(program), "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        with (self.folder / name).open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *map(str, words), "--host", "127.0.0.1",
                 "--no-dashboard"], cwd=self.folder, stdout=said, stderr=said, env={**clean, **own, **environment})

    def end(self) -> None:
        """End everything at once."""
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in (*self.workers, self.scheduler):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _awaited(file: Path, process: subprocess.Popen, word: str = "}") -> str:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if file.exists() and word in (text := file.read_text("utf-8")):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{file.name} did not start")


@contextmanager
def cluster(folder: Path, *programs: Path) -> Iterator[Cluster]:
    """A scheduler, and one worker with each of the programs."""
    folder.mkdir()
    with ExitStack() as stack:
        made = Cluster(folder)
        stack.callback(made.end)
        for program in programs:
            made.join(program)
        yield made


def program_with(folder: Path, file: str, text: str) -> Path:
    """A copy of this program in which `text` is added to one file."""
    for half in ("pipeline", "schemas"):
        shutil.copytree(ROOT / half, folder / half, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / file).open("a", encoding="utf-8") as changed:
        changed.write(text)
    return folder


def read_anew(root: Path, command) -> dict[str, str]:
    """What the same inbox gives when this machine reads it alone, in the same round; takes the outputs away before."""
    shutil.rmtree(root / "outbox")
    shutil.rmtree(root / ".consortium" / "readings")
    assert command("run", "--no-prefect", "-w", root).returncode == 1
    return hashes(root / "outbox")
