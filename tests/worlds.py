"""Tiny scenarios to reckon by hand.

They begin on 1 January 2025 without warm-up. Trains leave at even gaps, nothing varies, everything is ample and takes
no time, but for what a test says. The functions give the tables of a scenario file; `scenario` puts them together.
"""

import datetime as dt

from sim.model.layout import lay_out
from sim.model.randomness import Luck
from sim.model.routes import plan_flows
from sim.model.simulate import dispatch, simulate
from sim.scenario.schema import Scenario

AMPLE = 1000
JANUARY_H = 744


def scenario(places, flows, *, days=4, trains=None, pools=None, regimes=None, warmup_days=0):
    """A scenario of some days from 1 January 2025; the train type `box` is always there."""
    start = dt.date(2025, 1, 1)
    return Scenario.model_validate(
        {
            "title": "Tiny",
            "horizon": {"start": start, "end": start + dt.timedelta(days=days), "warmup_days": warmup_days},
            "trains": trains or {"box": train()},
            "wagon_pools": pools or {},
            "regimes": regimes or {},
            "places": places,
            "flows": flows,
        }
    )


def train(**changes):
    """A train type: 100 TEU, 50 wagons, 1000 t, handled as `box`."""
    return {"title": "Box", "handling": "box", "wagons": 50, "teu": 100, "net_t": 1000, **changes}


def every(gap_h, *route, **changes):
    """A westbound flow of one train each `gap_h` hours in January, the first after half a gap."""
    flow = {
        "title": "Flow",
        "train": "box",
        "direction": "westbound",
        "route": list(route),
        "trains_per_year": {2025: 12 * JANUARY_H / gap_h},
        "departures_cv": 0,
    }
    return {**flow, **changes}


def at_random(per_h, *route, **changes):
    """A westbound flow of a Poisson process of trains in January, `per_h` an hour."""
    return every(1 / per_h, *route, **{"departures_cv": 1, **changes})


def exponential(mean):
    """An exponential spread."""
    return {"mean": mean, "shape": "exponential"}


def section(running_h, paths_per_day=1e12, **changes):
    """A section of line, at one kilometre an hour."""
    line = {
        "kind": "section",
        "title": "Line",
        "length_km": running_h,
        "speed_km_per_day": 24,
        "paths_per_day": paths_per_day,
    }
    return {**line, **changes}


def terminal(hours=0.0, tracks=AMPLE):
    """A terminal for `box` trains."""
    return {"kind": "terminal", "title": "Terminal", "unloading": {"box": {"tracks": tracks, "train_h": hours}}}


def border(*, gauge_h=None, cranes=AMPLE, forming_h=0.0, crews=AMPLE, inspection=None, **changes):
    """A border crossing; with `gauge_h` it changes the gauge of westbound trains."""
    gauge_change = {"box": {"cranes": cranes, "train_h": gauge_h, "directions": ["westbound"]}}
    calm = {"yellow_share": 0, "red_share": 0, "yellow_h": 0, "red_h": 0, "teams": AMPLE}
    station = {
        "kind": "border",
        "title": "Border",
        "receiving_tracks": AMPLE,
        "declarant_teams": AMPLE,
        "officer_teams": AMPLE,
        "inspection": {**calm, **(inspection or {})},
        "gauge_change": {} if gauge_h is None else gauge_change,
        "forming": {"crews": crews, "train_h": forming_h},
    }
    return {**station, **changes}


def port(**changes):
    """One side of a sea crossing; cranes are ample."""
    side = {"title": "Port", "berths": AMPLE, "cranes": AMPLE, "crane_h_per_100": 0, "tracks": AMPLE, "train_h": 0}
    return {**side, **changes}


def for_full_load(side, capacity):
    """A side of a crossing whose `vessel_work_h` is the time to work a vessel of a capacity, full."""
    changes = dict(side or {})
    work_h = changes.pop("vessel_work_h", None)
    if isinstance(work_h, dict):
        return {**changes, "crane_h_per_100": {**work_h, "mean": work_h["mean"] * 100 / capacity}}
    return changes if work_h is None else {**changes, "crane_h_per_100": work_h * 100 / capacity}


def sea(
    *, capacity, patience_h, number=1, load_factor=1.0, carries="teu", sailing_h=1e-6, east=None, west=None, **changes
):
    """A crossing from `aktau` in the east to `alat` in the west, with a class of vessels `feeder`."""
    feeder = {
        "title": "Feeder",
        "number": number,
        f"capacity_{carries}": capacity,
        "load_factor": load_factor,
        "patience_h": patience_h,
    }
    crossing = {
        "kind": "sea",
        "title": "Sea",
        "carries": carries,
        "distance_km": 460,
        "sailing_h": sailing_h,
        "east_port": "aktau",
        "west_port": "alat",
        "ports": {"aktau": port(**for_full_load(east, capacity)), "alat": port(**for_full_load(west, capacity))},
        "vessels": {"feeder": feeder},
    }
    return {**crossing, **changes}


def pool(home, empty_run_h, *, sets=AMPLE, placing_h=0.0):
    """A fleet of wagon sets; train types name it as one of their `wagon_pools`."""
    return {"title": "Sets", "home": home, "sets": sets, "placing_h": placing_h, "empty_run_h": empty_run_h}


def paper(**changes):
    """Clearance on paper: every declaration is right, and no two trains differ."""
    regime = {
        "kind": "paper",
        "title": "Paper",
        "keying_h": 0,
        "checking_h": 0,
        "effort_cv": 0,
        "wrong_share": 0,
        "beside_gauge_change": False,
    }
    return {**regime, **changes}


def tez(**changes):
    """Tez clearance: lodged two days ahead, released at once, never late, never wrong, beside the gauge change."""
    regime = {
        "kind": "tez",
        "title": "Tez",
        "lead_h": 48,
        "late_share": 0,
        "late_h": 0,
        "release_h": 0,
        "wrong_share": 0,
        "correction_h": 0,
        "beside_gauge_change": True,
    }
    return {**regime, **changes}


def tables(described, seed=1, replication=0):
    """The tables of one run."""
    return simulate(described, seed, replication).tables


def played(described, seed=1, replication=0):
    """The layout of a run as it stands at the end of the clock, its accounts still open."""
    layout = lay_out(described, Luck(seed, replication))
    layout.world.clock.process(dispatch(layout.world, plan_flows(described, layout)))
    layout.world.clock.run(until=layout.world.closing_h)
    return layout


def journey(frames, number, beside=False):
    """What a train did, in order: (activity, queued, started, ended); `beside`: what went on next to it."""
    rows = frames.stages[(frames.stages.train == number) & (frames.stages.beside == beside)]
    return list(rows[["activity", "queued_h", "started_h", "ended_h"]].itertuples(index=False, name=None))


def spells(frames, activity):
    """(queued, started, ended) of every spell of an activity, trains in order of number."""
    rows = frames.stages[frames.stages.activity == activity]
    return list(rows[["queued_h", "started_h", "ended_h"]].itertuples(index=False, name=None))


def waits(frames, activity):
    """Hours each train waited for an activity, trains in order of number; 0 where nothing was waited for."""
    rows = frames.stages[frames.stages.activity == activity]
    waited = (rows.started_h - rows.queued_h).groupby(rows.train).sum()
    return waited.reindex(frames.trains.train, fill_value=0.0).to_numpy()
