"""The benchmark as it runs: what is watched, what is kept step by step, what becomes of it when it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from bench_figures import figures

from pipeline.settings import Workspace
from tests.bench import __main__ as bench
from tests.bench import measures, report, sizing, starting, watched
from tests.bench.generate import Order, generate
from tests.bench.watched import START, Watched, watch


def test_watch__sees_stages_and_the_memory_of_all_processes() -> None:
    inner = "import time; held = b'x' * (80 << 20); time.sleep(1.2)"
    outer = ("import subprocess, sys, time\n"
             "for title in ('收件', '读表'):\n"
             "    print(title + '……', file=sys.stderr, flush=True); time.sleep(0.3)\n"
             f"subprocess.run([sys.executable, '-c', {inner!r}])\nprint('好')\nsys.exit(1)")
    seen = watch([sys.executable, "-X", "utf8", "-c", outer])
    assert (seen.code, seen.out, list(seen.stages)) == (1, "好\n", [START, "收件", "读表"])
    assert seen.stages["收件"].seconds == pytest.approx(0.3, abs=0.25)
    assert seen.stages["读表"].seconds >= 1.5
    assert sum(spent.seconds for spent in seen.stages.values()) == pytest.approx(seen.seconds)
    assert seen.peak_mb >= 80


def test_watch__interrupted_ends_what_it_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    started, threads = [], threading.active_count()

    def begun(*words: object, **options: object) -> subprocess.Popen:
        started.append(subprocess.Popen(*words, **options))
        return started[0]

    monkeypatch.setattr(watched, "subprocess", SimpleNamespace(Popen=begun, PIPE=subprocess.PIPE))
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            watch([sys.executable, "-c", "import time; time.sleep(60)"])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert (started[0].returncode, threading.active_count()) == (-signal.SIGTERM, threads)


@pytest.mark.parametrize("steps", range(7))
def test_bench__stopped_at_any_step_keeps_and_tells_what_it_had(
        steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    whole = figures()
    found = [{"usual": whole["usual"], "unzip_seconds": [3.0]}, {"cold": whole["cold"], "returned": whole["returned"]},
             {"read_seconds": 24.0}, {"unzip_seconds": [3.0, 5.0], "agreement": whole["agreement"]},
             {"unchanged": whole["unchanged"]},
             {"changed": whole["changed"]}]

    def stopped(_plan: measures.Plan) -> Iterator[dict]:
        yield from found[:steps]
        raise KeyboardInterrupt

    def written(_figures: dict) -> None:
        (tmp_path / "README.md").touch()

    for module, name, value in (
            (bench, "RESULT", tmp_path / "bench.json"), (bench, "USUAL_PYTHON", Path(sys.executable)),
            (report, "write", written), (sizing, "write", written),
            (measures, "machine", lambda: whole["machine"]), (measures, "main_part", stopped),
            (starting, "light", lambda _: whole["start"]), (starting, "prefect", lambda _: whole["prefect"])):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(sys, "argv", ["tests.bench", "--forms", "200", "--readme"])
    monkeypatch.setattr(bench.signal, "signal", lambda *_: None)
    (tmp_path / "bench.json").write_text("[]", "utf-8")
    with pytest.raises(KeyboardInterrupt):
        bench.main()
    kept = {"machine": whole["machine"], "start": whole["start"], "prefect": whole["prefect"]}
    for one in found[:steps]:
        kept |= one
    assert json.loads((tmp_path / "bench.json").read_text("utf-8")) == kept
    assert {path.name: path.stat().st_size for path in tmp_path.glob("*.before.json")} == {"bench.before.json": 2}
    assert not (tmp_path / "README.md").exists()
    told = capsys.readouterr().out.splitlines()
    lines = [line.split(" | ")[2:] for line in told if line.startswith(("| 10,000 份，从零汇总", "| 1% 的表"))]
    assert lines == [["25.0 倍", "成立 |"]] * (steps > 1) + [["0.100", "成立 |"]] * (steps > 5)
    assert ("没有做完" in told[0]) == (steps < 4)


def test_bench__of_any_size_measures_a_tenth_and_ten_times_of_it(tmp_path: Path,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    whole, plan = figures(), measures.Plan(10_000, tmp_path, Path(sys.executable))
    monkeypatch.setattr(starting, "light", lambda _: whole["start"])
    monkeypatch.setattr(starting, "prefect", lambda _: whole["prefect"])
    monkeypatch.setattr(measures, "main_part", lambda _: iter([{"cold": whole["cold"]}]))
    monkeypatch.setattr(measures, "_cold", lambda _, forms: {"forms": forms})
    for growth, sizes in ((False, [1_000, 10_000]), (True, [1_000, 10_000, 100_000])):
        *_, last = bench.steps(plan, growth)
        assert [run["forms"] for run in last["growth"]] == sizes


@pytest.fixture(scope="module")
def three_forms(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with three forms in its inbox, not yet received."""
    workspace = Workspace(tmp_path_factory.mktemp("three"))
    generate(Order(workspace.root), 3)
    workspace.create()
    return workspace


@pytest.mark.parametrize("what", ["reading", "unzipping"])
def test_alone__counts_the_files_it_has_dealt_with(three_forms: Workspace, what: str) -> None:
    folder = {"reading": three_forms.root, "unzipping": three_forms.inbox}[what]
    assert measures.alone(what, folder, 3) > 0
    with pytest.raises(RuntimeError, match=f"^{what}: 3 files instead of 4$"):
        measures.alone(what, folder, 4)


def test_main_part__says_how_many_files_are_dealt_with_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(measures, "alone", lambda what, _, files: asked.append((what, files)) or 1.0)
    monkeypatch.setattr(measures, "_usual", lambda *_: {"findings": []})
    monkeypatch.setattr(measures, "_together", lambda turns: {"turns": len(turns)})
    monkeypatch.setattr(measures, "_handed_back", lambda *_: {})
    monkeypatch.setattr(measures, "agreement", lambda *_: {"same": True})
    monkeypatch.setattr(measures, "night", lambda _: Watched())
    assert len(list(measures.main_part(measures.Plan(13, tmp_path, Path(sys.executable))))) == 6
    assert asked == [("unzipping", 13), ("reading", 13), ("unzipping", 13)]
