"""Tables of a folder that somebody sent: each column is there and holds what it must, or the folder is damaged."""

import io
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hand_made import resolved, scenario

from sim.runs.columns import KPIS, PARTS, REPLICATIONS, TABLES, WORDS, read_parquet, with_columns
from sim.runs.durable import unpack
from sim.runs.folders import ResultsError
from sim.runs.replicate import replicate
from sim.runs.results import gather, load_run, write

MARKET = {
    "title": "Boxes",
    "teu_per_year": {"2024": 1_000_000},
    "most_share": 0.2,
    "patience_days": 0.05,
    "price_response_per_1000_usd": 1,
    "value_of_time_usd_per_teu_day": 0,
    "corridor": {"price_usd_per_teu": 1000, "expected_days": 9},
    "alternatives": {"ocean": {"price_usd_per_teu": 1000, "days": 30}},
}
FLOWS = resolved()["flows"]
WITH_MARKET = {
    "markets": {"boxes": MARKET},
    "flows": {
        **FLOWS,
        "chosen": {key: FLOWS["west"][key] for key in ("title", "train", "direction", "route")}
        | {"market": "boxes", "most_trains_under_way": 0},
    },
}
"""A market of which all that can come does, and is held until its shippers lose patience."""

STORED = {"replications": REPLICATIONS, **TABLES}
WHOLE = "whole numbers"
CELLS = [(table, name) for table, kinds in STORED.items() for name in kinds]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Results of a run, which every test leaves as they were."""
    path = tmp_path_factory.mktemp("results") / "four_days"
    model = scenario(**WITH_MARKET)
    write(gather("four_days", model, resolved(**WITH_MARKET), replicate(model, 5, 2, 1), 5, 0.9, 1.0), path)
    load_run(path)
    return path


@pytest.fixture
def tamper(folder):
    """Put a changed table in the place of one, and read it; it is put back in the end."""
    before = {}

    def tampered(table, change):
        path = folder / f"{table}.parquet"
        before[path] = path.read_bytes()
        change(pd.read_parquet(path)).to_parquet(path)
        return read_parquet(path, STORED[table])

    yield tampered
    for path, content in before.items():
        path.write_bytes(content)


def other_kind(column):
    """Numbers for words, words for numbers, numbers for yes and no."""
    if column.dtype == bool:
        return column.astype(float)
    return pd.Series(np.arange(len(column))) if column.dtype == "category" else column.astype(str)


@pytest.mark.parametrize(("table", "name"), CELLS)
def test_a_column_that_is_missing_is_refused(tamper, table, name):
    with pytest.raises(ValueError, match=rf"{table}\.parquet has no column '{name}'"):
        tamper(table, lambda frame: frame.drop(columns=name))


@pytest.mark.parametrize(("table", "name"), CELLS)
def test_a_column_of_another_kind_is_refused(tamper, table, name):
    with pytest.raises(ValueError, match=rf"{table}\.parquet: the column '{name}' does not hold"):
        tamper(table, lambda frame: frame.assign(**{name: other_kind(frame[name])}))


@pytest.mark.parametrize(("table", "name"), [cell for cell in CELLS if STORED[cell[0]][cell[1]] in (WORDS, WHOLE)])
def test_only_numbers_may_be_missing(tamper, table, name):
    with pytest.raises(ValueError, match=f"'{name}' does not hold {STORED[table][name]}"):
        tamper(table, lambda frame: frame.assign(**{name: frame[name].astype(object).where(frame.index > 0)}))


@pytest.mark.parametrize("table", STORED)
def test_such_a_table_is_damage_to_its_folder(folder, tamper, table):
    with pytest.raises(ValueError, match="has no column"):
        tamper(table, lambda frame: frame.iloc[:, 1:])
    with pytest.raises(ResultsError, match=rf"is damaged.*{table}\.parquet has no column"):
        load_run(folder)


@pytest.mark.parametrize("name", ["place", "activity", "cause"])
def test_words_that_the_scenario_does_not_know_are_damage(folder, tamper, name):
    tamper("stages", lambda frame: frame.assign(**{name: "mars"}))
    with pytest.raises(ResultsError, match=rf"stages\.parquet: the column '{name}' has a word"):
        load_run(folder)


def in_first_row(**cells):
    return lambda frame: frame.assign(
        **{name: frame[name].where(frame.index > 0, cell) for name, cell in cells.items()}
    )


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("replications", lambda frame: frame[frame["replication"] == 1], "does not hold 2 replications"),
        (
            "replications",
            lambda frame: frame.assign(replication=frame["replication"] - 5),
            "does not hold 2 replications",
        ),
        ("replications", lambda frame: frame[:0], "does not hold 2 replications"),
        ("replications", lambda frame: pd.concat([frame, frame]), "has a measure twice"),
        ("replications", lambda frame: frame.assign(place="mars"), "'place' has a word"),
        ("replications", lambda frame: frame.assign(kpi="profit"), "'kpi' has a word"),
        ("replications", lambda frame: frame.assign(unit="parsec"), "another unit than the catalogue"),
        ("replications", in_first_row(value=np.inf), "'value' does not hold numbers"),
        ("replications", lambda frame: frame.assign(value=frame["value"] + 2), "a share above 1"),
        ("replications", lambda frame: frame.assign(value=frame["value"] / 2), "kpis.csv is not what"),
        ("trains", lambda frame: frame[1:], "does not count its trains from 0"),
        ("trains", in_first_row(net_t=-1.0), "'net_t' has no number of 0 or more"),
        ("trains", in_first_row(teu=np.nan), "'teu' has no number of 0 or more"),
        ("stages", in_first_row(train=-5), "has a train that"),
        ("stages", in_first_row(train=10**6), "has a train that"),
        ("stages", in_first_row(ended_h=1e300), "an hour at which the run"),
        ("stages", in_first_row(ended_h=np.inf), "'ended_h' does not hold numbers"),
        ("stages", in_first_row(queued_h=-1e9), "an hour at which the run"),
        ("stages", lambda frame: frame.assign(started_h=frame["ended_h"] + 0.01), "whose hours go back|an hour at"),
        ("declarations", in_first_row(arrived_h=1e15), "an hour at which the run"),
    ],
)
def test_a_table_that_no_run_leaves_is_damage(folder, tamper, table, change, message):
    """Of other replications, other trains, another clock, or with numbers that are none."""
    with suppress(ValueError):
        tamper(table, change)
    with pytest.raises(ResultsError, match=rf"is damaged.*({message})"):
        load_run(folder)


def test_what_else_a_table_holds_is_passed_over(folder, tamper):
    """A column more, columns in another order, an index of somebody else's."""
    trains = load_run(folder).tables.trains
    read = tamper("trains", lambda frame: frame.assign(more="x").iloc[:, ::-1].set_index("more"))
    pd.testing.assert_frame_equal(read, trains)


