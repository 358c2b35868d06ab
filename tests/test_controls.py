"""Form-control boxes of an .xlsx: from the VML drawing, from the ctrlProps parts, from both."""

from __future__ import annotations

import pytest
from workbooks import Relation, sheet_of, text_cell, xlsx

from pipeline.details import Box
from pipeline.grid import open_workbook

XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
CELLS = sheet_of(text_cell("A1", "牵头单位类型"))


def shape(identity: int, row: int, col: int, *, offset: int = 4, state: str = "", caption: str = "",
          kind: str = "Checkbox") -> str:
    """A VML shape as Excel writes it, <br> left open."""
    told = f"<x:Checked>{state}</x:Checked>" if state else ""
    return (f'<v:shape id="_x0000_s{identity}" type="#_x0000_t201"><v:textbox><div><font>{caption}<br></font></div>'
            f'</v:textbox>'
            f'<x:ClientData ObjectType="{kind}"><x:Anchor>\n {col}, {offset}, {row}, 3, {col + 1}, 0, {row + 1}, '
            f'0</x:Anchor>{told}'
            "</x:ClientData></v:shape>")


def vml(*shapes: str) -> str:
    return ('<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
            f'xmlns:x="urn:schemas-microsoft-com:office:excel">{"".join(shapes)}</xml>')


def control(identity: int, relation: str, row: int | None = None, col: int = 0) -> str:
    """A control of the sheet; with a row it has an anchor too."""
    start = f"<xdr:col>{col}</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
    anchor = "" if row is None else f'<controlPr xmlns:xdr="{XDR}"><anchor><from>{start}</from></anchor></controlPr>'
    return f'<control shapeId="{identity}" r:id="{relation}" name="复选框">{anchor}</control>'


def property_of(state: str = "", kind: str = "CheckBox") -> str:
    told = f' checked="{state}"' if state else ""
    return (f'<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
            f'objectType="{kind}"{told}/>')


def drawing(identity: int, text: str, spid: str = "") -> str:
    known = f'<a:extLst><a:ext><c spid="{spid}"/></a:ext></a:extLst>' if spid else ""
    return (f'<xdr:wsDr xmlns:xdr="{XDR}" xmlns:a="{A}"><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="{identity}" '
            f'name="复选框">{known}</xdr:cNvPr>'
            f"</xdr:nvSpPr><xdr:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>")


def boxes_of(sheet: str = "", *, shapes: str = "", properties: tuple[str, ...] = (), drawn: str = "") -> tuple[Box,
        ...]:
    """The boxes of a sheet with these parts; property n is rIdP<n>."""
    related: list[Relation] = [(f"rIdP{n}", "ctrlProp", f"../ctrlProps/p{n}.xml") for n in range(len(properties))]
    parts: dict[str, str] = {f"xl/ctrlProps/p{n}.xml": text for n, text in enumerate(properties)}
    if shapes:
        related.append(("rIdV", "vmlDrawing", "../drawings/vml1.vml"))
        parts["xl/drawings/vml1.vml"] = shapes
        sheet += '<legacyDrawing r:id="rIdV"/>'
    if drawn:
        related.append(("rIdD", "drawing", "/xl/drawings/drawing1.xml"))
        parts["xl/drawings/drawing1.xml"] = drawn
        sheet += '<drawing r:id="rIdD"/>'
    return open_workbook(xlsx(CELLS + sheet, related=related, parts=parts)).grids[0].boxes


def test_vml_only__as_wps_writes_it() -> None:
    shapes = vml(shape(1026, 3, 4, state="1", caption="龙头骨干企业"), shape(1025, 3, 1, caption="创新型领军企业"))
    assert boxes_of(shapes=shapes) == (Box(3, 1, 4, False, "创新型领军企业"), Box(3, 4, 4, True, "龙头骨干企业"))


@pytest.mark.parametrize(("state", "ticked"), [("1", True), ("True", True), ("t", True), ("0", False),
                                               ("2", False), ("", False)])
def test_vml_only__states(state: str, ticked: bool) -> None:
    assert boxes_of(shapes=vml(shape(1025, 0, 1, state=state))) == (Box(0, 1, 4, ticked, ""),)


@pytest.mark.parametrize(("kind", "count"), [("Checkbox", 1), ("Radio", 1), ("Note", 0), ("Button", 0),
                                             ("GBox", 0), ("Drop", 0)])
