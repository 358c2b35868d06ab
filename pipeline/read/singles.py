"""Single values found by their label: to its right, below it, or behind it in the same cell."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.grid import Cell, Grid, address
from pipeline.read.inline import begins_with_figure, colon_labels, figures, next_label
from pipeline.read.labels import SINGLES, Labels
from pipeline.read.record import CELL_BREAK, Value
from pipeline.read.regions import Area, cells_in, is_apart, is_number, texts_of
from pipeline.read.spread import FAULTS, day, long_text
from schemas.kinds.text import is_blank, is_placeholder
from schemas.label import label_key

_COLON = re.compile("[:：]")
_NUMBERS = re.compile(r"(?:\+|[(（](?=\d+[)）]))?\d[\d\-—－() （）转]{5,}\d")
# 联系人/联系电话 names two values; 联系人联系电话 only one.
_PARTED = re.compile(r"[/／、\\|]")
# A figure before a label: the cell is the value of the label at its left, too.
_VALUE_FIRST = re.compile(r"[\s_约]*\d[\d,，.]*\s*[人名项个件_]")
_AROUND = " \t\r\n，,；;、　"
_EDGES = " \t\r\n　，,；;、:：/（）()"
_OF_WHICH = re.compile(r"[，,；;、\s(（]*其中")
_LONGEST_LABEL = 60


class Hit(NamedTuple):
    """A label on a sheet. `inline` is the value that stands in the label's own cell, `within` whether that cell is
    another label's value, too; `guessed` its text if uncertain. `above`: labels stand side by side in its row, so that
    values stand below them."""

    field: str
    row: int
    col: int
    bottom: int
    right: int
    inline: Value | None = None
    guessed: str = ""
    within: bool = False
    above: bool = False


def hits_in(grid: Grid, labels: Labels, tables: list[tuple[int, int]]) -> list[Hit]:
    """All labels of single values outside the tables' rows, in reading order."""
    found: list[Hit] = []
    taken = {row for top, bottom in tables for row in range(top, bottom + 1)}
    for cell, key in grid.keyed:
        if cell.row in taken or cell.stored != "text":
            continue
        key = key if len(cell.text) < _LONGEST_LABEL else ""
        name, pair = labels.singles.get(key), labels.pairs.get(key)
        if pair is not None and (name is None or _PARTED.search(cell.text)):
            found.extend(_pair(grid, cell, pair, labels))
        elif name is not None:
            found.append(hit_at(grid, cell, name))
        else:
            found.extend(_inline(grid, cell, labels))
    return _set_apart(grid, found, labels)


def _set_apart(grid: Grid, hits: list[Hit], labels: Labels) -> list[Hit]:
    """The hits without those inside their own label's value (电话 | 手机：139…), and with `within` and `above` set."""
    alone = {(hit.row, hit.right + 1): hit for hit in hits if hit.inline is None}
    kept = [hit for hit in hits if hit.inline is None or (hit.row, hit.col) not in alone
            or alone[hit.row, hit.col].field != hit.field]
    bare = {(hit.row, hit.col): hit.field for hit in hits if hit.inline is None}
    cells = {(hit.row, hit.col) for hit in kept if hit.inline is not None and not hit.within}
    shared = {place for place in cells if _tells_first(grid, place, bare, labels)}
    kept = [hit._replace(within=True) if hit.inline is not None and (hit.row, hit.col) in shared else hit
            for hit in kept]
    rows = stacked_rows(kept)
    return [hit._replace(above=True) if hit.inline is None and hit.row in rows else hit for hit in kept]


def _tells_first(grid: Grid, place: tuple[int, int], bare: dict[tuple[int, int], str], labels: Labels) -> bool:
    """Whether a cell with a label in it begins with the value of another, which stands at its left (联系人 | 王五
    电话：138…); `bare` are such labels by their places."""
    told = (cell for col in range(place[1] - 1, -1, -1) if (cell := grid.at(place[0], col)) is not None)
    left, cell = next((cell for cell in told if not is_blank(cell.text)), None), grid.at(*place)
    field = bare.get(left[:2]) if left is not None else None
    if field is None or cell is None:
        return False
    text = _without_own_label(cell.text, labels, field)
    start = next_label(text, labels, field)
    return not begins_with_figure(text, labels) if start is None else bool(text[:start].strip(_EDGES))


