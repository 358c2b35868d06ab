"""The register's workbook: exact contents of each sheet, and the layout of official tables."""

from __future__ import annotations

import openpyxl
import pytest
from pipeline.publish import register, terms
from schemas import call
from schemas.form_2023 import FORM
from tiny_register import CODE, SHEETS, table, tiny



@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The tiny register as openpyxl reads it."""
    target = tmp_path_factory.mktemp("tiny") / "名录.xlsx"
    register.write(tiny(), target)
    return openpyxl.load_workbook(target)


def test_sheets__are_the_nine_of_the_register(written):
    assert written.sheetnames == SHEETS


def test_consortia__are_admitted_ones_by_city_in_official_order(written):
    rows = table(written["创新联合体汇总表"], "产业领域")
    assert rows[:2] == [
        ["1", "南京市", "乙创新联合体", "集成电路", "乙公司", *[None] * 8, 1, *[None] * 8, 0, 1, None, 0],
        ["2", "无锡市", "甲创新联合体", "新材料", "甲公司", CODE, *[None] * 5, "0510-82700000\n13800000000", None,
         2, 1, 1, 0, 0, 1200, None, None, None, 1, 0, None, 1]]
    assert len(rows) == 2


def test_organisations__say_where_they_take_part_and_where_they_were_read(written):
    assert table(written["成员单位名录"], "来源") == [
        ["1", "共享大学", "U", "高校", "江苏省", "乙创新联合体\n甲创新联合体", 2, 0, None, None, "共享大学（本部）", None,
         "南京市/b.xlsx Sheet1 C4\n无锡市/a.xlsx 基础信息表 B18"],
        ["2", "甲公司", CODE, "企业", "南京市", "甲创新联合体（牵头）", 1, 1, 125000.5, 6000, None, "收入不一致",
         "无锡市/a.xlsx 基础信息表 B17、B5"]]


def test_members__are_those_of_admitted_forms_with_their_role(written):
    assert table(written["成员参与明细"], "角色") == [
        ["1", "南京市", "乙创新联合体", "成员", "共享大学（本部）", "U", None, None, None, None],
        ["2", "无锡市", "甲创新联合体", "牵头", "甲公司", CODE, "设计", "总体", 125000.5, 6000],
        ["3", "无锡市", "甲创新联合体", "成员", "共享大学", "U", "仿真", None, None, None]]


def test_platforms_and_projects__have_months_as_on_paper(written):
    assert table(written["创新平台"], "平台名称") == [
        ["1", "无锡市", "甲创新联合体", "重点实验室", "新材料", "省级", "甲公司", "2021.10"]]
    assert table(written["科技计划项目"], "项目名称") == [
        ["1", "南京市", "乙创新联合体", "攻关", None, "国家级", "2021.01—", "乙公司"]]


def test_review__lists_returned_forms_and_what_is_to_be_decided(written):
    sheet = written["退回与待核"]
    assert table(sheet, "主要问题") == [
        ["1", "南京市", "丙创新联合体", "丙公司", "南京市/c.xlsx", 4, 0,
         "第 1 行：校验不通过。\n第 2 行：校验不通过。\n第 3 行：校验不通过。\n……等 4 项", "已退回待改", None],
        ["2", "徐州市", None, None, "徐州市/扫描.pdf", 1, 0, "收到的是“.pdf”文件。", "无法读取", None]]
    assert table(sheet, "处理意见") == [
        ["1", "无锡市", "甲创新联合体", "成员表 G17、H17", "6000", "需核实", "M23", "成员表第 1 行“近一年研发投入”：少见。", "请核对。",
         "待核"]]


def test_progress__has_thirteen_cities_and_every_file(written):
    sheet = written["报送情况"]
    cities = [row[:13] for row in table(sheet, "备注")]
    assert [row[1] for row in cities] == [*[city.name for city in call.CITIES], "合计"]
    assert cities[0] == ["1", "南京市", "已报送待改", 3, 1, 1, 0, 1, 0, 4, 0, 0, "退回：丙创新联合体"]
    assert cities[1] == ["2", "无锡市", "全部通过", 1, 1, 0, 0, 0, 0, 0, 1, 0, None]
    assert cities[2] == ["3", "徐州市", "已报送待改", 1, 0, 0, 1, 0, 1, 1, 0, 0, None]
    assert cities[3] == ["4", "常州市", "未报送", 0, 0, 0, 0, 0, 0, 0, 0, 0, None]
    assert cities[13] == [None, "合计", None, 5, 2, 1, 1, 1, 1, 5, 1, 0, None]
    assert [[row[2], *row[3:9], *row[11:]] for row in table(sheet, "是否逾期")] == [
        ["已入库", 2, "逾期", 1, None, 1, 0, "bbbbbbbb", "南京市/b.xlsx", "Sheet1", "乙创新联合体", None],
        ["已退回待改", 1, None, 1, None, 1, 4, "dddddddd", "南京市/c.xlsx", "基础信息表", "丙创新联合体", None],
        ["已被新版替代", 1, None, None, None, None, 9, "cccccccc", "南京市/旧.xlsx", "Sheet1", "乙创新联合体", "已由第 2 版替代"],
        ["已入库（有需核实项）", 1, None, 2, 1, None, 0, "aaaaaaaa", "无锡市/a.xlsx", "基础信息表", "甲创新联合体", None],
        ["未计入", None, None, None, None, None, None, None, "徐州市/Thumbs.db", None, None, None],
        ["无法读取", None, None, None, None, None, 1, "eeeeeeee", "徐州市/扫描.pdf", None, None, "收到的是“.pdf”文件。"]]


def test_overview__has_the_figures_the_missing_cities_and_the_commonest_problems(written):
    sheet = written["总览"]
    assert [sheet.cell(3, column).value for column in (1, 3, 5, 7, 9, 11)] == [2, 2, 3, "3/13", 2, 1]
    assert sheet["A5"].value == ("未报送：常州市、苏州市、南通市、连云港市、淮安市、盐城市、扬州市、镇江市、泰州市、宿迁市（10 市）。")
    problems = [[cell for cell in row if cell is not None] for row in table(sheet, "涉及表数")]
    assert [[code, level, count, forms] for code, level, _, count, forms in problems] == [
        ["M08", "须改正", 4, 1], ["F03", "须改正", 1, 1], ["M23", "需核实", 1, 1]]
    numbers = [row[:3] + row[3:6] for row in table(sheet, "设区市")]
    assert [(row[0], row[2]) for row in numbers] == [
        (city.name, {"南京市": 1, "无锡市": 1}.get(city.name, 0)) for city in call.CITIES]
    assert [(row[3], row[5]) for row in numbers[:2]] == [("集成电路", 1), ("新材料", 1)]
    assert len(sheet._charts) == 4


def test_notes__explain_every_column_of_every_sheet(written):
    rows = table(written["数据说明"], "条目")
    said = {(part, item): says for part, item, says in rows}
    assert said["创新联合体汇总表", "牵头单位"] == FORM.block("consortium").columns["lead_unit"].help
    assert said["取值规则", "单位名称"].startswith("各表所填不同时，依次按下列次序取一个，取到为止：（1）各表中写得最多的；（2）")
    assert [item for part, item, says in rows if not says] == []
    headers = [cell.value for cell in written["成员单位名录"][3]]
    assert [item for part, item, _ in rows if part == "成员单位名录"] == headers


def test_layout__is_that_of_official_tables(written):
    for name in SHEETS:
        sheet = written[name]
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert (sheet["A1"].font.name, sheet["A1"].font.size, sheet["A1"].font.bold) == ("方正小标宋简体", 20, False)
    sheet = written["成员单位名录"]
    assert (sheet.print_title_rows, sheet.freeze_panes, sheet.auto_filter.ref) == ("$3:$3", "C4", "A3:M5")
    assert (sheet["A3"].font.name, sheet["A3"].alignment.wrap_text, sheet["M2"].value) == ("黑体", True,
                                                                                           "单位：万元")
    assert (sheet["C5"].number_format, sheet["C5"].alignment.horizontal, sheet["C5"].data_type) == ("@",
                                                                                                    "center",
                                                                                                    "s")
    assert (sheet["I5"].number_format, sheet["I5"].alignment.horizontal) == ("#,##0.00_ ", "right")
    assert {sheet["B5"].border.left.style, sheet["B5"].border.bottom.style} == {"thin"}


def test_titles_of_rules__tell_codes_apart() -> None:
    titles = terms.rule_titles()
    codes = {title: {code for (code, _), other in titles.items() if other == title} for title in titles.values()}
    assert [title for title, those in codes.items() if len(those) > 1] == []
    assert titles["B06", "E"] == "必填栏没有填写（法定代表人、联系人、联系电话）"
