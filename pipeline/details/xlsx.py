"""Details of an .xlsx package, straight from its parts.

A part is parsed only if its bytes show that there is something to find: most forms have neither error cells nor
symbol fonts, and parsing every sheet a second time would cost more than reading it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element

from pipeline.details import Details, SheetDetails, lighter, plain
from pipeline.details.controls import boxes_of
from pipeline.details.package import Package, attributes_below, descendants, local, parsed, whole
from pipeline.details.plain import Bare
from pipeline.preflight.extent import too_far
from pipeline.signature import Refused

# What shows in a sheet's bytes that there is something to find: an error cell, something hidden, symbols …
_TELLING = (b't="e"', b"t='e'", b'hidden="1"', b'hidden="true"', b"hidden='1'", b"hidden='true'", b"Wingdings")
# The same by what is rare in a sheet, in fewer searches.
_RARE = (b't="e"', b'hidden="', b"'", b"Wingdings")
# … or a formula that was never calculated: its cell has no value (one whose result is an empty text has t="str").
_UNCALCULATED = re.compile(
    rb"""<(?:\w+:)?c(?: (?![^>]*t=["'](?:str|inlineStr)["'])[^>]*)?>"""
    rb"""\s*<(?:\w+:)?f(?:[ ][^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</|</)""")
_SMALL_SHEET = 1 << 14
# The words of a sheet's formulas, one after another, none of which tells of a picture.
_PICTURELESS: list[bytes] = []
_MOST_REMEMBERED = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})$")


def read(source: bytes | Package) -> Details:
    """Details by sheet name; empty where the container is broken (the reader of values will say so).

    Raises:
        Refused: `extent`, where a sheet reaches further than a reader of values should be made to go.
    """
    try:
        package = Package.of(source)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return Details()
    symbols, sheets = _Symbols(package), [(name, part.lstrip("/")) for name, part in _sheet_parts(package)]
    bare = {part: _bare(package.read(part)) for _, part in sheets}
    found = Details(edition=_edition(package),
                    lost=tuple(name for name, part in sheets if part.lower() not in package.names))
    found.plain = None if symbols.any else plain.sheets(package, bare)
    if found.plain is not None:
        found.sheets = {name: _sheet(package, part, bare[part]) for name, part in sheets}
        return found
    light: dict[str, bytes] = {}
    for name, part in sheets:
        one = bare[part]
        seen = _seen_before(one) if len(one.raw) <= _SMALL_SHEET else _seen(one)
        if seen.far:
            raise Refused("extent", sheet=name, place=seen.far)
        found.sheets[name] = _sheet(package, part, one, symbols if seen.telling or symbols.any else None)
        if (emptied := lighter.emptied(one.raw, one.cells)) is not None:
            light[part.lower()] = emptied
    found.lighter = lighter.container(package, light)
    return found


class _Seen(NamedTuple):
    """The cell of a sheet that is too far out, and whether there is something to find in it."""

    far: tuple[int, int] | None
    telling: bool


def _bare(raw: bytes) -> Bare:
    # The cells end here; where the sheet has none, all of it is looked through.
    end = raw.rfind(b"sheetData>")
    cells, pictured = _parted(raw, end if end > 0 else len(raw))
    return Bare(raw, cells, raw[max(end - 2, 0):], pictured or b"DISPIMG" in cells)


def _seen(bare: Bare) -> _Seen:
    far = too_far(bare.cells)
    return _Seen(far, far is None and (bare.pictured or _tells(bare.cells)))


# The template's own instructions are the same sheet in every form.
_seen_before = lru_cache(maxsize=16)(_seen)


def _sheet_parts(package: Package) -> Iterator[tuple[str, str]]:
    main = next((path for _, kind, path in package.related("") if kind == "officeDocument"), "xl/workbook.xml")
    parts = {identity: path for identity, _, path in package.related(main)}
    for name, identity in _sheet_names(package.read(main)):
        if identity in parts:
            yield name, parts[identity]


