"""A list of decisions is read as it comes back: columns by title, whatever the centre did to rows, sheets and file."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.conflicts import conflicts
from pipeline.decisions import reading
from pipeline.decisions.reading import open_decisions
from pipeline.publish import pending
from pipeline.publish.pending import columns, outcomes
from schemas.register import titles
from tests.pending_tables import every_kind

TITLES = ["编号", "类型", "待核事项", "裁定", "理由", "裁定人", "裁定日期", "有效期至"]


@pytest.mark.parametrize(("shown", "fields"), [
    (columns.COLUMNS, ["number", "kind", "says", "ruling", "reason", "judge", "day"]),
    (columns.WAIVER_COLUMNS, ["number", "ruling", "reason", "judge", "day", "until"]),
], ids=["conflicts", "waivers"])
def test_columns_that_are_written__are_those_that_are_read(shown, fields) -> None:
    titled = {column.field: column.title for column in shown}
    assert {field: titled[field] for field in fields} == {field: reading.TITLES[field] for field in fields}
    known = {reading._MEANINGS[column.title] for column in shown if column.title in reading._MEANINGS}
    assert known == {*fields, "says"}


def test_what_became_of_decisions__is_told_by_its_column() -> None:
    assert reading.TITLES["state"] in [column.title for column in outcomes.COLUMNS]
    named = titles("decisions")
    assert {field: named[field] for field in (*reading.FILLED_IN, "number", "state")} == {
        field: reading.TITLES[field] for field in (*reading.FILLED_IN, "number", "state")}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("outbox") / "待核清单.xlsx"
    pending.write(every_kind(), path)
    return path


def number_of(kind: str) -> str:
    return next(one.number for one in conflicts(every_kind()) if one.dispute.title == kind)


def filled(listed: Path, target: Path, change: Callable[[Worksheet], None] | None = None) -> Path:
    """The list with 采用名称二 in the block of 同码异名 (rows 16 to 18), and something else done to it."""
    book = openpyxl.load_workbook(listed)
    sheet = book["待核事项"]
    for column, value in zip("PQRS", ("采用名称二", "见证照", "张某", datetime(2023, 9, 20)), strict=True):
        sheet[f"{column}16"] = value
    if change:
        change(sheet)
    book.save(target)
    return target


def short(path: Path) -> list[tuple[str, ...]]:
    """(sheet, row, number, ruling, reason, judge, day, until) of each entry."""
    return [(sheet, row, number, *rest) for sheet, row, number, _, _, *rest in open_decisions(path).entries]


def expected(row: int = 16, sheet: str = "待核事项") -> list[tuple[str, ...]]:
    return [(sheet, str(row), number_of("同码异名"), "采用名称二", "见证照", "张某", "2023-09-20", "")]


def apart(sheet: Worksheet) -> None:
    """Merges taken apart, the same in every line, as some offices do."""
    for area in list(sheet.merged_cells.ranges):
        value = area.start_cell.value
        sheet.unmerge_cells(str(area))
        for row in range(area.min_row, area.max_row + 1):
            sheet.cell(row, area.min_col).value = value


def sorted_backwards(sheet: Worksheet) -> None:
    apart(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    for row, values in enumerate(reversed(rows), 5):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value


def hidden(sheet: Worksheet) -> None:
    for row in range(14, 19):
        sheet.row_dimensions[row].hidden = True


def renamed(sheet: Worksheet) -> None:
    sheet.title = "我的裁定"


def as_text(sheet: Worksheet) -> None:
    sheet["S16"] = "2023-09-20"


CHANGES = {
    "as it is": (None, 16), "merges apart": (apart, 16), "sorted": (sorted_backwards, 17), "filtered": (hidden, 16),
    "a day as text": (as_text, 16),
}


@pytest.mark.parametrize("name", CHANGES)
def test_filled_row__is_found(listed: Path, tmp_path: Path, name: str) -> None:
    change, row = CHANGES[name]
    assert short(filled(listed, tmp_path / "a.xlsx", change)) == expected(row)


def test_another_sheet_name__is_no_matter(listed: Path, tmp_path: Path) -> None:
    assert short(filled(listed, tmp_path / "a.xlsx", renamed)) == expected(sheet="我的裁定")


def plain(path: Path, rows: list[list], titles: list[str] | None = None, above: int = 0) -> Path:
    """A workbook of the centre's own with these columns."""
    book = openpyxl.Workbook()
    for _ in range(above):
        book.active.append(["某某说明"])
    book.active.append(titles or TITLES)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_columns__wherever_they_are(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", [["张某", "见证照", "同意豁免", None, "C1", date(2023, 12, 31)]],
                 ["裁定人", "理由：", "裁 定", "备注", "编号", "有效期至\n"], above=6)
    assert open_decisions(path).entries == (
        ("Sheet", "8", "C1", "规则豁免", "", "同意豁免", "见证照", "张某", "", "2023-12-31"),)


