"""1.基本信息: who leads, who answers the telephone, how many members — and the B rules."""

from __future__ import annotations

import polars as pl

from schemas import call
from schemas.column import NOTE, column, part
from schemas.form import BlockModel
from schemas.kind import FIELD, PHONE, PHRASE, TEXT, TICKS
from schemas.rule import required, rule

COUNT_PARTS = tuple(f"member_counts_{kind}" for kind in ("enterprise", "university", "institute", "other"))
TWO_KINDS_OF_FIELDS = f"{len(call.EMERGING_FIELDS)} 个新兴产业、{len(call.FUTURE_FIELDS)} 个未来产业"
CHOOSE_A_FIELD = f"请从 {len(call.FIELDS)} 个领域中选填一个；确属其他领域的请在说明栏写明"
COUNTS_HINT = "___个，其中：企业___个，高校___个，科研院所___个， 其它___个"


def field_facts(row) -> dict[str, str]:
    """What a field cell holds, and the nearest of the listed fields, in words."""
    known = row["industry__note"] == "unlisted" and row["industry__detail"]
    near = f"，最接近的是“{row['industry__detail']}”" if known else ""
    several = "，写了不止一个领域" if row["industry__note"] == "several" else ""
    return {"given": f"填的是“{row['value']}”{several}" if row["value"] else "没有填写", "near": near}


