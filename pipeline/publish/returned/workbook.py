"""The workbook's own parts: where its sheets are, and our sheet put in front of them or taken out again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, unescape

from pipeline.publish.returned.known import known_by_bytes
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Node, Part, Unmarkable
from pipeline.publish.returned.styles import MINIMAL

_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
# Of relationships, in the same two editions of the standard.
_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
# Hidden names that remember the fills which marked cells had before.
_FILL_NAME = "_退改底色_"
_FILL = re.compile(re.escape(_FILL_NAME) + r"(\d+)")
# A name's text longer than this is no formula that Excel takes.
_LONGEST_TEXT = 250
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")
_OURS_ALONE = ("printerSettings", "comments", "vmlDrawing", "drawing")


class Workbook:
    """The main part, read anew after a sheet was taken out; putting ours in comes last."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._read()

    def _read(self) -> None:
        self._data = self.package.read(self.package.main)
        self._listed = _listed(self._data)
        paths = {link.identity: link for link in self.package.links(self.package.main)}
        self.links = [paths.get(identity) for identity in self._listed.identities]
        # A reader that takes relationships less strictly may see sheets here that we would hide from it.
        if None in self.links:
            raise Unmarkable("a sheet without a part")

    @property
    def strict(self) -> bool:
        """Whether it is written by the strict edition of the standard."""
        return self.space == _SPACES[1]

    @property
    def space(self) -> str:
        """The namespace of its elements."""
        return self._listed.space

    @property
    def names(self) -> Sequence[str]:
        """The sheets' names in order."""
        return self._listed.names

    @property
    def worksheets(self) -> dict[str, str]:
        """Sheet name → part, without charts and dialogues."""
        return {
            name: link.path
            for name, link in zip(self.names, self.links, strict=True)
            if link is not None and link.kind == "worksheet"
        }

    def styles(self) -> str:
        """The styles part, made if there is none; Unmarkable if one lies in its place that the workbook does not
        name."""
        path = next(
            (link.path for link in self.package.links(self.package.main) if link.kind == "styles"), ""
        )
        if not path:
            # Some programs look for it under this name alone.
            path = "xl/styles.xml"
            if self.package.has(path):
                raise Unmarkable("formats that nothing relates to")
            self.package.put(path, MINIMAL.replace(_SPACES[0].encode(), self.space.encode()))
            self.package.declare(path, _SPREADSHEET + "styles+xml")
            self.package.link(self.package.main, "styles", path, self.strict)
        return path

    def fills_under(self) -> dict[int, str]:
        """The remembered fills by their numbers."""
        return dict(self._listed.fills)

    def insert(self, name: str, data: bytes, header: int, fills: Mapping[int, str]) -> None:
        """Put a sheet in front; `header` is its row that is repeated on paper."""
        path = self.package.free("xl/worksheets/sheet{}.xml")
        self.package.put(path, data)
        self.package.declare(path, _SPREADSHEET + "worksheet+xml")
        identity = self.package.link(self.package.main, "worksheet", path, self.strict)
        fresh = Fresh(name, identity, header, tuple(sorted(fills.items())))
        self.package.put(self.package.main, _with(self._data, fresh))

    def remove(self, name: str) -> None:
        """Take a sheet out, with what belongs to it alone."""
        place = self.names.index(name)
        link = self.links[place]
        self.package.put(self.package.main, MainPart(self._data).without(place))
        if link is not None:
            for own in self.package.links(link.path):
                if own.kind in _OURS_ALONE and self.package.has(own.path):
                    self.package.drop(own.path)
            self.package.drop(link.path)
            self.package.unlink(self.package.main, link.identity)
        self._read()


class Listed(NamedTuple):
    """What a main part says: its namespace, the sheets' names and relationships, the remembered fills."""

    space: str
    names: tuple[str, ...]
    identities: tuple[str, ...]
    fills: tuple[tuple[int, str], ...]


class Fresh(NamedTuple):
    """A sheet of ours: its name, relationship and titles' row, and the fills to be remembered by number."""

    name: str
    identity: str
    header: int
    fills: tuple[tuple[int, str], ...]


@known_by_bytes
def _listed(data: bytes) -> Listed:
    return MainPart(data).listed()


@known_by_bytes
def _with(data: bytes, fresh: Fresh) -> bytes:
    return MainPart(data).with_first(fresh)


