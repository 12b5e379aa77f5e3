"""Can a classifier tell two series apart? Gradient boosting on windows, folds grouped by week.

0.5 is indistinguishable, 1 is always told apart. Needs scikit-learn (the extra `realism`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from api.realism.limits import ClassifierLimits
from api.realism.series import Series
from api.realism.windows import Windows, windows
from twin.arrays import Array, Floats, Ints

QUICK = ClassifierLimits(folds=5, rounds=100, repeats=1)
_LEAST_WINDOWS = 20


class ExtraMissing(Exception):  # noqa: N818 - it names what is missing, as the command says
    """scikit-learn is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "scikit-learn is not installed: pip install 'hengfu-twin[realism]' brings it"
        )


@dataclass(frozen=True, slots=True)
class TwoSample:
    """Mean AUC over the folds, and how much of it each block of features carries.

    `gives_away` holds (column/aspect, loss of AUC when that block is shuffled), largest first.
    """

    auc: float
    windows: tuple[int, int]
    gives_away: tuple[tuple[str, float], ...]


def require_classifier() -> None:
    """Raises ExtraMissing when scikit-learn is not installed."""
    if find_spec("sklearn") is None:
        raise ExtraMissing


def two_sample_auc(first: Series, second: Series, columns: Sequence[str], size: int = 24) -> float:
    """The AUC alone, with one round of folds."""
    return two_sample(first, second, columns, size, QUICK, importance=False).auc


def two_sample(
    first: Series,
    second: Series,
    columns: Sequence[str],
    size: int,
    settings: ClassifierLimits,
    importance: bool = True,
) -> TwoSample:
    """First (label 1) against second (label 0) by windows of `size` rows.

    Only windows without a missing value count. ValueError when fewer than 20 are left.
    """
    a, b = windows(first, columns, size), windows(second, columns, size)
    if min(len(a), len(b)) < _LEAST_WINDOWS:
        raise ValueError(f"too few whole windows of {size}: {len(a)} and {len(b)}")
    features = np.concatenate([a.features, b.features])
    label = np.concatenate([np.ones(len(a)), np.zeros(len(b))])
    group = _apart(a.group, b.group)
    aucs, losses = [], []
    with one_thread():
        for model, test in _fitted(features, label, group, settings):
            aucs.append(_auc(model, features[test], label[test]))
            if importance:
                losses.append(_losses(model, features[test], label[test], a, aucs[-1]))
    return TwoSample(float(np.mean(aucs)), (len(a), len(b)), _ranked(a, losses))


@contextmanager
def one_thread() -> Iterator[None]:
    """Trees of a few hundred rows are grown faster by one thread than by many."""
    require_classifier()
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    with threadpool_limits(1):
        yield


def _apart(first: Ints, second: Ints) -> Ints:
    """Weeks of the two series as distinct groups: a week is wholly in one fold."""
    _, groups = np.unique(np.concatenate([2 * first, 2 * second + 1]), return_inverse=True)
    return np.asarray(groups, dtype=np.int64)


def _fitted(
    features: Floats, label: Floats, group: Ints, settings: ClassifierLimits
) -> Iterator[tuple[Any, Array]]:
    """A model per fold, and the rows it has not seen."""
    require_classifier()
    from sklearn.ensemble import HistGradientBoostingClassifier  # late: an optional extra
    from sklearn.model_selection import StratifiedGroupKFold

    for repeat in range(settings.repeats):
        cut = StratifiedGroupKFold(settings.folds, shuffle=True, random_state=repeat)
        for train, test in cut.split(features, label, group):
            if len(np.unique(label[test])) < 2 or len(np.unique(label[train])) < 2:
                continue
            model = HistGradientBoostingClassifier(
                max_iter=settings.rounds,
                max_leaf_nodes=8,
                max_bins=48,
                early_stopping=False,
                random_state=0,
            )
            yield model.fit(features[train], label[train]), test


def _auc(model: Any, features: Floats, label: Floats) -> float:
    return auc(np.asarray(model.decision_function(features)), label)


def auc(score: Floats, label: Floats) -> float:
    """Chance that a row labelled 1 scores above one labelled 0; ties count half."""
    _, inverse, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[inverse]
    ones = label == 1
    n_one, n_zero = int(ones.sum()), int((~ones).sum())
    return float((rank[ones].sum() - n_one * (n_one + 1) / 2) / (n_one * n_zero))


def _losses(
    model: Any, features: Floats, label: Floats, like: Windows, whole: float
) -> list[float]:
    """AUC lost when the rows of one block of features are shuffled together."""
    rng = np.random.default_rng(0)
    lost = []
    for block in dict.fromkeys(like.blocks):
        shuffled = features.copy()
        columns = [i for i, name in enumerate(like.blocks) if name == block]
        shuffled[:, columns] = features[rng.permutation(len(features))][:, columns]
        lost.append(whole - _auc(model, shuffled, label))
    return lost


def _ranked(like: Windows, losses: Sequence[Sequence[float]]) -> tuple[tuple[str, float], ...]:
    if not losses:
        return ()
    mean = np.mean(np.array(losses), axis=0)
    pairs = zip(dict.fromkeys(like.blocks), (float(loss) for loss in mean), strict=True)
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))
