"""What would start by itself in a form handed back: macros are left out, links outside lead nowhere, the rest is
refused.

A cell's formula and a link that somebody must click are the bureau's own and stay. Nothing here is opened or followed.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.publish.returned.known import known_by_bytes
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Part, Unmarkable
from pipeline.publish.returned.workbook import Workbook

# Relationships to code and to add-ins that open with the file, by the last word of their type.
_CODE = {"vbaProject", "wordVbaData", "vbaProjectSignature", "vbaProjectSignatureAgile", "vbaProjectSignatureV3",
         "attachedToolbars", "extensibility", "webextensiontaskpanes", "customUI"}
_MACRO_SHEETS = {"xlMacrosheet", "xlIntlMacrosheet"}
# What a form never needs and what cannot be left out of a workbook without harm to it: the form goes to the template.
_REFUSED = {"connections", "queryTable", "control", "activeXControlBinary"}
# Clicked by hand; every other relationship to the outside is followed when the file opens.
_CLICKED = "hyperlink"
_NOWHERE = "已断开的外部链接.xlsx"
_PLAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_TYPES = "[Content_Types].xml"
# Names that are spelled out again for every form.
_NAMES = 512


def take_out(package: Package) -> bool:
    """Leave out of a package what would start by itself; whether there were macros.

    Raises:
        Unmarkable: it holds what can only be left out with everything that is not a form's contents.
    """
    rels = [name for name in package.names if name.lower().endswith(".rels")]
    found = {link.kind for name in rels for link in package.links(_owner(name))}
    if found & _REFUSED or _has_dde(package):
        raise Unmarkable("a control, a connection or a DDE link")
    _disconnect(package, rels)
    book = Workbook(package)
    macro_sheets = [name for name, link in zip(book.names, book.links, strict=True) if link.kind in _MACRO_SHEETS]
    if len(macro_sheets) == len(book.names):
        raise Unmarkable("nothing but macros")
    for name in macro_sheets:
        book.remove(name)
    code = bool(found & _CODE)
    if code:
        for name in rels:
            _leave_out(package, _owner(name))
    return _plain(package) or code or bool(macro_sheets)


@lru_cache(_NAMES)
def _owner(rels: str) -> str:
    """The part that a relationship part belongs to, "" for the package."""
    folder, _, file = rels.replace("\\", "/").lstrip("/").rpartition("_rels/")
    return folder + file[:-len(".rels")]


def _has_dde(package: Package) -> bool:
    """Whether a part about another workbook names a program instead."""
    parts = (package.read(name) for name in package.names if "externallinks/" in name.lower() and name.endswith(".xml"))
    return any(b"ddeLink" in part or b"oleLink" in part for part in parts)


def _disconnect(package: Package, rels: list[str]) -> None:
    """Let what would be fetched from outside be looked for where nothing is."""
    for name in rels:
        if b"External" not in package.read(name):
            continue
        part, changed = Part(package.read(name)), False
        for node in part.root.all("Relationship"):
            if node.get("TargetMode") == "External" and node.get("Type").rpartition("/")[2] != _CLICKED:
                part.set(node, "Target", _NOWHERE)
                changed = True
        if changed:
            package.put(name, part.result())


def _leave_out(package: Package, owner: str) -> None:
    if not package.has(owner) and owner:
        return
    for link in package.links(owner):
        if link.kind in _CODE:
            package.unlink(owner, link.identity)
            if link.path and package.has(link.path):
                package.drop(link.path)


def _plain(package: Package) -> bool:
    """Say of the main part that it is a workbook without macros; whether it said otherwise."""
    types = package.read(_TYPES)
    plain = _all_plain(types)
    if plain == types:
        return False
    package.put(_TYPES, plain)
    return True


@known_by_bytes
def _all_plain(data: bytes) -> bytes:
    """The list of types without those of workbooks with macros."""
    types = Part(data)
    for node in types.root.children:
        if "sheet.macroEnabled" in node.get("ContentType") or "template.macroEnabled" in node.get("ContentType"):
            types.set(node, "ContentType", _PLAIN)
    return types.result()
