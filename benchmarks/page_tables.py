"""The tables of a page that a script makes: printed, or written in place."""

from collections.abc import Iterable
from pathlib import Path

from sim.views.sheets.calibrate import markdown
from sim.views.sheets.sheet import Sheet


def tell_tables(page: Path | None, tables: Iterable) -> None:
    """Print tables, each with the name of its markers, heads and rows; or write them between the markers of a page."""
    text = page.read_text(encoding="utf-8") if page else ""
    for name, heads, rows in tables:
        table = markdown(Sheet("", heads, rows)).strip()
        if not page:
            print(f"\n{name}\n{table}")
            continue
        begin, end = f"<!-- {name} -->\n", f"<!-- {name} ends -->"
        before, rest = text.split(begin)
        text = f"{before}{begin}{table}\n{end}{rest.split(end)[1]}"
    if page:
        page.write_text(text, encoding="utf-8", newline="\n")
