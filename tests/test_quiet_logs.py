"""What nobody but the bureau and the centre may read stands in no log, console line, run name or artifact.

Persons, phones, ID numbers, units and file names of a run are marker words that stand in nothing else; whoever finds
one outside the answers it belongs to has found a leak.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.report import in_markdown
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from pipeline.template import write
from tests import season
from tests.faults.corpus import _touch
from tests.season import FIRST_NIGHT, city_of, form

ROOT = Path(__file__).parent.parent
# The number of nobody: born on the first day of 1901.
ID_NUMBER = "320106190101010020"
PERSONS, PHONES, UNITS, FILES = ("密探甲", "密探乙", "密探丙"), ("13900007777", "025-77778888"), ("密件单位", "密件研究所"), ("密名",)
MARKERS = (*PERSONS, *PHONES, *UNITS, *FILES, ID_NUMBER, ID_NUMBER[:-1])


def secret(number: int) -> dict:
    """A form of a consortium whose persons, phones, units and codes are markers, with mistakes of every kind."""
    filled = form(number)
    person = PERSONS[number % 3] + str(number)
    filled["consortium"] |= {"contact": person, "legal_representative": person, "lead_scientist": person,
                             "phone": f"{PHONES[0]}、{PHONES[1]}、12", "governance": f"{person}（{PHONES[0]}）主持。"}
    filled["members"][2] |= {"name": f"{UNITS[0]}{number}有限公司", "uscc": ID_NUMBER,
                             "duty": f"{person}（身份证{ID_NUMBER}）负责"}
    # Two forms with one code under two names: each bureau is told of the other.
    filled["members"].append({"name": f"{UNITS[1]}{number}", "uscc": season.code(5000, "12", "320000"), "task": person,
                              "duty": person})
    filled["projects"][0] |= {"period": f"{person}说的", "undertaker": f"{UNITS[0]}{number}有限公司"}
    return filled


def fill(workspace: Workspace) -> None:
    for number in range(4):
        folder = workspace.inbox / city_of(number).name / f"密名{number}夹"
        folder.mkdir(parents=True)
        write(folder / f"密名{number}表.xlsx", filled=secret(number))
        (folder / f"密名{number}坏.xlsx").write_bytes(b"PK\x03\x04 " + PERSONS[0].encode())
        (folder / f"~$密名{number}.xlsx").write_bytes(PERSONS[0].encode())
        for path in folder.iterdir():
            _touch(path)


def held(text: str, markers: tuple[str, ...] = MARKERS) -> list[str]:
    return [marker for marker in markers if marker in text]


def text_of(path: Path) -> str:
    """All the text of an output, whatever its kind."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as package:
            return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())
    return path.read_bytes().decode("utf-8", "replace")


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[Workspace, object]:
    """A workspace after two runs, and the first one's summary."""
    workspace = Workspace(tmp_path_factory.mktemp("quiet"))
    workspace.create()
    fill(workspace)
    summary = run(workspace, Settings(second_look_seconds=0), FIRST_NIGHT)
    assert (summary.forms, summary.admitted) == (4, 0)
    return workspace, summary


def test_logs_and_artifact__hold_no_marker(ran) -> None:
    workspace, summary = ran
    logs = [path.read_text("utf-8") for path in (workspace.state / "logs").iterdir()]
    assert logs and held("".join(logs)) == []
    assert held(in_markdown(summary)) == []
    assert "退改（" in in_markdown(summary)


@pytest.mark.slow
@pytest.mark.parametrize("how", [(), ("--no-prefect",)], ids=["with prefect", "without"])
def test_console_and_board__hold_no_marker(tmp_path, how) -> None:
    workspace = Workspace(tmp_path)
    workspace.create()
    workspace.settings_file.write_text("second_look_seconds = 0\n", encoding="utf-8")
    fill(workspace)
    done = subprocess.run([sys.executable, "-m", "pipeline", "run", *how, "-w", tmp_path], cwd=ROOT,
                          capture_output=True,
                          env=os.environ | {"PYTHONUTF8": "1"}, timeout=120, check=False)
    assert done.returncode == 1, done.stderr.decode()
    assert held((done.stdout + done.stderr).decode()) == []
    kept = [path for folder in ("prefect", "logs") for path in (workspace.state / folder).rglob("*") if path.is_file()]
    for path in kept:
        data = path.read_bytes()
        assert [m for m in MARKERS if m.encode() in data or m.encode("unicode-escape") in data
                and not m.isascii()] == [], path


def test_unforeseen_error_over_a_value__leaves_no_marker(tmp_path, monkeypatch) -> None:
    workspace = Workspace(tmp_path)
    workspace.create()
    fill(workspace)

    def broken(*_: object) -> None:
        raise ValueError(f"could not parse {PERSONS[0]} {PHONES[0]} {ID_NUMBER}")

    monkeypatch.setattr("pipeline.resolve.Register.tables", broken)
    with pytest.raises(Exception) as told:
        run(workspace, Settings(second_look_seconds=0), FIRST_NIGHT)
    logs = "".join(path.read_text("utf-8") for path in (workspace.state / "logs").iterdir())
    assert held(str(told.value)) == [] and "ValueError" in logs and held(logs) == []


def test_bureau__sees_of_others_no_person_phone_code_or_file(ran) -> None:
    workspace, _ = ran
    for number in range(4):
        text = "".join(text_of(path) for path in workspace.city_outbox(city_of(number).name).rglob("*")
                       if path.is_file())
        others = [other for other in range(4) if other != number]
        assert [n for n in others if f"{PERSONS[n % 3]}{n}" in text] == []
        assert [n for n in others if f"密名{n}" in text] == []


def test_id_numbers__stand_in_the_bureaus_own_form_alone(ran) -> None:
    workspace, _ = ran
    for path in workspace.outbox.rglob("*"):
        if path.is_file() and path.parent.name != "退改":
            assert held(text_of(path), (ID_NUMBER, ID_NUMBER[6:14] + ID_NUMBER[14:17])) == [], path


def test_parquet__holds_no_id_number(ran) -> None:
    import polars as pl

    workspace, _ = ran
    for path in workspace.data_outbox.glob("*.parquet"):
        told = io.StringIO()
        pl.read_parquet(path).write_ndjson(told)
        assert not re.search(ID_NUMBER, told.getvalue()), path.name
