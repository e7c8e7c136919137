"""The answer before its evidence: from results in which answer and reason are known, the sentences are read."""

import datetime as dt
from dataclasses import replace

import pytest
from experiments import BANS, results
from hand_made import RESOLVED

from sim.study.compare.answer import contest
from sim.views.sheets.answer import headline_of

TARGET = {
    "corridors": {"middle": {"title": "Middle", "target_mt": {"2024": 10.0}}, "north": {"title": "North"}},
    "horizon": {"start": dt.date(2024, 1, 1), "end": dt.date(2025, 1, 1), "warmup_days": 2},
}


def tonnes(*values):
    return {("throughput_mt", "all", "middle", "2024", "Mt"): values}


def at_khorgos(clearance_h, dwell_h):
    return {
        ("clearance_h", "khorgos", "all", "2024", "h"): clearance_h,
        ("border_dwell_h", "khorgos", "all", "2024", "h"): dwell_h,
    }


def waits(cause, trains, place, hours=None):
    rows = {(f"queue_trains_{cause}", place, "all", "2024", "trains"): [trains] * 3}
    if hours is not None:
        rows[f"wait_h_{cause}", "all", "west", "2024", "h"] = [hours] * 3
        rows[f"queue_trains_{cause}", "all", "west", "2024", "trains"] = [trains] * 3
    return rows


HELD = waits("ban", 883, "all", hours=112 * 24) | waits("port_track", 45, "caspian")
CRANES = waits("cranes", 9, "khorgos")


def one(columns, name="a", **changes):
    return results(name, columns, **(TARGET | changes))


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        (
            (9.0, 9.2, 9.1),
            "No: 9.10 [8.85, 9.35] of 10 Mt in 2024; by luck alone none of 3 reach it.",
        ),
        (
            (10.9, 11.0, 11.1),
            "Yes: 11.0 [10.8, 11.2] of 10 Mt in 2024; by luck alone all 3 reach it.",
        ),
        (
            (9.5, 10.0, 10.4),
            "Open: 10.0 [8.8, 11.1] of 10 Mt in 2024; by luck alone 2 of 3 reach it.",
        ),
        ((9.5, 9.6), "No: 9.55 of 10 Mt in 2024; by luck alone none of 2 reach it."),
        ((9.5, 10.6), "Open: 10.1 of 10 Mt in 2024; by luck alone 1 of 2 reach it."),
    ],
    ids=["missed", "reached", "open", "two missed", "two open"],
)
def test_a_target_is_reached_or_missed_or_open(values, answer):
    said = headline_of(one(tonnes(*values)))
    assert said.question == "Does the Middle carry 10 Mt in 2024?"
    assert said.answer == answer
    assert said.reason == "No train waits."
    assert said.hangs_on == "0 of 73 inputs are assumed, 73 have no source."
    assert said.numbers.rows[0][0] == "throughput, Mt"


def test_cargo_that_went_another_way_is_among_the_numbers():
    turned_away = {("trains_diverted", "all", "middle", "2024", "trains"): (30, 40, 50)}
    rows = headline_of(one(tonnes(9.0, 9.2, 9.1) | turned_away)).numbers.rows
    assert [row[0] for row in rows] == ["throughput, Mt", "went another way, for the corridor is slower, trains"]
    assert rows[1][1].startswith("40")


def test_the_longest_wait_is_the_reason_even_if_it_is_a_ban_before_the_journey():
    reason = headline_of(one(tonnes(9.0, 9.2, 9.1) | HELD, bans=BANS)).reason
    assert reason.startswith(
        "The railway bans loading while a place ahead is full: cargo waits at its origin (95 % of hours waited; "
        "longest, 16 weeks a train, "
    )
    assert reason.endswith("The bottleneck is Caspian, where trains wait for port track.")


def test_a_queue_on_the_way_is_named_with_its_place():
    reason = headline_of(one(tonnes(9.0, 9.2, 9.1) | CRANES)).reason
    assert reason == "Trains wait most for gauge-change crane at Khorgos (100 % of hours waited)."


