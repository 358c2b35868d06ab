"""`python -m tests.faults NAME …`: the long forms of the fault runs."""

from __future__ import annotations

import importlib
import sys

# Name → module of this package; its `main(words)` returns the exit code.
RUNS = {"crash": "crash", "machine": "machine", "parts": "parts", "corpus": "corpus", "text": "fuzz_text"}


def main(words: list[str]) -> int:
    """Run what the first word names."""
    if not words or words[0] not in RUNS:
        print(f"usage: python -m tests.faults {{{'|'.join(RUNS)}}} …")
        return 2
    return importlib.import_module(f"tests.faults.{RUNS[words[0]]}").main(words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
