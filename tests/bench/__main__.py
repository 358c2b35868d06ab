"""`python -m tests.bench`: the benchmark; `python -m tests.bench generate DIR N`: a workspace for it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.publish.atomic import replacing
from tests.bench import generate, measures, report, sizing, starting
from tests.bench.contents import FEWEST_MEMBERS

FEWEST_FORMS = 100
RESULT = measures.ROOT / "build" / "bench.json"
USUAL_PYTHON = Path(os.environ.get("BENCH_PYTHON", measures.ROOT / ".venv-bench" / "bin" / "python"))


def main() -> None:
    """Read the command line and do it."""
    if sys.argv[1:2] == ["generate"]:
        _generate(sys.argv[2:])
    else:
        _bench(sys.argv[1:])


def _generate(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench generate")
    parser.add_argument("root", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=generate.SEED)
    parser.add_argument("--members", type=int, default=generate.MEMBERS)
    parser.add_argument("--mistakes", type=float, default=generate.MISTAKES, help="share of forms with one mistake")
    given = parser.parse_args(words)
    if given.members < FEWEST_MEMBERS:
        parser.error(f"at least {FEWEST_MEMBERS} members")
    generate.generate(generate.Order(given.root, given.seed, given.members, given.mistakes), given.count)


def _bench(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("--forms", type=int, default=10_000, help=f"at least {FEWEST_FORMS}")
    parser.add_argument("--growth", action="store_true",
                        help="a cold run of ten times as many besides: 100,000 take 13 GB of disk")
    parser.add_argument("--readme", action="store_true", help="put the tables into README.md")
    given = parser.parse_args(words)
    if given.forms < FEWEST_FORMS:
        parser.error(f"at least {FEWEST_FORMS} forms")
    if not USUAL_PYTHON.exists():
        parser.error("no .venv-bench: `make bench` makes it")
    RESULT.parent.mkdir(exist_ok=True)
    if RESULT.exists():
        RESULT.replace(RESULT.with_suffix(".before.json"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    figures: measures.Figures = {}
    try:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=RESULT.parent) as folder:
            for found in steps(measures.Plan(given.forms, Path(folder), USUAL_PYTHON), given.growth):
                figures |= found
                _keep(figures, given.readme)
    finally:
        # Whatever went wrong, or was interrupted: what had been measured is told.
        print("\n".join(report.lines(figures)))


def steps(plan: measures.Plan, growth: bool) -> Iterator[measures.Figures]:
    """Everything, one after another, told as it goes; what each step has found."""
    yield {"machine": measures.machine()}
    _say("启动用时")
    yield {"start": starting.light(plan.folder)}
    _say("Prefect 流程")
    yield {"prefect": starting.prefect(plan.folder)}
    _say(f"{plan.forms:,} 份：常见脚本、解压、从零汇总、次晚")
    grown = []
    for found in measures.main_part(plan):
        grown += [found["cold"]] if "cold" in found else []
        yield found
    _say(f"{plan.forms // 10:,} 份：从零汇总")
    yield {"growth": (grown := [measures.fewer(plan), *grown])}
    if growth:
        _say(f"{10 * plan.forms:,} 份：从零汇总")
        yield {"growth": [*grown, measures.more(plan)]}


def _keep(figures: measures.Figures, readme: bool) -> None:
    """What has been measured so far outlives whatever is tried next; the README takes nothing that is not whole."""
    with replacing(RESULT) as aside:
        aside.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    if readme and "growth" in figures:
        report.write(figures)
        sizing.write(figures)


def _say(step: str) -> None:
    print(f"{step}……", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
