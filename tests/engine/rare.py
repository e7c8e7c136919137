"""Worlds in which two things fall on one hour, or one follows another, as random networks have it seldom or never."""

from sim.scenario.schema import Scenario
from sim.verification.tiny import border, empties, every, paper, pool, scenario, sea, section, terminal, train


def a_desk_busy_on_two_dates():
    """A place goes while it is at work and comes back before it is done: it comes back when it is."""
    tracks = {"2025-01-01": 1, "2025-01-03": 0, "2025-01-04": 1}
    return scenario({"yard": terminal(100, tracks)}, {"west": every(24, "yard")}, days=12)


def a_stop_that_ends_as_it_is_looked_for():
    """Trains both ways hold what the others wait for, until there are tracks: 60 days on, as it is looked for stops."""
    tracks = {"2025-01-01": 1, "2025-03-02": 1000}
    stations = {name: border(receiving_tracks=tracks, forming_h=1) for name in ("khorgos", "second")}
    flows = {
        "west": every(3, "khorgos", "line", "second"),
        "east": every(3, "second", "line", "khorgos", direction="eastbound"),
    }
    return scenario({**stations, "line": section(4, most_trains=1)}, flows, days=90)


def a_set_on_its_way_to_who_waits():
    """Nobody has a set: one stands until its group is whole, and two run home, where a train waits."""
    places = {"khorgos": border(0), "yard": terminal(), "baku": terminal()}
    flows = {
        "near": every(48, "khorgos", "yard", train="flat"),
        "far": every(24, "khorgos", "baku", train="flat"),
    }
    sets = pool("khorgos", {"yard": 300, "baku": 300, "khorgos": 0}, sets=3, group_sets=2)
    return scenario(places, flows, days=6, trains={"flat": train(wagon_pools=["sets"])}, wagon_pools={"sets": sets})


def a_set_kept_for_the_last_of_all():
    """Two sets stand until a third makes their group whole, which comes on 29 January, for a train of the 31st.

    Trains 2 and 3 wait for it meanwhile. Train 4, which is first in the queue, is not on its way yet.
    """
    places = {"khorgos": border(0), "yard": terminal()}
    trains = {
        "flat": train(wagon_pools=["sets"], priority=1),
        "ahead": train(wagon_pools=["sets"], ordered_ahead_h=60),
    }
    flows = {
        "first": every(210, "khorgos", "yard", train="flat"),
        "one": every(1200, "khorgos", "yard", train="flat"),
        "last": every(1450, "khorgos", "yard", train="ahead"),
    }
    sets = pool("khorgos", {"yard": 10, "khorgos": 0}, sets={"2025-01-01": 2, "2025-01-29": 3}, group_sets=3)
    return scenario(places, flows, days=60, trains=trains, wagon_pools={"sets": sets})


def a_vessel_that_retires_as_cargo_is_cleared():
    """Cargo is cleared at the very hour at which the vessel that waits for it retires."""
    number = {"2025-01-01": 1, "2025-01-06": 0, "2025-01-07": 1}
    crossing = sea(100, 2000, vessel={"number": number}, sailing_h=9, east={"clearance_h": 12})
    return scenario({"sea": crossing}, {"west": every(24, "sea")}, days=12)


def a_vessel_that_finds_nothing():
    """Two vessels that leave at once: one of them would take what is not there, and one nothing that comes there."""
    trains = {"box": train(), "wagon": train(handling="wagon")}
    crossing = sea(100, 30, vessel={"takes": ["box"], "least_load_share": 0}, sailing_h=6)
    crossing["vessels"]["ferry"] = {**crossing["vessels"]["feeder"], "title": "Ferry", "takes": ["wagon"]}
    flows = {
        "west": every(24, "sea"),
        "east": every(24, "sea", direction="eastbound", train="wagon"),
    }
    return scenario({"sea": crossing}, flows, days=4, trains=trains)


