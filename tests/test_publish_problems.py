"""A bureau's list of problems: verdict, order, grouping, files."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import polars as pl
import pytest
import register_tables
from pipeline.publish import problems

CITY = "南京市"


def submission(key: str, status: str, **facts) -> dict:
    return dict(submission_id=key, city=CITY, file=f"{CITY}/{key}.xlsx", sheet="基础信息表", status=status,
                version=1, consortium_id=f"c{key}", consortium_name=f"{key}创新联合体") | facts


def finding(key: str, code: str, severity: str, row: int = 0, **facts) -> dict:
    return dict(finding_id=f"{key}{code}{row}{facts.get('cell')}", submission_id=key, city=CITY,
                sheet="基础信息表", code=code, severity=severity, table="members" if row else "consortium",
                row=row, state="open") | facts


def write(tmp_path, submissions: list[dict], findings: list[dict], city: str = CITY):
    built = register_tables.frames({"submissions": submissions, "findings": findings})
    problems.write(built, city, tmp_path / "问题清单.xlsx")
    return openpyxl.load_workbook(tmp_path / "问题清单.xlsx")


def rows(sheet) -> list[list]:
    """The rows of the table, without the header and what stands below."""
    values = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = next(place for place, row in enumerate(values) if row[0] == "序号")
    return [row for row in values[top + 1:] if row[0] and str(row[0]).isdigit()]


@pytest.mark.parametrize(("statuses", "severities", "sentence"), [
    ([], [], "尚未收到可计入的报送材料。"),
    (["ignored", "superseded"], [], "尚未收到可计入的报送材料。"),
    (["accepted"], [], "0 项问题，已入库。"),
    (["accepted", "accepted"], ["I"], "0 项问题，2 份均已入库。"),
    (["accepted_with_warnings"], ["W", "W"], "须改正 0 处，需核实 2 处。已入库，请核实后改正或说明。"),
    (["accepted_with_warnings", "accepted"], ["W"], "须改正 0 处，需核实 1 处。2 份均已入库，请核实后改正或说明。"),
    (["returned"], ["E", "E", "E", "W", "W", "I"], "须改正 3 处，需核实 2 处。共报送 1 份：已入库 0 份，须改正后重报 1 份。"),
    (["unreadable", "accepted"], ["E"], "须改正 1 处，需核实 0 处。共报送 2 份：已入库 1 份，须改正后重报 1 份。"),
])
def test_verdict__says_how_the_bureau_stands(tmp_path, statuses, severities, sentence):
    submissions = [submission(f"s{n}", status) for n, status in enumerate(statuses)]
    findings = [finding("s0", f"M{n:02d}", level, n) for n, level in enumerate(severities)]
    sheet = write(tmp_path, submissions, findings)["问题清单"]
    assert sheet["A1"].value == "南京市科技局报送问题清单"
    assert sheet["A3"].value == sentence


def test_problems__come_by_severity_then_form_with_their_cells(tmp_path):
    book = write(tmp_path, [submission("s1", "returned"), submission("s2", "returned", sheet="表二")], [
        finding("s2", "B08", "W", cell="E9", field="phone", value="8335", message="“联系电话”（E9）：“8335”不像手机号。",
                suggestion="请带区号。", sheet="表二"),
        finding("s2", "B01", "E", cell="B3", field="name", message="“创新联合体名称”（B3）：没有填写。", suggestion="请填写。",
                sheet="表二"),
        finding("s1", "T02", "E", cell="D20,B20", message="多于从业人员。"),
        finding("s1", "M14", "I", 1, cell="C17", message="已更正。")])
    assert rows(book["问题清单"]) == [
        ["1", "s1创新联合体\ns1.xlsx", "基本信息 D20、B20", "多于从业人员。", None, None, "须改正", "T02", "仍未改", None, None,
         "s1T020D20,B20"],
        ["2", "s2创新联合体\ns2.xlsx（表二）", "基本信息 B3", "“创新联合体名称”：没有填写。", None, "请填写。", "须改正", "B01", "仍未改",
         None, None, "s2B010B3"],
        ["3", "s2创新联合体\ns2.xlsx（表二）", "基本信息 E9", "“联系电话”：“8335”不像手机号。", "8335", "请带区号。", "需核实", "B08", "仍未改",
         None, None, "s2B080E9"]]
    assert rows(book["提示事项"]) == [
        ["1", "s1创新联合体\ns1.xlsx", "成员表 C17", "已更正。", None, None, "提示", "M14"]]


def test_repeats_of_a_rule__stand_in_one_row_with_every_cell_and_value(tmp_path):
    repeats = [finding("s1", "M08", "E", n, cell=f"C{n}", field="uscc", value=f"9132{n}",
                       suggestion=f"可能应为 9{n}。",
                       message=f"成员表第 {n} 行“统一社会信用代码”（C{n}）：代码“9132{n}”校验不通过。") for n in (17, 18, 19)]
    book = write(tmp_path, [submission("s1", "returned")], repeats)
    assert rows(book["问题清单"]) == [[
        "1", "s1创新联合体\ns1.xlsx", "成员表 C17、C18、C19",
        "成员表第 17 行“统一社会信用代码”：代码“913217”校验不通过。\n（同类问题共 3 处，逐处见相邻各栏。）",
        "C17：913217\nC18：913218\nC19：913219", "C17：可能应为 917。\nC18：可能应为 918。\nC19：可能应为 919。", "须改正", "M08",
        "仍未改", None, None, "s1M0817C17\ns1M0818C18\ns1M0819C19"]]


def test_repeats_that_say_more_than_the_value__are_all_told(tmp_path):
    repeats = [finding("s1", "X03", "W", n, cell=f"D{n}", field="uscc", value=f"9132{n}",
                       message=f"成员表第 {n} 行“某栏”（D{n}）：“某院{n}”在不同表中对应几个代码：9132{n}、5232{n}。")
               for n in (16, 17)]
    (row,) = rows(write(tmp_path, [submission("s1", "accepted_with_warnings")], repeats)["问题清单"])
    assert row[3] == ("成员表第 16 行“某栏”：“某院16”在不同表中对应几个代码：913216、523216。\n"
                      "成员表第 17 行“某栏”：“某院17”在不同表中对应几个代码：913217、523217。")


def test_many_repeats__are_split_so_that_no_row_is_cut(tmp_path):
    repeats = [finding("s1", "M20", "E", n, cell=f"G{n}", field="revenue_wan", message="没有填写。",
                       suggestion="请填写。")
               for n in range(1, 11)]
    found = rows(write(tmp_path, [submission("s1", "returned")], repeats)["问题清单"])
    assert [row[2] for row in found] == ["成员表 G1、G2、G3、G4", "成员表 G5、G6、G7、G8", "成员表 G9、G10"]
    assert {(row[3], row[4], row[5]) for row in found} == {("没有填写。", None, "请填写。")}


def test_variants_and_fields_of_a_rule__stay_apart(tmp_path):
    book = write(tmp_path, [submission("s1", "returned")], [
        finding("s1", "B06", "E", cell="B9", field="contact", message="“联系人”（B9）：没有填写。"),
        finding("s1", "B06", "E", cell="E9", field="phone", message="“联系电话”（E9）：没有填写。"),
        finding("s1", "J02", "E", 1, cell="F40", field="undertaker", message="没有填写。"),
        finding("s1", "J02", "E", 2, cell="F41", field="undertaker", message="“某大学”不是本联合体的成员单位。")])
    assert [row[2] for row in rows(book["问题清单"])] == ["基本信息 B9", "基本信息 E9", "成员表 F40", "成员表 F41"]


def test_finding_on_another_sheet__names_it(tmp_path):
    book = write(tmp_path, [submission("s1", "returned")], [
        finding("s1", "D01", "E", cell="C20", sheet="封面", message="没有填写。"),
        finding("s1", "F04", "E", sheet=None, table="", message="没有找到。")])
    assert [row[2] for row in rows(book["问题清单"])] == [None, "基本信息（封面） C20"]


def test_other_cities_and_past_versions__are_not_in_the_list(tmp_path):
    book = write(tmp_path, [submission("s1", "accepted"), submission("s2", "returned", city="无锡市"),
                            submission("s0", "superseded")],
                 [finding("s2", "B01", "E", message="没有填写。"), finding("s0", "B01", "E", message="没有填写。")])
    assert book.sheetnames == ["问题清单", "文件清单"]
    assert rows(book["问题清单"]) == []
    assert book["问题清单"]["A3"].value == "0 项问题，已入库。"


def test_files__are_listed_with_state_version_and_reason(tmp_path):
    book = write(tmp_path, [
        submission("b", "accepted", version=2, consortium_id="c", errors=0, warnings=0),
        submission("a", "superseded", consortium_id="c", errors=1, warnings=2),
        submission("d", "unreadable", sheet=None, version=None, consortium_id=None, consortium_name=None,
                   errors=1, warnings=0),
        submission("e", "ignored", sheet=None, version=None, consortium_id=None, consortium_name=None)],
        [finding("d", "F02", "E", message="文件设有打开密码。")])
    assert rows(book["文件清单"]) == [
        ["1", "南京市/a.xlsx", "基础信息表", "a创新联合体", 1, "已被新版替代", 1, 2, "已由第 2 版替代"],
        ["2", "南京市/b.xlsx", "基础信息表", "b创新联合体", 2, "已入库", 0, 0, None],
        ["3", "南京市/d.xlsx", None, None, None, "无法读取", 1, 0, "文件设有打开密码。"],
        ["4", "南京市/e.xlsx", None, None, None, "未计入", None, None, None]]


def test_page__prints_on_a4_with_the_header_repeated(tmp_path):
    sheet = write(tmp_path, [submission("s1", "returned")],
                  [finding("s1", "B01", "E", message="没有填写。")])["问题清单"]
    page = sheet.page_setup
    assert (page.paperSize, page.orientation, page.fitToHeight) == (9, "landscape", 0)
    assert (sheet.print_title_rows, sheet.freeze_panes, sheet["K5"].value) == ("$5:$5", "C6", "说明")


def test_hostile_texts__stay_texts(tmp_path):
    built = register_tables.build(3)
    for name in ("submissions", "findings"):
        texts = [column for column in ("file", "sheet", "consortium_name", "cell", "value", "message",
                                       "suggestion", "field")
                 if column in built[name].columns]
        built[name] = built[name].with_columns(pl.lit(register_tables.HOSTILE[n % 4]).alias(column) for n,
                                               column in enumerate(texts))
    problems.write(built, CITY, tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        for name in archive.namelist():
            assert not re.search(rb"<f[ >/]|<hyperlink", archive.read(name)), name


def test_same_rows_in_another_order__give_the_same_bytes(tmp_path):
    built = register_tables.build(3)
    problems.write(built, "无锡市", tmp_path / "a.xlsx")
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=3) for name, frame in built.items()}
    problems.write(shuffled, "无锡市", tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_long_findings__told_city_by_city_as_all_at_once(monkeypatch):
    other = dict(city="苏州市", file="苏州市/s3.xlsx")
    built = register_tables.frames({
        "submissions": [submission("s1", "returned"), submission("s2", "accepted"),
                        submission("s3", "returned") | other],
        "findings": [finding("s3", "M05", "W", 1, cell="D4", message="甲") | other,
                     finding("s1", "M01", "E", 2, cell="D7", message="乙"),
                     finding("s2", "C01", "I", message="丙"), finding("s1", "M01", "E", 1, cell="D6", message="乙")]})
    at_once = problems.told(built)
    monkeypatch.setattr(problems, "LONG", 0)
    one_by_one = problems.told(built)
    assert [told.rows.height for told in at_once.values() if told.rows.height] == [2, 1]
    for city, told in at_once.items():
        assert (told.verdict, told.cut) == (one_by_one[city].verdict, one_by_one[city].cut)
        assert told.rows.equals(one_by_one[city].rows)
        assert told.rows.schema == one_by_one[city].rows.schema


def test_empty_tables__give_a_list_all_the_same(tmp_path):
    problems.write(register_tables.empty(), "宿迁市", tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["问题清单", "文件清单"]
    assert book["问题清单"]["A6"].value == "（无）"
