"""The sheets of an .xlsx that is written in the plainest way, without a second pass by the reader of values.

Office programs, and the template's own, write nearly every form so: each cell with its address, texts shared and
without runs, figures without exponents and in no format that might be one of dates. Whatever is not exactly so is left
to python-calamine, whose reading this must equal cell by cell; tests hold the two against each other.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import NamedTuple
from xml.parsers import expat

from pipeline.details.cells import Cell, shortest
from pipeline.details.package import Package, descendants, local, parsed

# A cell made from a tuple, without a call of Python code for each.
_cell = partial(tuple.__new__, Cell)
Range = tuple[int, int, int, int]

# Longer parts, and sheets with cells further down, are left to the other reader; so are files with more sheets.
_LONGEST, _MOST_ROWS, _MOST_SHEETS = 1 << 20, 5_000, 16
_SMALL = 1 << 13
_ADDRESS = "[A-Z]{1,2}[1-9][0-9]{0,3}"
# What stands between two values: cells without any, ends of rows with other rows' starts, and the next value's cell.
_BETWEEN = re.compile(
    rf'(?>(?:<c r="{_ADDRESS}"(?: s="[0-9]{{1,5}}")?/>|</row><row[^<>]*>)*)'
    rf'(?:<c r="({_ADDRESS})"( s="[0-9]{{1,5}}")?( t="s(?:tr)?")?>(?:<f></f>)?)?')
_STARTS = re.compile("<row[^<>]*>")
_ROW = re.compile(r'<row((?: r="[1-9][0-9]{0,6}"| (?!r=)[A-Za-z0-9:]+="[^"&<>\t\r\n]*")*)>')
_NONE = ((-1, -1), "", "")
# Between rows, before them or behind them.
_ROW_WITHOUT_CELLS = re.compile(r"(?:(?<=</row>)|(?<=/>)|\A)<row[^<>]*/>(?=<row|\Z)")
_NAMES = re.compile(r' ([^= ]+)="[^"]*"')
_FIGURE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?")
_MERGES = re.compile(r'<mergeCells(?: count="[0-9]+")?>(.*?)</mergeCells>', re.DOTALL)
_MERGE = re.compile(rf'<mergeCell ref="({_ADDRESS}):({_ADDRESS})"/>')
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]{1,3}[1-9][0-9]{0,6}(?::[A-Z]{1,3}[1-9][0-9]{0,6})?"/>')
_DECLARED = r'(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="(?:yes|no)")?\?>\s*)?'
_SHEET_BEGINS = re.compile(_DECLARED + "<worksheet[ >]")
_STRINGS = re.compile(_DECLARED + r"<sst(?: [A-Za-z0-9:]+=\"[^\"<>&]*\")*></sst>\s*")
_ITEM_BEGINS, _ITEM_ENDS = "<si><t>", "</t></si>"
_STRING = re.compile(
    r'<si><t(|[ ]xml:space="preserve")>([^<]*)</t>(?:<phoneticPr(?: [A-Za-z]+="[^"<>&]*")*/>)?</si>|(.)',
                     re.DOTALL)
_ESCAPED = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
# Formats of figures, those that every program has by their numbers; other ones may be those of dates.
_OWN_FIGURES = re.compile("General|@|[#0,.% ]+")
_FIGURE_FORMATS = frozenset(map(str, (*range(12), 37, 38, 39, 40, 48, 49)))
_SHEET_PART = re.compile(r"xl/worksheets/[A-Za-z0-9_]+\.xml")
# What a parser makes a space of, and the other reader does not.
_BROKEN_VALUE = re.compile(rb"[\"'][^\"'<>]*[\t\r\n][^\"'<>]*[\"']")
_STATES = ("visible", "hidden", "veryHidden")


class PlainSheet(NamedTuple):
    """A sheet: its cells with content by their places, in reading order, and its merged ranges."""

    name: str
    visible: bool
    cells: dict[tuple[int, int], Cell]
    merges: tuple[Range, ...]


class Listed(NamedTuple):
    """A sheet as the workbook lists it."""

    name: str
    visible: bool
    part: str


class Bare(NamedTuple):
    """A sheet's bytes; what stands up to the end of its cells, without the words of formulas; what follows from there.

    `pictured` is whether a formula or a cell tells of a picture in a cell.
    """

    raw: bytes
    cells: bytes
    tail: bytes
    pictured: bool


class _NotPlain(Exception):
    """It is written otherwise."""


def sheets(package: Package, bare: dict[str, Bare]) -> list[PlainSheet] | None:
    """All sheets with their cells; None where anything in them is not plain. `bare` are the sheets by their part."""
    listed = listed_in(package.read("xl/workbook.xml"), package.read("xl/_rels/workbook.xml.rels"))
    figures = _figure_styles(package.read("xl/styles.xml"))
    main = [part for _, kind, part in package.related("") if kind == "officeDocument"]
    if listed is None or figures is None or main != ["/xl/workbook.xml"] or len(listed) != len(bare) or not all(
            _is_exact(package, one.part) for one in listed):
        return None
    try:
        texts = _texts(package.read("xl/sharedStrings.xml"))
        return [_sheet(one, bare[one.part], texts, figures) for one in listed]
    except (_NotPlain, LookupError, UnicodeDecodeError):
        return None


def _is_exact(package: Package, part: str) -> bool:
    info = package.names.get(part.lower())
    return info is not None and info.filename == part


@lru_cache(maxsize=64)
def listed_in(workbook: bytes, links: bytes) -> tuple[Listed, ...] | None:
    """The sheets of a workbook that has nothing but worksheets, each under a name of its own; else None."""
    targets = {link.get("Id", ""): link for link in descendants(parsed(links), "Relationship")}
    found = []
    for sheet in descendants(parsed(workbook), "sheet"):
        link = targets.get(next((value for key, value in sheet.attrib.items() if key.endswith("}id")), ""))
        name, state = sheet.get("name", ""), sheet.get("state", "visible")
        if link is None or not link.get("Type", "").endswith("/worksheet") or "&" in name or state not in _STATES:
            return None
        target = link.get("Target", "")
        found.append(Listed(name, state == "visible", target[1:] if target.startswith("/") else f"xl/{target}"))
    right = len({one.name for one in found}) == len({one.part for one in found}) == len(found) <= _MOST_SHEETS
    right = right and bool(found) and all(_SHEET_PART.fullmatch(one.part) for one in found)
    return tuple(found) if right and not _BROKEN_VALUE.search(workbook) else None


@lru_cache(maxsize=64)
def _figure_styles(styles: bytes) -> frozenset[str] | None:
    """How cells name the styles in which a figure is a figure, or none; None if the part cannot be read."""
    root = parsed(styles)
    if root is None or any(local(xf) != "xf" for xfs in descendants(root, "cellXfs") for xf in xfs):
        return None
    own = {one.get("numFmtId", ""): one.get("formatCode", "") for one in descendants(root, "numFmt")}
    formats = (xf.get("numFmtId", "") for xfs in descendants(root, "cellXfs") for xf in xfs)
    return frozenset(("", *(f' s="{n}"' for n, number in enumerate(formats)
                            if (_OWN_FIGURES.fullmatch(own[number]) if number in own else number in _FIGURE_FORMATS))))


def _texts(strings: bytes) -> dict[str, str]:
    """The shared texts by their numbers."""
    if not strings:
        return {}
    told = _decoded(strings)
    first, end = told.find("<si>"), told.rfind("</sst>")
    if first < 0 or end < 0 or not _STRINGS.fullmatch(told[:first] + told[end:]):
        raise _NotPlain
    texts = _between(told[first:end])
    if "&" in told or "_x" in told:
        texts = [_plain_text(text) if "&" in text or "_x" in text else text for text in texts]
    return dict(zip(map(str, range(len(texts))), texts, strict=True))


def _between(items: str) -> list[str]:
    """What stands in the items of shared texts; without outer white space, unless it is said to be kept."""
    if items.endswith(_ITEM_ENDS):
        texts = items[len(_ITEM_BEGINS):-len(_ITEM_ENDS)].split(_ITEM_ENDS + _ITEM_BEGINS)
        if items.startswith(_ITEM_BEGINS) and items.count("<") == 4 * len(texts):
            if list(map(str.strip, texts)) != texts:
                raise _NotPlain
            return texts
    found = _STRING.findall(items)
    if any(odd or (not kept and text != text.strip()) for kept, text, odd in found):
        raise _NotPlain
    return [text for _, text, _ in found]


def _plain_text(text: str) -> str:
    """A text as it is written in XML, as it is."""
    if "_x" in text or "<" in text or _ESCAPED.search(text):
        raise _NotPlain
    if "&" in text:
        for escape, character in _ESCAPES:
            text = text.replace(escape, character)
    return text


def _decoded(part: bytes) -> str:
    if len(part) > _LONGEST or b"\r" in part:
        raise _NotPlain
    return part.decode()


def _sheet(listed: Listed, bare: Bare, texts: dict[str, str], figures: frozenset[str]) -> PlainSheet:
    begun = bare.cells.find(b"<sheetData>") + len(b"<sheetData>")
    # A formula that shows a picture is told of by others; so is anything hidden.
    if b"hidden" in bare.cells or bare.pictured or not _frames(bare.cells[:begun], bare.tail):
        raise _NotPlain
    inside = _decoded(bare.cells[begun:-2])
    return PlainSheet(listed.name, listed.visible, _cells(inside, texts, figures), _merges(bare.tail))


def _cells(inside: str, texts: dict[str, str], figures: frozenset[str]) -> dict[tuple[int, int], Cell]:
    """The cells with content; each must have its place after the one before it."""
    if len(inside) >= _SMALL:
        return _made(inside, texts, figures)
    return _same_made(inside, tuple(map(texts.__getitem__, _shared(inside))), figures)


# The template's own instructions are the same sheet in every form, though their texts have other numbers.
@lru_cache(maxsize=8)
def _same_made(inside: str, told: tuple[str, ...], figures: frozenset[str]) -> dict[tuple[int, int], Cell]:
    return _made(inside, dict(zip(_shared(inside), told, strict=True)), figures)


_shared = lru_cache(maxsize=8)(re.compile('t="s"><v>([^<]*)<').findall)


def _made(inside: str, texts: dict[str, str], figures: frozenset[str]) -> dict[tuple[int, int], Cell]:
    """What stands around the values is nearly the same from form to form: it is proved once and then known."""
    cells: dict[tuple[int, int], Cell] = {}
    last = (-1, -1)
    tag, *pieces = _after_a_row(inside).split("<v>")
    for piece in pieces:
        place, style, kind = _next(tag) if len(tag) < _SMALL else _next.__wrapped__(tag)
        value, closed, tag = piece.partition("</v></c>")
        if place <= last or not closed:
            raise _NotPlain
        row, col = last = place
        if kind == ' t="s"':
            if text := texts[value]:
                cells[place] = _cell((row, col, text, "text"))
        elif not kind:
            cells[place] = _cell((row, col, _figure(style, value, figures), "number"))
        elif value:
            cells[place] = _cell((row, col, _plain_text(value), "text"))
    if last[0] >= _MOST_ROWS or _next(tag) is not _NONE:
        raise _NotPlain
    return cells


def _figure(style: str, value: str, figures: frozenset[str]) -> str:
    if style not in figures or not _FIGURE.fullmatch(value):
        raise _NotPlain
    return value if value.isdigit() else shortest(float(value))


def _after_a_row(inside: str) -> str:
    """The rows up to the end of the last one, as if they began with the end of another."""
    if inside.count("<row") != inside.count("</row>"):
        inside = _ROW_WITHOUT_CELLS.sub(lambda row: "" if _is_row(row[0][:-2] + ">") else row[0], inside)
    if not inside.startswith("<row") or not inside.endswith("</row>"):
        raise _NotPlain
    return "</row>" + inside.removesuffix("</row>")


@lru_cache(maxsize=4_096)
def _next(tags: str) -> tuple[tuple[int, int], str, str]:
    """The place of the cell whose tag stands last, and its style and type as they are written; _NONE without one."""
    between = _BETWEEN.fullmatch(tags)
    if between is None or not all(map(_is_row, _STARTS.findall(tags))):
        raise _NotPlain
    return (_place(between[1]), between[2] or "", between[3] or "") if between[1] else _NONE


def _is_row(tag: str) -> bool:
    """Whether it is a row's start, with no attribute twice."""
    row = _ROW.fullmatch(tag)
    names = _NAMES.findall(row[1]) if row else []
    return row is not None and len(set(names)) == len(names)


@lru_cache(maxsize=4_096)
def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - 64
    return int(reference[len(letters):]) - 1, col - 1


@lru_cache(maxsize=16)
def _merges(tail: bytes) -> tuple[Range, ...]:
    text = tail.decode()
    if "mergeCell" not in text:
        return ()
    block = _MERGES.search(text)
    found = _MERGE.findall(block[1]) if block else []
    if block is None or len(found) != block[1].count("<") or text.count("mergeCell") != len(found) + 2:
        raise _NotPlain
    return tuple((*_place(first), *_place(last)) for first, last in found)


@lru_cache(maxsize=16)
def _frames(head: bytes, tail: bytes) -> bool:
    """Whether what stands before and after a sheet's cells is one sheet, well-formed, of the size it says.

    Nobody who looks at it might be led astray: without a declaration (`<!`), no entity stands for more.
    """
    around = head + tail
    if (b"<!" in around or around.count(b"sheetData") != 2 or not _SHEET_BEGINS.match(head.decode())
            or around.count(b"dimension") != len(_DIMENSION.findall(head))):
        return False
    try:
        expat.ParserCreate().Parse(around, True)
    except expat.ExpatError:
        return False
    return True
