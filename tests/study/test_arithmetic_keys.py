"""Arithmetic obeys each key of the schema, or the key stands in a list of those it leaves aside, with the reason."""

import datetime as dt

import every_key

from sim.scenario.keys import inside, known_tables, model_of, value_at, with_value
from sim.scenario.sources import ON_A_MAP
from sim.study.arithmetic.loads import free_flow, loads

LEFT_ASIDE = {
    "Ban.begins_at_share Ban.catch_up_trains_per_day Ban.flows Ban.lead_h Ban.lifts_at_share Ban.place "
    "Ban.quota_trains_per_day Scenario.bans Flow.most_trains_under_way": "what holds trains back asks for no capacity",
    "Border.kind Sea.kind Section.kind Terminal.kind Paper.kind Tez.kind Sea.carries Sea.east_port Sea.west_port "
    "TrainType.handling VesselClass.takes Flow.market": "with another word the file is of another scenario, or of none",
    "Border.latitude_deg Border.longitude_deg Port.latitude_deg Port.longitude_deg Terminal.latitude_deg "
    "Terminal.longitude_deg Section.line_deg Border.time_zone Sea.distance_km": "where, and not how long",
    "Corridor.published_mt Corridor.target_mt Flow.corridor Scenario.corridors": "sums of flows",
    "Disruption.active Disruption.lasts_days Disruption.months Disruption.per_year Scenario.disruptions "
    "Flow.departures_cv Paper.effort_cv Outages.outage_h Wind.closure_cv "
    "Wind.closure_h": "chance: means alone are reckoned",
    "Investment.cost_musd Investment.needs Study.level Study.replications Study.seed Scenario.study": "other studies",
    "Flow.index Index.growth_share_by_year Scenario.indices": "these corridors state the volume of the year itself",
    "Flow.turn_h": "boxes come back in the year of their offer",
    "Flow.otherwise": "of these corridors, other desks key for as long",
    "OfficeHours.at_closing TrainType.priority TrainType.ordered_ahead_h Abandonment.after_h Abandonment.restart_h "
    "Border.abandonment": "who waits, and where: not how much is asked",
    "Paper.late_h Paper.late_share Tez.late_h Tez.late_share Tez.lead_h": "least hours: all is lodged in time",
    "VesselClass.departs_every_h VesselClass.least_load_share VesselClass.patience_h": "vessels sail full, at once",
    "Market.feedback Market.lag_months Market.patience_days": "shippers expect what is stated, and wait for nobody",
    "OtherWay.price_cv OtherWay.price_persistence": "chance: prices as stated",
    "WagonPool.home": "where a set stands that nobody wants",
}
"""Keys that change nothing in these corridors, and why that is right."""


MOST_VARIANTS = 8
NAMED_IN = {"regime": "regimes", "otherwise": "regimes", "fallback": "regimes", "index": "indices", "train": "trains"}
"""Keys whose words are names, and the table that has them."""


WAYS = {"without": ["corridor"]}
"""Keys whose words are names of no table: the simulated way."""


def answer_of(data):
    """What arithmetic says of a scenario as a file has it; None if it is none."""
    scenario = every_key.scenario_of(data)
    return None if scenario is None else (loads(scenario).to_csv(), free_flow(scenario).to_csv())


def variants(value, words):
    """Other values of a key: numbers greater and smaller, days around, other words, shorter lists."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value * 2, value // 2 if isinstance(value, int) else value / 2, value + 1, value * 100]
    if isinstance(value, dt.date):
        return [value + dt.timedelta(days=20), value - dt.timedelta(days=20)]
    if isinstance(value, dt.time):
        return [value.replace(hour=(value.hour + 4) % 24)]
    if isinstance(value, str):
        return [word for word in words if word != value]
    if isinstance(value, list):
        return [value[::-1], value[:-1], *([other, *value[1:]] for other in variants(value[0], words)[:2])]
    read = {key: item for key, item in value.items() if key not in {*UNREAD, *ON_A_MAP}}
    return [{**value, key: other} for key, item in read.items() for other in variants(item, words)]


def scenarios_to_change(name, data):
    """The scenario with every key under a name; the same whose borders have no regime of their own."""
    border = value_at(data, ("places", "altynkol"))
    bare = {key: value for key, value in border.items() if key != "regime"}
    return (data, with_value(data, ("places", "altynkol"), bare)) if name == "teu" else (data,)


def changes_of(data):
    """Every key of every table: its model and name, and ways to give it another value, or to leave it out."""
    tables = {key: value for key, value in data.items() if key not in UNREAD}
    for path, table, annotation in known_tables(tables):
        model = model_of(annotation, table)
        for key, value in table.items() if model else ():
            if key in UNREAD:
                continue
            below = inside(annotation, table, key)
            words = every_key.choices(below) or WAYS.get(key) or [*data.get(NAMED_IN.get(key, ""), ())]
            others = [with_value(data, (*path, key), other) for other in variants(value, words)[:MOST_VARIANTS]]
            bare = {name: item for name, item in table.items() if name != key}
            yield f"{model.__name__}.{key}", [*others, with_value(data, path, bare) if path else bare]


UNREAD = {
    "title",
    "description",
    "sources",
    "fact",
    "sweep",
    "forecast",
    "unknown",
    "calibration",
    "published",
    "prices",
}
"""Words for readers, and tables of what is asked, fitted, compared or paid."""


def test_arithmetic_obeys_every_key_or_leaves_it_aside_for_a_reason(with_every_key):
    obeyed, keys = set(), set()
    left_aside = {key for keys_of_reason in LEFT_ASIDE for key in keys_of_reason.split()}
    for name in every_key.CHANGES:
        for data in scenarios_to_change(name, with_every_key(name)[0]):
            before = answer_of(data)
            for key, others in changes_of(data):
                keys.add(key)
                is_settled = key in obeyed | left_aside
                if not is_settled and any((after := answer_of(other)) and after != before for other in others):
                    obeyed.add(key)
    assert sorted(keys - obeyed - left_aside) == [], "neither obeyed nor left aside"
    assert sorted(left_aside - keys) == [], "no key of the schema"
    assert len(obeyed) > 80
