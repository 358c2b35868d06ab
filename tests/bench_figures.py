"""Figures of a benchmark such as the tables are made from."""

from __future__ import annotations


def figures() -> dict:
    """Figures that meet every target, most of them just."""
    def grown(forms: int, seconds: float) -> dict:
        return {"forms": forms, "seconds": seconds, "cpu_seconds": 2 * seconds, "peak_mb": 900.0,
                "disk_mb": 0.1 * forms,
                "stages": {"读表": [24.0, 40.0], "发布": [30.0, 50.0]}}
    cold = grown(10_000, 80.0)
    return {
        "machine": {"processors": 2, "model": "某型", "python": "3.11.9"}, "cold": cold,
        "growth": [grown(1_000, 10.0), cold, grown(100_000, 880.0) | {"peak_mb": 1500.0}],
        "usual": {"forms": 200, "seconds": 40.0, "cpu_seconds": 32.0,
                  "phases": {"read": 20.0, "check": 9.0, "mark": 10.0, "register": 1.0}},
        "unzip_seconds": [3.0, 5.0], "read_seconds": 24.0, "unchanged": grown(0, 2.0), "changed": grown(100, 8.0),
        "returned": {"files": 10_000, "publish_seconds": 150.0, "publish_cpu_seconds": 200.0},
        "agreement": {"forms": 200, "planted": 9, "ours": 9, "usual": 9, "same": True},
        "start": {"check": [0.7, 0.8, 0.9], "--help": [0.2, 0.1, 5.0]},
        "prefect": {"bare_served": [2.0, 2.0, 9.0], "run_served": [5.0, 4.0, 5.0],
                    "bare_alone": [10.0, 10.0, 10.0], "run_alone": [9.0, 8.0, 10.0]}}
