"""A small corridor as the text of a scenario file: a border, a section, a sea crossing and terminals on both sides.

The texts after it may be added to it, each by itself or all together.
"""

SCENARIO = """\
#:schema ./scenario.schema.json
title = "Small corridor"

[horizon]
start = 2025-01-01
end = 2025-03-01
warmup_days = 14

[study]
replications = 3
seed = 7

[corridors.middle]
title = "Middle Corridor"
published_mt = { 2023 = 2.764, 2024 = 4.484 }
target_mt = { 2030 = 10 }
sources = { published_mt = "V-2023, V-2024", target_mt = "T-2030: the ministry's target" }

[trains.container]
title = "Container train"
handling = "container"
wagons = 50
teu = 100
net_t = 1_400.0
wagon_pools = ["platforms"]
sources.all = "assumed: fifty wagons of two TEU, 14 t each"

[wagon_pools.platforms]
title = "Platform wagons"
home = "altynkol"
sets = { 2024-01-01 = 30, 2025-02-01 = 40 }
placing_h = 2
empty_run_h = { aktau = { mean = 96, cv = 0.2 }, altynkol = 0 }
sources.sets = "assumed: enough for the traffic of 2024"

[regimes.paper]
kind = "paper"
title = "Paper"
keying_h = 0.25
checking_h = 0.1
effort_cv = 0.3
wrong_share = 0.05
works_before_release = "gauge_change"

[regimes.tez]
kind = "tez"
title = "Tez Customs"
lead_h = { mean = 24, cv = 0.5 }
late_share = 0.05
late_h = { low = 1, high = 6, shape = "uniform" }
release_h = 0.5
wrong_share = 0.02
correction_h = 2
works_before_release = "gauge_change"
sources = { release_h = "C-TEZ-30MIN", all = "assumed: nothing is published" }

[places.yard]
kind = "terminal"
title = "Khorgos yard"
unloading.container = { tracks = 4, train_h = 3 }

[places.altynkol]
kind = "border"
title = "Altynkol"
receiving_tracks = 12
declarant_teams = 3
officer_teams = { 2024-01-01 = 2, 2025-02-01 = 3 }
sources.all = "assumed: staff of the desk"

[places.altynkol.inspection]
yellow_share = 0.05
red_share = 0.01
yellow_h = 2
red_h = { low = 4, mode = 8, high = 24, shape = "triangular" }
teams = 2

[places.altynkol.gauge_change.container]
cranes = 4
train_h = { mean = 3, cv = 0.3 }
directions = ["westbound"]

[places.altynkol.forming]
crews = { 2024-01-01 = 3, 2025-02-01 = 4 }
train_h = 1.5

[places.steppe]
kind = "section"
title = "Altynkol\u2013Aktau"
length_km = 3_100
speed_km_per_day = { mean = 800, cv = 0.1 }
paths_per_day = 24

[places.caspian]
kind = "sea"
title = "Aktau\u2013Alat"
carries = "teu"
distance_km = 470
sailing_h = 20
east_port = "aktau"
west_port = "alat"
wind = { closed_share = 0.12, closure_h = 30 }

[places.caspian.ports]
aktau = { title = "Aktau", berths = 2, cranes = 2, crane_h_per_100 = 4, tracks = 3, train_h = 4 }
alat = { title = "Alat", berths = 2, cranes = 2, crane_h_per_100 = 4, tracks = 3, train_h = 4 }

[places.caspian.vessels.feeder]
title = "Feeder"
number = 3
capacity_teu = 350
patience_h = 48

[places.alat_yard]
kind = "terminal"
title = "Alat yard"
unloading.container = { tracks = 4, train_h = 3 }

[flows.transit]
title = "China\u2013Europe containers"
corridor = "middle"
train = "container"
direction = "westbound"
route = [
    "yard",
    "altynkol", # change of gauge
    "steppe",
    "caspian",
    "alat_yard",
]
teu_per_year = { 2024 = 40_000, 2025 = 60_000 }
declarations_per_train = 50
regime = { 2024-01-01 = "paper", 2025-02-01 = "tez" }
sources = { teu_per_year = "V-TEU-2024: 2025 by the plan", regime = "C-TEZ-START" }

[published.dwell_2025]
title = "Dwell at Altynkol"
fact = "P-DWELL"
used_for = "validation"
kpi = "border_dwell_h"
place = "altynkol"
flow = "transit"
start = 2025-01-01
end = 2025-02-01
low = 20
high = 60.5
"""

BOX = """
[trains.box]
title = "Box"
handling = "box"
wagons = 50
teu = 100
net_t = 1000
wagon_pools = []
"""
SECOND_FLOW = """
[flows.feeder]
title = "Through the other route"
train = "container"
direction = "westbound"
route = ["yard", "altynkol", "steppe", "caspian", "alat_yard"]
share_of = { transit = { 2024-01-01 = 0.3, 2025-02-01 = 0.5 } }
"""
EASTBOUND = """
[trains.return]
title = "Return train"
handling = "container"
wagons = 50
teu = 100
net_t = 900

[flows.back]
title = "Europe to China"
train = "return"
direction = "eastbound"
route = ["alat_yard", "caspian", "steppe", "altynkol", "yard"]
trains_per_year = { 2025 = 100 }
"""
BAN = """
[bans.full]
title = "Ban"
place = "altynkol"
flows = ["transit"]
begins_at_share = 1
lifts_at_share = 0.5
lead_h = 24
"""
FITTED = """
[published.voyages]
title = "Voyages"
fact = "V-2023"
used_for = "calibration"
kpi = "voyages_per_vessel"
start = 2025-01-01
end = 2025-02-01
value = 100
low = 90
high = 110

[calibration]
targets = ["voyages"]
leaves_out = [1999]
errors.voyages = { observation = 2, discrepancy_share = 0.1, sources.all = "assumed: a test" }
errors.dwell_2025 = { observation_share = 0.1, discrepancy = 2, sources.all = "assumed: a test" }

[calibration.parameters]
patience = { title = "Patience", keys = ["places.caspian.vessels.feeder.patience_h"], low = 1, high = 90, value = 48 }
"""
STORM = """
[disruptions.storm]
title = "Storm"
per_year = 6
lasts_days = { mean = 5, cv = 0.4 }
months = [11, 12, 1, 2]
changes."places.caspian.wind.closed_share" = 0.95
"""
