"""Changed rules tried over the live forms: what they would add and remove, and that nothing is changed by it."""

from __future__ import annotations

import hashlib
import pickle
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from pydantic import SecretStr
from test_unchanged import first, season  # noqa: F401

from pipeline import what_if
from pipeline.settings import Bearing, Settings
from pipeline.usage import WrongUsage
from pipeline.what_if import Finding, RulesBroken, Stand

ROOT = Path(__file__).parent.parent
LAST = "比较了 3 份现行的表。只作比较，收件、结果和台账都没有改动。"


@pytest.fixture
def changed(tmp_path) -> Path:
    """A folder with the rules as they are, to be changed; paths beside the workspace."""
    folder = tmp_path / "branch"
    shutil.copytree(ROOT / "schemas", folder / "schemas", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "schemas" / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def everything(season) -> dict[str, str]:  # noqa: F811
    root = season.workspace.root
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            + str(path.stat().st_mtime_ns)
            for path in sorted(root.rglob("*")) if path.is_file() and "branch" not in path.parts}


def lines(season, folder: Path | None = None) -> list[str]:  # noqa: F811
    """The sentences; nothing below the workspace may have changed."""
    before = everything(season)
    told = what_if.lines(season.workspace, season.settings, folder)
    assert everything(season) == before
    assert folder is None or not list(folder.rglob("*.pyc"))
    return told


def test_same_rules__add_and_remove_nothing(season, changed) -> None:  # noqa: F811
    assert lines(season, changed) == ["若启用，没有新增，也没有减少。", LAST]


def test_changed_rules__are_given_no_secret(season, changed, monkeypatch) -> None:  # noqa: F811
    """Neither what is handed over nor the environment of their process holds one, wherever it was set."""
    called, seen = what_if.subprocess.run, []

    def run(command, **how):
        seen.append((Path(command[-2]).read_bytes(), repr(how["env"])))
        return called(command, **how)

    monkeypatch.setattr(what_if.subprocess, "run", run)
    monkeypatch.setenv("CONSORTIUM_DATABASE", "hunter2")
    monkeypatch.setenv("consortium_notify", "json://hunter2")
    told = dict.fromkeys(("dask", "originals_url", "inbox_url"), "hunter2") | {"notify": (SecretStr("hunter2"),)}
    season.settings = season.settings.model_copy(update=told)
    assert lines(season, changed)[-1] == LAST
    [(handed, environment)] = seen
    assert b"hunter2" not in handed and "hunter2" not in environment
    limits = pickle.loads(handed).limits
    assert set(limits) == set(Settings.model_fields) - Settings.bearing_on(Bearing.SECRET)


def test_program_as_it_is__says_what_the_last_run_said(season) -> None:  # noqa: F811
    assert lines(season) == ["按现在的程序和规则，与上次的结果相比，没有新增，也没有减少。", LAST]


def test_program_that_has_changed_since__is_compared_with_the_last_run(season) -> None:  # noqa: F811
    """As if the last run had known another rule and not M08."""
    place = season.workspace.data_outbox / "findings.parquet"
    said = pl.read_parquet(place)
    said.with_columns(finding_id=pl.lit("W0"), code=pl.lit("M99")).write_parquet(place)
    assert lines(season) == ["按现在的程序和规则，与上次的结果相比，将新增 1 处（1 个市），将减少 1 处（1 个市）。",
                             "新增 M08：徐州市 1 处", "减少 M99：徐州市 1 处", LAST]


def test_rule_that_is_stricter__is_told_by_city(season, changed) -> None:  # noqa: F811
    change(changed, "call.py", "LARGEST_MONEY_WAN = 10_000_000", "LARGEST_MONEY_WAN = 100_000")
    told = lines(season, changed)
    assert told[:2] == ["若启用，将新增 3 处（3 个市）。", "新增 M26：南京市 1 处，无锡市 1 处，徐州市 1 处"]
    assert told[-1] == LAST


def test_reader_s_labels__are_those_of_the_changed_form(season, changed) -> None:  # noqa: F811
    """The child opens the files anew, with what the changed half says a column is called."""
    before = lines(season, changed)
    for path in (changed / "schemas").rglob("*.py"):
        text = path.read_text("utf-8")
        path.write_text(text.replace('"联系电话"', '"电报挂号"').replace('"联系人电话"', '"电报挂号"'), "utf-8")
    assert lines(season, changed) != before


@pytest.mark.parametrize(("text", "said"), [
    ("\nthis is no Python\n", "schemas/call.py 第 {line} 行，语法错误"),
    ("\nraise SystemExit(0)\n", "schemas/call.py 第 {line} 行，运行出错"),
    ("\nYEAR = nothing\n", "schemas/call.py 第 {line} 行，名称没有定义"),
    ("\nimport os; os._exit(0)\n", "中途停止"),
], ids=["syntax", "exit", "name", "killed"])
def test_rules_that_cannot_be_run__are_told_with_file_and_line(season, changed, text, said) -> None:  # noqa: F811
    with (changed / "schemas" / "call.py").open("a", encoding="utf-8") as file:
        file.write(text)
    line = len((changed / "schemas" / "call.py").read_text("utf-8").splitlines())
    with pytest.raises(RulesBroken, match=re.escape(said.format(line=line))) as told:
        lines(season, changed)
    assert told.value.exit_code == 3


def test_folder_without_rules_and_workspace_without_a_run__are_wrong_usage(season, tmp_path) -> None:  # noqa: F811
    with pytest.raises(WrongUsage):
        lines(season, tmp_path / "absent")
    shutil.rmtree(season.workspace.data_outbox)
    with pytest.raises(WrongUsage):
        lines(season)


def test_sentences__count_rules_cities_and_forms() -> None:
    north, south, stays = Finding("南京市", "M08", "E"), Finding(None, "B08", "W"), Finding("无锡市", "P01", "W")
    before = Stand({"1": north, "2": stays}, ["B1"], ["B2", "B3"])
    after = Stand({"2": stays._replace(severity="E"), "3": south, "4": south, "5": north}, ["B2"], ["B1", "B3"])
    assert what_if._told("若启用，", before, after) == [
        "若启用，将新增 3 处（2 个市），将减少 1 处（1 个市），将改变级别 1 处（1 个市）。",
        "新增 B08：未识别城市 2 处", "新增 M08：南京市 1 处", "减少 M08：南京市 1 处",
        "改变级别 P01（需核实→须改正）：无锡市 1 处", "报送的表：1 份由入库变为退回，1 份由退回变为入库。",
        "比较了 3 份现行的表。只作比较，收件、结果和台账都没有改动。"]
