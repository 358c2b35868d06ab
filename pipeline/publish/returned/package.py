"""An .xlsx package whose parts can be read, exchanged and saved; what is not exchanged stays as it is."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from pipeline.preflight.checksums import CELLS
from pipeline.publish.returned.archive import BROKEN, Archive, Entry, Member, Writer
from pipeline.publish.returned.known import known_by_bytes
from pipeline.publish.returned.scan import Node, Part, Unmarkable

_LARGEST = 256 * 1024 * 1024
_TYPES = "[Content_Types].xml"
# As `pipeline.signature` tells a workbook in XML from all else that is packed like it.
_FOLDER, _BINARY = "xl/", "xl/workbook.bin"
# A workbook has some dozens; each of ours would be one more.
_MOST_PARTS = 10_000
# Names that are spelled out again for every form.
_NAMES = 512
_NO_LINKS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


class Link(NamedTuple):
    """A relationship: `kind` is the last word of its type, `path` the part it leads to ("" if outside)."""

    identity: str
    kind: str
    path: str


class Package:
    """The parts by name; names are compared without case."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = Archive(data)
        except BROKEN as broken:
            raise Unmarkable("no package") from broken
        entries = self._archive.entries
        self._entries = {_key(entry.filename): entry for entry in entries}
        size = sum(entry.file_size for entry in entries)
        if len(self._entries) < len(entries) or len(entries) > _MOST_PARTS or size > _LARGEST:
            raise Unmarkable("two parts of one name, or too much")
        names = {entry.filename.replace("\\", "/").lower() for entry in entries}
        if _BINARY in names or not any(name.startswith(_FOLDER) for name in names):
            raise Unmarkable("no workbook in XML")
        self._found: dict[str, Entry] = {}
        self._links: dict[str, Sequence[Link]] = {}
        self._changed: dict[str, bytes] = {}
        self._new: dict[str, str] = {}
        self._dropped: set[str] = set()
        self.main = next(
            (link.path for link in self.links("") if link.kind == "officeDocument"), "xl/workbook.xml"
        )

    @property
    def names(self) -> list[str]:
        """The parts' names, of those that came with the package."""
        return [entry.filename for key, entry in self._entries.items() if key not in self._dropped]

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        key = _key(name)
        return key in self._changed or (key in self._entries and key not in self._dropped)

    def read(self, name: str) -> bytes:
        """A part's bytes.

        Raises:
            Unmarkable: there is none, or it is damaged.
        """
        key = _key(name)
        if key in self._changed:
            return self._changed[key]
        if not self.has(name):
            raise Unmarkable("a part is missing")
        if key not in self._found:
            self._found[key] = self._entry(key)
        return self._found[key].data

    def _entry(self, key: str) -> Entry:
        try:
            return self._archive.entry(self._entries[key])
        except BROKEN as broken:
            raise Unmarkable("a part is damaged") from broken

    def put(self, name: str, data: bytes) -> None:
        """Exchange a part or add one."""
        key = _key(name)
        self._changed[key] = data
        self._links.pop(key, None)
        self._dropped.discard(key)
        if key not in self._entries:
            self._new[key] = name

    def drop(self, name: str) -> None:
        """Take a part out, with its relationships and its content type."""
        for key in (_key(name), _key(_links_of(name))):
            self._changed.pop(key, None)
            self._links.pop(key, None)
            self._new.pop(key, None)
            self._dropped.add(key)
        types = Part(self.read(_TYPES))
        for node in types.root.all("Override"):
            if _key(node.get("PartName")) == _key(name):
                types.remove(node)
        self.put(_TYPES, types.result())

    def free(self, pattern: str) -> str:
        """The first name of a pattern (xl/comments{}.xml) that no part has, numbered from 1."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def links(self, name: str) -> Sequence[Link]:
        """The relationships of a part; "" stands for the package."""
        owned = _links_of(name)
        key = _key(owned)
        if key not in self._links:
            data = self.read(owned) if self.has(owned) else b""
            self._links[key] = _links(data, posixpath.dirname(name)) if data else ()
        return self._links[key]

    def link(self, name: str, kind: str, path: str, strict: bool) -> str:
        """Relate a part to another; the relationship's id."""
        owned = _links_of(name)
        given = self.read(owned) if self.has(owned) else _NO_LINKS
        data, identity = _related(given, f"{_STRICT if strict else _TRANSITIONAL}/{kind}", _target(path, name))
        self.put(owned, data)
        return identity

    def unlink(self, name: str, identity: str) -> None:
        """Take a relationship out."""
        part = Part(self.read(_links_of(name)))
        for node in part.root.all("Relationship"):
            if node.get("Id") == identity:
                part.remove(node)
        self.put(_links_of(name), part.result())

    def declare(self, name: str, kind: str) -> None:
        """Say of what type a part is: by its extension where that is free, else by its name."""
        types = self.read(_TYPES)
        declared = _declared(types, name, kind)
        if declared != types:
            self.put(_TYPES, declared)

    def save(self, *, proven: bool = False) -> bytes:
        """The package: parts in their order, new ones last; always the same bytes for the same `proven`.

        `proven` says that forms were read from it: then `pipeline.preflight.checksums` has found its cells undamaged,
        and they are copied without being unpacked. Bytes behind the end of such a part's packing, which nobody unpacks,
        then stay, while otherwise the part is packed anew: no other package differs.
        """
        package = Writer()
        for key, member in self._entries.items():
            if key in self._changed:
                package.copy(member, Entry(self._changed[key], None))
            elif key not in self._dropped:
                known = self._found.get(key) or (proven and CELLS.fullmatch(key) and self._archive.as_it_lies(member))
                package.copy(member, known or self._entry(key))
        for key, name in self._new.items():
            package.add(Member(name), self._changed[key])
        return package.result()


