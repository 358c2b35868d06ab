"""What fictional consortia fill in, form by form: any number of them, the same ones for the same seed.

Every form can be made without the ones before it, so that several processes share the work. Shared members: in blocks
of a hundred forms, universities and institutes stand in one or two forms each, some in three and more; one form in
three lists a company of the form thirteen before it (the same city); one in ten lists one of two dozen universities
known to everybody.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any, NamedTuple

from pipeline.demo import prose
from pipeline.demo.consortia import COUNTS
from pipeline.demo.organisations import DISTRICTS, ROADS, UNIVERSITIES
from pipeline.demo.topics import TOPICS, Topic
from schemas import call
from schemas.uscc import calc_check_digit, calc_organisation_check_digit

Filled = dict[str, Any]
PLATFORMS, PROJECTS = 2, 2
FEWEST_MEMBERS = 5
# The company of this place may also stand in another form; those of the other places never do.
LENT, OWN = 2, (1, 3)
_BLOCK, _PUBLIC_PER_BLOCK = 100, 200
_HEADS, _TAILS = "铄沅翊骞珩霁旸洵岑湛晔屹琛煜铭桓", "禾澈屿汀朔芃祺笙澜砺皓菁淳珏"
_PAIRS = [head + tail for head in _HEADS for tail in _TAILS]
_SCHOOLS = ("理工大学", "工业大学", "科技大学", "工程大学", "农林大学", "医科大学", "海洋大学", "交通大学")
_ENDINGS = ("有限公司", "股份有限公司", "有限责任公司")
_PLATFORM_KINDS = ("重点实验室", "工程技术研究中心", "工程研究中心", "企业技术中心")
_MONTHS = ("{}年{}月", "{}.{:02d}", "{}-{:02d}", "{}/{}", "{}年{:02d}月")
_PERIODS = ("{}.{:02d}-{}.{:02d}", "{}年{}月—{}年{}月", "{}-{:02d}至{}-{:02d}", "{}/{}~{}/{}")
# GB 11714 leaves PDY00001–PDY99999 to private use; nobody's code begins with PD and another letter either.
_LETTERS = "YXWUTRQPNMLKJHGFEDCBA"
_PUBLIC_CODES = 1_000_000
_KNOWN_CODES = 2_000_000


class Unit(NamedTuple):
    """One member: money in 万元, None for what is no company."""

    name: str
    uscc: str
    kind: str
    revenue_wan: float | None = None
    rd_spend_wan: float | None = None


def city_of(number: int) -> call.City:
    """Who submits form `number`."""
    return call.CITIES[number % len(call.CITIES)]


def right_form(seed: int, number: int, members: int = 10) -> Filled:
    """What consortium `number` would rightly fill in: block → field → content, as `template.write` takes it."""
    rng = random.Random(f"{seed} form {number}")
    topic = _topics()[number % len(TOPICS)]
    units = _units(rng, seed, number, members)
    return {"consortium": _basics(rng, number, topic, units), "members": _members(rng, topic, units),
            "platforms": _platforms(rng, number, topic, units), "projects": _projects(rng, number, topic, units)}


@cache
def _topics() -> tuple[Topic, ...]:
    return tuple(TOPICS.values())


def _units(rng: random.Random, seed: int, number: int, members: int) -> list[Unit]:
    public = min(3, members // 3)
    units = [company(seed, number, place) for place in range(members - public)]
    before = number - len(call.CITIES)
    if before >= 0 and len(units) > max(OWN) + 1 and rng.random() < 1 / 3:
        units[-1] = company(seed, before, LENT)
    block = number // _BLOCK * _PUBLIC_PER_BLOCK
    places = [block + place for place in rng.sample(range(_PUBLIC_PER_BLOCK), public)]
    units += [_public(place) for place in places]
    if public and rng.random() < 1 / 10:
        units[-1] = _known(rng.randrange(len(UNIVERSITIES)))
    return units


def company(seed: int, number: int, place: int) -> Unit:
    """The company in one place of a form; place 0 leads."""
    rng = random.Random(f"{seed} company {number} {place}")
    city = city_of(number)
    trade = rng.choice(_topics()[number % len(TOPICS)].trades)
    revenue = rng.uniform(110_000, 900_000) if not place else rng.uniform(2_000, 60_000)
    return Unit(f"{city.short}{_brand(number)}{_PAIRS[place]}{trade}{rng.choice(_ENDINGS)}",
                _code("91", rng.choice(_divisions(city.name)), number * 17 + place), call.ENTERPRISE,
                round(revenue, 2), round(revenue * rng.uniform(0.035, 0.2), 2))


def _public(place: int) -> Unit:
    brand = _brand(place)
    if place % 3:
        return Unit(f"江苏{brand}{_SCHOOLS[place % len(_SCHOOLS)]}", _code("12", "320000", _PUBLIC_CODES + place),
                    call.UNIVERSITY)
    return Unit(f"江苏省{brand}技术研究院", _code("12", "320000", _PUBLIC_CODES + place), call.INSTITUTE)


@cache
def _known(place: int) -> Unit:
    return Unit(UNIVERSITIES[place], _code("12", "320000", _KNOWN_CODES + place), call.UNIVERSITY)


def _brand(number: int) -> str:
    """Another word for each number."""
    number, last = divmod(number, len(_PAIRS))
    return (_brand(number - 1) if number else "") + _PAIRS[last]


@cache
def _divisions(city: str) -> tuple[str, ...]:
    return tuple(district[:6] for district in DISTRICTS[city].split())


def _code(prefix: str, division: str, number: int) -> str:
    letter, rest = divmod(number, 100_000)
    body = f"PD{_LETTERS[letter]}{rest:05d}"
    first17 = prefix + division + body + calc_organisation_check_digit(body)
    return first17 + calc_check_digit(first17)


def _basics(rng: random.Random, number: int, topic: Topic, units: list[Unit]) -> dict[str, Any]:
    lead, kinds = units[0], [unit.kind for unit in units]
    staff, rights = len(units) * rng.randint(90, 700), rng.randint(80, 900)
    city = city_of(number).name
    return {
        "name": f"江苏省{_brand(number)}{topic.subject}创新联合体", "industry": topic.field,
        "address": f"{city}{rng.choice(DISTRICTS[city].split())[6:]}{rng.choice(ROADS)}{rng.randint(2, 399)}号",
        "lead_unit": lead.name, "legal_representative": prose.person(rng), "lead_scientist": prose.person(rng),
        "lead_scientist_title": prose.title(rng), "lead_type": ticks(call.LEADING_ENTERPRISE),
        # No operator gives out numbers that begin with 154.
        "contact": prose.person(rng), "phone": f"154{number:08d}",
        "member_counts": COUNTS.format(len(kinds), *(kinds.count(kind) for kind in call.MEMBER_KINDS)),
        "rd_directions": prose.directions(rng, topic), "governance": prose.governance(rng, topic, lead.name),
        "staff_count": staff, "technical_staff_count": int(staff * rng.uniform(0.2, 0.6)),
        "ip_count": rights, "invention_patent_count": int(rights * rng.uniform(0.2, 0.6))}


def ticks(*ticked: str) -> str:
    """The line of boxes with these ones ticked."""
    return "　".join(f"{'☑' if choice in ticked else '□'} {choice}" for choice in call.LEAD_TYPES)


def _members(rng: random.Random, topic: Topic, units: list[Unit]) -> list[dict[str, Any]]:
    return [{"name": unit.name, "uscc": unit.uscc, "task": prose.task(rng, topic), "duty": prose.duty(rng),
             "revenue_wan": unit.revenue_wan, "rd_spend_wan": unit.rd_spend_wan} for unit in units]


def _platforms(rng: random.Random, number: int, topic: Topic, units: list[Unit]) -> list[dict[str, Any]]:
    spelled, rows = rng.choice(_MONTHS), []
    for work, kind in zip(rng.sample(topic.works, PLATFORMS), rng.sample(_PLATFORM_KINDS, PLATFORMS), strict=True):
        level, origin = (call.NATIONAL, "国家") if rng.random() < 0.2 else (call.PROVINCIAL, "江苏省")
        rows.append({"name": f"{origin}{_brand(number)}{work}{kind}", "industry": topic.field, "level": level,
                     "host_unit": rng.choice(units).name,
                     "established": spelled.format(rng.randint(2009, 2022), rng.randint(1, 12))})
    return rows


def _projects(rng: random.Random, number: int, topic: Topic, units: list[Unit]) -> list[dict[str, Any]]:
    spelled, rows = rng.choice(_PERIODS), []
    for work in rng.sample(topic.works, PROJECTS):
        year = rng.randint(2019, 2021)
        rows.append({"name": f"{_brand(number)}{work}关键技术研发", "industry": topic.field,
                     "level": call.NATIONAL if rng.random() < 0.35 else call.PROVINCIAL,
                     "period": spelled.format(year, rng.randint(1, 12), year + rng.choice((2, 3)),
                                              rng.choice((6, 11, 12))),
                     "undertaker": rng.choice(units).name})
    return rows
