"""The target: the search against enumeration, probabilities from few replications, and the answer in words."""

import datetime as dt
from itertools import product

import numpy as np
import pandas as pd
import pytest
from chains import STATIONS, chain, investment
from commands import output_of

from sim.engine.sandbox import obstacle
from sim.measure.chances import assured_value, chance_of_target, reached_value
from sim.model.simulate import simulate
from sim.scenario.reading.read import ScenarioError, read
from sim.study.question import QuestionError
from sim.study.target.plans import InvestmentChoice, Menu, menu, with_plan
from sim.study.target.search import BATCH, search_plans
from sim.study.target.target import target
from sim.views.plots import frontier as draw
from sim.views.sheets.target import answer_sentences, target_notes

DAY = dt.date(2024, 1, 1)
LINE = chain(gauge=2, forming=1, paths=1.5, yard=1.25, offered=2.5, target=0.72, end="2026-01-01")
CHOICES = (
    investment("second_crew", STATIONS["forming"], 2, 30),
    investment("third_crew", STATIONS["forming"], 3, 20, needs=["second_crew"]),
    investment("more_paths", STATIONS["paths"], 2.2, 25),
    investment("second_crane", STATIONS["gauge"], 2, 15),
    investment("yard_track", STATIONS["yard"], 2, 40),
    investment("dear_yard", STATIONS["yard"], 3, 60),
)


def carried_mt(reading, names, made):
    """Megatonnes of 2025 with some investments made, counted from the trains themselves."""
    said = [f"investments.{name}.active={str(name in made).lower()}" for name in names]
    scenario = read(reading.files[0], said).scenario
    left_h = simulate(scenario, seed=7, replication=1).tables.trains["left_h"]
    return float(((left_h >= 0) & (left_h < 365 * 24)).sum()) / 1000


def test_the_cheapest_plan_is_that_of_an_enumeration(written):
    """Six investments on a line without chance: 48 sound plans of 64, and a search that may run 26 of them."""
    reading = written(LINE + "\n".join(CHOICES))
    about = reading.scenario.investments
    cost = {name: each.cost_musd for name, each in about.items()}
    reaching = []
    for on in product((False, True), repeat=len(cost)):
        made = {name for name, is_on in zip(cost, on, strict=True) if is_on}
        if "third_crew" in made and "second_crew" not in made:
            continue
        if carried_mt(reading, cost, made) >= 0.72:
            reaching.append((sum(cost[name] for name in made), made))
    least, wanted = min(reaching, key=lambda each: each[0])

    found = target(reading, plans=26, screening=1, replications=2, discount_share=0.0)
    assert found.manifest["engine"] == ("simpy" if obstacle() else "compiled")
    assert found.manifest["method"] == "bounds, the greatest gain first" and found.manifest["open_plans"] == 0
    assert len(found.screened) <= 26
    cheapest = found.plan("cheapest")
    assert (cheapest["cost_musd"], set(cheapest["plan"].split(", "))) == (least, wanted)
    assert cheapest["share"] == 1


def stages(seed, number):
    """A menu of investments in three stages of a line, some building on others, and what a plan carries: the least."""
    rng = np.random.default_rng(seed)
    needs = [() if at < 4 or rng.random() < 0.6 else (int(rng.integers(0, at)),) for at in range(number)]
    choices = [
        InvestmentChoice(f"c{at}", "", float(rng.integers(5, 300)), DAY, (DAY,), needs[at]) for at in range(number)
    ]
    worth = rng.uniform(0, 1, number) * (rng.random(number) < 0.6)
    groups = [rng.choice(number, size=int(rng.integers(1, 4)), replace=False) for _ in range(3)]
    base = rng.uniform(0.3, 2, 3)

    def carried(plan):
        made = np.array([day is not None for day in plan])
        stage = [base[at] + (worth[group] * made[group]).sum() for at, group in enumerate(groups)]
        return round(float(min(stage)), 6)

    return Menu(tuple(choices), DAY, 0.0), carried


def area_under(menu_, carried, plans):
    """The most carried, summed over all budgets up to the cost of everything."""
    points = sorted((menu_.cost_musd(plan), carried(plan)) for plan in plans)
    ends = [cost for cost, _ in points[1:]] + [menu_.cost_musd(menu_.full_plan)]
    best = np.maximum.accumulate([mt for _, mt in points])
    return float(np.sum(best * (np.array(ends) - [cost for cost, _ in points])))


