"""A sheet's comments: ours beside those that were there, told apart by their author.

Their texts stand in the comments part, their boxes in a drawing (`drawing`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from pipeline.grid import address
from pipeline.publish.returned import drawing
from pipeline.publish.returned.cells import Place, SheetPart, place_of
from pipeline.publish.returned.lines import opening
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Node, Part, Unmarkable
from pipeline.publish.returned.text import excel_escaped
from schemas import call
from schemas.rule import Severity

AUTHOR = call.CENTRE
# Begins what we add to a comment of the bureau's own.
_BELOW = f"——{AUTHOR}——"
# How ours begin: some programs forget who wrote a comment.
_OPENINGS = tuple(opening(level) for level in (Severity.ERROR, Severity.WARNING))
_TRACES = tuple(words.encode() for words in (AUTHOR, *_OPENINGS))
# A text of a thread is shown instead of such a comment, and never what is added to it.
_THREAD = "tc="
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"


def add(package: Package, sheet: SheetPart, name: str, told: Mapping[Place, str], block: int) -> None:
    """Put comments at cells of a sheet part called `name`; `block` numbers shapes of no other sheet."""
    path = next((link.path for link in package.links(name) if link.kind == "comments"), "")
    path = path or _new_part(package, sheet, name)
    part = Part(package.read(path))
    existing = {place: node for node in part.root.within("comment") if (place := place_of(node.get("ref")))}
    authors = [_text(part, author) for author in part.root.within("author")]
    own = authors.index(AUTHOR) if AUTHOR in authors else len(authors)
    fresh: dict[Place, str] = {}
    lengthened: dict[Place, str] = {}
    for place, text in sorted(told.items()):
        if place not in existing:
            fresh[place] = text
        elif not _author(existing[place], authors).startswith(_THREAD):
            lengthened[place] = _lengthen(part, existing[place], text)
    if fresh:
        if own == len(authors):
            part.append(_first(part, "authors"), f"<{part.prefix}author>{AUTHOR}</{part.prefix}author>")
        part.append(
            _first(part, "commentList"),
            "".join(
                f'<{part.prefix}comment ref="{address(*place)}" authorId="{own}"><{part.prefix}text>'
                f"{_runs(text, part.prefix)}</{part.prefix}text></{part.prefix}comment>"
                for place, text in fresh.items()
            ),
        )
    package.put(path, part.result())
    drawing.draw(package, sheet, name, fresh, lengthened, block)


def remove(package: Package, name: str, strict: bool) -> None:
    """Take our comments off a sheet part called `name`, and what we added to others."""
    links = package.links(name)
    path = next((link.path for link in links if link.kind == "comments"), "")
    if not path or not any(mark in package.read(path) for mark in _TRACES):
        return
    part = Part(package.read(path))
    authors = [_text(part, author) for author in part.root.within("author")]
    gone = set()
    for node in part.root.within("comment"):
        if _author(node, authors) == AUTHOR or _text(part, node).startswith(_OPENINGS):
            part.remove(node)
            gone.add(place_of(node.get("ref")))
        else:
            _shorten(part, node)
    package.put(path, part.result())
    drawing.erase(package, SheetPart(package.read(name), strict), name, gone - {None})


def _first(part: Part, name: str) -> Node:
    node = part.root.first(name)
    if node is None:
        raise Unmarkable("an incomplete comments part")
    return node


def _text(part: Part, node: Node) -> str:
    return re.sub(r"<[^>]*>", "", part.content(node).decode()).strip()


def _author(comment: Node, authors: list[str]) -> str:
    number = comment.number("authorId")
    return authors[number] if 0 <= number < len(authors) else ""


def _new_part(package: Package, sheet: SheetPart, name: str) -> str:
    path = package.free("xl/comments{}.xml")
    space = sheet.root.space
    package.put(
        path,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{space}">'
        "<authors></authors><commentList></commentList></comments>".encode(),
    )
    package.declare(path, _CONTENT)
    package.link(name, "comments", path, sheet.strict)
    return path


def _runs(text: str, prefix: str, before: str = "") -> str:
    """A text as runs: lines in 【】 bold; `before` stands in front, in the first run."""
    runs = []
    for line in text.splitlines(keepends=True):
        bold = f"<{prefix}b/>" if line.startswith(("【", _BELOW)) else ""
        runs.append(
            f'<{prefix}r><{prefix}rPr>{bold}<{prefix}sz val="9"/><{prefix}rFont val="宋体"/></{prefix}rPr>'
            f'<{prefix}t xml:space="preserve">{escape(before + excel_escaped(line))}</{prefix}t></{prefix}r>'
        )
        before = ""
    return "".join(runs)


def _lengthen(part: Part, comment: Node, text: str) -> str:
    """Add our text below a comment that is not ours; the whole text."""
    body = comment.first("text")
    pieces = [node for node in body.children if node.name in ("t", "r")] if body else []
    if not body or not pieces:
        return text
    for plain in [node for node in pieces if node.name == "t"]:
        part.before(plain, f"<{part.prefix}r>")
        part.replace(part.end(plain), part.end(plain), f"</{part.prefix}r>")
    at = part.end(pieces[-1])
    part.replace(at, at, _runs(f"{_BELOW}\n{text}", part.prefix, "\n"))
    return _text(part, body) + f"\n{_BELOW}\n{text}"


def _shorten(part: Part, comment: Node) -> None:
    """Take out what we added below a comment."""
    mark = _BELOW.encode()
    behind = False
    for run in [node for node in comment.within("r")]:
        if behind:
            part.remove(run)
        elif mark in part.content(run):
            behind = True
            text = run.first("t")
            words, _, _ = part.content(text).partition(mark)
            if words.strip():
                part.replace(part.inner(text) + len(words.rstrip()), text.close, b"")
            else:
                part.remove(run)
