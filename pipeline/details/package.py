"""An OOXML or ODF container: parts, relationships, and XML that is read only if it is harmless."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from pipeline.preflight import parts

LARGEST_PART = 64 * 1024 * 1024
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError, RuntimeError)
_PIECE = 1 << 20
_LARGEST_NUMBER = 1 << 31


class Package:
    """A zip of parts with their relationships; names are compared without case and with forward slashes.

    Raises:
        zipfile.BadZipFile, ValueError, NotImplementedError, OSError: the bytes are no zip.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._contents: dict[str, bytes | None] = {}
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.names = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in self.zip.infolist()}
        self._names_of = {id(info): name for name, info in self.names.items()}

    @classmethod
    def of(cls, source: bytes | Package) -> Package:
        """The package of these bytes, unless it is open already."""
        return cls(source) if isinstance(source, bytes) else source

    def small(self, info: zipfile.ZipInfo) -> bytes:
        """A part's bytes, where they are few and exactly what the container says; b"" otherwise."""
        name = self._names_of.get(id(info), "")
        if info.file_size > parts.SMALL or not name:
            return b""
        if name not in self._contents and (content := parts.content(self.data, info)) is not None:
            self._contents[name] = content
        return self._contents.get(name) or b""

    def read(self, name: str) -> bytes:
        """A part's bytes; b"" if it is missing, too large or damaged."""
        return self._content(name.lstrip("/").lower()) or b""

    def is_damaged(self, name: str) -> bool:
        """Whether a part cannot be unpacked to the bytes that its checksum is of; `name` is one of `names`."""
        if self.names[name].file_size <= LARGEST_PART:
            return self._content(name) is None
        try:
            with self.zip.open(self.names[name]) as part:
                while part.read(_PIECE):
                    pass
        except BROKEN:
            return True
        return False

    def _content(self, name: str) -> bytes | None:
        """A part's bytes, unpacked once; None if that cannot be done."""
        info = self.names.get(name)
        if info is None or info.file_size > LARGEST_PART:
            return None
        if name not in self._contents:
            self._contents[name] = self._unpacked(info)
        return self._contents[name]

    def _unpacked(self, info: zipfile.ZipInfo) -> bytes | None:
        content = parts.content(self.data, info)
        if content is not None:
            return content
        try:
            return self.zip.read(info)
        except BROKEN:
            return None

    def parse(self, name: str) -> Element | None:
        """A part as XML; None if there is none or it is not well-formed or not harmless."""
        return parsed(self.read(name))

    def related(self, name: str) -> list[tuple[str, str, str]]:
        """(relationship id, last word of its type, part name) of a part's relationships."""
        folder, file = posixpath.split(name)
        return list(_links(self.read(f"{folder}/_rels/{file}.rels"), folder))


# The same bytes in nearly every form, as long as one program wrote them.
@lru_cache(maxsize=64)
def _links(data: bytes, folder: str) -> tuple[tuple[str, str, str], ...]:
    root = parsed(data)
    found = []
    for link in root if root is not None else ():
        if link.get("TargetMode") == "External":
            continue
        target = (link.get("Target") or "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        found.append((link.get("Id", ""), link.get("Type", "").rsplit("/", 1)[-1], path))
    return tuple(found)


def parsed(data: bytes) -> Element | None:
    """XML bytes as an element tree, None if they cannot or must not be read."""
    if not data:
        return None
    try:
        return fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None


def whole(text: str | None, default: int) -> int:
    """A whole number as it stands in an attribute; `default` where there is none, or where it counts no sheet's
    cells."""
    try:
        number = int(text or default)
    except ValueError:
        return default
    return number if abs(number) <= _LARGEST_NUMBER else default


def local(element: Element) -> str:
    """An element's name without its namespace: Strict and transitional files use different ones."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def descendants(root: Element | None, name: str) -> Iterator[Element]:
    """All elements of that local name below `root`."""
    return (e for e in (root.iter() if root is not None else ()) if local(e) == name)


def attributes_below(element: Element) -> str:
    """All attribute values in and below an element in lower case, to look for a font's name in."""
    return " ".join(value for e in element.iter() for value in e.attrib.values()).lower()
