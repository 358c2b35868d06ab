"""Fictional organisations with valid codes: companies, universities, institutes, associations, partners.

Names are made of words that no register is known to hold. Most codes lie in PDY00001–PDY99999, the range that
GB 11714 leaves to private use, so they cannot be anybody's; one company in four has a body of digits alone,
as in the real register, because only such codes can be spoilt by Excel.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from schemas import call
from schemas.uscc import calc_check_digit, calc_organisation_check_digit, is_personal_id

# Districts and county-level cities after GB/T 2260, current in 2023: six digits and name.
DISTRICTS = {
    "南京市": "320102玄武区 320104秦淮区 320105建邺区 320111浦口区 320113栖霞区 320115江宁区",
    "无锡市": "320205锡山区 320206惠山区 320211滨湖区 320214新吴区 320281江阴市",
    "徐州市": "320303云龙区 320311泉山区 320312铜山区 320324睢宁县",
    "常州市": "320402天宁区 320404钟楼区 320411新北区 320412武进区 320481溧阳市",
    "苏州市": "320505虎丘区 320506吴中区 320507相城区 320509吴江区 320581常熟市",
    "南通市": "320612通州区 320613崇川区 320614海门区 320685海安市",
    "连云港市": "320703连云区 320706海州区 320707赣榆区",
    "淮安市": "320812清江浦区 320813洪泽区",
    "盐城市": "320902亭湖区 320903盐都区 320904大丰区 320981东台市",
    "扬州市": "321002广陵区 321003邗江区 321012江都区 321081仪征市",
    "镇江市": "321102京口区 321111润州区 321112丹徒区 321181丹阳市",
    "泰州市": "321202海陵区 321204姜堰区 321282靖江市 321283泰兴市",
    "宿迁市": "321302宿城区 321311宿豫区 321322沭阳县",
}
ROADS = "科创路 创智路 学海路 启新大道 经纬一路 芦荡路 云帆路 星湖街 望江路 砺新大道 清波路 文渊路".split()
UNIVERSITIES = (
    "江苏滨江理工大学", "江苏紫麓工业大学", "江苏太浦科技大学", "苏南湖滨工学院", "江苏云龙湖矿冶大学", "江苏龙溪智造职业技术学院",
    "江苏江海航运大学", "江苏海州湾海洋科技大学", "江苏射阳河农林大学", "江苏北固山医科大学", "江苏凤城河中医药大学", "江苏邗沟信息工程学院",
    "江苏阳羡材料大学", "江苏通吕河师范学院", "江苏彭城机电大学", "江苏茅山地质大学", "江苏淮左工程大学", "江苏虞麓电子科技大学",
    "江苏骆马湖理工学院", "江苏长荡湖工程大学", "江苏串场河工业大学", "江苏焦山航空学院", "江苏溱湖化工大学", "江苏芙蓉湖交通大学",
)
INSTITUTES = (
    ("12320000", "江苏省滨江材料科学研究院"), ("12320000", "江苏省云麓能源技术研究所"), ("12320100", "南京市紫麓微系统研究所"),
    ("52320500", "苏州太浦先进制造研究院"), ("52320200", "无锡湖滨物联网技术研究院"), ("12320000", "江苏省沿海生态科学研究院"),
    ("52320400", "常州龙溪新能源研究院"), ("12320000", "江苏省凤城生物技术研究所"),
    ("12320000", "江苏省通吕海洋工程研究院"), ("52320300", "徐州彭麓智能装备研究院"), ("12320000", "江苏省焦麓航空技术研究所"),
    ("52321000", "扬州淮左机器人研究院"), ("12320000", "江苏省虞麓计量科学研究院"), ("52320100", "南京阳羡数字技术研究院"),
)
ASSOCIATIONS = ("江苏省砺新装备行业协会", "江苏省沅禾新材料产业协会", "江苏省澈源信息技术协会", "江苏省珩宇医药行业协会")
ABROAD = (("德国下莱茵应用技术大学", "德国"), ("新加坡南屿理工学院", "新加坡"), ("日本北濑工业大学", "日本"))

_HEADS = "铄沅翊骞珩霁旸洵岑湛晔屹琛煜铭桓"
_TAILS = "禾澈屿汀朔芃祺笙澜砺皓菁淳珏"
_ENDINGS = ("有限公司", "有限公司", "股份有限公司", "有限公司", "有限责任公司", "科技有限公司")


@dataclass(frozen=True)
class Organisation:
    """`uscc` is what stands in the form's code cell; money in 万元, None for what is no company."""

    name: str
    uscc: str
    kind: str
    address: str = ""
    revenue_wan: float | None = None
    rd_spend_wan: float | None = None


