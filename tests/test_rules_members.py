"""M: 成员表, rows 14 to 19 of `drawn.RIGHT`; 14, 17 and 18 are enterprises, 14 leads."""

from __future__ import annotations

import pytest

from tests.drawn import (
    NO_RESULT, REF_ERROR, RIGHT, Book, findings, form, found, judged, judged_apart, outcome, row_at,
    sheet, still_right, with_row, without_row, without_rows, wrong,
)

BACKBONE = {"B8": "□ 创新型领军企业 ☑ 龙头骨干企业 □ 国家级技术创新中心 □ 省级技术创新中心 □ 其它"}
SEVEN = {"B10": "7个，其中：企业4个，高校2个，科研院所1个， 其它0个"}
# A made-up identity number with the right check digit.
PERSONAL_ID = "320102199001010010"


def numbered(*numbers: object) -> dict[str, object]:
    return {f"B{14 + place}": number for place, number in enumerate(numbers)}


WRONG = {
    "M01 blank": wrong({"C18": ""}, ("M01", "E", "C18")),
    "M01 void": wrong({"C18": "无"}, ("M01", "E", "C18")),
    "M01 a university's": wrong({"C16": ""}, ("M01", "E", "C16")),
    "M01 two rows of void": wrong({"C17": "/", "C18": "/"}, ("M01", "E", "C17"), ("M01", "E", "C18")),
    "M01 of a row without a code": wrong({"C16": "", "D16": ""}, ("M01", "E", "C16")),
    "M02 blank": wrong({"D16": ""}, ("M02", "E", "D16")),
    "M02 void beside a domestic name": wrong({"D16": "无"}, ("M02", "E", "D16")),
    "M02 pending": wrong({"D16": "办理中"}, ("M02", "E", "D16")),
    "M02 hint left": wrong({"D16": "____"}, ("M02", "E", "D16")),
    "M03 abroad by the cell": wrong(
        {"C19": "德国弗劳恩霍夫协会", "D19": "境外（德国）"}, ("M03", "W", "D19")
    ),
    "M03 abroad by the name": wrong({"C19": "新加坡某某研究所", "D19": ""}, ("M03", "W", "D19")),
    "M03 military": wrong({"D19": "涉密"}, ("M03", "W", "D19")),
    "M04 one short": wrong({"D16": "12320000466006762"}, ("M04", "E", "D16")),
    "M04 one long": wrong({"D16": "12320000466006762KK"}, ("M04", "E", "D16")),
    "M04 organisation code": wrong({"D16": "466006762"}, ("M04", "E", "D16")),
    "M04 registration number": wrong({"D18": "320199000000423"}, ("M04", "E", "D18")),
    "M04 two codes in a cell": wrong({"D16": "12100000466007597C、12320000466006762K"}, ("M04", "E", "D16")),
    "M05 letter O": wrong({"D18": "9132O506PDY000300B"}, ("M05", "E", "D18")),
    "M05 a mark": wrong({"D18": "91320506PDY00*300B"}, ("M05", "E", "D18")),
    "M06 a number cell": wrong({"D18": 913205067000300000}, ("M06", "E", "D18")),
    "M06 typed as shown": wrong({"D18": "9.13205E+17"}, ("M06", "E", "D18")),
    "M07 ends in zeros": wrong({"D18": "913201000000457000"}, ("M07", "W", "D18")),
    "M08 last character": wrong({"D16": "12320000466006762J"}, ("M08", "E", "D16")),
    "M08 two swapped": wrong({"D16": "12320000460606762K"}, ("M08", "E", "D16")),
    "M09 complement": wrong({"D19": "12320000PDY001004D"}, ("M09", "W", "D19")),
    "M10 inner check": wrong({"D19": "12320000PDY000811G"}, ("M10", "W", "D19")),
    "M11 personal id": wrong({"D19": PERSONAL_ID}, ("M11", "E", "D19")),
    "M11 personal id in a number cell": wrong({"D19": int(PERSONAL_ID)}, ("M11", "E", "D19")),
    "M12 sole trader": wrong({"D18": "92320100PDY000618P"}, ("M12", "W", "D18")),
    "M12 co-operative": wrong({"D18": "93320100PDY000626F"}, ("M12", "W", "D18")),
    "M12 not in the table": wrong({"D18": "98320100PDY000757U"}, ("M12", "W", "D18")),
    "M13 development zone": wrong({"D18": "91320594PDY000685J"}, ("M13", "I", "D18")),
    "M13 retired": wrong({"D18": "91320602PDY000650W"}, ("M13", "I", "D18")),
    "M13 unknown": wrong({"D18": "91329999PDY0006699"}, ("M13", "I", "D18")),
    "M14 lower case": wrong({"D18": "91320506pdy000300b"}, ("M14", "I", "D18")),
    "M14 full width and blanks": wrong({"D18": "９１３２０５０６ PDY0 0030 0B"}, ("M14", "I", "D18")),
    "M15 code twice": wrong(
        {"C18": "江苏某某线缆有限公司", "D18": "91320100PDY000204N"}, ("M15", "E", "D18")
    ),
    "M15 whole row twice": wrong(
        {"C18": "南京某某半导体有限公司", "D18": "91320100PDY000204N"}, ("M15", "E", "D18")
    ),
    "M16 name twice": wrong({"C18": "南京某某半导体有限公司"}, ("M16", "W", "C18,D18,C17,D17")),
    "M17 branch": wrong({"C18": "苏州某某电缆有限公司无锡分公司"}, ("M17", "W", "C18")),
    "M17 department": wrong({"C19": "江苏某某电力研究院检测实验室"}, ("M17", "W", "C19")),
    "M17 abbreviation": wrong({"C18": "苏缆"}, ("M17", "W", "C18")),
    "M17 several units": wrong({"C18": "苏州某某电缆有限公司、苏州某某线缆有限公司"}, ("M17", "W", "C18")),
    "M20 revenue blank": wrong({"G17": ""}, ("M20", "E", "G17")),
    "M20 research blank": wrong({"H17": ""}, ("M20", "E", "H17")),
    "M20 not a number": wrong({"G17": "见年报"}, ("M20", "E", "G17")),
    "M20 withheld": wrong({"H17": "保密"}, ("M20", "E", "H17")),
    "M20 void": wrong({"G17": "/", "H17": "/"}, ("M20", "E", "G17"), ("M20", "E", "H17")),
    "M21 research": wrong({"H17": -6000}, ("M21", "E", "H17")),
    "M21 revenue": wrong({"G17": "（125000）"}, ("M21", "E", "G17")),
    "M22 a university's revenue": wrong({"G16": 1}, ("M22", "W", "G16")),
    "M22 both": wrong({"G19": 900, "H19": 300}, ("M22", "W", "G19"), ("M22", "W", "H19")),
    "M23 research above revenue": wrong({"G17": 1000, "H17": 1000.01}, ("M23", "W", "H17,G17")),
    "M24 99,999": wrong(BACKBONE | {"G14": 99999.99, "H14": 5000}, ("M24", "W", "G14")),
    "M24 above what looks like 亿元": wrong(BACKBONE | {"G14": 10000.01, "H14": 500}, ("M24", "W", "G14")),
    "M24 below what looks like 亿元": wrong(BACKBONE | {"G14": 9.99, "H14": 0.5}, ("M24", "W", "G14")),
    "M25 2.99 %": wrong(BACKBONE | {"G14": 1000000, "H14": 29999}, ("M25", "W", "H14,G14")),
    "M26 beyond 1,000 亿元": wrong({"G17": 10000000.01}, ("M26", "W", "G17")),
    "M26 research too": wrong({"G17": 1250000000, "H17": 60000000}, ("M26", "W", "G17"), ("M26", "W", "H17")),
    "M26 a backbone lead in 亿元": wrong(BACKBONE | {"G14": 125.6, "H14": 6.3}, ("M26", "W", "G14")),
    "M26 10 万元": wrong(BACKBONE | {"G14": 10, "H14": 1}, ("M26", "W", "G14")),
    "M26 10,000 万元": wrong(BACKBONE | {"G14": 10000, "H14": 500}, ("M26", "W", "G14")),
    "M27 亿": wrong({"G17": "12.5亿"}, ("M27", "I", "G17")),
    "M27 about": wrong({"G17": "约12.5亿元"}, ("M27", "I", "G17")),
    "M27 元": wrong({"H17": "60000000元"}, ("M27", "I", "H17")),
    "M28 task blank": wrong({"E17": ""}, ("M28", "E", "E17")),
    "M28 task void": wrong({"E17": "无"}, ("M28", "E", "E17")),
    "M28 duty blank": wrong({"F17": ""}, ("M28", "W", "F17")),
    "M28 duty void": wrong({"F17": "/"}, ("M28", "W", "F17")),
    "M29 a gap": wrong(numbered(1, 2, 4, 5, 6, 7), ("M29", "I", "B16")),
    "M29 a number twice": wrong(numbered(1, 2, 2, 3, 4, 5), ("M29", "I", "B16")),
    "M30 60 %": wrong({"G17": 1000, "H17": 600}, ("M30", "W", "H17,G17")),
    "M30 100 %": wrong({"G17": 1000, "H17": 1000}, ("M30", "W", "H17,G17")),
    "M30 the same in three": wrong(
        {"G14": 1000, "H14": 50, "G17": 1000, "H17": 50, "G18": 1000, "H18": 50}, ("M30", "W", "G14,H14")
    ),
    "F06 code is an error": wrong({"D16": REF_ERROR}, ("F06", "E", "D16")),
    "F06 an enterprise's revenue is a formula": wrong({"G17": NO_RESULT}, ("F06", "E", "G17")),
    "F06 a university's revenue is an error": wrong({"G16": REF_ERROR}, ("F06", "W", "G16")),
    "M20 hint left": wrong({"G17": "____"}, ("M20", "E", "G17")),
    "F12 a university's revenue": wrong({"G16": "____"}, ("F12", "W", "G16")),
    "F12 duty": wrong({"F17": "……"}, ("F12", "W", "F17")),
    "F12 lines in the task": wrong({"E17": "负责____研制"}, ("F12", "W", "E17")),
    "F12 example row": wrong(
        None,
        ("F12", "W", "C14"),
        drawing=with_row(
            RIGHT, 13, "| ^ | 例 | 某某大学 | 12100000466007597C | 器件结构设计 | 负责器件仿真 | | |"
        ),
    ),
}

