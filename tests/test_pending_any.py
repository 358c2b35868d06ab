"""待核清单 whatever the tables hold: nothing, any order, hostile texts."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile

import openpyxl
import polars as pl
import pytest
import register_tables
from pending_tables import BROKEN, GOOD, every_kind, finding, form, member, tables
from pipeline.publish import pending
from register_tables import HOSTILE


def parts(path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def test_same_rows_in_another_order__give_the_same_bytes(tmp_path):
    built = every_kind()
    pending.write(built, tmp_path / "a.xlsx")
    for seed in range(4):
        mixed = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in built.items()}
        pending.write(mixed, tmp_path / "b.xlsx")
        assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_to_decide__is_said(tmp_path):
    pending.write(register_tables.empty(), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert tuple(book.sheetnames) == pending.SHEETS
    sheet = book["待核事项"]
    assert [sheet["A2"].value, sheet["A3"].value, sheet["A5"].value] == [
        "编制单位：江苏省生产力促进中心　　共 0 件", "没有需要裁定的事项：各表之间没有发现矛盾，或已全部裁定。", "（无）"]
    assert book["规则豁免"]["A5"].value == "（无）"
    assert [book[name].data_validations.count for name in book.sheetnames] == [0, 0, 0, 0]


def test_tables_without_conflicts__give_none():
    built = register_tables.build(2)
    built["findings"] = built["findings"].filter(pl.col("code") != "M08")
    assert pending.conflicts(built) == []


@pytest.mark.parametrize("text", [text[:400] for text in HOSTILE], ids=range(len(HOSTILE)))
def test_hostile_text__stays_text(tmp_path, text):
    folder = tmp_path / "省级"
    pending.write(every_kind(text, text + "二", "三" + text, text), folder / "a.xlsx")
    for name, xml in parts(folder / "a.xlsx").items():
        assert not re.search(r"<f[ >/]|<hyperlink|/hyperlink\"|<definedName[^>]*>[^<]*cmd", xml), name
        assert "TargetMode=\"External\"" not in xml
        for formula in re.findall(r"<formula1>([^<]*)</formula1>", xml):
            assert re.fullmatch(r'"[\u4e00-\u9fff，,]+"|\d+', formula.replace("&quot;", '"')), formula
    cells = [cell for sheet in openpyxl.load_workbook(folder / "a.xlsx") for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_hostile_file_names_and_addresses__make_no_link_but_to_a_file_that_is_there(tmp_path):
    folder = tmp_path / "省级"
    (tmp_path / "南京市" / "退改").mkdir(parents=True)
    (tmp_path / "南京市" / "退改" / "a#b'!c.xlsx").write_bytes(b"")
    names = ["南京/a#b'!c.xlsx", "file:///etc/passwd", "..\\..\\x.xlsx", "http://example.com/x"]
    forms = [form(n, file=name, sheet="'!A1" if n else "S'1") for n, name in enumerate(names)]
    pending.write(tables(
        forms, members=[member(of, 1, f"甲{n}", GOOD) for n, of in enumerate(forms)],
        findings=[finding(of, "X02", "name", "=A1" if n == 1 else "C13", 1) for n, of in enumerate(forms)]),
        folder / "a.xlsx")
    sheet = openpyxl.load_workbook(folder / "a.xlsx")["待核事项"]
    links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [(link.target, link.location) for link in links] == [("..\\南京市\\退改\\a%23b'!c.xlsx", "'S''1'!C13")]


def test_blank_cells__do_not_break_the_list(tmp_path):
    bare = dict(submission_id="s", consortium_id="c", admitted=False)
    built = register_tables.frames({
        "submissions": [dict(submission_id="s", file="a.xlsx", status="returned", consortium_id="c", city="南京市")],
        "consortia": [bare, bare | dict(submission_id="t")], "members": [bare | dict(seq=1, uscc=BROKEN, org_id="D")],
        "findings": [
            dict(finding_id="f", submission_id="s", code=code, severity="E", table=table, row=row, field=field)
            for code, table, row, field in (
                ("M05", "members", 1, "uscc"), ("X02", "members", 1, "name"), ("X05", None, None, None),
                ("X04", "consortium", 0, "name"), ("X01", "consortium", 0, "lead_unit"))]})
    assert pending.conflicts(built) == []
    built["findings"] = built["findings"].with_columns(value=pl.lit(BROKEN))
    assert [conflict.says for conflict in pending.conflicts(built)] == [f"“（名称未填）”的代码“{BROKEN}”。"]
    pending.write(built, tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["待核事项"]["D6"].value == "原表所填"


@pytest.mark.slow
def test_libreoffice__opens_it_with_its_lists_and_links(tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed here")
    (tmp_path / "无锡市" / "退改").mkdir(parents=True)
    (tmp_path / "无锡市" / "退改" / "2.xlsx").write_bytes(b"")
    pending.write(every_kind("=1+1", "@SUM(A1)"), tmp_path / "省级" / "a.xlsx")
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods",
                    "--outdir", str(tmp_path / "省级"), str(tmp_path / "省级" / "a.xlsx")], check=True,
                   capture_output=True, timeout=180)
    with zipfile.ZipFile(tmp_path / "省级" / "a.ods") as archive:
        content = archive.read("content.xml").decode()
    assert tuple(re.findall(r'<table:table table:name="([^"]+)"', content)) == pending.SHEETS
    assert "table:formula=" not in content
    assert "采用名称一" in content
    assert set(re.findall(r'xlink:href="([^"#]+)', content)) == {"../../无锡市/退改/2.xlsx"}
