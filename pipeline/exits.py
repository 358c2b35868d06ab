"""The exit codes of the command, and what each of them says to whoever called it."""

from __future__ import annotations

DONE, FLAWED, USAGE, FAILED, HELD = range(5)
# What is said where one of them was interrupted, whatever it did.
INTERRUPTED = "已中断，没有完成；再次运行会接着做"
MEANINGS = {
    DONE: "完成，没有需要改正的表；核验的封存完好",
    FLAWED: "完成，有退回待改的表；核验的封存不符，或不是封存的文件夹",
    USAGE: "命令用法不对",
    FAILED: "运行本身失败，或中途被打断",
    HELD: "同一工作目录正有另一次运行",
}
