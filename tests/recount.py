"""The measures of a run counted a second time, from docs/kpis.md and docs/ledger.md alone: plain pandas, and lists.

Nothing here knows how `sim.measure` counts. A key is (kpi, place, flow, period); what nobody passed has no key.
"""

import datetime as dt
import math
from collections import defaultdict

import numpy as np
import pandas as pd

EXACT = {"rel_tol": 1e-9, "abs_tol": 1e-9}
QUANTILES = {"_p50": 0.5, "_p90": 0.9, "_p95": 0.95}
CUSTOMS = ("keying", "checking", "release", "inspection")
STAYS = ("receiving", "running", "loading", "landing")
VISIT = ["place", "flow", "train"]


def recount(scenario, tables, windows):
    """Every measure but the prices."""
    values = {}
    words = ("place", "flow", "activity", "cause", "regime", "pool", "direction", "way")
    frames = {
        name: frame.astype({word: str for word in words if word in frame})
        for name, frame in ((name, getattr(tables, name)) for name in tables.__dataclass_fields__)
    }
    flow_of = frames["trains"].set_index("train")["flow"]
    for name in ("stages", "declarations"):
        frames[name]["flow"] = frames[name]["train"].map(flow_of)
    for period, (from_h, until_h) in windows.items():
        count = Count(scenario, frames, from_h, until_h)
        for measure in (trains, markets, visits, clearances, holdings, queues, capacities, voyages):
            values |= {(*key, period): value for key, value in measure(count).items() if not math.isnan(value)}
    return values


def differences(measured, again):
    """Values that are not equal, as (measured, again); what has no observation is 0 or not there."""
    both = {key: (measured.get(key, 0.0), again.get(key, 0.0)) for key in measured.keys() | again.keys()}
    return {key: values for key, values in both.items() if not math.isclose(*values, **EXACT)}


def total(values):
    """The sum of what is observed."""
    return math.fsum(value for value in values if not math.isnan(value))


def mean(values):
    """The mean of what is observed."""
    number = sum(not math.isnan(value) for value in values)
    return total(values) / number if number else math.nan


HOW = {"sum": total, "mean": mean}


class Count:
    """A run through one window."""

    def __init__(self, scenario, frames, from_h, until_h):
        self.scenario, self.frames, self.from_h, self.until_h = scenario, frames, from_h, until_h
        flows = scenario.flows.items()
        words = {name: (name, flow.corridor, flow.direction, "all") for name, flow in flows}
        self.groups_of = {name: [word for word in own if word] for name, own in words.items()}
        self.borders = [name for name, place in scenario.places.items() if place.kind == "border"]

    def within(self, frame, column):
        """The rows whose hour lies in the window."""
        return frame[(frame[column] >= self.from_h) & (frame[column] < self.until_h)]

    def overlap(self, begins, ends):
        """Hours of stretches within the window; one that has not ended lasts on, one that has not begun has none."""
        hours = ends.fillna(math.inf).clip(upper=self.until_h) - begins.clip(lower=self.from_h)
        return hours.clip(lower=0).fillna(0)

    def groups(self, rows, column):
        """What was observed in a column, by place and group of flows: by hand, for a merge takes ten times as long."""
        places = rows["place"] if "place" in rows else ["all"] * len(rows)
        observed = defaultdict(list)
        for place, flow, value in zip(places, rows["flow"], rows[column], strict=True):
            for group in self.groups_of[flow]:
                observed[place, group].append(value)
        return observed

    def by_group(self, kpi, rows, column, how):
        """One measure by place and group of flows."""
        return {(kpi, *key): HOW[how](values) for key, values in self.groups(rows, column).items()}

    def spread(self, kpi, rows, column):
        """Mean and quantiles."""
        observed = self.groups(rows, column)
        values = {(kpi, *key): mean(hours) for key, hours in observed.items()}
        for suffix, share in QUANTILES.items():
            values |= {(kpi + suffix, *key): np.quantile(hours, share) for key, hours in observed.items()}
        return values

    def and_all(self, rows):
        """Rows of borders, and again for all borders together."""
        return pd.concat([rows, rows.assign(place="all")])


