"""Words that address sums in the tables of KPIs."""

from __future__ import annotations

ALL = "all"
"""Every place, every flow, or the whole horizon."""

DIRECTIONS = ("westbound", "eastbound")
