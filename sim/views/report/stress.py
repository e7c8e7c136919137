"""The items of STRESS-DES (Monks et al. 2019, Journal of Simulation 13, 55–67), filled from a scenario and its results.

STRESS-DES is a list of what a report of a discrete-event simulation must say, so that others can judge and repeat it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sim.runs.folders import DISTRIBUTION
from sim.runs.results import Results
from sim.scenario.problems import how_many
from sim.scenario.schema import Scenario
from sim.views.words import sample, standing

LOGIC = (
    "Trains are offered by flow and walk their routes stage by stage; each stage is a wait for a scarce resource and "
    "the work done with it. A train holds the place it stands in until the next one takes it in. The full logic is in "
    "docs/design.md."
)
ALGORITHMS = (
    "Departures invert the cumulative volume on a renewal stream. Desks with known service times are booked on a heap "
    "of free hours (Kiefer and Wolfowitz 1955). Vessels load until full or out of patience. Closures by wind alternate "
    "by a renewal process. At equal times releases come first, then cuts, then arrivals, by priority and number."
)
SAMPLING = (
    "Named streams (flow, place, purpose) of NumPy's PCG64, drawn by inversion before the clock starts: the n-th train "
    "of a flow has the same luck in every scenario. Differences are paired by replication."
)
ESTIMATION = (
    "Independent replications; means over replications with Student-t intervals; quantiles are taken in each "
    "replication, then averaged. What is unfinished at the end is counted, not dropped."
)
OUTPUTS = (
    "Throughput, transit time, clearance, border dwell, waits, queues and use of capacity, by place, flow and year."
)


@dataclass(frozen=True)
class Item:
    """An item of the list: its number, its name, and what is said to it."""

    number: str
    name: str
    text: str


def items(run: Results) -> list[Item]:
    """All items for one run."""
    return [*objectives(run), *logic(run.scenario), *data(run), *experimentation(run), *implementation(run)]


def objectives(run: Results) -> Iterator[Item]:
    """Section 1 of the list."""
    scenario = run.scenario
    aims = [
        f"{corridor.title}: {', '.join(f'{mt:g} Mt in {year}' for year, mt in corridor.target_mt.items())}"
        for corridor in scenario.corridors.values()
        if corridor.target_mt
    ]
    yield Item("1.1", "Purpose of the model", " ".join(f"{scenario.title}. {scenario.description}".split()))
    yield Item("1.2", "Model outputs", OUTPUTS)
    yield Item("1.3", "Experimentation aims", f"Targets: {'; '.join(aims)}." if aims else "No target is stated.")


def logic(scenario: Scenario) -> Iterator[Item]:
    """Section 2 of the list."""
    kinds = Counter(place.kind for place in scenario.places.values())
    places = ", ".join(f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in kinds.items())
    bundles = [
        *(
            f"{investment.title} ({investment.opens})"
            for investment in scenario.investments.values()
            if investment.active
        ),
        *(disruption.title for disruption in scenario.disruptions.values() if disruption.active),
    ]
    yield Item(
        "2.1",
        "Base model overview",
        f"{places}; {how_many(len(scenario.flows), 'flow')}. The replay on this page draws it.",
    )
    yield Item("2.2", "Base model logic", LOGIC)
    yield Item("2.3", "Scenario logic", f"Dated changes: {'; '.join(bundles) or 'none'}.")
    yield Item("2.4", "Algorithms", ALGORITHMS)
    yield Item("2.5.1", "Entities", "; ".join(train.title for train in scenario.trains.values()))
    yield Item("2.5.2", "Activities", "; ".join(regime.title for regime in scenario.regimes.values()) or "none")
    yield Item("2.5.3", "Resources", resource_words(scenario))
    yield Item(
        "2.5.4", "Queues", "Served by priority of the train type, then by train number; desks first come first served."
    )
    ends = dict.fromkeys(name for flow in scenario.flows.values() for name in (flow.route[0], flow.route[-1]))
    yield Item("2.5.5", "Entry and exit points", "; ".join(scenario.places[name].title for name in ends))


def resource_words(scenario: Scenario) -> str:
    """Wagon pools, vessels and desks in words."""
    vessels = [
        vessel.title for place in scenario.places.values() if place.kind == "sea" for vessel in place.vessels.values()
    ]
    pools = [pool.title for pool in scenario.wagon_pools.values()]
    border = "receiving tracks, declarants, officers, inspection teams, cranes and forming crews at each border"
    return "; ".join([border, *pools, *vessels])


def data(run: Results) -> Iterator[Item]:
    """Section 3 of the list."""
    flows = run.scenario.flows.values()
    yield Item("3.1", "Data sources", "The table of inputs on this page names the fact behind each number.")
    yield Item(
        "3.2", "Pre-processing", "None: numbers are those published, or follow from them as their source line says."
    )
    yield Item(
        "3.3",
        "Input parameters",
        f"{how_many(len(list(flows)), 'flow')}; all inputs stand in scenario.toml of the results.",
    )
    yield Item("3.4", "Assumptions", f"{standing(run)}.")


def experimentation(run: Results) -> Iterator[Item]:
    """Section 4 of the list."""
    horizon = run.scenario.horizon
    yield Item(
        "4.1",
        "Initialisation",
        f"Starts empty {horizon.warmup_days} days before {horizon.start}; this warm-up is in no measure.",
    )
    yield Item("4.2", "Run length", f"{horizon.start} to {horizon.end}, the last day not included.")
    yield Item("4.3", "Estimation approach", f"{sample(run)}. {ESTIMATION}")


def implementation(run: Results) -> Iterator[Item]:
    """Sections 5 and 6 of the list."""
    versions = ", ".join(f"{name} {version}" for name, version in run.manifest["versions"].items())
    yield Item("5.1", "Software", versions)
    yield Item("5.2", "Random sampling", SAMPLING)
    yield Item(
        "5.3", "Model execution", "Event by event, in SimPy; replications are independent and may run side by side."
    )
    wall = f"{run.manifest['wall_s']} s for all replications. The results do not depend on the machine."
    yield Item("5.4", "System specification", wall)
    yield Item(
        "6.1", "Computer model sharing", f"{DISTRIBUTION} is free software (MIT); the scenario is in the results."
    )
