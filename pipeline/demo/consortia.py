"""Fictional consortia, and what each would rightly fill into the form.

The table says who submits what; the rest follows from the key as seed. `borrows` are companies of an earlier
consortium, by which two forms have something to disagree about.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from pipeline.demo import prose
from pipeline.demo.organisations import Founder, Organisation
from pipeline.demo.topics import TOPICS, Topic
from schemas import call
from schemas.current import FORM

Filled = dict[str, Any]
# The phrase of member counts as the form prints it, with places for the total and the four kinds.
COUNTS = FORM.block("consortium").columns["member_counts"].hint.replace("___", "{}")
_PLATFORM_KINDS = ("重点实验室", "工程技术研究中心", "工程研究中心", "企业技术中心", "院士工作站", "概念验证中心")


class _Founding(NamedTuple):
    """`sizes`: companies (the lead not counted), universities, institutes, associations, partners abroad."""

    key: str
    city: str
    lead_type: str
    sizes: tuple[int, int, int, int, int]
    borrows: tuple[str, ...] = ()


_LEADING, _BACKBONE = call.LEADING_ENTERPRISE, call.BACKBONE_ENTERPRISE
_FOUNDINGS = (
    _Founding("grid", "南京市", _BACKBONE, (5, 2, 1, 0, 0)),
    _Founding("silicon", "南京市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("vision", "南京市", _LEADING, (3, 2, 1, 1, 1)),
    _Founding("software", "南京市", _LEADING, (4, 1, 1, 0, 0), ("vision.1",)),
    _Founding("ledger", "南京市", call.PROVINCIAL_CENTRE, (5, 1, 0, 0, 0)),
    _Founding("sensor", "无锡市", _LEADING, (5, 2, 1, 0, 0)),
    _Founding("chip", "无锡市", _BACKBONE, (5, 1, 1, 1, 0), ("sensor.2",)),
    _Founding("turbine", "无锡市", _BACKBONE, (4, 2, 1, 0, 0)),
    _Founding("crane", "徐州市", _BACKBONE, (6, 2, 1, 0, 0)),
    _Founding("solar", "徐州市", _LEADING, (3, 2, 1, 0, 0)),
    _Founding("car", "常州市", _BACKBONE, (5, 2, 1, 0, 0)),
    _Founding("hydrogen", "常州市", _LEADING, (4, 1, 1, 0, 0), ("car.3",)),
    _Founding("battery", "常州市", call.NATIONAL_CENTRE, (5, 2, 1, 0, 0)),
    _Founding("fibre", "常州市", _LEADING, (5, 2, 1, 0, 0)),
    _Founding("drug", "苏州市", _BACKBONE, (5, 2, 2, 0, 1)),
    _Founding("gene", "苏州市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("device", "苏州市", _LEADING, (5, 1, 1, 0, 0)),
    _Founding("quantum", "苏州市", _LEADING, (3, 2, 1, 0, 0)),
    _Founding("compute", "苏州市", _LEADING, (4, 2, 0, 0, 0)),
    _Founding("ship", "南通市", _BACKBONE, (6, 2, 1, 1, 0)),
    _Founding("wind", "南通市", _LEADING, (5, 2, 1, 0, 0)),
    _Founding("marine", "南通市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("silica", "连云港市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("enzyme", "连云港市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("motor", "盐城市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("salt", "盐城市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("robot", "扬州市", _LEADING, (5, 1, 1, 0, 0)),
    _Founding("water", "扬州市", call.OTHER_LEAD, (4, 2, 0, 1, 0)),
    _Founding("plane", "镇江市", _LEADING, (5, 2, 1, 0, 0)),
    _Founding("flight", "镇江市", _LEADING, (4, 2, 1, 0, 0), ("plane.2",)),
    _Founding("herb", "泰州市", _BACKBONE, (5, 2, 1, 0, 0)),
    _Founding("cell", "泰州市", _LEADING, (4, 2, 1, 0, 0)),
    _Founding("meta", "扬州市", _LEADING, (3, 1, 1, 0, 0)),
    _Founding("photon", "南京市", _LEADING, (5, 2, 1, 0, 0)),
    _Founding("bearing", "无锡市", _BACKBONE, (5, 1, 1, 1, 0)),
    _Founding("brain", "苏州市", _LEADING, (4, 3, 1, 0, 0)),
    _Founding("polymer", "南通市", _LEADING, (6, 2, 1, 0, 0)),
)
# Consortia whose lead already leads the other one.
_SAME_LEAD = {"compute": "quantum"}
# Companies whose codes have digits alone, for what Excel does to them.
_DIGITS = {"silica": 2, "sensor": 2}


@dataclass(frozen=True)
class Consortium:
    """Who belongs to it; the lead comes first among `members`."""

    key: str
    city: str
    topic: Topic
    lead_type: str
    members: tuple[Organisation, ...]

    @property
    def name(self) -> str:
        """The consortium's full name."""
        return f"江苏省{self.topic.subject}创新联合体"

    @property
    def lead(self) -> Organisation:
        """The leading organisation."""
        return self.members[0]


@cache
def consortia() -> dict[str, Consortium]:
    """All consortia by key, founded in the order of the table."""
    founder, found = Founder("consortia"), {}
    for founding in _FOUNDINGS:
        found[founding.key] = _consortium(founder, founding, found)
    return found


