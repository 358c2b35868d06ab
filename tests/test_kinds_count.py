"""Counts, and the member-count phrase."""
from __future__ import annotations

import pytest

from schemas.kinds import count
from schemas.kinds.reading import Reading

WHOLE = (
    ("1200", 1200), ("0", 0), ("1,200", 1200), ("1，200", 1200), ("1 200", 1200), ("1,234,567", 1234567),
    ("1200人", 1200),
    ("1200 人", 1200), ("１２００", 1200), ("１２００人", 1200), ("1200.0", 1200), ("1200.00", 1200), ("1200。", 1200),
    ("35项", 35),
    ("12件", 12), ("十二", 12), ("十二人", 12), ("一千二百", 1200), ("一千二百人", 1200), ("一百零五", 105), ("两百", 200),
    ("壹佰贰拾", 120),
    ("二十", 20), ("一万零五", 10005), ("十二万", 120000), ("一二〇〇", 1200), ("1.2万人", 12000), ("1.2万", 12000),
    ("3千人", 3000),
    ("共1200人", 1200), ("共计35项", 35), ("从业人员：1200", 1200), ("专业技术人员80人", 80), ("1200人（含外聘）", 1200),
    ("\u200b1200\xa0", 1200), ("+5", 5), ("007", 7), ("零", 0),
)
ABOUT = (
    ("约1200人", 1200), ("1200余人", 1200), ("1200多人", 1200), ("1200人左右", 1200), ("1200+", 1200),
    ("≥1200", 1200), (">1200", 1200),
    ("近1200", 1200), ("超过1200人", 1200), ("10余万人", 100000), ("1200以上", 1200), ("大约1200", 1200),
)
NEGATIVE = ("-5", "－5", "−5", "-1,200人")
UNREADABLE = (
    "三百余人", "一千多人",
    "12.5", "12.5人", "1.23456万", "12,34", "1,2", "12 5", "1\n200", "1000-1200人", "100+20", "3/5", "数百人",
    "几十", "无", "/", "不详",
    "见附件", "5%", "10²", "①", "1O0", "一千二", "三百五", "一万二", "第5", "不足5", "1200人（博士5）", "1e400", "9" * 5000,
    "2021-10-01",
    "١٢", "½", "待定",
)


@pytest.mark.parametrize(("text", "value"), WHOLE)
def test_read__whole_number(text, value):
    assert count.read(text, "text") == Reading(value)


@pytest.mark.parametrize(("text", "value"), ABOUT)
def test_read__about(text, value):
    assert count.read(text, "text") == Reading(value, "about")


@pytest.mark.parametrize("text", NEGATIVE)
def test_read__negative(text):
    assert count.read(text, "text") == Reading(None, "negative")


@pytest.mark.parametrize("text", UNREADABLE)
def test_read__asked_about(text):
    assert count.read(text, "text") == Reading(None, "unreadable")


@pytest.mark.parametrize("text", ["", None, "  ", "____人", "人", "项", "请填写"])
def test_read__nothing_there(text):
    assert count.read(text, "text") == Reading(None)


@pytest.mark.parametrize(("text", "stored", "reading"), [
    ("1200", "number", Reading(1200)), ("1200.0000000001", "number", Reading(1200)),
    ("12.5", "number", Reading(None, "unreadable")),
    ("-3", "number", Reading(None, "negative")), ("2021-10-01", "date", Reading(None, "unreadable")),
    ("TRUE", "bool", Reading(None, "unreadable")),
])
def test_read__stored_as(text, stored, reading):
    assert count.read(text, stored) == reading


