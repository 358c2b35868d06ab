"""The F rules: what can be wrong with a file or a sheet as a whole.

They have no expression to check on a frame: intake, grid and read come upon them; `found` makes the finding.
"""

from __future__ import annotations

from schemas import call
from schemas.rule import Rule, Severity


def _file_rule(code: str, severity: str, title: str, says: str, fix: str, clause: str = call.CLAUSE_SUBMISSION) -> Rule:
    return Rule(code, Severity(severity), says, fix, (), title, clause)


F01 = _file_rule("F01", "E", "文件打不开或不是真正的工作簿", "{reason}",
                 "请用 Excel 或 WPS 打开后重新另存为“.xlsx”再报；仍不行的请联系省里")
F02 = _file_rule("F02", "E", "文件设有打开密码", "文件设有打开密码，系统无法读取", "请取消密码后重报")
F03 = _file_rule("F03", "E", "不是表格文件", "收到的是“{kind}”文件，不能作为基础信息表读取",
                 "请用 WPS 或 Excel 打开，另存为“.xlsx”后重报（照片、扫描件不能识别）")
F03_ARCHIVE = _file_rule("F03", "E", "收到的是压缩包", "收到的是“{kind}”文件，不能作为基础信息表读取",
                         "请先解压，再把里面的基础信息表逐个放入本市收件夹")
F04 = _file_rule("F04", "E", "没有找到基础信息表", "没有找到“基础信息表”{seen}",
                 "请使用省里下发的模板填写，不要改表名和栏目名", call.CLAUSE_FORM)
F05 = _file_rule("F05", "W", "表格结构与模板不一致", "表格结构与模板不一致（{diff}），已尽量识别", "请核对识别结果；下次请勿改动栏目名和行列",
                 call.CLAUSE_FORM)
F05_ROWS = _file_rule("F05", "W", "表格里有未读取的行", "表格结构与模板不一致（{diff}），这些行没有读取",
                      "确需报送的，请按模板栏目把这些行并入本表；不需要的请删去", call.CLAUSE_FORM)
F05_SHEET = _file_rule("F05", "W", "填好的工作表因名称像样表未读取", "表格结构与模板不一致（{diff}），这张工作表没有读取",
                       "确需报送的，请把工作表改名为“基础信息表”后重报；样表请删去", call.CLAUSE_FORM)
F05_MOVED = _file_rule("F05", "I", "表格与模板排列不同", "表格与模板排列不同（{diff}），已按栏目名定位，全部识别", "仅提示，可不改",
                       call.CLAUSE_FORM)
F06 = _file_rule("F06", "E", "必填单元格是公式或错误值", "单元格{what}，无法读取内容", "请改为直接填写具体内容", call.CLAUSE_FORM)
F06_OPTIONAL = _file_rule("F06", "W", "单元格是公式或错误值", "单元格{what}，无法读取内容", "请改为直接填写具体内容",
                          call.CLAUSE_FORM)
F07 = _file_rule("F07", "W", "隐藏的行、列或工作表里有内容", "{where}已隐藏，但里面有内容", "请取消隐藏，确认是否应当报送；不需要的请删去",
                 call.CLAUSE_FORM)
F08 = _file_rule("F08", "I", "与已收到的文件完全相同", "与 {time} 收到的文件“{file}”完全相同，未重复处理", "仅提示，不需再办")
F09 = _file_rule("F09", "W", "本版已替代前一版", "同一联合体此前已报送（第{n}版），本版（第{m}版）已替代前一版，差异 {count} 处，见“问题清单”附表",
                 "以本版为准的，可在“说明”栏写明原因；不应替代的，请重新报送正确的一版（差异在“问题清单.xlsx”的“版本差异”表）")
F09_SAME = _file_rule("F09", "I", "重新报送而内容没有变化", "同一联合体此前已报送（第{n}版），本版（第{m}版）填报内容没有变化", "仅提示，不需再办")
F10 = _file_rule("F10", "E", "无法判断报送城市", "无法判断报送城市", "请放入本市收件夹，或在文件名中写明城市")
F11 = _file_rule("F11", "W", "收件时间晚于截止日期", "收件时间 {t} 晚于截止日期 {day}，请与省厅高新处联系确认",
                 "请与省厅高新处联系，并在“说明”栏写明逾期原因和联系结果")
F12 = _file_rule("F12", "W", "模板里的提示文字没有删除或没有填写", "栏内为“{text}”，没有填写实际内容或没有删除提示文字", "请删去提示文字，填写实际内容",
                 call.CLAUSE_FORM)
F12_BLANK = _file_rule("F12", "W", "应填写的栏没有填写", "没有填写", "请填写实际内容，如“{example}”", call.CLAUSE_FORM)
F12_EXAMPLE = _file_rule("F12", "W", "示例行没有删除", "第 {place} 行是示例行（{text}），已跳过，不作为成员或内容", "请删去示例行",
                         call.CLAUSE_FORM)
F13 = _file_rule("F13", "W", "表内贴了图片而没有文字", "表内贴了图片而没有文字，图片内容不能读取", "请把图片里的内容录入单元格", call.CLAUSE_FORM)

FILE_RULES = (F01, F02, F03, F03_ARCHIVE, F04, F05, F05_ROWS, F05_SHEET, F05_MOVED, F06, F06_OPTIONAL, F07, F08, F09,
              F09_SAME, F10, F11, F12, F12_BLANK, F12_EXAMPLE, F13)