def code(prefix: str, division: str, body: str) -> str:
    """An 18-character code with both check digits right."""
    first17 = prefix + division + body + calc_organisation_check_digit(body)
    return first17 + calc_check_digit(first17)


class Founder:
    """Founds organisations, no two with one name or code; the same ones for the same seed."""

    def __init__(self, seed: str) -> None:
        self._rng = random.Random(seed)
        brands = [head + tail for head, tail in product(_HEADS, _TAILS)]
        self._rng.shuffle(brands)
        self._brands: Iterator[str] = iter(brands)
        self._numbers: Iterator[int] = iter(self._rng.sample(range(10_001, 99_999), 2_000))
        self.universities = [self._public(name, "12320000", call.UNIVERSITY) for name in UNIVERSITIES]
        self.institutes = [self._public(name, start, call.INSTITUTE) for start, name in INSTITUTES]
        self.associations = [self._public(name, "51320000", call.OTHER) for name in ASSOCIATIONS]
        self.abroad = [Organisation(name, f"境外（{land}）", call.UNIVERSITY) for name, land in ABROAD]

    def company(self, city: str, trade: str, *, large: bool = False,
                digits: bool | None = None) -> Organisation:
        """A company of `city`; a `large` one meets what the call asks of a 龙头企业."""
        rng = self._rng
        division, district = self._district(city)
        all_digits = rng.random() < 0.25 if digits is None else digits
        uscc = self._digit_code(division) if all_digits else code("91", division, self._private_body())
        revenue = rng.uniform(120_000, 900_000) if large else 10 ** rng.uniform(3.2, 4.7)
        share = rng.uniform(0.034, 0.08) if large else rng.uniform(0.04, 0.22)
        return Organisation(self._name(city, trade), uscc, call.ENTERPRISE, self._address(city, district),
                            round(revenue, 2), round(revenue * share, 2))

    def centre(self, city: str, subject: str) -> Organisation:
        """A technology innovation centre with legal personality and its own code (a 民办非企业单位)."""
        division, district = self._district(city)
        return Organisation(f"江苏省{subject}技术创新中心", code("52", division, self._private_body()),
                            call.INSTITUTE, self._address(city, district))

    def _public(self, name: str, start: str, kind: str) -> Organisation:
        return Organisation(name, code(start[:2], start[2:], self._private_body()), kind)

    def _district(self, city: str) -> tuple[str, str]:
        picked = self._rng.choice(DISTRICTS[city].split())
        return picked[:6], picked[6:]

    def _address(self, city: str, district: str) -> str:
        return f"{city}{district}{self._rng.choice(ROADS)}{self._rng.randint(2, 399)}号"

    def _private_body(self) -> str:
        return f"PDY{next(self._numbers):05d}"

    def _digit_code(self, division: str) -> str:
        while True:
            found = code("91", division, str(self._rng.randint(10_000_000, 79_999_999)))
            if found.isdigit() and not found.endswith("000") and not is_personal_id(found):
                return found

    def _name(self, city: str, trade: str) -> str:
        rng, short = self._rng, city.removesuffix("市")
        brand = next(self._brands)
        brand += rng.choice(_TAILS.replace(brand[1], "")) if rng.random() < 0.4 else ""
        # 股份 and 科技 do not go with every trade word.
        ending = rng.choice(_ENDINGS)
        ending = "有限公司" if ending.startswith("科技") and trade.endswith(("技术", "科技")) else ending
        if rng.random() < 0.15:
            return f"{brand}（{short}）{trade}{ending}"
        return f"{'江苏' if rng.random() < 0.35 else short}{brand}{trade}{ending}"
