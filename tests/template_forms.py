"""For the tests of the template: a form without a mistake, copies with one thing changed, LibreOffice."""

from __future__ import annotations

import copy
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.template import write
from schemas.form_2023 import FORM

NEEDS_LIBREOFFICE = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice，无法重新计算公式"),
]

# Recalculate every file on loading, whatever wrote it.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""

MEMBERS = [
    {
        "name": "江苏某某电气股份有限公司",
        "uscc": "91320100PDY00001XR",
        "task": "总体牵头",
        "duty": "统筹联合体建设",
        "revenue_wan": 1256000,
        "rd_spend_wan": 62800.5,
    },
    {"name": "东南大学", "uscc": "12100000466007597C", "task": "器件结构设计", "duty": "负责器件仿真与试制"},
    {
        "name": "南京信息工程大学",
        "uscc": "12320000466006762K",
        "task": "负荷预测",
        "duty": "负责功率预测模型",
    },
    {
        "name": "南京某某半导体有限公司",
        "uscc": "91320100PDY000204N",
        "task": "芯片研制",
        "duty": "负责芯片流片",
        "revenue_wan": 125000,
        "rd_spend_wan": 6000,
    },
]
GOOD: dict[str, Any] = {
    "consortium": {
        "name": "江苏省智能电网创新联合体",
        "industry": "新型电力装备",
        "address": "南京市江宁区吉印大道1888号",
        "lead_unit": "江苏某某电气股份有限公司",
        "legal_representative": "张三",
        "lead_scientist": "李四",
        "lead_scientist_title": "研究员",
        "lead_type": ["创新型领军企业"],
        "contact": "王五",
        "phone": "025-83359254、13812345678",
        "member_counts": "4个，其中：企业2个，高校2个，科研院所0个， 其它___个",
        "rd_directions": "宽禁带功率器件及装备",
        "governance": "设理事会和专家委员会，理事会每季度议事。",
        "staff_count": 12600,
        "technical_staff_count": 4300,
        "ip_count": 3150,
        "invention_patent_count": 980,
    },
    "members": MEMBERS,
    "platforms": [
        {
            "name": "江苏省智能电网重点实验室",
            "industry": "新型电力装备",
            "level": "省级",
            "host_unit": "东南大学",
            "established": "2021年10月",
        },
        {
            "name": "国家电能变换工程技术研究中心",
            "industry": "新型电力装备",
            "level": "国家级",
            "host_unit": "江苏某某电气股份有限公司",
            "established": "2015年6月",
        },
    ],
    "projects": [
        {
            "name": "大功率宽禁带器件关键技术研发",
            "industry": "第三代半导体",
            "level": "国家级",
            "period": "2021.01-2023.12",
            "undertaker": "江苏某某电气股份有限公司",
        }
    ],
}


def changed(block: str, row: int, **contents: Any) -> dict[str, Any]:
    """GOOD with some contents of one record exchanged; a row past the end is a new record."""
    form = copy.deepcopy(GOOD)
    if block == "consortium":
        form[block].update(contents)
    else:
        form[block] += [{} for _ in range(row - len(form[block]) + 1)]
        form[block][row].update(contents)
    return form


def calculate(folder: Path, files: list[Path]) -> list[Path]:
    """The files as LibreOffice saves them after calculating."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={profile.parent.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "calculated"),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return [folder / "calculated" / path.name for path in files]


def texts_of(path: Path) -> dict[str, str]:
    """What the 自检 column shows, by cell."""
    sheet = openpyxl.load_workbook(path, data_only=True)[FORM.sheet]
    return {cell.coordinate: cell.value for cell in sheet["J"] if cell.value}


def bytes_of(filled: dict[str, Any] | None = None) -> bytes:
    """The template as it is written."""
    stream = io.BytesIO()
    write(stream, filled=filled)
    return stream.getvalue()
