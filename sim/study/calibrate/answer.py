"""What a calibration found, as tables: the targets beside the model, the parameters, and what is seen of them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.measure.statistics import intervals
from sim.runs.answer import Answer
from sim.study.calibrate.beside import targets_beside
from sim.study.calibrate.fit import Fit


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CalibrationAnswer(Answer):
    """A fit of the free parameters of a scenario to published figures.

    Attributes
    ----------
    scenario, resolved
        The scenario before the fit.
    frames
        `targets`, `parameters` and `directions`, see `fit_tables`.
    manifest
        As every answer's; evaluations (trials made, each of all replications) and settled (whether the search ended by
        itself) too.
    """

    kind = "calibrate"

    @property
    def targets(self) -> pd.DataFrame:
        """The targets beside the model."""
        return self.frames["targets"]

    @property
    def parameters(self) -> pd.DataFrame:
        """The parameters, before and after."""
        return self.frames["parameters"]

    @property
    def fitted(self) -> dict[str, float]:
        """The fitted values by parameter."""
        return dict(zip(self.parameters["name"], self.parameters["fitted"], strict=True))

    @property
    def deviations(self) -> dict[str, float]:
        """Model less figure over figure by target, with three significant digits; -1 where the model says nothing."""
        shares = self.targets["deviation_share"].fillna(-1.0)
        return {name: float(f"{share:.3g}") for name, share in zip(self.targets["name"], shares, strict=True)}


def fit_tables(fit: Fit, level: float) -> dict[str, pd.DataFrame]:
    """A fit as tables.

    Returns
    -------
    dict of DataFrame
        `targets`: the columns of `beside`, and before_share, the deviation before the fit. `parameters`: name, title,
        low, high, before, fitted, span_share (of the range, over which the fit stays within the noise), loose (whether
        it is not identified). `directions`: singular (largest first), parameter, share (of its range).
    """
    after, before = (targets_beside(fit.targets, intervals(values, level)) for values in (fit.after, fit.before))
    parameters = pd.DataFrame(
        [
            (parameter.name, parameter.title, parameter.low, parameter.high, parameter.start)
            for parameter in fit.parameters
        ],
        columns=["name", "title", "low", "high", "before"],
    )
    parameters["fitted"] = list(fit.values)
    parameters["span_share"], parameters["loose"] = fit.identification.spans, fit.identification.loose
    directions = [
        (singular, parameter.name, share)
        for singular, direction in zip(fit.identification.singular, fit.identification.directions, strict=True)
        for parameter, share in zip(fit.parameters, direction, strict=True)
    ]
    return {
        "targets": after.assign(before_share=before["deviation_share"]),
        "parameters": parameters,
        "directions": pd.DataFrame(directions, columns=["singular", "parameter", "share"]),
    }
