"""A worksheet that takes the rows of a table as a whole: xlsxwriter's own calls take four times as long a cell.

xlsxwriter keeps a tuple for each cell and writes each with all its checks. What a table holds was checked for all its
rows at once (`celltext.presentable`), so here a row's cells become XML when they are given. Besides, `spans` is left
off the rows; it only helps a program to reserve room. xlsxwriter's version is locked, a test compares what is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

# What a cell begins with, and how it goes on as a text, a number, a blank; the row's number stands between.
_Pieces = tuple[str, str, str, str]


class RowSheet(Worksheet):
    """A worksheet with `put_rows`; not for a workbook in constant memory, which keeps one row at a time."""

    def put_rows(self, top: int, heights: Iterable[float], rows: Iterable[Sequence[Any]],
                 cells: Sequence[tuple[bool, Format]], links: Mapping[int, Sequence[str | None]], linked: Format,
                 most_links: int) -> None:
        """Rows from `top` on: heights in points, values (None: blank) for `cells`, each numeric or text in its format.

        `links` has the targets of some columns, row by row; past `most_links` on the sheet a text stays a text. Texts
        must be presentable, numbers finite.
        """
        pieces = [_pieces(place, look) for place, (_, look) in enumerate(cells)]
        leading = {place: _pieces(place, linked) for place in links}
        numeric = [number for number, _ in cells]
        self._check_dimensions(top, len(cells) - 1)
        # The texts of links are among the rows' own cells.
        self.ignore_write_string = True
        for row, (height, values) in enumerate(zip(heights, rows, strict=True), start=top):
            self.set_row(row, height)
            shown = pieces
            for place, urls in links.items():
                url = urls[row - top]
                if url is not None and values[place] is not None and self.hlink_count < most_links:
                    self.write_url(row, place, url, linked, values[place])
                    shown = [*shown[:place], leading[place], *shown[place + 1:]]
            # xlsxwriter asks for the cell of each link.
            self.table[row] = {**dict.fromkeys(links, ""), 0: self._cells(str(row + 1), values, numeric, shown)}
        self.ignore_write_string = False

    def _cells(self, row: str, values: Sequence[Any], numeric: Sequence[bool], pieces: Sequence[_Pieces]) -> str:
        number_of, xml = self.str_table._get_shared_string_index, []
        for value, is_number, (start, text, number, blank) in zip(values, numeric, pieces, strict=True):
            if value is None:
                xml.append(f"{start}{row}{blank}")
            elif is_number:
                xml.append(f"{start}{row}{number}{value:.16G}</v></c>")
            else:
                xml.append(f"{start}{row}{text}{number_of(value)}</v></c>")
        return "".join(xml)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if isinstance(cell, str):
            self.fh.write(cell)
        else:
            super()._write_cell(row, col, cell)

    def _calculate_spans(self) -> None:
        self.row_spans = {}


def _pieces(place: int, look: Format) -> _Pieces:
    style = f'" s="{look._get_xf_index()}"'
    return f'<c r="{xl_col_to_name(place)}', f'{style} t="s"><v>', f"{style}><v>", f"{style}/>"