def trains(count):
    frame = count.frames["trains"]
    deliveries = count.within(frame, "left_h").assign(one=1, place="all")
    deliveries = deliveries.assign(
        mt=deliveries["net_t"] / 1e6,
        loaded=deliveries["teu"].where(deliveries["net_t"] > 0, 0),
        empty=deliveries["teu"].where(deliveries["net_t"] == 0, 0),
        days=(deliveries["left_h"] - deliveries["entered_h"]) / 24,
    )
    deliveries = deliveries.assign(journey=(deliveries["left_h"] - deliveries["offered_h"]) / 24)
    offers = count.within(frame, "offered_h").assign(one=1)
    losses = count.frames["losses"]
    is_lost = frame["train"].isin(losses["train"][losses["lost_h"] < count.until_h])
    inside = frame[(frame["offered_h"] < count.until_h) & ~(frame["left_h"] < count.until_h) & ~is_lost].assign(one=1)
    return {
        **count.by_group("throughput_mt", deliveries, "mt", "sum"),
        **count.by_group("throughput_teu", deliveries, "loaded", "sum"),
        **count.by_group("throughput_empty_teu", deliveries, "empty", "sum"),
        **boxes_to_return(count, frame),
        **count.by_group("trains_delivered", deliveries, "one", "sum"),
        **count.by_group("trains_created", offers, "one", "sum"),
        **count.by_group("trains_inside", inside, "one", "sum"),
        **count.spread("transit_days", deliveries, "days"),
        **count.spread("journey_days", deliveries, "journey"),
    }


def markets(count):
    """Shares and expectations by month, and trains that went another way."""
    months = count.within(count.frames["choices"], "from_h")
    own = months[months["flow"].map(lambda name: count.scenario.flows[name].market is not None).astype(bool)]
    values = {}
    for (flow, way), rows in own.groupby(["flow", "way"]):
        values["market_share_" + way, "all", flow] = rows["share"].mean()
        if way == "corridor":
            values["expected_days", "all", flow] = rows["days"].mean()
    lost = count.within(count.frames["losses"], "lost_h").assign(one=1)
    diverted = count.by_group("trains_diverted", months[months["way"] != "corridor"], "trains", "sum")
    return {**values, **diverted, **count.by_group("trains_lost", lost, "one", "sum")}


def boxes_to_return(count, frame):
    """TEU delivered, by their share at that hour, that have not set out again: one train after the other."""
    rows, horizon = [], count.scenario.calendar
    for name, flow in count.scenario.flows.items():
        for source, share in (flow.empties_of or {}).items():
            steps = horizon.steps(share)
            for train in frame[(frame["flow"] == source) & frame["left_h"].notna()].itertuples():
                rows.append((name, train.left_h, train.teu * steps.at(train.left_h)))
        if flow.empties_of:
            away = frame[(frame["flow"] == name) & frame["entered_h"].notna()]
            rows += [(name, train.entered_h, -train.teu) for train in away.itertuples()]
    boxes = pd.DataFrame(rows, columns=["flow", "since_h", "teu"]).astype({"flow": str, "since_h": float, "teu": float})
    hours = count.overlap(boxes["since_h"], pd.Series(math.inf, boxes.index))
    boxes["mean"] = hours * boxes["teu"] / (count.until_h - count.from_h)
    return count.by_group("teu_to_return", boxes, "mean", "sum")