RIGHT_STILL = {
    "M03 an overseas firm with a code": still_right({"C18": "某某（中国）有限公司"}),
    "M05 the letters that are used": still_right({"D18": "91320100PDY000722Y"}),
    "M08 as issued": still_right({"D16": "12320000466006762K"}),
    "M12 private non-enterprise": still_right({"C19": "南京某某产业技术研究院", "D19": "52320100PDY000634H"}),
    "M14 outer blanks": still_right({"D18": " 91320506PDY000300B　"}),
    "M16 the same company form apart": still_right({"C18": "南京某某半导体股份有限公司"}),
    "M17 an institute that is a company": still_right({"C18": "苏州某某电缆研究院有限公司"}),
    "M17 short, but a university": still_right({"C15": "东南大学"}),
    "M17 a name in brackets with a comma": still_right({"C18": "苏州某某电缆（集团）有限公司"}),
    "M20 zero is a number": still_right({"H17": 0}),
    "M20 text that is a number": still_right({"G17": "125,000.00", "H17": "6000"}),
    "M20 about": still_right({"G17": "约125000"}),
    "M21 zero": still_right({"G17": 0, "H17": 0}),
    "M22 zero": still_right({"G16": 0, "H16": 0}),
    "M22 void": still_right({"G16": "/", "H16": "—"}),
    "M24 100,000": still_right(BACKBONE | {"G14": 100000, "H14": 5000}),
    "M24 another type of lead": still_right({"G14": 99999.99, "H14": 5000}),
    "M25 3.00 %": still_right(BACKBONE | {"G14": 1000000, "H14": 30000}),
    "M25 another type of lead": still_right({"G14": 1000000, "H14": 29999}),
    "M26 1,000 亿元": still_right({"G17": 10000000}),
    "M26 another type of lead": still_right({"G14": 125.6, "H14": 6.3}),
    "M27 万元 written": still_right({"G17": "125000万元"}),
    "M19 the lead with its class": still_right({"C14": "江苏某某电气股份有限公司（企业）"}),
    "M19 the lead with its type": still_right({"C14": "江苏某某电气股份有限公司（龙头企业）"}),
    "M19 the lead with its other type": still_right({"C14": "江苏某某电气股份有限公司（创新型领军企业）"}),
    "M27 about, in 万元": still_right({"G17": "约125000万元"}),
    "M29 no numbers": still_right(numbered("", "", "", "", "", "")),
    "M29 numbers as text": still_right(numbered("1", "2.", "（3）", "4、", "5", "6")),
    "M30 59.9 %": still_right({"G17": 1000, "H17": 599}),
    "M30 the same in two": still_right({"G14": 1000, "H14": 50, "G17": 1000, "H17": 50}),
    "M30 the same but one": still_right(
        {"G14": 1000, "H14": 50, "G17": 1000, "H17": 50, "G18": 1000, "H18": 50.5}
    ),
    "a row more": still_right(
        SEVEN,
        drawing=with_row(
            without_row(RIGHT, 20),
            19,
            "| ^ | 7 | 南京某某材料有限公司 | 91320100PDY000503L | 材料制备 | 负责外延材料 | 5000 | 300 |",
        ),
    ),
    "a blank row between": still_right(None, drawing=with_row(RIGHT, 16, "| ^ | | | | | | | |")),
    "a total row": still_right(None, drawing=with_row(RIGHT, 20, "| ^ | 合计 | | | | | 1467000 | 71700.5 |")),
}