def test_rows__without_a_ruling_but_with_something_are_told(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", [
        ["C1", "同码异名", "某事", None, "等证照", None, None, None], ["C2", "同码异名", "某事", *[None] * 5],
        [None, None, None, "采用名称一", None, None, None, None]])
    assert short(path) == [("Sheet", "2", "C1", "", "等证照", "", "", ""), ("Sheet", "4", "", "采用名称一", "", "", "", "")]


def test_days__as_plain_numbers(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", [["C1", "x", "y", "同意豁免", "z", "张", 45189, "2023年12月31日"]])
    assert short(path)[0][-2:] == ("2023-09-20", "2023年12月31日")


def test_answers_sheet__decides_nothing(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", [["C1", "同码异名", "x", "采用名称一", "y", "张", None, None, "已办理"]],
                 [*TITLES, "办理情况"])
    assert (open_decisions(path).entries, open_decisions(path).blank) == ((), False)


@pytest.mark.parametrize(("titles", "rows", "missing"), [
    (["编号", "类型", "意见", "理由"], [["C1", "x", "采用", "y"]], "“裁定”"),
    (["号", "裁定", "理由", "裁定人"], [["C1", "采用", "y", "张"]], "“编号”"),
    (["号", "看法", "理由", "裁定人"], [["C77a86274bf-9ef4ea", "采用", "y", "张"]], "“编号”、“裁定”"),
    (["裁定人", "裁定日期", "件数"], [["张", "2023-09-20", "3"]], None), (["理由", "裁定人"], [["y", "张"]], None),
    ([], [["C77a86274bf-9ef4ea", "已电话联系南京市"]], None), (["编号", "进展"], [["C77a86274bf-9ef4ea", "已联系"]], None),
    ([], [["1", "同码异名", "某事", "甲", None, "C77a86274bf-9ef4ea"]], "“编号”、“裁定”"),
    ([], [["南京市", "同意豁免", "2023-12-31", "C77a86274bf-9ef4ea"]], "“编号”、“裁定”"),
    ([], [["C77a86274bf-9ef4ea", "分别保留, 待核证照"]], "“编号”、“裁定”"),
    ([], [["C77a86274bf-9ef4ea", "采用名称一"]], "“编号”、“裁定”"),
    ([], [["ｃ77A86274BF-9ef4ea ", "归无锡市"]], "“编号”、“裁定”"), ([], [["C77a86274bf-9ef4ea", None]], None),
    (["编号", "看法", "理由"], [], None), (["编号", "名称"], [["C1", "某某"]], None), ([], [["某某", "说明"]], None),
    ([*TITLES, "办理情况"], [["C77a86274bf-9ef4ea"]], None)])
def test_sheet_without_its_titles__says_which_are_missing(tmp_path: Path, titles, rows, missing: str | None) -> None:
    path = plain(tmp_path / "a.xlsx", rows, titles or ["某某说明"])
    expected = ((("Sheet", "0", *[""] * 8, missing),) if missing else ())
    assert (open_decisions(path).entries, open_decisions(path).blank) == (expected, False)


@pytest.mark.parametrize("changed", [
    {"编号": "事项编号"}, {"裁定": "裁定意见："}, {"裁定": "裁定结果（必填）"}, {"理由": "裁定理由"}, {"裁定日期": "裁定时间"},
    {"有效期至": "有效期"}], ids=str)
def test_titles__as_offices_write_them(tmp_path: Path, changed: dict[str, str]) -> None:
    row = ["C1", "同码异名", "某事", "采用名称一", "见证照", "张某", "2023-09-20", "2023-12-31"]
    path = plain(tmp_path / "a.xlsx", [row], [changed.get(title, title) for title in TITLES])
    assert open_decisions(path).entries == (("Sheet", "2", *row),)


def test_title_of_its_own__goes_before_another(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.xlsx", [["C1", "甲", "乙", "z", "张"]], ["编号", "裁定意见", "裁定", "理由", "裁定人"])
    assert short(path) == [("Sheet", "2", "C1", "乙", "z", "张", "", "")]


def test_nothing_filled__is_blank_and_a_strange_book_is_not(listed: Path, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    assert (open_decisions(listed).blank, open_decisions(tmp_path / "a.xlsx").blank) == (True, False)


@pytest.mark.parametrize(("content", "rule"), [(b"%PDF-1.4 x", "F03"), (b"PK\x03\x04", "F01"), (b"", "F01")])
def test_no_workbook__is_spotted(tmp_path: Path, content: bytes, rule: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    found = open_decisions(tmp_path / "a.xlsx")
    assert ([spotted.rule for spotted in found.spotted], found.entries) == ([rule], ())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_saved_by_libreoffice__the_same(listed: Path, tmp_path: Path, kind: str) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed here")
    source, target = filled(listed, tmp_path / "a.xlsx"), tmp_path / "made"
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind,
                    "--outdir", str(target), str(source)], check=True, capture_output=True, timeout=180)
    assert short(target / f"a.{kind}") == expected()
