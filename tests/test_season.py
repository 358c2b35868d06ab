"""Thirty nights: sixty forms, corrections, conflicts, decisions, a vanished file, a late one, a renamed one.

Beside each night's script stands what there is to be after it: statuses, the E and W findings by state, the codes
mended since the night before, and the cities' states. Notices (I) are left out.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import polars as pl
import pytest
from season import DECISIONS, Form, Season, code

Do = Callable[[Season], None]


class Night(NamedTuple):
    """What happens before a night's run, and what stands after it; findings as `state: codes`."""

    script: tuple[Do, ...]
    status: str
    findings: str = ""
    mended: str = ""
    cities: str = ""


def sends(*numbers: int, change: Callable[[Form], None] | None = None, name: str = "") -> Do:
    return lambda season: [season.send(number, *([change] if change else []), name=name) for number in numbers]


def wrong_code(filled: Form) -> None:
    """M08: the check digit of the third member's code is another."""
    right = filled["members"][2]["uscc"]
    filled["members"][2]["uscc"] = right[:-1] + ("0" if right[-1] != "0" else "1")


def no_phone(filled: Form) -> None:
    """B08: no telephone number."""
    filled["consortium"]["phone"] = "详询办公室"


def another_phone(filled: Form) -> None:
    """B08 with another text."""
    filled["consortium"]["phone"] = "见公司网站"


def no_revenue(filled: Form) -> None:
    """M20."""
    filled["members"][2]["revenue_wan"] = ""


def shared(name: str) -> Callable[[Form], None]:
    """The third member is one organisation for all forms that say so, under a name of its own in each."""
    def change(filled: Form) -> None:
        filled["members"][2] |= {"name": name, "uscc": code(7001), "revenue_wan": 40_000, "rd_spend_wan": 3_000}
    return change


def named(name: str) -> Callable[[Form], None]:
    """The consortium has another name."""
    def change(filled: Form) -> None:
        filled["consortium"]["name"] = name
    return change


def vanishes(number: int) -> Do:
    return lambda season: season.path(number).unlink()


def explains(number: int, rule: str, words: str) -> Do:
    """The bureau drops its returned form again with 说明 filled in beside a rule's line."""
    def act(season: Season) -> None:
        book = openpyxl.load_workbook(season.returned(number))
        sheet = book.worksheets[0]
        header = next(row for row in sheet.iter_rows() if {"说明", "规则编号"} <= {cell.value for cell in row})
        columns = {cell.value: cell.column for cell in header}
        for row in sheet.iter_rows(min_row=header[0].row + 1):
            if sheet.cell(row[0].row, columns["规则编号"]).value == rule:
                sheet.cell(row[0].row, columns["说明"]).value = words
        book.save(season.path(number))
        season.touch(season.path(number))
    return act


def decides(name: str, kind: str, ruling: str, count: int = 1) -> Do:
    """The centre fills 待核清单.xlsx at every open matter of that kind (or waiver of that rule)."""
    def choose(row: dict[str, Any]) -> tuple[str, str] | None:
        return (ruling, "已见证照，电话核实") if kind in (row.get("类型"), row.get("规则编号")) else None

    def act(season: Season) -> None:
        assert season.decide(name, choose) == count
    return act


def puts(path: str, data: bytes) -> Do:
    return lambda season: season.put(season.workspace.inbox / path, data)


def commands(*words: str) -> Do:
    return lambda season: season.command(*words)


