"""The guards as data: the rules that the 自检 column speaks for, each with the condition of its mistake."""

from __future__ import annotations

from pipeline.template import conditions as c
from pipeline.template import formulas as f
from pipeline.template.selfcheck import Check, Step
from schemas import call


def _blank(rule: str) -> Step:
    return Step(rule, c.missing, blank=True)


def _over(x: str) -> dict[str, str]:
    return {"over": f"({f.length(x)}-{call.GOVERNANCE_LIMIT})"}


SINGLES = (
    Check((_blank("b01"),)),
    Check((_blank("b03"), Step("industry_several", c.several), Step("industry_unlisted", c.unlisted))),
    Check((_blank("b05"), Step("lead_not_listed", c.lead_not_listed))),
    Check((_blank("b06"),), each=True),
    Check((_blank("b07"),), each=True),
    Check((Step("lead_type_not_one", c.not_one_tick, blank=True),)),
    Check((Step("phone_unreadable", c.few_digits),)),
    Check((Step("F12", c.no_digit, blank=True), Step("counts_do_not_add_up", c.sum_differs))),
    Check(
        (Step("count_differs_by_the_lead", c.rows_differ_by_lead), Step("count_unlike_rows", c.rows_differ))
    ),
    Check((_blank("l04"),)),
    Check(
        (
            _blank("l02"),
            Step("governance_too_long", c.longer_than(call.GOVERNANCE_TOLERANCE), facts=_over),
            Step("governance_slightly_too_long", c.longer_than(call.GOVERNANCE_LIMIT), facts=_over),
        )
    ),
    Check(
        (Step("not_a_whole_number", c.no_whole_number, blank=True), Step("figure_is_zero", c.zero)), each=True
    ),
    Check(
        (
            Step("more_technicians_than_staff", c.first_above_second),
            Step("nearly_all_technicians", c.nearly_all),
        )
    ),
    Check((Step("more_patents_than_rights", c.first_above_second),)),
)

MEMBERS = (
    Check((_blank("m01"),)),
    Check(
        (
            Step("code_stored_as_number", c.code_is_number),
            Step("code_not_needed", c.code_abroad),
            Step("code_missing", c.no_code),
            Step("code_is_personal_id", c.code_is_personal_id),
            Step("code_length", c.code_length),
            Step("code_character", c.code_character),
            Step("code_complement", c.code_complement),
            Step("code_check_character", c.code_check_character),
            Step("code_inner_check", c.code_inner_check),
        )
    ),
    Check((Step("code_repeated", c.code_repeated),)),
    Check((_blank("m28"),), each=True),
    Check((_blank("m28w"),), each=True),
    Check((Step("money_missing", c.no_money),), each=True, when=c.is_enterprise),
    Check((Step("money_negative", c.negative), Step("money_too_large", c.huge)), each=True),
    Check((Step("rd_above_revenue", c.rd_above_revenue),)),
)

PLATFORMS = (
    Check((_blank("p07"), Step("platform_repeated", c.repeated))),
    Check((Step("industry_unlisted", c.unlisted),)),
    Check((Step("level_unlisted", c.unlisted_level),)),
    Check(
        (
            Step("host_missing", c.missing),
            Step("host_is_department", c.department),
            Step("host_not_member", c.stranger),
        )
    ),
    Check((Step("established_unreadable", c.missing),)),
)

PROJECTS = (
    Check((_blank("j07"), Step("project_repeated", c.repeated))),
    Check((Step("industry_unlisted", c.unlisted),)),
    Check((Step("level_unlisted", c.unlisted_level),)),
    Check((Step("period_unreadable", c.missing),)),
    Check(
        (
            Step("undertaker_missing", c.missing),
            Step("undertaker_is_department", c.department),
            Step("undertaker_not_member", c.stranger),
        )
    ),
)

TABLES = {"members": MEMBERS, "platforms": PLATFORMS, "projects": PROJECTS}
