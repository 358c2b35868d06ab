"""The register's workbook whatever the tables hold: nothing, too much, hostile texts, any order."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import timedelta

import openpyxl
import polars as pl
import pytest
import register_tables
from pipeline.publish import register
from pipeline.publish import parts
from pipeline.publish import sheet as sheets
from register_tables import hostile
from tiny_register import SHEETS, table, tiny



def parts(path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml",
                                                                                                   ".rels"))}


def test_hostile_texts__stay_texts(tmp_path):
    target = tmp_path / "名录.xlsx"
    register.write(hostile(), target)
    for name, xml in parts(target).items():
        assert not re.search(r"<f[ >/]|<hyperlink|/hyperlink\"|<definedName[^>]*>[^<]*cmd", xml), name
        assert "TargetMode=\"External\"" not in xml
    values = [cell for sheet in openpyxl.load_workbook(target) for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in values} <= {"s", "n"}
    texts = {cell.value for cell in values if isinstance(cell.value, str)}
    assert {"=cmd|'/c calc'!A0", "http://example.com/x", "{=1+1}", "a\ufffdb\ufffdc", "@SUM(A1)",
            "+1+1"} <= texts
    assert max(map(len, texts)) <= 32_767
    assert "长" * 32_707 + "……〔原文共 40000 字，单元格放不下，后 7293 字已截去，全文见原件〕" in texts


def test_same_rows_in_another_order__give_the_same_bytes(tmp_path):
    built = register_tables.build(3)
    register.write(built, tmp_path / "a.xlsx")
    for seed in (1, 2):
        register.write({name: frame.sample(fraction=1, shuffle=True, seed=seed) for name,
                        frame in built.items()},
                       tmp_path / "b.xlsx")
        assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_time_of_arrival__is_nowhere_in_the_workbook(tmp_path):
    built = register_tables.build(2)
    later = built["submissions"].with_columns(pl.col("received_at") + timedelta(days=1, seconds=1))
    register.write(built, tmp_path / "a.xlsx")
    register.write(built | {"submissions": later}, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_empty_tables__give_every_sheet(tmp_path):
    register.write(register_tables.empty(), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == SHEETS
    assert table(book["成员单位名录"], "来源") == [["（无）", *[None] * 12]]
    assert [row[2] for row in table(book["报送情况"], "备注")][:13] == ["未报送"] * 13


def test_nulls_in_every_nullable_column__are_blank_cells(tmp_path):
    of_form = dict(submission_id="s", consortium_id="c", admitted=True)
    built = register_tables.frames({
        "submissions": [dict(submission_id="s", file="a.xlsx", status="accepted"),
                        dict(submission_id="t", file="b.xlsx", status="returned")],
        "consortia": [of_form], "members": [of_form | dict(seq=1)], "platforms": [of_form | dict(seq=1)],
        "projects": [of_form | dict(seq=1)], "organisations": [dict(org_id="o")],
        "sources": [dict(org_id="o", submission_id="s", consortium_id="c")],
        "findings": [dict(finding_id="f", submission_id="s", code="B07", severity="W"),
                     dict(finding_id="g", submission_id="t", code="B06", severity="E")]})
    register.write(built, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert table(book["成员参与明细"], "角色") == [["1", None, None, "成员", *[None] * 6]]
    assert table(book["成员单位名录"], "来源") == [["1", *[None] * 4, "（名称未填）", *[None] * 7]]
    assert table(book["退回与待核"], "处理意见") == [["1", *[None] * 4, "需核实", "B07", None, None, "待核"]]
    assert table(book["报送情况"], "备注")[13][:5] == ["14", "未识别城市", "已报送待改", 2, 1]


def test_numbers_that_are_none__are_blank(tmp_path):
    built = tiny()
    built["members"] = built["members"].with_columns(revenue_wan=pl.lit(float("nan")),
                                                     rd_spend_wan=pl.lit(float("inf")))
    register.write(built, tmp_path / "a.xlsx")
    rows = table(openpyxl.load_workbook(tmp_path / "a.xlsx")["成员参与明细"], "角色")
    assert [row[8:] for row in rows] == [[None, None]] * 3


def test_large_register__is_written_row_by_row_with_the_same_cells(tmp_path, monkeypatch):
    built = register_tables.build(2)
    register.write(built, tmp_path / "a.xlsx")
    monkeypatch.setattr(sheets, "LARGE", 1)
    register.write(built, tmp_path / "b.xlsx")
    small, large = (openpyxl.load_workbook(tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    for name in SHEETS:
        assert list(small[name].values) == list(large[name].values)
        assert [row.height for row in small[name].row_dimensions.values()] == [
            row.height for row in large[name].row_dimensions.values()]


def test_wrapped_texts__have_the_height_they_need(tmp_path):
    built = tiny()
    long = "面向新型电力系统的宽禁带功率器件及装备；" * 20
    built["consortia"] = built["consortia"].with_columns(rd_directions=pl.lit(long))
    register.write(built, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["创新联合体汇总表"]
    place = next(cell for cell in sheet[4] if cell.value == long)
    room = sheet.column_dimensions[place.column_letter].width // 2
    assert sheet.row_dimensions[4].height >= len(long) / room * 14
    assert sheet.row_dimensions[4].height <= 409


def test_libreoffice__opens_every_sheet(tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed here")
    # LibreOffice takes minutes to lay out some hundred cells of 32,767 characters each.
    register.write(hostile(longest=400), tmp_path / "a.xlsx")
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
                    "--convert-to",
                    "ods", "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")], check=True,
                    capture_output=True, timeout=180)
    with zipfile.ZipFile(tmp_path / "a.ods") as archive:
        content = archive.read("content.xml").decode()
    assert re.findall(r'<table:table table:name="([^"]+)"', content) == SHEETS
    assert "table:formula=" not in content
    assert "xlink:type=\"simple\" xlink:href=\"http" not in content