# (total, enterprise, university, institute, other)
PHRASES = (
    ("12个，其中：企业6个，高校3个，科研院所2个， 其它1个", (12, 6, 3, 2, 1)),
    ("12个，其中:企业6个,高校3个,科研院所2个,其他1个", (12, 6, 3, 2, 1)),
    ("共12家（企业6、高校3、科研院所2、其他1）", (12, 6, 3, 2, 1)),
    ("共12家(企业6家，高校3家，科研院所2家，其他1家)", (12, 6, 3, 2, 1)),
    ("企业6家；高校3家；科研院所2家；其他1家；合计12家", (12, 6, 3, 2, 1)),
    ("6家企业、3所高校、2家科研院所、1家其他，总计12家", (12, 6, 3, 2, 1)),
    ("总计12家：6家企业、3所高校、2家科研院所、1家其他单位", (12, 6, 3, 2, 1)),
    ("__12__个，其中：企业__6__个，高校__3__个，科研院所__2__个， 其它__1__个", (12, 6, 3, 2, 1)),
    ("＿12＿个，其中：企业＿6＿个，高校＿3＿个，科研院所＿2＿个， 其它＿1＿个", (12, 6, 3, 2, 1)),
    ("１２个，其中：企业６个，高校３个，科研院所２个， 其它１个", (12, 6, 3, 2, 1)),
    ("十二个，其中企业六个，高校三个，科研院所两个，其他一个", (12, 6, 3, 2, 1)),
    ("12个\n其中：企业6个\n高校3个\n科研院所2个\n其它1个", (12, 6, 3, 2, 1)),
    ("12 个 其中 企业 6 个 高校 3 个 科研院所 2 个 其它 1 个", (12, 6, 3, 2, 1)),
    ("12个企业6个高校3个研究所2个其他1个", (12, 6, 3, 2, 1)),
    ("企业6+高校3+科研院所2+其他1=12", (12, 6, 3, 2, 1)),
    ("本联合体由12家单位组成，其中企业单位6家、高等院校3家、研究院所2家、其他单位1家", (12, 6, 3, 2, 1)),
    ("成员单位12家，其中大学3所、科研机构2家、企业6家、其它机构1家", (12, 6, 3, 2, 1)),
    ("共12家（企业6家（含牵头单位1家）、高校3所、科研院所2家、其他（医院）1家）", (12, 6, 3, 2, 1)),
    ("12个，其中：企业6个，院校3个，科研单位2个， 其它1个", (12, 6, 3, 2, 1)),
    ("12个，其中：企业0个，高校9个，科研院所3个， 其它0个", (12, 0, 9, 3, 0)),
    ("企业 6 高校 3 科研院所 2 其它 1", (None, 6, 3, 2, 1)),
    ("企业：6；高校：3；科研院所：2；其它：1", (None, 6, 3, 2, 1)),
    ("企业6/高校3/科研院所2/其他1", (None, 6, 3, 2, 1)),
    ("企业(6)高校(3)科研院所(2)其它(1)", (None, 6, 3, 2, 1)),
    ("企业（6家）、高校（3家）、科研院所（2家）、其他（1家）", (None, 6, 3, 2, 1)),
    ("企业—6家，高校—3家", (None, 6, 3, None, None)),
    ("企业、高校、科研院所、其他分别为6、3、2、1个", (None, 6, 3, 2, 1)),
    # Numbers of a list are no numbers of members, numbers before "、" are.
    ("1、企业6个；2、高校3个；3、科研院所2个；4、其它1个", (None, 6, 3, 2, 1)),
    ("①企业6个；②高校3个；③科研院所2个；④其它1个", (None, 6, 3, 2, 1)),
    ("企业 6、高校 3、科研院所 2、其它 1", (None, 6, 3, 2, 1)),
    # A kind that was left blank, or said to be none.
    ("12个，其中：企业6个，高校3个，科研院所3个， 其它 / 个", (12, 6, 3, 3, None)),
    ("12个，其中：企业6个，高校3个，科研院所3个， 其它：无", (12, 6, 3, 3, None)),
    ("12个，其中：企业6个，高校3个，科研院所3个， 其它个", (12, 6, 3, 3, None)),
    ("12个，其中：企业6个，高校3个，科研院所3个， 其它___个", (12, 6, 3, 3, None)),
    ("12个，其中：企业__个，高校9个，科研院所3个， 其它—", (12, None, 9, 3, None)),
    ("企业6，高校3，科研院所2，其它", (None, 6, 3, 2, None)),
    ("12", (12, None, None, None, None)),
    ("共12家", (12, None, None, None, None)),
    # A breakdown of one kind, and a clause about something else.
    ("企业6家（其中民营企业4家），高校3家", (None, 6, 3, None, None)),
    ("牵头单位1家，成员单位11家，其中企业8家", (11, 8, None, None, None)),
)
DOUBTFUL = (
    # One number for two kinds.
    "高校、科研院所共5个", "企业6个，高校院所5个", "5家高校、科研院所", "5家高校和科研院所", "企业6个，高校及科研院所5个",
    # Not the number of that kind, not one number, or two of them.
    "企业6个，其中民营企业4个，高校3", "高新技术企业6家", "企业6-7个", "企业约6家", "企业10余家", "企业6个，企业7个", "12个，共13个",
    "企业6.5个", "企业，6个；高校，3个", "12/6/3/2/1", "企业、高校分别为6、3、2个", "企业6个，12",
    # No number.
    "见附件", "若干", "企业、高校、科研院所", "/", "无", "企业若干",
)


@pytest.mark.parametrize(("text", "numbers"), PHRASES)
def test_read_phrase__numbers_by_kind(text, numbers):
    kinds = ("total", "enterprise", "university", "institute", "other")
    assert count.read_phrase(text) == Reading(dict(zip(kinds, numbers)))


@pytest.mark.parametrize("text", DOUBTFUL)
def test_read_phrase__asked_about(text):
    assert count.read_phrase(text) == Reading(None, "unreadable")


@pytest.mark.parametrize("text", [
    "___个，其中：企业___个，高校___个，科研院所___个， 其它___个", "个，其中：企业 个，高校 个，科研院所 个， 其它 个", "____个",
])
def test_read_phrase__template_is_blank(text):
    assert count.read_phrase(text) == Reading(None, "blank")


@pytest.mark.parametrize("text", ["", None, "　"])
def test_read_phrase__nothing_there(text):
    assert count.read_phrase(text) == Reading(None)
