"""The worlds in which a conclusion holds against those in which it fails, as a few rules: a small classification tree.

A tree (Breiman et al. 1984) of at most three questions, as deep as predicts best over folds; each leaf is a rule. Its
share of worlds is of those that it was grown on, so that its interval is a little too narrow. Among many unknowns and
few worlds some question always tells them apart: there is a rule only if the best one tells more than the best one does
where outcomes are dealt to the worlds at random (a permutation test over all questions at once).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.measure.chances import ShareInterval, share_interval
from sim.measure.statistics import FloatArray

DEPTH = 3
LEAF_SHARE = 0.05
"""Share of the worlds that a rule must speak of at least."""
FOLDS = 10
DIGITS = 3
AS_STATED_WORDS = "as stated"
"""What an alternative is called that leaves a scenario as it is."""
DEALS = 399
"""How often outcomes are dealt to the worlds at random."""

Condition = tuple[str, str, float | str]
"""An unknown, a sign (`<=`, `>`, `is`, `is not`), and what it is held against."""


@dataclass(frozen=True)
class Region:
    """Worlds under some conditions, none: all; and the share of them in which a conclusion holds."""

    conditions: tuple[Condition, ...]
    holding: ShareInterval

    @property
    def rule(self) -> str:
        """The conditions as a text."""
        return " and ".join(f"{name} {sign} {bound}" for name, sign, bound in self.conditions)


def regions(inputs: Mapping[str, Sequence[Any]], holds: npt.NDArray[np.bool_], level: float, seed: int) -> list[Region]:
    """Rules that tell worlds in which a conclusion holds from the others, the surest to hold first.

    Parameters
    ----------
    inputs
        Values by name of unknown, one a world: all numbers, or all words or switches.
    """
    from sklearn.tree import DecisionTreeClassifier

    names, table = questions(inputs)
    depth = best_depth(table, holds, seed) if is_more_than_luck(table, holds, level, seed) else 0
    if depth == 0:
        return [Region((), share_interval(int(holds.sum()), len(holds), level))]
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=LEAF_SHARE, random_state=seed).fit(table, holds)
    leaves = tree.apply(table)
    rules = []
    for leaf, conditions in leaves_below(tree.tree_, names):
        of_leaf = holds[leaves == leaf]
        rules.append(Region(conditions, share_interval(int(of_leaf.sum()), len(of_leaf), level)))
    return sorted(rules, key=lambda region: -region.holding.share)


def questions(inputs: Mapping[str, Sequence[Any]]) -> tuple[list[tuple[str, str | None]], FloatArray]:
    """What a tree may ask: numbers as they are, of words whether they are one of them; worlds × questions."""
    names: list[tuple[str, str | None]] = []
    columns = []
    for name, values in inputs.items():
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            names.append((name, None))
            columns.append(np.asarray(values, float))
            continue
        words = [AS_STATED_WORDS if value is None else str(value) for value in values]
        for word in sorted(set(words)):
            names.append((name, word))
            columns.append(np.array([entry == word for entry in words], float))
    return names, np.column_stack(columns)


def is_more_than_luck(table: FloatArray, holds: npt.NDArray[np.bool_], level: float, seed: int) -> bool:
    """Whether the best single question tells more than the best one of outcomes at random does, at a level."""
    rng = np.random.default_rng(seed)
    outcomes = np.array([holds, *(rng.permutation(holds) for _ in range(DEALS))], float)
    stated, *at_random = best_gains(table, outcomes)
    return float((1 + np.sum(np.array(at_random) >= stated)) / (1 + DEALS)) <= 1 - level


def best_gains(table: FloatArray, outcomes: FloatArray) -> FloatArray:
    """For each row of outcomes, one a world, how far the best question brings the means of its two sides apart.

    That is the sum of squares between the sides, as a tree of scikit-learn counts it; neither side may be smaller than
    a leaf.
    """
    worlds = len(table)
    sizes = np.arange(1, worlds)
    is_leaf = np.minimum(sizes, worlds - sizes) >= max(LEAF_SHARE * worlds, 1)
    means = outcomes.mean(axis=1, keepdims=True)
    gains = np.zeros(len(outcomes))
    for column in table.T:
        order = np.argsort(column, kind="stable")
        is_cut = is_leaf & (np.diff(column[order]) > 0)
        apart = outcomes[:, order].cumsum(axis=1)[:, :-1][:, is_cut] - sizes[is_cut] * means
        between = apart**2 * worlds / (sizes * (worlds - sizes))[is_cut]
        gains = np.maximum(gains, between.max(axis=1, initial=0.0))
    return gains


def best_depth(table: FloatArray, holds: npt.NDArray[np.bool_], seed: int) -> int:
    """How many questions in a row predict best over folds: none where the conclusion holds in hardly any, or all."""
    from sklearn.model_selection import StratifiedKFold
    from sklearn.tree import DecisionTreeClassifier

    folds = min(FOLDS, int(holds.sum()), int((~holds).sum()))
    if folds < 2:
        return 0
    misses = np.zeros(DEPTH + 1)
    for training, testing in StratifiedKFold(folds, shuffle=True, random_state=seed).split(table, holds):
        misses[0] += ((holds[testing] - holds[training].mean()) ** 2).sum()
        for depth in range(1, DEPTH + 1):
            tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=LEAF_SHARE, random_state=seed)
            shares = tree.fit(table[training], holds[training]).predict_proba(table[testing])[:, 1]
            misses[depth] += ((holds[testing] - shares) ** 2).sum()
    return int(misses.argmin())


def leaves_below(
    tree: Any, names: Sequence[tuple[str, str | None]], node: int = 0, conditions: tuple[Condition, ...] = ()
) -> Iterator[tuple[int, tuple[Condition, ...]]]:
    """The leaves below a node of a tree of scikit-learn, with the conditions on the way to them."""
    if tree.children_left[node] < 0:
        yield node, conditions
        return
    name, word = names[tree.feature[node]]
    bound = float(f"{tree.threshold[node]:.{DIGITS}g}")
    for child, sign in ((tree.children_left[node], "<="), (tree.children_right[node], ">")):
        condition: Condition = (name, sign, bound) if word is None else (name, "is" if sign == ">" else "is not", word)
        yield from leaves_below(tree, names, int(child), (*narrower(conditions, condition), condition))


def narrower(conditions: tuple[Condition, ...], condition: Condition) -> tuple[Condition, ...]:
    """Conditions without those that a further one on the same number makes idle."""
    return tuple(entry for entry in conditions if entry[:2] != condition[:2] or condition[1] == "is not")
