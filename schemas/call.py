"""The call as data: 苏科高发〔2023〕110号 (2023-06-29), each threshold with its clause.

Facts only; a new year's call is a new version of this file, and its form a new folder (see `schemas.current`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

CHINA = timezone(timedelta(hours=8))

YEAR = 2023
NOTICE = "苏科高发〔2023〕110号"
NOTICE_TITLE = "省科技厅关于组织开展2023年江苏省创新联合体建设试点工作的通知"
ISSUED = date(2023, 6, 29)
DEADLINE = datetime(2023, 9, 28, 23, 59, 59, tzinfo=CHINA)
PROVINCE = "江苏省"
CENTRE = "省生产力促进中心"
OFFICE = "省科技厅高新处"


class City(NamedTuple):
    """One 设区市: its GB/T 2260 code and official name."""

    code: str
    name: str

    @property
    def short(self) -> str:
        """南京 for 南京市."""
        return self.name.removesuffix("市")

    @property
    def bureau(self) -> str:
        """The submitting office: 南京市科技局."""
        return f"{self.name}科技局"


# In the official order, which is also the order of the codes.
CITIES = (
    City("320100", "南京市"),
    City("320200", "无锡市"),
    City("320300", "徐州市"),
    City("320400", "常州市"),
    City("320500", "苏州市"),
    City("320600", "南通市"),
    City("320700", "连云港市"),
    City("320800", "淮安市"),
    City("320900", "盐城市"),
    City("321000", "扬州市"),
    City("321100", "镇江市"),
    City("321200", "泰州市"),
    City("321300", "宿迁市"),
)
CITY_ORDER = {city.name: place for place, city in enumerate(CITIES)}

EMERGING_FIELDS = (
    "高端装备", "集成电路", "新能源", "新材料", "生物医药", "新能源汽车", "新型电力装备", "节能环保",
    "软件与信息服务", "物联网", "新一代信息通信", "高技术船舶和海工装备", "航空航天",
)
FUTURE_FIELDS = (
    "第三代半导体", "通用人工智能", "类脑智能", "量子科技", "氢能和新型储能", "深海深地空天", "合成生物",
    "细胞和基因技术", "未来网络", "先进计算", "元宇宙",
)
FIELDS = EMERGING_FIELDS + FUTURE_FIELDS

LEADING_ENTERPRISE = "创新型领军企业"
BACKBONE_ENTERPRISE = "龙头骨干企业"
NATIONAL_CENTRE = "国家级技术创新中心"
PROVINCIAL_CENTRE = "省级技术创新中心"
OTHER_LEAD = "其它"
# Accepted spellings of the five options of 创新联合体牵头单位类型.
LEAD_TYPES = {
    LEADING_ENTERPRISE: ("创新型领军企业", "创新领军企业", "领军企业"),
    BACKBONE_ENTERPRISE: ("龙头骨干企业", "行业龙头骨干企业", "行业骨干企业", "行业龙头企业", "龙头企业", "骨干企业"),
    NATIONAL_CENTRE: ("国家级技术创新中心", "国家技术创新中心"),
    PROVINCIAL_CENTRE: ("省级技术创新中心", "省技术创新中心"),
    OTHER_LEAD: ("其它", "其他"),
}
ENTERPRISE_LEADS = (LEADING_ENTERPRISE, BACKBONE_ENTERPRISE)
CENTRE_LEADS = (NATIONAL_CENTRE, PROVINCIAL_CENTRE)

NATIONAL, PROVINCIAL = "国家级", "省级"
LEVELS = (NATIONAL, PROVINCIAL)

ENTERPRISE, UNIVERSITY, INSTITUTE, OTHER = "企业", "高校", "科研院所", "其它"
MEMBER_KINDS = (ENTERPRISE, UNIVERSITY, INSTITUTE, OTHER)

# Clause numbers as the notice prints them; shown to clerks beside the fix.
CLAUSE_MEMBERS = "《通知》二、2"
CLAUSE_FIELDS = "《通知》三、1"
CLAUSE_LEAD = "《通知》三、2"
CLAUSE_PARTNERS = "《通知》三、3"
CLAUSE_SUBMISSION = "《通知》六、2"
CLAUSE_FORM = "申请书《基础信息表》填表要求"
CLAUSE_USCC = "GB 32100-2015"

# 三、2: a 行业龙头企业 lead “原则上” has sales of 10 亿元 in the year before, and spends on R&D a share of them, 3 %.
LEAD_REVENUE_YEAR = YEAR - 1
LEAD_REVENUE_WAN = 100_000
LEAD_RD_RATIO = 0.03
# 决策及运行机制: 不超过500字; up to 520 is a matter of how one counts, so a warning.
GOVERNANCE_LIMIT = 500
GOVERNANCE_TOLERANCE = 520
# 近三年承担的科技计划: three years back from the deadline.
PROJECT_WINDOW = ("2020-07", "2023-09")
# Not from the notice: values so rare in practice that a person should look again.
LONGEST_PROJECT_YEARS = 6
EARLIEST_PLATFORM_YEAR = 1980
LARGEST_MONEY_WAN = 10_000_000
SUSPICIOUS_LEAD_REVENUE_WAN = (10, 10_000)
# Shares, 1 being the whole: of revenue that goes to R&D, of staff that is technical, by which two sums may differ.
HIGH_RD_RATIO = 0.6
HIGH_TECHNICAL_SHARE = 0.95
MONEY_TOLERANCE = 0.01
STAFF_PER_MEMBER = 5
MANY_CONSORTIA = 3
# How much of two texts is the same, in per cent, as rapidfuzz counts it.
SAME_TEXT_PERCENT = 90


def city_named(text: str) -> City | None:
    """The one 设区市 that `text` (a folder or file name: 南京, 南京市科技局, 320100) names; None if none or several."""
    exact = [city for city in CITIES if text in (city.name, city.short, city.code)]
    if exact:
        return exact[0]
    found = [city for city in CITIES if city.short in text or city.code in text]
    return found[0] if len(found) == 1 else None