def visits(count):
    """Passages, dwells and whole waits, of the visits that ended."""
    stages = count.frames["stages"]
    own = stages[~stages["beside"] & (stages["activity"] != "holding")]
    own = own.assign(wait_h=own["started_h"] - own["queued_h"], spent_h=own["ended_h"] - own["queued_h"])
    by_visit = own.groupby(VISIT)
    ends_h = by_visit["ended_h"].max().where(by_visit["ended_h"].count() == by_visit.size())
    hours = pd.DataFrame({"left_h": ends_h, "passage_h": ends_h - by_visit["queued_h"].min()})
    hours["wait_h"] = by_visit["wait_h"].sum()
    over = count.within(hours, "left_h").reset_index()
    values = {**count.spread("passage_h", over, "passage_h"), **count.by_group("wait_h", over, "wait_h", "mean")}
    spells = own.merge(over[VISIT], on=VISIT)
    for cause, rows in spells.groupby("cause"):
        values |= count.by_group(f"wait_h_{cause}", with_part(over, rows, "wait_h"), "part_h", "mean")
    at_borders = over[over["place"].isin(count.borders)]
    dwells = count.and_all(at_borders)
    values |= count.spread("border_dwell_h", dwells, "passage_h")
    parts = {activity: (activity,) for activity in spells["activity"].unique()} | {"customs": CUSTOMS}
    for part, activities in parts.items():
        at_part = with_part(at_borders, spells[spells["activity"].isin(activities)], "spent_h")
        values |= count.by_group(f"border_dwell_{part}_h", count.and_all(at_part), "part_h", "mean")
    boxes = count.frames["trains"].set_index("train")["teu"] > 0
    box_trains = dwells[dwells["train"].map(boxes).astype(bool)].assign(one=1)
    return values | count.by_group("border_container_trains", box_trains, "one", "sum")


def with_part(over, rows, column):
    """Visits that ended, each with the hours of some of its rows: none where it has no such row."""
    part_h = defaultdict(float)
    for place, flow, train, hours in zip(rows["place"], rows["flow"], rows["train"], rows[column], strict=True):
        part_h[place, flow, train] += 0 if math.isnan(hours) else hours
    visits_over = zip(over["place"], over["flow"], over["train"], strict=True)
    return over.assign(part_h=[part_h.get(visit, 0.0) for visit in visits_over])


def clearances(count):
    rows = count.within(count.frames["declarations"], "released_h")
    rows = count.and_all(rows.assign(hours=rows["released_h"] - rows["arrived_h"]))
    values = count.by_group("declarations", rows, "declarations", "sum") | count.spread("clearance_h", rows, "hours")
    for regime, own in rows.groupby("regime"):
        values |= count.by_group(f"declarations_{regime}", own, "declarations", "sum")
        values |= count.spread(f"clearance_{regime}_h", own, "hours")
    return values


def holdings(count):
    """What bans and limits hold before the route, of the trains let in."""
    flows = count.scenario.flows
    names = {name for ban in count.scenario.bans.values() for name in ban.flows}
    names |= {name for name, flow in flows.items() if flow.most_trains_under_way is not None}
    stages = count.frames["stages"]
    holding = stages[stages["activity"] == "holding"]
    let_in = count.within(count.frames["trains"], "entered_h")
    wait_h = (holding["started_h"] - holding["queued_h"]).groupby(holding["train"]).sum()
    let_in = let_in.assign(wait_h=let_in["train"].map(wait_h).fillna(0))
    hours = count.overlap(holding["queued_h"], holding["started_h"]) / (count.until_h - count.from_h)
    values = count.by_group("wait_h_ban", let_in, "wait_h", "mean")
    values |= count.by_group("queue_trains_ban", holding.assign(trains=hours).drop(columns="place"), "trains", "sum")
    may_be_held = {group for name in names for group in count.groups_of[name]}
    return {key: value for key, value in values.items() if key[2] in may_be_held}


def queues(count):
    stages = count.frames["stages"]
    rows = stages[(stages["activity"] != "holding") & ~(stages["started_h"] <= stages["queued_h"])]
    rows = rows.assign(trains=count.overlap(rows["queued_h"], rows["started_h"]) / (count.until_h - count.from_h))
    values = {}
    for cause, waiting in rows.groupby("cause"):
        values |= count.by_group(f"queue_trains_{cause}", waiting, "trains", "sum")
    for place, waiting in rows[~rows["beside"]].groupby("place"):
        values["queue_trains", place, "all"] = waiting["trains"].sum()
        values["queue_trains_max", place, "all"] = most_at_once(count, waiting["queued_h"], waiting["started_h"])
    abandoned = stages[stages["activity"] == "abandonment"]
    hours = count.overlap(abandoned["queued_h"], abandoned["ended_h"]) / (count.until_h - count.from_h)
    places = {place: abandoned["place"] == place for place in abandoned["place"].unique()}
    for place, at_place in {**places, "all": abandoned["train"] >= 0}.items():
        rows = abandoned[at_place]
        values["abandoned_trains", place, "all"] = hours[at_place].sum()
        values["abandoned_trains_max", place, "all"] = most_at_once(count, rows["queued_h"], rows["ended_h"])
    return values