def vessels_that_take_one_kind_each():
    """Two kinds of cargo in one yard: what a vessel may not take lies there for the next."""
    trains = {"box": train(teu=150), "wagon": train(handling="wagon", teu=70)}
    crossing = sea(100, 30, vessel={"takes": ["box"]}, sailing_h=6)
    crossing["vessels"]["ferry"] = {**crossing["vessels"]["feeder"], "title": "Ferry", "takes": ["wagon"]}
    flows = {"boxes": every(12, "sea"), "wagons": every(18, "sea", train="wagon")}
    return scenario({"sea": crossing}, flows, days=20, trains=trains)


def bans_called_as_trains_are_let_in():
    """Trains let in together: the first of them fills the place that the next ban watches, and so has it called."""
    places = {
        "khorgos": border(receiving_tracks=1, forming_h=1),
        "line": section(8, most_trains=1),
        "yard": terminal(),
    }
    shares = {"title": "Full", "flows": ["west"], "begins_at_share": 0.9, "lifts_at_share": 0.2, "lead_h": 0}
    bans = {"first": {**shares, "place": "line"}, "second": {**shares, "place": "khorgos"}}
    return scenario(places, {"west": every(2, "khorgos", "line", "yard")}, bans=bans)


def empties_with_papers_of_their_own():
    """Trains of empties whose papers are handed in as the boxes fill them, while declarants have other papers."""
    papers = {"regime": {"2025-01-01": "paper"}, "declarations_per_train": 6}
    flows = {
        "west": every(6, "khorgos", "yard", **papers),
        "back": empties({"west": 1.0}, "yard", "khorgos", turn_h=12, **papers),
    }
    places = {"khorgos": border(declarant_teams=1, officer_teams=1), "yard": terminal()}
    regime = paper(keying_h=0.5, checking_h=0.25, lead_h=6)
    return scenario(places, flows, days=12, regimes={"paper": regime})


def orders_taken_back_out_of_a_long_queue():
    """One set for three flows of two priorities: of those who have ordered it ahead, who may not set out withdraws."""
    flows, trains = {}, {}
    for name, gap_h, priority, ahead_h in (("first", 5, 1, 300), ("urgent", 4, 0, 60), ("last", 6, 1, 20)):
        trains[name] = train(wagon_pools=["sets"], priority=priority, ordered_ahead_h=ahead_h)
        flows[name] = every(gap_h, "khorgos", "yard", train=name, most_trains_under_way=1)
    sets = pool("khorgos", {"yard": 20, "khorgos": 0}, sets=1)
    places = {"khorgos": border(0), "yard": terminal()}
    return scenario(places, flows, days=40, trains=trains, wagon_pools={"sets": sets})


def a_patience_that_ends_during_the_next_wait():
    """A train is let onto the line in time, and waits before the border when it would have been abandoned there."""
    places = {
        "line": section(1, most_trains=1),
        "khorgos": border(0, receiving_tracks=1, forming_h=4, abandonment={"after_h": 4, "restart_h": 1}),
        "yard": terminal(),
        "baku": terminal(),
    }
    trains = {"box": train(), "flat": train(wagon_pools=["sets"], ordered_ahead_h=30)}
    flows = {"west": every(3, "line", "khorgos"), "beside": every(1.5, "yard", "baku", train="flat")}
    sets = pool("yard", {"baku": 5, "yard": 0})
    return scenario(places, flows, days=20, trains=trains, wagon_pools={"sets": sets})


def a_set_ordered_as_another_train_asks_for_one():
    """The only set is asked for at hour 2 by the train of that hour, and is ordered then for the one of hour 4."""
    trains = {"flat": train(wagon_pools=["sets"]), "block": train(wagon_pools=["sets"], ordered_ahead_h=2)}
    flows = {
        "plain": every(4, "khorgos", "yard", train="flat"),
        "block": every(8, "khorgos", "yard", train="block"),
    }
    sets = pool("khorgos", {"yard": 1, "khorgos": 0}, sets=1)
    places = {"khorgos": border(0), "yard": terminal()}
    return scenario(places, flows, trains=trains, wagon_pools={"sets": sets})


