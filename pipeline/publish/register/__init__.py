"""江苏省创新联合体名录.xlsx: the province's register of what the cities recommended."""

from __future__ import annotations

from pipeline.publish.register.workbook import SHEETS, write, write_aside

__all__ = ["SHEETS", "write", "write_aside"]
