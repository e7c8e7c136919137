"""Days as options state them: `--from 2030-03 --until 2030-05`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from sim.cli.console import fail


class DayType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A day, a month or a year, as the first and the last day of it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The first and the last day that a text means."""
        for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
            try:
                first = dt.datetime.strptime(value, form).date()
                months = {"%Y": 12, "%Y-%m": 1}.get(form, 0)
                after = dt.date(first.year + (first.month + months - 1) // 12, (first.month + months - 1) % 12 + 1, 1)
            except ValueError:  # also of the last month of 9999, after which no day can be said
                continue
            return first, after - dt.timedelta(days=1) if months else first
        return self.fail(f"'{value}' is no date: a day (2030-03-01), a month (2030-03) or a year (2030)", param, ctx)


DAY = DayType()


def days_of(
    first: tuple[dt.date, dt.date] | None, last: tuple[dt.date, dt.date] | None
) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day that options mean; a year or a month alone ends with itself."""
    if first and not last and first[0] != first[1]:
        last = first
    begin, end = first[0] if first else None, last[1] if last else None
    if begin and end and end < begin:
        fail(f"--until: {end} is before --from, {begin}")
    return begin, end
