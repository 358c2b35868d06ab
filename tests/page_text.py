"""A page as its reader sees it: tables as rows of text, links, every tag; wrong nesting fails."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "br", "path", "rect", "circle", "line"}


class Page(HTMLParser):
    """`tags` [(name, attributes)], `text` all of it, `tables` [[row of cell texts]], `links` addresses."""

    def __init__(self, path: Path):
        super().__init__(convert_charrefs=True)
        self.source = path.read_text("utf-8")
        self.tags, self.tables, self.links, self._open, self._text = [], [], [], [], []
        self.feed(self.source)
        self.close()
        assert self._open == []

    @property
    def text(self) -> str:
        return squeezed("".join(self._text))

    def section(self, start: str, end: str = "") -> str:
        """The text between two phrases."""
        after = self.text.partition(start)[2]
        return after.partition(end)[0].strip() if end else after.strip()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.links += [value for name, value in attrs if name in ("href", "src", "xlink:href", "action")]
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        if tag in ("p", "h1", "h2", "h3", "li", "div", "dt", "dd", "tr"):
            self._text.append("\n")

    def handle_data(self, data):
        if self._open[-1:] == ["style"]:
            return
        self._text.append(data)
        if {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] = squeezed(self.tables[-1][-1][-1] + data)


def squeezed(text: str) -> str:
    return re.sub(r"[ \n]+", " ", text)
