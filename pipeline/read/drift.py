"""How far a sheet is from the template, and what in it cannot be read: F04, F05, F07, F13 as they are spotted."""

from __future__ import annotations

import re

from pipeline.grid import Cell, Grid, Workbook, address
from pipeline.read.headers import Header
from pipeline.read.labels import SINGLES, Labels, half
from pipeline.read.record import FormReading, Spotted, Value
from pipeline.read.singles import Hit
from pipeline.read.tables import Table
from schemas.kinds.text import is_blank, is_placeholder
from schemas.label import label_key

_MOST_NAMED = 4
_LONGEST_UNKNOWN = 16
# Not a label of a field: a number, a sentence, a unit, what stands around a form.
_PLAIN = re.compile(r"\d|[。；]|^(注(?!册)|备注|说明|附件|单位|填表|审核|盖章)|^[人项个]$")


def shape(home: Grid, chosen: dict[str, tuple[Grid, Hit]], tables: list[tuple[Grid, Table]], strange: list[Cell],
          labels: Labels) -> list[Spotted]:
    """F05: what was guessed, was not recognised or is missing (W), sheet by sheet; or what merely stands or is called
    otherwise (I)."""
    doubts = _doubts(home.name, chosen, tables, labels)
    doubts.extend((home.name, address(cell.row, cell.col), f"多出栏目“{_in_one_line(cell.text)}”，未读取")
                  for cell in strange)
    if doubts:
        return [_doubted(sheet, [doubt[1:] for doubt in doubts if doubt[0] == sheet])
                for sheet in sorted({doubt[0] for doubt in doubts}, key=lambda sheet: (sheet != home.name, sheet))]
    moved = _moved(home, chosen, [table for _, table in tables], labels)
    if not moved:
        return []
    at = next((address(hit.row, hit.col) for grid, hit in chosen.values() if grid is home), "A1")
    return [Spotted("F05_MOVED", home.name, at, (("diff", "；".join(moved)),))]


def _doubted(sheet: str, doubts: list[tuple[str, str]]) -> Spotted:
    """F05 for the (address, words) of one sheet."""
    places = ",".join(dict.fromkeys(at for at, _ in doubts if at))
    return Spotted("F05", sheet, places, (("diff", "；".join(text for _, text in doubts)),))


def unknown_labels(home: Grid, chosen: dict[str, tuple[Grid, Hit]], bands: list[tuple[int, int]],
                   singles: dict[str, Value], labels: Labels) -> list[Cell]:
    """Texts that stand where the form's labels stand, with a value at their right, and are none of them."""
    hits = [hit for grid, hit in chosen.values() if grid is home and hit.inline is None]
    if not hits:
        return []
    columns = {hit.col for hit in hits}
    first, last = min(hit.row for hit in hits), max(hit.row for hit in hits)
    values = {place for value in singles.values() for place in value.at.split(",")}
    taken = {row for hit in hits if hit.field in labels.regions for row in range(hit.row, hit.bottom + 1)}
    taken |= {row for top, bottom in bands for row in range(top, bottom + 1)}
    labelled = {(hit.row, hit.col) for hit in hits}
    return [cell for cell in home if cell.col in columns and first < cell.row < last and cell.row not in taken
            and (cell.row, cell.col) not in labelled and _like_label(home, cell, labels)
            and address(cell.row, cell.col) not in values]


def _like_label(home: Grid, cell: Cell, labels: Labels) -> bool:
    key = label_key(cell.text)
    if not 2 <= len(key) <= _LONGEST_UNKNOWN or _PLAIN.search(key):
        return False
    if key in labels.pairs or key in labels.between or labels.is_label(cell.text):
        return False
    right = home.at(cell.row, home.span(cell.row, cell.col)[3] + 1)
    return right is not None and right != cell and not is_blank(right.text) and not labels.is_label(right.text)


def _in_one_line(label: str) -> str:
    """A label as it reads without its line breaks, which part words anywhere."""
    return "".join(map(str.strip, label.splitlines()))


def _doubts(home: str, chosen: dict, tables: list[tuple[Grid, Table]], labels: Labels) -> list[tuple[str, str, str]]:
    """(sheet, address or "", words)."""
    found = []
    for name, (grid, hit) in chosen.items():
        if hit.guessed:
            known = labels.printed[SINGLES, name]
            found.append((grid.name, address(hit.row, hit.col), f"“{_in_one_line(hit.guessed)}”按“{known}”识别"))
    for grid, table in tables:
        found.extend((grid.name, *doubt) for doubt in _doubts_of(table.header, labels))
    missing = [name for name in labels.order[SINGLES]
               if name not in chosen and name not in labels.cover and name != "fill_date"]
    found.extend((home, "", f"没有找到栏目“{labels.printed[SINGLES, name]}”") for name in missing)
    present = {table.header.block for _, table in tables}
    found.extend((home, "", f"没有找到“{labels.short[block]}”") for block in labels.tables if block not in present)
    return found