def stacked_rows(hits: list[Hit]) -> set[int]:
    """Rows in which two labels touch: no value can stand at the right of the first."""
    starts = {(hit.row, hit.col) for hit in hits if hit.inline is None}
    return {hit.row for hit in hits if hit.inline is None and (hit.row, hit.right + 1) in starts}


def _pair(grid: Grid, cell: Cell, fields: tuple[str, str], labels: Labels) -> list[Hit]:
    """A label of a person and a number: the numbers in its value are the second, the rest the first."""
    whole = _right_of(grid, hit_at(grid, cell, fields[0]), labels, set())
    if whole is None:
        return [hit_at(grid, cell, name) for name in fields]
    at = address(whole.row, whole.col)
    numbers = "、".join(_NUMBERS.findall(whole.text))
    person = _NUMBERS.sub("", whole.text).strip(_EDGES)
    return [hit_at(grid, cell, fields[0], Value(person, at)), hit_at(grid, cell, fields[1], Value(numbers, at))]


def hit_at(grid: Grid, cell: Cell, name: str, inline: Value | None = None, guessed: str = "") -> Hit:
    """The label in `cell`, over the range that it is merged into."""
    top, left, bottom, right = grid.span(cell.row, cell.col)
    return Hit(name, top, left, bottom, right, inline, guessed)


def _inline(grid: Grid, cell: Cell, labels: Labels) -> list[Hit]:
    """Labels with their values in one cell: “联系人：张三”, “从业人员数1200人，其中：专业技术人员460人”."""
    found = []
    marks = colon_labels(cell.text, labels) if ":" in cell.text or "：" in cell.text else []
    for (_, start, name), following in zip(marks, [*marks[1:], None], strict=False):
        text = cell.text[start:following[0] if following else None].strip(_AROUND)
        value = Value(text, address(cell.row, cell.col))
        # A label with nothing behind its colon has its value in the next cell.
        alone = not text and following is None
        found.append(hit_at(grid, cell, name, None if alone else value))
    numbers = figures(cell, labels)
    if not found and not numbers:
        return []
    named = {hit.field for hit in found}
    found.extend(hit_at(grid, cell, name, value) for name, value in numbers if name not in named)
    return [hit._replace(within=True) for hit in found] if _VALUE_FIRST.match(cell.text) else found


def value_of(grid: Grid, hit: Hit, labels: Labels, spare: set[tuple[int, int]]) -> Value:
    """The value that belongs to a label; blank, with the cell where it was expected, if there is none.

    `spare` are the cells that are labels themselves.
    """
    if hit.inline is not None:
        return hit.inline
    if hit.field in labels.regions:
        return _region(grid, hit, labels, spare)
    if hit.field in labels.long_texts:
        whole = long_text(grid, Area(hit.row, hit.bottom, hit.right + 1), labels, spare)
        if whole is not None:
            return whole
    if hit.field in labels.sub_labels:
        hit = _past_sub_label(grid, hit, labels, spare)
    below = _below(grid, hit, labels, spare) if hit.above else None
    if below is not None:
        return _value(grid, below, labels, hit.field)
    right = None if hit.above else _right_of(grid, hit, labels, spare)
    if right is not None and not is_unit(right):
        whole = day(grid, right, labels, spare) if hit.field in labels.days else None
        return whole or _value(grid, right, labels, hit.field)
    below = _below(grid, hit, labels, spare)
    if below is not None:
        return _value(grid, below, labels, hit.field)
    return Value(right.text if right else "", _expected(grid, hit, spare))


def is_unit(cell: Cell) -> bool:
    """Whether a cell holds only a unit or hint that the form prints (人, 项)."""
    return len(cell.text.strip()) <= 3 and is_placeholder(cell.text)


def _value(grid: Grid, cell: Cell, labels: Labels, field: str) -> Value:
    text = _without_own_label(cell.text, labels, field) if field in labels.texts else cell.text
    return Value(_before_next_label(text, labels, field), address(cell.row, cell.col), cell.stored)


def _without_own_label(text: str, labels: Labels, field: str) -> str:
    """What stands behind the label that a value's own cell repeats (联系人：王五, 姓名：王五)."""
    colon = _COLON.search(text)
    if colon is None or colon.start() > _LONGEST_LABEL:
        return text
    key = label_key(text[:colon.start()])
    if labels.singles.get(key) != field and key not in labels.sub_labels.get(field, ()):
        return text
    rest = text[colon.end():]
    # Two addresses in one cell, each with its label, are left as they stand.
    return text if any(name == field for _, _, name in colon_labels(rest, labels)) else rest.strip(_AROUND)