def test_without_a_target_a_run_says_what_customs_are_of_the_dwell():
    customs = {("border_dwell_customs_h", "khorgos", "all", "2024", "h"): [4.0, 5.0, 6.0]}
    said = headline_of(one(tonnes(1.0, 2.0, 3.0) | at_khorgos([5.0] * 3, [19.0, 20.0, 21.0]) | customs, corridors={}))
    assert said.question == "How long does a train stand at Khorgos, and why?"
    assert said.answer == "20.0 [17.5, 22.5] h on average in 2024; 25 % of it is customs."
    assert said.reason == "The dwell is most of all customs (5.00 h). No train waits there."


def test_a_run_without_target_and_border_says_tonnes_and_days():
    carried = {("throughput_mt", "all", "all", "2024", "Mt"): [1.0, 1.1, 1.2]}
    carried |= {("journey_days", "all", "all", "2024", "days"): [5.3, 5.4, 5.5]}
    said = headline_of(one(carried, corridors={}))
    assert said.answer.endswith("Mt in 2024, 5.40 [5.15, 5.65] days from ready to delivered on average.")


def test_a_clearance_beside_other_works_is_told_beside_its_small_part_in_the_dwell():
    customs = {("border_dwell_customs_h", "khorgos", "all", "2024", "h"): [0.05, 0.06, 0.07]}
    said = headline_of(one(tonnes(1.0, 2.0, 3.0) | at_khorgos([0.7] * 3, [19.0, 20.0, 21.0]) | customs, corridors={}))
    assert said.answer.endswith(
        "0.3 % of it is customs, since most of the clearance (0.700 h) goes on beside other works."
    )


def test_the_reason_of_a_dwell_is_of_that_border_and_of_work_before_a_short_queue():
    parts = {("border_dwell_placing_h", "khorgos", "all", "2024", "h"): [15.0] * 3}
    parts |= {("border_dwell_forming_h", "khorgos", "all", "2024", "h"): [4.0] * 3}
    parts |= {("wait_h_wagon_set", "khorgos", "all", "2024", "h"): [2.0] * 3}
    elsewhere = waits("handover", 40, "dostyk")
    at_border = at_khorgos([6.0] * 3, [20.0] * 3) | parts
    said = headline_of(one(at_border | elsewhere, corridors={}))
    assert said.reason == (
        "The dwell is most of all placing of the wagon set (15.0 h). Trains wait for 10 % of it, most for wagon set "
        "(2.00 h a train)."
    )
    for full_h, dwell_h, behind in (
        (600.0, 605.0, "wait for wagon set (2.00 h a train)"),
        (600.0, 620.0, "at work"),
    ):
        full = {("wait_h_receiving_track", "khorgos", "all", "2024", "h"): [full_h] * 3}
        jammed = headline_of(one(at_border | full | at_khorgos([6.0] * 3, [dwell_h] * 3), corridors={}))
        wait = "most for receiving track (600 h a train), full of trains "
        assert jammed.reason.endswith(f"{wait}{'that ' if 'wait' in behind else ''}{behind}.")


# Comparisons


def flows_under(regime):
    """Both scenarios clear the flow west, one on paper and one by Tez."""
    return {"flows": {**RESOLVED["flows"], "west": {**RESOLVED["flows"]["west"], "regime": regime}}}


def paper_and_tez(paper, tez, orders=None, **changes):
    pair = [one(paper, "paper", **flows_under("paper"), **changes), one(tez, "tez", **flows_under("tez"), **changes)]
    runs = {
        order: [
            one(columns, name, **flows_under(name), **changes)
            for columns, name in zip(sides, ("paper", "tez"), strict=True)
        ]
        for order, sides in (orders or {}).items()
    }
    return headline_of(contest(pair, orders=runs))


NO_HOUR, NO_TONNE = "no hour that can be told from luck", "no tonne that can be told from luck"
SLOW = tonnes(9.0, 9.2, 9.1) | at_khorgos([8.0, 8.1, 8.2], [40.0, 41.0, 42.0])
QUICK = tonnes(9.0, 9.2, 9.1) | at_khorgos([1.0, 1.1, 1.2], [35.0, 36.2, 36.9])
SWALLOWED = tonnes(9.0, 9.2, 9.1) | at_khorgos([1.0, 1.1, 1.2], [40.1, 40.9, 42.0])
MORE = tonnes(9.6, 9.7, 9.8) | at_khorgos([1.0, 1.1, 1.2], [45.0, 46.2, 46.9])


