"""X, and the B, L, M, P, J that look at other forms: `drawn.RIGHT` of 南京市 (0) beside `OTHER` of 苏州市 (1).

Members of RIGHT stand in rows 14 to 19, of OTHER in rows 14 to 16.
"""

from __future__ import annotations

import pytest

from tests.drawn import Book, form, judged, other, outcome, together

SAME_CONSORTIUM = {"B4": "苏州市纳米材料创新联合体"}
RULES = (
    "设理事会和专家委员会，理事会每季度议事；成果按投入共享，收益按约定分配。重大事项由理事会三分之二以上成员同意后实施，"
    "日常工作由秘书处承担，专家委员会负责技术路线论证和成果评价，各成员单位按协议投入人员、设备和经费。"
)
FIRM, FIRM_CODE = "南京某某半导体有限公司", "91320100PDY000204N"
UNIVERSITY, UNIVERSITY_CODE = "东南大学", "12100000466007597C"
# The lead of RIGHT at the head of OTHER as well, whose city its code does not belong to.
SAME_LEAD = {
    "B6": "江苏某某电气股份有限公司",
    "C14": "江苏某某电气股份有限公司",
    "D14": "91320100PDY00001XR",
    "G14": 1256000,
    "H14": 62800.5,
    "F22": "江苏某某电气股份有限公司",
    "F5": "南京市江宁区某某路8号",
}


def firm(**changes: object) -> Book:
    """OTHER with the firm of RIGHT's row 17 as its second member."""
    cells = {"C15": FIRM, "D15": FIRM_CODE, "G15": 125000, "H15": 6000}
    return other(cells | changes)


def third(**changes: object) -> Book:
    """One more form, of 无锡市, with the same firm."""
    cells = {
        "B4": "无锡市微纳制造创新联合体",
        "B6": "无锡某某微纳有限公司",
        "C14": "无锡某某微纳有限公司",
        "D14": "91320200PDY000730Y",
        "C15": FIRM,
        "D15": FIRM_CODE,
        "G15": 125000,
        "H15": 6000,
        "C16": "无锡某某微纳研究院",
        "D16": "12320100PDY000765H",
        "F5": "无锡市某某路1号",
        "F9": "0510-85228888",
        "C22": "江苏省微纳制造工程研究中心",
        "F22": "无锡某某微纳有限公司",
        "C24": "微纳加工工艺研究",
        "G24": "无锡某某微纳有限公司",
    }
    return Book(other(cells | changes).sheets, "无锡市")


WRONG = {
    "X01 one lead, two consortia": together(
        form(),
        other(SAME_LEAD),
        expected=((0, "X01", "W", "B6"), (1, "X01", "W", "B6"), (1, "B15", "W", "D14")),
    ),
    "X02 one code, two names": together(
        form(), firm(C15="南京某某芯片有限公司"), expected=((0, "X02", "W", "C17"), (1, "X02", "W", "C15"))
    ),
    "X02 the company form differs": together(
        form(),
        firm(C15="南京某某半导体股份有限公司"),
        expected=((0, "X02", "W", "C17"), (1, "X02", "W", "C15")),
    ),
    "X03 one name, two codes": together(
        form(), firm(D15="91320100PDY000503L"), expected=((0, "X03", "W", "D17"), (1, "X03", "W", "D15"))
    ),
    "X04 two cities, one consortium": together(
        form(SAME_CONSORTIUM), other(), expected=((0, "X04", "E", "B4"), (1, "X04", "E", "B4"))
    ),
    "X05 revenue 1.01 % apart": together(
        form(), firm(G15=126262.5), expected=((0, "X05", "W", "G17"), (1, "X05", "W", "G15"))
    ),
    "X05 research": together(
        form(), firm(H15=9000), expected=((0, "X05", "W", "H17"), (1, "X05", "W", "H15"))
    ),
    "X05 an enterprise's zero": together(
        form(), firm(G15=0, H15=6000),
        expected=((0, "X05", "W", "G17"), (1, "X05", "W", "G15"), (1, "M23", "W", "H15,G15")),
    ),
    "M26 ten times": together(
        form(), firm(G15=12500, H15=6000), expected=((0, "M26", "W", "G17"), (1, "M26", "W", "G15"))
    ),
    "M26 once, where the form's own rule says so": together(
        form(), firm(G15=1_250_000_000, H15=6000), expected=((0, "M26", "W", "G17"), (1, "M26", "W", "G15"))
    ),
    "M26 ten thousand times": together(
        form(),
        firm(G15=12.5, H15=0.6),
        expected=(
            (0, "M26", "W", "G17"),
            (0, "M26", "W", "H17"),
            (1, "M26", "W", "G15"),
            (1, "M26", "W", "H15"),
        ),
    ),
    "X06 a member of three": together(
        form(),
        firm(),
        third(),
        expected=((0, "X06", "I", "C17"), (1, "X06", "I", "C15"), (2, "X06", "I", "C15")),
    ),
    "X07 a checksum": together(
        form(), firm(D15="91320100PDY000204M"), expected=((1, "M08", "E", "D15"), (1, "X07", "W", "D15"))
    ),
    "X07 a character": together(
        form(), firm(D15="91320100PDYOO0204N"), expected=((1, "M05", "E", "D15"), (1, "X07", "W", "D15"))
    ),
    "X07 a length": together(
        form(), firm(D15="91320100PDY00204N"), expected=((1, "M04", "E", "D15"), (1, "X07", "W", "D15"))
    ),
    "X08 one telephone": together(
        form(), other({"F9": "025-83359254"}), expected=((0, "X08", "I", "F9"), (1, "X08", "I", "F9"))
    ),
    "X08 written otherwise": together(
        form(), other({"F9": "（025）8335 9254"}), expected=((0, "X08", "I", "F9"), (1, "X08", "I", "F9"))
    ),
    "L05 the same text": together(
        form({"B21": RULES}), other({"B17": RULES}), expected=((0, "L05", "I", "B21"), (1, "L05", "I", "B17"))
    ),
    "L05 the same but for some words": together(
        form({"B21": RULES}),
        other({"B17": RULES.replace("理事会", "管委会")}),
        expected=((0, "L05", "I", "B21"), (1, "L05", "I", "B17")),
    ),
    "P05 one platform, two hosts": together(
        form(),
        other({"C22": "江苏省智能电网重点实验室"}),
        expected=((0, "P05", "W", "C26"), (1, "P05", "W", "C22")),
    ),
    "J05 one project, two undertakers": together(
        form(),
        other({"C24": "海上风电柔性直流送出技术研究"}),
        expected=((0, "J05", "W", "C31"), (1, "J05", "W", "C24")),
    ),
}

