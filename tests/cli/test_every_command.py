"""Each command once on each kind of shipped scenario, whole but for its horizon, which is a few days."""

import itertools

import pytest
from commands import called

FEW = ("--replications", "3", "--workers", "1", "--no-plots")
CREWS = "places.altynkol.forming.crews"
KINDS = {
    "altynkol_tez": "2024",
    "corridor_2024": "2024",
    "2030_target": "2030",
    "storm_winter": "2030",
    "tez_outage": "2030",
    "cku_opens": "2030",
}
"""One border, the past, the plan, a disruption on dates, one of customs, another railway: each with its year."""
COMMANDS = {
    "check": (),
    "sources": (),
    "arithmetic": (),
    "run": FEW,
    "compare": ("altynkol_paper", *FEW),
    "sweep": ("--factor", f"{CREWS}=3,4", *FEW),
    "forecast": ("--worlds", "4", "--conclusion", "throughput_mt >= 0", "--workers", "1", "--no-plots"),
    "ladder": ("--rungs", "1", *FEW),
    "warmup": ("--days", "10", *FEW),
    "target": ("--target", "0.001", "--plans", "2", *FEW),
}
QUICK = {*itertools.product(COMMANDS, ["altynkol_tez"]), ("check", "2030_target"), ("sources", "2030_target")}
"""Always tried; the rest with the pages."""


def days(command, year):
    """A year's first four days; the whole of it where a question is about a year."""
    end = f"{int(year) + 1}-01-01" if command == "target" else f"{year}-01-05"
    changes = (f"horizon.start={year}-01-01", f"horizon.end={end}", "horizon.warmup_days=2")
    return [word for change in changes for word in ("--set", change)]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        pytest.param(command, name, marks=() if (command, name) in QUICK else pytest.mark.docs)
        for command, name in itertools.product(COMMANDS, KINDS)
        if command != "target" or (command, name) in QUICK  # a whole year each: the pages ask it of the plan
    ],
)
def test_each_command_does_each_kind_of_shipped_scenario(command, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if command == "compare" and name != "altynkol_tez":
        rival = "corridor_2024" if name != "corridor_2024" else "base"
        words = [name, rival, *COMMANDS[command][1:]]
    elif command == "forecast" and name == "altynkol_tez":  # which says of nothing that it is unknown
        words = ["altynkol_paper", "altynkol_sweep", *COMMANDS[command]]
    else:
        words = [name, *COMMANDS[command]]
    answer = called(command, *words, *days(command, KINDS[name]))
    assert answer.exit_code == 0, answer.output
    assert len(answer.stdout.splitlines()) > 2
