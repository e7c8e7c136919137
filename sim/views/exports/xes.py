"""XES (IEEE 1849-2016), the event log of one case notion: a case is a train, an event a step of one of its spells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TextIO
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from sim.runs.folders import DISTRIBUTION
from sim.runs.results import Results
from sim.study.field.eventlog import TRANSITIONS, chosen_trains, codes, of_trains, spell_events, stamps
from sim.views import words

SPELL = ("place", "activity", "cause", "beside")
UNSPEAKABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ")
"""Characters that XML 1.0 cannot hold."""

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/>\
<date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="ActivityAndTransition" keys="concept:name lifecycle:transition"/>
<string key="lifecycle:model" value="standard"/>
"""


@dataclass(frozen=True)
class LogSize:
    """What an event log holds: cases or objects by type, and events."""

    trains: int
    objects: int
    events: int


def write_xes(results: Results, file: TextIO, from_h: float, until_h: float) -> LogSize:
    """Write the journeys of the trains offered in [from, until), in replication 0, as XES.

    `concept:name` is the activity, `lifecycle:transition` schedule (the wait begins), start or complete, `org:resource`
    the place; `cause` is what was waited for, `beside` marks formalities that run next to the train's other spells.
    """
    trains = chosen_trains(results, from_h, until_h)
    stages = of_trains(results.tables.stages, trains)
    events = spell_events(stages)
    file.write(HEAD)
    about: dict[str, str | float | bool] = {
        "made_by": DISTRIBUTION,
        "concept:name": results.name,
        "title": results.scenario.title,
        "replication": 0,
    }
    file.write("".join(f"{xes_attribute(key, value)}\n" for key, value in about.items()))
    code, combinations = codes(stages, SPELL)
    spells = [spell_words(*row) for row in combinations.itertuples(index=False, name=None)]
    steps = [xes_attribute("lifecycle:transition", step) for step in TRANSITIONS]
    fragment = [[f"<event>{spell}{step}" for step in steps] for spell in spells]
    numbers = stages["train"].to_numpy()[events.row]
    edges = np.searchsorted(numbers, np.append(trains["train"].to_numpy(), np.iinfo(np.int32).max))
    for (first, last), head in zip(pairwise(edges.tolist()), trace_heads(results, trains), strict=True):
        span = slice(first, last)
        moments = stamps(events.hour[span], results.scenario.calendar).tolist()
        kinds = zip(code[events.row[span]].tolist(), events.transition[span].tolist(), moments, strict=True)
        file.write(head)
        file.writelines(
            f'{fragment[spell][step]}<date key="time:timestamp" value="{moment}"/></event>\n'
            for spell, step, moment in kinds
        )
        file.write("</trace>\n")
    file.write("</log>\n")
    return LogSize(len(trains), len(trains), len(events.row))


def spell_words(place: str, activity: str, cause: str, beside: bool) -> str:
    """The attributes of a spell that all its events share."""
    attributes: dict[str, str | bool] = {
        "concept:name": words.ACTIVITIES[activity],
        "org:resource": place,
        "cause": words.CAUSES[cause],
        "beside": bool(beside),
    }
    return "".join(xes_attribute(key, value) for key, value in attributes.items())


def trace_heads(results: Results, trains: pd.DataFrame) -> Iterator[str]:
    """The opening of each train's trace."""
    flows = results.scenario.flows
    of_flow = {
        name: xes_attribute("flow", name)
        + xes_attribute("direction", flow.direction)
        + xes_attribute("title", flow.title)
        for name, flow in flows.items()
    }
    columns = ("train", "flow", "net_t", "teu", "offered_h", "left_h")
    for number, flow, net_t, teu, offered_h, left_h in zip(*(trains[name].tolist() for name in columns), strict=True):
        attributes = {"net_t": net_t, "teu": teu, "warm_up": offered_h < 0, "delivered": left_h == left_h}
        rest_text = "".join(xes_attribute(key, value) for key, value in attributes.items())
        yield f"<trace>{xes_attribute('concept:name', f'train {number}')}{of_flow[flow]}{rest_text}\n"


def xes_attribute(key: str, value: str | float | bool) -> str:
    """One attribute of XES; what XML cannot hold becomes a space."""
    if isinstance(value, bool | np.bool_):
        kind, text = "boolean", str(bool(value)).lower()
    elif isinstance(value, int):
        kind, text = "int", str(value)
    elif isinstance(value, float):
        kind, text = "float", repr(value)
    else:
        kind, text = "string", value.translate(UNSPEAKABLE)
    return f"<{kind} key={quoteattr(key)} value={quoteattr(text)}/>"