NIGHTS = (
    # Nothing yet.
    Night((), "", cities="missing 13"),
    Night((sends(0, 1, 2, 3, 4),), "accepted 5", cities="clean 5, missing 8"),
    Night((sends(5, change=wrong_code), sends(6)), "accepted 6, returned 1", "new: M08",
          cities="clean 6, mending 1, missing 6"),
    # A night on which nothing happened is the night before once more.
    Night((), "accepted 6, returned 1", "new: M08", cities="clean 6, mending 1, missing 6"),
    Night((sends(7, change=no_phone),), "accepted 6, accepted_with_warnings 1, returned 1", "new: B08; open: M08",
          cities="clean 7, mending 1, missing 5"),
    # Corrected: the code is right now, and the form says that it is a second version.
    Night((sends(5),), "accepted 6, accepted_with_warnings 2, superseded 1", "new: F09; open: B08", "M08",
          "clean 8, missing 5"),
    Night((explains(7, "B08", "总机改造期间暂无固定电话，九月底前补报"),),
          "accepted 7, accepted_with_warnings 1, superseded 2", "explained: B08; open: F09",
          cities="clean 8, missing 5"),
    # Two forms call one code by two names; the centre decides which.
    Night((sends(8, change=shared("江苏晟禾半导体有限公司")), sends(9, change=shared("江苏晟和微电子有限公司"))),
          "accepted 7, accepted_with_warnings 3, superseded 2", "explained: B08; new: X02 X02; open: F09",
          cities="clean 10, missing 3"),
    Night((decides("裁定一.xlsx", "同码异名", "采用名称一"),), "accepted 9, accepted_with_warnings 1, superseded 2",
          "decided: X02 X02; explained: B08; open: F09", cities="clean 10, missing 3"),
    # Two cities send a consortium of one name; it goes to the first of them.
    Night((sends(10, change=named("江苏省同名创新联合体")), sends(11, change=named("江苏省同名创新联合体"))),
          "accepted 9, accepted_with_warnings 1, returned 2, superseded 2",
          "decided: X02 X02; explained: B08; new: X04 X04; open: F09", cities="clean 10, mending 2, missing 1"),
    Night((decides("裁定二.xlsx", "两市同名", "归镇江市"),), "accepted 10, accepted_with_warnings 1, ignored 1, superseded 2",
          "decided: X02 X02 X04; explained: B08; open: F09", cities="clean 11, given 1, missing 1"),
    # 零申报, by a file; then a form comes after all.
    Night((puts("宿迁市/零申报说明.txt", "我市今年无推荐。".encode()),),
          "accepted 10, accepted_with_warnings 1, ignored 2, superseded 2",
          "decided: X02 X02 X04; explained: B08; open: F09", cities="clean 11, given 1, nil 1"),
    Night((sends(12),), "accepted 11, accepted_with_warnings 1, ignored 2, superseded 2",
          "decided: X02 X02 X04; explained: B08; open: F09", cities="clean 12, given 1"),
    # A file vanishes and counts all the same, until it is withdrawn.
    Night((vanishes(1),), "accepted 11, accepted_with_warnings 1, ignored 2, superseded 2",
          "decided: X02 X02 X04; explained: B08; open: F09", cities="clean 12, given 1"),
    Night((commands("withdraw", "无锡市/01.xlsx", "--reason", "无锡市来函撤回"),),
          "accepted 10, accepted_with_warnings 1, ignored 3, superseded 2",
          "decided: X02 X02 X04; explained: B08; open: F09", cities="clean 11, given 1, missing 1"),
    # Forms 13 to 26 come in three nights.
    Night((sends(*range(13, 18)),), "accepted 15, accepted_with_warnings 1, ignored 3, superseded 2",
          "decided: X02 X02 X04; explained: B08; open: F09", cities="clean 12, given 1"),
    Night((sends(*range(18, 22)), sends(22, change=no_revenue)),
          "accepted 19, accepted_with_warnings 1, ignored 3, returned 1, superseded 2",
          "decided: X02 X02 X04; explained: B08; new: M20; open: F09", cities="clean 11, given 1, mending 1"),
    Night((sends(22), sends(23, 24, 25, 26)),
          "accepted 23, accepted_with_warnings 2, ignored 3, superseded 3",
          "decided: X02 X02 X04; explained: B08; new: F09; open: F09", "M20", "clean 13"),
    # What was mended is wrong again.
    Night((sends(5, change=wrong_code),),
          "accepted 23, accepted_with_warnings 1, ignored 3, returned 1, superseded 3",
          "back: M08; decided: X02 X02 X04; explained: B08; open: F09 F09", cities="clean 12, mending 1"),
    Night((sends(5),), "accepted 23, accepted_with_warnings 2, ignored 3, superseded 3",
          "decided: X02 X02 X04; explained: B08; open: F09 F09", "M08", "clean 13"),
    # The same consortium under another name, in another file; the centre says so.
    Night((vanishes(13), sends(13, change=named("江苏省澄远产业创新联合体"), name="13改名.xlsx")),
          "accepted 22, accepted_with_warnings 4, ignored 3, superseded 3",
          "decided: X02 X02 X04; explained: B08; new: X01 X01; open: F09 F09", cities="clean 13"),
    Night((decides("裁定三.xlsx", "疑似更名", "系同一联合体，以新报的为准"),),
          "accepted 23, accepted_with_warnings 2, ignored 3, superseded 4",
          "decided: X01 X02 X02 X04; explained: B08; open: F09 F09", "X01", "clean 13"),
    # A rule waived for one form until a day.
    Night((sends(14, change=no_revenue),),
          "accepted 22, accepted_with_warnings 2, ignored 3, returned 1, superseded 5",
          "decided: X01 X02 X02 X04; explained: B08; new: F09 M20; open: F09 F09", cities="clean 12, mending 1"),
    Night((decides("裁定四.xlsx", "M20", "同意豁免"),),
          "accepted 22, accepted_with_warnings 3, ignored 3, superseded 5",
          "decided: X01 X02 X02 X04; explained: B08; open: F09 F09 F09; waived: M20", cities="clean 13"),
    Night((sends(*range(27, 36)),), "accepted 31, accepted_with_warnings 3, ignored 3, superseded 5",
          "decided: X01 X02 X02 X04; explained: B08; open: F09 F09 F09; waived: M20", cities="clean 13"),
    # One mended, explained too generally, then the cell of the explained one is changed.
    Night((explains(7, "B08", "核实无误"),), "accepted 31, accepted_with_warnings 3, ignored 3, superseded 6",
          "decided: X01 X02 X02 X04; explained: B08; open: F09 F09 F09; waived: M20", cities="clean 13"),
    Night((sends(*range(36, 40)), sends(7, change=another_phone)),
          "accepted 34, accepted_with_warnings 4, ignored 3, superseded 7",
          "decided: X01 X02 X02 X04; open: B08 F09 F09 F09 F09; waived: M20", cities="clean 13"),
    Night((sends(7), sends(40, 41, 42, *range(44, 52))),
          "accepted 45, accepted_with_warnings 4, ignored 3, superseded 8",
          "decided: X01 X02 X02 X04; open: F09 F09 F09 F09; waived: M20", "B08", "clean 13"),
    # The deadline is past: what comes now is late, and taken.
    Night((sends(43),), "accepted 45, accepted_with_warnings 5, ignored 3, superseded 8",
          "decided: X01 X02 X02 X04; new: F11; open: F09 F09 F09 F09; waived: M20", cities="clean 13"),
    # The waiver has lapsed.
    Night((), "accepted 45, accepted_with_warnings 4, ignored 3, returned 1, superseded 8",
          "decided: X01 X02 X02 X04; open: F09 F09 F09 F09 F11 M20", cities="clean 12, mending 1"),
)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Season, list[dict[str, Any]]]:
    """The season to its end, with what stood after each night."""
    season = Season(tmp_path_factory.mktemp("season"))
    stood = []
    for night in NIGHTS:
        for do in night.script:
            do(season)
        stood.append(season.night())
    return season, stood


