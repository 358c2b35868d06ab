"""创新联合体成员及分工: the members, their codes, tasks and money — and the M rules."""

from __future__ import annotations

from math import floor

import polars as pl

from schemas import call, uscc
from schemas.column import DETAIL, NOTE, column, part
from schemas.form import BlockModel
from schemas.form_2023 import listed
from schemas.kind import LONG_TEXT, MONEY, TEXT, USCC
from schemas.rule import BLANK_NOTES, required, rule
from schemas.wording import WAN_A_YI, in_percent, in_yi

MONEY_FIELDS = ("revenue_wan", "rd_spend_wan")
MONEY_HELP = "单位为万元，成员单位为企业的填写，只填数字。"
MONEY_REMARK = "（万元，成员单位为企业填写）"
LEAD_REVENUE, LEAD_RD_SHARE = in_yi(call.LEAD_REVENUE_WAN), in_percent(call.LEAD_RD_RATIO)


def _candidates(row) -> dict[str, str]:
    """The short list of codes that a damaged one can have been; one that stands in another form comes first."""
    likely = uscc.candidates(row["value"], row["stored"], known=frozenset((row["known_codes"] or "").split("、")) - {""})
    words = "、".join(likely[:3])
    return {"likely": f"可能应为：{words}。" if words else "", "first": likely[0] if likely else ""}


def _hint_and_candidates(row) -> dict[str, str]:
    return {"seen": row["uscc__detail"] or "", **_candidates(row)}


def _percent_below(ratio: float) -> float:
    """Per cent with two decimals, cut off: what falls short of 3 % must not read as 3 %."""
    return floor(round(10_000 * ratio, 6)) / 100