def most_at_once(count, begins, ends):
    begins_h, ends_h = np.sort(begins.to_numpy()), np.sort(ends.fillna(math.inf).to_numpy())
    moments = [count.from_h, *begins_h[(begins_h >= count.from_h) & (begins_h < count.until_h)]]
    return (np.searchsorted(begins_h, moments, "right") - np.searchsorted(ends_h, moments, "right")).max()


def capacities(count):
    values, busiest = {}, {}
    weather = count.frames["capacity"]["activity"] == "sailing"
    capacity, open_or_not = count.frames["capacity"][~weather], count.frames["capacity"][weather]
    for place, rows in open_or_not.groupby("place"):
        open_h = (count.overlap(rows["from_h"], rows["until_h"]) * rows["capacity"]).sum()
        values["closed_share", place, "all"] = 1 - open_h / (count.until_h - count.from_h)
    room = capacity.assign(hours=count.overlap(capacity["from_h"], capacity["until_h"]) * capacity["capacity"])
    room_h = room.groupby(["place", "activity"])["hours"].sum()
    for (place, activity), hours in room_h[room_h > 0].items():
        share = min(1.0, use_h(count, place, activity) / hours)
        values[f"utilisation_{activity}", place, "all"] = share
        busiest[place] = max(share, busiest.get(place, 0.0))
    return values | {("utilisation", place, "all"): share for place, share in busiest.items()}


def use_h(count, place, activity):
    """What was used of a capacity, in hours of its unit."""
    if place in count.scenario.wagon_pools:
        rows = count.frames["wagon_sets"][count.frames["wagon_sets"]["pool"] == place]
        return count.overlap(rows["taken_h"], rows["home_h"]).sum()
    name = "voyages" if activity == "berthing" else "stays" if activity in STAYS else "stages"
    rows = count.frames[name][count.frames[name]["place"] == place]
    if name == "voyages":
        return count.overlap(rows["berthed_h"], rows["loaded_h"]).sum()
    rows = rows[rows["activity"] == activity]
    if name == "stays":
        return (rows["units"] * count.overlap(rows["taken_h"], rows["released_h"])).sum()
    return count.overlap(rows["started_h"], rows["ended_h"]).sum()


def voyages(count):
    values = {}
    sailings = count.within(count.frames["voyages"], "sailed_h")
    sailings = sailings.assign(share=sailings["load"] / sailings["capacity"])
    for (place, direction), rows in sailings.groupby(["place", "direction"]):
        values[f"voyages_{direction}", place, "all"] = len(rows)
        values[f"load_share_{direction}", place, "all"] = rows["share"].mean()
        values[f"call_work_h_{direction}", place, "all"] = rows["worked_h"].mean()
    for place, rows in sailings.groupby("place"):
        vessel_h = sum(in_service_h(count, vessels.number) for vessels in count.scenario.places[place].vessels.values())
        if vessel_h > 0:
            values["voyages_per_vessel", place, "all"] = len(rows) / (vessel_h / (365.25 * 24))
            values["units_per_vessel", place, "all"] = rows["load"].sum() / (vessel_h / (365.25 * 24))
    return values


def in_service_h(count, number_by_date):
    """Vessel hours within the window of a number that steps on dates; the first holds before its date, too."""
    midnight = count.scenario.horizon.start
    dates = sorted(number_by_date)
    begins = [-math.inf, *((date - midnight) / dt.timedelta(hours=1) for date in dates[1:])]
    spells = zip(dates, begins, [*begins[1:], math.inf], strict=True)
    within = ((date, min(until, count.until_h) - max(begin, count.from_h)) for date, begin, until in spells)
    return sum(number_by_date[date] * max(hours, 0) for date, hours in within)
