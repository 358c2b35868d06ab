"""The blank and the filled template as a file: layout, print set-up, contents, edition."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest

from pipeline.template import write
from pipeline.template.layout import plan, spans
from pipeline.template.margin import column_of
from schemas.form_2023 import FORM
from schemas.label import label_key
from tests.template_forms import GOOD, MEMBERS, bytes_of, changed

# Stand on the cover of the 申请书, a Word document.
ON_THE_COVER = {"cover_name", "fill_date"}


@pytest.fixture(scope="module")
def blank():
    return openpyxl.load_workbook(io.BytesIO(bytes_of()))


@pytest.fixture(scope="module")
def sheet(blank):
    return blank[FORM.sheet]


def test_write__gives_the_same_bytes_every_time():
    assert bytes_of() == bytes_of()
    assert bytes_of(GOOD) == bytes_of(GOOD)


def test_write__takes_a_path(tmp_path):
    write(tmp_path / "表.xlsx")
    assert (tmp_path / "表.xlsx").read_bytes() == bytes_of()


def test_sheets__are_the_form_and_the_notes_both_visible(blank):
    assert [(sheet.title, sheet.sheet_state) for sheet in blank] == [
        ("基础信息表", "visible"),
        ("填写说明", "visible"),
    ]
    hidden = [
        name
        for sheet in blank
        for dimensions in (sheet.row_dimensions, sheet.column_dimensions)
        for name, dimension in dimensions.items()
        if dimension.hidden
    ]
    assert hidden == []


def test_labels__every_column_of_the_form_is_printed(sheet):
    printed = {
        label_key(str(cell.value)) for row in sheet["A1:H41"] for cell in row if cell.value is not None
    }
    missing = {
        name
        for block in FORM.blocks
        for name, column in block.columns.items()
        if label_key(column.label) not in printed
    }
    assert missing == ON_THE_COVER


# The printed cells of the form, row by row; the rows of the tables left out.
DRAWN = [
    ["基础信息表"],
    ["表样版本：JSCXLHT-2023-1"],
    ["1.基本信息"],
    ["创新联合体名称"],
    ["产业领域", "通讯地址"],
    ["创新联合体牵头单位", "法定代表人"],
    ["领军人才/首席科学家", "职务/职称"],
    [
        "创新联合体牵头单位类型",
        "□ 创新型领军企业　□ 龙头骨干企业　□ 国家级技术创新中心　□ 省级技术创新中心　□ 其它",
    ],
    ["联系人", "联系电话"],
    ["创新联合体成员情况", "___个，其中：企业___个，高校___个，科研院所___个， 其它___个"],
    ["2.组织合作情况"],
    ["重点研发方向"],
    [
        "创新联合体成员及分工",
        "序号",
        "单位名称",
        "统一社会信用代码",
        "任务分工",
        "工作职责",
        "近一年销售收入",
        "近一年研发投入",
    ],
    ["联合体决策及运行机制"],
    ["3.科技创新基础"],
    ["牵头及成员单位拥有从业人员数", "人", "其中:专业技术人员", "人"],
    ["拥有有效知识产权数量", "项", "其中:发明专利", "项"],
    [
        "牵头及成员单位已建省级以上创新平台",
        "序号",
        "平台名称",
        "产业领域",
        "级别",
        "依托单位",
        "建设时间",
    ],
    [
        "牵头及成员单位近三年承担省级以上重大科技计划",
        "序号",
        "项目名称",
        "产业领域",
        "级别",
        "实施期",
        "承担单位",
    ],
]


def test_layout__stands_as_the_notice_draws_it(sheet):
    lines = {
        row: [str(cell.value).split("\n")[0] for cell in sheet[row][:8] if cell.value is not None]
        for row in range(1, 42)
    }
    assert [lines[row] for row in (*range(1, 14), *range(26, 31), 36)] == DRAWN
    assert sheet["G13"].value == "近一年销售收入\n（万元，成员单位为企业填写）"
    assert (
        sheet["A26"].value == "联合体决策及运行机制\n（决策执行机制、科技成果归属、利益分配等，不超过500字）"
    )
    assert sheet["E30"].value == "级别\n（国家级/省级）"


def test_layout__tables_hang_on_their_title(sheet):
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {
        "A13:A25",
        "A30:A35",
        "A36:A41",
        "A1:H1",
        "A2:H2",
        "A3:H3",
        "B4:H4",
        "B5:D5",
        "F5:H5",
        "B8:H8",
        "B26:H26",
        "F31:G31",
        "G37:H37",
    } <= merged
    assert [sheet.cell(row, 2).value for row in range(14, 26)] == list(range(1, 13))


def test_print_setup__is_an_upright_a4_one_page_wide(sheet, blank):
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (
        sheet.sheet_properties.pageSetUpPr.fitToPage,
        sheet.page_setup.fitToWidth or 1,
        sheet.page_setup.fitToHeight,
    ) == (True, 1, 0)
    assert sheet.print_area == "'基础信息表'!$A$1:$H$41"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_options.horizontalCentered
    assert "第 &P 页" in sheet.oddFooter.center.text
    assert sheet.freeze_panes == "A3"
    assert blank["填写说明"].page_setup.fitToHeight == 0


def test_fonts__are_those_of_an_official_document(sheet):
    faces = {
        cell: (sheet[cell].font.name, sheet[cell].font.sz)
        for cell in ("A1", "A3", "A4", "B4", "C13", "D14", "B26")
    }
    assert faces == {
        "A1": ("方正小标宋简体", 22),
        "A3": ("黑体", 12),
        "A4": ("黑体", 10.5),
        "B4": ("仿宋", 11),
        "C13": ("黑体", 10.5),
        "D14": ("仿宋", 11),
        "B26": ("仿宋", 11),
    }
    assert {sheet.cell(row, 4).border.left.style for row in range(13, 26)} == {"thin"}


def test_rows__of_a_table_may_grow_when_they_are_edited():
    with zipfile.ZipFile(io.BytesIO(bytes_of())) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<row r="14"[^>]*>', xml)[0] == '<row r="14" spans="1:10" ht="30">'
    assert 'customHeight="1"' in re.search(r'<row r="26"[^>]*>', xml)[0]


def test_formulas__have_a_text_result_even_where_it_is_not_known():
    with zipfile.ZipFile(io.BytesIO(bytes_of(GOOD))) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    cells = re.findall(r'<c r="J(\d+)"([^>]*)><f>[^<]*</f><v>([^<]*)</v>', xml)
    assert {attributes.split("t=")[-1] for _, attributes, _ in cells} == {'"str"'}
    assert {row: value for row, _, value in cells if value} == {"1": "自检（不打印）"}
    assert len(cells) == 41 - 4


def test_edition__is_a_document_property_and_can_be_seen(blank, sheet):
    assert {prop.name: prop.value for prop in blank.custom_doc_props.props} == {"edition": FORM.edition}
    assert sheet["A2"].value == f"表样版本：{FORM.edition}"


def test_notes__hold_nothing_that_a_reader_takes_for_a_label(blank):
    keys = {key for block in FORM.blocks for column in block.columns.values() for key in column.keys}
    keys |= {label_key(text) for block in FORM.blocks for text in (block.title, *block.title_spellings)}
    keys |= {
        label_key(text)
        for title, more in zip(FORM.sections, FORM.section_spellings, strict=True)
        for text in (title, *more)
    }
    texts = [str(cell.value) for row in blank["填写说明"].iter_rows() for cell in row if cell.value]
    assert [text for text in texts if label_key(text) in keys] == []
    explained = "\n".join(texts)
    assert {
        column.label
        for block in FORM.blocks
        for column in block.columns.values()
        if column.field not in ON_THE_COVER and column.help not in explained
    } == set()


def test_filled__contents_stand_as_given():
    form = changed("consortium", 0, name="=1+1", staff_count="约1200人")
    form["members"][0]["uscc"] = 9.13201e17
    sheet = openpyxl.load_workbook(io.BytesIO(bytes_of(form)))[FORM.sheet]
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("=1+1", "s")
    assert (sheet["B28"].value, sheet["F28"].value) == ("约1200人", 4300)
    assert (sheet["D14"].value, sheet["D14"].data_type) == (9.13201e17, "n")
    assert (sheet["D15"].value, sheet["G14"].value, sheet["H14"].value) == (
        "12100000466007597C",
        1256000,
        62800.5,
    )
    assert sheet["B8"].value.startswith("☑ 创新型领军企业　□ 龙头骨干企业")


def test_filled__ticks_may_be_a_text():
    sheet = openpyxl.load_workbook(
        io.BytesIO(bytes_of(changed("consortium", 0, lead_type="√其它：省级新型研发机构")))
    )[FORM.sheet]
    assert sheet["B8"].value == "√其它：省级新型研发机构"


def test_filled__a_table_grows_with_its_records():
    form = {**GOOD, "members": [*MEMBERS * 4, {"serial": "十七", "name": "某公司"}]}
    sheet = openpyxl.load_workbook(io.BytesIO(bytes_of(form)))[FORM.sheet]
    assert [sheet.cell(row, 2).value for row in (14, 29, 30)] == [1, 16, "十七"]
    assert sheet["A31"].value.startswith("联合体决策及运行机制")
    assert "A13:A30" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["J30"].data_type == "f"


@pytest.mark.parametrize(
    "filled",
    [
        {"consortium": {"cover_name": "某联合体"}},
        {"consortium": {"fill_date": "2023年9月18日"}},
        {"members": [{"usc": "1"}]},
    ],
)
def test_filled__a_field_without_a_place_is_refused(filled):
    with pytest.raises(KeyError):
        bytes_of(filled)


def test_plan__puts_the_selfcheck_one_column_away_from_the_form():
    assert (plan(FORM).last_col, column_of(plan(FORM))) == (7, 9)


@pytest.mark.parametrize(
    ("widths", "wanted", "columns"),
    [
        ((9.0, 5, 20, 20), (5, 20, 20), [(1, 1), (2, 2), (3, 3)]),
        ((9.0, 5, 20, 20), (5, 40), [(1, 1), (2, 3)]),
        ((9.0, 5, 10, 10, 20), (5, 20, 20), [(1, 1), (2, 3), (4, 4)]),
    ],
)
def test_spans__come_near_the_widths_declared(widths, wanted, columns):
    assert spans(widths, wanted) == columns