class Members(BlockModel):
    """One row a member; columns in sheet order."""

    serial: str = listed.serial_column()
    name: str = column(
        "单位名称", TEXT, required=True, width=28, example="东南大学",
        spellings=("成员单位名称", "单位全称", "成员名称", "成员单位", "成员单位全称", "名称", "单位", "参与单位", "参与单位名称", "机构名称",
                   "联合体成员", "联合体成员单位", "创新联合体成员单位名称", "联合体成员单位名称", "联合体成员名称", "成员单位（全称）"),
        help="填写法人单位全称，与营业执照（法人证书）一致，不用简称，不填内设部门；一行一个单位。")
    uscc: str = column(
        "统一社会信用代码", USCC, required=True, width=24, example="12100000466007597C",
        spellings=("社会信用代码", "信用代码", "统一信用代码", "统一代码", "单位代码", "统一社会信用代码证号", "社会统一信用代码", "信用代码证号",
                   "统一社会信用码", "机构代码", "组织机构代码", "代码", "统一社会信用代码/组织机构代码", "组织机构代码/统一社会信用代码", "单位统一社会信用代码",
                   "成员单位统一社会信用代码", "统一社会信用代码（18位）", "USCC"),
        help="按证照填写 18 位代码，单元格为文本格式；境外单位填“境外”并注明国家或地区。")
    task: str = column(
        "任务分工", LONG_TEXT, required=True, width=22, example="器件结构设计",
        spellings=("分工", "承担任务", "任务", "任务内容", "承担任务分工", "主要任务", "任务分工情况", "主要任务分工", "研发任务", "分工任务"),
        help="填写该成员承担的任务。")
    duty: str = column(
        "工作职责", LONG_TEXT, width=22, example="负责器件仿真与试制",
        spellings=("职责", "主要职责", "工作内容", "职责分工", "具体职责", "主要工作职责", "岗位职责", "单位职责", "主要工作内容", "承担职责"),
        help="填写该成员的工作职责。")
    revenue_wan: float = column(
        "近一年销售收入", MONEY, unit="万元", width=14, example="125000", help=MONEY_HELP, hint=MONEY_REMARK,
        spellings=("销售收入", "年销售收入", "近1年销售收入", "上年销售收入", "上年度销售收入", "近一年营业收入", "营业收入", f"{call.LEAD_REVENUE_YEAR}年销售收入",
                   "年营业收入", "最近一年销售收入", "近一年度销售收入", "销售额", "近一年销售额", "上一年度销售收入", f"{call.LEAD_REVENUE_YEAR}年度销售收入",
                   "近一年主营业务收入", "年度销售收入", "企业近一年销售收入", "上年度营业收入",
                   *(f"{call.LEAD_REVENUE_YEAR}年{words}" for words in ("营业收入", "度营业收入", "主营业务收入"))))
    rd_spend_wan: float = column(
        "近一年研发投入", MONEY, unit="万元", width=14, example="6000", help=MONEY_HELP, hint=MONEY_REMARK,
        spellings=("研发投入", "年研发投入", "近1年研发投入", "上年研发投入", "上年度研发投入", "近一年研发费用", "研发费用", f"{call.LEAD_REVENUE_YEAR}年研发投入",
                   "研发经费", "近一年研发经费", "研发经费投入", "最近一年研发投入", "近一年度研发投入", "近一年研发经费投入", "R&D投入",
                   "年研发费用", "研发支出", f"{call.LEAD_REVENUE_YEAR}年度研发投入", "近一年R&D投入", "近一年研发支出", "研究开发费用", "研发投入金额",
                   "上一年度研发投入", "年度研发投入", "企业近一年研发投入", "研发经费支出", "近一年研发经费支出",
                   *(f"{call.LEAD_REVENUE_YEAR}年{words}" for words in (
                       "研发费用", "研发经费", "研发经费投入", "研发经费支出", "研发支出", "度研发费用", "度研发经费支出"))))
    uscc_cleaned: bool = part("uscc", "代码是否经过清理")

    m01 = required("M01", "E", each=("name",), clause=call.CLAUSE_MEMBERS,
                   says="没有填写，而本行其他栏有内容", fix="请填写单位全称；多余的行请整行清空")

    @rule("M02", "E", on="uscc", clause=call.CLAUSE_USCC, once=True,
          says="“{name}”缺统一社会信用代码{given}", fix="请按营业执照（法人证书）填写 18 位代码；境外单位请填“境外”并注明国家或地区",
          facts=lambda row: {"given": f"（填的是“{row['value']}”）" if row["value"] else ""})
    def code_missing() -> pl.Expr:
        """境内单位没有统一社会信用代码"""
        # Whose code is missing, nobody knows where the name is missing, too: that is M01's to tell.
        told = ~pl.col("uscc" + NOTE).is_in(["blank", "foreign", "placeholder", "absent"]) | pl.col("abroad")
        return told | pl.col("name" + NOTE).is_in(BLANK_NOTES)

    @rule("M03", "W", on="uscc", clause=call.CLAUSE_PARTNERS,
          says="“{name}”没有代码，已按境外（涉密）单位处理，未校验代码", fix="请确认该单位确无统一社会信用代码，并注明国家或地区，如“境外（德国）”")
    def code_not_needed() -> pl.Expr:
        """境外（涉密）单位没有代码"""
        return ~(pl.col("uscc" + NOTE).is_in(["blank", "foreign", "placeholder", "absent"]) & pl.col("abroad"))

    @rule("M04", "E", on="uscc", clause=call.CLAUSE_USCC, facts=_hint_and_candidates, waits=True,
          says="“{value}”不是 18 位的统一社会信用代码（{seen}）", fix="{likely}请按营业执照（法人证书）上的 18 位代码填写")
    def code_length() -> pl.Expr:
        """代码不足或超过 18 位"""
        return ~pl.col("uscc" + NOTE).is_in(["length", "several"])

    @rule("M05", "E", on="uscc", clause=call.CLAUSE_USCC, facts=_hint_and_candidates, waits=True,
          says="“{value}”的{seen}不会出现在代码里（代码不用字母 I、O、S、V、Z 和符号）", fix="{likely}请对照营业执照（法人证书）改正")
    def code_character() -> pl.Expr:
        """代码里有不会出现的字符"""
        return pl.col("uscc" + NOTE) != "character"

    @rule("M06", "E", on="uscc", clause=call.CLAUSE_USCC, facts=_candidates, waits=True,
          says="代码“{value}”被 Excel 当成了数字，末几位已丢失", fix="请先把单元格设为“文本”格式，再按证照重新录入 18 位代码。{likely}")
    def code_stored_as_number() -> pl.Expr:
        """代码被当成数字，末几位丢失"""
        return pl.col("uscc" + NOTE) != "number"

    @rule("M07", "W", on="uscc", clause=call.CLAUSE_USCC,
          says="代码“{value}”以 000 结尾，疑似从数字格式的单元格复制而来", fix="请与营业执照（法人证书）核对末三位")
    def code_ends_in_zeros() -> pl.Expr:
        """代码以 000 结尾"""
        known = pl.col("uscc" + NOTE).is_in(["", "inner", "complement"])
        return ~(known & pl.col("uscc").str.contains(r"^\d{15}000$"))

    @rule("M08", "E", on="uscc", clause=call.CLAUSE_USCC, facts=_candidates, waits=True,
          says="代码“{value}”校验不通过，一般是录入有误", fix="{likely}请对照营业执照（法人证书）改正；证照确系此号的，请上传证照并注明")
    def code_check_character() -> pl.Expr:
        """代码末位校验不通过"""
        return pl.col("uscc" + NOTE) != "checksum"

    @rule("M09", "W", on="uscc", clause=call.CLAUSE_USCC,
          says="代码“{value}”的校验码与国家标准算法不符，但属个别省份早期发码的已知情形", fix="请与营业执照（法人证书）核对，无误的请在说明栏写明")
    def code_complement() -> pl.Expr:
        """校验码为早期发码的已知情形"""
        return pl.col("uscc" + NOTE) != "complement"

    @rule("M10", "W", on="uscc", clause=call.CLAUSE_USCC,
          says="代码“{value}”中组织机构代码的校验位不符", fix="请对照营业执照（法人证书）核对第 9—17 位")
    def code_inner_check() -> pl.Expr:
        """组织机构代码校验位不符"""
        return pl.col("uscc" + NOTE) != "inner"

    @rule("M11", "E", on="uscc", clause=call.CLAUSE_USCC,
          says="填写的是个人身份证号（{value}，已隐去中间位数）", fix="请改为单位的统一社会信用代码，不要填写个人证件号码")
    def code_is_personal_id() -> pl.Expr:
        """填写了个人身份证号"""
        return pl.col("uscc" + NOTE) != "personal_id"

    @rule("M12", "W", on="uscc", clause=call.CLAUSE_MEMBERS,
          says="代码“{value}”的开头“{prefix}”为{prefix_means}，一般不作为成员", fix="请核对代码和单位名称；无误的请在说明栏写明",
          facts=lambda row: {"prefix": row["uscc"][:2],
                             "prefix_means": uscc.describe_prefix(row["uscc"]) or "国家标准未列的类别"})
    def code_unusual_prefix() -> pl.Expr:
        """代码开头少见"""
        return ~pl.col("unusual_prefix")

    @rule("M13", "I", on="uscc", clause=call.CLAUSE_USCC,
          says="登记地代码 {division}{place}{division_status}", fix="仅提示，无误可不改",
          facts=lambda row: {"division": row["uscc"][2:8],
                             "place": f"（{row['division_name']}）" if row["division_name"] else " ",
                             "division_status": {"开发区": "属开发区，不在行政区划代码表内", "已停用": "已停用",
                                                 "未知": "不在行政区划代码表内"}.get(row["division_status"], "")})
    def code_division_retired() -> pl.Expr:
        """登记地代码已停用或为开发区"""
        return ~pl.col("division_status").is_in(["开发区", "已停用", "未知"])

    @rule("M14", "I", on="uscc", clause=call.CLAUSE_USCC,
          says="代码已自动更正：{value} → {uscc}", fix="仅提示，请核对更正结果")
    def code_cleaned() -> pl.Expr:
        """代码里的全角、小写、空格已自动更正"""
        return ~(pl.col("uscc_cleaned") & pl.col("uscc" + NOTE).is_in(["", "inner", "complement"]))

    @rule("M15", "E", on="uscc", clause=call.CLAUSE_MEMBERS,
          says="代码“{value}”与第 {same_code_seq} 行的代码相同，一个单位只能列一行", fix="请删除重复成员，或更正代码")
    def code_repeated() -> pl.Expr:
        """两行代码相同"""
        return pl.col("same_code_seq").is_null()

    @rule("M16", "W", on=("name", "uscc", "name@same_name_row", "uscc@same_name_row"), clause=call.CLAUSE_MEMBERS,
          says="“{value}”与第 {same_name_seq} 行单位名称相同而代码不同", fix="请核对两行的名称和代码，删去重复的一行或改正名称")
    def name_with_two_codes() -> pl.Expr:
        """两行名称相同而代码不同"""
        return pl.col("same_name_row").is_null()

    @rule("M17", "W", on="name", clause=call.CLAUSE_MEMBERS,
          says="“{value}”像是{name_doubt}", fix="请填写法人单位全称，一行一个单位")
    def name_not_a_legal_person() -> pl.Expr:
        """像分支机构、内设部门、简称或几个单位"""
        return pl.col("name_doubt") == ""

    @rule("M20", "E", each=MONEY_FIELDS, clause=call.CLAUSE_FORM, once=True,
          says="“{name}”是企业，本栏{given}", fix="企业成员请填近一年销售收入和研发投入，单位万元，只填数字，如“{example}”；没有的填 0",
          facts=lambda row: {"given": f"填的“{row['value']}”不是数字" if row["value"] else "没有填写"})
    def money_missing(field: str) -> pl.Expr:
        """企业成员的收入、研发投入没有填写或不是数字"""
        read = pl.col(field).is_not_null() | pl.col(field + NOTE).is_in(["error", "formula"])
        return read | ~pl.col("is_enterprise")

    @rule("M21", "E", each=MONEY_FIELDS, clause=call.CLAUSE_FORM,
          says="“{value}”小于 0，金额不能为负数", fix="请改为不小于 0 的数，单位万元")
    def money_negative(field: str) -> pl.Expr:
        """金额为负数"""
        return pl.col(field) >= 0

    @rule("M22", "W", each=MONEY_FIELDS, clause=call.CLAUSE_FORM,
          says="填了“{value}”，而“{name}”不是企业，本栏只由企业填写", fix="请核对单位类别；确不是企业的可清空本栏")
    def money_of_non_enterprise(field: str) -> pl.Expr:
        """非企业成员填了收入、研发投入"""
        return pl.col("is_enterprise") | (pl.col(field) <= 0)

    @rule("M23", "W", on=("rd_spend_wan", "revenue_wan"), clause=call.CLAUSE_FORM,
          says="研发投入 {rd_spend_wan} 万元大于销售收入 {revenue_wan} 万元", fix="请核对两栏金额和单位（万元）；无误的请在说明栏写明原因")
    def rd_above_revenue() -> pl.Expr:
        """研发投入大于销售收入"""
        return (pl.col("rd_spend_wan") <= pl.col("revenue_wan")) | (pl.col("revenue_wan") < 0)

    @rule("M24", "W", on="revenue_wan", clause=call.CLAUSE_LEAD,
          title=f"龙头企业牵头而销售收入不足 {LEAD_REVENUE}",
          says=f"填的是 {{revenue_wan}} 万元，龙头企业 {call.LEAD_REVENUE_YEAR} 年销售收入原则上应不低于 {LEAD_REVENUE}"
               f"（{call.LEAD_REVENUE_WAN} 万元）",
          fix=f"请核对金额和单位（万元）；确低于 {LEAD_REVENUE}的请在说明栏写明")
    def backbone_lead_too_small() -> pl.Expr:
        """Sums that look like 亿元 are M26's to tell."""
        low, high = call.SUSPICIOUS_LEAD_REVENUE_WAN
        doubtful = pl.col("revenue_wan").is_between(low, high) | (pl.col("revenue_wan") < 0)
        return ~pl.col("leads_as_backbone") | doubtful | (pl.col("revenue_wan") >= call.LEAD_REVENUE_WAN)

    @rule("M25", "W", on=("rd_spend_wan", "revenue_wan"), clause=call.CLAUSE_LEAD,
          title=f"龙头企业牵头而研发投入强度不足 {LEAD_RD_SHARE}",
          says=f"龙头企业研发投入强度原则上不低于 {LEAD_RD_SHARE}，现为 {{percent}}%",
          fix=f"请核对两栏金额和单位（万元）；确低于 {LEAD_RD_SHARE} 的请在说明栏写明",
          facts=lambda row: {"percent": _percent_below(row["rd_spend_wan"] / row["revenue_wan"])})
    def backbone_lead_little_research() -> pl.Expr:
        """Of revenue as it is given, right or wrong."""
        enough = pl.col("rd_spend_wan") >= pl.col("revenue_wan") * call.LEAD_RD_RATIO
        return ~pl.col("leads_as_backbone") | enough | (pl.col("rd_spend_wan") < 0) | (pl.col("revenue_wan") <= 0)

    @rule("M26", "W", each=MONEY_FIELDS, clause=call.CLAUSE_FORM, title=f"金额大于 {in_yi(call.LARGEST_MONEY_WAN)}",
          says="金额 {amount:g} 万元（合 {yi:g} 亿元）异常，疑似按“元”或“千元”填写，本栏单位为万元", fix="请换算成万元后填写；无误的请在说明栏写明",
          facts=lambda row: {"amount": row[row["field"]], "yi": row[row["field"]] / WAN_A_YI})
    def money_too_large(field: str) -> pl.Expr:
        """More than any member earns in 万元, and usual in 元 or 千元."""
        return pl.col(field) <= call.LARGEST_MONEY_WAN

    @rule("M26", "W", on="revenue_wan", clause=call.CLAUSE_FORM,
          says="金额 {revenue_wan} 万元对龙头企业过小，疑似按“亿元”填写，本栏单位为万元", fix="请换算成万元后填写；无误的请在说明栏写明")
    def backbone_lead_in_yi() -> pl.Expr:
        """龙头企业的销售收入疑似按亿元填写"""
        low, high = call.SUSPICIOUS_LEAD_REVENUE_WAN
        return ~(pl.col("leads_as_backbone") & pl.col("revenue_wan").is_between(low, high))

    @rule("M27", "I", each=MONEY_FIELDS, clause=call.CLAUSE_FORM,
          says="“{value}”已按“{unit}”换算为 {amount} 万元", fix="仅提示，请核对换算结果",
          facts=lambda row: {"amount": row[row["field"]], "unit": row[row["field"] + DETAIL]})
    def money_converted(field: str) -> pl.Expr:
        """金额已换算为万元"""
        # Of “约8.6亿元”, too, the detail tells the unit.
        note, unit = pl.col(field + NOTE), pl.col(field + DETAIL)
        return (note != "converted") & ((note != "about") | (unit == ""))

    m28 = required("M28", "E", each=("task",), clause=call.CLAUSE_MEMBERS,
                   says="没有填写，本栏必填", fix="请填写该成员承担的任务，如“{example}”")
    m28w = required("M28", "W", each=("duty",), clause=call.CLAUSE_MEMBERS,
                    says="没有填写", fix="请填写该成员的工作职责，如“{example}”")

    @rule("M29", "I", on="serial", clause=call.CLAUSE_FORM,
          says="序号“{value}”不连续或重复，已按行次重新编号为 {seq}", fix="仅提示，可不改")
    def serial_broken() -> pl.Expr:
        """序号不连续或重复"""
        return ~pl.col("serial_breaks")

    @rule("M30", "W", on=("rd_spend_wan", "revenue_wan"), clause=call.CLAUSE_FORM,
          title=f"研发投入占比不低于 {in_percent(call.HIGH_RD_RATIO)}",
          says="研发投入占销售收入的 {percent}%，数值少见", fix="请核对两栏金额和单位（万元）；无误的请在说明栏写明",
          facts=lambda row: {"percent": round(100 * row["rd_spend_wan"] / row["revenue_wan"])})
    def research_ratio_high() -> pl.Expr:
        """More than revenue is M23's to tell."""
        ratio = pl.col("rd_spend_wan") / pl.col("revenue_wan")
        return (ratio < call.HIGH_RD_RATIO) | (ratio > 1) | (pl.col("revenue_wan") <= 0) | ~pl.col("is_enterprise")

    @rule("M30", "W", on=("revenue_wan", "rd_spend_wan"), clause=call.CLAUSE_FORM,
          says="各企业成员的销售收入和研发投入完全相同，数值少见", fix="请逐家核对金额；无误的请在说明栏写明")
    def money_all_the_same() -> pl.Expr:
        """各行金额完全相同"""
        return ~pl.col("money_all_same")


