"""The sheet 问题清单 in front of the form: the verdict, what to do, and each problem with a link to its cell.

Every text is an inline string and every link stays in the workbook, so nothing from a cell can become a
formula.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from pipeline.grid import address
from pipeline.publish.measures import HIGHEST_ROW
from pipeline.publish.problems import NUMBER_COLUMN, PROBLEM_COLUMNS
from pipeline.publish.returned.lines import Entry, Line, groups
from pipeline.publish.returned.text import excel_escaped, lines_in
from schemas.current import FORM
from schemas.rule import SEVERITY_WORDS, Severity
from schemas.season import STATE_WORDS

# The columns are those of the bureau's 问题清单 but for the form's name and the finding's age; widths in half-width
# characters. By the number an explanation is taken, wherever the rows of the form have gone.
WIDTHS = {
    "serial": 5,
    "place": 34,
    "message": 38,
    "value": 20,
    "suggestion": 38,
    "severity": 8,
    "code": 8,
    "remark": 28,
    "numbers": 7,
}
_RELATED = "相关单元格"
TITLES = {column.field: column.title for column in (*PROBLEM_COLUMNS, NUMBER_COLUMN) if column.field in WIDTHS}
COLUMNS = list(WIDTHS)
GUIDE = (
    "后面的表中，红色单元格须改正，黄色单元格需核实，鼠标移到单元格上可看批注；点下面的“表·单元格”可直接到该格。"
    "“需核实”的，请改正，或在“说明”栏写明情况（只写“核实无误”不作为说明）。改好保存后，把本文件直接放回本市收件夹；"
    "本表、颜色和批注不作为填报内容，不必删除。"
)
NOTHING = "没有需要改正或核实的内容。"
SETTLED = "以下已经说明或由省里裁定，不需再办；说明过的单元格如再改动，须重新说明。"
NOTICES = "以下为提示，系统已自动处理或仅供参考，可不改。"
_LETTERS = tuple(address(0, col).rstrip("1") for col in range(len(COLUMNS)))
_COLS = "".join(
    f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS.values(), 1)
).join(("<cols>", "</cols>"))
_LINE_POINTS, _PADDING = 15.5, 6
# Texts for which all lines that show them have room together.
_SHARED = ("message", "value", "suggestion")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BEFORE_CELLS = (
    '<worksheet xmlns="{space}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    '<dimension ref="A1:{last}"/><sheetViews><sheetView showGridLines="0" workbookViewId="0">'
    '<pane ySplit="{frozen}" topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/>'
    '<selection pane="bottomLeft"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
)
_PRINT = (
    '<printOptions horizontalCentered="1"/>'
    '<pageMargins left="0.4" right="0.4" top="0.55" bottom="0.7" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/><headerFooter><oddFooter>'
    '&amp;C&amp;"宋体,常规"&amp;10第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter>'
)


Remarks = Mapping[str | tuple[str, str], str]


@dataclass
class Page:
    """What the sheet says; `remarks` are what stood in 说明 before, by number, or by rule and place."""

    verdict: str
    entries: Sequence[Entry]
    subject: str = ""
    note: str = ""
    remarks: Remarks = field(default_factory=dict)


class Sheet:
    """The sheet's XML, built from top to bottom; `header` is the row of the titles."""

    def __init__(self, page: Page, looks: Mapping[str, int], space: str) -> None:
        self._looks = looks
        self._space = space
        self._rows: list[str] = []
        self._merges: list[str] = []
        self._links: list[str] = []
        self._heading(page)
        self.header = len(self._rows)
        self._put(_known_row, tuple(map(TITLES.__getitem__, COLUMNS)), ("header",) * len(COLUMNS), 30)
        wanted = [entry for entry in page.entries if entry.asked]
        notices = [entry for entry in page.entries if entry.level == Severity.NOTICE]
        settled = [entry for entry in page.entries if not entry.asked and entry.level != Severity.NOTICE]
        if not wanted:
            self._across(NOTHING, "centre", 26)
        serial = self._list(wanted, page.remarks, 1)
        for heading, entries in ((SETTLED, settled), (NOTICES, notices)):
            if entries:
                self._across(heading, "heading", 26)
                serial = self._list(entries, page.remarks, serial)

    def _heading(self, page: Page) -> None:
        self._across(FORM.answer_sheet, "title", 38)
        for text, look, size in (
            (page.subject, "plain", 1.0),
            (page.verdict, "verdict", 4 / 3),
            (page.note, "plain", 1.0),
            (GUIDE if page.entries else "", "plain", 1.0),
        ):
            if text:
                self._across(
                    text, look, lines_in(text, sum(WIDTHS.values()) / size) * _LINE_POINTS * size + _PADDING
                )

    def _across(self, text: str, look: str, height: float) -> None:
        at = len(self._rows)
        self._put(_known_row, (text, *[""] * (len(COLUMNS) - 1)), (look,) * len(COLUMNS), height)
        self._merges.append(f"A{at + 1}:{address(at, len(COLUMNS) - 1)}")

    def _put(self, write: Callable[..., str], texts: tuple[str, ...], looks: Sequence[str], height: float) -> None:
        self._rows.append(write(len(self._rows), texts, tuple(map(self._looks.__getitem__, looks)), height))

    def _list(self, entries: Sequence[Entry], remarks: Remarks, serial: int) -> int:
        """The groups as rows; the next number."""
        for group in groups(entries):
            top = len(self._rows)
            for number, (line, height) in enumerate(zip(group, _heights(group), strict=True)):
                self._line(line, height, remarks, str(serial) if not number else "")
            if len(group) > 1:
                self._merge_down(top, group)
            serial += 1
        return serial

    def _line(self, line: Line, height: float, remarks: Remarks, serial: str) -> None:
        entry = line.entry
        words = SEVERITY_WORDS[entry.level]
        settled = not entry.asked and entry.level != Severity.NOTICE
        cells = {
            "serial": (serial, "centre"),
            "place": (_place(line), "link" if line.area else "text"),
            "message": (entry.message, "text"),
            "value": (entry.value, "text"),
            "suggestion": (entry.suggestion, "text"),
            "severity": (STATE_WORDS[entry.state], "centre") if settled else (words, words),
            "code": (entry.code, "centre"),
            "remark": (_remark(line, remarks), "text"),
            "numbers": (entry.number, "number"),
        }
        texts, looks = zip(*map(cells.__getitem__, COLUMNS), strict=True)
        self._put(_row, texts, looks, height)
        if line.area:
            at = address(len(self._rows) - 1, COLUMNS.index("place"))
            target = f"'{entry.sheet.replace(chr(39), chr(39) * 2)}'!{line.area}"
            self._links.append(f'<hyperlink ref="{at}" location={quoteattr(target)}/>')

    def _merge_down(self, top: int, group: Sequence[Line]) -> None:
        """Merge what the lines of a group have in common."""
        for name in ("serial", "message", "value", "suggestion", "severity", "code"):
            col = COLUMNS.index(name)
            at = top
            for _, run in groupby(group, key=lambda line: _text(line, name)):
                last = at + len(list(run)) - 1
                if last > at:
                    self._merges.append(f"{address(at, col)}:{address(last, col)}")
                at = last + 1

    def xml(self) -> bytes:
        """The worksheet part."""
        before = _BEFORE_CELLS.format(
            space=self._space,
            last=address(len(self._rows) - 1, len(COLUMNS) - 1),
            frozen=self.header + 1,
            below=self.header + 2,
        )
        merges = "".join(f'<mergeCell ref="{merge}"/>' for merge in self._merges)
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        return (
            f"{_DECLARATION}{before}{_COLS}<sheetData>{''.join(self._rows)}</sheetData>"
            f'<mergeCells count="{len(self._merges)}">{merges}</mergeCells>{links}{_PRINT}</worksheet>'
        ).encode()