def told(counts: str) -> dict[str, int]:
    return {word: int(number) for word, number in (part.split() for part in counts.split(", ") if part)}


def by_state(findings: str) -> dict[str, list[str]]:
    parts = (part.partition(": ") for part in findings.split("; ") if part)
    return {state: codes.split() for state, _, codes in parts}


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, len(NIGHTS) + 1))
def test_night__is_as_written(played, number: int) -> None:
    night, stood = NIGHTS[number - 1], played[1][number - 1]
    assert stood == {"status": told(night.status), "findings": by_state(night.findings),
                     "mended": night.mended.split(), "cities": told(night.cities)}


@pytest.mark.slow
def test_season__has_thirty_nights_and_sixty_forms(played) -> None:
    files = played[0].table("arrivals").filter(pl.col("file").str.ends_with(".xlsx"),
                                               ~pl.col("file").str.starts_with(DECISIONS))
    assert (len(NIGHTS), files.height) == (30, 60)


CONTENTS = ("consortia", "members", "platforms", "projects", "organisations")


@pytest.mark.slow
def test_last_register__is_that_of_the_final_files_and_decisions_alone(played, tmp_path: Path) -> None:
    """Nothing of the register hangs on the way to it; only versions, times and explanations remember that."""
    season, _ = played
    alone = Season(tmp_path)
    shutil.copytree(season.workspace.inbox, alone.workspace.inbox, dirs_exist_ok=True)
    alone.now = season.now - timedelta(days=1)
    alone.night()
    for name in CONTENTS:
        assert contents(alone, name).equals(contents(season, name)), name


def contents(season: Season, name: str) -> pl.DataFrame:
    """A table without the numbers of submissions, in an order of its own."""
    frame = season.table(name)
    frame = frame.drop("submission_id") if "submission_id" in frame.columns else frame
    return frame.sort(frame.columns)