def _doubts_of(header: Header, labels: Labels) -> list[tuple[str, str]]:
    """(address, words) of one table's columns."""
    found, short = [], labels.short[header.block]
    for cell, name in header.guessed:
        known = labels.printed[header.block, name.split("#")[0]]
        found.append((address(cell.row, cell.col), f"{short}的“{_in_one_line(cell.text)}”按“{known}”识别"))
    for cell in header.unknown:
        found.append((address(cell.row, cell.col), f"{short}多出栏目“{_in_one_line(cell.text)[:20]}”，未读取"))
    for name in labels.order[header.block]:
        if name not in header.columns and name != "serial" and half(name, 0) not in header.columns:
            found.append((address(header.top, min(header.columns.values())),
                          f"{short}没有找到栏目“{labels.printed[header.block, name]}”"))
    return found


def _moved(home: Grid, chosen: dict, tables: list[Table], labels: Labels) -> list[str]:
    found = []
    for table in tables:
        columns = table.header.columns.items()
        stood = [name for name, _ in sorted(columns, key=lambda item: item[1]) if "#" not in name]
        declared = [name for name in labels.order[table.header.block] if name in table.header.columns]
        if stood != declared:
            found.append(f"{labels.short[table.header.block]}栏目顺序不同")
    renamed = [f"“{_in_one_line(text)}”即“{labels.printed[SINGLES, name]}”" for name, (grid, hit) in chosen.items()
               if hit.inline is None and (cell := grid.at(hit.row, hit.col)) is not None
               and label_key(text := cell.text) != label_key(labels.printed[SINGLES, name])]
    if renamed:
        found.append("栏目写法不同：" + "、".join(renamed[:_MOST_NAMED]) + ("等" if len(renamed) > _MOST_NAMED else ""))
    if any(grid is not home for grid, _ in chosen.values()):
        found.append("内容分在几张工作表")
    order = [table.header.block for table in tables]
    found.extend(f"{labels.short[block]}分在几处，已合在一起" for block in labels.tables if order.count(block) > 1)
    if list(dict.fromkeys(order)) != [block for block in labels.tables if block in order]:
        found.append("各表先后次序不同")
    return found


def left_out(grid: Grid, table: Table, rows: int, labels: Labels) -> Spotted:
    """F05 for a table that belongs to no form; `rows` of it stand in none."""
    words = f"另有{labels.short[table.header.block]}，其中 {rows} 行不在本表内"
    return Spotted("F05_ROWS", grid.name, address(table.header.top, table.header.left), (("diff", words),))


def edition(mark: str, form: FormReading, labels: Labels) -> list[Spotted]:
    """F05 where a workbook carries the mark of another edition of the template."""
    if not mark or mark == labels.edition:
        return []
    return [Spotted("F05", form.sheet, "", (("diff", f"使用的是“{mark}”版模板，现行为“{labels.edition}”版"),))]


def hidden(book: Workbook, form: FormReading, labels: Labels) -> list[Spotted]:
    """F07 for hidden rows and columns of the form's sheet and for hidden sheets that hold something."""
    found = []
    for grid in book.grids:
        if not grid.visible:
            if grid.cells and grid.name not in (form.sheet, labels.answer_sheet):
                found.append(Spotted("F07", form.sheet, "", (("where", f"工作表“{grid.name}”"),)))
            continue
        if grid.name != form.sheet:
            continue
        if not grid.hidden_rows and not grid.hidden_cols:
            continue
        told = [cell for cell in grid if not is_blank(cell.text)]
        rows = sorted({cell.row + 1 for cell in told if cell.row in grid.hidden_rows})
        cols = sorted({cell.col for cell in told if cell.col in grid.hidden_cols})
        if rows:
            words = "第 " + "、".join(map(str, rows[:5])) + (" 等" if len(rows) > 5 else "") + " 行"
            found.append(Spotted("F07", form.sheet, f"A{rows[0]}", (("where", words),)))
        if cols:
            letters = [address(0, col).rstrip("1") for col in cols[:5]]
            found.append(Spotted("F07", form.sheet, f"{letters[0]}1", (("where", "第 " + "、".join(letters) + " 列"),)))
    return found


def pictures(book: Workbook, form: FormReading, labels: Labels) -> list[Spotted]:
    """F13 where a form's sheet shows pictures and its member table holds no text."""
    shown = sum(grid.pictures for grid in book.grids if grid.name == form.sheet)
    if not shown or form.blocks.get("members"):
        return []
    return [Spotted("F13", form.sheet)]


def nothing_found(book: Workbook, labels: Labels) -> Spotted:
    """F13 for a workbook that holds only pictures, else F04 with the sheets that were looked at."""
    if any(grid.pictures for grid in book.grids) and not any(grid.cells for grid in book.grids):
        return Spotted("F13", book.grids[0].name)
    looked_at = [grid.name for grid in book.grids if grid.name != labels.answer_sheet] or [labels.answer_sheet]
    seen = "、".join(looked_at[:3])
    pasted = "；其中的图片不能读取，内容须录入单元格" if any(grid.pictures for grid in book.grids) else ""
    return Spotted("F04", looked_at[0], "", (("seen", f"（看过的工作表：{seen}{pasted}）" if seen else ""),))


def is_blank_form(form: FormReading, labels: Labels) -> bool:
    """Whether nothing was filled in: the blank template, or a blank copy of the form beside a filled one."""
    if any(records for block, records in form.blocks.items() if block != SINGLES):
        return False
    singles = form.blocks[SINGLES][0]
    told = [value for name, value in singles.items() if name not in labels.regions
            and not is_blank(value.text) and not is_placeholder(value.text)
            and label_key(value.text) not in labels.hints]
    return not told
