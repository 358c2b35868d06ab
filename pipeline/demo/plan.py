"""The plan of the demonstration: every file, whose it is, what is wrong with it, what a run has to find.

About 60 % of the forms are right, some of them in odd shapes; the others have the mistakes that people make.
泰州市 is all clean; 淮安市 and 宿迁市 have not reported.
"""

from __future__ import annotations

from pipeline.demo import mess, strays
from pipeline.demo.biff import xls
from pipeline.demo.opendocument import ods
from pipeline.demo.recipe import Form, Planned, official, planned, stray
from pipeline.demo.shapes import Layout
from pipeline.demo.sheet import Formula, Sheet
from pipeline.demo.touch import formula, hidden_sheet, hide_member, sealed
from pipeline.demo.workbook import xlsx
from schemas.register import Status

NOT_REPORTED = ("淮安市", "宿迁市")
CLEAN_CITY = "泰州市"

_UNREADABLE, _IGNORED, _SUPERSEDED = Status.UNREADABLE, Status.IGNORED, Status.SUPERSEDED
# A company that is in none of the consortia.
_STRANGER = "江苏桓汀洵精密仪器有限公司"
_GRID = "南京市/附件2 基础信息表（柔性配电创新联合体）定稿"
_SENSOR = "无锡/新建 XLSX 工作表"


def _among(*rules: str) -> frozenset[str]:
    return frozenset(rules)


def _xlsm(sheets: list[Sheet]) -> bytes:
    return xlsx(sheets, macros=True)


