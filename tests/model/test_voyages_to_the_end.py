"""Every voyage has its own luck, a timetable counts from the opening, and what is left at the end is written down."""

import numpy as np

from sim.verification.tiny import every, exponential, played, scenario, sea


def crossing(days=20, gap_h=4, **description):
    return played(scenario({"sea": sea(**description)}, {"west": every(gap_h, "sea")}, days=days))


def test_every_voyage_has_luck_of_its_own():
    work = {"crane_h_per_100": exponential(1)}
    voyages = crossing(capacity=100, patience_h=1000, sailing_h=exponential(5), east=work).voyages.dropna()
    assert len(voyages) > 20
    for hours in (voyages.arrived_h - voyages.sailed_h, voyages.worked_h[voyages.load > 0]):
        assert len(np.unique(hours.round(9))) == len(hours)


def test_a_ferry_leaves_at_the_hours_of_its_timetable():
    described = sea(capacity=1000, patience_h=0, sailing_h=5)
    described["vessels"]["feeder"] |= {"departs_every_h": 12}
    frames = played(scenario({"sea": described}, {"west": every(4, "sea")}, days=4))
    westbound = frames.voyages[frames.voyages.direction == "westbound"]
    assert list(westbound.loaded_h) == [0, 24, 48, 72]


def test_cargo_still_in_the_yard_at_the_end_has_a_stay_without_end():
    """A ship of 100 TEU each 20 h, a train of 100 TEU each 8 h from hour 4: nine in three days."""
    frames = crossing(days=3, gap_h=8, capacity=100, patience_h=0, sailing_h=10, east={"yard_teu": 5000})
    loading = frames.stays[frames.stays.activity == "loading"]
    carried = frames.voyages.load.sum()
    assert loading.units[loading.released_h.notna()].sum() == carried
    assert loading.units[loading.released_h.isna()].sum() == 900 - carried > 0