@pytest.mark.parametrize(
    ("tez", "change"),
    [
        (QUICK, f"Tez Customs saves 4.97 [4.59, 5.35] of 41.0 h at Khorgos and brings {NO_TONNE}."),
        (SWALLOWED, f"Tez Customs saves {NO_HOUR} at Khorgos and brings {NO_TONNE}."),
        (SLOW, f"Tez Customs saves {NO_HOUR} at Khorgos and brings {NO_TONNE}."),
        (MORE, "Tez Customs costs 5.03 [4.65, 5.41] of 41.0 h at Khorgos and brings 0.60 [0.35, 0.85] of 9.10 Mt."),
    ],
    ids=["saves", "swallowed", "the same", "costs and brings"],
)
def test_what_tez_saves_and_brings_is_said_only_where_it_is_seen(tez, change):
    said = paper_and_tez(SLOW, tez)
    assert said.question == "Does Tez Customs bring the Middle to 10 Mt in 2024?"
    assert said.answer.startswith("No: 9.") and said.answer.endswith(change)
    assert "no other was tried here" in said.hangs_on


def test_hours_that_leave_out_zero_by_themselves_are_not_told_where_they_do_not_hold_together():
    """Of a dwell and a clearance each is held to 97.5 %: what t = 5 of three replications is not enough for."""
    shorter = tonnes(9.0, 9.2, 9.1) | at_khorgos([1.0, 1.1, 1.4], [38.113, 38.113, 38.113])
    said = paper_and_tez(SLOW, shorter)
    assert f"saves {NO_HOUR} at Khorgos" in said.answer
    assert said.hangs_on.startswith("By itself 1 more leaves out zero at 95 %, as luck makes one in 20 do. ")
    assert "−2.9 [−5.4, −0.4]" in said.numbers.rows[-1][-1]
    alone = paper_and_tez(SLOW, shorter | at_khorgos([1.0, 1.1, 1.2], [38.113, 38.113, 38.113]))
    assert "saves 2.9 [0.4, 5.4] of 41.0 h at Khorgos" in alone.answer and "By itself" not in alone.hangs_on


BARELY = tonnes(9.0, 9.2, 9.1) | at_khorgos([1.0, 1.1, 1.2], [39.0, 40.2, 40.9])
LONGER = tonnes(9.0, 9.2, 9.1) | at_khorgos([1.0, 1.1, 1.2], [42.0, 43.2, 43.9])
LUCK = "none told from luck"


@pytest.mark.parametrize(
    ("stated", "placing", "change"),
    [
        (QUICK, SWALLOWED, "saves 0 to 4.97 of 41.0 h at Khorgos by the order of works (as assumed 4.97 [4.59, 5.35])"),
        (QUICK, BARELY, "saves 0.97 to 4.97 of 41.0 h at Khorgos by the order of works (as assumed 4.97 [4.59, 5.35])"),
        (SWALLOWED, QUICK, f"saves 0 to 4.97 of 41.0 h at Khorgos by the order of works (as assumed {LUCK})"),
        (QUICK, LONGER, "costs 2.03 or saves 4.97 of 41.0 h at Khorgos by the order of works (as assumed 4.97"),
        (LONGER, SWALLOWED, "costs 0 to 2.03 of 41.0 h at Khorgos by the order of works (as assumed costs 2.03"),
        (QUICK, QUICK, "saves 4.97 [4.59, 5.35] of 41.0 h at Khorgos in whatever order of works"),
        (SWALLOWED, SWALLOWED, f"saves {NO_HOUR} at Khorgos and brings"),
    ],
    ids=["0 to", "less to", "none as assumed", "either", "costs", "the same", "none"],
)
def test_the_range_over_the_orders_of_works_stands_beside_the_interval_of_luck(stated, placing, change):
    said = paper_and_tez(SLOW, stated, {"placing": (SLOW, placing)})
    assert f"Tez Customs {change}" in said.answer


def test_an_answer_whose_hours_hang_on_a_choice_without_a_source_names_it():
    said = paper_and_tez(SLOW, QUICK, {"nothing": (SLOW, QUICK), "placing": (SLOW, SWALLOWED)})
    assert said.hangs_on.startswith(
        "The hours, not the tonnes (9.10 Mt), on the order of works, which no source states; dwell by the works "
        "before release: −4.97 h as assumed or with nothing; not told from luck (n = 3) with wagons ordered."
    )


