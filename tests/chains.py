"""A line of stations that all trains pass, each with its own rate, all deterministic; and a choice of investments."""

CHAIN = """\
title = "Four stations in a row"

[horizon]
start = 2025-01-01
end = {end}
warmup_days = 10

[study]
replications = 2
seed = 7

[corridors.line]
title = "The line"
target_mt = {{ 2025 = {target} }}

[trains.box]
title = "Box train"
handling = "box"
wagons = 50
teu = 100
net_t = 1000
wagon_pools = []

[places.border]
kind = "border"
title = "Border"
receiving_tracks = 100_000
declarant_teams = 1
officer_teams = 1
inspection = {{ yellow_share = 0, red_share = 0, yellow_h = 0, red_h = 0, teams = 1 }}
gauge_change.box = {{ cranes = 1, train_h = {gauge_h} }}
forming = {{ crews = 1, train_h = {forming_h} }}

[places.track]
kind = "section"
title = "Track"
length_km = 10
speed_km_per_day = 2400
paths_per_day = {paths}

[places.yard]
kind = "terminal"
title = "Yard"
unloading.box = {{ tracks = 1, train_h = {yard_h} }}

[flows.west]
title = "Westbound"
corridor = "line"
train = "box"
direction = "westbound"
route = ["border", "track", "yard"]
trains_per_year = {{ 2025 = {trains} }}
departures_cv = {cv}
"""

STATIONS = {
    "gauge": "places.border.gauge_change.box.cranes",
    "forming": "places.border.forming.crews",
    "paths": "places.track.paths_per_day",
    "yard": "places.yard.unloading.box.tracks",
}
"""The key of each station's capacity."""


def chain(gauge, forming, paths, yard, offered=14, cv=0.0, target=1.0, end="2025-02-01"):
    """The line as text: trains a day that each station works, and that are offered."""
    hours = {"gauge_h": 24 / gauge, "forming_h": 24 / forming, "yard_h": 24 / yard}
    return CHAIN.format(paths=paths, trains=365 * offered, cv=cv, target=target, end=end, **hours)


def investment(name, key, value, cost=None, opens="2024-01-01", needs=(), active=True):
    """An investment that raises one capacity, as text."""
    lines = [f"[investments.{name}]", f'title = "{name}"', f"opens = {opens}", f"active = {str(active).lower()}"]
    lines += [f"cost_musd = {cost}"] if cost is not None else []
    lines += [f"needs = [{', '.join(repr(each) for each in needs)}]"] if needs else []
    return "\n".join([*lines, f'changes = {{ "{key}" = {value} }}', ""])