def boxes_that_come_free_as_a_track_does():
    """At hour 48 a train has a track, and boxes fill one of empties: its papers come to the declarants second.

    Tracks grow on a date, which is on the clock before the boxes are; who was granted one hears of it before the papers
    are handed in.
    """
    places = {
        "khorgos": border(receiving_tracks={"2025-01-01": 1, "2025-01-03": 2}, forming_h=100, declarant_teams=1),
        "yard": terminal(),
    }
    by = {name: {"regime": {"2025-01-01": name}, "declarations_per_train": 6} for name in ("paper", "early")}
    flows = {
        "west": every(20, "khorgos", "yard", **by["paper"]),
        "boxes": every(48, "yard"),
        "back": empties({"boxes": 1.0}, "yard", "khorgos", turn_h=24, **by["early"]),
    }
    regimes = {name: paper(keying_h=0.5, checking_h=0.25, lead_h=h) for name, h in (("paper", 0), ("early", 6))}
    return scenario(places, flows, days=8, regimes=regimes)


def boxes_of_two_flows():
    """Each flow of empties has a depot of its own; neither has papers, which the trains of the boxes have."""
    papers = {"regime": {"2025-01-01": "paper"}, "declarations_per_train": 6}
    flows = {"first": every(12, "khorgos", "yard", **papers), "second": every(18, "khorgos", "yard", **papers)}
    for name in ("first", "second"):
        flows[f"back_{name}"] = empties({name: 0.7}, "yard", "khorgos", turn_h=12)
    places, regimes = {"khorgos": border(), "yard": terminal()}, {"paper": paper(keying_h=0.5, checking_h=0.25)}
    return scenario(places, flows, days=12, regimes=regimes)


def a_limit_where_nothing_else_is_held():
    """The number of trains under way is limited on a route of terminals alone, and is the first of all rooms."""
    return scenario({"yard": terminal(12)}, {"west": every(4, "yard", most_trains_under_way=1)})


def locomotives_met_before_tracks():
    """A line with room for all leads to a border that abandons trains: its locomotives are the first of all rooms."""
    departure = {"locomotives": 1, "turn_h": 9, "directions": ["westbound"]}
    khorgos = border(departure=departure, abandonment={"after_h": 4, "restart_h": 1})
    return scenario({"line": section(1), "khorgos": khorgos}, {"west": every(4, "line", "khorgos")})


def a_stop_on_a_line_that_lost_places():
    """Trains both ways hold what the others wait for, once one place of ten thousand is left on the line, on day 35.

    It is seen on day 60, when there is a month to come: by then more trains would wait.
    """
    stations = {name: border(receiving_tracks=1, forming_h=1) for name in ("khorgos", "second")}
    line = section(4, most_trains={"2025-01-01": 10000, "2025-02-05": 1})
    flows = {
        "west": every(2.5, "khorgos", "line", "second"),
        "east": every(2.5, "second", "line", "khorgos", direction="eastbound"),
    }
    return scenario({**stations, "line": line}, flows, days=90)


def a_vessel_that_retires_with_cargo_of_that_hour():
    """Once it was full before its hour; as it retires, at the other port, it takes what is cleared at that hour."""
    number = {"2025-01-01": 1, "2025-01-06": 0, "2025-01-07": 1}
    vessel = {"number": number, "departs_every_h": 48}
    crossing = sea(100, 30, vessel=vessel, sailing_h=9, east={"clearance_h": 48}, west={"clearance_h": 10.5})
    flows = {"west": every(48, "sea"), "east": every(219, "sea", direction="eastbound")}
    return scenario({"sea": crossing}, flows, days=12)


