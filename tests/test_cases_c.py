"""Fault cases C, semantic garbage: those that no other test has. See docs/faults.md for all of them."""

from __future__ import annotations

import copy
import io
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from drawn import Book, findings, form, found, judged_apart
from received import file, register_of
from season import Season
from sketch import labels
from template_forms import GOOD
from workbooks import sheet_of, text_cell, xlsx

from pipeline import checking
from pipeline.grid import open_workbook
from pipeline.opening import open_file
from pipeline.publish import most
from pipeline.signature import REASONS
from pipeline.template import write

RARE = "𠮷\ue123\uf9b4\u2f00大学"


def test_c38__code_kept_as_a_number_is_an_error_and_stays_as_it_is() -> None:
    """The digits that Excel has dropped are not made up: every suggestion is one among several, none is applied."""
    one = found({"D14": 9.13700001234568e17}, "M06")
    assert (str(one.rule.severity), one.value) == ("E", "913700001234568000")
    assert "请先把单元格设为“文本”格式，再按证照重新录入 18 位代码" in one.suggestion
    tables = register_of(file("南京市/a.xlsx", form({"D14": 9.13700001234568e17})))
    assert tables["consortia"]["admitted"].to_list() == [False]
    assert tables["members"]["uscc"][0] in (None, "913700001234568000")


@pytest.mark.parametrize("written", [
    "９１３２０１００ＰＤＹ００００１ＸＲ", "91320100pdy00001xr", "91320100 PDY0 0001XR", "91320100\u200bPDY\u300000001XR"])
def test_c39__what_loses_nothing_is_put_right_and_shown_before_and_after(written: str) -> None:
    one = found({"D14": written}, "M14")
    assert (str(one.rule.severity), one.cells) == ("I", ("D14",))
    assert one.message.endswith("→ 91320100PDY00001XR。") and written[:8] in one.message
    tables = register_of(file("南京市/a.xlsx", form({"D14": written})))
    assert tables["members"]["uscc"][0] == "91320100PDY00001XR"


@pytest.mark.parametrize(("written", "code"), [("9132O100PDY00001XR", "M05"), ("9I320100PDY00001XR", "M05"),
                                               ("91320100PDY00001XT", "M08")])
def test_c39__what_must_be_guessed_is_an_error_and_is_not_applied(written: str, code: str) -> None:
    assert findings({"D14": written})[0][:3] == (code, "E", "D14")
    tables = register_of(file("南京市/a.xlsx", form({"D14": written})))
    assert tables["consortia"]["admitted"].to_list() == [False]


NO_DATES = ["2024-02-30", "2023年2月30日", "民国112年9月18日", "令和5年9月18日", "昭和六十年", "9月", "去年底"]


@pytest.mark.parametrize("written", NO_DATES)
def test_c46__what_is_no_date_is_named_with_its_cell(written: str) -> None:
    one = found({"G2": written}, "D01")
    assert one.cells == ("G2",) and f"“{written}”" in one.message


@pytest.mark.parametrize("written", ["2099-01-01", "2023年9月21日"])
def test_c46__day_in_the_future_is_asked_about(written: str) -> None:
    assert findings({"G2": written}) == [("D02", "W", "G2")]


def test_c46__workbook_that_counts_from_1904_has_the_same_days() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = date(2023, 9, 18)
    old, new = io.BytesIO(), io.BytesIO()
    book.save(new)
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.active["A1"] = date(2023, 9, 18)
    book.save(old)
    cells = [[(cell.text, cell.stored) for cell in open_workbook(data.getvalue()).grids[0]] for data in (new, old)]
    assert cells == [[("2023-09-18", "date")]] * 2


TABLES_AS_TEXT = {
    "GBK": "单位名称,代码\n东南大学,1\n".encode("gbk"), "GB18030": "𠮷,代码\n".encode("gb18030"),
    "UTF-16": "单位名称;代码\n".encode("utf-16"), "UTF-8 with a mark": "单位名称\t代码\n".encode("utf-8-sig"),
    "line breaks in a field": '单位名称,"代\n码"\n'.encode(),
}


