"""Form-control boxes of an .xlsx sheet: where they stand, whether they are ticked, what they are called.

Excel writes each box twice, in a VML drawing (anchor, caption, state) and in a ctrlProps part (state); WPS and older
programs write only the first. A box is ticked if either says so.
"""

from __future__ import annotations

import re

from pipeline.details import Box
from pipeline.details.package import Package, descendants, local, parsed, whole

_KINDS = ("checkbox", "radio", "optionbutton")


def boxes_of(package: Package, sheet: bytes, related: list[tuple[str, str, str]]) -> tuple[Box, ...]:
    """The sheet's boxes in reading order."""
    shapes: dict[str, dict] = {}
    for _, kind, path in related:
        if kind == "vmlDrawing":
            _from_vml(package.read(path), shapes)
    states = _control_states(package, related)
    _from_sheet(package, sheet, states, shapes)
    captions = _drawing_captions(package, related)
    boxes = [Box(shape["row"], shape["col"], shape["offset"], shape.get("checked", False),
                 shape.get("caption") or captions.get(identity, ""))
             for identity, shape in shapes.items() if "row" in shape]
    return tuple(sorted(boxes))


def _from_vml(raw: bytes, shapes: dict[str, dict]) -> None:
    # VML is often not well-formed XML: <br> is left open.
    root = parsed(re.sub(rb"<br\s*>", b"<br/>", raw))
    for shape in descendants(root, "shape"):
        data = next(descendants(shape, "ClientData"), None)
        if data is None or data.get("ObjectType", "").lower() not in _KINDS:
            continue
        told = {local(child): (child.text or "").strip() for child in data}
        anchor = [int(n) for n in re.findall(r"-?\d+", told.get("Anchor", ""))]
        if len(anchor) < 4:
            continue
        caption = "".join("".join(box.itertext()) for box in descendants(shape, "textbox")).strip()
        shapes[_number(shape.get("id", ""))] = {
            "row": anchor[2], "col": anchor[0], "offset": anchor[1], "caption": caption,
            "checked": told.get("Checked", "0") in ("1", "True", "t")}


def _number(identity: str) -> str:
    digits = re.findall(r"\d+", identity)
    return digits[-1] if digits else identity


def _control_states(package: Package, related: list[tuple[str, str, str]]) -> dict[str, bool | None]:
    """Relationship id → ticked, for the boxes among the sheet's controls."""
    states: dict[str, bool | None] = {}
    for identity, kind, path in related:
        if kind == "ctrlProp":
            root = package.parse(path)
            if root is not None and root.get("objectType", "").lower() in _KINDS:
                states[identity] = root.get("checked", "") == "Checked"
    return states


def _from_sheet(package: Package, sheet: bytes, states: dict[str, bool | None], shapes: dict[str, dict]) -> None:
    if not states:
        return
    for control in descendants(parsed(sheet), "control"):
        relation = next((v for k, v in control.attrib.items() if k.endswith("}id")), "")
        if relation not in states:
            continue
        shape = shapes.setdefault(control.get("shapeId", relation), {})
        shape["checked"] = shape.get("checked", False) or bool(states[relation])
        start = next(descendants(control, "from"), None)
        if start is not None and "row" not in shape:
            told = {child.tag.rsplit("}", 1)[-1]: whole(child.text, 0) for child in start}
            shape.update(row=told.get("row", 0), col=told.get("col", 0), offset=told.get("colOff", 0))


def _drawing_captions(package: Package, related: list[tuple[str, str, str]]) -> dict[str, str]:
    """Shape id → text of the shapes in the sheet's drawing, where newer programs keep captions."""
    captions = {}
    for _, kind, path in related:
        if kind != "drawing":
            continue
        for shape in descendants(package.parse(path), "sp"):
            named = next(descendants(shape, "cNvPr"), None)
            # LibreOffice and Excel both put the VML shape's id here, as spid="_x0000_s1025".
            spid = next((e.get("spid", "") for e in shape.iter() if e.get("spid")), "")
            text = "".join(t.text or "" for t in descendants(shape, "t")).strip()
            if named is not None and text:
                captions[_number(spid) if spid else named.get("id", "")] = text
    return captions