# Parts as small as these are the same bytes in nearly every form that was filled in with one program.
@lru_cache(maxsize=64)
def _sheet_names(workbook: bytes) -> tuple[tuple[str, str], ...]:
    """(name, relationship id) of each sheet."""
    return tuple((sheet.get("name", ""), next((v for k, v in sheet.attrib.items() if k.endswith("}id")), ""))
                 for sheet in descendants(parsed(workbook), "sheet"))


def _sheet(package: Package, part: str, bare: Bare, symbols: _Symbols | None = None) -> SheetDetails:
    """The details of one sheet; its cells are gone through only with `symbols`."""
    details = SheetDetails()
    if symbols is not None:
        _cells(parsed(bare.raw), symbols, details)
    if _draws(bare.tail):
        related = package.related(part)
        details.boxes = boxes_of(package, bare.raw, related)
        details.pictures = _pictures(package, related)
    return details


# What follows the cells is the same in many forms, as long as no row was added.
@lru_cache(maxsize=16)
def _draws(tail: bytes) -> bool:
    return b"legacyDrawing" in tail or b"<controls" in tail or b":controls" in tail or b"drawing " in tail


def _tells(bare: bytes) -> bool:
    """Whether there is something to find in a sheet's cells, besides pictures."""
    if any(mark in bare for mark in _RARE) and any(mark in bare for mark in _TELLING):
        return True
    return not _calculated(bare) and _UNCALCULATED.search(bare) is not None


def _parted(raw: bytes, cells_end: int) -> tuple[bytes, bool]:
    """A sheet's cells without the words of their formulas, by which a template checks itself: nine tenths of it.

    And whether the formulas tell of a picture in a cell: these words need not be looked through where they are those of
    the sheet before.
    """
    pieces, words, pictured, start = [], [], False, 0
    while (formula := raw.find(b"<f>", start, cells_end)) >= 0:
        begun = formula + 3
        pieces.append(raw[start:begun])
        known = _PICTURELESS[len(words)] if len(words) < len(_PICTURELESS) else b"<"
        start = begun + len(known)
        if start >= cells_end or raw[start:start + 1] != b"<" or not raw.startswith(known, begun):
            start = max(raw.find(b"<", begun, cells_end), begun)
            known = raw[begun:start]
            pictured = pictured or b"DISPIMG" in known
        words.append(known)
    if words and not pictured and cells_end < _MOST_REMEMBERED:
        _PICTURELESS[:] = words
    return b"".join([*pieces, raw[start:cells_end]]), pictured


def _calculated(cells: bytes) -> bool:
    """Whether each formula is of the plainest form and has its value; tells in less time than the pattern needs."""
    if b"<f " in cells or b"<f/" in cells or b":f" in cells:
        return False
    # So the template's own are written, all of which give a text.
    if cells.count(b' t="str"><f></f>') == cells.count(b"</f>"):
        return True
    return all((after.startswith(b"<v>") and after[3:4] not in b"< \t\r\n")
               or b't="str"' in before[before.rfind(b"<c "):] for before, after in pairwise(cells.split(b"</f>")))


def _cells(root: Element | None, symbols: _Symbols, details: SheetDetails) -> None:
    hidden_rows, hidden_cols = set(), set()
    number = -1
    for row in descendants(root, "row"):
        number = whole(row.get("r"), number + 2) - 1
        if row.get("hidden") in ("1", "true"):
            hidden_rows.add(number)
        place = (number, -1)
        for cell in row:
            # Some programs leave the addresses out: a cell follows the one before it.
            place = _place(cell.get("r", "")) or (number, place[1] + 1)
            _cell(cell, place, symbols, details)
    for col in descendants(root, "col"):
        if col.get("hidden") in ("1", "true"):
            hidden_cols.update(range(whole(col.get("min"), 1) - 1, min(whole(col.get("max"), 1), 1_024)))
    details.hidden_rows, details.hidden_cols = frozenset(hidden_rows), frozenset(hidden_cols)


def _cell(cell: Element, place: tuple[int, int], symbols: _Symbols, details: SheetDetails) -> None:
    children = {local(child): child for child in cell}
    value = children["v"].text if "v" in children else None
    if cell.get("t") == "e":
        details.overrides[place] = (value or "#N/A", "error")
    elif "f" in children and "DISPIMG" in (children["f"].text or ""):
        details.overrides[place] = ("图片", "formula")
    elif "f" in children and not value and cell.get("t") not in ("str", "inlineStr"):
        # A formula whose result is an empty text has t="str"; one that was never calculated has no value at all.
        details.overrides[place] = ("=" + (children["f"].text or ""), "formula")
    else:
        text = symbols.text_of(cell, children, value)
        if text is not None:
            details.overrides[place] = (text, "text")