RIGHT_STILL = {
    "two forms": together(form(), other()),
    "X02 the same name in other brackets": together(
        form({"C17": "南京某某（江苏）半导体有限公司"}), firm(C15="南京某某(江苏) 半导体有限公司")
    ),
    "X04 the same city": together(
        form(SAME_CONSORTIUM),
        other({"D14": "91320100PDY000503L", "F5": "南京市江宁区某某路8号"}, city="南京市"),
    ),
    "X05 1 % apart": together(form(), firm(G15=126250)),
    "X06 a member of two": together(form(), firm()),
    "X08 another telephone": together(form(), other({"F9": "025-83359255"})),
    "L05 the same short text": together(form({"B21": RULES[:40]}), other({"B17": RULES[:40]})),
    "L05 one clause in common": together(
        form({"B21": RULES}),
        other(
            {
                "B17": RULES[:40]
                + (
                    "各成员单位轮流担任召集人，经费实行专账管理；专利申请由完成单位自行决定，转化收益的七成归完成人所有，其余留作共同基金。"
                )
            }
        ),
    ),
    "P05 one platform, one host": together(
        form(),
        other(
            {
                "C16": UNIVERSITY,
                "D16": UNIVERSITY_CODE,
                "F22": UNIVERSITY,
                "C22": "江苏省智能电网重点实验室",
                "G24": UNIVERSITY,
                "B10": "3个，其中：企业2个，高校1个，科研院所0个， 其它0个",
            }
        ),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


WORDS = {
    "X01 one lead, two consortia": "“创新联合体牵头单位”（B6）：“江苏某某电气股份有限公司”同时牵头“江苏省智能电网创新联合体”“苏州市纳米材料创新联合体”。",
    "X02 one code, two names": "成员表第 4 行“单位名称”（C17）：代码 91320100PDY000204N 对应几个名称：“南京某某半导体有限公司”“南京某某芯片有限公司”。",
    "X03 one name, two codes": "成员表第 4 行“统一社会信用代码”（D17）：“南京某某半导体有限公司”在不同表中对应几个代码："
    "91320100PDY000204N、91320100PDY000503L。",
    "X04 two cities, one consortium": "“创新联合体名称”（B4）：“苏州市纳米材料创新联合体”由南京市、苏州市分别报送，一个联合体只能由一个市报送。",
    "X05 research": "成员表第 4 行“近一年研发投入”（H17）：“南京某某半导体有限公司”在不同表中的近一年研发投入为 6000、9000 万元，应一致。",
    "M26 ten times": "成员表第 4 行“近一年销售收入”（G17）：“南京某某半导体有限公司”在不同表中的近一年销售收入为 12500、125000 万元，"
    "恰差十倍或一万倍，疑似按“元”“千元”或“亿元”填写。",
    "X06 a member of three": "成员表第 4 行“单位名称”（C17）：“南京某某半导体有限公司”参与 3 个联合体。",
    "P05 one platform, two hosts": "创新平台表第 1 行“平台名称”（C26）：“江苏省智能电网重点实验室”在“苏州市纳米材料创新联合体”的表中也有，而依托单位不同。",
}


@pytest.mark.parametrize("name", WORDS)
def test_words__of_the_first_form(name: str) -> None:
    assert [finding.message for finding in judged(*WRONG[name].books) if finding.submission == 0] == [
        WORDS[name]
    ]


def test_code_known_elsewhere__suggested() -> None:
    (finding,) = (f for f in judged(*WRONG["X07 a checksum"].books) if f.rule.code == "X07")
    assert finding.message == (
        "成员表第 2 行“统一社会信用代码”（D15）：“南京某某半导体有限公司”在其他表中的代码为 91320100PDY000204N（校验通过）。"
    )
    assert finding.suggestion == "建议据此更正为 91320100PDY000204N，并与证照核对。"


def test_damaged_code__the_one_known_elsewhere_comes_first() -> None:
    (finding,) = (f for f in judged(*WRONG["X07 a checksum"].books) if f.rule.code == "M08")
    assert finding.suggestion.startswith("可能应为：91320100PDY000204N")
