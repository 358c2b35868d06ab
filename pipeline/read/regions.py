"""Values that are every cell right of a label: boxes to tick, and the counts that a form may split over cells.

The texts come out in reading order, each mark with the option it stands beside, each number with its word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.details import Box
from pipeline.grid import Cell, Grid
from pipeline.read.labels import Labels
from schemas.kinds.marks import without_brackets
from schemas.kinds.text import is_blank, trim
from schemas.kinds.ticks import CHECKED, UNCHECKED
from schemas.label import label_key

_NUMBER = re.compile(r"^[_\s]*[\d０-９]+[_\s]*$")
_MARKS = CHECKED | UNCHECKED
_EMPTY_BOXES = "□☐ 　"
# So many cells in a row that are columns of a table make it the header of one.
_FEWEST_HEADS = 3


@dataclass(frozen=True)
class Area:
    """Rows `top` to `bottom`, from column `left` to the next label."""

    top: int
    bottom: int
    left: int


def cells_in(grid: Grid, area: Area, labels: Labels, spare: set[tuple[int, int]]) -> list[Cell]:
    """The cells of an area in reading order; options may go on in rows below it that hold nothing else."""
    found: list[Cell] = []
    row, bottom = area.top, area.bottom
    while row <= bottom:
        found.extend(cell for cell in cells_beside(grid, row, area.left, labels, spare) if cell not in found)
        if row == bottom and _goes_on(grid, row + 1, area, labels, spare):
            bottom += 1
        row += 1
    return found


def cells_beside(grid: Grid, row: int, left: int, labels: Labels, spare: set[tuple[int, int]]) -> list[Cell]:
    """The cells that show in a row from column `left` to the next label or the form's right edge."""
    found: list[Cell] = []
    for col in range(left, grid.width):
        if grid.span(row, col)[:2] in spare:
            break
        cell = grid.at(row, col)
        # What is merged shows in each of its columns.
        if cell is not None and cell not in found and not is_blank(cell.text):
            if is_apart(grid, row, col, left - 1, labels):
                break
            found.append(cell)
    return found


def is_apart(grid: Grid, row: int, col: int, label: int, labels: Labels) -> bool:
    """Whether a cell stands right of the form, with nothing before it: a note on the form, or a list beside it.

    `label` is the last column of the label whose value it may be; of one that itself stands there, it is.
    """
    before = grid.at(row, col - 1)
    if before is not None and not is_blank(before.text):
        return False
    return label <= (edge := _right_edge(grid, labels)) < col


def _right_edge(grid: Grid, labels: Labels) -> int:
    """The last column of the sheet's tables and of what is merged over them; of a sheet without tables, its own.

    Also its own where the keys of its cells are not kept, as this is asked for each value: in a sheet of so many cells
    a note beside the form may be read as a value.
    """
    heads: dict[int, list[int]] = {}
    for cell, key in grid.keyed if grid.keeps_keys else ():
        if key in labels.headings:
            heads.setdefault(cell.row, []).append(cell.col)
    ends = [_last_beside(grid, row, cols[-1]) for row, cols in heads.items() if len(cols) >= _FEWEST_HEADS]
    if not ends:
        return grid.width
    edge = max(ends)
    return max(edge, *(right for _, left, _, right in grid.spans.values() if left <= edge), edge)


def _last_beside(grid: Grid, row: int, col: int) -> int:
    """The last column up to which no column of a row is empty, from `col` on."""
    while (cell := grid.at(row, col + 1)) is not None and not is_blank(cell.text):
        col += 1
    return col


def _goes_on(grid: Grid, row: int, area: Area, labels: Labels, spare: set[tuple[int, int]]) -> bool:
    cells = [cell for cell in grid.in_row(row) if cell.row == row]
    if not cells or any(cell.col < area.left or (cell.row, cell.col) in spare for cell in cells):
        return False
    return (any(_names_option(cell.text, labels) for cell in cells) or all(map(is_number, cells))
            or all(map(is_mark, cells)))


def texts_of(grid: Grid, area: Area, cells: list[Cell], labels: Labels) -> list[str]:
    """The area's texts, with form-control boxes as marks, marks put to their options, numbers to their words."""
    rows = {cell.row for cell in cells} | {area.top, area.bottom}
    boxes = [box for box in grid.boxes if box.row in rows and box.col >= area.left - 1]
    if boxes:
        return _with_boxes(cells, boxes, labels)
    return _numbers_below(cells) or _marks_below(grid, cells) or _with_marks(cells, area)


