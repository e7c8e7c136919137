"""What one table of a scenario asks of another: names that lead somewhere, bans that can watch, sets that come back."""

import pytest
from scenario_text import BAN, EASTBOUND, FITTED, SCENARIO, SECOND_FLOW

from sim.scenario.reading.read import ScenarioError, read

THIRD_FLOW = SECOND_FLOW.replace("feeder", "coaster")


@pytest.fixture
def problems(tmp_path):
    """Key path and message of everything wrong with the small corridor, some lines more, and some of it replaced."""

    def found(more, *changes):
        text = SCENARIO + more
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (tmp_path / "small.toml").write_text(text, encoding="utf-8")
        try:
            read(tmp_path / "small.toml")
        except ScenarioError as error:
            assert all(problem.line for problem in error.problems)
            return [(problem.key, problem.message) for problem in error.problems]
        return []

    return found


@pytest.mark.parametrize("more", ["", SECOND_FLOW, EASTBOUND, BAN, FITTED, SECOND_FLOW + EASTBOUND + BAN + FITTED])
def test_what_is_sound_is_accepted(problems, more):
    assert problems(more) == []


def test_an_index_must_be_one_of_the_scenario(problems):
    index = '\n[indices.turnover]\ntitle = "Turnover"\ngrowth_share_by_year = { 2026 = 0.05 }\n'
    line = 'corridor = "middle"\n'
    assert problems(index, (line, f'{line}index = "turnover"\n')) == []
    assert problems(index, (line, f'{line}index = "turnovr"\n')) == [
        ("flows.transit.index", "'turnovr' is not an index of the scenario; did you mean 'turnover'?")
    ]


def test_the_others_while_a_regime_spreads_use_one_of_the_scenario(problems):
    line = 'corridor = "middle"\n'
    adoption = "adoption_share = { 2024-01-01 = 0, 2025-02-01 = 0.5 }\n"
    assert problems("", (line, f'{line}{adoption}otherwise = "paper"\n')) == []
    assert problems("", (line, f'{line}{adoption}otherwise = "papers"\n')) == [
        ("flows.transit.otherwise", "'papers' is not a clearance regime of the scenario; did you mean 'paper'?")
    ]


@pytest.mark.parametrize(
    ("fallback", "says"),
    [
        ("paper", None),
        ("papr", "'papr' is not a clearance regime of the scenario; did you mean 'paper'?"),
        ("tez", "must be a regime of kind 'paper', and 'tez' is not"),
    ],
)
def test_a_digital_regime_falls_back_to_paper(problems, fallback, says):
    outages = f'correction_h = 2\noutages = {{ down_share = 0.01, outage_h = 6, fallback = "{fallback}" }}\n'
    wanted = [("regimes.tez.outages.fallback", says)] if says else []
    assert problems("", ("correction_h = 2\n", outages)) == wanted


SHARE = "{ transit = { 2024-01-01 = 0.3, 2025-02-01 = 0.5 } }"


@pytest.mark.parametrize(
    ("share_of", "key", "message"),
    [
        ("{ transitt = 0.3 }", "transitt", "'transitt' is not a flow of the scenario; did you mean 'transit'?"),
        ("{ feeder = 0.3 }", "feeder", "cannot be the flow itself"),
        (
            "{ back = 0.3 }",
            "back",
            "must be a flow in the same direction, and 'back' is eastbound",
        ),
        (
            "{ coaster = 0.3 }",
            "coaster",
            "must be a flow with a volume of its own, and 'coaster' takes its trains from others",
        ),
        (
            "{ transit = { 2024-01-01 = 0.6, 2025-02-01 = 0.1 } }",
            None,
            None,
        ),
        (
            "{ transit = { 2025-02-01 = 0.1 } }",
            "transit",
            "has no value before 2025-02-01, and the horizon starts on 2025-01-01",
        ),
    ],
)
def test_a_share_is_of_the_trains_of_another_flow(problems, share_of, key, message):
    coaster = THIRD_FLOW.replace("{ 2024-01-01 = 0.3, 2025-02-01 = 0.5 }", "0.4")
    text = SECOND_FLOW.replace(SHARE, share_of) + coaster + EASTBOUND
    assert problems(text) == ([(f"flows.feeder.share_of.{key}", message)] if key else [])