@pytest.mark.parametrize(("label", "code", "level"), [("任务分工", "M28", "E"), ("工作职责", "M28", "W")])
def test_column__that_is_not_recognised_is_missing_once(label: str, code: str, level: str) -> None:
    told = findings(drawing=RIGHT.replace(f"| {label} |", "| 某某事项 |"))
    assert [one[:2] for one in told] == [("F05", "W"), (code, level)]
    assert told[1][2] == ""


# Rows 4 to 6 on a sheet of their own, under titles of which one is not known.
_TITLES = row_at(RIGHT, 13).replace("| 创新联合体成员及分工 |", "|")
_REST = [row_at(RIGHT, row).replace("| ^ |", "|") for row in (17, 18, 19)]
MISSING = {"单位名称": ("M01", "E", 4), "任务分工": ("M28", "E", 4), "工作职责": ("M28", "W", 4), "统一社会信用代码": ("M02", "E", 4),
           "近一年销售收入（万元）": ("M20", "E", 4), "近一年研发投入（万元）": ("M20", "E", 4)}


@pytest.mark.parametrize("label", MISSING)
def test_column__missing_where_the_table_goes_on_is_missing_once(label: str) -> None:
    titles = _TITLES.replace(f"| {label} |", "| 某某事项 |")
    rest = sheet(None, "\n".join([titles, *_REST]), "续表")
    told = judged(Book((sheet(None, without_rows(RIGHT, 17, 19)), rest)))
    assert [(one.rule.code, str(one.rule.severity), one.row) for one in told] == [("F05", "W", 0), MISSING[label]]


