"""How findings are phrased: a number with its interval, a finding with what would overturn it."""

Details = dict  # what a stage's details.json holds: numbers and texts by name, nested


def interval(metrics: Details, key: str) -> str:
    """A number with its interval, as in `0.912 (0.840 to 0.954)`."""
    return f"{metrics[key]:.3f} ({metrics[f'{key}_low']:.3f} to {metrics[f'{key}_high']:.3f})"


def finding(sentence: str, overturned_by: str) -> str:
    """A finding and what would overturn it, as two sentences."""
    return f"{sentence}. Would be overturned by: {overturned_by}."


def p(value: float) -> str:
    """A p-value, as in `p = 0.012` or `p < 0.001`."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def counted(hits: int, total: int) -> str:
    """Hits among a total, as in `all 6` or `4 of 6`."""
    return f"all {total}" if hits == total else f"{hits} of {total}"
