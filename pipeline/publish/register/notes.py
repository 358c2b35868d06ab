"""数据说明: scope, policy, units, sources, levels of rules, and what every column of every sheet means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from pipeline.publish import parts, terms
from pipeline.publish.register import consortia, foundation, members, organisations, progress, review
from pipeline.publish.register.columns import COMPILED
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call, register
from schemas.rule import SEVERITY_WORDS, Severity

TITLE = f"{call.PROVINCE}创新联合体名录数据说明"
COLUMNS = (Column("part", "部分", "centre", 18, 18), Column("item", "条目", "text", 24, 30),
           Column("says", "说明", "text", 90, 90))
SHEET_COLUMNS = {
    "创新联合体汇总表": consortia.COLUMNS, "成员单位名录": organisations.COLUMNS, "成员参与明细": members.COLUMNS,
    "创新平台": foundation.PLATFORM_COLUMNS, "科技计划项目": foundation.PROJECT_COLUMNS,
    "退回与待核（退回表）": review.RETURNED, "退回与待核（需核实的问题）": review.TO_DECIDE,
    "报送情况（各市）": progress.CITIES, "报送情况（文件）": progress.FILES,
}
_DEADLINE = f"{call.DEADLINE:%Y}年{call.DEADLINE.month}月{call.DEADLINE.day}日"
_LEVELS = {
    Severity.ERROR: "强制性。须改正后重新报送；改正前该表不入库。",
    Severity.WARNING: "核实性。请改正，或在说明栏写明情况（只写“核实无误”不作为说明）；该表入库并标注。",
    Severity.NOTICE: "提示。系统已自动处理，或仅供参考，可不改。",
}


def write(book: Book, name: str, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the sheet."""
    frame = pl.DataFrame([*_scope(), *_divisions(book), *_policy(), *_decisions(), *_levels(), *_columns(), *_rules()],
                         orient="row",
                         schema={"part": pl.String, "item": pl.String, "says": pl.String})
    write_plan(book, Plan(name, TITLE, COLUMNS, frame, left=COMPILED, frozen=2))


def _scope() -> Iterator[tuple[str, str, str]]:
    part = "口径"
    yield part, "依据", f"{call.NOTICE}《{call.NOTICE_TITLE}》，报送截止 {_DEADLINE}。"
    yield part, "来源", "各设区市科技局报送的基础信息表；名录中的单位可按“来源”栏查到文件、工作表和单元格。"
    yield part, "入库范围", ("汇总表、名录、明细、平台、项目各表只含没有须改正问题的表；同一联合体多次报送的，以最新一版为准。"
                     "退回的表列在“退回与待核”，不计入各项数字。")
    yield part, "收件", ("收件时间以系统首次看到该文件为准，文件自身的时间只供对照；逾期的照收并标明。已不在收件夹的文件仍按已收到的计，"
                     "撤回的不计。没有推荐的设区市可声明零申报，与未报送分列；已报送材料的，以材料为准。")
    yield part, "排列", "按设区市统一次序，再按《通知》所列产业领域次序；单位按登记地代码，再按单位类别。"
    yield part, "单位", "金额均为万元，保留两位小数；表中填“亿元”“元”的已换算。人数、项数、个数均为整数。"
    yield part, "空格", "空着的格表示表中没有填写或无法读出，不表示 0。"
    yield part, "文字", ("文字照原表所填，只去掉首尾空格；不可见的控制字符显示为“�”；"
                   "超过单元格容量（32767 字）的截去末尾，并在末尾写明截去的字数，全文见原件。")
    yield part, "数据表", "与本工作簿同时生成的数据表（CSV、Parquet）含全部现行表，用“是否入库”区分；决策及运行机制的全文在数据表中。"


def _divisions(book: Book) -> Iterator[tuple[str, str, str]]:
    part = "分表"
    for division in book.divisions:
        yield part, division.table, division.words
    if book.divisions:
        yield part, "怎样分", (f"超过一张工作表的容量（{parts.ROWS_A_SHEET} 行）的表，按设区市统一次序分表；一市仍放不下的再分，名称后加数字。序号各表相连。"
                          f"单位名录按单位登记地分。不属于本省任何设区市的列在“{parts.REST}”。")


def _policy() -> Iterator[tuple[str, str, str]]:
    part = "取值规则"
    yield part, "合并", "成员单位只按统一社会信用代码合并，不按名称合并；没有代码的单位各自单列。"
    name = register.titles("organisations")["name"]
    for item, policy in ((name, register.NAME_POLICY), ("销售收入、研发投入", register.MONEY_POLICY)):
        steps = "；".join(f"（{place}）{register.POLICY_WORDS[step]}" for place, step in enumerate(policy, 1))
        yield part, item, f"各表所填不同时，依次按下列次序取一个，取到为止：{steps}。不同的写法和数值列在“其他写法”“待核事项”。"


def _decisions() -> Iterator[tuple[str, str, str]]:
    part = "省里裁定"
    yield part, "作用", ("省里在待核清单上作出的裁定优先于取值规则；在单位名录“待核事项”、退回与待核“怎么改”栏写明裁定日期、裁定人和内容，"
                     "各表原来所填不改。")
    yield part, "依据", "每条裁定记有所依据的文件、单元格；所填内容变了，裁定即停用，事项重新待核。"
    yield part, "豁免", "只对一张表的一条规则，到有效期止；豁免期内该表不因此退回。"
    yield part, "记录", "全部裁定和办理情况见待核清单“裁定办理情况”，数据表 decisions 与之相同。"


def _levels() -> Iterator[tuple[str, str, str]]:
    for level in Severity:
        yield "问题级别", f"{SEVERITY_WORDS[level]}（{level}）", _LEVELS[level]


def _columns() -> Iterator[tuple[str, str, str]]:
    for sheet, columns in SHEET_COLUMNS.items():
        for column in columns:
            yield sheet, column.title, column.meaning


def _rules() -> Iterator[tuple[str, str, str]]:
    for (code, level), title in terms.rule_titles().items():
        yield "检查规则", f"{code}　{SEVERITY_WORDS[Severity(level)]}", title
