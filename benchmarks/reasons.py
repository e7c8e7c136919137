"""Why outcomes lay outside what the first back-casts said: a reason for each, beside the numbers of the register.

    python benchmarks/reasons.py                           the table
    python benchmarks/reasons.py --page docs/validation.md write it anew

A reason is one of five: a *later* fact (a service or a rule that nobody had announced); a *volume* whose range was too
short, or that began too low; a *wall* in the model that the world moved; *other* things counted; a *sum* of rows above
that were missed.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from page_tables import tell_tables

from sim.study.register.scoring import scores_table
from sim.study.register.statements import read_register
from sim.views.words import figure

CHECKOUT = Path(__file__).parents[1]
FIRST = ("backcast_2023", "backcast_2024")

TRAINS = "later: block trains from Xi'an, 11 in 2023 and 358 in 2024, of which no fact of 2023 tells"
FLOWS = "volume: flows of 2023 add up to 18 % less than the record of Altynkol; the range of growth too short"
WALL = "wall: eastbound handover of 8 trains a day is full in the model; 15 were agreed from March 2025 on"
DOSTYK = "volume: flows of 2023 add up to 6 % less than the record of Dostyk; range of growth too short"
BOXES = (
    "wall: platform sets at Altynkol stand at 1.10 of their load, so the volume stated does not come; it grew by 46 %"
)
ALL_SHIPS = "other: the port's hours are of vessels of all kinds, the model's of feeders"
AZERBAIJAN = (
    "other: the railways of Azerbaijan count what joins the route there; the model what crosses from Kazakhstan"
)
TEZ = "later: Tez Customs, announced in 2024; the range of adoption was likeliest none"
SHARES = "later: boxes from China came beside the exports, and oil fell"

REASONS = {
    "backcast_2023": {
        "tez_central_asia": TEZ,
        "tez_titr": TEZ + ", and its block trains",
        "titr_throughput": "volume: grain, metal and oil grew beyond the range, and " + TRAINS.removeprefix("later: "),
        "titr_containers": TRAINS,
        "feeder_teu_2024": TRAINS,
        "altynkol_5m_2024": FLOWS,
        "dostyk_5m_2024": DOSTYK,
        "titr_rail_2024": "sum: as of the whole route",
        "btc_oil_7m_2024": "volume: stated by voyages of early 2023; the contract's 1.5 Mt were the end of the range",
        "aktau_teu_q1_2024": TRAINS,
        "baku_block_trains_2024": TRAINS,
        "alat_call": ALL_SHIPS,
        "titr_2025": "volume: as of 2024",
        "titr_first_half_2025": "volume: as of 2024",
        "titr_containers_2025": TRAINS,
        "feeder_teu_2025": TRAINS,
        "altynkol_2025": FLOWS + "; " + WALL,
        "altynkol_4m_2025": FLOWS + "; " + WALL,
        "dostyk_4m_2025": DOSTYK,
        "kzcn_8m_2025": "sum: of both crossings",
        "horgos_jul_2025": "sum: as of Altynkol, seen from the other side",
        "titr_rail_10m_2025": "volume: as of 2024, by a hair",
        "titr_exports_10m_2025": SHARES,
        "ady_9m_2025": AZERBAIJAN,
        "aktau_teu_q1_2025": TRAINS,
    },
    "backcast_2024": {
        "alat_call": ALL_SHIPS,
        "titr_containers_2025": BOXES,
        "feeder_teu_2025": BOXES,
        "altynkol_2025": WALL + "; growth of a quarter was out of range",
        "altynkol_4m_2025": WALL,
        "dostyk_4m_2025": "wall: fleets and the eastbound handover stand at 0.95 to 0.99 of their load; growth of 6 %",
        "kzcn_8m_2025": "sum: of both crossings",
        "horgos_jul_2025": "sum: as of Altynkol, seen from the other side",
        "titr_rail_10m_2025": "volume: 2.60 came in ten months, after 3.30 in the year before; by a hair",
        "titr_exports_10m_2025": SHARES,
        "ady_9m_2025": AZERBAIJAN,
        "aktau_teu_q1_2025": BOXES,
    },
}
"""By back-cast and figure, of each outcome outside the 80 % of its worlds."""


def missed() -> pd.DataFrame:
    """The scores of the first back-casts, each outcome outside of what was said."""
    scores = scores_table(read_register(CHECKOUT / "forecasts"))
    own = scores[scores["hit"].notna()]
    return own[own["forecast"].isin(FIRST) & ~own["hit"].astype(bool)]


def counts() -> Counter[str]:
    """How many outcomes each kind of reason stands behind, by its first word."""
    return Counter(REASONS[row.forecast][row.name_].partition(":")[0] for row in named(missed()))


def named(rows: pd.DataFrame) -> Iterator[tuple]:
    """The rows, of which the name does not hide the tuple's own."""
    return rows.rename(columns={"name": "name_"}).itertuples()


def sheets() -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """The tables of the page, by the name of their markers."""
    yield "reason counts", ("reason", "outcomes"), [(word, str(number)) for word, number in counts().most_common()]
    rows = [
        (
            row.forecast,
            row.title,
            figure(row.outcome),
            figure(row.middle),
            f"{figure(row.low)} to {figure(row.high)}",
            REASONS[row.forecast][row.name_],
        )
        for row in named(missed())
    ]
    yield "reasons", ("back-cast", "figure", "outcome", "median", "80 % of worlds", "why it lay outside"), rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="the page whose tables are written anew")
    tell_tables(parser.parse_args().page, sheets())