@pytest.mark.parametrize("seed", range(6))
def test_the_frontier_is_that_of_an_enumeration(seed):
    """Where the search leaves nothing undecided, it has the whole frontier, in a part of the evaluations."""
    menu_, carried = stages(seed, 7)
    asked = []

    def evaluate(plans):
        asked.extend(plans)
        return [carried(plan) for plan in plans]

    found = search_plans(menu_, evaluate, limit=50)
    best, frontier = -1.0, []
    for plan in sorted(menu_.plans(), key=lambda plan: (menu_.cost_musd(plan), -carried(plan))):
        if carried(plan) > best:
            best = carried(plan)
            frontier.append((menu_.cost_musd(plan), best))
    assert len(asked) == len(set(asked)) == len(found.mt_by_plan) <= 50 < len(list(menu_.plans()))
    assert found.open_plans() == []
    assert [(menu_.cost_musd(plan), found.mt_by_plan[plan]) for plan in found.frontier()] == frontier


def test_few_plans_are_all_run():
    menu_, carried = stages(1, 3)
    found = search_plans(menu_, lambda plans: [carried(plan) for plan in plans], limit=8)
    assert found.method == "all plans" and set(found.mt_by_plan) == set(menu_.plans())


def test_a_search_that_runs_out_says_so():
    menu_, carried = stages(3, 9)
    found = search_plans(menu_, lambda plans: [carried(plan) for plan in plans], limit=15)
    assert len(found.mt_by_plan) == 15 and found.open_plans()


def test_batches_are_of_a_fixed_size_whatever_they_find():
    """Else the number of workers, or the order in which they end, would change what is proposed next."""
    menu_, carried = stages(3, 9)
    batches = []

    def evaluate(plans):
        batches.append(len(plans))
        return [carried(plan) for plan in plans]

    search_plans(menu_, evaluate, limit=30)
    assert batches[:2] == [2, 9] and set(batches[2:-1]) == {BATCH}


def test_the_search_comes_nearer_to_the_frontier_than_chance():
    """Of menus too great for its evaluations: the plans it ran carry more, over all budgets, than as many at random."""
    rng, lost, by_chance = np.random.default_rng(5), [], []
    for seed in range(12):
        menu_, carried = stages(seed, 9)
        plans = list(menu_.plans())
        known = search_plans(
            menu_, lambda plans, carried=carried: [carried(plan) for plan in plans], limit=24
        ).mt_by_plan
        drawn = [plans[at] for at in rng.choice(len(plans), size=len(known), replace=False)]
        whole, *parts = (area_under(menu_, carried, some) for some in (plans, known, [menu_.full_plan, *drawn]))
        lost.append(1 - parts[0] / whole)
        by_chance.append(1 - parts[1] / whole)
    assert np.mean(lost) < 0.01 < 0.1 < np.mean(by_chance)


def test_a_rival_is_no_dearer_and_no_part():
    """Of two things at 5 and 4: one of the two is the rival of the other where it is no dearer, and none of both."""
    both = Menu(
        tuple(InvestmentChoice(name, name, cost, None, (DAY,)) for name, cost in (("a", 5.0), ("b", 4.0))), DAY, 0
    )
    search = search_plans(both, lambda plans: [sum(day is not None for day in plan) for plan in plans], limit=9)
    first, second = (DAY, None), (None, DAY)
    assert search.rivals([first]) == [second] and search.rivals([second]) == []
    assert search.rivals([(DAY, DAY), first, second]) == []


def test_putting_off_is_found_where_it_is_cheaper():
    """What is put off carries as much here, and costs less."""
    later = dt.date(2029, 1, 1)
    choices = tuple(InvestmentChoice(f"c{at}", "", 100.0, DAY, (DAY, later)) for at in range(2))
    discounted, flat = Menu(choices, DAY, 0.05), Menu(choices, DAY, 0.0)

    def evaluate(plans):
        return [float(sum(day is not None for day in plan)) for plan in plans]

    assert search_plans(discounted, evaluate, limit=9).frontier()[-1] == (later, later)
    assert search_plans(flat, evaluate, limit=9).frontier()[-1] in set(product((DAY, later), repeat=2))


