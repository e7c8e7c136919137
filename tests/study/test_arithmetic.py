"""Loads, free-flow times and chains reckoned by hand; what a run says against them."""

from dataclasses import replace

import pytest
from commands import output_of
from scenario_text import SCENARIO

from sim.runs.replicate import replicate
from sim.runs.results import gather
from sim.scenario.reading.opening import load
from sim.study.arithmetic.demands import cycle_h
from sim.study.arithmetic.loads import carried_at_most, contradictions, free_flow, loads, unsettled
from sim.verification.tiny import (
    border,
    empties,
    every,
    paper,
    played,
    pool,
    scenario,
    sea,
    section,
    terminal,
    tez,
    train,
)


def load_of(described, place, activity, part=""):
    table = loads(described).set_index(["place", "activity", "part"])
    return table.loc[(place, activity, part), "load"]


def test_a_border_on_paper():
    """A train each 4 h, ten declarations: keyed for 5 h and again for the half found wrong, by five teams."""
    place = border(
        gauge_h=3,
        cranes=1,
        forming_h=2,
        crews=1,
        declarant_teams=5,
        officer_teams=1,
        inspection={"red_share": 0.5, "red_h": 4, "teams": 1},
        westbound_handover_trains_per_day=12,
    )
    regimes = {"paper": paper(keying_h=0.5, checking_h=0.1, wrong_share=0.5)}
    flow = every(4, "khorgos", declarations_per_train=10, regime="paper")
    described = scenario({"khorgos": place}, {"west": flow}, regimes=regimes)
    assert load_of(described, "khorgos", "keying") == pytest.approx(10 / 4 / 5)
    assert load_of(described, "khorgos", "checking") == pytest.approx(2 / 4)
    assert load_of(described, "khorgos", "inspection") == pytest.approx(2 / 4)
    assert load_of(described, "khorgos", "gauge_change", "box") == pytest.approx(3 / 4)
    assert load_of(described, "khorgos", "forming") == pytest.approx(2 / 4)
    assert load_of(described, "khorgos", "handover", "westbound") == pytest.approx(6 / 12)
    row = free_flow(described).iloc[0]
    assert row["free_flow_h"] == pytest.approx(10 * 0.6 + 3 + 2)
    assert row["narrowest"] == "khorgos gauge_change box"
    assert row["trains_at_most"] == pytest.approx(4 * 24 / 3)


def test_corrections_under_tez_ask_for_declarants():
    """A train each 4 h, ten declarations of which a fifth is wrong in each round, half an hour each, one team."""
    flow = every(4, "khorgos", declarations_per_train=10, regime="tez")
    regimes = {"tez": tez(wrong_share=0.2, correction_h=0.5)}
    described = scenario({"khorgos": border(declarant_teams=1, officer_teams=1)}, {"west": flow}, regimes=regimes)
    assert load_of(described, "khorgos", "keying") == pytest.approx(10 * (0.2 / 0.8) * 0.5 / 4)
    assert load_of(described, "khorgos", "checking") == 0


def test_a_regime_from_a_date_and_beside_the_gauge_change():
    regimes = {"paper": paper(keying_h=0.5), "tez": tez(release_h=0.5)}
    by_date = {"2025-01-01": "paper", "2025-01-04": "tez"}
    flow = every(4, "khorgos", declarations_per_train=10, regime=by_date)
    described = scenario({"khorgos": border(gauge_h=3, declarant_teams=1)}, {"west": flow}, regimes=regimes)
    assert load_of(described, "khorgos", "keying") == pytest.approx(0.75 * 5 / 4)
    assert free_flow(described).iloc[0]["free_flow_h"] == pytest.approx(0.75 * 8 + 0.25 * 3)


def test_a_set_left_at_a_port_runs_home_from_it(written):
    """Placing 2 h, the run to the port, and as many hours home as the pool says of the port, not of the crossing."""
    window = (0.0, 59 * 24.0)
    cycles_h = [
        cycle_h(written(SCENARIO.replace("mean = 96", f"mean = {home_h}")).scenario, "transit", "platforms", window)
        for home_h in (96, 196)
    ]
    assert cycles_h[0] == pytest.approx(2 + 24 * 3100 / 800 + 96, rel=0.02)
    assert cycles_h[1] - cycles_h[0] == pytest.approx(100)


