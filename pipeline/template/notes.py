"""The second sheet, 填写说明: for clerks, in sentences, so that no reader takes it for a filled form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from xlsxwriter.worksheet import Worksheet

from pipeline.template.layout import sections
from pipeline.template.margin import PASSED
from pipeline.template.measure import height
from pipeline.template.sheet import BOX, TICKED
from pipeline.template.styles import Styles
from schemas import call
from schemas.column import Column
from schemas.form import Block, Form
from schemas.rule import SEVERITY_WORDS, Severity

NAME = "填写说明"
# Two columns, because LibreOffice does not fit a single one to the page.
MARK_WIDTH, WIDTH, FONT_SIZE, LEAST_HEIGHT = 5, 80, 12, 24
_INCH = 1 / 2.54


def draw(sheet: Worksheet, form: Form, styles: Styles, due: datetime) -> None:
    """Sentences under three headings, ready to print; a number or a mark before most. `due` is the deadline in
    force."""
    sheet.set_column(0, 0, MARK_WIDTH)
    sheet.set_column(1, 1, WIDTH)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.set_margins(left=1.8 * _INCH, right=1.8 * _INCH, top=2 * _INCH, bottom=2 * _INCH)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer('&C&"宋体"&10第 &P 页  共 &N 页')
    sheet.merge_range(0, 0, 0, 1, NAME, styles["note_title"])
    sheet.set_row(0, 44)
    paragraphs = [*_instructions(form, due), *_lists(), *_requirements(form)]
    for row, (mark, text) in enumerate(paragraphs, 1):
        sheet.set_row(row, max(LEAST_HEIGHT, height(text, WIDTH, FONT_SIZE)))
        sheet.write_string(row, 0, mark, styles["note_mark" if text else "note_head"])
        if text:
            sheet.write_string(row, 1, text, styles["note"])
    sheet.print_area(0, 0, len(paragraphs), 1)


def _instructions(form: Form, due: datetime) -> Iterator[tuple[str, str]]:
    yield "一、怎样填写和报送", ""
    for place, text in enumerate(_steps(form, due), 1):
        yield f"{place}．", text


def _lists() -> Iterator[tuple[str, str]]:
    yield "二、可以选填的内容", ""
    yield "1．", f"新兴产业（{len(call.EMERGING_FIELDS)} 个）：{'、'.join(call.EMERGING_FIELDS)}。"
    yield "2．", f"未来产业（{len(call.FUTURE_FIELDS)} 个）：{'、'.join(call.FUTURE_FIELDS)}。"
    yield "3．", f"平台和项目的级别：{'、'.join(call.LEVELS)}。"


def _requirements(form: Form) -> Iterator[tuple[str, str]]:
    yield "三、各栏的填写要求", ""
    for title, parts in sections(form):
        yield "◇", f"“{title}”部分："
        for part in parts:
            if isinstance(part, Block):
                yield "◇", f"“{part.title}”表："
            for column in part.columns.values() if isinstance(part, Block) else part.columns:
                yield "", _about(column)


def _steps(form: Form, due: datetime) -> Iterator[str]:
    must, check = SEVERITY_WORDS[Severity.ERROR], SEVERITY_WORDS[Severity.WARNING]
    yield f"在“{form.sheet}”工作表中填写，不改动栏目名称，不合并、拆分单元格，不设打开密码。"
    yield "表格行数不够时，选中表内一整行，复制后插入，再改写内容；多余的空行可以留着，也可以整行删去。"
    yield f"需要勾选的，把“{BOX}”改为“{TICKED}”；有下拉列表的，从列表中选择。"
    yield f"表格右侧的“{form.margin}”一栏自动提示尚需改正之处：“{must}”的必须改正，“{check}”的请核对，确无误的予以说明。"
    yield f"自检显示“{PASSED}”后，另存为“.xlsx”文件，放入本市收件夹；收到退改文件的，改正后重新放入即可。"
    yield f"请于{due.astimezone(call.CHINA):%-m月%-d日}前报送。咨询：{call.OFFICE}、{call.CENTRE}。"


def _about(column: Column) -> str:
    example = (
        ""
        if not column.example or column.example in column.help
        else f"例：{column.example}。".replace("……。", "……")
    )
    return f"{column.label}：{column.help}{example}"
