"""How long it takes to start: the light commands, and a run as a Prefect flow beside the least that a flow can be."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from pipeline import demo
from pipeline.server import Server, environment
from pipeline.settings import Workspace
from tests.bench.generate import Order, form_bytes
from tests.bench.measures import ROOT, Figures, clean_environment

LIGHT = ("check", "rules", "template", "--help")
LIGHT_ROUNDS, PREFECT_ROUNDS = 9, 3


def light(folder: Path) -> Figures:
    """Seconds of each light command, round by round."""
    form = folder / "form.xlsx"
    form.write_bytes(form_bytes(Order(folder), 0)[0])
    words = {"check": ["check", str(form)], "template": ["template", "-o", str(folder / "blank.xlsx")]}
    found: Figures = {name: [] for name in LIGHT}
    for _ in range(LIGHT_ROUNDS):
        (folder / "blank.xlsx").unlink(missing_ok=True)
        for name in LIGHT:
            found[name].append(_seconds(["-m", "pipeline", *words.get(name, [name])], clean_environment()))
    return found


def prefect(folder: Path) -> Figures:
    """Seconds of the demo's run and of a bare flow: with a server at work, and each with its own; round by round."""
    found: Figures = {"bare_served": [], "run_served": [], "bare_alone": [], "run_alone": []}
    for number in range(PREFECT_ROUNDS):
        alone = clean_environment(**environment(folder / f"alone{number}"), PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="true")
        found["bare_alone"].append(_seconds(["-m", "tests.bench.bare"], alone))
        found["run_alone"].append(_run(folder / f"demo{number}", clean_environment()))
        home = folder / f"served{number}"
        with Server(home) as server:
            server.wait()
            served = clean_environment(**environment(home), PREFECT_API_URL=server.address)
            found["bare_served"].append(_seconds(["-m", "tests.bench.bare"], served))
            found["run_served"].append(_run(folder / f"demo{number}served", served))
    return found


def _run(folder: Path, given: dict[str, str]) -> float:
    workspace = Workspace(folder)
    workspace.create()
    demo.build(workspace)
    return _seconds(["-m", "pipeline", "run", "-w", str(folder)], given)


def _seconds(words: list[str], given: dict[str, str]) -> float:
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *words], capture_output=True, cwd=ROOT, env=given, check=False,
                          encoding="utf-8")
    seconds = time.perf_counter() - started
    # A run with returned forms ends with 1; so does a bare flow that found no server, after a traceback.
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise RuntimeError(f"{words[:3]} ended with {done.returncode}: {done.stderr[-400:]}")
    return seconds