@pytest.mark.parametrize("name", ["表.csv", "表.xls", "表.xlsx"])
@pytest.mark.parametrize("data", TABLES_AS_TEXT.values(), ids=TABLES_AS_TEXT)
def test_c47__text_of_any_encoding_is_refused_so_that_none_is_misread(tmp_path, data: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    (spotted,) = open_file((labels(), tmp_path / name)).spotted
    assert (spotted.rule, spotted.facts) == ("F01", (("reason", REASONS["not_a_workbook"]),))


def test_c48__rare_characters_are_kept_exactly() -> None:
    cells = [cell.text for cell in open_workbook(xlsx(sheet_of(text_cell("A1", RARE)))).grids[0]]
    assert cells == [RARE]
    tables = register_of(file("南京市/a.xlsx", form({"C15": RARE, "F26": RARE, "G31": RARE})))
    assert tables["members"]["name"][1] == RARE
    assert tables["platforms"]["host_unit"][0] == RARE
    assert tables["projects"]["undertaker"][1] == RARE


def many(rows: int) -> pl.DataFrame:
    """Findings of two forms: one with that many warnings and then that many errors, one with a single warning."""
    severity = ["W"] * rows + ["E"] * rows + ["W"]
    return pl.DataFrame({"submission_id": ["a"] * 2 * rows + ["b"], "severity": severity,
                         "finding_id": [str(number) for number in range(2 * rows + 1)]})


def test_c49__of_too_many_findings_the_gravest_and_first_are_listed() -> None:
    listed = most.listed(many(1_500))
    assert listed["submission_id"].value_counts(sort=True).rows() == [("a", 2_000), ("b", 1)]
    assert listed["finding_id"].to_list() == [str(number) for number in (*range(500), *range(1_500, 3_001))]
    assert most.is_cut(many(1_500))


def test_c49__few_findings_are_all_listed() -> None:
    assert most.listed(many(1_000)).equals(many(1_000))
    assert not most.is_cut(many(1_000))


@pytest.mark.slow
def test_c49__all_are_counted_and_what_is_listed_says_that_there_are_more(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(most, "MOST", 3)
    season = Season(tmp_path)

    def spoil(filled: dict) -> None:
        for member in filled["members"]:
            member |= {"uscc": "9132", "task": "", "duty": ""}

    season.send(0, spoil)
    season.send(1)
    assert season.night()["status"] == {"accepted": 1, "returned": 1}
    (errors,) = season.table("submissions").filter(status="returned")["errors"]
    assert errors > 3
    folder = season.returned(0).parent.parent
    page = (folder / "报送回执.html").read_text("utf-8")
    assert f"须改正 {errors} 处" in page and most.NOTE in page
    listed = openpyxl.load_workbook(folder / "问题清单.xlsx").worksheets[0]
    assert most.NOTE in {cell.value for row in listed.iter_rows() for cell in row}
    marked = openpyxl.load_workbook(season.returned(0)).worksheets[1]
    assert sum(cell.comment is not None for row in marked.iter_rows() for cell in row) <= 3
    other = season.workspace.city_outbox("无锡市") / "报送回执.html"
    assert most.NOTE not in other.read_text("utf-8")


def test_c50__form_of_another_bureau_is_told_by_what_is_in_it() -> None:
    """The lead of another city's code in this city's folder, whatever the file is called."""
    told = [finding for finding in judged_apart(form(None, city="苏州市"))[0] if finding.rule.code == "B15"]
    assert [(finding.cells, str(finding.rule.severity)) for finding in told] == [(("D14",), "W")]
    assert "报送城市为苏州市" in told[0].message


def test_c50__form_of_another_period_is_told_by_what_is_in_it() -> None:
    """Its mark says another edition, its day lies outside this call."""
    assert findings({"G2": "2022年9月18日"}) == [("D03", "W", "G2")]
    drawn = form({"G2": "2022年9月18日"})
    earlier = Book(drawn.sheets, edition="JSCXLHT-2022-1")
    assert sorted(finding.rule.code for finding in judged_apart(earlier)[0]) == ["D03", "F05"]


@pytest.mark.parametrize("sum_", [1e30, "9" * 32, 1.7e308])
def test_c46__sum_beyond_all_money_costs_its_cell_and_no_run(tmp_path: Path, sum_: object) -> None:
    filled = copy.deepcopy(GOOD)
    filled["members"][0]["revenue_wan"] = sum_
    write(tmp_path / "表.xlsx", filled=filled)
    ((_, findings),) = checking.check([tmp_path / "表.xlsx"])[0].forms
    assert [one.rule.code for one in findings] == ["M20"]