class Basics(BlockModel):
    """One row a form; columns in sheet order."""

    name: str = column(
        "创新联合体名称", TEXT, required=True, width=60, example="江苏省智能电网创新联合体",
        spellings=("联合体名称", "创新联合体全称", "联合体全称", "创新联合体的名称", "拟建创新联合体名称", "申报创新联合体名称",
                   "组建创新联合体名称", "创新联合体（名称）", "名称"),
        help="填写创新联合体全称，一般以“创新联合体”结尾，与封面、共建协议一致。")
    industry: str = column(
        "产业领域", FIELD, required=True, width=24, choices=call.FIELDS, example="新材料",
        spellings=("所属产业领域", "所属领域", "产业方向", "领域", "产业领域方向", "所属产业", "技术领域", "所处产业领域",
                   "行业领域", "重点产业领域", "所属行业领域", "所属新兴产业/未来产业", "新兴产业/未来产业", "所属新兴产业或未来产业",
                   "所在产业领域", "产业方向领域", "所属产业方向", "所属行业"),
        help=f"从《通知》所列 {TWO_KINDS_OF_FIELDS}中选一个填写；确属其他领域的可直接填写并说明。")
    address: str = column(
        "通讯地址", TEXT, width=30, example="南京市江宁区吉印大道1888号",
        spellings=("联系地址", "通信地址", "单位地址", "地址", "详细地址", "办公地址", "通讯地址及邮编", "邮寄地址", "办公地点", "单位通讯地址", "联系地址及邮编",
                   "单位详细地址", "注册地址", "通信地址及邮编"),
        help="填写牵头单位通讯地址，写明市、区和门牌号。")
    lead_unit: str = column(
        "创新联合体牵头单位", TEXT, required=True, width=30, example="江苏某某科技股份有限公司",
        sub_labels=("单位名称", "单位全称"),
        spellings=("牵头单位", "牵头单位名称", "联合体牵头单位", "牵头单位全称", "创新联合体牵头单位名称", "牵头企业", "牵头企业名称",
                   "牵头（申报）单位", "牵头申报单位", "联合体牵头单位名称", "牵头单位（全称）", "申报单位", "创新联合体牵头企业"),
        help="填写牵头单位全称，与营业执照（法人证书）一致，不用简称。")
    legal_representative: str = column(
        "法定代表人", TEXT, required=True, width=16, example="张三", sub_labels=("姓名",),
        spellings=("法人代表", "法人", "牵头单位法定代表人", "单位法定代表人", "法定代表人姓名", "法人代表姓名", "单位法人", "法人姓名"),
        help="填写牵头单位法定代表人姓名。")
    lead_scientist: str = column(
        "领军人才/首席科学家", TEXT, width=20, example="李四", sub_labels=("姓名",),
        spellings=("领军人才", "首席科学家", "领军人才（首席科学家）", "领军人才或首席科学家", "领军人才、首席科学家", "首席科学家/领军人才",
                   "领军人才／首席科学家姓名", "首席专家", "领军人物", "技术带头人", "领军人才姓名", "首席科学家姓名", "学术带头人", "领军人才（或首席科学家）"),
        help="填写领军人才或首席科学家姓名。")
    lead_scientist_title: str = column(
        "职务/职称", TEXT, width=16, example="研究员",
        spellings=("职务", "职称", "职务职称", "职务（职称）", "职务及职称", "职称/职务", "职务、职称", "职务或职称", "职称职务", "专业技术职务", "职务与职称",
                   "职称及职务", "技术职称", "专业技术职称"),
        help="填写领军人才（首席科学家）的职务或职称。")
    lead_type: str = column(
        "创新联合体牵头单位类型", TICKS, required=True, width=60, choices=tuple(call.LEAD_TYPES),
        spellings=("牵头单位类型", "牵头单位性质", "联合体牵头单位类型", "牵头单位类别", "牵头企业类型", "单位类型", "创新联合体牵头单位性质",
                   "牵头单位属性", "创新联合体牵头单位类别"),
        example="☑ 创新型领军企业", help="五类中勾选一类（把□改为☑）；勾选“其它”的请注明具体类型。")
    contact: str = column(
        "联系人", TEXT, required=True, width=16, example="王五", sub_labels=("姓名",),
        spellings=("联系人姓名", "项目联系人", "业务联系人", "牵头单位联系人", "经办人", "联络人", "具体联系人", "填表联系人", "项目负责联系人"),
        help="填写具体经办人姓名。")
    phone: str = column(
        "联系电话", PHONE, required=True, width=20, example="025-83359254",
        spellings=("电话", "联系方式", "手机", "手机号", "手机号码", "联系人电话", "联系手机", "电话号码", "联系电话/手机", "联系人手机",
                   "办公电话", "联系人联系电话", "联系人联系方式", "移动电话", "手机及座机", "联系号码", "电话/手机", "手机/电话"),
        help="填写手机号，或带区号的座机号；多个号码用“、”隔开。")
    member_counts: str = column(
        "创新联合体成员情况", PHRASE, required=True, width=60, hint=COUNTS_HINT,
        example="12个，其中：企业6个，高校3个，科研院所2个， 其它1个",
        spellings=("成员情况", "联合体成员情况", "成员单位情况", "创新联合体成员单位情况", "成员构成", "成员数量", "创新联合体成员数量",
                   "成员单位数量", "联合体成员构成", "成员单位数", "成员总数", "成员单位总数", "联合体成员数量", "成员单位个数", "创新联合体成员构成情况", "成员单位构成"),
        help="填写成员总数和四类成员数，四类相加应等于总数，并与成员表行数一致。")
    lead_type_ticks: int = part("lead_type", "勾选项数")
    lead_type_ticked: str = part("lead_type", "勾选内容")
    lead_type_explained: str = part("lead_type", "其它类型说明")
    member_counts_total: int = part("member_counts", "成员总数")
    member_counts_enterprise: int = part("member_counts", "企业数")
    member_counts_university: int = part("member_counts", "高校数")
    member_counts_institute: int = part("member_counts", "科研院所数")
    member_counts_other: int = part("member_counts", "其它成员数")

    b01 = required("B01", "E", each=("name",), clause=call.CLAUSE_FORM,
                   says="没有填写", fix="请填写创新联合体名称，如“江苏省智能电网创新联合体”")
    b03 = required("B03", "E", each=("industry",), clause=call.CLAUSE_FIELDS,
                   says="没有填写", fix=f"请从《通知》列出的 {TWO_KINDS_OF_FIELDS}中选填一个，如“新材料”")
    b05 = required("B05", "E", each=("lead_unit",), clause=call.CLAUSE_LEAD,
                   says="没有填写", fix="请填写牵头单位全称，与营业执照（法人证书）一致")
    b06 = required("B06", "E", each=("legal_representative", "contact", "phone"), clause=call.CLAUSE_FORM,
                   says="没有填写，本栏必填", fix="请填写{label}，如“{example}”")
    b07 = required("B07", "W", each=("lead_scientist", "lead_scientist_title", "address"), clause=call.CLAUSE_FORM,
                   says="没有填写", fix="请补充{label}，如“{example}”；确实没有的请在说明栏写明")

    @rule("B02", "W", on="name", clause=call.CLAUSE_FORM,
          says="填的是“{value}”，没有“创新联合体”字样", fix="名称一般以“创新联合体”结尾，请与封面、共建协议核对")
    def name_without_suffix() -> pl.Expr:
        """联合体名称没有“创新联合体”字样"""
        return pl.col("name_key").str.contains("创新联合体", literal=True)

    @rule("B02", "W", on=("name", "cover_name"), clause=call.CLAUSE_FORM,
          says="填的是“{value}”，封面上是“{cover_name}”，两处应一致", fix="请核对后把两处改为同一名称")
    def name_unlike_cover() -> pl.Expr:
        """联合体名称与封面不一致"""
        return pl.col("name_key") == pl.col("cover_name_key")

    @rule("B04", "W", on="industry", clause=call.CLAUSE_FIELDS, title=f"产业领域不在所列 {len(call.FIELDS)} 个领域内",
          says=f"“{{value}}”不在《通知》所列 {len(call.FIELDS)} 个领域内{{near}}", fix=CHOOSE_A_FIELD, facts=field_facts)
    def industry_unlisted() -> pl.Expr:
        """Several fields in one cell are told otherwise."""
        return pl.col("industry" + NOTE) != "unlisted"

    @rule("B04", "W", on="industry", clause=call.CLAUSE_FIELDS,
          says="填的是“{value}”，写了不止一个领域，应填一个主要领域", fix="请保留一个主要领域，其余删去，或在说明栏写明理由")
    def industry_several() -> pl.Expr:
        """产业领域填了几个"""
        return pl.col("industry" + NOTE) != "several"

    @rule("B08", "W", on="phone", clause=call.CLAUSE_FORM,
          says="“{value}”不像手机号或座机号", fix="手机应为 11 位，座机请带区号，如 025-83359254；多个号码用“、”隔开")
    def phone_unreadable() -> pl.Expr:
        """联系电话不像手机号或座机号"""
        return ~pl.col("phone" + NOTE).is_in(["unreadable", "no_area", "lost_zero"])

    @rule("B09", "E", on="lead_type", clause=call.CLAUSE_LEAD,
          says="应勾选一项且只勾选一项，现识别到 {number} 项{list}", fix="请只保留一个勾选，写法如“☑ 创新型领军企业”，其余保留“□”",
          facts=lambda row: {"number": row["lead_type_ticks"] or 0,
                             "list": f"（{row['lead_type_ticked']}）" if row["lead_type_ticked"] else ""})
    def lead_type_not_one() -> pl.Expr:
        """牵头单位类型没有勾选或勾选了几项"""
        return (pl.col("lead_type_ticks").fill_null(0) == 1) | pl.col("lead_type" + NOTE).is_in(["error", "formula"])

    @rule("B10", "W", on="lead_type", clause=call.CLAUSE_LEAD,
          says="勾选了“其它”，但没有注明具体类型", fix="请在“其它”后面写明具体类型，如“☑ 其它：省级新型研发机构”")
    def other_type_unexplained() -> pl.Expr:
        """勾选“其它”而没有注明类型"""
        return (pl.col("lead_type") != call.OTHER_LEAD) | (pl.col("lead_type_explained").str.len_chars() > 0)

    @rule("B11", "W", on=("lead_type", "uscc@lead_row"), clause=call.CLAUSE_LEAD,
          says="勾选的是“{lead_type}”，但牵头单位代码显示为“{lead_class}”",
          fix="请核对勾选项和牵头单位代码；领军、龙头企业的代码以 91 开头，技术创新中心应有独立法人资格和自己的代码")
    def lead_type_unlike_code() -> pl.Expr:
        """牵头单位类型与代码类别不符"""
        enterprise = pl.col("lead_type").is_in(call.ENTERPRISE_LEADS)
        centre_without_code = pl.col("lead_type").is_in(call.CENTRE_LEADS) & (pl.col("lead_class") == "没有代码")
        return ~((enterprise & ~pl.col("lead_is_enterprise")) | centre_without_code)

    @rule("B12", "E", on="member_counts", clause=call.CLAUSE_FORM,
          says="填写的合计为 {member_counts_total} 个，企业、高校、科研院所、其它四类相加为 {member_counts_sum} 个，两者应相等",
          fix="请核对四类成员数和合计数，改为一致")
    def counts_do_not_add_up() -> pl.Expr:
        """成员合计不等于四类之和"""
        return pl.col("member_counts_total") == pl.col("member_counts_sum")

    @rule("B12", "E", on="member_counts", clause=call.CLAUSE_FORM,
          says="“{value}”看不出成员数量", fix="请填写数字，如“12个，其中：企业6个，高校3个，科研院所2个，其它1个”")
    def counts_unreadable() -> pl.Expr:
        """成员情况里没有数字"""
        return pl.col("member_counts" + NOTE) != "unreadable"

    @rule("B13", "E", on="member_counts", clause=call.CLAUSE_MEMBERS,
          says="填写成员 {member_counts_total} 个，成员表实有 {member_rows} 行，两者应一致",
          fix="请补齐成员表或更正成员数量（并说明数量是否包含牵头单位）")
    def count_unlike_rows() -> pl.Expr:
        """成员合计与成员表行数不符"""
        total, parts, rows = (pl.col(name) for name in ("member_counts_total", "member_counts_sum", "member_rows"))
        # Where the parts add up to the rows, the slip is in the total alone, and B12's to tell.
        return (total == rows) | pl.col("count_differs_by_lead") | ((total != parts) & (parts == rows))

    @rule("B13", "W", on="member_counts", clause=call.CLAUSE_MEMBERS,
          says="填写成员 {member_counts_total} 个，成员表实有 {member_rows} 行，相差的恰为牵头单位",
          fix="请核对数量是否包含牵头单位，并把成员数量与成员表改为一致")
    def count_differs_by_the_lead() -> pl.Expr:
        """成员合计与成员表恰好相差牵头单位"""
        return ~pl.col("count_differs_by_lead")

    @rule("B14", "W", on="member_counts", clause=call.CLAUSE_MEMBERS,
          says="按成员代码和名称推断为企业 {inferred_enterprise} 个、高校 {inferred_university} 个、科研院所 {inferred_institute} 个、"
               "其它 {inferred_other} 个，与填报的“{value}”不同",
          fix="请逐家核对成员类别后更正数量；填报无误的请在说明栏写明归类理由")
    def classes_unlike_codes() -> pl.Expr:
        """四类成员数与按代码推断的不同"""
        return pl.col("classes_plausible")

    @rule("B15", "W", on=("uscc@lead_row",), clause=call.CLAUSE_SUBMISSION,
          says="牵头单位代码“{value}”所属为{lead_city}，报送城市为{city}",
          fix="请核对代码是否录错；单位已迁址或确由本市推荐的请在说明栏写明")
    def lead_in_other_city() -> pl.Expr:
        """牵头单位代码所属城市与报送城市不同"""
        return pl.col("lead_city") == pl.col("city")

    @rule("B16", "I", on="address", clause=call.CLAUSE_FORM,
          says="通讯地址在{address_city}，牵头单位登记地在{lead_city}", fix="仅提示，无误可不改")
    def address_in_other_city() -> pl.Expr:
        """通讯地址与登记地不在同一城市"""
        return pl.col("address_city") == pl.col("lead_city")

    @rule("M17", "W", on="lead_unit", clause=call.CLAUSE_MEMBERS,
          says="“{value}”写了几个单位，一个创新联合体只有一个牵头单位", fix="请只保留一个牵头单位，写全称，其余单位列入成员表")
    def lead_several_units() -> pl.Expr:
        """牵头单位填了几个单位"""
        return ~pl.col("lead_several") | pl.col("lead_row").is_not_null()

    @rule("M18", "W", on="lead_unit", clause=call.CLAUSE_MEMBERS,
          says="成员表里没有牵头单位“{value}”，成员数量按“不含牵头单位”理解", fix="请在成员表补列牵头单位，或在说明栏确认数量不含牵头单位")
    def lead_not_listed() -> pl.Expr:
        """成员表未列牵头单位"""
        # Of a table without rows the number of members tells, where there is one: that is B13's.
        empty = (pl.col("member_rows") == 0) & pl.col("member_counts_total").is_not_null()
        return pl.col("lead_row").is_not_null() | pl.col("lead_unit_key").is_null() | empty

    @rule("M19", "W", on=("lead_unit", "name@lead_row"), clause=call.CLAUSE_MEMBERS,
          says="牵头单位写作“{value}”，成员表写作“{lead_listed_as}”，写法不同（括号或“有限责任公司”）",
          fix="请按营业执照（法人证书）上的全称改为同一写法")
    def lead_written_otherwise() -> pl.Expr:
        """牵头单位两处写法不同"""
        return ~pl.col("lead_differs")
