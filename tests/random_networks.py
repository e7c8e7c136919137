"""Small random networks: a border, a line, a sea and terminals; all of it may run short, close or come by chance."""

from typing import get_args

from hypothesis import strategies as st

from sim.scenario.formalities import WorksBeforeRelease
from sim.verification import tiny
from sim.verification.tiny import (
    at_random,
    border,
    every,
    exponential,
    paper,
    pool,
    scenario,
    sea,
    section,
    terminal,
    train,
)

DAYS = 12
ROUTES = {
    "short": ("khorgos", "line", "yard"),
    "long": ("khorgos", "line", "sea", "baku"),
    "back": ("yard", "line", "khorgos"),
    "far_back": ("baku", "sea", "line", "khorgos"),
    # Cargo of the ports, which no full border keeps from the sea.
    "ferry": ("sea", "baku"),
    "ferry_back": ("baku", "sea"),
}
DEPARTURES = st.one_of(
    st.builds(at_random, st.floats(0.02, 0.3)),
    # At even gaps trains of several flows come at one and the same hour.
    st.builds(every, st.sampled_from([6, 12])),
)
HOURS = st.one_of(st.sampled_from([0, 2, 6.5]), st.builds(exponential, st.floats(0.5, 12)))
LEAD_H = st.sampled_from([0.0, 12.0])
DATES = st.sampled_from(["2025-01-01", "2025-01-03", "2025-01-06", "2025-01-09"])


SHARES = st.sampled_from([0.3, 1.0, {"2025-01-01": 0.1, "2025-01-06": 0.7}])
"""Shares of boxes that come back empty."""


def counts(most):
    """A capacity, or one that changes on dates, also to none."""
    return st.one_of(st.integers(1, most), st.dictionaries(DATES, st.integers(0, most), min_size=1))


def rates_per_day(most):
    """A rate a day, or one that steps on dates, also to nothing: a closure."""
    steps = st.dictionaries(DATES, st.one_of(st.just(0), st.floats(0.1, most)), min_size=2)
    return st.one_of(st.integers(4, most), steps.map(lambda rates: {"2024-01-01": most, **rates}))


@st.composite
def borders(draw):
    rates = st.one_of(st.none(), rates_per_day(30))
    inspection = {"yellow_share": 0.2, "red_share": 0.2, "yellow_h": 1, "red_h": draw(HOURS), "teams": draw(counts(2))}
    return border(
        receiving_tracks=draw(counts(6)),
        declarant_teams=draw(counts(3)),
        officer_teams=draw(counts(3)),
        gauge_h=draw(HOURS),
        cranes=draw(counts(3)),
        forming_h=draw(HOURS),
        crews=draw(counts(3)),
        inspection=inspection,
        westbound_handover_trains_per_day=draw(rates),
        eastbound_handover_trains_per_day=draw(rates),
        **draw(queues_of_work()),
    )


@st.composite
def queues_of_work(draw):
    """Some of the engines, locomotives and abandonments that a border may have."""
    parts = {
        "eastbound_receiving_tracks": draw(counts(3)),
        "shunting": {"engines": draw(counts(2)), "train_h": draw(HOURS)},
        "departure": {"locomotives": draw(counts(3)), "turn_h": draw(HOURS), "directions": draw(st.sampled_from(WAYS))},
        "abandonment": {"after_h": draw(st.sampled_from([4, 6.5])), "restart_h": draw(HOURS)},
    }
    return {name: part for name, part in parts.items() if draw(st.booleans())}


WAYS = [["westbound"], ["westbound", "eastbound"]]


@st.composite
def ports(draw):
    return {
        "berths": draw(counts(2)),
        "cranes": draw(st.integers(1, 2)),
        "crane_h_per_100": draw(HOURS),
        "tracks": draw(counts(2)),
        "train_h": draw(HOURS),
        "yard_teu": draw(st.sampled_from([None, 100, 250, 333.3])),
    }


@st.composite
def seas(draw):
    crossing = sea(
        capacity=draw(st.sampled_from([40, 100, 133.3, 250])),
        patience_h=draw(st.floats(0, 30)),
        vessel={"number": draw(counts(3)), **draw(st.sampled_from(SAILINGS))},
        sailing_h=draw(st.builds(exponential, st.floats(2, 20))),
        wind=draw(st.sampled_from([None, {"closed_share": 0.2, "closure_h": 8}])),
        east=draw(ports()),
        west=draw(ports()),
    )
    if draw(st.booleans()):
        # A class more: vessels with unequal work at the same cranes, and two of them at one hour at the start.
        barge = {"title": "Barge", "number": 2, "capacity_teu": draw(st.sampled_from([70, 400])), "patience_h": 30}
        crossing["vessels"]["barge"] = barge
        for port in crossing["ports"].values():
            port |= draw(st.sampled_from([{}, QUAY]))
    return crossing


QUAY = {"berths": 3, "cranes": 2, "crane_h_per_100": 9, "yard_teu": None}
"""Two cranes for three vessels: cargo comes while others are stowed."""


SAILINGS = [{}, {}, {"departs_every_h": 14.4}, {"least_load_share": 0.5}]


@st.composite
def lines(draw):
    speed = {"mean": 24, "cv": 0.3}
    most = draw(st.one_of(st.none(), st.integers(1, 3)))
    single = draw(st.booleans())
    return section(8, draw(rates_per_day(40)), speed_km_per_day=speed, single_track=single, most_trains=most)


def flow_over(name, **terms):
    """A flow over a route, but for its volume."""
    return {"route": ROUTES[name], "direction": "eastbound" if "back" in name else "westbound", **terms}