@pytest.mark.parametrize(
    ("coaster", "share", "day"),
    [
        ("0.5", None, None),
        ("{ 2024-01-01 = 0.7, 2025-02-01 = 0.5 }", None, None),
        ("0.6", "1.1", "2025-02-01"),
        ("{ 2024-01-01 = 0.8, 2025-01-15 = 0 }", "1.1", "2024-01-01"),
        ("{ 2024-01-01 = 0.1, 2024-06-01 = 0.9, 2025-01-15 = 0 }", "1.2", "2024-06-01"),
    ],
)
def test_shares_of_one_flow_are_never_more_than_all_of_it(problems, coaster, share, day):
    text = SECOND_FLOW + THIRD_FLOW.replace("{ 2024-01-01 = 0.3, 2025-02-01 = 0.5 }", coaster)
    message = f"takes with 'feeder' {share} of the trains of 'transit' from {day}: more than all"
    assert problems(text) == ([("flows.coaster.share_of.transit", message)] if share else [])


LOADED = "trains_per_year = { 2025 = 100 }"


@pytest.mark.parametrize(
    ("terms", "key", "message"),
    [
        ("empties_of = { transit = 0.5, feeder = 1 }\nturn_h = 48", None, None),
        ("empties_of = { transitt = 1 }", ".empties_of.transitt", "'transitt' is not a flow of the scenario; did you"),
        ("empties_of = { back = 1 }", ".empties_of.back", "cannot be the flow itself"),
        ("empties_of = { other = 1 }", ".empties_of.other", "must be a flow of loaded boxes, and those of 'other' are"),
        ("empties_of = { east = 1 }", ".empties_of.east", "must be a flow in the other direction, and 'east' is eastb"),
        ("empties_of = { oil = 1 }", ".empties_of.oil", "must be a flow of boxes, and trains of 'tanks' have no teu"),
        ("empties_of = { transit = -0.1 }", ".empties_of.transit", "must be at least 0"),
        ("empties_of = { transit = 0.6 }", ".empties_of.transit", "takes with 'other' 1.1 of the boxes of 'transit':"),
        ("empties_of = {}", "", "state the volume in exactly one of trains_per_year, teu_per_year, mt_per_year, mar"),
        (f"{LOADED}\nempties_of = {{ transit = 0.5 }}", "", "state the volume in exactly one of"),
        (f"{LOADED}\nturn_h = 4", "", "turn_h goes with empties_of"),
        (
            "empties_of = { transit = 0.5 }\nindex = 'gdp'",
            "",
            "an index goes with volumes by year, not with empties_of",
        ),
    ],
)
def test_boxes_come_back_from_loaded_flows_in_the_other_direction(problems, terms, key, message):
    tanks = '\n[trains.tanks]\ntitle = "T"\nhandling = "container"\nwagons = 50\nnet_t = 900\n'
    gdp = '\n[indices.gdp]\ntitle = "G"\ngrowth_share_by_year = { 2025 = 0.1 }\n'
    flow = EASTBOUND[EASTBOUND.index("[flows.back]") :]
    east, oil = (flow.replace("[flows.back]", f"\n[flows.{name}]") for name in ("east", "oil"))
    oil = oil.replace('"return"', '"tanks"').replace("eastbound", "westbound").replace('"alat_yard", "caspian", ', "")
    other = flow.replace("[flows.back]", "\n[flows.other]").replace(LOADED, "empties_of = { transit = 0.5 }")
    parts = SECOND_FLOW, other, EASTBOUND.replace(LOADED, terms), east, oil.replace('"steppe", ', ""), tanks, gdp
    told = [problem for problem in problems("".join(parts)) if not problem[0].startswith("flows.oil.route")]
    assert [(found_key, found_message[: len(message)]) for found_key, found_message in told] == (
        [(f"flows.back{key}", message)] if message else []
    )


# Convention bans


def ban(place, *flows):
    return BAN.replace('"altynkol"', f'"{place}"').replace('["transit"]', str(list(flows)).replace("'", '"'))


WATCHED = "must be a port with a yard, a border, or a section with most_trains"
WITH_YARD = ('aktau = { title = "Aktau", berths = 2,', 'aktau = { title = "Aktau", yard_teu = 900, berths = 2,')
WITH_ALAT_YARD = ('alat = { title = "Alat", berths = 2,', 'alat = { title = "Alat", yard_teu = 900, berths = 2,')
FINITE = ("paths_per_day = 24", "paths_per_day = 24\nmost_trains = 20")