def _consortium(founder: Founder, founding: _Founding, earlier: dict[str, Consortium]) -> Consortium:
    rng, topic = random.Random(founding.key), TOPICS[founding.key]
    companies, universities, institutes, associations, abroad = founding.sizes
    lead = _lead(founder, founding, topic, earlier)
    digits = _DIGITS.get(founding.key)
    members = [lead]
    for place in range(1, companies + 1):
        members.append(founder.company(founding.city, topic.trades[place % len(topic.trades)],
                                       digits=True if place == digits else None))
    members += rng.sample(founder.universities, universities) + rng.sample(founder.institutes, institutes)
    members += rng.sample(founder.associations, associations) + rng.sample(founder.abroad, abroad)
    for borrowed in founding.borrows:
        key, place = borrowed.split(".")
        if earlier[key].members[int(place)] not in members:
            members.insert(2, earlier[key].members[int(place)])
    return Consortium(founding.key, founding.city, topic, founding.lead_type, tuple(members))


def _lead(founder: Founder, founding: _Founding, topic: Topic,
          earlier: dict[str, Consortium]) -> Organisation:
    if founding.key in _SAME_LEAD:
        return earlier[_SAME_LEAD[founding.key]].lead
    if founding.lead_type in call.CENTRE_LEADS:
        return founder.centre(founding.city, topic.subject)
    return founder.company(founding.city, topic.trades[0], large=founding.lead_type == _BACKBONE)


def right_form(key: str) -> Filled:
    """What consortium `key` would rightly fill in: block → field → cell content, fresh at every call."""
    consortium = consortia()[key]
    rng = random.Random(f"form {key}")
    return {"consortium": {**_basics(rng, consortium), **_figures(rng, consortium)},
            "members": _members(rng, consortium),
            "platforms": _platforms(rng, consortium),
            "projects": _projects(rng, consortium)}


def _basics(rng: random.Random, consortium: Consortium) -> dict[str, Any]:
    lead, kinds = consortium.lead, [member.kind for member in consortium.members]
    phrase = COUNTS.format(len(kinds), *(kinds.count(kind) for kind in call.MEMBER_KINDS))
    ticked = consortium.lead_type
    explained = (f"{ticked}（省级专精特新企业）",) if ticked == call.OTHER_LEAD else (ticked,)
    return {
        "name": consortium.name, "industry": consortium.topic.field, "address": lead.address,
        "lead_unit": lead.name, "legal_representative": prose.person(rng),
        "lead_scientist": prose.person(rng), "lead_scientist_title": prose.title(rng), "lead_type": explained,
        # No operator gives out numbers that begin with 154.
        "contact": prose.person(rng), "phone": f"154{rng.randint(0, 99_999_999):08d}",
        "member_counts": phrase,
        "rd_directions": prose.directions(rng, consortium.topic),
        "governance": prose.governance(rng, consortium.topic, lead.name),
        "fill_date": f"2023年{rng.choice((8, 9))}月{rng.randint(1, 12)}日",
    }


def _figures(rng: random.Random, consortium: Consortium) -> dict[str, int]:
    staff = len(consortium.members) * rng.randint(90, 700) + rng.randint(1, 60)
    rights = rng.randint(80, 900)
    return {"staff_count": staff, "technical_staff_count": int(staff * rng.uniform(0.2, 0.6)),
            "ip_count": rights, "invention_patent_count": int(rights * rng.uniform(0.2, 0.6))}


def _members(rng: random.Random, consortium: Consortium) -> list[dict[str, Any]]:
    void = rng.choice(("", "", "/", "—"))
    rows = []
    for place, member in enumerate(consortium.members, 1):
        company = member.revenue_wan is not None
        rows.append({"serial": place, "name": member.name, "uscc": member.uscc,
                     "task": prose.task(rng, consortium.topic), "duty": prose.duty(rng),
                     "revenue_wan": member.revenue_wan if company else void,
                     "rd_spend_wan": member.rd_spend_wan if company else void})
    return rows


def _platforms(rng: random.Random, consortium: Consortium) -> list[dict[str, Any]]:
    hosts = [member for member in consortium.members if not member.uscc.startswith("境外")]
    spelled = rng.choice(("{}年{}月", "{}.{:02d}", "{}-{:02d}", "{}/{}", "{}年{:02d}月"))
    rows = []
    for place, kind in enumerate(rng.sample(_PLATFORM_KINDS, rng.choice((2, 3, 4))), 1):
        level = call.NATIONAL if rng.random() < 0.2 else call.PROVINCIAL
        work = rng.choice(consortium.topic.works)
        name = f"国家{work}{kind}" if level == call.NATIONAL else f"江苏省{work}{kind}"
        rows.append({"serial": place, "name": name, "industry": consortium.topic.field, "level": level,
                     "host_unit": rng.choice(hosts).name,
                     "established": spelled.format(rng.randint(2009, 2022), rng.randint(1, 12))})
    return rows


def _projects(rng: random.Random, consortium: Consortium) -> list[dict[str, Any]]:
    hosts = [member for member in consortium.members if not member.uscc.startswith("境外")]
    spelled = rng.choice(("{}.{:02d}-{}.{:02d}", "{}年{}月—{}年{}月", "{}-{:02d}至{}-{:02d}", "{}/{}~{}/{}",
                          "{}{:02d}-{}{:02d}"))
    rows = []
    for place, work in enumerate(rng.sample(consortium.topic.works, rng.choice((1, 2, 3))), 1):
        year = rng.randint(2019, 2021)
        period = spelled.format(year, rng.randint(1, 12), year + rng.choice((2, 3)), rng.choice((6, 11, 12)))
        rows.append({"serial": place, "name": f"{work}关键技术研发", "industry": consortium.topic.field,
                     "level": call.NATIONAL if rng.random() < 0.35 else call.PROVINCIAL, "period": period,
                     "undertaker": rng.choice(hosts).name})
    return rows
