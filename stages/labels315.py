"""Look for label issues, and for confusable types, with models that never saw the photograph."""

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

import numpy as np
import pandas as pd

from mintmark.coin_types import confusable, label_issues, store
from mintmark.data import manifests
from mintmark.networks import fitting
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing
from mintmark.stats import classification

STAGE = "labels315"


def main() -> None:
    """Cross-validate, list label issues, group confusable types."""
    settings, seed = params.load(label_issues.LabelChecking, STAGE), params.seed()
    stored = store.load(paths.TYPE_FEATURES)
    table = stored.labelled
    targets, names = manifests.classes(table["Class"])
    learning = (table["part"] != "test").to_numpy()
    with writing(paths.TYPE_LABELS, paths.plots(STAGE)) as (data, plots):
        fitting.reproducible(seed)
        probabilities, counts = label_issues.out_of_sample(
            store.Examples(stored.vectors, np.arange(len(table)), targets),
            table["group"].to_numpy(),
            learning,
            classes=len(names),
            settings=settings,
            seed=seed,
        )
        suspected = label_issues.suspected(
            table, targets, probabilities, counts, below=settings.below
        )
        csv_files.write(suspected, plots / "suspected.csv")
        csv_files.write(suspected.drop(columns=["path", "example"]), data / "suspected.csv")
        known = learning & counts
        actual, predicted = targets[known], probabilities.argmax(axis=1)[known]
        group = confusable.groups(actual, predicted, len(names))
        csv_files.write(pd.DataFrame({"Class": names, "group": group}), data / "confusable.csv")
        details = {
            "checked": int(counts.sum()),
            "not_checked": int((~counts).sum()),
            "suspected": len(suspected),
            "out_of_sample": classification.accuracy(actual, predicted),
        }
        metrics_files.write(details, plots / metrics_files.DETAILS)
    print(f"Checked {details['checked']} labels; {len(suspected)} are worth a look.")


if __name__ == "__main__":
    run(main)
