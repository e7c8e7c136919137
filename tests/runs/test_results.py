"""Results: intervals over replications, verdicts on published figures, and folders that are whole or not there."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import shutil

import pandas as pd
import pytest
from hand_made import figure, resolved, scenario, tables

from sim.measure.published import band_verdict, verdicts
from sim.runs.answer import digest
from sim.runs.columns import TABLES
from sim.runs.folders import ResultsError, check_replaceable, result_folder, writing
from sim.runs.replicate import Replication, replicate
from sim.runs.results import gather, load_run, write

YEAR = (dt.date(2024, 12, 30), dt.date(2025, 1, 1))
PUBLISHED = {
    "tonnes": figure("Tonnes", "throughput_mt", *YEAR, 15, 25, fact="NA", flow="middle"),
    "misspelt": figure("Nothing, after all", "throughput_kt", *YEAR, 1, 2, fact="F-2"),
}
KEYS = ["kpi", "place", "flow", "period", "unit"]


def replication(index, rows, answered=()):
    kpis = pd.DataFrame(rows, columns=[*KEYS, "value"])
    for name, words in zip(
        KEYS,
        (["throughput_mt", "clearance_h"], ["all", "khorgos"], ["west", "all"], ["2024", "all"], ["Mt", "h"]),
        strict=True,
    ):
        kpis[name] = pd.Categorical(kpis[name], words)
    first = tables(trains=[(0, "west", 0.0, 9.5, 1000.0, 80.0, 50.0)]) if index == 0 else None
    return Replication(index, kpis, pd.DataFrame(answered, columns=["name", "value"]), first)


def hand_made_results():
    tonnes = ("throughput_mt", "all", "all", "2024", "Mt")
    hours = ("clearance_h", "khorgos", "west", "all", "h")
    replications = [
        replication(0, [(*tonnes, 10.0)], [("tonnes", 10.0)]),
        replication(1, [(*hours, 3.0), (*tonnes, 20.0)], [("tonnes", 20.0)]),
        replication(2, [(*tonnes, 30.0)], [("tonnes", 30.0)]),
    ]
    plain = resolved(published=PUBLISHED)
    return gather("four_days", scenario(published=PUBLISHED), plain, replications, seed=5, level=0.95, wall_s=1.25)


@pytest.fixture(scope="module")
def results():
    model = scenario(published=PUBLISHED)
    return gather("four_days", model, resolved(published=PUBLISHED), replicate(model, 5, 3, 1), 5, 0.9, 1.0)


@pytest.fixture(scope="module")
def written(results, tmp_path_factory):
    """The folder of the results, to be copied."""
    folder = tmp_path_factory.mktemp("written") / "four_days"
    write(results, folder)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """A copy of the folder, to be damaged."""
    return shutil.copytree(written, tmp_path / "four_days")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# Gathering


def test_kpis_are_means_with_intervals_over_replications():
    kpis = hand_made_results().kpis
    assert list(kpis.columns) == ["scenario", *KEYS, "replications", "mean", "ci_low", "ci_high", "p10", "p50", "p90"]
    assert kpis["kpi"].tolist() == ["throughput_mt", "clearance_h"]
    assert kpis["scenario"].tolist() == ["four_days"] * 2
    assert kpis["unit"].tolist() == ["Mt", "h"]
    assert kpis["replications"].tolist() == [3, 1]
    assert kpis["mean"].tolist() == [20.0, 3.0]
    assert kpis[["p10", "p50", "p90"]].values.tolist() == [pytest.approx([12.0, 20.0, 28.0]), [3.0, 3.0, 3.0]]
    assert kpis["ci_high"][0] - 20 == pytest.approx(24.841377)
    assert kpis["ci_low"][0] == 0  # 20 less 24.8 Mt is not on this earth
    assert math.isnan(kpis["ci_low"][1])


def test_the_values_of_the_replications_are_kept():
    values = hand_made_results().replications
    assert list(values.columns) == ["replication", *KEYS, "value"]
    assert values.query("kpi == 'throughput_mt'")["value"].tolist() == [10.0, 20.0, 30.0]
    assert values.query("kpi == 'clearance_h'")["replication"].tolist() == [1]


def test_results_need_replication_0():
    with pytest.raises(ValueError, match="replication 0"):
        gather("x", scenario(), resolved(), [replication(1, [])], 5, 0.95, 1.0)


def test_the_manifest_says_what_was_done():
    manifest = hand_made_results().manifest
    known = {"format": 4, "study": "run", "seed": 5, "replications": 3, "level": 0.95, "wall_s": 1.2}
    assert known.items() <= manifest.items()
    assert manifest["versions"].keys() == {"corridor-simulator", "numpy", "pandas", "simpy", "tzdata", "python"}
    assert manifest["scenario_sha256"] == digest(resolved(published=PUBLISHED))


def test_the_digest_knows_contents_and_not_the_order_of_keys():
    plain = resolved()
    backwards = dict(reversed(resolved().items()))
    backwards["places"] = dict(reversed(backwards["places"].items()))
    assert list(plain) != list(backwards)
    assert digest(plain) == digest(backwards)
    plain["places"]["khorgos"]["forming"]["crews"] += 1
    assert digest(plain) != digest(backwards)


# Published figures


def test_published_figures_stand_beside_the_model():
    table = hand_made_results().published.set_index("name")
    assert table.loc["tonnes", ["low", "high", "mean", "replications"]].tolist() == [15, 25, 20, 3]
    assert table.loc["tonnes", "ci_high"] == pytest.approx(44.841377)
    assert table.loc["tonnes", "verdict"] == "overlaps"
    assert table.loc["tonnes", ["start", "end", "place"]].tolist() == ["2024-12-30", "2025-01-01", "all"]
    assert table.loc["misspelt", "verdict"] == "not measured"
    assert table.loc["misspelt", "replications"] == 0


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((12, 11, 13), "inside"),
        ((15, 10, 20), "inside"),
        ((19.9, 19.5, 20.3), "overlaps"),
        ((21, 20, 22), "overlaps"),
        ((15, 5, 25), "overlaps"),
        ((21.1, 20.1, 22.1), "outside"),
        ((9, 8, 9.9), "outside"),
        ((12, math.nan, math.nan), "inside"),
        ((9, math.nan, math.nan), "outside"),
        ((math.nan, math.nan, math.nan), "not measured"),
    ],
)
def test_the_verdict_is_how_the_interval_lies_to_the_band(interval, expected):
    assert band_verdict(10, 20, *interval) == expected


def test_a_figure_of_other_days_is_not_held_against_the_model():
    late = {"late": PUBLISHED["tonnes"] | {"end": dt.date(2025, 1, 4)}}
    assert verdicts(scenario(published=late), [pd.DataFrame(columns=["name", "value"])], 0.95).empty


# Folders


def test_what_is_written_comes_back(results, tmp_path):
    write(results, tmp_path / "four_days")
    found = load_run(tmp_path / "four_days")
    assert found.scenario == results.scenario
    assert found.resolved == results.resolved
    assert (found.name, found.manifest, found.folder) == (results.name, results.manifest, tmp_path / "four_days")
    pd.testing.assert_frame_equal(found.kpis, results.kpis, check_exact=True)
    pd.testing.assert_frame_equal(found.replications, results.replications, check_exact=True)
    pd.testing.assert_frame_equal(found.published, results.published, rtol=1e-5)
    for field in dataclasses.fields(results.tables):
        written, read = getattr(results.tables, field.name), getattr(found.tables, field.name)
        assert len(written) > 0 or field.name in ("choices", "losses"), "only markets have these"
        assert list(read) == list(written)
        if len(written):  # the words of a table without rows are not kept
            pd.testing.assert_frame_equal(read, written, check_exact=True)


def test_the_folder_holds_what_it_should(results, tmp_path):
    write(results, tmp_path / "four_days")
    tables_of_a_run = {f"{field.name}.parquet" for field in dataclasses.fields(results.tables)}
    plain = {"scenario.toml", "sources.csv", "manifest.json", "kpis.csv", "published.csv", "replications.parquet"}
    assert contents(tmp_path / "four_days").keys() == plain | tables_of_a_run
    assert len(tables_of_a_run) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["four_days"]


def test_the_same_run_writes_the_same_bytes(results, tmp_path):
    model = scenario(published=PUBLISHED)
    again = gather("four_days", model, resolved(published=PUBLISHED), replicate(model, 5, 3, 1), 5, 0.9, 77.0)
    write(results, tmp_path / "one")
    write(again, tmp_path / "two")
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert {name for name in one if one[name] != two[name]} == {"manifest.json"}
    manifests = [json.loads(each["manifest.json"]) | {"wall_s": 0} for each in (one, two)]
    assert manifests[0] == manifests[1]


def test_numbers_in_the_csv_have_six_digits(tmp_path):
    write(hand_made_results(), tmp_path / "x")
    lines = (tmp_path / "x" / "kpis.csv").read_text().splitlines()
    assert lines[1] == "four_days,throughput_mt,all,all,2024,Mt,3,20,0,44.8414,12,20,28"
    assert lines[2] == "four_days,clearance_h,khorgos,west,all,h,1,3,,,3,3,3"


def test_a_newer_result_takes_the_place_of_an_older(results, tmp_path):
    folder = tmp_path / "four_days"
    write(hand_made_results(), folder)
    for ending in (".png", ".svg"):
        (folder / f"queues{ending}").write_bytes(b"old")
    write(results, folder)
    assert load_run(folder).manifest["level"] == 0.9
    assert not (folder / "queues.png").exists()
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_earlier_result_outlives_a_failure(tmp_path, error):
    folder = tmp_path / "four_days"
    write(hand_made_results(), folder)
    before = contents(folder)
    with pytest.raises(error), writing(folder) as temporary:
        (temporary / "kpis.csv").write_text("half")
        assert contents(folder) == before
        raise error
    assert contents(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_an_earlier_result_outlives_a_failed_move(tmp_path, monkeypatch):
    folder = tmp_path / "four_days"
    write(hand_made_results(), folder)
    before = contents(folder)
    rename = type(folder).rename

    def failing(path, target):
        if path.name != folder.name and target.name == folder.name and not (path / "kpis.csv").exists():
            raise PermissionError("not today")
        return rename(path, target)

    monkeypatch.setattr(type(folder), "rename", failing)
    with pytest.raises(ResultsError, match="not today"), writing(folder):
        pass
    assert contents(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_a_result_is_written_into_new_and_into_empty_folders(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "new" / "deep"):
        write(hand_made_results(), folder)
        assert load_run(folder).name == "four_days"


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "disk")
    for _ in range(2):
        write(hand_made_results(), link)
    assert link.is_symlink()
    assert load_run(link).name == load_run(tmp_path / "disk").name == "four_days"
    assert {path.name for path in tmp_path.iterdir()} == {"disk", "link"}


def test_a_folder_of_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(ResultsError, match="other files"):
        write(hand_made_results(), tmp_path)
    with pytest.raises(ResultsError, match="is not a folder"):
        check_replaceable(tmp_path / "thesis.tex")
    assert contents(tmp_path) == {"thesis.tex": b"mine"}


@pytest.mark.parametrize("manifest", ['{"name": "An app", "icons": []}', "", "[]"])
def test_a_manifest_of_other_things_makes_no_result_folder(tmp_path, manifest):
    """Web pages and packages have a manifest.json, too."""
    (tmp_path / "manifest.json").write_text(manifest)
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(ResultsError, match="other files"):
        write(hand_made_results(), tmp_path)
    assert contents(tmp_path) == {"manifest.json": manifest.encode(), "thesis.tex": b"mine"}


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written"):
        write(hand_made_results(), tmp_path / "file" / "four_days")


@pytest.mark.parametrize("name", ["corridor_2024", "Middle Corridor 2030", "транзит", "v1.2"])
def test_a_name_names_a_folder(tmp_path, name):
    assert result_folder(tmp_path, name).parent == tmp_path
    result_folder(tmp_path, name).mkdir()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", "C:", "/etc", ".hidden", "end.", " x", "a\0b", "a\n", "x" * 256]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(ResultsError, match="rename"):
        result_folder(tmp_path, name)


@pytest.mark.parametrize(
    "name", ["scenario.toml", "published.csv", "replications.parquet", "stages.parquet", "capacity.parquet"]
)
@pytest.mark.parametrize("harm", ["missing", "half"])
def test_a_damaged_folder_is_refused(folder, name, harm):
    whole = (folder / name).read_bytes()
    (folder / name).unlink()
    if harm == "half":
        (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ResultsError, match="four_days"):
        load_run(folder)


@pytest.mark.parametrize("name", ["replications", *TABLES])
@pytest.mark.parametrize("change", [lambda frame: frame[:0], lambda frame: frame[::-1], lambda frame: frame[1:]])
def test_a_table_without_its_rows_or_their_order_is_damaged(folder, name, change):
    path = folder / f"{name}.parquet"
    frame = pd.read_parquet(path)
    if len(frame) > 1:
        change(frame).to_parquet(path)
        with pytest.raises(ResultsError, match="is damaged; run the scenario again: "):
            load_run(folder)


def test_a_fact_that_was_changed_in_a_folder_is_damage(folder):
    path = folder / "sources.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    load_run(folder)
    path.write_text(path.read_text() + "F-1" + "," * 13 + "\n")
    with pytest.raises(ResultsError, match=r"sources\.csv is not as it was written"):
        load_run(folder)


def test_a_changed_scenario_is_noticed(folder):
    path = folder / "scenario.toml"
    text = path.read_text()
    assert "crews = 2" in text
    path.write_text(text.replace("crews = 2", "crews = 3"))
    with pytest.raises(ResultsError, match=r"scenario\.toml"):
        load_run(folder)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", "7"])
def test_what_is_no_result_folder_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ResultsError, match="no result folder"):
        load_run(tmp_path)


@pytest.mark.parametrize("key", ["scenario", "scenario_sha256", "seed", "replications", "level", "versions", "wall_s"])
@pytest.mark.parametrize("value", [None, []])
def test_a_manifest_that_lacks_something_is_refused(folder, key, value):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {key: value}))
    with pytest.raises(ResultsError, match=rf"manifest\.json: is damaged.*its '{key}' must be "):
        load_run(folder)
    del manifest[key]
    path.write_text(json.dumps(manifest))
    with pytest.raises(ResultsError, match=rf"manifest\.json: is damaged.*it has no '{key}'$"):
        load_run(folder)


def test_another_format_is_refused(tmp_path):
    for form, words in (("99", "99"), ('"3"', "'3'")):
        (tmp_path / "manifest.json").write_text(f'{{"format": {form}}}')
        with pytest.raises(ResultsError, match=f"format {words}; this version"):
            load_run(tmp_path)
