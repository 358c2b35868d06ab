"""推荐汇总表: one city's admitted consortia in official order, on a page that prints."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from datetime import datetime

import openpyxl
import pytest
import register_tables
from pipeline import cities
from pipeline.memory import Nil
from pipeline.publish import problems, recommendation
from register_tables import HOSTILE, frames
from schemas import call
from tiny_register import CODE, tiny

CITY = "无锡市"
DECLARED = datetime(2023, 9, 18, 9, tzinfo=call.CHINA)


def write(tmp_path, tables, city: str = CITY):
    target = tmp_path / city / "推荐汇总表.xlsx"
    recommendation.write(tables, city, target)
    return openpyxl.load_workbook(target)["推荐汇总表"]


def values(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_table__has_the_admitted_consortia_of_the_city(tmp_path):
    rows = values(write(tmp_path, tiny()))
    assert rows[0][0] == "无锡市创新联合体建设试点推荐汇总表"
    assert (rows[1][0], rows[1][-1]) == ("填报单位（盖章）：无锡市科技局", "共 1 个")
    assert rows[2] == ["序号", "创新联合体名称", "产业领域", "牵头单位", "牵头单位类型", "统一社会信用代码", "成员总数及构成",
                       "领军人才/首席科学家", "联系人", "联系电话", "重点研发方向"]
    assert rows[3] == ["1", "甲创新联合体", "新材料", "甲公司", None, CODE, "共 2 个\n企业 1\n高校 1\n科研院所 0\n其它 0", None, None,
                       "0510-82700000\n13800000000", None]
    assert re.sub("　+", " ", rows[5][0]) == "填表人： 审核人： 联系电话： 日期： 年 月 日"
    assert len(rows) == 6


def test_consortia__come_by_field_of_the_call_then_by_name_and_returned_ones_not(tmp_path):
    rows = [("s1", "丙", "元宇宙", True), ("s2", "乙", "新材料", True), ("s3", "甲", "别的领域", True), ("s4", "甲", "新材料", True),
            ("s5", "戊", "高端装备", False), ("s6", "丁", None, True)]
    built = frames({"consortia": [
        dict(city=CITY, submission_id=key, consortium_id=key, name=name, industry=field, admitted=admitted)
        for key, name, field, admitted in rows]})
    body = values(write(tmp_path, built))[3:-2]
    assert [row[:3] for row in body] == [
        ["1", "乙", "新材料"], ["2", "甲", "新材料"], ["3", "丙", "元宇宙"], ["4", "丁", None], ["5", "甲", "别的领域"]]
    assert [row[6] for row in body] == [None] * 5


@pytest.mark.parametrize(("city", "sentence"), [
    ("常州市", "本市目前没有入库的创新联合体：尚未收到可计入的报送材料。"),
    ("徐州市", "本市目前没有入库的创新联合体：已报送的 1 份须改正后重报，改正内容见“问题清单”。")])
def test_city_without_admitted_consortia__is_told_why(tmp_path, city, sentence):
    rows = values(write(tmp_path, tiny(), city))
    assert [rows[1][-1], rows[2][0], rows[4][0]] == ["共 0 个", sentence, "（无）"]
    assert rows[6][0].startswith("填表人：")


@pytest.mark.parametrize(("statuses", "nils", "why"), [
    (["ignored"], {}, "所报材料已由省里裁定归他市报送，本市不需再办。"),
    ([], {"常州市": Nil("常州市", "没有符合条件的", DECLARED)}, "已登记零申报：没有符合条件的（2023-09-18 登记）。"),
    (["returned"], {"常州市": Nil("常州市", "没有符合条件的", DECLARED)}, "已报送的 1 份须改正后重报，改正内容见“问题清单”。"),
    ([], {}, "尚未收到可计入的报送材料。")], ids=["given", "nil", "nil without effect", "missing"])
def test_city_of_which_nothing_is_asked__is_told_so_in_every_answer(tmp_path, statuses, nils, why):
    built = frames({"submissions": [
        dict(submission_id=status, consortium_id="c", city="常州市", status=status) for status in statuses]})
    built["cities"] = cities.table(built, nils)
    assert values(write(tmp_path, built, "常州市"))[2][0] == f"本市目前没有入库的创新联合体：{why}"
    assert problems.told(built)["常州市"].verdict == (
        "须改正 0 处，需核实 0 处。共报送 1 份：已入库 0 份，须改正后重报 1 份。" if "returned" in statuses else why)


def test_layout__is_that_of_official_tables(tmp_path):
    sheet = write(tmp_path, tiny())
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToHeight) == ("landscape", 9, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$3:$3", "C4")
    assert (sheet["A1"].font.name, sheet["F4"].number_format, sheet["F4"].data_type) == ("方正小标宋简体", "@", "s")


def test_same_rows_in_another_order__give_the_same_bytes(tmp_path):
    built = register_tables.build(4)
    recommendation.write(built, CITY, tmp_path / "a.xlsx")
    for seed in range(3):
        mixed = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in built.items()}
        recommendation.write(mixed, CITY, tmp_path / "b.xlsx")
        assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_hostile_texts__stay_texts(tmp_path):
    texts = ("name", "industry", "lead_unit", "lead_uscc", "lead_type", "lead_scientist", "contact", "phone",
             "rd_directions")
    built = frames({"consortia": [
        dict(submission_id=f"s{n}", consortium_id=f"c{n}", city=CITY, admitted=True, **dict.fromkeys(texts, text))
        for n, text in enumerate(HOSTILE)]})
    sheet = write(tmp_path, built)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert {"=cmd|'/c calc'!A0", "http://example.com/x", "a�b�c"} <= {cell.value for cell in sheet["B"]}
    with zipfile.ZipFile(tmp_path / CITY / "推荐汇总表.xlsx") as archive:
        xml = "".join(archive.read(name).decode() for name in archive.namelist())
    assert not re.search(r"<f[ >/]|<hyperlink|External", xml)


def test_every_city__has_its_table(tmp_path):
    built = register_tables.build(1)
    counts = {city.name: values(write(tmp_path, built, city.name))[1][-1] for city in call.CITIES}
    admitted = built["consortia"].filter("admitted")["city"].to_list()
    assert counts == {city.name: f"共 {admitted.count(city.name)} 个" for city in call.CITIES}


@pytest.mark.slow
def test_libreoffice__prints_it_on_pages_with_numbers(tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed here")
    recommendation.write(register_tables.build(2), CITY, tmp_path / "a.xlsx")
    subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods",
                    "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=180)
    with zipfile.ZipFile(tmp_path / "a.ods") as archive:
        content = archive.read("content.xml").decode()
    assert re.findall(r'<table:table table:name="([^"]+)"', content) == ["推荐汇总表"]
    assert "table:formula=" not in content
