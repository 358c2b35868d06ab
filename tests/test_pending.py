"""待核清单: what counts as one conflict, which options it has, what the evidence is, and the cells that are filled in."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pytest
from pending_tables import BROKEN, GOOD, OTHER, THIRD, every_kind, finding, form, member, tables
from pipeline.publish import pending
from schemas.decision import DISPUTES, WAIVER, offered

HEADER = ["序号", "类型", "待核事项", "可选项", "所填内容", "报送城市", "创新联合体名称", "单位", "代码", "角色", "销售收入（万元）",
          "研发投入（万元）", "处理结果", "文件", "单元格", "裁定", "理由", "裁定人", "裁定日期", "编号"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The list of a conflict of every kind, as openpyxl reads it, beside the form that one bureau got back."""
    folder = tmp_path_factory.mktemp("outbox")
    (folder / "无锡市" / "退改").mkdir(parents=True)
    (folder / "无锡市" / "退改" / "2.xlsx").write_bytes(b"")
    pending.write(every_kind(), folder / "省级" / "待核清单.xlsx")
    return openpyxl.load_workbook(folder / "省级" / "待核清单.xlsx")


def summary(conflict) -> tuple:
    lines = [(conflict.names.get(line.option), line.value, line.city, line.cell) for line in conflict.evidence]
    return conflict.dispute.key, conflict.options, conflict.mark, lines


def test_conflicts__are_one_of_each_kind_with_options_in_an_order_of_their_own():
    assert [summary(conflict) for conflict in pending.conflicts(every_kind())] == [
        ("cities", ("南京市", "无锡市"), "", [("南京市", "同名", "南京市", "B3"), ("无锡市", "同名", "无锡市", "B3")]),
        ("leads", ("c1", "c3", "c2"), "", [
            ("联合体一", "同名", "南京市", "B5"), ("联合体二", "3号创新联合体", "无锡市", "B5"), ("联合体三", "同名", "无锡市", "B5")]),
        ("damaged", (GOOD,), "建议", [
            ("代码一", GOOD, "南京市", None), ("代码一", GOOD, "无锡市", None), ("代码一", GOOD, "无锡市", None),
            (None, BROKEN, "无锡市", "D14")]),
        ("doubtful", ("91320200PDY000028Y",), "建议", [
            ("代码一", "91320200PDY000028Y", None, None), (None, OTHER[:-1] + "Y", "无锡市", "D15")]),
        ("names", ("甲公司", "甲厂"), "现取", [
            ("名称一", "甲公司", "南京市", "C13"), ("名称一", "甲公司", "无锡市", "C13"), ("名称二", "甲厂", "无锡市", "C13")]),
        ("codes", (OTHER, THIRD), "", [("代码一", OTHER, "南京市", "D14"), ("代码二", THIRD, "无锡市", "D14")]),
        ("revenue", ("100", "1000"), "现取", [
            ("金额一", "100", "南京市", "G13"), ("金额二", "1,000", "无锡市", "G13"), ("金额二", "1,000", "无锡市", "G13")]),
        ("rd_spend", ("7.5", "9"), "现取", [
            ("金额一", "7.5", "南京市", "H13"), ("金额一", "7.5", "无锡市", "H13"), ("金额二", "9", "无锡市", "H13")]),
        ("platforms", ("乙大学", "甲公司"), "", [
            ("单位一", "乙大学", "无锡市", "A30"), ("单位二", "甲公司", "南京市", "A30")]),
        ("projects", ("乙大学", "甲公司"), "", [
            ("单位一", "乙大学", "无锡市", "A35"), ("单位二", "甲公司", "南京市", "A35")])]


def test_sentences__say_what_differs_and_how_much():
    said = {conflict.dispute.key: conflict.says for conflict in pending.conflicts(every_kind())}
    assert said["cities"] == "“同名”由南京市、无锡市分别报送。"
    assert said["damaged"] == f"“甲公司”的代码“{BROKEN}”的第5位“O”不会出现在代码里。同名单位在其他表中有通过校验的代码。"
    assert said["names"] == f"代码 {GOOD} 在 3 处对应 2 个名称。"
    assert said["revenue"] == "“甲厂”的近一年销售收入在 3 处为 2 个数，最大为最小的 10.00 倍。恰差十倍，疑似单位填错。"
    assert said["rd_spend"] == "“甲厂”的近一年研发投入在 3 处为 2 个数，最大为最小的 1.20 倍。"


