"""待核事项: one block a conflict, one line a source; what it is about and what is decided are merged over its lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline import layout
from pipeline.conflicts.conflict import KEPT, SUGGESTED, Conflict, Evidence
from pipeline.privacy import masked
from pipeline.publish import style, terms
from pipeline.publish.celltext import lines, presentable
from pipeline.publish.links import URL, linked
from pipeline.publish.measures import HIGHEST_ROW, LINE_POINTS, PADDING_POINTS, column_widths
from pipeline.publish.pending.columns import (
    BLOCK, COLUMNS, DAY, EVIDENCE, FILLED_IN, IN_QUESTION, KIND, NUMBER, RULING, address)
from pipeline.publish.pending.entry import days, drop_downs
from pipeline.publish.plan import NUMERIC, Printed, fields_of
from pipeline.publish.register.columns import COMPILED
from pipeline.publish.sheet import (
    Book, Column, across, write_header, write_heading, write_link, write_note, write_table)
from schemas import call
from schemas.decision import offered

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体待核清单"
GUIDE = ("请另存一份再填写：本文件每次汇总都会重新生成。"
         f"填好后用任何文件名存入收件夹“{layout.DECISIONS}”，下次汇总即办理，办理结果见“裁定办理情况”。"
         "每个粗线框是一件事，逐行列出各表怎么填、在哪里；请在右侧“裁定”栏从下拉列表中选一项，"
         f"写明理由、裁定人和日期，没有把握的空着。注“{KEPT}”的是名录现在所用的，注“{SUGGESTED}”的是按校验规则推算的，都不是结论。“编号”栏请勿改动。")
NOTHING = "没有需要裁定的事项：各表之间没有发现矛盾，或已全部裁定。"
_MERGED = (*BLOCK, *FILLED_IN, NUMBER)
# Lines inside a block are divided by a hairline, blocks by a medium line.
_HAIR, _MEDIUM = 7, 2


def write(book: Book, name: str, conflicts: Sequence[Conflict], submissions: pl.DataFrame, folder: Path,
          answers: Mapping[str, Collection[str]] | None = None) -> None:
    """Write the sheet; `folder` is where the workbook will lie and `answers` what is handed back, for the links."""
    frame = linked(_frame(conflicts, submissions), submissions, folder, "cell", answers).with_columns(cell=address())
    frame = presentable(frame.select(fields_of(COLUMNS)))
    widths = column_widths(Printed(COLUMNS, frame))
    sheet = book.sheet(name, widths, "A3")
    top = write_heading(book, sheet, TITLE, f"{COMPILED}　　共 {len(conflicts)} 件", "", widths)
    top = write_note(book, sheet, top, GUIDE if conflicts else NOTHING, "remark", widths)
    sheet.freeze_panes(top + 1, len(BLOCK))
    sheet.repeat_rows(top)
    if not conflicts:
        write_table(book, sheet, top, Printed(COLUMNS, frame), widths)
        return
    write_header(book, sheet, top, COLUMNS, widths)
    last = _write_blocks(book, sheet, top + 1, frame, conflicts, widths)
    sheet.autofilter(top, 0, last, len(COLUMNS) - 1)
    days(sheet, [COLUMNS.index(DAY)], top + 1, last)


def _frame(conflicts: Sequence[Conflict], submissions: pl.DataFrame) -> pl.DataFrame:
    """One row a line of evidence, what its block is about repeated in each; forms as they now stand."""
    statuses = dict(submissions.select("submission_id", terms.status()).iter_rows())
    texts = [column.field for column in COLUMNS if column.style not in NUMERIC] + ["sheet"]
    schema = {field: pl.String for field in texts} | {
        column.field: pl.Float64 for column in COLUMNS if column.style in NUMERIC}
    rows = [_row(serial, conflict, line) | {"status": statuses.get(line.place.submission_id) if line.place else None}
            for serial, conflict in enumerate(conflicts, 1) for line in conflict.evidence]
    # The conflicts come from what the forms say, before identity numbers were hidden in it.
    return masked(pl.DataFrame(rows, schema=schema))


def _row(serial: int, conflict: Conflict, line: Evidence) -> dict[str, Any]:
    label = IN_QUESTION if line.option is None else conflict.names.get(line.option, "")
    if _is_marked(conflict, line):
        label += f"\n（{conflict.mark}）"
    return {
        "serial": str(serial), "kind": conflict.dispute.title, "says": conflict.says, "label": label,
        "value": line.value, "city": line.city, "consortium_name": line.consortium, "unit": line.unit,
        "code": line.code, "role": line.role,
        "revenue_wan": line.revenue_wan, "rd_spend_wan": line.rd_spend_wan, "file": line.file,
        "sheet": line.sheet, "cell": line.cell, "number": conflict.number}


def _is_marked(conflict: Conflict, line: Evidence) -> bool:
    return line.option is not None and line.option == conflict.marked


def _write_blocks(book: Book, sheet: Worksheet, top: int, frame: pl.DataFrame, conflicts: Sequence[Conflict],
                  widths: Sequence[float]) -> int:
    """The blocks from row `top` on; the last row."""
    looks: dict[tuple, Format] = {}

    def look(column: Column, **facts: Any) -> Format:
        key = (column.style, *facts.items())
        if key not in looks:
            looks[key] = style.variant(book.workbook, column.style, **facts)
        return looks[key]

    offers: dict[tuple[str, ...], list[int]] = {}
    rows = frame.iter_rows(named=True)
    heights = chain.from_iterable(_heights(frame, conflicts, widths))
    for conflict in conflicts:
        offers.setdefault(tuple(offered(conflict.dispute, conflict.options)), []).append(top)
        last = top + len(conflict.evidence) - 1
        for row, line in enumerate(conflict.evidence, top):
            sheet.set_row(row, next(heights))
            values = next(rows)
            if row == top:
                _write_merged(sheet, top, last, values, look)
            edges = {"top": _MEDIUM if row == top else _HAIR, "bottom": _MEDIUM if row == last else _HAIR}
            marked = {"bold": True, "bg_color": style.LIGHT_GREY} if _is_marked(conflict, line) else {}
            _write_line(sheet, row, values, look, edges, marked)
        top = last + 1
    drop_downs(sheet, COLUMNS.index(RULING), offers)
    return top - 1


def _write_merged(sheet: Worksheet, first: int, last: int, values: dict[str, Any], look: Any) -> None:
    """What the block is about and what is decided, each over all its lines."""
    for column in _MERGED:
        place, text = COLUMNS.index(column), values[column.field]
        named = look(column, top=_MEDIUM, bottom=_MEDIUM)
        if last > first:
            sheet.merge_range(first, place, last, place, "", named)
        if text is not None:
            # Kept below the merged cell too, so that a filter on the kind shows every line of a block.
            for row in range(first, last + 1 if column is KIND else first + 1):
                sheet.write_string(row, place, text, named)
        elif last == first:
            sheet.write_blank(first, place, None, named)


def _write_line(sheet: Worksheet, row: int, values: dict[str, Any], look: Any, edges: dict[str, Any],
                marked: dict[str, Any]) -> None:
    columns = EVIDENCE
    if values["file"] is None:
        # No form has it: what is said of the option runs over the columns of its source.
        columns = EVIDENCE[:2]
        first, last = len(BLOCK) + len(columns), len(BLOCK) + len(EVIDENCE) - 1
        across(sheet, row, first, last, values["consortium_name"] or "", look(EVIDENCE[1], **edges))
    for place, column in enumerate(columns, len(BLOCK)):
        value, facts = values[column.field], edges | (marked if column.field in ("label", "value") else {})
        if value is None:
            sheet.write_blank(row, place, None, look(column, **edges))
        elif column.style in NUMERIC:
            sheet.write_number(row, place, value, look(column, **edges))
        elif column.style == "link":
            plain = look(EVIDENCE[1], **edges)
            write_link(sheet, row, place, value, values[column.field + URL], look(column, **edges), plain)
        else:
            sheet.write_string(row, place, value, look(column, **facts))


def _heights(frame: pl.DataFrame, conflicts: Sequence[Conflict], widths: Sequence[float]) -> Iterator[list[float]]:
    """Heights of each block's lines: for their own texts, and together for what is merged over them."""
    own, merged = (
        frame.select(pl.max_horizontal(1, *[lines(pl.col(column.field), widths[COLUMNS.index(column)])
                                            for column in columns if column.style not in NUMERIC])
                     * LINE_POINTS + PADDING_POINTS).to_series()
        for columns in (EVIDENCE, BLOCK))
    start = 0
    for conflict in conflicts:
        count = len(conflict.evidence)
        block = own.slice(start, count).clip(20, HIGHEST_ROW).to_list()
        missing = max(0.0, (merged[start] - sum(block)) / count)
        yield [min(float(HIGHEST_ROW), height + missing) for height in block]
        start += count
