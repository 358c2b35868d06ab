"""The deadline in force reaches whatever speaks of it: runs and what they keep, check, what-if, the template."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from season import Season

from pipeline import cli, demo, in_force, template, what_if
from pipeline.errors import SettingsWrong
from pipeline.publish import returned
from pipeline.publish.returned.fallback import Transfer
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA, DEADLINE
from schemas.form_2023 import FORM
from tests.drawn import grid_of, sheet

LATER = datetime(2023, 10, 8, 23, 59, 59, tzinfo=CHINA)
D03 = "填报日期“2023年10月5日”不在《通知》印发日（6月29日）至截止日（9月28日）之间"


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch) -> None:
    for name in ("CONSORTIUM_DEADLINE", "consortium_deadline", "CONSORTIUM_NIGHTLY"):
        monkeypatch.delenv(name, raising=False)


def dated(day: str = "2023年10月5日") -> bytes:
    """A right form but for its date, as a workbook."""
    grid = grid_of(sheet({"G2": day}))
    book = openpyxl.Workbook()
    book.active.title = grid.name
    for (row, col), cell in grid.cells.items():
        book.active.cell(row + 1, col + 1, float(cell.text) if cell.stored == "number" else cell.text)
    for top, left, bottom, right in set(grid.spans.values()):
        book.active.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def of_date(season: Season) -> list[str]:
    return season.table("findings").filter(pl.col("code").str.starts_with("D"))["message"].to_list()


@pytest.fixture
def season(tmp_path) -> Season:
    """One form, dated after the call's deadline, after a night."""
    season = Season(tmp_path)
    season.now = datetime(2023, 10, 6, 2, tzinfo=CHINA)
    season.put(season.workspace.inbox / "南京市" / "表.xlsx", dated())
    season.night()
    return season


def test_run__time_given_later_is_heeded_by_what_was_kept(season) -> None:
    assert [message.partition("：")[2] for message in of_date(season)] == [f"{D03}。"]
    season.settings = season.settings.model_copy(update={"deadline": LATER})
    season.night()
    assert of_date(season) == []
    season.settings = season.settings.model_copy(update={"deadline": DEADLINE})
    season.night()
    assert len(of_date(season)) == 1


def test_what_if__judges_by_the_deadline_in_force(season) -> None:
    settings = season.settings.model_copy(update={"deadline": LATER})
    told = what_if.lines(season.workspace, settings)
    assert told[:2] == ["按现在的程序和规则，与上次的结果相比，将减少 2 处（1 个市）。", "减少 D03：南京市 1 处"]
    # Nor is it late.
    assert told[2] == "减少 F11：南京市 1 处"


SETTINGS = {"none": ("", {}, True), "later": ("deadline = 2023-10-08\n", {}, False),
            "earlier": ("deadline = 2023-09-15\n", {}, True), "of something else": ("chunk_files = 10\n", {}, True),
            "of the environment": ("", {"CONSORTIUM_DEADLINE": "2023-10-08"}, False)}