def _before_next_label(text: str, labels: Labels, field: str) -> str:
    """A value's text up to the next label, where both stand in one cell (1200人，其中：专业技术人员460人; 王五 电话：138…)."""
    if field in labels.counts:
        return _OF_WHICH.split(text, maxsplit=1)[0]
    start = None if field in labels.long_texts else next_label(text, labels, field)
    return text if start is None else text[:start].strip(_AROUND)


def _right_of(grid: Grid, hit: Hit, labels: Labels, spare: set[tuple[int, int]]) -> Cell | None:
    """The first cell with content right of a label, unless another label or the form's right edge comes before it."""
    for col in range(hit.right + 1, grid.width):
        if grid.span(hit.row, col)[:2] in spare:
            return None
        cell = grid.at(hit.row, col)
        if cell is not None and not is_blank(cell.text):
            return None if is_apart(grid, hit.row, col, hit.right, labels) else cell
    return None


def _past_sub_label(grid: Grid, hit: Hit, labels: Labels, spare: set[tuple[int, int]]) -> Hit:
    """The label, or in its place the bare one that stands between it and its value (姓名)."""
    cell = _right_of(grid, hit, labels, spare)
    if cell is None or label_key(cell.text) not in labels.sub_labels[hit.field]:
        return hit
    top, left, bottom, right = grid.span(cell.row, cell.col)
    above = hit.above or (bottom < hit.bottom and grid.span(top, right + 1)[:2] in spare)
    return hit._replace(row=top, col=left, bottom=bottom, right=right, above=above)


def _below(grid: Grid, hit: Hit, labels: Labels, spare: set[tuple[int, int]]) -> Cell | None:
    """The cell below a label, where labels stand above their values."""
    cell = grid.at(hit.bottom + 1, hit.col)
    if cell is None or is_blank(cell.text) or grid.span(cell.row, cell.col)[:2] in spare:
        return None
    if cell.row != hit.bottom + 1 or labels.is_label(cell.text):
        return None
    # A text that some label in its own row reaches belongs to that label.
    for col in range(cell.col - 1 if not hit.above else -1, -1, -1):
        before = grid.at(cell.row, col)
        if before is not None and (before.row, before.col) in spare and labels.field(before.text) is not None:
            return None
        # A section's title merged down the left column owns none of the cells beside it.
        if before is not None and not labels.is_label(before.text):
            break
    return cell


def _expected(grid: Grid, hit: Hit, spare: set[tuple[int, int]]) -> str:
    """Where the value of a label with none should stand."""
    right = (hit.row, hit.right + 1)
    below = (hit.bottom + 1, hit.col)
    if hit.above or (grid.span(*right)[:2] in spare and grid.span(*below)[:2] not in spare):
        return address(*below)
    # A merged range is a place for a value; a single blank cell before one is a gap between the columns.
    for col in range(hit.right + 1, min(hit.right + 4, grid.width)):
        top, left, _, last = grid.span(hit.row, col)
        if (top, left) in spare:
            break
        if last > left:
            return address(top, left)
    return address(*grid.span(*right)[:2])


def _region(grid: Grid, hit: Hit, labels: Labels, spare: set[tuple[int, int]]) -> Value:
    area = Area(hit.row, hit.bottom, hit.right + 1)
    cells = cells_in(grid, area, labels, spare)
    texts = texts_of(grid, area, cells, labels)
    if not texts:
        below = _below(grid, hit, labels, spare)
        cells, texts = ([below], [below.text]) if below is not None else ([], [])
    if not cells:
        return Value(CELL_BREAK.join(texts), _expected(grid, hit, spare))
    faults = [cell for cell in cells if cell.stored in FAULTS]
    # Beside boxes that can be read, an error says nothing of them; a number that cannot be read is missing in the sum.
    if faults and (hit.field not in labels.ticks or texts == [cell.text for cell in faults]):
        return Value(faults[0].text, address(faults[0].row, faults[0].col), faults[0].stored)
    # Counts split over cells are wrong, if they are, in their numbers; a tick, in the first cell of the row of boxes.
    numbers = [cell for cell in cells if is_number(cell)] or cells[:1]
    return Value(CELL_BREAK.join(texts), ",".join(address(cell.row, cell.col) for cell in numbers))
