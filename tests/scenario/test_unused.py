"""What is stated and never read is named, with file and line, and refuses nothing."""

import re

import pytest
from commands import MONTH, called
from scenario_text import BAN, EASTBOUND, FITTED, SCENARIO, SECOND_FLOW, STORM

from sim.scenario.checks.plausible import USUAL_BY_KEY
from sim.scenario.problems import dotted
from sim.scenario.reading.layers import shipped
from sim.scenario.reading.opening import doubts, load
from sim.scenario.schema import Scenario

POOL = """
[wagon_pools.others]
title = "Others"
home = "altynkol"
sets = 3
placing_h = 1
empty_run_h = { alat_yard = 5 }
"""
CHARGES = """
[prices]
time = { usd_per_teu_day = 1 }
section = { usd_per_teu = 1 }
border = { usd_per_teu = 1 }
gauge_change = { usd_per_teu = 1 }
port = { usd_per_teu = 1 }
sea = { usd_per_teu = 1 }
terminal = { usd_per_teu = 1 }
"""
BUNDLE = """
[{table}.late]
title = "Late"
{days}
changes."places.altynkol.forming.crews" = 5
"""
SIDING = '[places.siding]\nkind = "section"\ntitle = "S"\nlength_km = 1\nspeed_km_per_day = 1\npaths_per_day = 1\n'
TRAIN = '[trains.spare]\ntitle = "Spare"\nhandling = "container"\nwagons = 1\nnet_t = 1\n'
HANDLING = "[places.altynkol.gauge_change.cars]\ncranes = 1\ntrain_h = 1\n"
UNKNOWN = (
    '[unknown.paths]\ntitle = "P"\ngroup = "railway"\nkeys = ["{}"]\nscale_low = 0.5\nscale_high = 2\n'
    'sources.all = "assumed: so"\n'
)
CASES = {
    "a pool no train names": (POOL, [], "wagon_pools.others", "no train names it"),
    "a pool no train can take": (
        POOL.replace("altynkol", "steppe").replace("alat_yard", "steppe")
        + EASTBOUND.replace("net_t = 900", 'net_t = 900\nwagon_pools = ["others"]'),
        [],
        "wagon_pools.others",
        "no train takes a set of it",
    ),
    "a stop without sets": (
        "",
        [("altynkol = 0 }", "altynkol = 0, steppe = 30 }")],
        "wagon_pools.platforms.empty_run_h.steppe",
        "no train takes or leaves a set of it there",
    ),
    "a repair": (
        "",
        [("placing_h = 2", "placing_h = 2\nrepair_h = 9")],
        "wagon_pools.platforms.repair_h",
        "repair_share is 0",
    ),
    "a set ordered ahead for no border": (
        "",
        [('wagon_pools = ["platforms"]', "ordered_ahead_h = 9")],
        "trains.container.ordered_ahead_h",
        "no train of it takes a wagon set at a border",
    ),
    "engines": (
        "",
        [
            ('wagon_pools = ["platforms"]\n', ""),
            ('directions = ["westbound"]', 'directions = ["eastbound"]'),
            ("receiving_tracks = 12", "receiving_tracks = 12\nshunting = { engines = 2, train_h = 4 }"),
        ],
        "places.altynkol.shunting",
        "takes a wagon set or has its gauge changed",
    ),
    "locomotives": (
        "",
        [
            (
                "receiving_tracks = 12",
                'receiving_tracks = 12\ndeparture = { locomotives = 2, turn_h = 4, directions = ["eastbound"] }',
            )
        ],
        "places.altynkol.departure",
        "no train leaves in a direction that it serves",
    ),
    "tracks for nobody": (
        "",
        [
            ('directions = ["westbound"]', 'directions = ["eastbound"]'),
            ("receiving_tracks = 12", "receiving_tracks = 12\neastbound_receiving_tracks = 4"),
            ('wagon_pools = ["platforms"]\n', ""),
            ('direction = "westbound"', 'direction = "eastbound"'),
        ],
        "places.altynkol.receiving_tracks",
        "no flow passes westbound",
    ),
    "tracks of their own": (
        "",
        [("receiving_tracks = 12", "receiving_tracks = 12\neastbound_receiving_tracks = 4")],
        "places.altynkol.eastbound_receiving_tracks",
        "no flow passes eastbound",
    ),
    "a train": (TRAIN, [], "trains.spare", "no flow has such trains"),
    "a place": (SIDING, [], "places.siding", "it is on no route"),
    "months of empties": (
        EASTBOUND.replace("trains_per_year = { 2025 = 100 }", "empties_of = { transit = 1 }\ndepartures_cv = 0"),
        [],
        "flows.back.departures_cv",
        "its trains leave when boxes fill them",
    ),
    "empties of none": (
        EASTBOUND.replace("trains_per_year = { 2025 = 100 }", "empties_of = { transit = 0 }"),
        [],
        "flows.back",
        "it sends no train",
    ),
    "an index": ('[indices.gdp]\ntitle = "G"\ngrowth_share_by_year = { 2025 = 0.1 }\n', [], "indices.gdp", "no flow"),
    "a corridor": ('[corridors.north]\ntitle = "N"\n', [], "corridors.north", "no flow counts in it"),
    "a regime": (
        '[regimes.old]\nkind = "paper"\ntitle = "Old"\nkeying_h = 1\nchecking_h = 1\neffort_cv = 0\nwrong_share = 0\n'
        'works_before_release = "gauge_change"\n',
        [],
        "regimes.old",
        "it clears no flow",
    ),
    "a flow": (
        "",
        [("{ 2024 = 40_000, 2025 = 60_000 }", "{ 2024 = 0, 2025 = 0 }")],
        "flows.transit",
        "it sends no train",
    ),
    "a handling": (HANDLING, [], "places.altynkol.gauge_change.cars", "it works no train"),
    "a rate": (
        "",
        [("receiving_tracks = 12", "receiving_tracks = 12\neastbound_handover_trains_per_day = 5")],
        "places.altynkol.eastbound_handover_trains_per_day",
        "no flow passes eastbound",
    ),
    "a time zone": (
        "",
        [("receiving_tracks = 12", 'receiving_tracks = 12\ntime_zone = "Asia/Almaty"')],
        "places.altynkol.time_zone",
        "no office_hours",
    ),
    "one track": (
        "",
        [("paths_per_day = 24", "paths_per_day = 24\nsingle_track = true")],
        "places.steppe.single_track",
        "one",
    ),
    "a timetable": (
        "",
        [("patience_h = 48", "patience_h = 48\nleast_load_share = 0.5\ndeparts_every_h = 24")],
        "places.caspian.vessels.feeder.least_load_share",
        "timetable",
    ),
    "vessels": ("", [("number = 3", "number = 0")], "places.caspian.vessels.feeder", "there is no vessel of it"),
    "a date": (
        "",
        [("2025-02-01 = 40", "2025-03-01 = 40")],
        "wagon_pools.platforms.sets.2025-03-01",
        "the horizon ends on 2025-03-01",
    ),
    "a price": (CHARGES + "places.siding = { usd_per_t = 1 }\n" + SIDING, [], "prices.places.siding", "on no route"),
    "an investment": (
        BUNDLE.format(table="investments", days="opens = 2026-01-01"),
        [],
        "investments.late.opens",
        "the horizon ends on 2025-03-01",
    ),
    "a line shorter than it is drawn": (
        "",
        [("length_km = 3_100", "length_km = 100\nline_deg = [[80, 44], [75, 50], [68, 44]]")],
        "places.steppe.length_km",
        "is 100 km, but the map has 959 km by air between the ends",
    ),
    "a line shorter than from town to town": (
        "",
        [
            ('title = "Altynkol"\n', 'title = "Altynkol"\nlongitude_deg = 0\nlatitude_deg = 0\n'),
            ('aktau = { title = "Aktau"', 'aktau = { title = "Aktau", longitude_deg = 90, latitude_deg = 0'),
        ],
        "places.steppe.length_km",
        "is 3,100 km, but the map has 10,008 km by air between the ends",
    ),
    "a crossing shorter than from port to port": (
        EASTBOUND,
        [
            ('aktau = { title = "Aktau"', 'aktau = { title = "Aktau", longitude_deg = 51, latitude_deg = 44'),
            ('alat = { title = "Alat"', 'alat = { title = "Alat", longitude_deg = 49, latitude_deg = 39'),
        ],
        "places.caspian.distance_km",
        "is 470 km, but the map has 580 km by air between the ends",
    ),
    "ways that are too short together": (
        "",
        [
            ('title = "Khorgos yard"\n', 'title = "Khorgos yard"\nlongitude_deg = 80\nlatitude_deg = 44\n'),
            ('title = "Alat yard"\n', 'title = "Alat yard"\nlongitude_deg = 10\nlatitude_deg = 40\n'),
        ],
        "places.caspian.distance_km",
        "is 3,570 km with 'steppe', but the map has 5,624 km by air",
    ),
    "a change of what is not there": (
        BUNDLE.replace("altynkol.forming.crews", "siding.paths_per_day").format(
            table="investments", days="opens = 2025-02-01"
        )
        + SIDING,
        [],
        'investments.late.changes."places.siding.paths_per_day"',
        "no run reads places.siding",
    ),
    "a change to what is so": (
        BUNDLE.format(table="investments", days="opens = 2025-02-01").replace("= 5", "= 4"),
        [],
        'investments.late.changes."places.altynkol.forming.crews"',
        "it is so already",
    ),
    "a factor": (
        SIDING + '[sweep.factors."places.siding.paths_per_day"]\nlow = 1\nhigh = 2\n',
        [],
        'sweep.factors."places.siding.paths_per_day"',
        "no run reads places.siding",
    ),
    "a factor of the desks": (
        '[sweep.factors."places.altynkol.officer_teams"]\nvalues = [1, 2]\n',
        [('regime = { 2024-01-01 = "paper", 2025-02-01 = "tez" }', 'regime = "tez"')],
        'sweep.factors."places.altynkol.officer_teams"',
        "no run reads places.altynkol.officer_teams",
    ),
    "a free number": (
        FITTED.replace("places.caspian.vessels.feeder.patience_h", "places.siding.paths_per_day") + SIDING,
        [],
        "calibration.parameters.patience.keys[0]",
        "no run reads places.siding",
    ),
    "an unknown of what is not there": (
        SIDING + UNKNOWN.format("places.sid*.paths_per_day"),
        [],
        "unknown.paths",
        "no run reads places.siding",
    ),
    "an unknown of what is switched off": (
        BUNDLE.format(table="investments", days="active = false\nopens = 2025-02-01")
        + UNKNOWN.format("investments.late.changes.places.altynkol.forming.crews"),
        [],
        "unknown.paths",
        "no run reads investments.late",
    ),
    "an unknown that is known": (
        UNKNOWN.format("places.steppe.paths_per_day") + "stated_share = 1\n",
        [],
        "unknown.paths.stated_share",
        "all stays as stated",
    ),
    "an unknown that moves alone": (
        UNKNOWN.format("places.steppe.paths_per_day") + 'moves_with = "works"\ncorrelation = 0.4\n',
        [],
        "unknown.paths.moves_with",
        "nothing else moves with it",
    ),
    "levels": (
        '[sweep]\nlevels = 3\nfactors."places.altynkol.receiving_tracks".values = [1, 2]\n',
        [],
        "sweep.levels",
        "every factor lists its values",
    ),
    "a year gone by": (
        "",
        [("2024 = 40_000", "2019 = 1, 2024 = 40_000")],
        "flows.transit.teu_per_year.2019",
        "2024 to",
    ),
    "a year to come": ("", [("2025 = 60_000", "2025 = 6, 2031 = 7")], "flows.transit.teu_per_year.2031", "to 2025"),
    "an index too late": (
        '[indices.gdp]\ntitle = "G"\ngrowth_share_by_year = { 2025 = 0.1 }\n',
        [("teu_per_year = { 2024", 'index = "gdp"\nteu_per_year = { 2024')],
        "flows.transit.index",
        "stated up to 2025",
    ),
    "growth of a year": (
        '[indices.gdp]\ntitle = "G"\ngrowth_share_by_year = { 2025 = 0.1, 2026 = 0.2 }\n',
        [("teu_per_year = { 2024 = 40_000, 2025 = 60_000", 'index = "gdp"\nteu_per_year = { 2024 = 40_000')],
        "indices.gdp.growth_share_by_year.2026",
        "no flow grows by it",
    ),
    "office hours": (
        "",
        [
            ("wrong_share = 0.02", "wrong_share = 0"),
            ('regime = { 2024-01-01 = "paper", 2025-02-01 = "tez" }', 'regime = "tez"'),
            (
                "receiving_tracks = 12",
                'receiving_tracks = 12\ntime_zone = "Asia/Almaty"\n'
                'office_hours = { opens = 08:00:00, closes = 18:00:00, at_closing = "stop" }',
            ),
        ],
        "places.altynkol.office_hours",
        "no declaration is cleared on paper",
    ),
    "a border of its own": (
        "",
        [
            ("receiving_tracks = 12", 'receiving_tracks = 12\nregime = "paper"'),
        ],
        "flows.transit.regime",
        "a regime of its own",
    ),
    "months of a share": (
        SECOND_FLOW + "month_weights = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]\n",
        [],
        "flows.feeder.month_weights",
        "the other flow",
    ),
    "a ban of no train": (
        BAN,
        [("{ 2024 = 40_000, 2025 = 60_000 }", "{ 2024 = 0, 2025 = 0 }")],
        "bans.full",
        "none of its flows",
    ),
    "wind that does not blow": (
        "",
        [("closed_share = 0.12", "closed_share = 0")],
        "places.caspian.wind.closure_h",
        "is 0",
    ),
    "months of no wind": (
        "",
        [("closed_share = 0.12", "closed_share = 0, month_weights = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]")],
        "places.caspian.wind.month_weights",
        "is 0",
    ),
    "a repair of no time": (
        "",
        [("placing_h = 2", "placing_h = 2\nrepair_share = 0.1")],
        "wagon_pools.platforms.repair_share",
        "takes no time",
    ),
    "a disruption that does not come": (
        re.sub("per_year = .*", "per_year = 5e-324", STORM),
        [],
        "disruptions.storm.per_year",
        "it comes less than once in a thousand runs",
    ),
    "more trains than a machine has time for": (
        "",
        [("2025 = 60_000 }", "2025 = 900_000_000 }")],
        "flows.transit.teu_per_year",
        "trains in a run: some 3 minutes of a core on SimPy, a tenth of it compiled, and 5 GB for each replication",
    ),
    "two ways at once": (
        EASTBOUND.replace('"alat_yard", "caspian", "steppe", "altynkol", "yard"', '"steppe", "caspian"'),
        [],
        "flows.back.direction",
        "is eastbound, and its trains pass 'steppe' before 'caspian' as 'transit' does, which is westbound",
    ),
    "a price of none": (
        CHARGES + "places.steppe = { usd_per_t = 1 }\n",
        [],
        "prices.section",
        "a price of its own",
    ),
    "a price of TEU": (
        CHARGES.replace("sea = { usd_per_teu = 1 }", "sea = { usd_per_wagon = 1, usd_per_teu = 1 }"),
        [
            ("teu = 100\n", ""),
            ("teu_per_year", "trains_per_year"),
            ('carries = "teu"', 'carries = "t"'),
            ("capacity_teu", "capacity_t"),
        ],
        "prices.sea.usd_per_teu",
        "no train carries TEU",
    ),
    "months beside days": (
        BUNDLE.format(table="disruptions", days="start = 2025-01-05\nend = 2025-02-01\nmonths = [1]"),
        [],
        "disruptions.late.months",
        "its days are stated",
    ),
    "months that do not come": (
        STORM.replace("[11, 12, 1, 2]", "[6]"),
        [],
        "disruptions.storm.months",
        "no day of a run",
    ),
    "a published figure": (
        "",
        [("start = 2025-01-01\nend = 2025-02-01\nlow = 20", "start = 2023-01-01\nend = 2024-01-01\nlow = 20")],
        "published.dwell_2025",
        "does not cover its days",
    ),
    "a value gone by": (
        "",
        [("officer_teams = { 2024-01-01 = 2,", "officer_teams = { 2023-01-01 = 1, 2024-01-01 = 2,")],
        "places.altynkol.officer_teams.2023-01-01",
        "another value takes its place before the warm-up begins on 2024-12-18",
    ),
    "a year that is none of the horizon": (
        "",
        [("2024 = 40_000, 2025 = 60_000", "2026 = 90_000")],
        "flows.transit.teu_per_year",
        "states no year of the horizon, 2025: a run has the 90,000 of 2026, the nearest year stated",
    ),
    "years around the horizon": (
        "",
        [("2025 = 60_000", "2030 = 60_000")],
        "flows.transit.teu_per_year",
        "states no year of the horizon, 2025: a run goes on by an equal share",
    ),
    "hours of a day": ("", [("keying_h = 0.25", "keying_h = 2.5")], "regimes.paper.keying_h", "usual is 0.005 to 1"),
    "a length in metres": ("", [("= 3_100", "= 500_000")], "places.steppe.length_km", "usual is 0.1 to 12,000"),
    "a variation in percent": (
        "",
        [("mean = 3, cv = 0.3", "mean = 3, cv = 60")],
        "places.altynkol.gauge_change.container.train_h.cv",
        "is 60; usual is 0 to 3",
    ),
    "efforts in percent": ("", [("effort_cv = 0.3", "effort_cv = 30")], "regimes.paper.effort_cv", "usual is 0 to 3"),
    "a weight of nothing": (
        "",
        [('flow = "transit"\nstart', 'flow = "0 transit + westbound"\nstart')],
        "published.dwell_2025.flow",
        "has a weight of 0",
    ),
    "no vessels": ("", [("number = 3", "number = 0")], "places.caspian.vessels", "are none all the time: what is to"),
    "no vessels from a day on": (
        "",
        [("number = 3", "number = { 2024-01-01 = 3, 2025-02-01 = 0 }")],
        "places.caspian.vessels",
        "are none from 2025-02-01 on: what is to cross waits for ever",
    ),
    "no set from a day on": (
        "",
        [
            (
                "{ 2024-01-01 = 30, 2025-02-01 = 40 }",
                "{ 2024-01-01 = 30, 2025-02-01 = 0, 2025-02-03 = 0, 2099-01-01 = 9 }",
            )
        ],
        "wagon_pools.platforms.sets",
        "is 0 from 2025-02-01 on: trains that need it wait for ever",
    ),
    "a variation of wind in percent": (
        "",
        [("closed_share = 0.12, closure_h = 30", "closed_share = 0.12, closure_h = 30, closure_cv = 50")],
        "places.caspian.wind.closure_cv",
        "is 50; usual is 0 to 3",
    ),
    "km an hour": (
        "",
        [("{ mean = 800, cv = 0.1 }", "100")],
        "places.steppe.speed_km_per_day",
        "is 100; usual is 200 to 2,400",
    ),
    "placing in days": ("", [("placing_h = 2\n", "placing_h = 1.5\n")], "wagon_pools.platforms.placing_h", "2 to 96"),
    "a warm-up of years": ("", [("warmup_days = 14", "warmup_days = 600")], "horizon.warmup_days", "is 600; usual"),
    "a hundred times the sets": (
        "",
        [("{ 2024-01-01 = 30, 2025-02-01 = 40 }", "6_000")],
        "wagon_pools.platforms.sets",
        "is 6,000: even 3.7 trains a day and rounds of 38 days keep 139 under way",
    ),
    "a train that flies": ("", [("mean = 800", "mean = 8_000")], "places.steppe.speed_km_per_day.mean", "8,000; usual"),
    "a vessel that flies": ("", [("sailing_h = 20", "sailing_h = 2")], "places.caspian.sailing_h", "235 km/h over 470"),
    "a heavy train": ("", [("net_t = 1_400.0", "net_t = 14_000")], "trains.container.net_t", "280 t a wagon, of 50"),
    "a work of days": (
        "",
        [("4, train_h = 3 }\n\n[flows", "4, train_h = 300 }\n\n[flows")],
        "places.alat_yard.unloading.container.train_h",
        "usual is 0.1 to 48: a crew",
    ),
    "minutes of a red train": (
        "",
        [("high = 24", "high = 240")],
        "places.altynkol.inspection.red_h.high",
        "one train is inspected within days",
    ),
    "a line many times as long as the way by air": (
        "",
        [("length_km = 3_100", "length_km = 9_100\nline_deg = [[80, 44], [75, 50], [68, 44]]")],
        "places.steppe.length_km",
        "is 9,100 km, but the map has 959 km by air between the ends; a line is seldom twice",
    ),
    "no set at all": (
        "",
        [("{ 2024-01-01 = 30, 2025-02-01 = 40 }", "0")],
        "wagon_pools.platforms.sets",
        "is 0 all the time",
    ),
    "no declarants for corrections": (
        "",
        [
            ("declarant_teams = 3", "declarant_teams = 0"),
            ('regime = { 2024-01-01 = "paper", 2025-02-01 = "tez" }', 'regime = "tez"'),
        ],
        "places.altynkol.declarant_teams",
        "is 0 all the time",
    ),
    "no path at all": (
        "",
        [("paths_per_day = 24", "paths_per_day = 0")],
        "places.steppe.paths_per_day",
        "is 0 all the time: trains that need it wait for ever",
    ),
    "no train that may set out": (
        "",
        [("route = [\n", "most_trains_under_way = 0\nroute = [\n")],
        "flows.transit.most_trains_under_way",
        "is 0 all the time: trains that need it wait for ever",
    ),
    "no engine at all": (
        "",
        [("receiving_tracks = 12", "receiving_tracks = 12\nshunting = { engines = 0, train_h = 4 }")],
        "places.altynkol.shunting.engines",
        "is 0 all the time: trains that need it wait for ever",
    ),
    "no locomotive at all": (
        "",
        [("receiving_tracks = 12", "receiving_tracks = 12\ndeparture = { locomotives = 0, turn_h = 4 }")],
        "places.altynkol.departure.locomotives",
        "is 0 all the time: trains that need it wait for ever",
    ),
    "no crew at all": (
        "",
        [("{ 2024-01-01 = 3, 2025-02-01 = 4 }", "0")],
        "places.altynkol.forming.crews",
        "is 0 all the time: trains that need it wait for ever",
    ),
    "a home where no train takes a set": (
        "",
        [
            ('home = "altynkol"', 'home = "alat_yard"'),
            ("{ aktau = { mean = 96, cv = 0.2 }, altynkol = 0 }", "{ alat_yard = 0 }"),
        ],
        "wagon_pools.platforms",
        "its home is alat_yard, and the trains that name it could take one at yard, altynkol, alat",
    ),
    "a section left out": (
        "",
        [('    "steppe",\n', "")],
        "places.steppe",
        "it is on no route; that of 'transit' is yard, altynkol, caspian, alat_yard",
    ),
    "a gap in a route": (
        "",
        [
            ('title = "Khorgos yard"', 'title = "Khorgos yard"\nlongitude_deg = 90\nlatitude_deg = 44'),
            ('title = "Altynkol"', 'title = "Altynkol"\nlongitude_deg = 80\nlatitude_deg = 44'),
        ],
        "flows.transit.route[1]",
        "leaves a gap: 799 km by air between 'yard' and 'altynkol', and no section; the route is yard, altynkol, ",
    ),
    "a disruption before": (
        BUNDLE.format(table="disruptions", days="start = 2024-01-01\nend = 2024-02-01"),
        [],
        "disruptions.late.end",
        "the warm-up begins on 2024-12-18",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_has_no_effect_is_named_where_it_stands(tmp_path, case):
    addition, changes, key, why = CASES[case]
    text = f"{SCENARIO}\n{addition}"
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    problems = {dotted(problem.path): problem for problem in doubts(load(tmp_path / "mine.toml"))}
    assert why in problems[key].message
    line = text.split("\n")[problems[key].line - 1]
    assert re.split(r"[.\[]", key.rstrip('"'))[-1].rstrip("]0") in line or "keys" in line or case == "a gap in a route"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("altynkol_tez", "horizon.warmup_days=0"),
        ("corridor_2024", "horizon.end=2024-01-10"),
        ("2030_target", "horizon.start=2030-01-01"),
    ],
)
def test_a_file_is_not_blamed_for_days_that_a_change_moves(name, change):
    assert doubts(load(name, [change])) == []