@pytest.mark.parametrize(
    ("text", "changes", "key", "message"),
    [
        (ban("aktau", "transit"), [WITH_YARD], None, None),
        (ban("alat", "back") + EASTBOUND, [WITH_ALAT_YARD], None, None),
        (ban("steppe", "transit"), [FINITE], None, None),
        (ban("altynkol", "transit", "back") + EASTBOUND, [], None, None),
        (ban("aktau", "transit"), [], "place",
         f"{WATCHED}, and port 'aktau' has no yard_teu"),
        (ban("steppe", "transit"), [], "place",
         f"{WATCHED}, and section 'steppe' has no most_trains"),
        (ban("caspian", "transit"), [], "place",
         f"{WATCHED} (got sea 'caspian'); its ports are 'aktau', 'alat'"),
        (ban("yard", "transit"), [], "place",
         f"{WATCHED} (got terminal 'yard')"),
        (ban("aktao", "transit"), [], "place",
         "'aktao' is not a place or port of the scenario; did you mean 'aktau'?"),
        (ban("altynkol", "transitt"), [], "flows[0]",
         "'transitt' is not a flow of the scenario; did you mean 'transit'?"),
        (ban("steppe", "transit", "back") + EASTBOUND, [FINITE], "flows[1]",
         "'back' is eastbound, and the flows before it are not: a ban watches a section in one direction"),
        (ban("aktau", "transit", "back") + EASTBOUND, [WITH_YARD], "flows[1]",
         "'back' lands at 'aktau', and a ban watches the cargo that waits there for vessels"),
        (ban("altynkol", "transit", "short"), [], "flows[1]", "'short' does not pass 'altynkol'"),
        (ban("aktau", "short"), [WITH_YARD], "flows[0]", "'short' does not pass 'aktau'"),
    ],
)  # fmt: skip
def test_a_ban_watches_a_place_that_its_flows_pass(problems, text, changes, key, message):
    short = EASTBOUND.replace("flows.back", "flows.short").replace("trains.return", "trains.local")
    short = short.replace('"return"', '"local"').replace("eastbound", "westbound")
    short = short.replace('["alat_yard", "caspian", "steppe", "altynkol", "yard"]', '["steppe"]')
    assert problems(text + short, *changes) == ([(f"bans.full.{key}", message)] if key else [])


def test_a_port_that_two_crossings_have_is_no_place_for_a_ban(problems):
    second = SCENARIO[SCENARIO.index("[places.caspian]") : SCENARIO.index("[places.alat_yard]")]
    second = second.replace("places.caspian", "places.second_line")
    assert problems(second) == []
    assert problems(second + ban("aktau", "transit")) == [
        ("bans.full.place", "names more than one place: 'caspian', 'second_line' have it")
    ]


# Wagon sets


AKTAU_RUN = ("aktau = { mean = 96, cv = 0.2 }, altynkol = 0", "altynkol = 0")


def never(pool, place):
    return (
        f"a wagon set of '{pool}' taken at '{place}' is never given back: wagon_pools.{pool}.empty_run_h has none "
        "of the places after it where these trains leave their set"
    )


def pool(name, home, **empty_run_h):
    runs = ", ".join(f"{place} = {hours}" for place, hours in empty_run_h.items())
    head = f'\n[wagon_pools.{name}]\ntitle = "Sets"\nhome = "{home}"\n'
    return f"{head}sets = 9\nplacing_h = 1\nempty_run_h = {{ {runs} }}\n"


CHINA = pool("china", "yard", altynkol=90)


def two(*pools):
    return ('wagon_pools = ["platforms"]', f"wagon_pools = {list(pools)}".replace("'", '"'))