class MainPart:
    """The XML of a workbook's main part, to be changed once."""

    def __init__(self, data: bytes) -> None:
        self._part = Part(data)
        self._root = self._part.root
        sheets = self._root.first("sheets")
        if self._root.name != "workbook" or self._root.space not in _SPACES or sheets is None:
            raise Unmarkable("no workbook of a known standard")
        self._sheets = sheets

    def listed(self) -> Listed:
        """What it says."""
        sheets = self._sheets.all("sheet")
        fills = {}
        for node in self._defined():
            match = _FILL.fullmatch(node.get("name"))
            if match:
                text = unescape(self._part.content(node).decode(), {"&quot;": '"'}).strip()
                fills[int(match[1])] = text.removeprefix('"').removesuffix('"').replace('""', '"')
        return Listed(self._root.space, tuple(node.get("name") for node in sheets),
                      tuple(node.get("id") for node in sheets), tuple(fills.items()))

    def _defined(self) -> list[Node]:
        names = self._root.first("definedNames")
        return names.all("definedName") if names else []

    def with_first(self, fresh: Fresh) -> bytes:
        """The part with a sheet in front; Unmarkable if there was none before."""
        prefix, name, header = self._part.prefix, fresh.name, fresh.header
        number = 1 + max((node.number("sheetId") for node in self._sheets.all("sheet")), default=0)
        space = _RELATIONS[_SPACES.index(self._root.space)]
        first = self._sheets.first("sheet")
        if first is None:
            raise Unmarkable("no sheet")
        self._part.before(
            first, f'<{prefix}sheet xmlns:r="{space}" name="{name}" sheetId="{number}" r:id="{fresh.identity}"/>'
        )
        self._make_room()
        titles = (
            f'<{prefix}definedName name="_xlnm.Print_Titles" localSheetId="0">'
            f"{name}!${header + 1}:${header + 1}</{prefix}definedName>"
        )
        self._define(titles + "".join(self._fill(number, fill) for number, fill in fresh.fills))
        return self._part.result()

    def _fill(self, number: int, fill: str) -> str:
        text = fill.replace('"', '""')
        if len(text) > _LONGEST_TEXT:
            return ""
        name = f"{self._part.prefix}definedName"
        return f'<{name} name="{_FILL_NAME}{number}" hidden="1">"{escape(text)}"</{name}>'

    def _define(self, xml: str) -> None:
        """Add defined names, without those of ours that were there before."""
        names = self._root.first("definedNames")
        for node in self._defined():
            if _FILL.fullmatch(node.get("name")):
                self._part.remove(node)
        if names is not None:
            self._part.append(names, xml)
            return
        last = [node for node in self._root.children if node.name in _BEFORE_NAMES][-1]
        at = self._part.end(last)
        self._part.replace(at, at, f"<{self._part.prefix}definedNames>{xml}</{self._part.prefix}definedNames>")

    def _make_room(self) -> None:
        """Whatever counts sheets from the front counts one more; the sheet that was open stays open.

        Were ours to be opened instead, Excel would take it and the one selected before for a group, and write
        what is typed into both.
        """
        for node in self._defined():
            if node.get("localSheetId"):
                self._part.set(node, "localSheetId", str(node.number("localSheetId") + 1))
        for view in self._views():
            self._part.set(view, "activeTab", str(view.number("activeTab") + 1))
            if view.number("firstSheet"):
                self._part.set(view, "firstSheet", "0")
        if not self._views():
            prefix = self._part.prefix
            self._part.before(
                self._sheets, f'<{prefix}bookViews><{prefix}workbookView activeTab="1"/></{prefix}bookViews>'
            )

    def _views(self) -> list[Node]:
        views = self._root.first("bookViews")
        return views.all("workbookView") if views else []

    def without(self, place: int) -> bytes:
        """The part without one of its sheets."""
        self._part.remove(self._sheets.all("sheet")[place])
        for node in self._defined():
            local = node.number("localSheetId", -1)
            if local == place:
                self._part.remove(node)
            elif local > place:
                self._part.set(node, "localSheetId", str(local - 1))
        for view in self._views():
            if (active := view.number("activeTab")) > place:
                self._part.set(view, "activeTab", str(active - 1))
        return self._part.result()
