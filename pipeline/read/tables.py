"""Tables found by their header: which row of labels, which columns, which rows below it are records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.grid import Cell, Grid, address
from pipeline.read.labels import SHORT_KEY, Labels, half
from pipeline.read.record import Row, Spotted, Value
from schemas.kinds.text import is_blank, is_placeholder, is_void
from schemas.label import label_key

_TOTAL = re.compile(r"^(合计|总计|小计|共计|汇总|总和)$")
_EXAMPLE = re.compile(r"^[（(【\[]?(例|示例|样例|举例|范例|填写示例|填报示例|例如|如)([）)】\]:：]|$|\d|[:：].*)|"
                      r"[（(【\[](示例|样例|例|填写示例|举例)[）)】\]]|^(示例|样例|填写示例)")
_REMARK = re.compile(r"^(注|备注|说明|填表说明|填报说明|填写说明|注意|注意事项|填表人|填报人|审核人|审核|制表|制表人|联系人|负责人|单位盖章|盖章|"
                     r"接上页|续表|续上表|转下页|接下页)([:：\d（(.、]|$)|^[*＊※]\s*注?")
# 填表人：… 审核人：… 日期：… below a table, each in a cell of its own.
_SIGNED = re.compile(r"^\s*[^:：]{2,8}[:：]")
_LONGEST_HEADING = 80
_DOTS = re.compile(r"^[….。·⋯\s]+$")
_UNITS = re.compile(r"[（(【\[]?\s*(?:单位[:：])?\s*(百万元|亿元|万元|千元|元)")


@dataclass
class Header:
    """A table's header: block, first and last row, and the column on which each field stands."""

    block: str
    top: int
    bottom: int
    columns: dict[str, int]
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    unknown: list[Cell] = field(default_factory=list)
    guessed: list[tuple[Cell, str]] = field(default_factory=list)


@dataclass
class Table:
    """A header with the records below it."""

    header: Header
    rows: list[Row] = field(default_factory=list)
    last: int = 0
    spotted: list[Spotted] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)


def headers_in(grid: Grid, labels: Labels) -> list[Header]:
    """The headers of a sheet from top to bottom; a repeated header is listed again."""
    found, row = [], 0
    while row < grid.height:
        header = _header_at(grid, row, labels)
        if header is None:
            row += 1
        else:
            found.append(header)
            row = header.bottom + 1
    return found


def _header_at(grid: Grid, row: int, labels: Labels) -> Header | None:
    # A label merged over this row and the one above is a column's label here too.
    cells = [cell for cell in grid.in_row(row) if cell.row in (row - 1, row)]
    if sum(label_key(cell.text) in labels.headings for cell in cells if len(cell.text) < _LONGEST_HEADING) < 2:
        return None
    best = max((_matched(grid, cells, row, block, labels) for block in labels.tables),
               key=lambda header: (len(header.columns.keys() & labels.telling[header.block]), len(header.columns)))
    telling = best.columns.keys() & labels.telling[best.block]
    return best if len(best.columns) >= 3 and len(telling) >= 2 else None


def _matched(grid: Grid, cells: list[Cell], row: int, block: str, labels: Labels) -> Header:
    """What the row (with the one below, where the header has two) says of this table's columns."""
    header = Header(block, row, row, {})
    second = _second_row(grid, cells, row, block, labels)
    for col in range(cells[0].col, grid.width):
        top = grid.at(row, col)
        low = grid.at(row + 1, col) if second else None
        for text in _texts(top, low):
            name = labels.table_fields(block, text)
            if name is not None and name not in header.columns:
                _take(grid, header, name, row if low is None else row + 1, col, text)
                break
    if second:
        header.bottom = row + 1
    deepest = max((grid.span(row, col)[2] for col in header.columns.values()), default=row)
    header.bottom = max(header.bottom, min(deepest, row + 2))
    return header


def _texts(top: Cell | None, low: Cell | None) -> Iterator[str]:
    """The readings of a header column, the most specific first."""
    if low is not None and low != top:
        if top is not None:
            yield top.text + low.text
        yield low.text
    if top is not None:
        yield top.text