def _cut_off() -> bytes:
    """A workbook of which the last third did not make it onto the stick."""
    whole = official(Form("meta").filled())
    return whole[:len(whole) * 2 // 3]


def _summary() -> bytes:
    """The bureau's own list of what it recommends: a workbook, but not the form."""
    sheet = Sheet("推荐汇总表")
    sheet.put(0, 0, "2023年创新联合体推荐汇总表", 3)
    lines = (("推荐顺序", "推荐理由", "处室意见"), (1, "基础较好", "同意"), (2, "已开展本地试点", "同意"))
    for row, line in enumerate(lines, 1):
        for col, content in enumerate(line):
            sheet.put(row, col, content)
    return xlsx([sheet])


_NANJING = (
    planned(f"{_GRID}.xlsx", "9.12", "省里下发的模板", Form("grid")),
    stray(f"{_GRID} - 副本.xlsx", "9.13", "与上一份逐字节相同，多报了一次", lambda: official(Form("grid").filled()), _IGNORED),
    planned("南京市/碳化硅联合体基础信息表.xlsx", "9.6", "自制表格，栏目写法不同，勾选框一格一个", Form(
        "silicon", (mess.letter_o(2), mess.basic("电话少一位", "B08/W", "phone", "1541234567")),
        Layout(wording=1, ticks="cells"))),
    planned("南京市/工业视觉 申请书（含封面、填写说明）.xlsx", "9.14", "带封面和填写说明两张工作表", Form(
        "vision", (mess.LOOSE_CODES,), Layout(cover=True, instructions=True, ticks="square"))),
    planned("南京市/江宁两家合报.xlsx", "9.15", "一个工作簿两张表", Form(
        "software", (mess.swapped(2, "X07/W"),), Layout(ticks="check"), sheet="工业操作系统"),
        Form("ledger", (mess.worded_counts("共{}家（企业{}、高校{}、科研院所{}、其他{}）"),), Layout(ticks="bracket"),
             sheet="确定性网络")),
    planned("南京市/附件2 基础信息表（高速光模块创新联合体）(1).xlsx", "9.18", "省里下发的模板", Form("photon", (mess.WORDED_FIGURES,))),
    stray("南京市/Thumbs.db", "9.18", "系统留下的缩略图", strays.thumbnails, _IGNORED),
)

_WUXI = (
    planned(f"{_SENSOR}.xlsx", "8.21", "第一次报送", Form("sensor", (
        mess.no_code(1), mess.counted("四类成员相加与合计不等", "B12/E", enterprise=1),
        mess.put("一个项目填了市级", "J01/E", "projects", 0, "level", "市级"))), status=_SUPERSEDED),
    planned(f"{_SENSOR}（修改稿2）.xlsx", "9.15", "改好后再报，替代前一版", Form(
        "sensor", among=_among("F09/W"))),
    planned("无锡/先进封装创新联合体.xlsm", "9.11", "启用宏的工作簿，勾选框是窗体控件", Form(
        "chip", (mess.as_number(2, "X07/W"),), Layout(ticks="control")), write=_xlsm),
    planned("无锡/燃气轮机热端部件创新联合体基础信息表.xlsx", "9.19", "勾选框是单元格复选框，金额写法各异", Form(
        "turbine", (mess.WORDED_MONEY,), Layout(ticks="in_cell"))),
    planned("无锡/附件2 基础信息表（精密轴承创新联合体）.xlsx", "9.20", "省里下发的模板", Form("bearing")),
    stray("无锡/~$新建 XLSX 工作表（修改稿2）.xlsx", "9.15", "表格打开着时留下的临时文件", strays.owner_file, _IGNORED),
)

_XUZHOU = (
    planned("320300/工程机械 - 最终版.xlsx", "9.8", "各部分先后和列的次序都变了", Form("crane", layout=Layout(
        moved=(0, 2, 1), swap=("duty", "uscc", "level"), ticks="cross", top=2, left=1))),
    planned("320300/光伏联合体.xlsx", "9.13", "省里下发的模板", Form("solar", (
        mess.organisation_code(1),
        mess.put("一个平台填了市级", "P01/E", "platforms", 0, "level", "市级"),
        mess.put("一个平台的依托单位不是成员", "P02/E", "platforms", 1, "host_unit", _STRANGER),
        mess.put("一个项目早已结束", "J06/W", "projects", 0, "period", "2015.01-2018.12")))),
    stray("320300/光伏联合体（盖章扫描件）.pdf", "9.13", "盖章后的扫描件", strays.pdf, _UNREADABLE, "F03/E"),
)

_CHANGZHOU = (
    planned("常州市/智能底盘创新联合体.xlsx", "9.5", "两行表头", Form(
        "car", layout=Layout(two_row_header=True, ticks="glued"), among=_among("X05/W"))),
    planned("常州市/氢燃料电池-基础信息表.xlsx", "9.7", "成员表后有空号行、省略号和合计", Form(
        "hydrogen", (mess.other_money(2),), Layout(tail=("spare", "dots", "total"), example=True),
        among=_among("F12/W"))),
    planned("常州市/长时储能创新联合体(1).xlsx", "9.12", "成员行占两行高，平台领域向下合并", Form(
        "battery", layout=Layout(tall_rows=True, merged_down=True, ticks="apart"))),
    planned("常州市/高性能碳纤维.xlsx", "9.14", "自制表格", Form(
        "fibre", (mess.lead_left_out(),
                  mess.put("一个成员没有写工作职责", "M28/W", "members", 3, "duty", ""),), Layout(ticks="round"),
        (hide_member(4), hidden_sheet("测算")))),
    stray("常州市/精密轴承（密码另发短信）.xlsx", "9.15", "设了打开密码", lambda: strays.encrypted("password"),
          _UNREADABLE, "F02/E"),
)

_SUZHOU = (
    planned("苏州市/第一批/生物医药-抗体药物.ods", "8.30", "开放文档格式", Form("drug", layout=Layout(ticks="line")), write=ods),
    planned("苏州市/第一批/细胞治疗.xls", "8.30", "97-2003 格式", Form(
        "gene", (mess.twice(2), mess.exchanged("发明专利多于知识产权", "T03/E", "ip_count", "invention_patent_count")),
        Layout()), write=xls),
    planned("苏州市/第一批/新建 XLS 工作表.xls", "8.31", "后缀是 .xls，里面是 .xlsx", Form(
        "device", (mess.LOOSE_CODES,), Layout(wording=1, ticks="dropdown", dates=True))),
    planned("苏州市/第二批补报/量子测量.xlsx", "9.20", "勾选框用了 Wingdings 字体", Form(
        "quantum", layout=Layout(ticks="wingdings"), among=_among("X01/W"))),
    planned("苏州市/第二批补报/存算一体.xlsx", "9.21", "省里下发的模板", Form(
        "compute", (mess.governance_of("运行机制略超 500 字", "L01/W", 510),), among=_among("X01/W"))),
    planned("苏州市/第二批补报/神经形态计算创新联合体.xlsx", "9.22", "省里下发的模板", Form(
        "brain", (mess.governance_of_another("device"),))),
    stray("苏州市/第二批补报/存算一体 申请书.docx", "9.21", "申请书的 Word 稿",
          lambda: strays.word(["江苏省创新联合体建设试点申请书", "一、建设意义及发展方向"]), _UNREADABLE, "F03/E"),
)

_NANTONG = (
    planned("南通市/绿色智能船舶创新联合体.xlsx", "9.4", "勾在选项后面，贴了电子章", Form(
        "ship", (mess.worded_counts("企业{1}家；高校{2}家；科研院所{3}家；其他{4}家；合计{0}家"),),
        Layout(ticks="after", merged_down=True), (sealed(strays.picture),))),
    planned("南通市/深远海风电.et", "9.10", "WPS 表格文件，里面是 97-2003 格式", Form("wind", (
        mess.put("一个企业没有填销售收入", "M20/E", "members", 2, "revenue_wan", ""), mess.in_yuan(3)), Layout()),
        write=xls),
    planned("南通市/海洋探测创新联合体.xlsx", "9.11", "盐城也报送了同一联合体", Form("marine", among=_among("X04/E"))),
    planned("南通市/特种工程塑料.xlsx", "9.12", "省里下发的模板", Form("polymer", (mess.LOOSE_CODES, mess.WORDED_MONEY))),
)

_LIANYUNGANG = (
    planned("连云港-高纯石英创新联合体.xlsx", "9.18", "没有放进收件夹，文件名写了城市", Form("silica", (
        mess.as_number(2), mess.LEAD_TWICE_TICKED, mess.governance_of("运行机制超过 500 字", "L01/E", 640),
        mess.basic("从业人员填了约数以外的文字", "T01/E", "staff_count", "若干")))),
    planned("连云港市/生物基材料.xlsx", "9.19", "自制表格，方框用“口”字", Form("enzyme", (
        mess.personal_id(2), mess.branch(3, "赣榆"), mess.basic("产业领域不在通知所列", "B04/W", "industry", "生物制造")),
        Layout(ticks="mouth"))),
)

_YANCHENG = (
    planned("盐城市/海洋探测（我市单位参与）.xlsx", "9.14", "南通已报送的联合体", Form(
        "marine", layout=Layout(wording=1), among=_among("X04/E", "B15/W"))),
    planned("盐城市/高效电机创新联合体.xlsx", "9.15", "省里下发的模板", Form("motor", (
        mess.one_missing(1), mess.put("一个成员没有写任务分工", "M28/E", "members", 2, "task", ""),
        mess.exchanged("专业技术人员多于从业人员", "T02/E", "staff_count", "technical_staff_count"),
        mess.put("一个平台只写了年份", "P03/W", "platforms", 0, "established", "2021年"),
        mess.basic("没有写通讯地址", "B07/W", "address", ""),
        mess.put("一个项目的承担单位不是成员", "J02/E", "projects", 0, "undertaker", _STRANGER)))),
    planned("盐城市/盐土生态修复-修改稿3.xlsx", "9.21", "省里下发的模板", Form("salt", (mess.WORDED_FIGURES,))),
)

_YANGZHOU = (
    planned("扬州市/协作机器人.xlsx", "9.11", "从别的表链接过来，链接断了", Form("robot", layout=Layout(), touches=(
        formula("联系人是错误值", "F06/E", "consortium", 0, "contact", Formula("=汇总!#REF!", "#REF!")),
        formula("一个销售收入是没有结果的公式", "F06/E", "members", 2, "revenue_wan", Formula("=SUM(J3:J9)", "")),
        formula("职务职称是错误值", "F06/W", "consortium", 0, "lead_scientist_title", Formula("=汇总!#REF!", "#REF!")),
        formula("", "", "consortium", 0, "staff_count", Formula("=1000+286", 1286))))),
    planned("扬州市/智慧水务创新联合体.xlsx", "9.13", "勾选“其它”并写明类型", Form("water", layout=Layout(ticks="round"))),
    stray("扬州市/附件2 基础信息表（空白）.xlsx", "9.1", "没有填写的模板", lambda: official(None), _IGNORED),
    stray("扬州市/数字人（U盘拷贝）.xlsx", "9.15", "没有拷贝完整", _cut_off, _UNREADABLE, "F01/E"),
)

_ZHENJIANG = (
    planned("镇江市/航空复合材料结构.xlsx", "9.6", "成员表多了一栏“备注”", Form(
        "plane", (mess.inner_digit(3), mess.HINT_LEFT), Layout(remarks=True),
        among=_among("F05/W", "X02/W"))),
    planned("镇江市/无人飞行器.xlsx", "9.7", "省里下发的模板", Form("flight", (mess.renamed(2),))),
    stray("镇江市/无人飞行器（手机拍照）.png", "9.7", "手机拍的照片", strays.picture, _UNREADABLE, "F03/E"),
    stray("镇江市/推荐汇总表.xlsx", "9.22", "本市自己的汇总表，不是基础信息表", _summary, _UNREADABLE, "F04/E"),
)

_TAIZHOU = (
    planned("泰州市/中药智能制造创新联合体.xlsx", "9.4", "省里下发的模板", Form("herb")),
    planned("泰州市/锂电回收利用创新联合体.xlsx", "9.5", "自制表格", Form(
        "cell", (mess.WORDED_MONEY,), Layout(ticks="square"))),
)

_UNSORTED = (
    planned("待分拣/数字人交互基础信息表.xlsx", "9.20", "放错了地方，看不出哪个市报送", Form("meta", among=_among("F10/E"))),
)

PLAN: tuple[Planned, ...] = (
    *_NANJING, *_WUXI, *_XUZHOU, *_CHANGZHOU, *_SUZHOU, *_NANTONG, *_LIANYUNGANG, *_YANCHENG, *_YANGZHOU,
    *_ZHENJIANG, *_TAIZHOU, *_UNSORTED)