def test_a_table_with_more_cells_than_can_be_read_is_refused(tamper, monkeypatch):
    monkeypatch.setattr("sim.runs.columns.MOST_CELLS", 10)
    with pytest.raises(ValueError, match="has more than 10 cells"):
        tamper("trains", lambda frame: frame)


def test_a_table_that_unpacks_to_more_than_can_be_read_is_refused(tamper, monkeypatch):
    monkeypatch.setattr("sim.runs.columns.MEGABYTE", 0)
    with pytest.raises(ValueError, match="unpacks to more than 2,000 MB"):
        tamper("trains", lambda frame: frame)


def test_words_stand_in_memory_once(tamper):
    """Also where a file has them as text in each row."""
    assert tamper("stages", lambda frame: frame.astype({"place": str}))["place"].dtype == "category"


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"garbage" * 100])
def test_what_is_no_parquet_is_refused(tmp_path, content):
    (tmp_path / "stays.parquet").write_bytes(content)
    with pytest.raises(ValueError, match=r"stays\.parquet is no table in Parquet"):
        read_parquet(tmp_path / "stays.parquet", TABLES["stays"])


def test_a_frame_without_rows_has_all_kinds():
    """As of a run that answers no published figure."""
    empty = pd.DataFrame([], columns=["name", "value"])
    assert with_columns(empty, PARTS["published"], "published").equals(empty)
    with pytest.raises(ValueError, match="kpis has no column 'kpi'"):
        with_columns(empty, KPIS, "kpis")


@pytest.mark.parametrize("categories", [["name"], {"name": ["b"]}, {"x": ["a"]}, {"name": [["a"]]}, None])
def test_a_frame_of_a_study_with_other_categories_is_damage(categories):
    frame = pd.DataFrame({"name": ["a"], "value": [1.0]})
    frame.attrs = {"categories": categories}
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    with pytest.raises((ValueError, AttributeError, TypeError)):
        unpack(buffer.getvalue(), "published")
