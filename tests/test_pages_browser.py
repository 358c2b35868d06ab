"""The pages in Chromium: nothing wider than a phone's screen, and on paper nothing cut."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from datetime import datetime, timedelta

import polars as pl
import pytest
import register_tables
from pipeline import cities
from pipeline.memory import Nil
from pipeline.publish import pages
from schemas import call
from test_pages_safe import HOSTILE, hostile

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")]
NOW = datetime(2023, 9, 20, 8, 30, tzinfo=call.CHINA)
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-sync", "--disable-background-networking", "--disable-component-update",
           "--hide-scrollbars", "--allow-file-access-from-files")
PHONE = 375
# In each frame, what sticks out on the right: the page itself, then any element.
MEASURE = """
<script>
addEventListener("load", () => {
  document.body.dataset.found = JSON.stringify([...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, width = page.documentElement.clientWidth;
    const right = each => each.getBoundingClientRect().right;
    const out = [...page.body.querySelectorAll("*")].filter(each => right(each) > width + 1);
    return [width, page.documentElement.scrollWidth, page.querySelectorAll("td").length, out.length];
  }));
});
</script>
"""


def chromium(folder, *words: str) -> str:
    done = subprocess.run([CHROMIUM, *OPTIONS, f"--user-data-dir={folder / 'profile'}", *words],
                          capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8", "replace")


def watched() -> dict[str, pl.DataFrame]:
    """Hostile texts in everything that the board asks the centre to look at, all of it unfolded."""
    tables = hostile()
    files = tables["submissions"].filter(pl.col("sha256").is_not_null()).unique(
        ["file", "sha256"], keep="first").head(12)
    added = register_tables.frames({
        "arrivals": [dict(file=file, sha256=sha256, city="南京市", received_at=NOW, sequence=place, late=False,
                          modified_at=NOW + timedelta(days=9), present=False)
                     for place, (file, sha256) in enumerate(files.select("file", "sha256").iter_rows())],
        "decisions": [dict.fromkeys(("number", "kind", "says", "ruling", "reason", "judge", "answer", "file"), text)
                      | dict(state="lapsed", row=7) for text in HOSTILE],
        "finding_history": [dict(finding_id="f", city="南京市", code="M08", severity="E", state="mended", first_round=1,
                                 last_round=1, mended_round=2, first_at=NOW, last_at=NOW)]})
    tables |= {name: added[name] for name in ("arrivals", "decisions", "finding_history")}
    return tables | {"cities": cities.table(tables, {"常州市": Nil("常州市", "x" * 200, NOW)})}


@pytest.mark.parametrize("made", [register_tables.build, hostile, watched], ids=["ordinary", "hostile", "watched"])
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_page__is_no_wider_than_the_screen(tmp_path, made, width):
    tables = made()
    pages.receipt.write(tables, "南京市", tmp_path / "回执.html", call.DEADLINE, NOW)
    pages.board.write(tables, tmp_path / "情况.html", call.DEADLINE, NOW)
    unfolded = (tmp_path / "情况.html").read_text("utf-8").replace("<details ", "<details open ")
    (tmp_path / "情况.html").write_text(unfolded, "utf-8")
    frames = "".join(f'<iframe src="{name}.html" style="border:0;width:{width}px;height:900px"></iframe>'
                     for name in ("回执", "情况"))
    (tmp_path / "measure.html").write_text(f'<meta charset="utf-8"><body>{frames}{MEASURE}', "utf-8")
    told = chromium(tmp_path, "--dump-dom", (tmp_path / "measure.html").as_uri())
    found = html.unescape(re.search(r'data-found="([^"]*)"', told)[1])
    measured = [tuple(map(int, each.split(","))) for each in re.findall(r"\[([\d,]+)\]", found)]
    assert [each[:2] for each in measured] == [(width, width)] * 2
    assert all(cells > 20 and out == 0 for *_, cells, out in measured)


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext on this machine")
def test_receipt__prints_on_a4_with_every_problem(tmp_path):
    pages.receipt.write(register_tables.build(4, members=4), "南京市", tmp_path / "回执.html", call.DEADLINE, NOW)
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'a.pdf'}",
             (tmp_path / "回执.html").as_uri())
    facts, printed = (subprocess.run(words, capture_output=True, check=True, text=True).stdout for words in (
        ["pdfinfo", tmp_path / "a.pdf"], ["pdftotext", tmp_path / "a.pdf", "-"]))
    width, height = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", facts).groups())
    assert (width, height) == (pytest.approx(595, abs=1), pytest.approx(842, abs=1))
    plain = re.sub(r"\s", "", printed)
    assert f"第1页共{printed.count(chr(12))}页" in plain
    assert len(re.findall("00000004" * 8, plain)) == 1
    for said in ("2023年江苏省创新联合体建设试点报送回执", "收件单位", "二、下一步", "2023年9月28日24时前", "怎么改"):
        assert said in plain
