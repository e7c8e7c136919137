"""Boxes that come back empty: their trains, the sets they run on, their papers, and what holds them."""

import pytest

from sim.verification.tiny import (
    border,
    empties,
    every,
    exponential,
    kpi_of,
    paper,
    played,
    pool,
    scenario,
    section,
    terminal,
    train,
)


def back_over_the_line(trains=None, days=8, **terms):
    """Trains of 100 TEU each 12 h, an hour on the line, of whose boxes half come back over another of five hours."""
    places = {"line": section(1), "back": section(5, speed_km_per_day={"mean": 24, "cv": 0.5}), "khorgos": border()}
    share = terms.pop("share", {"west": 0.5})
    tables = {key: terms.pop(key) for key in ("regimes", "wagon_pools") if key in terms}
    flows = {"west": every(12, "line"), "back": empties(share, "back", "khorgos", **terms)}
    return scenario(places, flows, days, trains, **tables)


def of_empties(tables):
    """The trains of empties of a run."""
    return tables.trains[tables.trains.flow == "back"].reset_index()


def test_the_nth_train_of_empties_is_the_same_train_whenever_boxes_fill_it():
    slow, quick = (played(back_over_the_line(turn_h=hours)) for hours in (exponential(30), 2))
    assert (
        len(of_empties(slow)) > 4 and (of_empties(quick).offered_h.head(5) != of_empties(slow).offered_h.head(5)).all()
    )
    running = [(trains.left_h - trains.offered_h).head(5) for trains in map(of_empties, (slow, quick))]
    assert running[0].tolist() == pytest.approx(running[1].tolist()) and running[0].std() > 1


@pytest.mark.parametrize(("teu", "trains_filled"), [(100, 7), (50, 15), (30, 25), (200, 3)])
def test_a_train_sets_out_when_as_many_boxes_stand_ready_as_it_takes(teu, trains_filled):
    """Sixteen trains are delivered, from 7 on each 12 h, the last at 187: 15 lots of 50 TEU are empty before 190."""
    kinds = {"box": train(), "short": train(teu=teu)}
    trains = of_empties(played(back_over_the_line(kinds, train="short", turn_h=10)))
    assert (trains.offered_h < 190).sum() == trains_filled
    assert trains.offered_h.tolist() == [7 + 10 + 12 * (-(-teu * (at + 1) // 50) - 1) for at in trains.index]


def test_boxes_of_several_flows_fill_a_train_and_a_share_by_date_is_that_of_the_day_of_delivery():
    """Lots of 20 and 30 TEU at 7, 19 and so on; from the third day of the second flow none."""
    share = {"west": 0.2, "north": {"2025-01-01": 0.3, "2025-01-03": 0.0}}
    flows = {"west": every(12, "line"), "north": every(12, "line"), "back": empties(share, "back")}
    trains = of_empties(played(scenario({"line": section(1), "back": section(5)}, flows, 8)))
    # 50 at 7 and each 12 h to 43 make 200; then 20 each 12 h from 55 on
    assert trains.offered_h.tolist() == pytest.approx([19, 43, 103, 163])


@pytest.mark.parametrize(("lead_h", "ahead_h"), [(0, 0), (2, 12), (100, 12)])
def test_papers_are_handed_in_when_a_train_of_empties_is_offered_and_no_earlier(lead_h, ahead_h):
    """Six hours of work: while the train rolls if papers go ahead, however long before, else once it has arrived."""
    regimes = {"paper": paper(keying_h=1, checking_h=2, lead_h=lead_h)}
    tables = played(back_over_the_line(turn_h=3, regimes=regimes, regime="paper", declarations_per_train=2))
    offered_h = tables.trains.offered_h[tables.declarations.train].to_numpy()
    arrived_h, released_h = (tables.declarations[name].to_numpy() for name in ("arrived_h", "released_h"))
    assert len(released_h) >= 6 and (arrived_h - offered_h).min() < 6
    begun_h = offered_h if ahead_h else arrived_h
    assert released_h.tolist() == pytest.approx([max(*hours) for hours in zip(begun_h + 6, arrived_h, strict=True)])


@pytest.mark.parametrize(("share", "home_h"), [(0.0, [10] * 7), (1.0, [10, *[0] * 6])])
def test_a_set_that_brings_empties_home_runs_no_way_empty(share, home_h):
    """A set left at the yard at 14, 38 and so on takes the boxes emptied at 34, 58, which wait; else it runs home."""
    kinds = {"box": train(wagon_pools=["sets"])}
    flows = {
        "west": every(24, "khorgos", "line", "yard"),
        "back": empties({"west": share}, "yard", "line", "khorgos", turn_h=20),
    }
    places = {"khorgos": border(), "line": section(2), "yard": terminal()}
    pools = {"sets": pool("khorgos", {"yard": 10, "khorgos": 0}, sets=2)}
    tables = played(scenario(places, flows, 8, kinds, wagon_pools=pools))
    rows = tables.wagon_sets[tables.wagon_sets.train.isin(tables.trains.train[tables.trains.flow == "west"])]
    assert (rows.home_h - rows.released_h).tolist()[:7] == home_h


def test_boxes_held_for_leave_to_set_out_still_wait():
    free, held = (back_over_the_line(days=20, **terms) for terms in ({}, {"most_trains_under_way": 0}))
    assert kpi_of(held, "throughput_empty_teu") == 0 < kpi_of(free, "throughput_empty_teu")
    # at 7 and each 12 h 50 TEU more, to the end
    assert kpi_of(held, "teu_to_return") == sum(50 * (480 - 7 - 12 * lot) for lot in range(40)) / 480
    assert kpi_of(free, "teu_to_return") == pytest.approx(25, abs=1)
