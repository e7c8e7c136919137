"""The catalogue of stages and capacities: nothing is missing from it, and what it says fits the schema."""

import pytest

import sim
from sim.model.capacities import ACTIVITIES, CAUSES, KINDS, STAGES, Hold, capacities, causes_at
from sim.model.ledger import Activity, Cause
from sim.scenario.keys import inside, is_count, kinds, leaves, models
from sim.scenario.places import Place
from sim.scenario.schema import Scenario
from sim.study.field.journey_parts import PARTS
from sim.views.plots.style import CAUSE_LOOKS, PART_COLOURS

MODELS = {kind: model for model in models(Place) for kind in kinds(model)}
TABLES = {**MODELS, "wagon_pool": inside(inside(Scenario, {}, "wagon_pools"), {}, "x")}
TABLES["flow"] = inside(inside(Scenario, {}, "flows"), {}, "x")


def test_every_activity_and_cause_has_an_entry_in_the_order_of_the_ledger():
    assert list(ACTIVITIES) == list(Activity)
    assert list(CAUSES) == list(Cause)


def test_no_two_causes_look_or_read_alike():
    assert len({(look["facecolor"], look["hatch"]) for look in CAUSE_LOOKS.values()}) == len(CAUSES)
    assert len({facts.title for facts in CAUSES.values()}) == len(CAUSES)
    assert len({facts.title for facts in ACTIVITIES.values()}) == len(ACTIVITIES)


def test_every_part_of_a_journey_has_a_colour_and_work_or_waits():
    assert all(part.activities and part.causes for part in PARTS)
    assert len(set(PART_COLOURS)) == len(PARTS)


def test_every_kind_of_place_has_stages():
    assert set(KINDS) == set(MODELS)


def test_every_activity_and_cause_belongs_to_a_stage_or_is_of_the_room_ahead():
    staged = {activity for stage in STAGES for activity in stage.activities}
    assert set(Activity) - staged == {Activity.STANDING, Activity.ABANDONMENT}
    assert set().union(*map(causes_at, KINDS)) | {Cause.BAN} == set(Cause)


def test_what_has_a_use_that_is_counted_has_a_word_for_it():
    counted = {a for stage in STAGES if stage.key and stage.hold is not Hold.NO_COUNT for a in stage.activities}
    assert counted == {activity for activity, facts in ACTIVITIES.items() if facts.uses}


@pytest.mark.parametrize(
    "stage", [stage for stage in STAGES if stage.key], ids=lambda stage: f"{stage.kind} {stage.key}"
)
def test_a_key_is_one_of_the_schema(stage):
    annotation = TABLES[stage.kind]
    for key in [*([stage.table, "x"] if stage.table else []), *filter(None, stage.key.split("."))]:
        annotation = inside(annotation, {}, key)
        assert annotation is not None, key


@pytest.mark.parametrize("name", ["corridor_2024", "2030_target"])
def test_every_count_of_a_place_is_a_capacity(name):
    reading = sim.load(name)
    data = reading.resolved
    counts = {path[1:] for path, _ in leaves(data) if path[0] == "places" and is_count(data, path)}
    stated = {
        (place, *capacity.key.split("."))
        for place, described in reading.scenario.places.items()
        for capacity in capacities(described.kind, described)
    }
    assert len(counts) > 50
    assert counts <= stated