def stops_on_two_seas():
    """Cargo waits for a vessel, that for room ashore, trains there for a track, and who has it for room in the yard."""
    first, second = sea(100, 0, sailing_h=2, east={"yard_teu": 100}), sea(100, 0, sailing_h=2, west={"yard_teu": 100})
    east, west = second["ports"].values()
    second |= {"east_port": "kuryk", "west_port": "baku", "ports": {"kuryk": east, "baku": west}}
    flows = {
        "first_west": every(3, "khorgos", "first"),
        "first_east": every(3, "first", "khorgos", direction="eastbound"),
        "second_west": every(3, "second", "georgia"),
        "second_east": every(3, "georgia", "second", direction="eastbound"),
    }
    stations = {name: border(receiving_tracks=1, forming_h=1) for name in ("khorgos", "georgia")}
    return scenario({"first": first, "second": second, **stations}, flows, days=6)


def a_set_taken_out_while_it_is_idle():
    """One of three sets goes on the third day, when none is under way: those that come home later stay."""
    sets = pool("khorgos", {"yard": 5}, sets={"2025-01-01": 3, "2025-01-03": 2})
    trains = {"flat": train(wagon_pools=["sets"])}
    flows = {"west": every(24, "khorgos", "yard", train="flat")}
    return scenario(
        {"khorgos": border(0), "yard": terminal()}, flows, days=8, trains=trains, wagon_pools={"sets": sets}
    )


def two_sets_under_one_train():
    """At the end a train has its gauge changed: it has the set it came on, and the one it goes on with."""
    places = {"port": terminal(), "khorgos": border(48), "yard": terminal()}
    pools = {"broad": pool("port", {"khorgos": 5}), "narrow": pool("khorgos", {"yard": 7})}
    trains = {"flat": train(wagon_pools=["broad", "narrow"])}
    return scenario(places, {"west": every(24, *places, train="flat")}, trains=trains, wagon_pools=pools)


def a_set_ordered_anew_by_who_was_held():
    """One train may be under way: the others give back the set kept for them, and order one as they are let in."""
    places = {"line": section(6), "khorgos": border(0), "yard": terminal()}
    trains = {"block": train(wagon_pools=["sets"], ordered_ahead_h=2)}
    flows = {"west": every(4, *places, train="block", most_trains_under_way=1)}
    return scenario(places, flows, trains=trains, wagon_pools={"sets": pool("khorgos", {"yard": 1})})


def shares_a_hair_beside_whole_trains():
    """What is a hair beside a whole train counts as one: a track without trains is full, two with one are empty.

    One place has a track less from the second day on, when nobody is there. The ban of the other begins as both of its
    tracks are taken, and is lifted as one of them falls free.
    """
    tracks = {"2025-01-01": 2, "2025-01-02": 1}
    places = {
        "khorgos": border(receiving_tracks=tracks, forming_h=1),
        "second": border(receiving_tracks=2, forming_h=15),
    }
    flows = {
        "west": every(60, "khorgos"),
        "beside": every(100, "khorgos"),
        "south": every(10, "second"),
    }
    full = {"title": "Full", "place": "khorgos", "flows": ["west"], "begins_at_share": 1e-9, "lifts_at_share": 0}
    half = {
        "title": "Half",
        "place": "second",
        "flows": ["south"],
        "begins_at_share": 1,
        "lifts_at_share": 0.4999999995,
    }
    return scenario(places, flows, days=6, bans={"full": {**full, "lead_h": 0}, "half": {**half, "lead_h": 0}})


def a_stop_beside_a_sea(gap_h, **west):
    """Trains hold tracks and a line against each other, from the first day on, and what is landed waits for a track.

    Every `gap_h` hours a vessel is full, and lands 50 hours later; there is room ashore for the first. The run ends at
    hour 96.
    """
    crossing = sea(100, 1000, sailing_h=50, west={"yard_teu": 100, **west})
    feeder = crossing["vessels"]["feeder"]
    crossing["vessels"] = {f"feeder_{number}": feeder for number in range(3)}
    stations = {name: border(receiving_tracks=1, forming_h=1) for name in ("khorgos", "second")}
    flows = {
        "west": every(2.5, "khorgos", "line", "second"),
        "east": every(2.5, "second", "line", "khorgos", direction="eastbound"),
        "over": every(gap_h, "sea", "khorgos"),
    }
    return scenario({"sea": crossing, "line": section(2, most_trains=1), **stations}, flows)


