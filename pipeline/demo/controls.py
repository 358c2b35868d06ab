"""Form-control boxes, which xlsxwriter does not write: added to the parts of a finished package.

Excel keeps such a box twice: in a VML drawing (place, caption, state) and, since 2010, in a ctrlProps part.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.demo.sheet import Control

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEETS = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_CONTROL_TYPE = "application/vnd.ms-excel.controlproperties+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{sheet}"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" '
    'o:connecttype="rect"/><o:lock v:ext="edit" shapetype="t"/></v:shapetype>{shapes}</xml>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{identity}" type="#_x0000_t201" filled="f" stroked="f" o:insetmode="auto" '
    'style="position:absolute;z-index:1;mso-wrap-style:tight">'
    '<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:left">'
    '<font face="宋体" size="200" color="#000000">{caption}</font></div></v:textbox>'
    '<x:ClientData ObjectType="Checkbox"><x:SizeWithCells/>'
    "<x:Anchor>{col}, 4, {row}, 3, {next_col}, 0, {next_row}, 0</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:AutoLine>False</x:AutoLine><x:TextVAlign>Center</x:TextVAlign>{checked}<x:NoThreeD/>"
    "</x:ClientData></v:shape>"
)
_CONTROL = (
    '<mc:AlternateContent xmlns:mc="{compatible}"><mc:Choice Requires="x14">'
    '<control shapeId="{identity}" r:id="{relation}" name="Check Box {number}">'
    '<controlPr defaultSize="0" autoFill="0" autoLine="0" autoPict="0"><anchor moveWithCells="1">'
    "<from><xdr:col>{col}</xdr:col><xdr:colOff>38100</xdr:colOff>"
    "<xdr:row>{row}</xdr:row><xdr:rowOff>28575</xdr:rowOff></from>"
    "<to><xdr:col>{next_col}</xdr:col><xdr:colOff>0</xdr:colOff>"
    "<xdr:row>{next_row}</xdr:row><xdr:rowOff>0</xdr:rowOff></to>"
    "</anchor></controlPr></control></mc:Choice></mc:AlternateContent>"
)


def add(parts: dict[str, bytes], number: int, boxes: Sequence[Control]) -> None:
    """Give sheet `number` of the package these boxes; the sheet must have no drawings of its own."""
    told = [_facts(number, place, box) for place, box in enumerate(boxes, 1)]
    shapes = "".join(_SHAPE.format(**facts) for facts in told)
    parts[f"xl/drawings/vmlDrawing{number}.vml"] = _VML.format(sheet=number, shapes=shapes).encode()
    for place, box in enumerate(boxes, 1):
        parts[f"xl/ctrlProps/ctrlProp{number}{place}.xml"] = _state(box).encode()
    parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = _relations(number, len(boxes)).encode()
    controls = "".join(_CONTROL.format(**facts) for facts in told)
    _put_into_sheet(parts, f"xl/worksheets/sheet{number}.xml", controls)
    _declare(parts, number, len(boxes))


def _facts(number: int, place: int, box: Control) -> dict[str, object]:
    return {"identity": 1024 * number + place, "number": place, "relation": f"rId{place + 1}",
            "caption": box.caption, "row": box.row, "col": box.col,
            "next_row": box.row + 1, "next_col": box.col + 1,
            "checked": "<x:Checked>1</x:Checked>" if box.ticked else "", "compatible": _COMPATIBLE}


def _state(box: Control) -> str:
    checked = ' checked="Checked"' if box.ticked else ""
    return f'{_HEAD}<formControlPr xmlns="{_SHEETS}" objectType="CheckBox"{checked} noThreeD="1"/>'


def _relations(number: int, count: int) -> str:
    targets = [("vmlDrawing", f"drawings/vmlDrawing{number}.vml")]
    targets += [("ctrlProp", f"ctrlProps/ctrlProp{number}{place}.xml") for place in range(1, count + 1)]
    items = [f'<Relationship Id="rId{place}" Type="{_RELATIONS}/{kind}" Target="../{path}"/>'
             for place, (kind, path) in enumerate(targets, 1)]
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{"".join(items)}</Relationships>'


def _put_into_sheet(parts: dict[str, bytes], name: str, controls: str) -> None:
    xml = parts[name].decode()
    block = (f'<legacyDrawing r:id="rId1"/><mc:AlternateContent xmlns:mc="{_COMPATIBLE}">'
             f'<mc:Choice Requires="x14"><controls>{controls}</controls></mc:Choice>'
             "</mc:AlternateContent></worksheet>")
    xml = xml.replace("<worksheet ", f'<worksheet xmlns:xdr="{_DRAWING}" xmlns:x14="{_SHEETS}" ', 1)
    parts[name] = xml.replace("</worksheet>", block).encode()


def _declare(parts: dict[str, bytes], number: int, count: int) -> None:
    declared = f'<Default Extension="vml" ContentType="{_VML_TYPE}"/>'
    for place in range(1, count + 1):
        path = f"/xl/ctrlProps/ctrlProp{number}{place}.xml"
        declared += f'<Override PartName="{path}" ContentType="{_CONTROL_TYPE}"/>'
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace("</Types>", f"{declared}</Types>").encode()
