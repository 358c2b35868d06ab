"""What each command loads before it answers: counted in modules, which are the same on every machine, not in
seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import template

# Libraries that take longest to load: tables, validation, ledger, workbooks, orchestration, and what comes with them.
HEAVY = frozenset({
    "polars", "pandera", "pydantic", "pydantic_settings", "prefect", "fastapi", "httpx", "uvicorn",
    "sqlalchemy", "psycopg",
    "openpyxl", "xlsxwriter", "xlrd", "msoffcrypto", "cryptography", "python_calamine", "defusedxml",
    "rapidfuzz", "stdnum",
    "jinja2", "pebble", "multiprocessing", "asyncio", "rich", "watchfiles", "apprise", "dask", "distributed",
    "fsspec", "numpy",
    "pandas", "pyarrow", "hypothesis"})
# typer's own, as soon as a command has words to be understood.
WORDS = {"pydantic"}
JUDGING = {"polars", "pandera"}
# What starts the child that opens the files; what opens them is loaded there alone.
READING = {"pebble", "multiprocessing", "asyncio"}
WAYS = {
    "--help": (["--help"], set(), 200),
    "run --help": (["run", "--help"], WORDS, 310),
    "rules": (["rules"], WORDS, 310),
    "rules M08": (["rules", "M08"], WORDS, 310),
    "an unknown command": (["rnu"], WORDS, 310),
    "template": (["template", "-o", "{folder}/表.xlsx"], WORDS | JUDGING | {"xlsxwriter"}, 720),
    "check": (["check", "{form}"], WORDS | JUDGING | READING, 760),
}
_TOLD = """
import atexit, sys
atexit.register(lambda: print(*sorted(sys.modules), file=open(sys.argv[-1], "w")))
from pipeline.cli import main
main(sys.argv[1:-1])
"""


@pytest.mark.parametrize(("words", "may", "most"), WAYS.values(), ids=WAYS)
def test_command__loads_what_it_needs_and_no_more(tmp_path, words, may, most) -> None:
    form, told = tmp_path / "基础信息表.xlsx", tmp_path / "modules"
    template.write(form)
    words = [word.format(folder=tmp_path, form=form) for word in words]
    ended = subprocess.run([sys.executable, "-c", _TOLD, *words, str(told)], capture_output=True, timeout=120,
                           cwd=Path(__file__).parent.parent)
    assert ended.returncode in (0, 1, 2), ended.stderr.decode()
    loaded = told.read_text().split()
    assert {name.partition(".")[0] for name in loaded} & HEAVY == may
    assert len(loaded) < most