def _row(row: int, texts: tuple[str, ...], styles: tuple[int, ...], height: float) -> str:
    """A row's XML."""
    return _empty_row(row, styles) % (min(height, HIGHEST_ROW), *map(_contents, texts))


# Headings come again in every form.
_known_row = lru_cache(maxsize=256)(_row)


# Rows look alike in all forms, whatever is written in them.
@lru_cache(maxsize=256)
def _empty_row(row: int, styles: tuple[int, ...]) -> str:
    """A row's XML with the format of each cell, to be filled by `%` with its height and the contents of the cells."""
    xml = "".join(f'<c r="{letter}{row + 1}" s="{style}"%s</c>' for letter, style in zip(_LETTERS, styles, strict=True))
    return f'<row r="{row + 1}" ht="%g" customHeight="1">{xml}</row>'


# Titles, levels, codes and empty words come again in every form.
@lru_cache(maxsize=256)
def _contents(text: str) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(excel_escaped(text))}</t></is>' if text else ">"


def _remark(line: Line, remarks: Remarks) -> str:
    """What is taken of the bureau's words, else what it wrote; beside the finding's first line only."""
    if not line.first:
        return ""
    entry = line.entry
    return entry.explanation or remarks.get(entry.number) or remarks.get((entry.code, entry.where), "")


def _place(line: Line) -> str:
    """Where a line's cells are, the address first: some programs show only the first line of a link."""
    area = line.area.replace(":", "—")
    more = f"（另有 {line.left_out} 处）" if line.left_out else ""
    # The finding is named after its first cell; the others have to do with it.
    where = line.entry.where if line.first else _RELATED
    return " \n".join(piece for piece in (area + more, where) if piece)


def _text(line: Line, name: str) -> object:
    """What the lines of a group must have in common for a column's cells to be merged."""
    if name in ("serial", "severity", "code"):
        return ""
    text = getattr(line.entry, name)
    # Values of different cells stay apart even if they are alike.
    return (line.entry, text) if name == "value" else text


def _heights(group: Sequence[Line]) -> list[float]:
    """Points for each line, so that a text over several lines has room in all of them together."""
    sharing = Counter((name, _text(line, name)) for line in group for name in _SHARED) if len(group) > 1 else None
    heights = []
    for line in group:
        needed = lines_in(_place(line), WIDTHS["place"])
        for name in _SHARED:
            lines = lines_in(getattr(line.entry, name), WIDTHS[name])
            needed = max(needed, lines / sharing[name, _text(line, name)] if sharing else lines)
        heights.append(max(22.0, needed * _LINE_POINTS + _PADDING))
    return heights
