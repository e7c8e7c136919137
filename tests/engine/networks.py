"""Random networks with what those of the model's own tests have not: office hours, late papers, clearance in ports."""

import datetime as dt

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
    tables["horizon"]["warmup_days"] = draw(st.sampled_from([1, 1, 1, 25]))
    return tables
