"""An OOXML or ODF container: parts, relationships, and XML that is read only if it is harmless."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

_LARGEST_PART = 64 * 1024 * 1024


class Package:
    """A zip of parts with their relationships; names are compared without case and with forward slashes."""

    def __init__(self, data: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.names = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in self.zip.infolist()}

    def read(self, name: str) -> bytes:
        """A part's bytes; b"" if it is missing, too large or damaged."""
        info = self.names.get(name.lstrip("/").lower())
        if info is None or info.file_size > _LARGEST_PART:
            return b""
        try:
            return self.zip.read(info)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
            return b""

    def parse(self, name: str) -> Element | None:
        """A part as XML; None if there is none or it is not well-formed or not harmless."""
        return parsed(self.read(name))

    def related(self, name: str) -> list[tuple[str, str, str]]:
        """(relationship id, last word of its type, part name) of a part's relationships."""
        folder, file = posixpath.split(name)
        root = self.parse(f"{folder}/_rels/{file}.rels")
        found = []
        for link in root if root is not None else ():
            if link.get("TargetMode") == "External":
                continue
            target = (link.get("Target") or "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found.append((link.get("Id", ""), link.get("Type", "").rsplit("/", 1)[-1], path))
        return found


def parsed(data: bytes) -> Element | None:
    """XML bytes as an element tree, None if they cannot or must not be read."""
    if not data:
        return None
    try:
        return fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None


def local(element: Element) -> str:
    """An element's name without its namespace: Strict and transitional files use different ones."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def descendants(root: Element | None, name: str) -> Iterator[Element]:
    """All elements of that local name below `root`."""
    return (e for e in (root.iter() if root is not None else ()) if local(e) == name)

def attributes_below(element: Element) -> str:
    """All attribute values in and below an element in lower case, to look for a font's name in."""
    return " ".join(value for e in element.iter() for value in e.attrib.values()).lower()