def a_vessel_that_waits_for_room_and_one_at_sea():
    """Who waits for room ashore is not in the stop: there is cargo at sea that will have room."""
    return a_stop_beside_a_sea(20)


def a_vessel_that_waits_for_the_berth_of_who_waits():
    """The first vessel has left the only berth, the second waits there for room ashore, the third for the berth."""
    return a_stop_beside_a_sea(15, berths=1)


def a_vessel_that_will_have_a_berth():
    """Of two berths one is kept by timetable, and falls free: who waits for it has cargo, but no room ashore yet."""
    world = a_stop_beside_a_sea(15, berths=2).model_dump(exclude_unset=True)
    vessels = world["places"]["sea"]["vessels"]
    vessels["liner"] = {**vessels["feeder_0"], "departs_every_h": 300}
    return Scenario.model_validate(world)


def a_hair_of_cargo_in_a_yard():
    """No vessel is there yet. What is larger than the yard has it when it is empty, but for a hair."""
    crossing = sea(1000, 30, vessel={"number": {"2025-01-01": 0, "2025-01-04": 1}}, carries="t", east={"yard_t": 100})
    trains = {"hair": train(net_t=1e-9), "large": train(net_t=500)}
    flows = {"first": every(48, "sea", train="hair"), "next": every(64, "sea", train="large")}
    return scenario({"sea": crossing}, flows, days=8, trains=trains)


def a_path_that_comes_as_patience_ends():
    """The train of hour 15 has a path at 19: later than its patience in hours, and not by the clock."""
    khorgos = border(westbound_handover_trains_per_day=3, abandonment={"after_h": 3.9999999999999996, "restart_h": 1})
    return scenario({"khorgos": khorgos}, {"west": every(6, "khorgos")})


def what_falls_free_as_it_goes():
    """The engine of one border, and the locomotive of another, fall free at hour 48, when they go for a day."""
    number = {"2025-01-01": 1, "2025-01-03": 0, "2025-01-04": 1}
    places = {
        "khorgos": border(0, shunting={"engines": number, "train_h": 14}),
        "second": border(
            receiving_tracks=2,
            forming_h=20,
            departure={"locomotives": number, "turn_h": 1, "directions": ["eastbound"]},
            abandonment={"after_h": 4, "restart_h": 25},
        ),
    }
    flows = {"shunted": every(12, "khorgos"), "abandoned": every(6, "second")}
    return scenario(places, flows, days=6)


RARE = (
    a_desk_busy_on_two_dates,
    a_hair_of_cargo_in_a_yard,
    a_limit_where_nothing_else_is_held,
    a_path_that_comes_as_patience_ends,
    a_patience_that_ends_during_the_next_wait,
    a_set_kept_for_the_last_of_all,
    a_set_on_its_way_to_who_waits,
    a_set_ordered_anew_by_who_was_held,
    a_set_ordered_as_another_train_asks_for_one,
    a_set_taken_out_while_it_is_idle,
    a_stop_on_a_line_that_lost_places,
    a_stop_that_ends_as_it_is_looked_for,
    a_vessel_that_finds_nothing,
    a_vessel_that_retires_as_cargo_is_cleared,
    a_vessel_that_retires_with_cargo_of_that_hour,
    a_vessel_that_waits_for_room_and_one_at_sea,
    a_vessel_that_waits_for_the_berth_of_who_waits,
    a_vessel_that_will_have_a_berth,
    bans_called_as_trains_are_let_in,
    boxes_of_two_flows,
    boxes_that_come_free_as_a_track_does,
    empties_with_papers_of_their_own,
    locomotives_met_before_tracks,
    orders_taken_back_out_of_a_long_queue,
    shares_a_hair_beside_whole_trains,
    stops_on_two_seas,
    two_sets_under_one_train,
    vessels_that_take_one_kind_each,
    what_falls_free_as_it_goes,
)
