"""A register of two admitted forms that share a member and one returned, and a reader of printed tables."""

from __future__ import annotations

import polars as pl
import register_tables
from schemas import call

SHEETS = ["总览", "创新联合体汇总表", "成员单位名录", "成员参与明细", "创新平台", "科技计划项目", "退回与待核", "报送情况", "数据说明"]
FORM_A = dict(submission_id="s1", consortium_id="c1", city="无锡市", admitted=True)
FORM_B = dict(submission_id="s2", consortium_id="c2", city="南京市", admitted=True)
FORM_C = dict(submission_id="s3", consortium_id="c3", city="南京市", admitted=False)
CODE = "91320100PDY00001XR"
ROWS = {
    "submissions": [
        dict(submission_id="s1", city="无锡市", file="无锡市/a.xlsx", sheet="基础信息表", sha256="aa" * 32,
             version=1, status="accepted_with_warnings", late=False, consortium_id="c1",
             consortium_name="甲创新联合体", errors=0, warnings=1, notices=0),
        dict(submission_id="s2", city="南京市", file="南京市/b.xlsx", sheet="Sheet1", sha256="bb" * 32,
             version=2, status="accepted", late=True, consortium_id="c2", consortium_name="乙创新联合体",
             errors=0, warnings=0, notices=0),
        dict(submission_id="s0", city="南京市", file="南京市/旧.xlsx", sheet="Sheet1", sha256="cc" * 32,
             version=1, status="superseded", late=False, consortium_id="c2", consortium_name="乙创新联合体",
             errors=9, warnings=9, notices=9),
        dict(submission_id="s3", city="南京市", file="南京市/c.xlsx", sheet="基础信息表", sha256="dd" * 32,
             version=1, status="returned", late=False, consortium_id="c3", consortium_name="丙创新联合体",
             errors=4, warnings=0, notices=0),
        dict(submission_id="s4", city="徐州市", file="徐州市/扫描.pdf", sha256="ee" * 32, status="unreadable",
             late=False, errors=1, warnings=0, notices=0),
        dict(submission_id="s5", city="徐州市", file="徐州市/Thumbs.db", status="ignored", late=False)],
    "consortia": [
        FORM_A | dict(name="甲创新联合体", industry="新材料", lead_unit="甲公司", lead_uscc=CODE,
                      phone="0510-82700000、13800000000", member_count=2, enterprise_count=1,
                      university_count=1, institute_count=0, other_count=0, staff_count=1200),
        FORM_B | dict(name="乙创新联合体", industry="集成电路", lead_unit="乙公司", member_count=1),
        FORM_C | dict(name="丙创新联合体", industry="新能源", lead_unit="丙公司")],
    "members": [
        FORM_A | dict(seq=1, name="甲公司", uscc=CODE, org_id=CODE, task="设计", duty="总体",
                      revenue_wan=125000.5, rd_spend_wan=6000.0),
        FORM_A | dict(seq=2, name="共享大学", uscc="U", org_id="U", task="仿真"),
        FORM_B | dict(seq=1, name="共享大学（本部）", uscc="U", org_id="U"),
        FORM_C | dict(seq=1, name="丙公司", uscc="C", org_id="C")],
    "platforms": [FORM_A | dict(seq=1, name="重点实验室", industry="新材料", level="省级", host_unit="甲公司",
                                established="2021-10")],
    "projects": [FORM_B | dict(seq=1, name="攻关", level="国家级", period_start="2021-01", undertaker="乙公司"),
                 FORM_C | dict(seq=1, name="不入库")],
    "organisations": [
        dict(org_id="U", uscc="U", name="共享大学", other_names="共享大学（本部）", kind=call.UNIVERSITY,
             division_code="320000", division_name="江苏省", consortium_count=2, lead_count=0),
        dict(org_id=CODE, uscc=CODE, name="甲公司", kind=call.ENTERPRISE, division_code="320100",
             division_name="南京市", consortium_count=1, lead_count=1, revenue_wan=125000.5,
             rd_spend_wan=6000.0, conflicts="收入不一致")],
    "sources": [
        dict(org_id=CODE, name="甲公司", role="成员", submission_id="s1", consortium_id="c1", city="无锡市",
             file="无锡市/a.xlsx", sheet="基础信息表", cell="B17"),
        dict(org_id=CODE, name="甲公司", role="牵头", submission_id="s1", consortium_id="c1", city="无锡市",
             file="无锡市/a.xlsx", sheet="基础信息表", cell="B5"),
        dict(org_id="U", name="共享大学", role="成员", submission_id="s1", consortium_id="c1", city="无锡市",
             file="无锡市/a.xlsx", sheet="基础信息表", cell="B18"),
        dict(org_id="U", name="共享大学（本部）", role="成员", submission_id="s2", consortium_id="c2", city="南京市",
             file="南京市/b.xlsx", sheet="Sheet1", cell="C4")],
    "findings": [
        dict(finding_id="f1", submission_id="s1", city="无锡市", file="无锡市/a.xlsx", sheet="基础信息表",
             cell="G17,H17", code="M23", severity="W", table="members", row=1, field="rd_spend_wan",
             value="6000", message="成员表第 1 行“近一年研发投入”（G17、H17）：少见。", suggestion="请核对。", state="open"),
        dict(finding_id="f2", submission_id="s1", city="无锡市", cell="A1", code="M14", severity="I",
             message="已更正。", state="open"),
        *(dict(finding_id=f"g{n}", submission_id="s3", city="南京市", cell=f"C{n}", code="M08", severity="E",
               table="members", row=n, message=f"第 {n} 行：校验不通过。", state="open") for n in range(1, 5)),
        dict(finding_id="f3", submission_id="s4", city="徐州市", code="F03", severity="E",
             message="收到的是“.pdf”文件。", state="open")],
}


def tiny() -> dict[str, pl.DataFrame]:
    """Two admitted forms that share a member, and one returned; a scan, a stray file, a past version."""
    return register_tables.frames(ROWS)


def table(sheet, header: str) -> list[list]:
    """The rows below the header row that contains `header`, up to the first empty one."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = next(place for place, row in enumerate(rows) if header in row)
    width = max(place for place, cell in enumerate(rows[top]) if cell is not None) + 1
    body = []
    for row in rows[top + 1:]:
        if not any(cell is not None for cell in row):
            break
        body.append(row[:width])
    return body