def _place(reference: str) -> tuple[int, int] | None:
    match = _REFERENCE.match(reference)
    if not match:
        return None
    col = 0
    for letter in match[1]:
        col = col * 26 + ord(letter) - 64
    return int(match[2]) - 1, col - 1


def _pictures(package: Package, related: list[tuple[str, str, str]]) -> int:
    drawings = [path for _, kind, path in related if kind == "drawing"]
    return sum(1 for path in drawings for _ in descendants(package.parse(path), "pic"))


def _edition(package: Package) -> str:
    """The custom property in which the template carries its edition."""
    return _edition_in(package.read("docProps/custom.xml"))


@lru_cache(maxsize=64)
def _edition_in(properties: bytes) -> str:
    for prop in descendants(parsed(properties), "property"):
        if prop.get("name") == "edition":
            return "".join(prop.itertext()).strip()
    return ""


class _Symbols:
    """Texts set in Wingdings: their letters stand for marks (R for a ticked box), so they become U+F0xx."""

    def __init__(self, package: Package) -> None:
        styles, strings = package.read("xl/styles.xml"), package.read("xl/sharedStrings.xml")
        self.styles = self._symbol_styles(styles) if b"wingdings" in styles.lower() else set()
        self.strings = self._symbol_strings(strings) if b"wingdings" in strings.lower() else {}
        self.plain = strings
        self._all: list[str] | None = None
        self.any = bool(self.styles or self.strings)

    @staticmethod
    def _symbol_styles(styles: bytes) -> set[str]:
        root = parsed(styles)
        fonts = [attributes_below(font) for fonts in descendants(root, "fonts") for font in fonts]
        formats = [xf for xfs in descendants(root, "cellXfs") for xf in xfs]
        symbols = {n for n, font in enumerate(fonts) if "wingdings" in font}
        return {str(n) for n, xf in enumerate(formats) if whole(xf.get("fontId"), 0) in symbols}

    @staticmethod
    def _symbol_strings(strings: bytes) -> dict[str, str]:
        found = {}
        for n, item in enumerate(descendants(parsed(strings), "si")):
            text = rich_text(item)
            if text is not None:
                found[str(n)] = text
        return found

    def text_of(self, cell: Element, children: dict[str, Element], value: str | None) -> str | None:
        """The cell's text with symbols mapped; None where no symbol font is involved."""
        if cell.get("t") == "s" and value in self.strings:
            return self.strings[value]
        if cell.get("t") == "inlineStr" and "is" in children:
            rich = rich_text(children["is"])
            if rich is not None or cell.get("s") not in self.styles:
                return rich
            return as_symbols("".join(children["is"].itertext()))
        if cell.get("s") not in self.styles or value is None or cell.get("t") not in ("s", "str"):
            return None
        return as_symbols(self._shared(value) if cell.get("t") == "s" else value)

    def _shared(self, index: str) -> str:
        if self._all is None:
            self._all = ["".join(item.itertext()) for item in descendants(parsed(self.plain), "si")]
        return self._all[int(index)] if index.isdigit() and int(index) < len(self._all) else ""


def rich_text(item: Element) -> str | None:
    """A string item's text with its Wingdings runs mapped to marks; None if it has none."""
    runs = [run for run in item if local(run) == "r"]
    if not any("wingdings" in attributes_below(run) for run in runs):
        return None
    texts = [("".join(t.text or "" for t in descendants(run, "t")), "wingdings" in attributes_below(run))
             for run in runs]
    return "".join(as_symbols(text) if symbol else text for text, symbol in texts)


def as_symbols(text: str) -> str:
    """Letters of a symbol font as U+F0xx; characters that are symbols already stay."""
    return "".join(chr(0xF000 + ord(c)) if 0x20 < ord(c) < 0x100 else c for c in text)
