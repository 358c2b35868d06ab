from __future__ import annotations

import pytest

from schemas import uscc

CODE = "91320100PDY00001XR"


@pytest.mark.parametrize(
    "word", ["", " ", "\u3000\n", "____", "……", "统一社会信用代码", "待定", "正在办理中", "暂缺", "XXXX", "×"]
)
def test_diagnose__blank(word):
    found = uscc.diagnose(word)
    assert (found.code, found.fault) == ("", "blank")


@pytest.mark.parametrize(
    "word",
    [
        *("/", "／", "\\", "-", "--", "—", "——", "无", "暂无", "没有", "无代码", "无统一社会信用代码", "统一社会信用代码：无"),
        *("境外", "国外", "海外单位", "境外（德国）", "无（境外）", "无，境外单位", "不适用", "N/A", "n/a", "NA", "涉密", "保密单位"),
        *("军工不公开", "不便公开", "部队", "香港", "中国香港", "台湾地区", "美国", "德国", "HK 12345678", "香港商业登记号12345678"),
        *("Germany", "Hong Kong", "overseas"),
    ],
)
def test_diagnose__foreign(word):
    assert uscc.diagnose(word) == ("", "foreign", word, False)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("320199000000423", "15位工商注册号"),
        ("注册号：320199000000423", "15位工商注册号"),
        ("320106990000121", "15位税务登记号"),
        # passes as a tax number too, as 1 in 11 does
        ("320199000000780", "15位工商注册号"),
        ("320506NA000043X", "合作社旧注册号"),
        ("3201001000123", "13位旧注册号"),
        ("企合苏锡总字第0001号", "外资企业旧注册号（企独苏…字第…号）"),
        ("企独苏总字第000123号", "外资企业旧注册号（企独苏…字第…号）"),
        ("99000012-1", "9位组织机构代码"),
        ("组织机构代码：99000012-1", "9位组织机构代码"),
        ("12345678", "缺校验位的组织机构代码或香港商业登记号"),
        ("事证第132000000123号", "事业单位法人证书号（事证第…号）"),
        ("132000000123", "12位事业单位法人证书号"),
        ("32019900000000000042", "20位纳税人识别号"),
        (CODE[:17], "少1位"),
        (CODE[:16], "少2位"),
        (CODE + "R", "多1位"),
        (CODE + "12", "多2位"),
        ("南京某某研究所", "文字，不是代码"),
        ("无锡市", "文字，不是代码"),
        ("1.0", "不像代码"),
        ("苏ICP备12345678号", "代码与其他文字混填"),
    ],
)
def test_diagnose__length_names_the_kind(written, kind):
    found = uscc.diagnose(written)
    assert (found.fault, found.detail) == ("length", kind)


@pytest.mark.parametrize(
    ("written", "detail"),
    [
        ("9132O100PDY00001XR", "第5位“O”"),
        ("9I32O100PDY00001XR", "第2位“I”、第5位“O”"),
        ("91320100PDV00001XR", "第11位“V”"),
        ("913201D0PDY00001XR", "第7位“D”"),
        ("B1320100PDY00001XR", "第1位“B”"),
        ("91320100PDY0000?XR", "第16位“?”"),
    ],
)
def test_diagnose__character_says_where(written, detail):
    found = uscc.diagnose(written)
    assert (found.code, found.fault, found.detail) == (written, "character", detail)


def test_bad_characters__suggest_what_was_meant():
    assert uscc.bad_characters("9I32OQ00PDV00001*R") == [
        (2, "I", "1"),
        (5, "O", "0"),
        (6, "Q", "0"),
        (11, "V", "U"),
        (17, "*", ""),
    ]


@pytest.mark.parametrize(
    ("written", "stored", "fault"),
    [
        ("913205009900000179", "number", "number"),
        ("913205009900000000", "number", "number"),
        ("9.13205009900000E+17", "number", "number"),
        ("9.132E+17", "text", "number"),
        ("9.13205E17", "text", "number"),
        ("9E+17", "text", "number"),
        ("代码：9.13E+17", "text", "number"),
        ("913205009900000179.0", "text", "number"),
        ("91320500990000017", "number", "number"),
        ("320199000000424", "number", "number"),
        # fifteen digits are all that Excel keeps: nothing was lost
        ("320199000000423", "number", "length"),
        ("990000121", "number", "length"),
        ("990000121.0", "number", "length"),
        # a code of digits and E is text, whatever a CSV reader makes of it
        ("91320100E999900097", "text", ""),
    ],
)
def test_diagnose__number(written, stored, fault):
    assert uscc.diagnose(written, stored).fault == fault


def test_diagnose__counts_codes_in_one_cell():
    assert uscc.diagnose(f"{CODE}、913205009900000179")[1:3] == ("several", "2个代码")
    assert uscc.diagnose(f"{CODE}\n913205009900000179")[1:3] == ("several", "2个代码")
    assert uscc.diagnose(f"{CODE}（原320199000000423）")[1:3] == ("several", "2个代码")


def test_diagnose__check_digits():
    assert uscc.diagnose("91320100PDY00001XT")[1:3] == ("checksum", "第18位按算法应为“R”")
    complement = uscc.ALPHABET[-uscc.ALPHABET.index("R") % 31]
    assert uscc.diagnose(CODE[:17] + complement)[1:3] == ("complement", "第18位按算法应为“R”")
    inner_fails = "91320100PDY000011" + uscc.calc_check_digit("91320100PDY000011")
    assert uscc.diagnose(inner_fails)[1:3] == ("inner", "第17位按算法应为“X”")
    assert uscc.is_valid(inner_fails)


def test_diagnose__code_that_ends_in_zeros_may_be_right():
    assert uscc.diagnose("913201009900064000").fault == ""


@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        *((name, True) for name in ("香港科技大学", "澳门大学", "台湾大学", "中国香港生产力促进局", "新加坡国立大学", "德国西门子公司")),
        *((name, True) for name in ("弗劳恩霍夫协会（德国）", "牛津大学", "University of Oxford", "BASF SE", "株式会社日立製作所")),
        *((name, True) for name in ("МГУ имени Ломоносова", "海军工程大学", "解放军某部", "国防科技大学", "某研究所")),
        ("德国 Fraunhofer IPT", True),
        *((name, False) for name in ("香港科技大学（深圳）研究院", "新加坡国立大学苏州研究院", "西门子（中国）有限公司", "南京大学", "")),
        *((name, False) for name in ("TCL科技集团股份有限公司", "上海军民融合研究院", "美国某某公司北京代表处", "中德（常州）创新园")),
    ],
)
def test_is_foreign_name__by_place_script_and_service(name, foreign):
    assert uscc.is_foreign_name(name) is foreign