@pytest.mark.parametrize(("written", "environment", "doubted"), SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("named", [True, False], ids=["-w", "here"])
def test_check__heeds_the_deadline_of_the_workspace(
        tmp_path, monkeypatch, capsys, written, environment, doubted, named) -> None:
    (tmp_path / "表.xlsx").write_bytes(dated())
    workspace = tmp_path / "工作目录" if named else tmp_path
    workspace.mkdir(exist_ok=True)
    if written:
        (workspace / in_force.SETTINGS_FILE).write_text(written, "utf-8")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert cli.ended(["check", "表.xlsx", *(["-w", "工作目录"] if named else [])]) == 0
    assert ("D03" in capsys.readouterr().out) is doubted


def test_check__workspace_that_is_not_there_is_wrong_usage(tmp_path, capsys) -> None:
    (tmp_path / "表.xlsx").write_bytes(b"")
    assert cli.ended(["check", str(tmp_path / "表.xlsx"), "-w", str(tmp_path / "无")]) == 2
    assert capsys.readouterr().err == f"没有“{tmp_path / '无'}”这个目录。\n"


def test_deadline__settings_that_cannot_be_read_are_told(tmp_path) -> None:
    assert in_force.deadline(tmp_path) == DEADLINE
    (tmp_path / in_force.SETTINGS_FILE).write_text("deadline = 'soon'", "utf-8")
    with pytest.raises(SettingsWrong, match="deadline"):
        in_force.deadline(tmp_path)


@pytest.mark.parametrize(("written", "environment"), [
    ('nightly = "25:00"\nwhat = 1\ndeadline = 2023-10-08\n', {}),
    ('nightly = "25:00"\n', {"CONSORTIUM_DEADLINE": "2023-10-08"}),
    ("deadline = 2023-10-08\n", {"CONSORTIUM_NIGHTLY": "25:00"})], ids=["file", "file beside", "environment"])
def test_deadline__other_settings_may_be_as_they_like(tmp_path, monkeypatch, written, environment) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / in_force.SETTINGS_FILE).write_text(written, "utf-8")
    assert in_force.deadline(tmp_path) == LATER
    with pytest.raises(SettingsWrong, match="nightly"):
        Settings.of(Workspace(tmp_path))


def test_check__settings_of_another_user_are_told(tmp_path, monkeypatch, capsys) -> None:
    def refused(*_: object) -> str:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "表.xlsx").write_bytes(dated())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "read_text", refused)
    assert cli.ended(["check", "表.xlsx"]) == 3
    assert capsys.readouterr().err == "consortium.toml 打不开，请检查该文件和所在目录的读取权限。\n"


def notes_in(data: bytes | Path) -> list[str]:
    book = openpyxl.load_workbook(data if isinstance(data, Path) else io.BytesIO(data))
    return [row[1] for row in book["填写说明"].iter_rows(values_only=True) if row[1] and "日前报送" in row[1]]


def test_template__names_the_deadline_of_the_workspace(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.ended(["template", "-o", "a.xlsx"]) == 0
    (tmp_path / in_force.SETTINGS_FILE).write_text("deadline = 2023-10-08T12:00:00+08:00\n", "utf-8")
    assert cli.ended(["template", "-o", "b.xlsx"]) == 0
    assert cli.ended(["template", "-o", "c.xlsx", "-w", str(tmp_path)]) == 0
    told = [notes_in(tmp_path / name) for name in ("a.xlsx", "b.xlsx", "c.xlsx")]
    assert [line.partition("前报送")[0] for (line,) in told] == ["请于9月28日", "请于10月8日", "请于10月8日"]


def test_form_moved_to_the_template__names_the_deadline_in_force() -> None:
    for due, said in ((DEADLINE, "请于9月28日前报送"), (LATER, "请于10月8日前报送")):
        for data in (Transfer(()).workbook(due), returned.blank(None, [], "好。", due),
                     returned.moved(b"", [], [], "好。", due)):
            assert notes_in(data)[0].startswith(said)


def test_run__form_that_cannot_be_marked_is_handed_back_anew_with_another_deadline(tmp_path) -> None:
    season = Season(tmp_path)
    season.put(season.workspace.inbox / "南京市" / "表.ods",
               next(planned for planned in demo.PLAN if planned.file.endswith(".ods")).make())
    for deadline, said in ((DEADLINE, "请于9月28日前报送"), (LATER, "请于10月8日前报送")):
        season.settings = season.settings.model_copy(update={"deadline": deadline})
        season.night()
        (answer,) = (season.workspace.city_outbox("南京市") / "退改").iterdir()
        assert notes_in(answer)[0].startswith(said)


def test_template__same_bytes_where_nothing_is_said() -> None:
    made = [io.BytesIO(), io.BytesIO()]
    template.write(made[0])
    template.write(made[1], FORM, None, DEADLINE)
    assert made[0].getvalue() == made[1].getvalue()