@st.composite
def flows(draw, name):
    papers = {
        "regime": {"2025-01-01": "paper", "2025-01-06": "tez"},
        "declarations_per_train": 6,
        "otherwise": "paper",
        "adoption_share": {"2025-01-01": draw(st.sampled_from([0.0, 0.5, 1.0]))},
    }
    return {
        **draw(DEPARTURES),
        **flow_over(name, train=draw(st.sampled_from(["plain", "flat"]))),
        "most_trains_under_way": draw(st.one_of(st.none(), counts(5))),
        **draw(st.sampled_from([{}, papers])),
    }


@st.composite
def bans(draw, names):
    """Bans of the border and of the yard at Aktau: a train may be held by both, one after the other."""
    watches = {
        "full_border": ("khorgos", {*names} - {"ferry", "ferry_back"}),
        "full_yard": ("aktau", {*names} & {"long"}),
    }
    shares = {"begins_at_share": draw(st.sampled_from([0.5, 1.5])), "lifts_at_share": 0.25}
    return {
        ban: {"title": "Full", "place": place, "flows": sorted(names_held), "lead_h": draw(LEAD_H), **shares}
        for ban, (place, names_held) in watches.items()
        if names_held and draw(st.booleans())
    }


@st.composite
def regimes(draw):
    order = {"works_before_release": draw(st.sampled_from(get_args(WorksBeforeRelease)))}
    return {
        "paper": paper(keying_h=0.1, checking_h=0.2, effort_cv=0.5, wrong_share=0.2, lead_h=draw(LEAD_H), **order),
        "tez": tiny.tez(
            late_share=0.2,
            late_h=4,
            release_h=0.5,
            wrong_share=0.2,
            correction_h=2,
            outages=draw(st.sampled_from([None, {"down_share": 0.3, "outage_h": 5, "fallback": "paper"}])),
            **order,
        ),
    }


@st.composite
def markets(draw, names):
    """A market of one of the flows, or none: by name, and its volume in trains instead of that of the flow."""
    drawing = draw(st.sampled_from([None, None, *sorted({*names} - {"far_back", "ferry_back"})]))
    if drawing is None:
        return {}, {}
    trains = draw(st.sampled_from([800, 2000]))
    ways = {
        "sea": {"price_usd_per_teu": 2600, "days": 2, "price_cv": 0.3, "price_persistence": 0.5},
        "north": {"price_usd_per_teu": {"2025-01-01": 3000, "2025-02-15": 2000}, "days": 1.5, "nest": "land"},
    }
    market = {
        "title": "Boxes",
        "teu_per_year": {2025: trains * 100 / 0.5},
        "most_share": 0.5,
        "price_response_per_1000_usd": draw(st.floats(0.1, 3)),
        "value_of_time_usd_per_teu_day": draw(st.floats(0, 1000)),
        "reliability_ratio": draw(st.sampled_from([0, 1.5])),
        "feedback": draw(st.sampled_from([True, True, False])),
        "lag_months": draw(st.sampled_from([1, 2.5])),
        "patience_days": draw(st.sampled_from([None, 0.5, 2.25])),
        "nests": {"land": draw(st.floats(0.2, 1))},
        "corridor": {"nest": "land", "price_usd_per_teu": 2500, "expected_days": 1, "expected_spread_days": 0.3},
        "alternatives": ways,
    }
    if draw(st.booleans()):
        market["captive"] = {"share": {"2025-01-01": 0.3, "2025-01-20": 0.6}, "without": ["sea"]}
    return {"boxes": market}, {drawing: {"trains_per_year": None, "market": "boxes"}}


@st.composite
def networks(draw):
    """A border, a line, a sea and terminals on both ends, with flows both ways and wagon sets that may run short."""
    names = sorted(draw(st.sets(st.sampled_from(sorted(ROUTES)), min_size=1)))
    flows_by_name = {name: draw(flows(name)) for name in names}
    markets_by_name, of_market = draw(markets(names))
    for name, terms in of_market.items():
        flows_by_name[name] |= terms
    if {"short", "long"} <= set(names):
        shares = {"trains_per_year": None, "share_of": {"short": 0.3, "long": 0.2}}
        flows_by_name["some"] = {**draw(flows("short")), **shares}
    if "long" in names and draw(st.booleans()):
        flows_by_name["empties"] = {**draw(flows("far_back")), "train": draw(st.sampled_from(["plain", "empty"]))} | {
            "trains_per_year": None,
            "empties_of": {"long": draw(SHARES), **({"short": 0.4} if "short" in names else {})},
            "turn_h": draw(HOURS),
        }
    empty_run_h = {"yard": exponential(15), "aktau": 10, "khorgos": 0}
    return scenario(
        {
            "khorgos": draw(borders()),
            "line": draw(lines()),
            "sea": draw(seas()),
            "yard": terminal(draw(HOURS), draw(counts(3))),
            "baku": terminal(draw(HOURS), draw(counts(3))),
        },
        flows_by_name,
        trains={
            "plain": train(),
            "flat": train(wagon_pools=["sets"], priority=1, ordered_ahead_h=draw(st.sampled_from([0, 0, 12, 30.5]))),
            "empty": train(wagon_pools=["sets"], teu=35, wagons=18, net_t=50),
        },
        wagon_pools={
            "sets": pool(
                "khorgos",
                empty_run_h,
                sets=draw(counts(8)),
                group_sets=draw(st.sampled_from([1, 2, 3, 4])),
                placing_h=draw(HOURS),
            )
        },
        regimes=draw(regimes()),
        bans=draw(bans(names)),
        markets=markets_by_name,
        days=DAYS,
        warmup_days=1,
    )