@pytest.mark.parametrize(
    ("reached", "n", "low", "high"),
    [(0, 4, 0.0, 0.6024), (8, 10, 0.4439, 0.9748), (4, 4, 0.3976, 1.0), (1, 2, 0.0126, 0.9874)],
)
def test_a_share_has_its_exact_interval(reached, n, low, high):
    """Clopper and Pearson (1934), four digits of published tables."""
    found = chance_of_target([1.0] * reached + [0.0] * (n - reached), target=0.5, level=0.95)
    assert (found.successes, found.n, found.share) == (reached, n, reached / n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_the_prediction_is_that_of_one_value_more():
    """With 9 degrees of freedom t = 1.833 at 0.95; the next value scatters by s times the root of 1 + 1/10."""
    values = np.array([8.0, 8.2, 8.4, 8.6, 8.8, 9.0, 9.2, 9.4, 9.6, 9.8])
    assert chance_of_target(values, values.mean(), 0.9).predicted == pytest.approx(0.5)
    far = values.mean() - 1.8331 * values.std(ddof=1) * np.sqrt(1.1)
    assert chance_of_target(values, far, 0.9).predicted == pytest.approx(0.95, abs=1e-4)
    assert assured_value(values, 0.95) == pytest.approx(far, abs=1e-3)
    assert reached_value(values, 0.8) == 8.4 and reached_value(values, 0.9) == 8.2
    assert [chance_of_target([9.0, 9.0], target, 0.9).predicted for target in (9.0, 9.1)] == [1.0, 0.0]
    with pytest.raises(ValueError, match="two values"):
        chance_of_target([1.0], 1.0, 0.9)


def test_the_menu_holds_what_has_a_cost_and_comes_in_time(written):
    more = [
        investment("priced", STATIONS["yard"], 2, 100, opens="2025-06-01"),
        investment("unpriced", STATIONS["yard"], 3),
        investment("too_late", STATIONS["yard"], 4, 50, opens="2026-01-01"),
        investment("switched_off", STATIONS["paths"], 2.2, 10, opens="2023-01-01", active=False),
        investment("stuck", STATIONS["paths"], 2.3, 10, needs=["never_built"]),
        investment("never_built", STATIONS["paths"], 2.1, active=False),
        investment("given", STATIONS["gauge"], 2, 10),
    ]
    found = menu(written(LINE + "\n".join(more)), 2025, 0.1, ["given"])
    assert [choice.name for choice in found.choices] == ["priced", "switched_off"]
    assert set(found.fixed_names) == {"unpriced", "too_late", "stuck", "never_built", "given"}
    assert found.stated_plan == (dt.date(2025, 6, 1), None)
    assert found.choices[1].dates == (dt.date(2023, 1, 1), dt.date(2024, 1, 1))
    assert found.number() == 2 * 3
    plan = (dt.date(2025, 6, 1), dt.date(2024, 1, 1))
    assert found.cost_musd(plan) == 110
    first, second = ((day - dt.date(2025, 1, 1)).days / 365.25 for day in plan)
    assert found.present_musd(plan) == pytest.approx(100 / 1.1**first + 10 / 1.1**second)
    assert found.words(plan) == "priced, switched_off from 2024-01-01"


@pytest.mark.parametrize(
    ("top", "given", "choices"),
    [
        ({"cost": 20}, ["top"], ["beside"]),
        ({}, [], ["beside"]),
        ({"cost": 20}, [], ["ground", "middle", "top", "beside"]),
        ({"cost": 20, "active": False}, ["top"], ["ground", "middle", "beside"]),
        ({"cost": 20, "opens": "2026-01-01"}, [], ["ground", "middle", "beside"]),
    ],
    ids=["given", "unpriced", "free", "switched off", "after the year"],
)
def test_what_stays_made_keeps_what_it_builds_on(written, top, given, choices):
    """No plan may save the cost of a ground on which something stands that it does not decide on."""
    more = [
        investment("ground", STATIONS["forming"], 2, 30),
        investment("middle", STATIONS["gauge"], 2, 10, needs=["ground"]),
        investment("top", STATIONS["forming"], 3, needs=["middle"], **top),
        investment("beside", STATIONS["paths"], 2.2, 25),
    ]
    found = menu(written(LINE + "\n".join(more)), 2025, 0.0, given)
    assert [choice.name for choice in found.choices] == choices


def test_what_builds_on_another_comes_with_it_and_not_before_it():
    first, second = dt.date(2024, 1, 1), dt.date(2025, 1, 1)
    choices = (
        InvestmentChoice("a", "", 1.0, first, (first, second)),
        InvestmentChoice("b", "", 1.0, first, (first, second), needs=(0,)),
    )
    found = set(Menu(choices, first, 0.0).plans())
    assert found == {(None, None), (first, None), (second, None), (first, first), (first, second), (second, second)}


def test_a_plan_is_carried_out_on_its_dates(written):
    reading = written(LINE + investment("second_crew", STATIONS["forming"], 2, 30))
    menu_ = menu(reading, 2025, 0.0)
    crews = [
        with_plan(reading, menu_, (day,)).scenario.places["border"].forming.crews for day in (None, dt.date(2025, 1, 1))
    ]
    assert [list(each.values()) for each in crews] == [[1], [1, 2]]
    assert dt.date(2025, 1, 1) in crews[1]


@pytest.mark.parametrize(
    ("needs", "said"), [("second_crw", "did you mean 'second_crew'"), ("third_crew", "cannot be the investment itself")]
)
def test_what_it_needs_must_be_there(written, needs, said):
    with pytest.raises(ScenarioError, match=said):
        written(LINE + CHOICES[0] + investment("third_crew", STATIONS["forming"], 3, 20, needs=[needs]))


def test_where_no_set_reaches_it_the_best_is_named(written):
    reading = written(LINE + CHOICES[0] + investment("free", STATIONS["gauge"], 2))
    found = target(reading, screening=1, replications=2, plans=6)
    assert found.plan("cheapest") is None and found.manifest["method"] == "all plans"
    runs = [found.manifest[key] for key in ("runs_screened", "runs_whole")]
    answer, notes = " ".join(answer_sentences(found)), " ".join(target_notes(found))
    assert "No set of this scenario's investments reaches it" in answer and "0 of 2 replications" in answer
    assert found.manifest["best_reached_mt"] == pytest.approx(1.25 * 365 / 1000, rel=0.01)
    assert "left as the file has them: free." in notes and "investments.NAME.cost_musd" in notes
    assert f"{sum(runs)} runs: {runs[0]} of the search" in notes
    assert len(draw(found, "").axes) == 2


def test_the_same_seed_gives_the_same_answer(written):
    reading = written(LINE.replace("departures_cv = 0.0", "departures_cv = 1.0") + "\n".join(CHOICES[:3]))
    one, other = (target(reading, screening=1, replications=2, plans=5, target_mt=0.4) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.screened, other.screened)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"year": 2025, "corridor": "west"},
            r"has none for 'west' in 2025; state one, as \[corridors.west\] target_mt = { 2025 = 1.0 }",
        ),
        ({"given": ["second_crew"]}, "'second_crew' is no investment"),
        ({"year": 2031}, "does not lie whole within the horizon"),
    ],
)
def test_what_cannot_be_answered_is_refused(written, asked, said):
    with pytest.raises(QuestionError, match=said):
        target(written(LINE), **asked)


def test_the_command_answers_and_counts_its_runs(written, tmp_path):
    reading = written(LINE + CHOICES[0])
    out = tmp_path / "out"
    said = [
        "target",
        str(reading.files[0]),
        "--target",
        "0.4",
        "--plans",
        "3",
        "--screening",
        "1",
        "--replications",
        "2",
    ]
    done = " ".join(output_of(*said, "--workers", "1", "--out", str(out)).split())
    assert (
        "The cheapest plan found that reaches it with 80 % (2 of 2 replications, by luck alone: 100 % [16 %, 100 %]; "
        "predicted by t:" in done
    )
    assert "plans tried, none left undecided." in done
    assert (
        "With the investments as the file has them, 0.4 Mt in 2025: 2 of 2 replications, by luck alone: 100 %" in done
    )
    assert "says of nothing that it is unknown" in done
    assert pd.read_csv(out / "plans.csv")["reaches"].any()
    assert {path.name for path in out.iterdir()} >= {"screened.csv", "manifest.json", "frontier.png", "frontier.svg"}
    refused = output_of("target", str(reading.files[0]), "--given", "nothing", status=2)
    assert "'nothing' is no investment" in refused