def test_flows_that_stay_on_paper_are_told_beside_a_mean_over_all_trains():
    def declared(flow, tez):
        rows = {"declarations": 50.0, "declarations_tez": tez, "clearance_tez_h": 0.7}
        return {(kpi, "khorgos", flow, "2024", "h"): [value] * 3 for kpi, value in rows.items()}

    every, north = declared("all", 30.0), declared("north", 0.0)
    some = paper_and_tez(SLOW, QUICK | every | declared("middle", 30.0) | north)
    assert "1 of 2 corridors stay on paper there; what Tez clears takes 0.700 h." in some.hangs_on
    assert "stay on paper" not in paper_and_tez(SLOW, QUICK | every | declared("middle", 30.0)).hangs_on


def test_the_other_way_round_the_change_is_said_by_name():
    pair = [one(QUICK, "tez", **flows_under("tez")), one(SLOW, "paper", **flows_under("paper"))]
    said = headline_of(contest(pair))
    assert said.question == "Does paper bring the Middle to 10 Mt in 2024?"
    assert "paper less tez: clearance Khorgos +7.00" in said.answer and "Tez Customs" not in said.answer


def test_the_reason_of_a_change_is_what_changes():
    keying = ("border_dwell_keying_h", "khorgos", "all", "2024", "h")
    queue = waits("wagon_set", 5, "khorgos")
    said = paper_and_tez(SLOW | {keying: [5.0, 5.1, 5.2]}, QUICK | {keying: [0.5, 0.6, 0.7]} | queue, corridors={})
    assert said.reason == "The dwell at Khorgos changes most by keying of declarations −4.50 [−4.50, −4.50] h."
    alike = paper_and_tez(SLOW, QUICK | queue, corridors={})
    assert alike.reason == "No part of the dwell at Khorgos is seen to change."
    key = ("wait_h_vessel", "khorgos", "all", "2024", "h")
    waited = paper_and_tez(SLOW | {key: [2.0, 2.1, 2.2]}, QUICK | {key: [9.0, 9.1, 9.2]} | queue, corridors={})
    assert waited.reason == "Waits change most for vessel at Khorgos +7.00 [7.00, 7.00] h."


def test_where_nothing_differs_it_says_so():
    said = headline_of(contest([one(SLOW), one(SLOW, "b")]))
    assert {row[3] for row in said.numbers.rows} == {"0, the same"}
    assert said.question == "Does b bring the Middle to 10 Mt in 2024?"
    assert said.answer.endswith("Nothing that answers first differs between a and b.")


@pytest.mark.parametrize(
    ("dwells", "says"),
    [
        ([38.0, 42.0, 43.5], "can be told from luck between a and b."),
        ([39.9, 40.9, 41.9], "can be told from luck between a and b and is large enough to matter."),
    ],
)
def test_where_luck_may_have_made_the_difference_it_is_not_said_to_be_none(dwells, says):
    small = tonnes(9.0, 9.2, 9.1) | at_khorgos([8.0, 8.1, 8.2], dwells)
    said = headline_of(contest([one(SLOW), one(small, "b")]))
    assert said.answer.endswith(f"Nothing that answers first {says}")


def test_an_overload_is_said_with_the_answer():
    busy = {"places": {**RESOLVED["places"], "khorgos": {**RESOLVED["places"]["khorgos"], "receiving_tracks": 1}}}
    flows = {"flows": {**RESOLVED["flows"], "west": {**RESOLVED["flows"]["west"], "trains_per_year": {"2024": 90_000}}}}
    jammed = one(tonnes(9.0, 9.1, 9.2), **busy, **flows)
    several = headline_of(contest([one(tonnes(9.0, 9.1, 9.2), "a"), replace(jammed, name="b"), one(QUICK, "c")]))
    assert several.hangs_on.startswith("b: Overloaded, with no steady mean of hours: Khorgos")
    hangs_on = headline_of(jammed).hangs_on
    assert "no steady mean of hours: Khorgos (receiving), Caspian, westbound (vessels) and 10 more." in hangs_on
    assert "Overloaded" not in headline_of(one(tonnes(9.0, 9.1, 9.2))).hangs_on


