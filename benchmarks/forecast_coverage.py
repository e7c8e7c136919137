"""How often the interval of a forecast holds the truth: where ranges are right, and where truths are drawn otherwise.

A truth is a value for each unknown, drawn by some law over the same ranges, and what a toy of a corridor then carries,
with luck of its own. The forecast is made by the program's draws and percentiles from the ranges as stated (PERT).
Where truths are drawn by the same law, 80 % of them lie in its interval of 80 %; where they are drawn evenly over the
ranges, or heaped at their upper ends, the share shows what a wrong law costs. Beside it stands how wide the interval is
next to that of the offer alone: what the corridor leaves of the spread that comes in.

The same of a small scenario, run: one forecast of one border, and truths that are runs of it in worlds of another seed.
There the ends of the interval are themselves of so many worlds, and their error counts in z, too.
"""

import sys

import numpy as np

from sim.measure.chances import share_interval
from sim.scenario.laws import Law
from sim.scenario.reading.opening import load
from sim.study.forecast.draws import shares_drawn
from sim.study.forecast.forecast import forecast
from sim.study.forecast.outcome import percentiles
from sim.study.forecast.telling import claims, outcomes

TRUTHS, WORLDS, LEVEL = 500, 100, 0.8
BAR_Z = 3.0
RANGES = {
    "offer": (4.0, 6.0, 12.0),
    "hub": (5.0, 8.0, 11.0),
    "ships": (5.5, 7.0, 10.0),
    "empties": (0.9, 0.95, 1.0),
    "wind": (0.02, 0.08, 0.2),
}
"""Mt offered, Mt that the hub and the ships carry, and two shares: low, likely, high."""
LUCK_SHARE = 0.02
SMALL, DWELL, SMALL_WORLDS = "altynkol_sweep", "border_dwell_h:altynkol <= 56", 400


def carried_mt(values, luck):
    """The narrowest of the chain, in Mt; wind takes a part of what ships carry."""
    capacity = np.minimum(values["hub"] * values["empties"], values["ships"] * (1 - values["wind"]))
    return np.minimum(values["offer"], capacity) * (1 + LUCK_SHARE * luck)


def drawn(shares, shape):
    """Values of all unknowns at shares of a law over their ranges."""
    laws = {name: Law(shape, *ends) for name, ends in RANGES.items()}
    return {name: np.array([laws[name].quantile(float(share)) for share in shares[name]]) for name in RANGES}


def forecast_of(seed):
    """The ends of the interval of a forecast, and those of its offer, from worlds as the program draws them."""
    shares = {name: shares_drawn(seed, name, WORLDS) for name in RANGES}
    values = drawn(shares, "pert")
    answers = carried_mt(values, np.random.default_rng((seed, 1)).standard_normal(WORLDS))
    return percentiles(answers), percentiles(values["offer"])


def truths(rng, law):
    """Truths by a law: as the forecast has it, even over the ranges, or heaped at their upper ends."""
    shares = {name: rng.random(TRUTHS) for name in RANGES}
    if law == "heaped high":
        shares = {name: 1 - (1 - share) ** 2 for name, share in shares.items()}
    values = drawn(shares, "pert" if law == "as stated" else "uniform")
    return carried_mt(values, rng.standard_normal(TRUTHS))


def small_coverage():
    """Print the coverage of a forecast of one border; whether it is off where truths are drawn as the forecast is."""
    reading = load(SMALL)
    dwell = {
        law: dwells(reading.set(dict(even_ranges(reading)) if law == "even" else {}), law)
        for law in ("as stated", "even")
    }
    told = percentiles(dwells(reading, "forecast"))
    prior = percentiles(dwell["as stated"])
    failed = False
    for law, answers in dwell.items():
        share = share_interval(int(((told["p10"] <= answers) & (answers <= told["p90"])).sum()), TRUTHS, 0.95)
        # each end is off by the error of a tenth among so many worlds
        error = np.sqrt(LEVEL * (1 - LEVEL) / TRUTHS + 2 * 0.1 * 0.9 / SMALL_WORLDS)
        z = (share.share - LEVEL) / error
        print(
            f"{SMALL}, truths {law}: {share.share:.3f} [{share.low:.3f}, {share.high:.3f}] of {TRUTHS} within 80 %, "
            f"z {z:+.1f}; width {told['p90'] - told['p10']:.1f} h, of the truths {prior['p90'] - prior['p10']:.1f} h"
        )
        failed |= law == "as stated" and abs(z) >= BAR_Z
    return failed


def dwells(reading, law):
    """The mean dwell in each of the worlds of a forecast, or of as many truths, which have other seeds."""
    seed, worlds = (1, SMALL_WORLDS) if law == "forecast" else (2, TRUTHS)
    results = forecast(reading, worlds=worlds, conclusions=[DWELL], seed=seed, workers=2, progress=False)
    return outcomes(results, claims(results)[0]).to_numpy()


def even_ranges(reading):
    """Every range of a scenario as an even law between its ends, but for those whose likeliest value is written."""
    for name, entry in reading.scenario.unknown.items():
        if entry.values is None and entry.likely_end is None:
            yield f"unknown.{name}.shape", "uniform"


def main():
    """Print the coverage under each law; fail where the law is that of the forecast and the share is off."""
    failed = False
    ends = [forecast_of(seed) for seed in range(TRUTHS)]  # a forecast of its own for each truth
    for law in ("as stated", "even", "heaped high"):
        answers = truths(np.random.default_rng(7), law)
        holds = [told["p10"] <= answer <= told["p90"] for (told, _), answer in zip(ends, answers, strict=True)]
        share = share_interval(sum(holds), TRUTHS, 0.95)
        z = (share.share - LEVEL) / np.sqrt(LEVEL * (1 - LEVEL) / TRUTHS)
        width = np.mean([told["p90"] - told["p10"] for told, _ in ends])
        offer_width = np.mean([offer["p90"] - offer["p10"] for _, offer in ends])
        print(
            f"truths {law:>12}: {share.share:.3f} [{share.low:.3f}, {share.high:.3f}] of {TRUTHS} lie within 80 %, "
            f"z {z:+.1f}; width {width:.2f} Mt, of the offer {offer_width:.2f} Mt"
        )
        failed |= law == "as stated" and abs(z) >= BAR_Z
    return int(failed | small_coverage())


if __name__ == "__main__":
    sys.exit(main())