def test_lines_loops_and_terminals():
    """A set is bound 2 h for placing, 10 h on the line, 4 h at the yard, 20 h on its way home."""
    places = {"khorgos": border(gauge_h=1), "line": section(10, paths_per_day=24), "yard": terminal(4, tracks=2)}
    fleet = {"sets": pool("khorgos", {"yard": 20}, sets=12, placing_h=2)}
    flows = {
        "west": every(4, "khorgos", "line", "yard"),
        "east": every(8, "line", direction="eastbound", train="plain"),
    }
    types = {"box": train(wagon_pools=["sets"]), "plain": train()}
    described = scenario(places, flows, trains=types, wagon_pools=fleet)
    assert load_of(described, "line", "running", "westbound") == pytest.approx(6 / 24)
    assert load_of(described, "line", "running", "eastbound") == pytest.approx(3 / 24)
    assert load_of(described, "yard", "terminal", "box") == pytest.approx(4 / 4 / 2)
    assert load_of(described, "sets", "placing") == pytest.approx(36 / 4 / 12)


def test_vessels():
    """Two vessels of 100 TEU, 5 h each way and 2 h of crane on each side, 100 TEU each 10 h: 14 h a round."""
    crossing = sea(
        capacity=100,
        patience_h=5,
        vessel={"number": 2},
        sailing_h=5,
        wind={"closed_share": 0.3, "closure_h": 9},
        east={"crane_h_per_100": 2, "cranes": 1},
        west={"crane_h_per_100": 2, "cranes": 1},
    )
    described = scenario({"sea": crossing}, {"west": every(10, "sea")})
    assert load_of(described, "sea", "vessels", "westbound") == pytest.approx(10 / (200 / 14 * 0.7))
    assert load_of(described, "sea", "crane", "aktau") == pytest.approx(2 / 10)
    assert free_flow(described).iloc[0]["free_flow_h"] == pytest.approx(5 + 2 + 2)
    crossing["wind"]["month_weights"] = [2, *[1] * 11]
    windy = scenario({"sea": crossing}, {"west": every(10, "sea")})
    january = 0.3 * 2 * 365 / (365 + 31)
    assert load_of(windy, "sea", "vessels", "westbound") == pytest.approx(10 / (200 / 14 * (1 - january)))


def test_receiving_tracks():
    """On its track a train is cleared (6 h), gets its wagon set (2 h), is moved over (3 h) and formed (2 h)."""
    place = border(gauge_h=3, forming_h=2, receiving_tracks={"2025-01-01": 5, "2025-01-03": 15}, declarant_teams=10)
    regimes = {"paper": paper(keying_h=0.6)}
    flow = every(4, "khorgos", "yard", declarations_per_train=10, regime="paper")
    fleet = {"sets": pool("khorgos", {"yard": 1}, sets=99, placing_h=2)}
    places = {"khorgos": place, "yard": terminal(1)}
    described = scenario(
        places, {"west": flow}, trains={"box": train(wagon_pools=["sets"])}, wagon_pools=fleet, regimes=regimes
    )
    assert load_of(described, "khorgos", "receiving") == pytest.approx(13 / 4 / 10)
    assert free_flow(described).iloc[0]["free_flow_h"] == pytest.approx(11 + 1), "without the placing"


def test_places_on_a_line():
    described = scenario({"line": section(10, most_trains=4)}, {"west": every(4, "line")})
    assert load_of(described, "line", "running", "places westbound") == pytest.approx(10 / 4 / 4)
    assert load_of(described, "line", "running", "places eastbound") == 0
    unlimited = loads(scenario({"line": section(10)}, {"west": every(4, "line")}))
    assert not unlimited["part"].str.startswith("places").any()


def test_berths_and_yards():
    """100 TEU each 10 h westbound and each 20 h eastbound, 2 h of crane in the east and 4 h in the west."""
    east = {"crane_h_per_100": 2, "cranes": 1, "berths": 3, "yard_teu": 500, "train_h": 1}
    west = {"crane_h_per_100": 4, "cranes": 1, "berths": 2, "yard_teu": 60, "train_h": 0.5}
    crossing = sea(capacity=100, patience_h=5, vessel={"number": 2}, sailing_h=5, east=east, west=west)
    flows = {"west": every(10, "sea"), "east": every(20, "sea", direction="eastbound")}
    described = scenario({"sea": crossing}, flows)
    assert load_of(described, "sea", "berthing", "aktau") == pytest.approx((2 / 10 + 2 / 20) / 3)
    assert load_of(described, "sea", "berthing", "alat") == pytest.approx((4 / 10 + 4 / 20) / 2)
    assert load_of(described, "sea", "loading", "aktau") == pytest.approx(100 * 1 / 10 / 500)
    assert load_of(described, "sea", "landing", "aktau") == pytest.approx(100 * (2 + 1) / 20 / 500)
    assert load_of(described, "sea", "landing", "alat") == pytest.approx((4 + 0.5) / 10), (
        "larger than the yard: all of it"
    )
    assert load_of(described, "sea", "loading", "alat") == pytest.approx(0.5 / 20)
    row = loads(described).set_index(["activity", "part"]).loc[("berthing", "aktau")]
    assert row["trains_at_most"] == pytest.approx(3 * 24 * 4 / 2)


