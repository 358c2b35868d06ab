"""Draws the form's sheet: title, lines, tables, print set-up, guards, and the 自检 column beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.template import dialogue, margin
from pipeline.template.layout import HEADING_ROWS, Area, Plan, Single, Table, singles_of
from pipeline.template.measure import height
from pipeline.template.place import Place
from pipeline.template.styles import Styles
from pipeline.template.worksheet import FormSheet
from schemas.column import Column
from schemas.kind import COUNT, LEVEL, LONG_TEXT, MONEY, PHRASE, TEXT, TICKS

Contents = Mapping[str, Any]
# In points, as Excel has the heights of rows whatever the font.
TITLE_HEIGHT, EDITION_HEIGHT, SECTION_HEIGHT, LEAST_HEIGHT = 44, 18, 26, 30
LONG_HEIGHT, LIMITED_HEIGHT = 62, 236
_INCH = 1 / 2.54
BOX, TICKED = "□", "☑"


def draw(sheet: FormSheet, plan: Plan, styles: Styles, filled: Mapping[str, Any], blank: bool) -> None:
    """Everything on the sheet; `filled` as in `template.write`."""
    singles = singles_of(plan.form).name
    _set_up(sheet, plan, styles)
    for row, title in plan.sections:
        _write(sheet, Area(row, 0, row, plan.last_col), title, styles["section"])
        sheet.set_row(row, SECTION_HEIGHT)
    for single in plan.singles.values():
        _single(sheet, plan, styles, single, filled.get(singles, {}).get(single.column.field))
    _single_heights(sheet, plan, filled.get(singles, {}))
    _guards(sheet, Place(plan, singles), plan.singles)
    for table in plan.tables.values():
        _table(sheet, plan, styles, table, filled.get(table.block.name, ()))
    margin.draw(sheet, plan, styles, blank)


def printed_label(column: Column) -> str:
    """A label as the form prints it: with the hint or the choices that belong to it in brackets."""
    hint = column.hint if not column.kind.region else ""
    if column.kind == LEVEL:
        hint = "/".join(column.choices)
    return f"{column.label}\n（{hint.strip('（）')}）" if hint else column.label


def printed_content(column: Column, content: Any) -> Any:
    """What stands in the cell of a single value: boxes and the counting phrase are there from the start."""
    if column.kind == TICKS and (content is None or not isinstance(content, str)):
        ticked = set(content or ())
        return "　".join(f"{TICKED if choice in ticked else BOX} {choice}" for choice in column.choices)
    return column.hint if column.kind == PHRASE and content is None else content


def _set_up(sheet: FormSheet, plan: Plan, styles: Styles) -> None:
    for col, width in enumerate(plan.widths):
        sheet.set_column(col, col, width)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.set_margins(left=1.2 * _INCH, right=1.2 * _INCH, top=1.8 * _INCH, bottom=1.8 * _INCH)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, plan.last, plan.last_col)
    sheet.repeat_rows(0)
    sheet.set_footer('&C&"宋体"&10第 &P 页  共 &N 页')
    sheet.freeze_panes(HEADING_ROWS, 0)
    _write(sheet, Area(0, 0, 0, plan.last_col), plan.form.title, styles["title"])
    _write(sheet, Area(1, 0, 1, plan.last_col), f"表样版本：{plan.form.edition}", styles["edition"])
    sheet.set_row(0, TITLE_HEIGHT)
    sheet.set_row(1, EDITION_HEIGHT)


def _single(sheet: FormSheet, plan: Plan, styles: Styles, single: Single, content: Any) -> None:
    column = single.column
    _write(sheet, single.label, printed_label(column), styles["label"])
    _write(sheet, single.value, printed_content(column, content), styles[_single_style(column)])
    if single.unit:
        _write(sheet, single.unit, column.unit, styles["unit"])


def _single_style(column: Column) -> str:
    if column.kind == LONG_TEXT:
        return "single_long"
    return "count" if column.kind == COUNT else "single"


def _single_heights(sheet: FormSheet, plan: Plan, contents: Contents) -> None:
    heights: dict[int, float] = {}
    for name, single in plan.singles.items():
        text = printed_content(single.column, contents.get(name))
        label = _height(plan, single.label, printed_label(single.column))
        needed = max(_least_height(single.column), label, _height(plan, single.value, text))
        heights[single.label.row] = max(needed, heights.get(single.label.row, 0))
    for row, points in heights.items():
        sheet.set_row(row, points)


def _least_height(column: Column) -> float:
    if column.kind != LONG_TEXT:
        return LEAST_HEIGHT
    return LIMITED_HEIGHT if column.hint else LONG_HEIGHT


def _table(sheet: FormSheet, plan: Plan, styles: Styles, table: Table, records: Sequence[Contents]) -> None:
    title = table.block.title + table.block.remark
    _write(sheet, Area(table.header, 0, table.last, 0), title, styles["label"])
    columns = table.block.columns
    for name, column in columns.items():
        _write(sheet, table.cell(name, table.header), printed_label(column), styles["header"])
    sheet.set_row(
        table.header,
        max(
            _height(plan, table.cell(name, table.header), printed_label(column))
            for name, column in columns.items()
        ),
    )
    serial = next(iter(columns))
    for place, row in enumerate(range(table.first, table.last + 1)):
        record = {serial: place + 1} | dict(records[place] if place < len(records) else {})
        for name, column in columns.items():
            style = styles[_table_style(column, name == serial)]
            _write(sheet, table.cell(name, row), record.get(name), style)
        heights = [_height(plan, table.cell(name, row), record.get(name)) for name in columns]
        sheet.set_growing_row(row, max(heights))
        # When the row is fitted anew, the large letter of this empty cell keeps it from closing up.
        sheet.write_blank(row, plan.last_col + 1, None, styles["strut"])
    _table_guards(sheet, Place(plan, table.block.name, table.first), table)


def _table_style(column: Column, serial: bool) -> str:
    if serial:
        return "serial"
    if column.kind == MONEY:
        return "money"
    return {TEXT.name: "left", LONG_TEXT.name: "long"}.get(column.kind.name, "centre")


def _guards(sheet: FormSheet, place: Place, singles: Mapping[str, Single]) -> None:
    for name, single in singles.items():
        sheet.data_validation(*single.value, dialogue.options(place, single.column, place.cell(name)))


def _table_guards(sheet: FormSheet, place: Place, table: Table) -> None:
    for name, column in table.block.columns.items():
        col = table.columns[name][0]
        found = dialogue.options(place, column, place.cell(name))
        sheet.data_validation(table.first, col, table.last, col, found)


def _write(sheet: FormSheet, area: Area, content: Any, style: Any) -> None:
    if area.is_merged:
        sheet.merge_range(*area, "", style)
    if content is None or content == "":
        sheet.write_blank(area.row, area.col, None, style)
    elif isinstance(content, bool):
        sheet.write_boolean(area.row, area.col, content, style)
    elif isinstance(content, (int, float)):
        sheet.write_number(area.row, area.col, content, style)
    else:
        sheet.write_string(area.row, area.col, str(content), style)


def _height(plan: Plan, area: Area, content: Any) -> float:
    """Points that a content needs in its area; only texts are wrapped."""
    if not isinstance(content, str):
        return LEAST_HEIGHT
    return max(LEAST_HEIGHT, height(content, sum(plan.widths[area.col : area.last_col + 1])))
