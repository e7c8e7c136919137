"""The page of the ledger is its specification: every table, every column, in the order of the files."""

import re
from dataclasses import fields
from pathlib import Path

from sim.model import ledger
from sim.model.ledger import Tables

PAGE = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")


def test_the_page_has_every_table_and_every_column():
    sections = re.split(r"^## `(\w+)`$", PAGE, flags=re.MULTILINE)[1:]
    rows = [re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) for text in sections[1::2]]
    columns = dict(zip(sections[::2], rows, strict=True))
    assert columns == {table.name: list(getattr(ledger, table.name.upper()).names) for table in fields(Tables)}
