"""基础信息表 of 苏科高发〔2023〕110号, one file a block, in sheet order."""

from __future__ import annotations

from schemas.form import Block, Form
from schemas.form_2023.consortium import Consortium
from schemas.form_2023.members import Members
from schemas.form_2023.platforms import Platforms
from schemas.form_2023.projects import Projects

FORM = Form(
    title="基础信息表", sheet="基础信息表", edition="JSCXLHT-2023-1",
    sections=("1.基本信息", "2.组织合作情况", "3.科技创新基础"),
    section_spellings=(("基本信息", "基本情况", "联合体基本信息", "创新联合体基本信息"),
                       ("组织合作情况", "组织合作", "合作情况", "组织与合作情况"),
                       ("科技创新基础", "创新基础", "科技创新基础情况", "科技创新基础条件")),
    blocks=(
        Block("consortium", Consortium, "基本信息", "基本信息", 0, table=False),
        Block("members", Members, "创新联合体成员及分工", "成员表", 1, spare_rows=12,
              telling=("name", "uscc", "task", "duty", "revenue_wan", "rd_spend_wan"),
              title_spellings=("成员及分工", "联合体成员及分工", "成员单位及分工", "成员分工", "成员单位情况表", "创新联合体成员", "成员名单",
                               "创新联合体成员单位及分工", "联合体成员单位", "联合体成员单位及分工")),
        Block("platforms", Platforms, "牵头及成员单位已建省级以上创新平台", "创新平台表", 2, spare_rows=5,
              telling=("name", "host_unit", "established"),
              title_spellings=("已建省级以上创新平台", "省级以上创新平台", "创新平台", "牵头及成员单位已建创新平台", "创新平台情况", "创新平台建设情况")),
        Block("projects", Projects, "牵头及成员单位近三年承担省级以上重大科技计划", "科技计划表", 2, spare_rows=5,
              telling=("name", "period", "undertaker"),
              title_spellings=("近三年承担省级以上重大科技计划", "承担省级以上重大科技计划", "重大科技计划", "科技计划项目", "牵头及成员单位近三年承担科技计划",
                               "近三年承担省级以上重大科技计划项目", "牵头及成员单位近三年承担省级以上重大科技计划项目", "重大科技计划项目")),
    ),
)