def test_column__missing_in_two_parts_is_missing_twice() -> None:
    lacking = without_rows(RIGHT, 17, 19).replace("| 任务分工 |", "| 某某事项 |")
    titles = _TITLES, _TITLES.replace("| 任务分工 |", "| 某某事项 |"), _TITLES
    parts = [sheet(None, f"{head}\n{line}", f"续表{n}") for n, (head, line) in enumerate(zip(titles, _REST, strict=True))]
    told = judged(Book((sheet(None, lacking), *parts)))
    assert [one.row for one in told if one.rule.code == "M28"] == [1, 5]


@pytest.mark.parametrize(("label", "code"), [("统一社会信用代码", "M02"), ("近一年销售收入（万元）", "M20")])
def test_column__missing_is_told_once_in_every_form(label: str, code: str) -> None:
    lacking = form(drawing=RIGHT.replace(f"| {label} |", "| 某某事项 |"))
    assert [[one.row for one in told if one.rule.code == code] for told in judged_apart(lacking, lacking)] == [[1], [1]]


def test_column__missing_has_words_of_its_own() -> None:
    one = found(None, "M01", drawing=RIGHT.replace("| 单位名称 |", "| 某某事项 |"))
    assert one.message == "成员表第 1 行“单位名称”（表中没有找到此栏）：缺少此栏或栏目名没有认出，各行的这一项都没有读取。"
    assert one.suggestion == "请按模板补上“单位名称”栏；已有这一栏的，请把栏目名改为“单位名称”。"