def test_of_several_scenarios_without_a_target_each_is_told_from_the_base():
    runs = [one(SLOW, corridors={}), one(QUICK, "b", corridors={}), one(SLOW, "c", corridors={})]
    said = headline_of(contest(runs))
    assert "b less a: clearance Khorgos −7.00" in said.answer
    assert "Nothing that answers first differs between a and c." in said.answer


def test_a_change_too_small_to_matter_is_not_called_chance():
    small = tonnes(9.0, 9.2, 9.1) | at_khorgos([1.0, 1.1, 1.2], [39.9, 40.9, 41.9])
    said = paper_and_tez(SLOW, small, {"nothing": (SLOW, small)})
    assert "saves 0.100 [0.100, 0.100] of 41.0 h (under 1 %) at Khorgos and brings" in said.answer
    large = paper_and_tez(SLOW, QUICK, {"nothing": (SLOW, small)})
    assert "saves 0 to 4.97 of 41.0 h at Khorgos by the order" in large.answer
    alike = "Not the order of works, which no source states: dwell {} under each tried. "
    assert said.hangs_on.startswith(alike.format("−0.100 h (under 1 %)"))
    unseen = paper_and_tez(SLOW, SWALLOWED, {"nothing": (SLOW, SWALLOWED)})
    assert unseen.hangs_on.startswith(alike.format("not told from luck (n = 3)"))
    more = tonnes(9.01, 9.21, 9.11) | at_khorgos([1.0, 1.1, 1.2], [35.0, 36.2, 36.9])
    assert paper_and_tez(SLOW, more).answer.endswith("of 9.10 Mt (under 1 %).")


def test_of_several_scenarios_those_are_named_that_reach_the_target():
    runs = [one(tonnes(9.0, 9.1, 9.2)), one(tonnes(11.0, 11.1, 11.2), "b"), one(tonnes(9.5, 10.0, 10.4), "c")]
    said = headline_of(contest(runs))
    assert said.question == "Which of 3 scenarios bring the Middle to 10 Mt in 2024?"
    assert said.answer == "b; open in c."
    assert [row[0] for row in said.numbers.rows] == ["a", "b", "c"]
    assert said.numbers.heads[2] == "less a"
    assert [row[2] for row in said.numbers.rows] == ["", "2.00 [2.00, 2.00]", "0.9 [−0.4, 2.1]"]
    assert said.reason == "In a: No train waits."


def test_inputs_in_which_two_scenarios_differ_are_named_but_for_the_regimes_asked_of():
    def crews(count):
        return {
            "places": {**RESOLVED["places"], "khorgos": {**RESOLVED["places"]["khorgos"], "receiving_tracks": count}}
        }

    said = headline_of(contest([one(SLOW, **crews(4)), one(SLOW, "b", **crews(2))]))
    assert said.hangs_on.startswith("Inputs that differ: places.khorgos.receiving_tracks 4 → 2.")
    assert "Inputs that differ" not in paper_and_tez(SLOW, QUICK).hangs_on


def test_a_notebook_shows_it_with_every_text_escaped():
    page = headline_of(one(tonnes(9.0, 9.2, 9.1), corridors={"middle": {"title": "<b>", "target_mt": {"2024": 1}}}))
    assert "&lt;b&gt;" in page._repr_html_() and "<b>" not in page._repr_html_()
    assert str(page).startswith("Question: Does the <b> carry 1 Mt in 2024?")


def test_the_border_is_one_at_which_a_difference_is_told_from_luck():
    """Clearance moves more at the other, by luck; what moves there for good is dwell alone."""

    def at_both(khorgos_h, dostyk_h):
        dostyk = {("clearance_h", "dostyk", "all", "2024", "h"): dostyk_h}
        return tonnes(9.0, 9.2, 9.1) | at_khorgos([5.0, 5.1, 5.2], khorgos_h) | dostyk

    before = one(at_both([50.0, 51.0, 52.0], [4.0, 6.0, 5.0]))
    after = one(at_both([28.0, 29.1, 29.9], [5.9, 4.1, 5.6]), "b")
    said = headline_of(contest([before, after]))
    assert "dwell Khorgos −22.0" in said.answer and "Dostyk" not in said.answer