def _second_row(grid: Grid, cells: list[Cell], row: int, block: str, labels: Labels) -> bool:
    """Whether the next row belongs to the header: it names columns below a wider or unknown label."""
    own = [cell for cell in cells if labels.table_fields(block, cell.text)]
    merged = any(grid.span(cell.row, cell.col)[2] > row or grid.span(cell.row, cell.col)[3] > cell.col
                 for cell in cells)
    if len(own) < 2:
        return False
    below = [cell for cell in grid.in_row(row + 1) if cell.row == row + 1]
    fields = [labels.table_fields(block, cell.text) or labels.table_fields(
        block, (grid.at(row, cell.col) or cell).text + cell.text) for cell in below]
    # Without a merge to show that a second row belongs to the header, every cell of it must be a label.
    allowed = len(fields) // 2 if merged else 0
    return any(fields) and sum(name is None for name in fields) <= allowed


def _take(grid: Grid, header: Header, name: str, row: int, col: int, text: str) -> None:
    _, left, _, right = grid.span(row, col)
    header.columns[name] = left
    header.spans[name] = (left, right)
    above = grid.at(header.top, col)
    unit = _UNITS.search(text) or (_UNITS.search(above.text) if above else None)
    if unit:
        header.units[name] = unit[1]


def unknown_columns(grid: Grid, header: Header, labels: Labels) -> None:
    """Note the header's cells that are no column of the table; guess those that are nearly one that is missing."""
    from rapidfuzz import fuzz, process

    taken = {col for left, right in header.spans.values() for col in range(left, right + 1)}
    low, high = min(taken), max(taken)
    cells = {cell for row in range(header.top, header.bottom + 1) for cell in grid.in_row(row)
             if header.top <= cell.row <= header.bottom and cell.col not in taken
             and not any(cell.col <= col <= grid.span(cell.row, cell.col)[3] for col in taken)}
    missing = {key: name for key, name in labels.tables[header.block].items() if name not in header.columns}
    for cell in sorted(cells):
        key = label_key(cell.text)
        if not key or labels.is_label(cell.text):
            continue
        near = process.extractOne(key, missing.keys(), scorer=fuzz.ratio, score_cutoff=60) if missing else None
        inside = max((k for k in missing if len(k) >= 3 and k in key), key=len, default=None)
        name = missing[inside] if inside else missing[near[0]] if near else None
        if name is None or name in header.columns:
            if low < cell.col < high or (cell.col > high and _beside(grid, header, cell, high)):
                header.unknown.append(cell)
        else:
            _take(grid, header, name, cell.row, cell.col, cell.text)
            header.guessed.append((cell, name))
            missing = {k: n for k, n in missing.items() if n != name}


def _beside(grid: Grid, header: Header, cell: Cell, high: int) -> bool:
    """Whether a cell right of the table touches it: a 自检 column apart from the table is none of its columns."""
    return all(grid.at(header.top, col) is not None for col in range(high + 1, cell.col))


def read_table(grid: Grid, header: Header, end: int, labels: Labels) -> Table:
    """The records from below `header` up to row `end` (exclusive) or the next label."""
    table = Table(header, last=header.bottom)
    row = header.bottom + 1
    while row < end and not _stops(grid, row, header, labels):
        last = _record_end(grid, row, header, end)
        record = _record(grid, row, last, header)
        reason = "header" if _is_header(record, header, labels) else _skip(grid, row, header, record)
        if reason == "example":
            table.spotted.append(_example(grid, row, header, labels, record))
        if reason:
            table.skipped[reason] = table.skipped.get(reason, 0) + 1
        else:
            table.rows.append(record)
        if reason not in ("blank", "remark"):
            table.last = last
        row = last + 1
    return table


def _stops(grid: Grid, row: int, header: Header, labels: Labels) -> bool:
    """Whether a row belongs to what follows the table: it begins with another label of the form."""
    for cell in grid.in_row(row):
        if cell.row != row:
            continue
        key = label_key(re.split("[:：]", cell.text, maxsplit=1)[0])
        if key in labels.sections or (len(key) >= SHORT_KEY and key in labels.singles):
            return True
        if labels.titles.get(key, header.block) != header.block:
            return True
        # Only what stands first in the row, or left of the table, can be a label here.
        if cell.col >= min(header.columns.values()):
            break
    return False


