"""The figures side by side: ours, each baseline's, and how many times the better of them ours is."""

from typing import Any

import msgspec

from publius.evaluation.summary import Answers, Summary

_LESS_IS_BETTER = ("refused", "beside", "wrong", "unsupported_figures", "words_median")


def table(summary: Summary) -> list[dict[str, Any]]:
    """One row for each measure; without baselines ours alone."""
    told = msgspec.structs.asdict(summary)
    search, baselines, recipe = told.pop("search"), told.pop("baselines"), told.pop("recipe")
    others = {name: dict(figures) for name, figures in baselines.items()}
    if recipe:
        others["recipe"] |= msgspec.structs.asdict(recipe)
    ours = {**search, **{name: told.pop(name) for name in Answers.__struct_fields__}, **told}
    return [_row(name, value, others) for name, value in ours.items() if value is not None]


def _row(measure: str, ours: float, others: dict[str, dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"measure": measure.replace("_", " "), "ours": ours}
    if not others:
        return row
    theirs = {name: figures.get(measure) for name, figures in others.items()}
    best = max((value for value in theirs.values() if value is not None), default=0)
    ratio = ours / best if best and measure not in _LESS_IS_BETTER else None
    return {**row, **theirs, "times the better": ratio}
