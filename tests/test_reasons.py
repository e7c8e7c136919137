"""Why outcomes lay outside the first back-casts: a reason for each, no other, and the page has them."""

import sys

from fences import CHECKOUT, DOCS

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import reasons

KINDS = {"later", "volume", "wall", "other", "sum"}


def test_each_outcome_outside_has_a_reason_of_a_known_kind_and_none_inside_has_one():
    rows = reasons.missed()
    named = {forecast: set(rows.loc[rows["forecast"] == forecast, "name"]) for forecast in reasons.FIRST}
    assert named == {forecast: set(of_forecast) for forecast, of_forecast in reasons.REASONS.items()}
    assert set(reasons.counts()) == KINDS
    assert sum(reasons.counts().values()) == len(rows) == 37


def test_the_page_is_what_the_benchmark_writes(tmp_path):
    page = tmp_path / "validation.md"
    page.write_text((DOCS / "validation.md").read_text(encoding="utf-8"), encoding="utf-8")
    reasons.tell_tables(page, reasons.sheets())
    assert page.read_text(encoding="utf-8") == (DOCS / "validation.md").read_text(encoding="utf-8")