@pytest.mark.parametrize(("label", "codes"), [("级别(国家级/省级)", ["P01", "J01"]), ("依托单位", ["P02"])])
def test_column__missing_in_other_tables_is_missing_once(label: str, codes: list[str]) -> None:
    told = judged(form(drawing=RIGHT.replace(f"| {label} |", "| 某某事项 |")))
    assert [one.rule.code for one in told if one.rule.code != "F05"] == codes


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


WORDS = {
    "M02": (
        {"D16": "无"},
        "成员表第 3 行“统一社会信用代码”（D16）：“南京信息工程大学”缺统一社会信用代码（填的是“无”）。",
    ),
    "M04": (
        {"D16": "466006762"},
        "成员表第 3 行“统一社会信用代码”（D16）：“466006762”不是 18 位的统一社会信用代码（9位组织机构代码）。",
    ),
    "M12": (
        {"D18": "98320100PDY000757U"},
        "成员表第 5 行“统一社会信用代码”（D18）：代码“98320100PDY000757U”的开头“98”为国家标准未列的类别，一般不作为成员。",
    ),
    "M13": (
        {"D18": "91329999PDY0006699"},
        "成员表第 5 行“统一社会信用代码”（D18）：登记地代码 329999 不在行政区划代码表内。",
    ),
    "M15": (
        {"D18": "91320100PDY000204N"},
        "成员表第 5 行“统一社会信用代码”（D18）：代码“91320100PDY000204N”与第 4 行的代码相同，一个单位只能列一行。",
    ),
    "M25": (
        BACKBONE | {"G14": 1000000, "H14": 29999},
        "成员表第 1 行“近一年研发投入”（H14、G14）：龙头企业研发投入强度原则上不低于 3%，现为 2.99%。",
    ),
    "M26": (
        {"G17": 1250000000},
        "成员表第 4 行“近一年销售收入”（G17）：金额 1250000000 万元（合 125000 亿元）异常，疑似按“元”或“千元”填写，本栏单位为万元。",
    ),
    "M27": (
        {"G17": "12.5亿"},
        "成员表第 4 行“近一年销售收入”（G17）：“12.5亿”已按“亿元”换算为 125000 万元。",
    ),
}


@pytest.mark.parametrize("code", WORDS)
def test_words__where_value_rule(code: str) -> None:
    changes, message = WORDS[code]
    assert found(changes, code).message == message


SUGGESTED = {
    "one candidate": (
        "M05",
        {"D16": "1232O000466006762K"},
        "可能应为：12320000466006762K。请对照营业执照（法人证书）改正。",
    ),
    "no candidate": ("M04", {"D16": "466006762"}, "请按营业执照（法人证书）上的 18 位代码填写。"),
    "a number": (
        "M06",
        {"D18": 913205067000300000},
        "请先把单元格设为“文本”格式，再按证照重新录入 18 位代码。"
        "可能应为：913205067000300080、913205067000300598、913205067000300673。",
    ),
}


@pytest.mark.parametrize("name", SUGGESTED)
def test_damaged_code__candidates_in_the_suggestion(name: str) -> None:
    code, changes, suggestion = SUGGESTED[name]
    assert found(changes, code).suggestion == suggestion


def test_row_as_drawn__is_the_fourth_member() -> None:
    assert row_at(RIGHT, 17).split("|")[2:4] == [" 4 ", " 南京某某半导体有限公司 "]


def test_personal_id__masked_in_value_and_message() -> None:
    finding = found({"D19": PERSONAL_ID}, "M11")
    assert finding.value == "320***********10"
    assert (
        finding.message
        == "成员表第 6 行“统一社会信用代码”（D19）：填写的是个人身份证号（320***********10，已隐去中间位数）。"
    )