def test_the_small_corridor_states_nothing_in_vain(tmp_path):
    (tmp_path / "mine.toml").write_text(SCENARIO, encoding="utf-8")
    assert doubts(load(tmp_path / "mine.toml")) == []


@pytest.mark.parametrize("path", sorted(shipped().glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_scenarios_state_nothing_in_vain(path, shipped_reading):
    problems = doubts(shipped_reading(path.stem))
    # base.toml is there to be extended: what it says of years after its own is for the others.
    assert not problems or path.stem == "base"


def test_commands_say_so_once_and_go_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('title = "Mine"\nextends = "altynkol_paper.toml"\n' + POOL, encoding="utf-8")
    (tmp_path / "altynkol_paper.toml").write_text((shipped() / "altynkol_paper.toml").read_text(encoding="utf-8"))
    text = (tmp_path / "mine.toml").read_text().replace("alat_yard", "altynkol")
    (tmp_path / "mine.toml").write_text(text)
    for command in (("check", "mine.toml"), ("run", "mine.toml", *MONTH, "--workers", "1", "--no-plots")):
        answer = called(*command)
        assert answer.exit_code == 0, answer.output
        message = "mine.toml:4: wagon_pools.others: has no effect: no train names it"
        assert answer.stderr.count(message) == 1


def test_locomotives_that_bring_in_abandoned_trains_have_an_effect(tmp_path):
    """Whichever way they run, and whatever directions leave with these locomotives."""
    serves = 'departure = { locomotives = 2, turn_h = 4, directions = ["eastbound"] }\nabandonment = { after_h = 48 }'
    (tmp_path / "mine.toml").write_text(SCENARIO.replace("receiving_tracks = 12", f"receiving_tracks = 12\n{serves}"))
    assert "places.altynkol.departure" not in {dotted(doubt.path) for doubt in doubts(load(tmp_path / "mine.toml"))}


def test_a_change_that_a_later_one_takes_back_is_named(tmp_path):
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    crews = "places.altynkol.forming.crews"
    changes = [f"{crews}.2020-01-01=2", f"{crews}.2025-01-15=5", f"{crews}=4", "study.seed=1", "study.seed=3"]
    assert [str(problem) for problem in doubts(load(tmp_path / "small.toml", changes))] == [
        f"set: {key}: has no effect: a later change sets it, too"
        for key in (f"{crews}.2020-01-01", f"{crews}.2025-01-15", "study.seed")
    ]


TIMED = re.compile(r".*_(h|days|cv|per_day)|per_year")
BY_OTHER_RULES = {"Sea.sailing_h"}


def test_every_time_and_rate_has_a_usual_range():
    """A number in the wrong unit is told of whichever key it stands at."""
    tables = Scenario.model_json_schema()["$defs"]
    keys = {f"{table}.{key}" for table, part in tables.items() for key in part.get("properties", ())}
    timed = {key for key in keys if TIMED.fullmatch(key.partition(".")[2])}
    assert len(timed) > 20
    assert timed - USUAL_BY_KEY.keys() == BY_OTHER_RULES
