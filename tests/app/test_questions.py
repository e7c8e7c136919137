"""What a planner asks of 2030: a fleet, a closure, Tez later. By the page alone, and by the changes it comes to."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pytest
from asking import served, visited
from browser import IN_A_BROWSER, until
from commands import contents, output_of

from sim.app.beside import Sides, addresses_shown, differences_of, told_of, told_rows
from sim.app.controls import controls_of
from sim.app.moves import months_later, moves_told, overrides_of
from sim.app.spells import period_told, spell_addresses
from sim.scenario.addresses import Address
from sim.scenario.keys import value_at
from sim.scenario.problems import ArgumentError, ScenarioError
from sim.scenario.reading.opening import load
from sim.study.arithmetic.loads import loads
from sim.study.headline import told_from_luck

SETS = "wagon_pools.platforms_altynkol.sets"
STOPPED = [f"places.caspian_{cargo}.wind.closed_share" for cargo in ("containers", "oil", "bulk")]

DAYS = {
    "[data-name='close:aktau'] input >> nth=0": "2030-01-01",
    "[data-name='close:aktau'] input >> nth=1": "2030-01-15",
}


@pytest.fixture(scope="module")
def target():
    """The shipped plan of 2030."""
    return load("2030_target")


def asked(page, name, search, inputs):
    """Ask one question: find the control, type into it, run, and what is said."""
    page.click("#reset")
    page.fill("#search", search)
    for selector, value in inputs.items():
        assert page.is_visible(selector)
        page.fill(selector, value)
    assert page.inner_text("#moved") == "1 change to 2030_target."
    page.fill("#name", name)
    page.fill("#replications", "2")
    page.click("#go")
    until(page, f"document.querySelector('#state').textContent === '{name} beside 2030_target; both are kept.'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return page.inner_text("#said")


class TestByThePageAlone:
    """Nothing is typed but what a planner knows: a word to find the control by, a number, dates."""

    pytestmark = IN_A_BROWSER

    def test_three_questions(self, chromium, tmp_path):
        with served(tmp_path, "2030_target") as address, visited(chromium, address, 1280, "dark") as page:
            said = asked(page, "sets", "platform sets of Altynkol", {f"[data-name='more:{SETS}'] input": "20"})
            assert re.search(r"^Against 2030_target, in 2030: .* (more|less|longer) ", said)
            assert "too few replications to tell it from luck" in said and "319" in page.inner_text("#inputs")
            said = asked(page, "closed", "Aktau", DAYS)
            assert "Against 2030_target, in Jan 2030: a train waits " in said
            row = page.locator("#kept-rows tbody tr").filter(has_text="Aktau, all 3 crossings: closed from 2030-01-01")
            assert "in Jan 2030: a train waits " in row.inner_text()
            asked(page, "tez_later", "Tez", {"[data-name='later:tez'] input": "24"})
            page.select_option("#period", "2025")
            until(page, "document.querySelector('#said').textContent.includes('in 2025')")
            clearance = page.locator("#rows tbody tr").filter(has_text="Clearance, arrival to release, Altynkol")
            assert 2 < float(clearance.locator("td").last.inner_text().split()[0]) < 5
            assert page.locator("#kept-rows tbody tr").count() == 4
        self.plays_the_same(tmp_path)

    def plays_the_same(self, folder):
        """What was kept is what the command makes of the file that was kept beside it."""
        kept = folder / "results" / "app"
        output_of("run", kept / "closed.toml", "-n", "2", "-j", "1", "--no-plots", "--out", folder / "again")
        here, there = contents(kept / "closed"), contents(folder / "again")
        assert here.keys() == there.keys() and len(here) > 8
        assert [str(name) for name in here if here[name] != there[name]] == ["manifest.json"]


def test_what_was_moved_is_told_in_words_the_first_three_and_how_many_more(target):
    slider = next(one for one in controls_of(target) if one.kind == "range" and one.unit == "h")
    moves = {
        "close:aktau": ["2030-01-01", "2030-01-15"],
        f"more:{SETS}": -20,
        "later:tez": 24,
        slider.name: slider.high,
    }
    assert moves_told(target, moves, ["study.seed=7"]) == (
        "Aktau, all 3 crossings: closed from 2030-01-01, open again from 2030-01-15; "
        "1520 mm platform sets of Altynkol: sets: −20; Tez Customs, wherever it begins: +24 months later and 2 more"
    )
    assert moves_told(target, {slider.name: slider.high}, []).endswith(f" h instead of {slider.value}")
    switch = next(one for one in controls_of(target) if one.kind == "switch" and one.value)
    assert moves_told(target, {switch.name: False}, ["a=1"]) == f"{switch.title}: does not take place; a=1"


def test_spells_that_two_plans_do_not_share_are_asked_by_month_at_their_places(target):
    closed = target.set(overrides_of(target, {"close:aktau": ["2029-12-20", "2030-01-15"]})).scenario
    assert spell_addresses(target.scenario, target.scenario) == []
    asked_for = spell_addresses(target.scenario, closed)
    assert {address.period for address in asked_for} == {"2029-12-01/2030-02-01"}
    assert [address.place for address in asked_for if address.kpi == "wait_h"] == [key.split(".")[1] for key in STOPPED]
    assert [address.flow for address in asked_for if address.kpi == "throughput_mt"] == ["titr"]
    assert period_told(asked_for[0].period) == "Dec 2029 to Jan 2030"
    assert spell_addresses(closed, target.scenario) == asked_for


def test_units_more_hold_in_every_year_and_where_an_investment_states_a_number(target):
    stated = target.get(SETS)
    assert target.set(overrides_of(target, {f"more:{SETS}": 20})).get(SETS) == {
        day: n + 20 for day, n in stated.items()
    }
    fewer = target.set(overrides_of(target, {"more:wagon_pools.platforms_bakhty.sets": -45}))
    assert set(fewer.get("wagon_pools.platforms_bakhty.sets").values()) == {0, 3, 8}
    crews = "places.altynkol.forming.crews"
    change = ("investments", "altynkol_upgrade", "changes", crews)
    more = target.set(overrides_of(target, {f"more:{crews}": 2}))
    assert value_at(more.resolved, change) == value_at(target.resolved, change) + 2
    assert max(more.scenario.places["altynkol"].forming.crews.values()) == 13


def test_units_are_added_to_what_a_slider_was_moved_to(target):
    slider = next(one for one in controls_of(target) if one.name.startswith("unknown:") and SETS in one.keys)
    moves = {slider.name: slider.high}
    high, both = (target.set(overrides_of(target, {**moves, **more})) for more in ({}, {f"more:{SETS}": 20}))
    assert high.get(SETS) != target.get(SETS)
    assert both.get(SETS) == {day: number + 20 for day, number in high.get(SETS).items()}
    typed = target.set(overrides_of(target, moves, [f"{SETS}=+20"]))
    assert typed.get(SETS) == both.get(SETS)


def test_a_closed_town_stops_the_vessels_of_all_its_crossings_and_no_others(target):
    closed = target.set(overrides_of(target, {"close:aktau": ["2030-01-01", "2030-01-15"]}))
    own = closed.scenario.disruptions["closed_aktau"]
    assert (own.start, own.end, own.changes) == (dt.date(2030, 1, 1), dt.date(2030, 1, 15), dict.fromkeys(STOPPED, 1))
    shares = closed.scenario.places["caspian_bulk"].wind.closed_share
    assert shares[dt.date(2030, 1, 1)] == 1 and shares[dt.date(2030, 1, 15)] < 1
    assert closed.scenario.places["caspian_ferry"] == target.scenario.places["caspian_ferry"]
    again = closed.set(overrides_of(closed, {"close:aktau": ["2030-03-01", "2030-03-02"]}))
    assert {"closed_aktau", "closed_aktau_2"} <= set(again.scenario.disruptions)


def test_every_place_that_can_be_closed_is_sound_when_closed(target):
    names = [control.name for control in controls_of(target) if control.kind == "closure"]
    assert {"close:aktau", "close:alat", "close:altynkol", "close:zhetygen_aktau"} <= set(names) and len(names) > 20
    closed = target.set(overrides_of(target, {name: ["2030-02-01", "2030-02-03"] for name in names}))
    day = dt.date(2030, 2, 1)
    assert closed.scenario.places["zhetygen_aktau"].paths_per_day[day] == 0
    assert closed.scenario.places["altynkol"].westbound_handover_trains_per_day[day] == 0


def test_a_number_below_0_of_what_never_is_is_refused_as_the_number_it_is():
    """Typed as a change it is so many less than stated."""
    reading, key = load("altynkol_tez"), "places.altynkol.forming.train_h.mean"
    with pytest.raises(ScenarioError, match=r"must be at least 0 \(got -3\)"):
        overrides_of(reading, {f"key:{key}": -3})
    assert overrides_of(reading, {}, [f"{key}=-1"]) == (f"{key}={reading.get(key) - 1}",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("close:aktau", ["2030-01-15", "2030-01-01"]),
        ("close:aktau", ["2040-01-01", "2040-01-15"]),
        ("close:aktau", ["2030-01-01", ""]),
        ("close:aktau", "2030-01-01"),
        (f"more:{SETS}", 1.5),
        (f"more:{SETS}", True),
        (f"more:{SETS}", 10**9),
        ("later:tez", "24"),
    ],
)
def test_what_no_closure_or_number_is_is_refused_at_its_control(target, name, value):
    with pytest.raises(ArgumentError, match=f"^{re.escape(name)}: must "):
        overrides_of(target, {name: value})


def test_tez_comes_later_wherever_it_begins(target):
    later = target.set(overrides_of(target, {"later:tez": 24}))
    assert later.get("flows.cca_altynkol_west.adoption_share") == {
        "2024-01-01": 0.02,
        "2026-05-01": 0.85,
        "2026-07-01": 1,
    }
    assert later.get("flows.titr_containers_west.adoption_share") == {"2024-01-01": 0, "2026-10-01": 1}
    assert (months_later("2024-01-31", 1), months_later("2024-03-31", -13)) == ("2024-02-29", "2023-02-28")


TONNES = "Of the tonnes: Middle Corridor (TITR) carries 0.00 [−0.18, 0.18] Mt more (may be luck)."


def test_what_is_said_names_the_largest_that_is_told_then_what_else_differs_and_when(target):
    addresses = addresses_shown(target.scenario)
    values = np.full((len(addresses), 4), 8.0)
    changes = np.zeros_like(values)
    tonnes = next(a for a in addresses if a.flow == "titr" and a.period == "2030")
    changes[addresses.index(tonnes)] = [-0.1, -0.1, 0.1, 0.1]
    late = next(a for a in addresses if a.kpi == "border_dwell_h" and a.place == "altynkol" and a.period == "2030")
    early = late._replace(period="2025")
    for address in (late, early):
        changes[addresses.index(address)] = [-2.0, -2.1, -1.9, -2.0]
    changes[addresses.index(late._replace(kpi="clearance_h", place="dostyk"))] = [0.5, 0.6, 0.4, 0.5]
    told = told_of(target.scenario, Sides(addresses, values + changes, values, changes), "2030", 0.95, "base")
    assert told["said"] == [
        "Against base, in 2030: a train stands 2.00 [1.87, 2.13] h less at Altynkol – Khorgos.",
        "Also clearance takes 0.50 [0.37, 0.63] h longer at Dostyk – Alashankou.",
        TONNES,
        "Something differs in other periods, too: 2025.",
    ]
    assert told["rows"][0]["title"] == "Throughput, Middle Corridor (TITR), 2030"
    assert [row["is_told"] for row in told["rows"]].count(True) == 2
    assert told["headline"] == told["said"][0]
    changes *= np.array([1, -1, 1, -1])
    told = told_of(target.scenario, Sides(addresses, values + changes, values, changes), "2030", 0.95, "base")
    assert told["said"] == ["Against base, in 2030: nothing is told from luck.", TONNES]
    assert told["headline"] == told["said"][0]
    changes[addresses.index(early)] = [-2.0, -2.1, -1.9, -2.0]
    changes[addresses.index(early._replace(period="2026"))] = [-1.0, -1.1, -0.9, -1.0]
    told = told_of(target.scenario, Sides(addresses, values + changes, values, changes), "2030", 0.95, "base")
    assert told["said"] == [
        "Against base, in 2030: nothing is told from luck.",
        TONNES,
        "Against base, in 2025: a train stands 2.00 [1.87, 2.13] h less at Altynkol – Khorgos.",
        "Of the tonnes: Middle Corridor (TITR) carries 0 Mt more, the same.",
        "Something differs in other periods, too: 2026.",
    ]
    assert told["headline"] == told["said"][2]


def test_the_tonnes_of_a_closure_are_told_by_themselves_what_waits_as_it_holds_together(target):
    """Six waits beside them ask 99 % of each, which these three replications do not give."""
    months = "2030-01-01/2030-02-01"
    waits = [Address("wait_h", place, "all", months) for place in list(target.scenario.places)[:6]]
    addresses = [*addresses_shown(target.scenario), Address("throughput_mt", "all", "titr", months), *waits]
    values, changes = np.full((len(addresses), 3), 8.0), np.zeros((len(addresses), 3))
    changes[-7:] = [-0.106, -0.086, -0.126]
    told = told_of(target.scenario, Sides(addresses, values + changes, values, changes), "2030", 0.95, "base")
    assert [row["is_told"] for row in told["rows"][-7:]] == [True, *6 * [False]]
    assert "Against base, in Jan 2030: Middle Corridor (TITR) carries 0.106 [0.056, 0.156] Mt less." in told["said"]
    assert told["note"].endswith("The differences of months are told by the same rule.")


def test_the_same_is_said_to_be_the_same(target):
    addresses = addresses_shown(target.scenario)
    values = np.full((len(addresses), 3), 8.0)
    told = told_of(target.scenario, Sides(addresses, values, values, values * 0), "all", 0.95, "base")
    assert told["said"] == ["Against base, over the whole horizon: nothing differs."]


def test_of_many_differences_few_are_told_from_luck_by_luck(target):
    """400 tables of pure luck: one in twenty has a bold row beside the first, where most have one at 95 %."""
    addresses = [address for address in addresses_shown(target.scenario) if address.period == "2030"]
    generator = np.random.default_rng(2030)
    told, alone = np.zeros(400, bool), np.zeros(400, bool)
    for table in range(len(told)):
        changes = generator.standard_normal((len(addresses), 10))
        is_told, note = told_rows(Sides(addresses, changes, changes, changes), "2030", 0.95)
        told[table], alone[table] = is_told[1:].any(), told_from_luck(changes, 0.95).leaves_out_zero[1:].any()
    assert len(addresses) == 18 and "the 17 others together (Bonferroni: each to 99.71 %)" in note
    assert 0.02 < told.mean() < 0.08 and alone.mean() > 0.5


def test_what_luck_may_have_made_is_counted_beside_what_it_has_not(target):
    """Of three rows that leave out zero by themselves one is told from luck, and two are said to be left."""
    addresses = [address for address in addresses_shown(target.scenario) if address.period == "2030"]
    generator = np.random.default_rng(2030)
    changes = generator.standard_normal((len(addresses), 10))
    changes = (changes - changes.mean(axis=1, keepdims=True)) / changes.std(axis=1, ddof=1, keepdims=True)
    changes[1] += 5
    changes[2:4] += 0.8
    is_told, note = told_rows(Sides(addresses, changes, changes, changes), "2030", 0.95)
    assert list(np.flatnonzero(is_told)) == [1]
    assert "By themselves 2 more leave out zero at 95 %, as luck makes one in 20 do." in note
    for period in ("2029", "2030-01-01/2030-02-01"):  # nor in another year, or in months
        others = [address._replace(period=period) for address in addresses]
        both = [np.concatenate([part, changes]) for part in (0 * changes, changes, -changes)]
        is_told, _ = told_rows(Sides([*addresses, *others], *both), "2030", 0.95)
        assert list(np.flatnonzero(is_told)) == [1, len(addresses) + 1]


def test_sums_in_another_order_are_no_difference():
    one, other = np.array([[0.1 + 0.2, 3.0, 0.0]]), np.array([[0.3, 3.0 + 1e-6, 1e-12]])
    assert differences_of(one, other).tolist() == [[0.0, 3.0 - (3.0 + 1e-6), -1e-12]]


def test_a_run_of_one_year_has_no_other_period_than_its_horizon():
    """What differs in the year is not said to differ elsewhere, too."""
    year = load("2025_as_it_was").scenario
    addresses = addresses_shown(year)
    assert {address.period for address in addresses} == {"2025", "all"}
    values = np.ones((len(addresses), 10)) * np.arange(1, 11)
    told = told_of(year, Sides(addresses, 2 * values, values, values), "2025", 0.95, "base")
    assert "Also " in " ".join(told["said"]) and "other periods" not in " ".join(told["said"])


def test_each_pool_of_wagon_sets_says_what_it_carries_and_how_loaded_it_is(target):
    told = [control for control in controls_of(target) if control.serves]
    table = loads(target.scenario).query("year == '2030' and activity == 'placing'")
    assert [control.name.split(".")[1] for control in told] == list(table["place"])
    first = next(control for control in told if control.name == f"more:{SETS}")
    assert first.serves.startswith("Carries: Middle Corridor (TITR); China – Central Asia; ")
    assert ". Load in 2030 by means alone: 0.875; at 1 or more" in first.serves
