"""The command that holds a table of observations against a scenario. Heavy imports stand inside it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.console import plain_errors, warn_of_doubts
from sim.cli.days import DAY, days_of
from sim.cli.frame import at_work, commission_of, deliver, named, place_for
from sim.cli.options import PATH_IN, SCENARIO, Keeping, OneOf, Sampling, examples, lang_option, run_options

if TYPE_CHECKING:
    from sim.measure.office_forms import TableForm


class Pairs(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Two words with `=` between them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The two words."""
        first, mark, second = str(value).partition("=")
        if not (first.strip() and mark and second.strip()):
            self.fail(f"'{value}' must be written {self.name}", param, ctx)
        return first.strip(), second.strip()


OWN = "results/altynkol_tez/throughput.csv"
EXAMPLE = f"observe {OWN} altynkol_tez -n 3 --kpi throughput_mt --column day=from --column value=kt --unit kt"


@click.command(epilog=examples("run altynkol_tez -n 3", "plot results/altynkol_tez --chart throughput", EXAMPLE))
@click.argument("table", metavar="TABLE", type=PATH_IN)
@click.argument("file", metavar="FILE", type=SCENARIO)
@click.option("--kpi", required=True, metavar="KPI[:PLACE[:FLOW]]", help="Measure that the table observes.")
@click.option(
    "--column",
    "columns",
    type=Pairs("ROLE=HEAD"),
    multiple=True,
    required=True,
    help="Head of a column by what it holds: from, until, day, value, id; of a role twice: a day, and its time.",
)
@click.option("--only", type=Pairs("HEAD=WORD"), multiple=True, help="Only the rows that have WORD in a column.")
@click.option("--unit", type=OneOf(["min", "h", "days", "t", "kt", "Mt"]), help="Unit of the numbers.")
@click.option("--dates", type=OneOf(["dmy", "mdy", "ymd"]), help="Order of days as 1/2/26, where no cell tells.")
@click.option("--decimal", type=OneOf(["comma", "point"]), help="Decimal mark of numbers as 1,234, where none tells.")
@click.option("--zone", metavar="NAME", help="Time zone of moments that state none, as Asia/Almaty.")
@click.option("--sheet", help="Sheet of a workbook; default: the one with these heads.")
@click.option("--encoding", help="Encoding of a text, as cp1251; default: the one with these heads.")
@click.option("--repeated", type=OneOf(["count", "drop"]), help="What a row is that stands twice; default: refused.")
@click.option("--by", type=OneOf(["week", "month"]), default="month", show_default=True, help="Steps compared.")
@click.option("--from", "first", type=DAY, help="First day that the table covers; default: that of its first row.")
@click.option("--until", "last", type=DAY, help="Last day that it covers; default: that of its last row.")
@lang_option
@run_options("results/<scenario>_observe")
def observe(
    table: Path,
    file: str,
    kpi: str,
    columns: tuple[tuple[str, str], ...],
    only: tuple[tuple[str, str], ...],
    by: str,
    first: tuple[dt.date, dt.date] | None,
    last: tuple[dt.date, dt.date] | None,
    keeping: Keeping,
    sampling: Sampling,
    **habits: str | None,
) -> None:
    """Hold a TABLE of what was observed, Excel or CSV, against a scenario FILE: times of trains, or amounts by day.

    FILE may be the folder of a run, too. The answer keeps the observations as facts.csv, which `corridor validate
    --facts` takes.
    """
    from sim.measure.observations import observations
    from sim.scenario.reading.opening import ledger_cited, load

    with plain_errors():
        reading = named(load(file, keeping.overrides), keeping)
        ledger_cited(reading)
        covered_days = days_of(first, last)
        table_rows = observations(table, form_of(columns, only, habits), kpi.partition(":")[0])
        from sim.study.observe.steps import steps_of

        steps_of(table_rows, reading.scenario.horizon, by, covered_days)
        warn_of_doubts([reading])
        commission = commission_of([reading], keeping)
        folder = place_for(f"{reading.name}_observe", commission, keeping)
        from sim.study.observe.observe import address_observed
        from sim.study.observe.observe import observe as beside

        address = address_observed(kpi, reading.scenario)
        replications = sampling.replications or reading.scenario.study.replications
        with at_work("Replications", replications, sampling) as (perform, _):
            answer = beside(
                reading,
                table_rows,
                address,
                by=by,
                covered_days=covered_days,
                replications=replications,
                seed=sampling.seed,
                perform=perform,
            )
        deliver(answer, folder, keeping, commission)


def form_of(
    columns: tuple[tuple[str, str], ...], only: tuple[tuple[str, str], ...], habits: dict[str, str | None]
) -> TableForm:
    """How the table is read, as the options say."""
    from sim.measure.office_forms import TableForm

    heads: dict[str, tuple[str, ...]] = {}
    for role, head in columns:
        heads[role] = (*heads.get(role, ()), head)
    return TableForm(heads, dict(only), **habits)
