"""`pipeline.validate`: text → typed frames with notes, all forms at once, findings in order."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import polars as pl
import pytest

from pipeline.message import LONGEST_VALUE
from pipeline.validate import About, Validated, judge, validate
from schemas.form_2023 import FORM
from tests.drawn import NO_RESULT, PICTURE, REF_ERROR, brief, form, judged, judged_apart, other, readings

NANJING = About("南京市", date(2023, 9, 20))


def validated(*changes: dict[str, Any] | None) -> Validated:
    forms = [reading for one in changes for reading in readings(form(one))]
    return validate(FORM, forms, [NANJING] * len(forms))


# One cell of each kind: what it holds → typed value(s), note.
CELLS = {
    "text": ("consortium", "contact", {"B9": " 王五　"}, "王五", ""),
    "text blank": ("consortium", "contact", {"B9": "　"}, None, "blank"),
    "text void stays": ("consortium", "lead_scientist", {"B7": "无"}, "无", "void"),
    "text placeholder": ("consortium", "lead_scientist", {"B7": "____"}, None, "placeholder"),
    "text error": ("consortium", "contact", {"B9": REF_ERROR}, None, "error"),
    "text formula": ("consortium", "contact", {"B9": NO_RESULT}, None, "formula"),
    "long text is the hint": (
        "consortium",
        "governance",
        {"B21": "决策执行机制、科技成果归属、利益分配等，不超过500字"},
        None,
        "hint",
    ),
    "count": ("consortium", "staff_count", {"B23": "1.2万人"}, 12000, ""),
    "count is a number": ("consortium", "staff_count", {"B23": 12600.0}, 12600, ""),
    "count void": ("consortium", "staff_count", {"B23": "/"}, None, "void"),
    "day is a date cell": ("consortium", "fill_date", {"G2": date(2023, 9, 1)}, date(2023, 9, 1), ""),
    "field": ("consortium", "industry", {"B5": "新材料产业"}, "新材料", ""),
    "ticks": ("consortium", "lead_type", {}, "创新型领军企业", ""),
    "ticks none": ("consortium", "lead_type_ticks", {"B8": "□ 创新型领军企业 □ 其它"}, 0, None),
    "phrase": ("consortium", "member_counts_university", {}, 2, None),
    "phrase total not given": (
        "consortium",
        "member_counts_total",
        {"B10": "企业3个，高校2个，科研院所1个"},
        6,
        None,
    ),
    "phrase not filled in": (
        "consortium",
        "member_counts",
        {"B10": "___个，其中：企业___个，高校___个，科研院所___个， 其它___个"},
        None,
        "placeholder",
    ),
    "no such label": ("consortium", "cover_name", {}, None, "absent"),
    "code": ("members", "uscc", {"D14": "91320100pdy00001xr"}, "91320100PDY00001XR", ""),
    "code cleaned": ("members", "uscc_cleaned", {"D14": "91320100pdy00001xr"}, True, None),
    "code void": ("members", "uscc", {"D14": "/"}, "", "foreign"),
    "money with its unit": ("members", "revenue_wan", {"G14": "125.6亿"}, 1256000.0, "converted"),
    "money in the header's unit": (
        "members",
        "revenue_wan",
        {"G13": "近一年销售收入（亿元）", "G14": 125.6},
        1256000.0,
        "converted",
    ),
    "money void": ("members", "revenue_wan", {"G14": "—"}, None, "void"),
    "level": ("platforms", "level", {"E26": "省级平台"}, "省级", ""),
    "month": ("platforms", "established", {"G26": "2021.10"}, "2021-10", ""),
    "month doubtful": ("platforms", "established", {"G26": 2021.1}, None, "ambiguous"),
    "period start": ("projects", "period_start", {}, "2021-01", None),
    "period end open": ("projects", "period_end", {"F30": "2021年1月至今"}, None, None),
}


@cache
def typed_cells() -> dict[str, pl.DataFrame]:
    """The typed frames of one form for each case, in their order."""
    return validated(*(changes for _, _, changes, _, _ in CELLS.values())).typed


@pytest.mark.parametrize("case", CELLS)
def test_cell__typed_value_and_note(case: str) -> None:
    block, field, _, value, note = CELLS[case]
    row = typed_cells()[block].filter(submission=list(CELLS).index(case)).row(0, named=True)
    assert row[field] == value
    assert type(row[field]) is type(value)
    assert row.get(f"{field}__note") == note


def test_frames__raw_and_typed_row_by_row_alike() -> None:
    found = validated(None, {"D16": "", "C19": "", "D19": "", "E19": "", "F19": ""})
    for block in FORM.blocks:
        assert (
            found.raw[block.name]
            .select("submission", "seq")
            .equals(found.typed[block.name].select("submission", "seq"))
        )
    assert found.raw["members"].group_by("submission", maintain_order=True).len().rows() == [(0, 6), (1, 5)]
    assert found.raw["members"].filter(submission=1)["seq"].to_list() == [1, 2, 3, 4, 5]


def test_raw__text_cell_and_stored_type() -> None:
    row = validated({"G17": "12.5亿", "H17": REF_ERROR}).raw["members"].row(3, named=True)
    assert (
        row["revenue_wan"],
        row["revenue_wan__at"],
        row["revenue_wan__stored"],
        row["revenue_wan__unit"],
    ) == ("12.5亿", "G17", "text", "万元")
    assert (row["rd_spend_wan"], row["rd_spend_wan__stored"]) == ("#REF!", "error")


def test_nothing_to_judge__empty_frames() -> None:
    found = validate(FORM, [], [])
    assert found.findings == []
    assert {name: frame.height for name, frame in found.typed.items()} == {
        block.name: 0 for block in FORM.blocks
    }


def test_many_forms__each_as_if_alone() -> None:
    changes = [
        None,
        {"D16": ""},
        {"C18": "南京某某半导体有限公司"},
        {"B10": "8个，其中：企业5个，高校2个，科研院所1个"},
        {"E26": "市级"},
        {"G14": 1000, "H14": 50, "G17": 1000, "H17": 50, "G18": 1000, "H18": 50},
        {"B15": 1},
    ]
    books = [form(one) for one in changes]
    assert [list(map(brief, found)) for found in judged_apart(*books)] == [
        list(map(brief, judged(book))) for book in books
    ]


def test_findings__bear_the_place_of_their_form() -> None:
    found = validated(None, {"B4": ""}, {"F17": ""}, {"B4": ""})
    assert [(f.submission, f.rule.code) for f in found.findings] == [(1, "B01"), (3, "B01"), (2, "M28")]


def test_findings__in_order_of_form_row_and_rule() -> None:
    found = validated({"F19": "", "E19": "", "E14": ""}, {"E14": ""})
    assert [(f.submission, f.row, f.field) for f in found.findings] == [
        (0, 1, "task"),
        (0, 6, "task"),
        (0, 6, "duty"),
        (1, 1, "task"),
    ]


def test_rows_of_other_forms__no_duplicates_of_each_other() -> None:
    assert validated(None, None).findings == []


def test_frame_of_wrong_types__a_broken_run_not_a_finding() -> None:
    found = validated(None)
    spoilt = found.typed | {
        "members": found.typed["members"].with_columns(pl.col("revenue_wan").cast(pl.String))
    }
    with pytest.raises(TypeError, match="its model Members declares"):
        judge(FORM.block("members"), FORM.block("members").model, found.raw, spoilt, ["基础信息表"])


CONTENTS = {
    "true": True,
    "false": False,
    "zero": 0,
    "negative": -1,
    "huge": 1e300,
    "tiny": 1e-9,
    "blank": " ",
    "control": "a\x00b",
    "formula as text": "=1+1",
    "emoji": "🙂",
    "very long": "壹" * 40_000,
    "reversed": "\u202e甲",
    "digits": "1" * 400,
    "nan": "NaN",
    "infinite": "inf",
    "error": REF_ERROR,
    "formula": NO_RESULT,
    "picture": PICTURE,
}
ANYWHERE = (
    "G2",
    "B4",
    "B5",
    "F5",
    "B6",
    "B8",
    "F9",
    "B10",
    "B12",
    "C15",
    "D15",
    "E15",
    "G17",
    "H17",
    "B21",
    "B23",
    "F24",
    "C26",
    "D26",
    "E26",
    "F26",
    "G26",
    "C30",
    "F30",
    "G30",
)


def test_any_content_anywhere__findings_never_an_exception() -> None:
    """A form for each content: between them every cell holds each of them once."""
    contents = list(CONTENTS.values())
    forms = [
        form({cell: contents[(turn + place) % len(contents)] for place, cell in enumerate(ANYWHERE)})
        for turn in range(len(contents))
    ]
    found = judged_apart(*forms)
    assert all(found)
    for finding in (finding for findings in found for finding in findings):
        assert (
            finding.message.endswith("。")
            and finding.suggestion.endswith("。")
            and len(finding.value) <= LONGEST_VALUE + 1
        )


def test_two_right_forms__nothing() -> None:
    assert judged(form(), other()) == ()