@lru_cache(_NAMES)
def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


@lru_cache(_NAMES)
def _target(path: str, name: str) -> str:
    """A part's path as another part called `name` relates to it."""
    return posixpath.relpath(path, posixpath.dirname(name) or ".")


@lru_cache(_NAMES)
def _links_of(name: str) -> str:
    folder, file = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{file}.rels")


@known_by_bytes
def _related(data: bytes, kind: str, target: str) -> tuple[bytes, str]:
    """Relationships with one more, and its id."""
    part = Part(data)
    taken = {node.get("Id") for node in part.root.all("Relationship")}
    identity = next(i for n in range(1, len(taken) + 2) if (i := f"rId{n}") not in taken)
    part.append(part.root, f'<{part.prefix}Relationship Id="{identity}" Type="{kind}" Target={quoteattr(target)}/>')
    return part.result(), identity


@known_by_bytes
def _declared(data: bytes, name: str, kind: str) -> bytes:
    """The list of types with that of a part in it."""
    types = Part(data)
    extension = name.rpartition(".")[2].lower()
    known = {node.get("Extension").lower(): node.get("ContentType") for node in types.root.all("Default")}
    declared = {_key(node.get("PartName")) for node in types.root.all("Override")}
    if known.get(extension) == kind or _key(name) in declared:
        return data
    if extension in known or extension == "xml":
        xml = f'<{types.prefix}Override PartName="/{name}" ContentType="{kind}"/>'
    else:
        xml = f'<{types.prefix}Default Extension="{extension}" ContentType="{kind}"/>'
    types.append(types.root, xml)
    return types.result()


@known_by_bytes
def _links(data: bytes, folder: str) -> tuple[Link, ...]:
    """The relationships in a part about one that lies in `folder`."""
    return tuple(_link(node, folder) for node in Part(data).root.all("Relationship"))


def _link(node: Node, folder: str) -> Link:
    target = node.get("Target").replace("\\", "/")
    path = (
        target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    )
    outside = node.get("TargetMode") == "External"
    return Link(node.get("Id"), node.get("Type").rpartition("/")[2], "" if outside else path)
