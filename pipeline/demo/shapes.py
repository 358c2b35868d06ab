"""Ways in which bureaus lay the form out without the template: retyped from the notice, rearranged, adorned.

The labels are the form's own or spellings it accepts. What a layout changes is data: a plan can name it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.demo import boxes
from pipeline.demo.consortia import Filled
from pipeline.demo.sheet import Sheet
from schemas.current import FORM
from schemas.form import Block

# The rows of section 1 and of the figures as the notice pairs them.
_PAIRS = (
    (("name",), ("industry", "address"), ("lead_unit", "legal_representative"),
     ("lead_scientist", "lead_scientist_title"), ("lead_type",), ("contact", "phone"), ("member_counts",)),
    (("rd_directions",), "members", ("governance",)),
    (("staff_count", "technical_staff_count"), ("ip_count", "invention_patent_count"),
     "platforms", "projects"),
)


@dataclass(frozen=True)
class Layout:
    """`wording`: which accepted spelling labels have, 0 the form's own. `moved`: the sections' order.

    `swap`: columns that come first in their tables. `tail`: what stands below the members (spare, dots,
    total).
    """

    wording: int = 0
    ticks: str = "line"
    top: int = 0
    left: int = 0
    moved: tuple[int, ...] = (0, 1, 2)
    swap: tuple[str, ...] = ()
    two_row_header: bool = False
    merged_down: bool = False
    tall_rows: bool = False
    tail: tuple[str, ...] = ()
    example: bool = False
    remarks: bool = False
    title: bool = True
    cover: bool = False
    instructions: bool = False
    dates: bool = False


class _Drawing:
    """One form being drawn, from the top down. The sheet is eight columns wide, as in the notice."""

    def __init__(self, filled: Filled, layout: Layout, name: str) -> None:
        self.filled, self.layout, self.sheet = filled, layout, Sheet(name)
        self.columns = FORM.block("consortium").columns
        self.row = layout.top
        self.left = layout.left
        self.right = layout.left + 7 + (3 if layout.ticks in boxes.WIDE else 0)

    def draw(self) -> Sheet:
        if self.layout.title:
            self._line(FORM.title)
        for place in self.layout.moved:
            self._line(FORM.sections[place])
            for entry in _PAIRS[place]:
                if isinstance(entry, str):
                    self._table(FORM.block(entry))
                else:
                    self._fields(entry)
        if self.layout.title and not self.layout.cover:
            self._line(f"{self._label('fill_date')}：{self.filled['consortium'].get('fill_date', '')}")
        return self.sheet

    def _label(self, field: str, block: str = "consortium") -> str:
        column = FORM.block(block).columns[field]
        spelled = (column.label, *column.spellings)
        return spelled[min(self.layout.wording, len(spelled) - 1)]

    def _line(self, text: str) -> None:
        self.sheet.put(self.row, self.left, text, self.right)
        self.row += 1

    def _fields(self, fields: tuple[str, ...]) -> None:
        record, half = self.filled["consortium"], self.left + 4
        if fields == ("lead_type",):
            self.sheet.put(self.row, self.left, self._label("lead_type"))
            boxes.draw(self.sheet, self.layout.ticks, record["lead_type"],
                       self.row, self.left + 1, self.right)
        else:
            ends = (self.right,) if len(fields) == 1 else (half - 1, self.right)
            for field, start, end in zip(fields, (self.left, half), ends, strict=False):
                self.sheet.put(self.row, start, self._label(field))
                self.sheet.put(self.row, start + 1, record.get(field, ""), end)
        self.row += 1

    def _table(self, block: Block) -> None:
        first, columns = self.row, self._columns(block)
        self._header(block, columns)
        records = [*([self._example(block)] if self.layout.example and block.name == "members" else []),
                   *self.filled[block.name]]
        high = 2 if self.layout.tall_rows and block.name == "members" else 1
        for record in records:
            for place, field in enumerate(columns, self.left + 1):
                content = record.get(field, "")
                content = self._dated(content) if field == "established" else content
                self.sheet.put(self.row, place, content, bottom=self.row + high - 1)
            self.row += high
        if self.layout.merged_down and block.name == "platforms":
            self._merge_equal(columns.index("industry"), self.row - len(records), self.row - 1)
        if block.name == "members":
            self._tail(columns)
        self.sheet.put(first, self.left, block.title, bottom=self.row - 1)

    def _columns(self, block: Block) -> list[str]:
        fields = list(block.columns)
        for field in self.layout.swap:
            if field in fields:
                fields.remove(field)
                fields.insert(1, field)
        return fields

    def _header(self, block: Block, columns: list[str]) -> None:
        two = self.layout.two_row_header and block.name == "members"
        for place, field in enumerate(columns, self.left + 1):
            column = block.columns[field]
            label = self._label(field, block.name) + (f"（{column.unit}）" if column.unit and not two else "")
            if two and column.unit:
                self.sheet.put(self.row + 1, place, label)
            else:
                self.sheet.put(self.row, place, label, bottom=self.row + (1 if two else 0))
        if two:
            money = [place for place, field in enumerate(columns, self.left + 1) if block.columns[field].unit]
            self.sheet.put(self.row, money[0], block.columns["revenue_wan"].hint, money[-1])
        if self.layout.remarks and block.name == "members":
            self.sheet.put(self.row, self.right + 1, "备注")
            self.sheet.put(self.row + 1, self.right + 1, "规上企业")
        self.row += 2 if two else 1

    def _example(self, block: Block) -> dict[str, object]:
        return {**{field: column.example for field, column in block.columns.items()}, "serial": "例"}

    def _merge_equal(self, place: int, first: int, last: int) -> None:
        """The same content in one column below itself becomes one merged cell."""
        col = self.left + 1 + place
        if last > first and len({self.sheet.cells.get((row, col)) for row in range(first, last + 1)}) == 1:
            for row in range(first + 1, last + 1):
                del self.sheet.cells[row, col]
            self.sheet.merges.append((first, col, last, col))

    def _tail(self, columns: list[str]) -> None:
        place = len(self.filled["members"])
        for kind in self.layout.tail:
            if kind == "spare":
                for spare in range(place + 1, place + 4):
                    self.sheet.put(self.row, self.left + 1, spare)
                    self.row += 1
            elif kind == "dots":
                self.sheet.put(self.row, self.left + 1, "…")
                self.row += 1
            else:
                self._total(columns)

    def _total(self, columns: list[str]) -> None:
        self.sheet.put(self.row, self.left + 1, "合计")
        for field in ("revenue_wan", "rd_spend_wan"):
            numbers = [record[field] for record in self.filled["members"] if isinstance(record[field], float)]
            self.sheet.put(self.row, self.left + 1 + columns.index(field), round(sum(numbers), 2))
        self.row += 1

    def _dated(self, text: object) -> object:
        found = re.match(r"(\d{4})\D+(\d{1,2})\D*$", str(text)) if self.layout.dates else None
        return date(int(found[1]), int(found[2]), 1) if found else text


def draw(filled: Filled, layout: Layout, name: str = FORM.sheet) -> list[Sheet]:
    """The sheets of one form: the form itself, last, and before it a cover and instructions, if any."""
    sheets = [_Drawing(filled, layout, name).draw()]
    if layout.cover:
        sheets.insert(0, _cover(filled))
    if layout.instructions:
        sheets.insert(0, _instructions())
    return sheets


def _cover(filled: Filled) -> Sheet:
    """The cover of the 申请书, which bureaus like to keep in the workbook."""
    sheet, columns, record = Sheet("封面"), FORM.block("consortium").columns, filled["consortium"]
    sheet.put(2, 1, "江苏省创新联合体建设试点申请书", 5)
    for row, field in enumerate(("name", "industry", "lead_unit", "contact", "phone", "fill_date"), 5):
        sheet.put(row, 1, f"{columns[field].label}{'（盖章）' if field == 'lead_unit' else ''}：", 2)
        sheet.put(row, 3, record.get(field, ""), 5)
    return sheet


def _instructions() -> Sheet:
    """The sheet of help texts, which nobody reads and nobody deletes."""
    sheet = Sheet("填写说明")
    sheet.put(0, 0, "填写说明", 2)
    columns = [column for block in FORM.blocks for column in block.columns.values() if column.help]
    for row, column in enumerate(columns, 1):
        sheet.put(row, 0, row)
        sheet.put(row, 1, column.label)
        sheet.put(row, 2, column.help)
    return sheet
