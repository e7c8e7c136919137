"""Random networks with what those of the model's own tests have not: office hours, late papers, clearance in ports.

In some all happens at whole hours, so that many events fall on one: then their order counts.
"""

import datetime as dt
import math

from hypothesis import strategies as st
from random_networks import HOURS, networks

OFFICE = {"opens": dt.time(9), "closes": dt.time(18), "weekdays": [1, 2, 3, 4, 5, 6]}


@st.composite
def all_networks(draw):
    """A network of which every mechanism may be there; some last more than a month."""
    tables = draw(networks()).model_dump(exclude_unset=True)
    border, sea = tables["places"]["khorgos"], tables["places"]["sea"]
    if draw(st.booleans()):
        office = {**OFFICE, "at_closing": draw(st.sampled_from(["finish", "stop"]))}
        border |= {"time_zone": "Asia/Almaty", "office_hours": office}
    if draw(st.booleans()):
        tables["regimes"]["paper"] |= {"late_share": 0.3, "late_h": draw(HOURS), "release_h": draw(HOURS)}
    if draw(st.booleans()):
        # The gauge is changed on the other side: there a train leaves the set it came on where it is handed over.
        border["gauge_change"]["box"]["directions"] = ["eastbound"]
    if draw(st.booleans()):
        for port in sea["ports"].values():
            port["clearance_h"] = draw(HOURS)
    if draw(st.booleans()):
        in_tonnes(sea, tables["trains"])
    tables["horizon"]["warmup_days"] = draw(st.sampled_from([1, 1, 1, 25]))
    if tables["markets"]:
        # Shippers learn at the start of a month, and what they learned counts a month later.
        tables["horizon"] |= {"warmup_days": 25, "end": dt.date(2025, 3, 12)}
    return in_whole_hours(tables) if draw(st.booleans()) else tables


def in_tonnes(sea, trains):
    """Have a sea carry tonnes, and parts of them: then it matters how sums are made."""
    sea["carries"] = "t"
    for part in (*sea["ports"].values(), *sea["vessels"].values()):
        for name in ("yard", "capacity"):
            if f"{name}_teu" in part:
                part[f"{name}_t"] = part.pop(f"{name}_teu")
    for tonnes, train in zip((33.3, 61.7, 18.9), trains.values(), strict=False):
        train["net_t"] = tonnes


EVENLY = {"departures_cv": 0.0, "effort_cv": 0.0, "trains_per_year": {2025: 4 * 365.0}, "length_km": 3.0}


def in_whole_hours(value, key=""):
    """What a scenario says without chance, each time three hours or several: trains come at 3, 9, 15 and 21."""
    if value is None:
        return None
    if key in EVENLY:
        return EVENLY[key]
    if isinstance(value, dict) and "mean" in value:
        return {"mean": 24.0 if key.startswith("speed") else in_whole_hours(value["mean"], "some_h")}
    if isinstance(value, dict):
        # Under dates stand values of the key above them, and so they do under the places of `empty_run_h`.
        is_of_key = key.endswith(("_h", "_per_day"))
        return {name: in_whole_hours(part, key if is_of_key else str(name)) for name, part in value.items()}
    if key.endswith("_h"):
        return 3 * math.ceil(value / 3)
    return 24 / (3 * math.ceil(8 / value)) if key.endswith("_per_day") and value else value
