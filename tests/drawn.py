"""Forms drawn as text, and what the rules say of them: no file, only read → validate → rules across forms.

A drawing has one line a row and | between cells: `<` continues the cell at its left, `^` the one above;
digits are a number unless an apostrophe stands before them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pipeline.grid import Cell, Grid, Workbook, as_text
from pipeline.message import of_file
from pipeline.read import FormReading, labels_of, read_workbook
from pipeline.validate import About, judge, validate
from schemas import conflicts
from schemas.form_2023 import FORM
from schemas.rule import Finding
from tests.sheets import OTHER, RIGHT

NUMBER = re.compile(r"\d+(?:\.\d+)?")
RECEIVED = date(2023, 9, 20)
DUE = date(2023, 9, 28)


class Content(NamedTuple):
    """A cell that no Python value stands for: `stored` is error, or formula (one without a value)."""

    text: str
    stored: str


REF_ERROR = Content("#REF!", "error")
NO_RESULT = Content("=B2*2", "formula")
PICTURE = Content("图片", "formula")


class Sheet(NamedTuple):
    """A drawn sheet with cells exchanged; `facts` are other fields of its grid (hidden_rows, pictures …)."""

    drawing: str = RIGHT
    changes: tuple[tuple[str, Content | None], ...] = ()
    name: str = "基础信息表"
    facts: tuple[tuple[str, Any], ...] = ()


class Book(NamedTuple):
    """A workbook as it came: its sheets, the city it came from, the day, the last day to hand it in."""

    sheets: tuple[Sheet, ...]
    city: str | None = "南京市"
    received: date = RECEIVED
    edition: str = ""
    due: date = DUE


class Case(NamedTuple):
    """Workbooks judged together, and the exact findings: (code, level, cells) of the only workbook, or of
    several (place, code, level, cells)."""

    books: tuple[Book, ...]
    expected: tuple[tuple, ...] = ()


def sheet(
    changes: Mapping[str, Any] | None = None, drawing: str = RIGHT, name: str = "基础信息表", **facts: Any
) -> Sheet:
    """A drawing with cells exchanged by address; a cell whose content is "" or None is empty."""
    # Stored types are settled here: 1 and True are the same key of a cache.
    contents = ((cell, _content(content)) for cell, content in (changes or {}).items())
    return Sheet(drawing, tuple(contents), name, tuple(facts.items()))


def form(
    changes: Mapping[str, Any] | None = None,
    drawing: str = RIGHT,
    city: str | None = "南京市",
    received: date = RECEIVED,
    due: date = DUE,
) -> Book:
    """A workbook with one drawn form."""
    return Book((sheet(changes, drawing),), city, received, due=due)


def other(changes: Mapping[str, Any] | None = None, city: str | None = "苏州市") -> Book:
    """A workbook with the other right form, from its own city."""
    return form(changes, OTHER, city)


def wrong(changes: Mapping[str, Any] | None, *expected: tuple, **how: Any) -> Case:
    """One form with cells exchanged, and the exact findings."""
    return Case((form(changes, **how),), expected)


def still_right(changes: Mapping[str, Any] | None, **how: Any) -> Case:
    """One form with cells exchanged that raises nothing at all."""
    return Case((form(changes, **how),))


def together(*books: Book, expected: tuple[tuple, ...] = ()) -> Case:
    """Several workbooks judged at once; expected findings begin with the place of their form, from 0."""
    return Case(books, expected)


def with_row(drawing: str, after: int, line: str) -> str:
    """The drawing with a line put in after a row (from 1)."""
    lines = drawing.strip().split("\n")
    return "\n".join([*lines[:after], line, *lines[after:]])


def without_row(drawing: str, row: int) -> str:
    """The drawing without a row (from 1)."""
    lines = drawing.strip().split("\n")
    return "\n".join([*lines[: row - 1], *lines[row:]])


def without_rows(drawing: str, first: int, last: int) -> str:
    """The drawing without rows `first` to `last` (from 1)."""
    lines = drawing.strip().split("\n")
    return "\n".join([*lines[: first - 1], *lines[last:]])


def row_at(drawing: str, row: int) -> str:
    """One line of a drawing (from 1)."""
    return drawing.strip().split("\n")[row - 1]


def place_of(cell: str) -> tuple[int, int]:
    """Row and column from 0 of an A1 address."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


def grid_of(drawn: Sheet) -> Grid:
    """The grid of a drawing, as the reader of workbooks would give it."""
    grid = Grid(drawn.name)
    for row, line in enumerate(drawn.drawing.strip().split("\n")):
        for col, text in enumerate(line.strip()[1:].removesuffix("|").split("|")):
            _draw(grid, row, col, text.strip())
    for cell, content in drawn.changes:
        _put(grid, *place_of(cell), content)
    _stretch(grid)
    return replace(grid, **dict(drawn.facts))


