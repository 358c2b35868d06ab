"""What several tests need: the command as a process of its own, and a small workspace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
Command = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """`command(*words, **environment)` runs `python -m pipeline` in an empty home; `command.start` lets it run."""
    home = tmp_path / "home"
    home.mkdir()
    ours = ("PREFECT_", "CONSORTIUM_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    own = {"HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def start(*words: object, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", *map(str, words)], cwd=home, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**clean, **own, **environment})

    def run(*words: object, **environment: str) -> subprocess.CompletedProcess:
        child = start(*words, **environment)
        out, err = child.communicate(timeout=300)
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)

    run.home, run.start = home, start
    return run