def test_vml_only__what_is_a_box(kind: str, count: int) -> None:
    assert len(boxes_of(shapes=vml(shape(1025, 0, 1, state="1", kind=kind)))) == count


def test_vml_only__several_boxes_over_one_cell_stand_in_their_order() -> None:
    shapes = vml(shape(1027, 2, 1, offset=400, caption="丙"), shape(1025, 2, 1, offset=5, caption="甲"),
                 shape(1026, 2, 1, offset=200, state="1", caption="乙"))
    assert [(box.caption, box.checked) for box in boxes_of(shapes=shapes)] == [("甲", False), ("乙", True),
            ("丙", False)]


def test_vml_only__without_an_anchor_there_is_no_place() -> None:
    assert boxes_of(shapes=vml(shape(1025, 0, 1, state="1").replace("Anchor", "Anker"))) == ()


def test_properties_only__state_from_ctrl_prop_place_from_sheet() -> None:
    controls = "".join((control(1025, "rIdP0", 3, 1), control(1026, "rIdP1", 3, 5), control(1027, "rIdP2", 4, 1)))
    found = boxes_of(f"<controls>{controls}</controls>", properties=(property_of(), property_of("Checked"),
                                                                     property_of("Checked", "Button")))
    assert found == (Box(3, 1, 9, False, ""), Box(3, 5, 9, True, ""))


@pytest.mark.parametrize(("state", "ticked"), [("Checked", True), ("Mixed", False), ("Unchecked", False),
                                               ("", False)])
def test_properties_only__states(state: str, ticked: bool) -> None:
    found = boxes_of(f'<controls>{control(1025, "rIdP0", 0, 0)}</controls>', properties=(property_of(state),))
    assert found == (Box(0, 0, 9, ticked, ""),)


@pytest.mark.parametrize(("in_vml", "in_property", "ticked"), [
    ("1", "Checked", True), ("1", "", True), ("", "Checked", True), ("0", "", False), ("", "", False)])
def test_both__one_box_ticked_if_either_says_so(in_vml: str, in_property: str, ticked: bool) -> None:
    found = boxes_of(f'<controls>{control(1025, "rIdP0", 3, 1)}</controls>',
                     shapes=vml(shape(1025, 3, 1, state=in_vml, caption="甲")),
                     properties=(property_of(in_property),))
    assert found == (Box(3, 1, 4, ticked, "甲"),)


def test_both__in_an_alternative_for_old_programs() -> None:
    choice = ('<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice '
              'Requires="x14">'
              f'<controls><mc:AlternateContent><mc:Choice Requires="x14">{control(1025, "rIdP0", 3, 1)}</mc:Choice>'
              f'<mc:Fallback>'
              f'{control(1025, "rIdP0")}</mc:Fallback></mc:AlternateContent></controls></mc:Choice>'
              f'</mc:AlternateContent>')
    found = boxes_of(choice, shapes=vml(shape(1025, 3, 1, caption="甲")), properties=(property_of("Checked"),))
    assert found == (Box(3, 1, 4, True, "甲"),)


@pytest.mark.parametrize(("identity", "spid"), [(1025, ""), (2, "_x0000_s1025")])
def test_caption__in_the_drawing_where_the_vml_has_none(identity: int, spid: str) -> None:
    found = boxes_of(shapes=vml(shape(1025, 3, 1, state="1")), drawn=drawing(identity, "龙头骨干企业", spid))
    assert found == (Box(3, 1, 4, True, "龙头骨干企业"),)


def test_caption__of_another_shape_is_not_taken() -> None:
    assert boxes_of(shapes=vml(shape(1025, 3, 1)), drawn=drawing(1030, "说明文字")) == (Box(3, 1, 4, False, ""),)


def test_comments__are_no_boxes() -> None:
    assert boxes_of(shapes=vml(shape(1025, 0, 1, kind="Note", caption="批注"))) == ()


@pytest.mark.parametrize("shapes", ["", "<xml", "<xml><v:shape/></xml>", vml("<v:shape/>"),
                                    vml(shape(1, 0, 0).replace("Checkbox", ""))])
def test_vml__broken_or_empty_has_no_boxes(shapes: str) -> None:
    assert boxes_of(shapes=shapes or " ") == ()
