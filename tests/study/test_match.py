"""History matching: implausibility worked out by hand, waves on functions whose answer is known, and the command."""

import numpy as np
import pytest

from sim.scenario.problems import ScenarioError
from sim.scenario.schema import TargetErrors
from sim.study.calibrate.implausibility import (
    CUT,
    Record,
    effective_number,
    implausibilities,
    luck_variances,
    record_of,
    scores,
    scores_of_runs,
    weights,
)

WHY = {"all": "assumed: a test"}
RECORD = Record(("hours", "tonnes"), np.array([10.0, 4.0]), np.array([3.0, 0.0]), np.array([4.0, 0.5]))


def test_the_distance_from_a_target_is_over_the_root_of_all_variances():
    answers = np.array([[[22.0, 26.0], [4.0, 4.0]], [[10.0, 10.0], [2.0, 2.0]], [[np.nan, np.nan], [4.0, 4.0]]])
    luck = luck_variances(answers)
    assert luck == pytest.approx([8 / 2, 0])  # squares of -2, 2, 0, 0 over two degrees of freedom
    distances = scores_of_runs(RECORD, answers, luck)
    assert distances[0] == pytest.approx([14 / np.sqrt(3**2 + 4**2 + 4 * 1.5), 0])
    assert distances[1] == pytest.approx([0, -4])
    assert distances[2, 0] == np.inf
    assert implausibilities(distances) == pytest.approx([14 / np.sqrt(31), 4, np.inf])


def test_a_world_with_one_replication_that_spoke_has_more_luck_than_one_with_two():
    answers = np.array([[[20.0, np.nan], [4.0, np.nan]], [[20.0, 20.0], [4.0, 4.0]]])
    single, double = scores_of_runs(RECORD, answers, np.array([25.0, 0.0]))[:, 0]
    assert (single, double) == pytest.approx((10 / np.sqrt(75), 10 / np.sqrt(62.5)))


def test_weights_are_those_of_a_normal_posterior_cut_where_worlds_are_ruled_out():
    distances = np.array([[0.0, 0.0], [1.0, -2.0], [0.0, CUT], [np.inf, 0.0]])
    assert weights(distances) == pytest.approx(np.array([1, np.exp(-2.5), 0, 0]) / (1 + np.exp(-2.5)))
    assert weights(distances[2:]).tolist() == [0, 0]
    assert effective_number([0.5, 0.5, 0]) == pytest.approx(2)
    assert effective_number([0.0]) == 0


def test_emulated_worlds_have_the_variance_of_what_predicts_them():
    near = scores(RECORD, np.array([[25.0, 4.0]]), np.array([0.0, 0.0]))
    vague = scores(RECORD, np.array([[25.0, 4.0]]), np.array([[200.0, 0.0]]))
    assert (near[0, 0], vague[0, 0]) == pytest.approx((3, 1))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"observation": 1.0}, "state discrepancy or else discrepancy_share"),
        ({"observation": 1.0, "observation_share": 0.1, "discrepancy": 1.0}, "state observation or else"),
        ({"observation": 0.0, "discrepancy_share": 0.0}, "would rule out every world"),
        ({"observation": 1.0, "discrepancy": 1.0, "sources": {"observation": "A"}}, "must say in sources.discrepancy"),
        ({"observation": -1.0, "discrepancy": 1.0}, "greater than or equal to 0"),
    ],
)
def test_errors_are_stated_once_each_and_with_their_reason(table, message):
    with pytest.raises(ValueError, match=message):
        TargetErrors.model_validate({"sources": WHY, **table})


def test_a_share_is_of_the_figure_whatever_its_sign():
    errors = TargetErrors.model_validate({"observation": 2.0, "discrepancy_share": 0.5, "sources": WHY})
    assert (errors.deviation("observation", -10.0), errors.deviation("discrepancy", -10.0)) == (2.0, 5.0)


def test_a_target_without_errors_is_refused_by_name():
    from sim.scenario.reading.opening import load
    from sim.study.calibrate.parameters import targets

    reading = load("2025_as_it_was", ['calibration.targets = ["titr_2025", "feeder_teu_2025"]'])
    with pytest.raises(ScenarioError, match=r"calibration.errors: says nothing of .*\[calibration.errors\."):
        record_of(reading, targets(reading))