def _record_end(grid: Grid, row: int, header: Header, end: int) -> int:
    """The last row of the record that starts here: a name merged down over several tasks is one member."""
    first = grid.span(row, header.columns["name"]) if "name" in header.columns else (row, 0, row, 0)
    if first[2] <= row or first[0] < row or grid.cells.get(first[:2]) is None:
        return row
    if "uscc" in header.columns:
        codes = {grid.span(r, header.columns["uscc"])[:2] for r in range(row, first[2] + 1)
                 if grid.at(r, header.columns["uscc"]) is not None}
        if len(codes) > 1:
            return row
    return min(first[2], end - 1)


def _record(grid: Grid, row: int, last: int, header: Header) -> Row:
    record: Row = {}
    for name, col in header.columns.items():
        cells: list[Cell] = []
        for line in range(row, last + 1):
            cell = grid.at(line, col) or _within(grid, line, header.spans[name])
            if cell is not None and not is_blank(cell.text) and cell not in cells and cell.row > header.bottom:
                cells.append(cell)
        texts = list(dict.fromkeys(cell.text for cell in cells))
        at = ",".join(address(cell.row, cell.col) for cell in cells) or address(row, col)
        stored = cells[0].stored if len(cells) == 1 else "text"
        record[name] = Value("；".join(texts), at, stored, header.units.get(name, ""))
    return _joined(record)


def _joined(record: Row) -> Row:
    """A record in which a column given as two halves (开始时间, 结束时间) is one value."""
    fields = {name.split("#")[0] for name in record if "#" in name}
    for field in fields:
        halves = [record.pop(half(field, place), None) for place in (0, 1)]
        told = [value for value in halves if value is not None and not is_blank(value.text)]
        if field not in record:
            at = ",".join(value.at for value in halves if value is not None)
            record[field] = Value("至".join(value.text.strip() for value in told), at)
    return record


def _within(grid: Grid, row: int, span: tuple[int, int]) -> Cell | None:
    """Content under a header cell that is merged over several columns."""
    return next((cell for col in range(span[0] + 1, span[1] + 1) if (cell := grid.at(row, col))), None)


def _is_header(record: Row, header: Header, labels: Labels) -> bool:
    """Whether the row repeats the header, as after a page break."""
    told = [(name, value.text) for name, value in record.items() if value.text.strip()]
    return len(told) > 1 and sum(labels.table_fields(header.block, text) == name for name, text in told) * 2 > len(told)


def _skip(grid: Grid, row: int, header: Header, record: Row) -> str:
    """Why a row is no record: blank, void, dots, total, example, remark; "" if it is one."""
    content = {name: value for name, value in record.items() if not is_blank(value.text)}
    told = {name: value for name, value in content.items() if name != "serial"}
    first = next((cell.text.strip() for cell in grid.in_row(row)
                  if cell.row == row and cell.col >= min(header.columns.values()) - 1), "")
    texts = [value.text.strip() for value in content.values()]
    if any(_TOTAL.match(label_key(text)) for text in (first, *texts[:2])):
        return "total"
    marks = [first, *(content[name].text for name in ("serial", "name") if name in content)]
    if told and any(_EXAMPLE.search(text.strip()) for text in marks):
        return "example"
    if _REMARK.search(first) and (len(told) <= 1 or all(_SIGNED.search(value.text) for value in told.values())):
        return "remark"
    if not told:
        serial = content.get("serial")
        return "remark" if serial and len(serial.text.strip()) > 8 else "blank"
    if all(is_void(value.text) for value in told.values()):
        return "void"
    if all(is_placeholder(value.text) or _DOTS.match(value.text) for value in told.values()):
        return "dots"
    same = {value.text for value in told.values()}
    return "remark" if len(same) == 1 and len(told) > 2 and len({v.at for v in told.values()}) == 1 else ""


def _example(grid: Grid, row: int, header: Header, labels: Labels, record: Row) -> Spotted:
    told = next((v for n, v in record.items() if n != "serial" and v.text.strip()), None)
    at = told.at if told else address(row, min(header.columns.values()))
    words = (record["name"].text.strip() if "name" in record else "") or "示例"
    facts = (("place", str(row + 1)), ("text", words[:20]))
    return Spotted("F12_EXAMPLE", grid.name, at, facts, header.block, "name", words)
