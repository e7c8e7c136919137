"""A line of stations that all trains pass, each with its own rate, all deterministic; and a choice of investments."""

import datetime as dt

from sim.scenario.reading.read import to_toml
from sim.verification.tiny import border, every, section, terminal, train

STATIONS = {
    "gauge": "places.border.gauge_change.box.cranes",
    "forming": "places.border.forming.crews",
    "paths": "places.track.paths_per_day",
    "yard": "places.yard.unloading.box.tracks",
}
"""The key of each station's capacity."""


def chain_tables(gauge, forming, paths, yard, offered=14, cv=0.0, target=1.0, end="2025-02-01"):
    """The line as tables: trains a day that each station works, and that are offered."""
    people = {"receiving_tracks": 100_000, "declarant_teams": 1, "officer_teams": 1}
    trains = {"trains_per_year": {"2025": 365 * offered}, "month_weights": [1] * 12}
    west = every(1, "border", "track", "yard", corridor="line", departures_cv=cv, **trains)
    return {
        "title": "Four stations in a row",
        "horizon": {"start": dt.date(2025, 1, 1), "end": dt.date.fromisoformat(end), "warmup_days": 10},
        "study": {"replications": 3, "seed": 7},
        "corridors": {"line": {"title": "The line", "target_mt": {"2025": target}}},
        "trains": {"box": train()},
        "places": {
            "border": border(24 / gauge, 1, 24 / forming, 1, **people),
            "track": section(10, paths, speed_km_per_day=2400),
            "yard": terminal(24 / yard, 1),
        },
        "flows": {"west": west},
    }


def chain(*rates, **changes):
    """The line as text."""
    return to_toml(chain_tables(*rates, **changes))


def investment(name, key, value, cost=None, opens="2024-01-01", needs=(), active=True):
    """An investment that raises one capacity, as text."""
    lines = [f"[investments.{name}]", f'title = "{name}"', f"opens = {opens}", f"active = {str(active).lower()}"]
    lines += [f"cost_musd = {cost}"] if cost is not None else []
    lines += [f"needs = [{', '.join(repr(each) for each in needs)}]"] if needs else []
    return "\n".join([*lines, f'changes = {{ "{key}" = {value} }}', ""])