def test_a_narrow_yard_is_the_end_of_the_chain():
    west = {"yard_teu": 100, "train_h": 8}
    described = scenario(
        {"sea": sea(capacity=100, patience_h=5, vessel={"number": 9}, west=west)}, {"west": every(10, "sea")}
    )
    row = free_flow(described).iloc[0]
    assert row["narrowest"] == "sea landing alat"
    assert row["trains_at_most"] == pytest.approx(96 / 8)


def test_a_run_holds_no_less_than_is_reckoned():
    """What is held until something else is free: the use measured is the load reckoned, or more."""
    side = {"crane_h_per_100": 1, "cranes": 1, "berths": 1, "yard_teu": 300, "train_h": 1, "tracks": 1}
    places = {
        "khorgos": border(gauge_h=3, cranes=1, forming_h=1, crews=1, receiving_tracks=3),
        "line": section(5, most_trains=3),
        "sea": sea(capacity=200, patience_h=6, vessel={"number": 2}, sailing_h=4, east=side, west=side),
    }
    described = scenario(places, {"west": every(6, "khorgos", "line", "sea", departures_cv=0.5)}, days=365)
    measured = replicate(described, 1, 1, 1)[0].kpis
    shares = measured[(measured["period"] == "2025") & measured["kpi"].str.startswith("utilisation")]
    used = shares.set_index(["place", "kpi"])["value"]
    table = loads(described)
    both = table.groupby(["place", "activity"])[["offered", "capacity"]].sum()
    held = {("khorgos", "receiving"), ("sea", "berthing"), ("sea", "loading"), ("sea", "landing")}
    for place, activity in held:
        offered, capacity = both.loc[(place, activity)]
        assert 0 < 0.98 * offered / capacity <= used[place, f"utilisation_{activity}"] <= 1
    on_line = table[table["part"].str.startswith("places")]
    share = on_line["offered"].sum() / on_line["capacity"].sum()
    assert used["line", "utilisation_running"] == pytest.approx(share, rel=0.02)
    assert (table["load"] < 1).all()


def test_a_share_of_another_flow_takes_its_trains():
    taken = every(4, "line", share_of={"west": 0.25})
    del taken["trains_per_year"]
    described = scenario({"line": section(10)}, {"west": every(4, "line"), "other": taken})
    offered = free_flow(described).set_index("flow")["offered_trains"]
    assert offered["west"] == pytest.approx(18)
    assert offered["other"] == pytest.approx(6)


def test_boxes_that_come_back_ask_for_capacity():
    """Six trains a day, a quarter of which another flow takes; of all boxes 40 % come back, in trains half as long."""
    taken = every(4, "line", share_of={"west": 0.25})
    del taken["trains_per_year"]
    back = empties({"west": 0.4, "other": 0.4}, "line", train="short")
    kinds = {"box": train(), "short": train(teu=50)}
    described = scenario(
        {"line": section(10, paths_per_day=24)}, {"west": every(4, "line"), "other": taken, "back": back}, 4, kinds
    )
    offers = free_flow(described).set_index("flow")
    assert offers.loc["back", "offered_trains"] == pytest.approx(24 * 0.4 * 2)
    assert offers.loc["back", "mt_at_most"] == 0 < offers.loc["other", "mt_at_most"]
    table = loads(described).set_index("part")
    assert table.loc["eastbound", "load"] == pytest.approx(24 * 0.4 * 2 / 96)
    run = played(described).trains
    # What is over the line in the last ten hours does not come back within the run.
    assert 24 * 0.4 * 2 - 4 < (run["flow"] == "back").sum() <= 24 * 0.4 * 2


