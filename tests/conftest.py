"""What several tests need: the command as a process of its own, and a small workspace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

import server
from tests.terminal import heed

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
            stderr=subprocess.PIPE, env={**clean, **own, **environment}, preexec_fn=heed)

    def run(*words: object, **environment: str) -> subprocess.CompletedProcess:
        child = start(*words, **environment)
        out, err = child.communicate(timeout=300)
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)

    run.home, run.start = home, start
    return run


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The folder of a PostgreSQL server's socket; skips where there is no server to be had."""
    try:
        with server.server() as folder:
            yield folder
    except server.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def new_database(postgresql: str) -> Callable[[], str]:
    """`new_database()` is the URL of another empty database: a schema of its own, which is made sooner."""
    def make() -> str:
        name = f"t{uuid4().hex}"
        with psycopg.connect(host=postgresql, dbname="postgres", user=server.OWNER) as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')
        return server.address(postgresql, options=f"-csearch_path%3D{name}")
    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """Where a ledger is kept: "" for the file, or a server's URL."""
    return "" if request.param == "sqlite" else request.getfixturevalue("new_database")()
