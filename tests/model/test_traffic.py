"""From volumes to departures: how many, when, and which train; the same trains in every scenario."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.randomness import Luck
from sim.model.simulate import simulate
from sim.model.traffic import cumulative_trains, departures_h, offers, unit_points
from sim.scenario.calendar import Calendar
from sim.scenario.traffic import Flow, TrainType, volume_in
from sim.verification import tiny
from sim.verification.findings import sampled
from sim.verification.tiny import at_random, border, every, exponential, played, scenario, section, terminal, tez, train

BOX = TrainType.model_validate(train())
FOUR_YEARS = Calendar(dt.date(2024, 1, 1), dt.date(2028, 1, 1), 60)


def flow(cv=0.0, **changes):
    described = every(1, "line", **{"departures_cv": cv, "month_weights": [1] * 12, **changes})
    if "teu_per_year" in changes or "mt_per_year" in changes:
        del described["trains_per_year"]
    return Flow.model_validate(described)


def departures(described, clock=FOUR_YEARS, replication=0):
    return departures_h(described, BOX, clock, Luck(1, replication), "west")


def between(hours, clock, first, last):
    """Trains that set out from one day up to another."""
    return int(((hours >= clock.hours(first)) & (hours < clock.hours(last))).sum())


# Volumes


@pytest.mark.parametrize(
    ("year", "volume"),
    [(2020, 100), (2024, 100), (2025, 200), (2026, 400), (2027, 400), (2030, 400)],
)
def test_between_stated_years_volume_grows_geometrically(year, volume):
    assert volume_in(year, {2024: 100.0, 2026: 400.0}) == pytest.approx(volume)


@pytest.mark.parametrize(("year", "volume"), [(2024, 0), (2025, 30), (2026, 60), (2027, 90)])
def test_from_zero_it_grows_in_a_straight_line(year, volume):
    assert volume_in(year, {2024: 0.0, 2027: 90.0}) == pytest.approx(volume)


@pytest.mark.parametrize(
    "volumes", [{"trains_per_year": {2024: 200}}, {"teu_per_year": {2024: 20_000}}, {"mt_per_year": {2024: 0.2}}]
)
def test_volume_in_trains_teu_or_megatonnes(volumes):
    """A train has 100 TEU and 1000 t."""
    described = flow(**{"trains_per_year": None, **volumes})
    hours = departures(described)
    assert between(hours, FOUR_YEARS, dt.date(2024, 1, 1), dt.date(2025, 1, 1)) == 200


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_every_year_has_its_volume(year):
    hours = departures(flow(trains_per_year={2024: 100, 2026: 400}))
    expected = {2024: 100, 2025: 200, 2026: 400, 2027: 400}[year]
    assert abs(between(hours, FOUR_YEARS, dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) - expected) <= 1


def test_every_month_has_its_share():
    weights = (0, 6, 0, 2, 2, 0, 4, 0, 0, 0, 10, 0)
    hours = departures(flow(trains_per_year={2024: 1200}, month_weights=weights))
    for month, weight in enumerate(weights, start=1):
        first, last = dt.date(2025, month, 1), dt.date(2025 + month // 12, month % 12 + 1, 1)
        assert between(hours, FOUR_YEARS, first, last) == 50 * weight


@pytest.mark.parametrize("cv", [0.3, 0.8, 1.0, 2.0])
def test_at_random_the_expected_number_is_the_volume(cv):
    """Over replications, by year; 60 days of warm-up make the start of the renewal process unfelt."""
    described = flow(cv, trains_per_year={2024: 300, 2026: 1200})
    runs = [departures(described, replication=replication) for replication in range(40)]
    for year, volume in {2024: 300, 2025: 600, 2026: 1200}.items():
        counts = [between(hours, FOUR_YEARS, dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) for hours in runs]
        assert sampled(f"trains in {year}", "as stated", volume, counts, precision=0.05).passed


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.0])
def test_gaps_vary_as_stated(cv):
    points = unit_points(cv, 50_000.0, np.random.default_rng(3))
    gaps = np.diff(points)
    assert gaps.mean() == pytest.approx(1, abs=4 * cv / math.sqrt(len(gaps)))
    assert gaps.std() == pytest.approx(cv, rel=0.05)


def test_even_departures_are_even():
    """Three a day in January, the first after half a gap."""
    january = Calendar(dt.date(2025, 1, 1), dt.date(2025, 2, 1), 0)
    hours = departures(flow(trains_per_year={2025: 12 * 93}), january)
    assert list(hours) == [8 * train + 4 for train in range(93)]


def test_no_volume_no_trains():
    assert len(departures(flow(trains_per_year={2024: 0}))) == 0
    assert len(departures(flow(1.0, trains_per_year={2024: 0}))) == 0


def test_more_trains_than_a_machine_holds_are_refused():
    with pytest.raises(OverflowError, match="flow west would send"):
        departures(flow(trains_per_year={2024: 1e9}))


def test_the_last_month_counts_towards_too_many_trains():
    """Four years and two months of warm-up, even: 20.2 million in all, 19.8 million before the last month."""
    with pytest.raises(OverflowError, match="at most 20000000 are possible"):
        departures(flow(trains_per_year={2024: 20.2e6 / (4 + 60 / 365)}))


@given(
    st.dictionaries(st.integers(2023, 2028), st.floats(0, 500), min_size=1),
    st.lists(st.floats(0, 3), min_size=12, max_size=12).filter(lambda weights: sum(weights) > 0.1),
    st.floats(0, 2).filter(lambda cv: cv == 0 or cv > 0.1),
)
def test_departures_are_in_order_and_within_the_run(volumes, weights, cv):
    described = flow(cv, trains_per_year=volumes, month_weights=weights)
    hours = departures(described)
    edges, trains = cumulative_trains(described, BOX, FOUR_YEARS)
    assert (np.diff(hours) >= 0).all()
    assert ((hours >= FOUR_YEARS.opening_h) & (hours < FOUR_YEARS.closing_h)).all()
    assert (edges[0], edges[-1]) == (FOUR_YEARS.opening_h, FOUR_YEARS.closing_h)
    assert (np.diff(trains) >= 0).all()
    if cv == 0:
        assert abs(len(hours) - trains[-1]) <= 0.5 + 1e-9


# The same trains in every scenario


@given(st.floats(1, 5), st.floats(0.2, 2))
def test_a_larger_volume_brings_the_same_trains_closer_together(factor, cv):
    few = departures(flow(cv, trains_per_year={2024: 50}))
    many = departures(flow(cv, trains_per_year={2024: 50 * factor}))
    assert len(many) >= len(few)
    assert (many[: len(few)] <= few + 1e-6).all()


def first_trains(per_h):
    """Hours of work of the first forty trains of a flow, and their risk channels."""
    frames = played(
        scenario(
            {
                "khorgos": border(
                    gauge_h=exponential(2), forming_h=exponential(1), inspection={"red_share": 0.3, "red_h": 4}
                ),
                "line": section(5, speed_km_per_day={"mean": 24, "cv": 0.3}),
                "yard": terminal(exponential(4)),
            },
            {"west": at_random(per_h, "khorgos", "line", "yard", regime="tez", declarations_per_train=5)},
            regimes={"tez": tez(release_h=exponential(1), works_before_release="nothing")},
            days=31,
        )
    )
    rows = frames.stages[frames.stages.train < 40]
    hours = (rows.ended_h - rows.started_h).groupby([rows.train, rows.activity], observed=True).sum().unstack()
    return hours, frames.declarations.channel[:40].to_list()


def test_the_nth_train_has_the_same_luck_under_a_larger_volume():
    """Release, inspection, gauge change, run and terminal take the n-th train of a flow as long in both."""
    (few_h, few_channels), (many_h, many_channels) = first_trains(0.1), first_trains(0.3)
    assert few_h.drop(columns="inspection").notna().all().all()
    assert few_h.shape == (40, 6)
    pd.testing.assert_frame_equal(few_h, many_h)
    assert few_channels == many_channels


def corridor(**extra):
    """A corridor with luck of every kind, and what a test adds to it."""
    tables_of = {
        "places": {
            "khorgos": border(
                gauge_h=exponential(3),
                cranes=1,
                forming_h={"mean": 2, "cv": 0.4},
                declarant_teams=1,
                inspection={"red_share": 0.2, "red_h": exponential(4), "teams": 1},
            ),
            "line": section(10, paths_per_day=12, speed_km_per_day={"mean": 24, "cv": 0.2}),
            "sea": tiny.sea(
                capacity=250,
                patience_h=12,
                vessel={"number": 2},
                sailing_h=exponential(10),
                wind={"closed_share": 0.1, "closure_h": 9},
            ),
            "yard": terminal(exponential(3), tracks=1),
        },
        "flows": {
            "west": at_random(
                0.1, "khorgos", "line", "sea", "yard", train="flat", regime="paper", declarations_per_train=8
            )
        },
        "trains": {"flat": train(wagon_pools=["sets"]), "box": train()},
        "wagon_pools": {"sets": tiny.pool("khorgos", {"aktau": exponential(20)}, sets=4, placing_h=exponential(1))},
        "regimes": {"paper": tiny.paper(keying_h=0.2, checking_h=0.2, effort_cv=0.4, wrong_share=0.1)},
    }
    return scenario(**{key: {**table, **extra.get(key, {})} for key, table in tables_of.items()}, days=20)


def record_of_flow(frames):
    """All that the tables say of the flow `west`, without the numbers of its trains in the run."""
    trains = frames.trains[frames.trains.flow == "west"].reset_index(drop=True)
    index_of = {number: index for index, number in enumerate(trains.train)}
    told = {}
    for name in ("trains", "stages", "declarations", "wagon_sets"):
        table = getattr(frames, name)
        table = table[table.train.isin(index_of)].assign(train=lambda rows: rows.train.map(index_of))
        told[name] = table.astype({column: str for column in table.select_dtypes("category")}).reset_index(drop=True)
    told["voyages"] = frames.voyages[frames.voyages.place == "sea"].drop(columns=["place", "vessel", "direction"])
    return told


@pytest.mark.parametrize(
    "extra",
    [
        {"places": {"aside": terminal(), "away": tiny.sea(capacity=1, patience_h=1, sailing_h=5)}},
        {"wagon_pools": {"others": tiny.pool("yard", {"khorgos": 1})}},
        {"regimes": {"tez": tez()}},
        {"trains": {"tank": train(net_t=3000)}},
        {
            "places": {"aside": terminal(exponential(3)), "beyond": section(10)},
            "flows": {"other": at_random(0.2, "beyond", "aside")},
        },
    ],
    ids=["place", "pool", "regime", "train type", "flow on a line of its own"],
)
def test_what_a_flow_does_not_meet_does_not_change_it(extra):
    plain, with_extra = record_of_flow(played(corridor())), record_of_flow(played(corridor(**extra)))
    assert len(plain["stages"]) > 200
    for name, table in plain.items():
        pd.testing.assert_frame_equal(table.reset_index(drop=True), with_extra[name].reset_index(drop=True))


def test_the_order_of_tables_in_the_file_does_not_matter():
    described = corridor(regimes={"tez": tez()}, places={"aside": terminal()})
    turned = described.model_copy(
        update={key: dict(reversed(getattr(described, key).items())) for key in ("places", "regimes", "trains")}
    )
    plain, other = record_of_flow(played(described)), record_of_flow(played(turned))
    for name, table in plain.items():
        pd.testing.assert_frame_equal(table, other[name])


@pytest.mark.parametrize(("seed", "replication"), [(5, 4), (6, 3)])
def test_other_replications_and_seeds_differ(seed, replication):
    once, other = simulate(corridor(), 5, 3).tables, simulate(corridor(), seed, replication).tables
    assert not np.isin(once.trains.entered_h, other.trains.entered_h).any()


def test_a_run_leaves_the_scenario_as_it_was():
    described = corridor()
    before = described.model_dump_json()
    first = played(described).stages
    assert described.model_dump_json() == before
    pd.testing.assert_frame_equal(first, played(described).stages)


def test_several_flows_share_the_trains_of_one():
    """None is counted twice, and each flow has the share stated of it."""

    def share(value):
        described = every(1, "line", share_of={"west": value})
        del described["trains_per_year"]
        return described

    flows = {"west": at_random(20, "line"), "half": share(0.5), "third": share(0.3)}
    offered = offers(scenario({"line": section(1)}, flows, days=31), Luck(1, 0))
    alone = offers(scenario({"line": section(1)}, {"west": at_random(20, "line")}, days=31), Luck(1, 0))
    numbers = {name: len(hours) for name, (_, hours) in offered.items()}
    whole = alone["west"][1]
    assert sorted(np.concatenate([hours for _, hours in offered.values()])) == whole.tolist()
    shares = [numbers[name] / len(whole) for name in ("west", "half", "third")]
    assert shares == pytest.approx([0.2, 0.5, 0.3], abs=0.02)
