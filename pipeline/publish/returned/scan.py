"""XML with the place of every element in the bytes: a part is changed where it must be and nowhere else.

Namespaces are looked through: an element is known by its local name, whatever prefix or edition of the
standard (transitional, strict) a program writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from xml.parsers import expat

_TAG = re.compile(rb"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
_ATTRIBUTE = re.compile(rb"""\s([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")
_ENCODING = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([^"']+)""")
_UTF8 = (b"utf-8", b"utf8")
# Every element takes some hundred bytes while a part is changed.
_LONGEST = 32 * 1024 * 1024
# Programs number sheets at will, but not past this; nor is a column wider than that.
_LARGEST_NUMBER, _LARGEST_SIZE = 1 << 31, 10_000
# Elements of parts as small as this are kept: a form's are asked for several times, and forms that were filled in
# on one template have the same cell formats.
_SMALL, _KEPT = 64 * 1024, 16
# Contents of cells: nothing in them is ever changed, and a sheet has thousands.
CONTENTS = (" v", " f", " is", " t")


class Unmarkable(Exception):
    """A package that cannot be changed part by part; the bureau then gets the official template instead."""


class Node:
    """An element, the same for every `Part` of these bytes: never changed. `start` is the place of its tag, `close`
    that of its end tag (the same if it is empty)."""

    __slots__ = ("attributes", "children", "close", "name", "space", "start")

    def __init__(self, space: str, name: str, attributes: dict[str, str], start: int) -> None:
        self.space, self.name = space, name
        self.attributes = attributes
        self.start = self.close = start
        self.children: list[Node] = []

    def get(self, name: str, default: str = "") -> str:
        """An attribute by its local name."""
        if name in self.attributes:
            return self.attributes[name]
        return next((v for k, v in self.attributes.items() if k.endswith(f" {name}")), default)

    def number(self, name: str, default: int = 0) -> int:
        """A whole number in an attribute; `default` if there is none.

        Raises:
            Unmarkable: what stands there is none, or is too large for a count of anything.
        """
        try:
            number = int(self.get(name) or default)
        except ValueError:
            raise Unmarkable("a number that is none") from None
        if abs(number) > _LARGEST_NUMBER:
            raise Unmarkable("a number too large")
        return number

    def size(self, name: str, default: float) -> float:
        """A width or height in an attribute; `default` where there is none that could be drawn."""
        try:
            size = float(self.get(name) or default)
        except ValueError:
            return default
        return size if 0 <= size <= _LARGEST_SIZE else default

    def all(self, name: str) -> list[Node]:
        """Children of that local name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Node | None:
        """The first child of that local name."""
        return next((child for child in self.children if child.name == name), None)

    def within(self, name: str) -> Iterator[Node]:
        """All elements of that local name below this one, in order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.within(name)


class Part:
    """One XML part and the changes to be made to it; names that end with `leave_out` get no node."""

    def __init__(self, data: bytes, leave_out: tuple[str, ...] = ()) -> None:
        self.data = data
        self.root = _small_tree(data, leave_out) if len(data) <= _SMALL else _tree(data, leave_out)
        self._changes: list[tuple[int, int, int, bytes]] = []
        self._filled: dict[int, tuple[Node, list[bytes]]] = {}

    @cached_property
    def prefix(self) -> str:
        """What stands before the names of elements, as it does before that of the whole."""
        prefix = self.tag(self.root).rpartition(":")[0]
        return f"{prefix}:" if prefix else ""

    def tag(self, node: Node) -> str:
        """An element's name as it stands there, with its prefix."""
        return re.split(rb"[\s/>]", self.data[node.start + 1 : node.start + 200], maxsplit=1)[0].decode()

    def inner(self, node: Node) -> int:
        """Where the element's contents begin; Unmarkable if its tag has no end."""
        found = _TAG.match(self.data, node.start)
        if found is None:
            raise Unmarkable("a tag without end")
        return found.end()

    def is_empty(self, node: Node) -> bool:
        """Whether it is written as one tag."""
        return self.data[self.inner(node) - 2 : self.inner(node)] == b"/>"

    def end(self, node: Node) -> int:
        """Where the element ends."""
        return self.inner(node) if self.is_empty(node) else self.data.index(b">", node.close) + 1

    def raw(self, node: Node) -> bytes:
        """The element as it stands there."""
        return self.data[node.start : self.end(node)]

    def content(self, node: Node) -> bytes:
        """What stands between its tags."""
        return b"" if self.is_empty(node) else self.data[self.inner(node) : node.close]

    def replace(self, start: int, end: int, new: str | bytes) -> None:
        """Put `new` in the place of some bytes."""
        raw = new.encode() if isinstance(new, str) else new
        self._changes.append((start, end, len(self._changes), raw))

    def before(self, node: Node, new: str | bytes) -> None:
        """Put `new` before an element."""
        self.replace(node.start, node.start, new)

    def append(self, node: Node, new: str | bytes) -> None:
        """Put `new` behind what an element contains."""
        if not self.is_empty(node):
            self.replace(node.close, node.close, new)
            return
        pieces = self._filled.setdefault(node.start, (node, []))[1]
        pieces.append(new.encode() if isinstance(new, str) else new)

    def remove(self, node: Node) -> None:
        """Take an element out."""
        self.replace(node.start, self.end(node), b"")

    def set(self, node: Node, name: str, value: str) -> None:
        """Give an attribute without prefix a value that needs no escaping."""
        inner = self.inner(node)
        for match in _ATTRIBUTE.finditer(self.data, node.start, inner):
            if match[1] == name.encode():
                self.replace(match.start(2) + 1, match.end(2) - 1, value)
                return
        at = inner - 2 if self.is_empty(node) else inner - 1
        self.replace(at, at, f' {name}="{value}"')

    def result(self) -> bytes:
        """The part with its changes; Unmarkable if two of them are about the same bytes."""
        for node, inside in self._filled.values():
            name, inner = self.tag(node).encode(), self.inner(node)
            self.replace(inner - 2, inner, b"".join([b">", *inside, b"</", name, b">"]))
        self._filled.clear()
        pieces, at = [], 0
        for start, end, _, new in sorted(self._changes):
            if start < at:
                raise Unmarkable("changes that overlap")
            pieces += [self.data[at:start], new]
            at = end
        return b"".join([*pieces, self.data[at:]])


class _Names(dict[str, tuple[str, str] | None]):
    """Namespace and local name of an element by both together; None for those that get no node."""

    def __init__(self, leave_out: tuple[str, ...]) -> None:
        super().__init__()
        self._leave_out = leave_out

    def __missing__(self, whole: str) -> tuple[str, str] | None:
        space, _, name = whole.rpartition(" ")
        self[whole] = None if self._leave_out and whole.endswith(self._leave_out) else (space, name)
        return self[whole]


@lru_cache(_KEPT)
def _small_tree(data: bytes, leave_out: tuple[str, ...]) -> Node:
    return _tree(data, leave_out)


def _tree(data: bytes, leave_out: tuple[str, ...]) -> Node:
    encoding = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if len(data) > _LONGEST:
        raise Unmarkable("too long")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (encoding and encoding[1].lower() not in _UTF8):
        raise Unmarkable("not in UTF-8")
    top, parser = Node("", "", {}, 0), expat.ParserCreate(namespace_separator=" ")
    open_nodes, names = [top], _Names(leave_out)

    def start(name: str, attributes: dict[str, str]) -> None:
        split = names[name]
        if split:
            node = Node(*split, attributes, parser.CurrentByteIndex)
            open_nodes[-1].children.append(node)
            open_nodes.append(node)

    def end(name: str) -> None:
        if names[name]:
            open_nodes.pop().close = parser.CurrentByteIndex

    def doctype(*_: object) -> None:
        raise Unmarkable("a document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as broken:
        raise Unmarkable("not well-formed") from broken
    return top.children[0]