@pytest.mark.parametrize(
    ("more", "changes", "path", "message"),
    [
        ("", [AKTAU_RUN], "route", never("platforms", "altynkol")),
        ("", [("aktau = { mean = 96, cv = 0.2 }, altynkol = 0", "alat_yard = 90")], None, None),
        ("", [("aktau = { mean = 96, cv = 0.2 }, altynkol = 0", "yard = 90")], "route", never("platforms", "yard")),
        ("", [("altynkol = 0", "alat = 9")], "route", never("platforms", "alat")),
        ("", [("altynkol = 0", "alat = 9, alat_yard = 9")], None, None),
        (CHINA, [two("china", "platforms")], None, None),
        (CHINA, [two("platforms", "china")], None, None),
        (pool("china", "yard", khorgos=1).replace("khorgos", "steppe"), [two("china", "platforms")], "route",
         never("china", "yard")),
        (CHINA + pool("other", "yard", aktau=9), [two("china", "platforms", "other")], "route[0]",
         "trains of 'container' could take wagon sets of 'china' and 'other' at 'yard'"),
        (pool("china", "altynkol", aktau=9), [two("china", "platforms")], "route[1]",
         "trains of 'container' could take wagon sets of 'china' and 'platforms' at 'altynkol'"),
        (pool("west", "alat", alat_yard=9) + pool("far", "alat", alat_yard=9), [two("platforms", "west", "far")],
         "route[3]", "trains of 'container' could take wagon sets of 'west' and 'far' at 'alat'"),
    ],
)  # fmt: skip
def test_a_wagon_set_taken_is_given_back(problems, more, changes, path, message):
    assert problems(more, *changes) == ([(f"flows.transit.{path}", message)] if path else [])


def test_an_eastbound_set_is_left_at_the_border(problems):
    empties = EASTBOUND.replace("net_t = 900", 'net_t = 900\nwagon_pools = ["platforms"]')
    alat = ("altynkol = 0", "altynkol = 0, alat_yard = 1")
    assert problems(empties, alat) == []
    elsewhere = ("aktau = { mean = 96, cv = 0.2 }, altynkol = 0", "steppe = 1")
    home = ('home = "altynkol"', 'home = "aktau"')
    assert problems(empties, elsewhere, home) == [("flows.back.route", never("platforms", "aktau"))]


def test_a_fleet_that_may_stand_in_groups_for_ever_is_refused(problems):
    assert problems("", ("placing_h = 2\n", "placing_h = 2\ngroup_sets = 30\n")) == []
    [(path, message)] = problems("", ("placing_h = 2\n", "placing_h = 2\ngroup_sets = 31\n"))
    assert path == "wagon_pools.platforms.group_sets"
    assert "more than 30 sets are needed" in message


# Calibration


KEY = "places.caspian.vessels.feeder.patience_h"
MEAN = "wagon_pools.platforms.empty_run_h.aktau.mean"
KEYS = f'keys = ["{KEY}"]'


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        ([('["voyages"]', '["voyages", "voyage"]')], "targets[1]",
         "'voyage' is not a published figure of the scenario; did you mean 'voyages'?"),
        ([('["voyages"]', '["voyages", "dwell_2025"]')], "targets[1]",
         "must be a published figure with a value, and published.dwell_2025 states none"),
        ([('["voyages"]', '["voyage"]'), ("errors.voyages", "errors.voyage")], None, None),
        ([("errors.voyages", "errors.voyage")], "errors.voyage",
         "is no published figure; did you mean 'voyages'?"),
        ([("value = 100\n", "")], None, None),
        ([(KEYS, 'keys = ["places.caspian.vessels.feedr.patience_h"]')], "parameters.patience.keys[0]",
         f"names no value of the scenario; did you mean '{KEY}'?"),
        ([(KEYS, 'keys = ["places.caspian.vessels.feeder.patience"]')], "parameters.patience.keys[0]",
         f"names no value of the scenario; did you mean '{KEY}'?"),
        ([(KEYS, 'keys = ["places.caspian.vessels.feeder"]')], "parameters.patience.keys[0]",
         "names no number of the scenario"),
        ([(KEYS, 'keys = ["places.caspian.title"]')], "parameters.patience.keys[0]", "names no number of the scenario"),
        ([(KEYS, f'keys = ["{MEAN}", "regimes.tez.late_h.mean", "wagon_pools.platforms.placing_h.mean"]')], None, None),
        ([(KEYS, f"{KEYS}, title = 'Patience'"), ('title = "Patience", ', "")], None, None),
    ],
)  # fmt: skip
def test_a_calibration_aims_at_figures_and_moves_numbers(problems, changes, key, message):
    assert problems(FITTED, *changes) == ([(f"calibration.{key}", message)] if key else [])


def test_a_number_follows_one_parameter(problems):
    again = FITTED + f'again = {{ title = "Again", {KEYS}, low = 1, high = 90, value = 48 }}\n'
    assert problems(again) == [
        ("calibration.parameters.again.keys[0]", "takes the value of calibration.parameters.patience already")
    ]
