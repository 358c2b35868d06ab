"""The command `consortium`, also as `python -m pipeline`: a program that cannot be loaded says so in words."""

from __future__ import annotations

import sys

# As in pipeline.exits, which may be what cannot be loaded.
_FAILED = 3
_UNREADABLE = "程序文件读不出来或不完整，没有运行，什么都没有改动。请检查磁盘后再试；仍不行的，请重新安装"
_INTERRUPTED = "已中断，没有完成；再次运行会接着做"


def main() -> None:
    """Load the command and carry it out; exit code 3 if it cannot be loaded."""
    try:
        from pipeline import ending
        from pipeline.loading import loading, unsearched_at_the_end

        ending.as_by_hand()
        with loading():
            from pipeline.cli import main as command
    except KeyboardInterrupt:
        _end(_INTERRUPTED)
    # What a failing disk, a missing library or a file cut off makes of an import.
    except (ImportError, OSError, EOFError, SyntaxError, ValueError, MemoryError):
        _end(_UNREADABLE)
    unsearched_at_the_end()
    command()


def _end(sentence: str) -> None:
    sys.stderr.reconfigure(errors="replace")
    print(f"{sentence}。", file=sys.stderr)
    sys.exit(_FAILED)


if __name__ == "__main__":
    main()