def test_a_corridor_carries_no_more_than_the_narrowest_capacities_of_its_routes():
    """Two trains an hour of 1000 t over a line of one an hour for four days, and one every four hours over another."""
    lines = {"line": section(10, paths_per_day=24), "other": section(10, paths_per_day=24)}
    flows = {"full": every(0.5, "line", corridor="sum"), "free": every(4, "other", corridor="sum")}
    corridors = {"sum": {"title": "Sum", "target_mt": {2025: 10}}}
    described = scenario(lines, flows, 4, corridors=corridors)
    [row] = carried_at_most(described, free_flow(described)).to_dict("records")
    assert row == {
        "year": "2025",
        "corridor": "sum",
        "offered_mt": pytest.approx(0.192 + 0.024),
        "mt_at_most": pytest.approx(0.096 + 0.024),
        "target_mt": 10,
    }


@pytest.fixture(scope="module")
def honest():
    places = {"khorgos": border(gauge_h=3, cranes=1, forming_h=1, crews=1), "line": section(10, paths_per_day=24)}
    described = scenario(places, {"west": every(4, "khorgos", "line")}, days=28)
    return gather("honest", described, {"title": "honest"}, replicate(described, 1, 2, 1), 1, 0.95, 0.0)


def forged(results, kpi, factor):
    """The same results with the measures of a beginning multiplied."""
    kpis = results.kpis.copy()
    rows = kpis["kpi"].str.startswith(kpi)
    assert rows.any()
    kpis.loc[rows, ["mean", "ci_low", "ci_high"]] *= factor
    return replace(results, frames={**results.frames, "kpis": kpis})


def test_an_honest_run_contradicts_nothing(honest):
    assert contradictions(honest) == []


OFTEN = '[disruptions.ill]\ntitle = "Ill"\nper_year = 366\nlasts_days = 1\n'


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("", f"flows.central_asia.month_weights={[5e-324, *[0] * 11]}"),
        (f'{OFTEN}changes."places.altynkol.forming.crews" = 1\n', "study.seed=7"),
    ],
    ids=["all in January", "a disruption most days"],
)
def test_what_arithmetic_leaves_out_is_no_contradiction(tmp_path, text, change):
    """Sets that stand ready run back empty after the end; what a disruption by chance changes is not in the means."""
    (tmp_path / "case.toml").write_text(f'extends = "altynkol_paper"\n{text}', encoding="utf-8")
    described = load(tmp_path / "case.toml", ["horizon.end=2024-03-01", "horizon.warmup_days=10", change]).scenario
    assert contradictions(gather("case", described, {}, replicate(described, 7, 2, 1), 7, 0.95, 0.0)) == []


@pytest.mark.parametrize(
    ("kpi", "factor", "said"),
    [
        ("transit_days", 0.5, "west in 2025: mean transit 7.0 h is below free flow, 14.0 h"),
        ("trains_", 3, "khorgos gauge_change box in 2025"),
        ("utilisation_gauge_change", 1.3, "khorgos in 2025: gauge_change is in use 0.97 of the time"),
        ("utilisation_forming", 0.2, "khorgos in 2025: forming is in use 0.05 of the time"),
    ],
)
def test_a_run_that_cannot_be_is_told(honest, kpi, factor, said):
    told = contradictions(forged(honest, kpi, factor))
    assert any(sentence.startswith(said) for sentence in told), told


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (["wagon_pools.platforms.sets=92"], []),
        # A train each 4.7 h at most, by a load of 0.99: 4.7 / (1 - 0.99)^2 hours.
        (["wagon_pools.platforms.sets=84"],
         ["platforms placing still fills when measuring begins: at a load of 0.99 that takes some 2,015 days, and "
          "the warm-up is 365"]),
        (["wagon_pools.platforms.sets=70"],
         ["platforms placing is overloaded in 2024: what waits there grows all year"]),
        # Of all others the relaxation time is hours.
        (["horizon.warmup_days=0"],
         ["platforms placing still fills when measuring begins: at a load of 0.90 that takes some 19 days, and "
          "the warm-up is 0"]),
    ],
)  # fmt: skip
def test_pools_that_are_overloaded_or_still_fill_are_named(changes, sentences):
    assert unsettled(load("altynkol_paper", changes).scenario) == sentences


def test_the_command_prints_the_loads():
    result = " ".join(output_of("arithmetic", "altynkol_paper").split())
    assert "platforms placing" in result
