"""How findings are worded: a figure with its interval, a finding with what would overturn it."""

Metrics = dict[str, dict]


def interval(figures: dict, key: str) -> str:
    """A figure with its interval, as in `0.912 (0.840 to 0.954)`."""
    return f"{figures[key]:.3f} ({figures[f'{key}_low']:.3f} to {figures[f'{key}_high']:.3f})"


def finding(sentence: str, overturned_by: str) -> str:
    """A finding and what would overturn it, as two sentences."""
    return f"{sentence}. Would be overturned by: {overturned_by}."


def p(value: float) -> str:
    """A p-value, as in `p = 0.012` or `p < 0.001`."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"




def counted(hits: int, total: int) -> str:
    """Hits among a total, as in `all 6` or `4 of 6`."""
    return f"all {total}" if hits == total else f"{hits} of {total}"