def _draw(grid: Grid, row: int, col: int, text: str) -> None:
    if text in ("<", "^"):
        neighbour = (row, col - 1) if text == "<" else (row - 1, col)
        grid.spans[row, col] = grid.span(*neighbour)
    elif text:
        _put(grid, row, col, _content(float(text) if NUMBER.fullmatch(text) else text.removeprefix("'")))


def _content(content: Any) -> Content | None:
    if content is None or content == "":
        return None
    return content if isinstance(content, Content) else Content(*as_text(content))


def _put(grid: Grid, row: int, col: int, content: Content | None) -> None:
    grid.cells.pop((row, col), None)
    if content is not None:
        grid.cells[row, col] = Cell(row, col, *content)


def _stretch(grid: Grid) -> None:
    """Give every covered cell the whole range of the cell it continues."""
    ranges: dict[tuple[int, int], tuple[int, int]] = {}
    for place, (top, left, _, _) in grid.spans.items():
        bottom, right = ranges.get((top, left), (top, left))
        ranges[top, left] = (max(bottom, place[0]), max(right, place[1]))
    for (top, left), (bottom, right) in ranges.items():
        for row in range(top, bottom + 1):
            for col in range(left, right + 1):
                grid.spans[row, col] = (top, left, bottom, right)


def workbook(book: Book) -> Workbook:
    """The drawn sheets as a workbook."""
    return Workbook(tuple(grid_of(drawn) for drawn in book.sheets), book.edition)


def readings(book: Book) -> list[FormReading]:
    """The forms read from a drawn workbook."""
    return read_workbook(workbook(book), labels_of(FORM))[0]


@cache
def judged(*books: Book) -> tuple[Finding, ...]:
    """All findings of workbooks judged together: of the files, of each form, across forms."""
    forms, about, of_files = _read(books)
    validated = validate(FORM, forms, about)
    typed = conflicts.enrich(validated.typed)
    sheets = [reading.sheet for reading in forms]
    across = [
        finding
        for name, model in conflicts.ACROSS.items()
        for finding in judge(FORM.block(name), model, validated.raw, typed, sheets)
    ]
    return (*of_files, *validated.findings, *across)


@cache
def judged_apart(*books: Book) -> tuple[tuple[Finding, ...], ...]:
    """The findings of each of many one-form workbooks, without those across forms, in one pandera call."""
    read = [_read((book,)) for book in books]
    forms = [
        (place, *form) for place, (one, about, _) in enumerate(read) for form in zip(one, about, strict=True)
    ]
    validated = validate(FORM, [reading for _, reading, _ in forms], [about for _, _, about in forms])
    found = [list(of_files) for _, _, of_files in read]
    for finding in validated.findings:
        found[forms[finding.submission][0]].append(finding)
    return tuple(map(tuple, found))


def _read(books: tuple[Book, ...]) -> tuple[list[FormReading], list[About], list[Finding]]:
    forms, about, of_files = [], [], []
    for place, book in enumerate(books):
        read, spotted = read_workbook(workbook(book), labels_of(FORM))
        of_files.extend(of_file(place, one) for one in spotted)
        forms.extend(read)
        about.extend([About(book.city, book.received, book.due)] * len(read))
    return forms, about, of_files


def brief(finding: Finding) -> tuple[str, str, str]:
    """(code, level, cells) of a finding."""
    return finding.rule.code, str(finding.rule.severity), ",".join(finding.cells)


def findings(changes: Mapping[str, Any] | None = None, **how: Any) -> list[tuple[str, str, str]]:
    """(code, level, cells) of every finding of one form, sorted; keywords as for `form`."""
    return sorted(map(brief, judged(form(changes, **how))))


def found_in(cases: Mapping[str, Case]) -> dict[str, tuple[Finding, ...]]:
    """The findings of every case of a table; those of one workbook are judged all at once, each by itself."""
    alone = [name for name, case in cases.items() if len(case.books) == 1]
    apart = dict(zip(alone, judged_apart(*(cases[name].books[0] for name in alone)), strict=True))
    return {name: apart[name] if name in apart else judged(*case.books) for name, case in cases.items()}


def outcome(cases: Mapping[str, Case], name: str) -> list[tuple]:
    """The findings of one case of a table as its `expected` gives them, sorted."""
    books = cases[name].books
    if len(books) > 1:
        return sorted((finding.submission, *brief(finding)) for finding in judged(*books))
    alone = [other for other, case in cases.items() if len(case.books) == 1]
    apart = judged_apart(*(cases[other].books[0] for other in alone))
    return sorted(map(brief, apart[alone.index(name)]))


def found(changes: Mapping[str, Any] | None, code: str, **how: Any) -> Finding:
    """The one finding of that code in a form by itself, for its words."""
    (one,) = (finding for finding in judged_apart(form(changes, **how))[0] if finding.rule.code == code)
    return one