def _numbers_below(cells: list[Cell]) -> list[str]:
    """Words in one row and their numbers in the next, as pairs; [] where the cells are not so."""
    rows = sorted({cell.row for cell in cells})
    if len(rows) != 2:
        return []
    words, numbers = ([cell for cell in cells if cell.row == row] for row in rows)
    if not all(_NUMBER.match(cell.text) for cell in numbers) or any(_NUMBER.match(cell.text) for cell in words):
        return []
    return [word.text.split("（")[0].split("(")[0] + number.text.strip() for word in words for number in numbers
            if number.col == word.col]


def _marks_below(grid: Grid, cells: list[Cell]) -> list[str]:
    """Options with the marks that stand in the rows below them, each under its own; [] where the cells are not so."""
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    marked = {row for row, there in rows.items() if all(map(is_mark, there))}
    if not marked or any(is_mark(cell) for row in rows.keys() - marked for cell in rows[row]):
        return []
    marks = {grid.at(row - 1, cell.col): cell for row in marked for cell in rows[row]}
    options = [cell for row, there in rows.items() if row not in marked for cell in there]
    if not marks.keys() <= set(options):
        return []
    return [(_sign(marks[cell]) if cell in marks else "□") + cell.text.lstrip(_EMPTY_BOXES) for cell in options]


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number and nothing else."""
    return _NUMBER.match(cell.text) is not None


def is_mark(cell: Cell) -> bool:
    """Whether a cell holds a tick or an empty box and nothing else."""
    return cell.stored == "bool" or _bare(cell) in _MARKS


def _with_marks(cells: list[Cell], area: Area) -> list[str]:
    """Marks in cells of their own, joined to the option in the same row: after it where the first cell is an option."""
    marks = set(filter(is_mark, cells))
    if not marks:
        return [cell.text for cell in cells]
    if any(_sign(cell) == "☑" for cell in marks):
        # Beside a tick, any other character alone is a box that nobody ticked (口, ×).
        marks.update(cell for cell in cells if len(_bare(cell)) == 1)
    after = any(cell.col == area.left and cell not in marks for cell in cells)
    texts: list[str] = []
    pending = ""
    for n, cell in enumerate(cells):
        if cell not in marks:
            texts.append(pending + cell.text)
            pending = ""
        elif after and n and cells[n - 1].row == cell.row and cells[n - 1] not in marks:
            texts[-1] = _sign(cell) + texts[-1].lstrip(_EMPTY_BOXES)
        else:
            pending = _sign(cell)
    return texts


def _sign(cell: Cell) -> str:
    if cell.stored == "bool":
        return "☑" if cell.text == "TRUE" else "□"
    return "☑" if _bare(cell) in CHECKED else "□"


def _bare(cell: Cell) -> str:
    """What stands in a cell, a mark without its brackets."""
    return trim(without_brackets(cell.text))


def _with_boxes(cells: list[Cell], boxes: list[Box], labels: Labels) -> list[str]:
    """The texts with form-control boxes put as marks before the options they tick."""
    if all(_names_option(box.caption, labels) for box in boxes):
        return [*(c.text for c in cells if not _names_option(c.text, labels)), *(_mark(b) + b.caption for b in boxes)]
    whole = "".join(cell.text for cell in cells)
    places = _option_places(whole, labels)
    if len(places) == len(boxes) and len(cells) == 1:
        return [_mark(box) + whole[start:end].strip(_EMPTY_BOXES)
                for box, start, end in zip(boxes, places, [*places[1:], len(whole)], strict=True)]
    options = [cell for cell in cells if _names_option(cell.text, labels)]
    marks = {id(_nearest(box, options)): _mark(box) for box in boxes if options}
    return [marks[id(c)] + c.text.lstrip(_EMPTY_BOXES) if id(c) in marks else c.text for c in cells]


def _nearest(box: Box, options: list[Cell]) -> Cell:
    """The option in the box's row that begins nearest to it, before one in another row."""
    return min(options, key=lambda cell: (abs(cell.row - box.row), abs(cell.col - box.col)))


def _mark(box: Box) -> str:
    return "☑" if box.checked else "□"


def _names_option(text: str, labels: Labels) -> bool:
    key = label_key(text)
    return any(option in key for option in labels.options)


def _option_places(text: str, labels: Labels) -> list[int]:
    """Where each option's label begins, the longest spelling winning where several overlap."""
    places: list[tuple[int, int]] = []
    for option in sorted(labels.options, key=len, reverse=True):
        for match in re.finditer(re.escape(option), text):
            if not any(start < match.end() and match.start() < end for start, end in places):
                places.append(match.span())
    return sorted(start for start, _ in places)
