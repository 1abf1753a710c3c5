"""Metrics files: JSON with rounded numbers, so that differences between runs read well."""

import json
import math
from pathlib import Path

import numpy as np

DETAILS = "details.json"  # of a stage, beside its plots: what is too much for its metrics
OTHERS = "others"  # what counts beyond the commonest are summed up as


def write(metrics: dict, path: Path) -> None:
    """Write numbers, texts and dictionaries of them as JSON, rounded to 6 significant digits.

    Raises ValueError for a number that is not finite.
    """
    path.write_text(json.dumps(_rounded(metrics, ""), indent=2) + "\n")


def commonest(counts: dict[str, int], most: int) -> dict[str, int]:
    """Keep at most `most` counts, in their order: beyond that the smallest are summed up as `others`."""
    if len(counts) <= most:
        return counts
    kept = sorted(counts, key=lambda name: -counts[name])[: most - 1]
    named = {name: count for name, count in counts.items() if name in kept and name != OTHERS}
    return {**named, OTHERS: sum(counts.values()) - sum(named.values())}


def _rounded(value: object, name: str) -> object:
    if isinstance(value, dict):
        return {str(key): _rounded(item, f"{name}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item, name) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        raise ValueError(f"the metric {name[1:]} is {value}; it must be finite")
    return float(f"{value:.6g}")