def test_sheet__has_a_merged_block_a_conflict_and_a_line_a_source(written):
    sheet = written["待核事项"]
    assert [cell.value for cell in sheet[4]] == HEADER
    assert [cell.value for cell in sheet[16]] == [
        "5", "同码异名", f"代码 {GOOD} 在 3 处对应 2 个名称。", "名称一", "甲公司", "南京市", "同名", "甲公司", GOOD, "牵头", 100,
        7.5, "已入库（有需核实项）", "南京市/1.xlsx", "C13", None, None, None, None, "C71a1c22299-2076f6"]
    assert [sheet.cell(18, column).value for column in (4, 5, 14)] == ["名称二\n（现取）", "甲厂", "无锡市/2.xlsx"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A16:A18", "B16:B18", "C16:C18", "P16:P18", "Q16:Q18", "R16:R18", "S16:S18", "T16:T18", "F14:O14"} <= merged
    assert sheet["F14"].value == "（其他表中未见，按校验规则推算）"
    assert [sheet.cell(row, 5).font.bold for row in (17, 18)] == [False, True]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("D5", "A4:T30", "$4:$4")
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToHeight) == ("landscape", 8, 0)


def test_kind__stands_below_its_merged_cell_so_that_a_filter_keeps_the_block(tmp_path):
    pending.write(every_kind(), tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    kinds = [re.search(rf'<c r="B{row}"[^>]*><v>(\d+)</v>', xml)[1] for row in (16, 17, 18)]
    assert len(set(kinds)) == 1


def test_drop_down__offers_what_can_be_decided_there_and_nothing_else(written):
    sheet = written["待核事项"]
    lists = {str(cell): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"
             for cell in str(rule.sqref).split()}
    assert lists["P16"] == '"采用名称一,采用名称二,分别保留，待核证照"'
    assert lists["P5"] == '"归南京市,归无锡市,确为不同联合体，分别保留,退回核实"'
    assert lists["P21"] == lists["P24"] == '"采用金额一,采用金额二,退回核实"'
    assert sorted(lists) == sorted(f"P{row}" for row in (5, 7, 10, 14, 16, 19, 21, 24, 27, 29))
    dates = [(str(rule.sqref), rule.type) for rule in sheet.data_validations.dataValidation if rule.type != "list"]
    assert dates == [("S5:S30", "date")]
    known = pending.conflicts(every_kind())
    assert set(lists.values()) == {f'"{",".join(offered(c.dispute, c.options))}"' for c in known}


def test_links__lead_to_the_cells_of_the_forms_that_were_given_back(written):
    sheet = written["待核事项"]
    found = {cell.coordinate: (cell.hyperlink.target, cell.hyperlink.location)
             for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert found["O18"] == ("..\\无锡市\\退改\\2.xlsx", "'基础信息表'!C13")
    assert {target for target, _ in found.values()} == {"..\\无锡市\\退改\\2.xlsx"}
    assert {sheet[address].value for address in ("O16", "O17")} == {"C13"}


def test_waivers__are_what_a_form_still_breaks_and_no_conflict_gathers(written):
    rows = [[cell.value for cell in row] for row in written["规则豁免"].iter_rows(min_row=5)]
    assert rows == [
        ["1", "无锡市", "3号创新联合体", "须改正", "M28", "成员表第 2 行：没有填写。\n（同类问题共 2 处。）", None, "无锡市/3.xlsx",
         "E14、E15", None, None, None, None, None, "C86e8657774-390fea"],
        ["2", "无锡市", "3号创新联合体", "需核实", "B08", "“联系电话”：“8335”不像手机号。", "8335", "无锡市/3.xlsx", "F9",
         None, None, None, None, None, "C6db21d7d47-3724fd"]]
    rules = [(rule.type, str(rule.sqref)) for rule in written["规则豁免"].data_validations.dataValidation]
    assert sorted(rules) == [("date", "K5:K6"), ("date", "N5:N6"), ("list", "J5 J6")]


def test_guide__explains_every_choice_and_every_column(written):
    rows = [[cell.value for cell in row] for row in written["填写说明"].iter_rows(min_row=4)]
    assert [row for row in rows if not all(row)] == []
    assert {row[0] for row in rows} == {*(dispute.title for dispute in (*DISPUTES, WAIVER)), "栏目", "怎么办理"}
    assert [item for part, item, _ in rows if part == "栏目"] == [*HEADER, "有效期至"]


def test_number__ignores_rows_files_and_order_but_not_a_new_option():
    def names(*rows, file="a.xlsx"):
        forms = [form(n, file=file + str(n)) for n in range(len(rows))]
        return pending.conflicts(tables(
            forms, members=[member(of, n + 5, rows[n], GOOD) for n, of in enumerate(forms)],
            findings=[finding(of, "X02", "name", f"C{n}", n + 5) for n, of in enumerate(forms)]))[0].number

    number = names("甲公司", "甲公司", "甲厂")
    assert number == names("甲公司", "甲厂", "甲公司", file="b.xlsx") == names("甲公司", "甲公司", "甲公司", "甲厂")
    grown = names("甲公司", "甲公司", "甲厂", "甲集团")
    assert (grown != number, grown.split("-")[0]) == (True, number.split("-")[0])


@pytest.mark.parametrize(("amounts", "kinds"), [
    ((100.0, 102.0), ["revenue"]), ((100.0, 100.9), []), ((100.0, None), []), ((100.0, 0.0), ["revenue"])])
def test_money__is_a_conflict_where_forms_differ_by_more_than_the_tolerance(amounts, kinds):
    forms = [form(1), form(2)]
    found = pending.conflicts(tables(
        forms, members=[member(of, 1, "甲公司", GOOD, revenue_wan=amounts[n]) for n, of in enumerate(forms)],
        findings=[finding(forms[0], "M26", "revenue_wan", "G13", 1)]))
    assert [conflict.dispute.key for conflict in found] == kinds


def test_spellings_that_differ_in_brackets_alone__are_one_option():
    forms, names = [form(n) for n in range(3)], ("甲(南京)公司", "甲（南京）公司", "乙")
    found = pending.conflicts(tables(
        forms, members=[member(of, 1, names[n], GOOD) for n, of in enumerate(forms)],
        findings=[finding(of, "X02", "name", "C13", 1) for of in forms]))
    assert [(conflict.options, len(conflict.evidence)) for conflict in found] == [(("乙", "甲(南京)公司"), 3)]


def test_many_sources_of_one_option__are_counted_past_the_first_twelve():
    forms = [form(n, name=f"{n:02d}") for n in range(31)]
    found = pending.conflicts(tables(
        forms, members=[member(of, 1, "乙" if n == 30 else "甲", GOOD) for n, of in enumerate(forms)],
        findings=[finding(of, "X02", "name", "C13", 1) for of in forms]))[0]
    assert [line.value for line in found.evidence] == ["乙", *["甲"] * 12, "……另有 18 处，见数据表"]
    assert len(found.places) == 31


def test_code_cut_by_a_number_cell__has_the_one_known_elsewhere_first():
    forms = [form(1, status="returned"), form(2)]
    found = pending.conflicts(tables(
        forms, members=[member(forms[0], 3, "甲公司", "913202114283439000", org_id="D1"),
                        member(forms[1], 1, "甲公司", "913202114283439601")],
        findings=[finding(forms[0], "M06", "uscc", "D15", 3, value="913202114283439000")]))
    assert [(c.dispute.key, c.options, c.mark) for c in found] == [
        ("damaged", ("913202114283439601", "913202114283439526"), "建议")]


def test_identity_number__is_hidden_wherever_a_form_has_it(tmp_path):
    # Made up: there is no division 320199.
    person = "320199199003070059"
    pending.write(every_kind(f"甲公司 {person}", f"甲厂{person}"), tmp_path / "待核清单.xlsx")
    texts = [str(cell.value) for sheet in openpyxl.load_workbook(tmp_path / "待核清单.xlsx") for row in sheet
             for cell in row if cell.value is not None]
    assert [text for text in texts if person in text] == []
    assert "甲公司 320***********59" in texts
