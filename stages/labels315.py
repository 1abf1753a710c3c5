"""Look for wrong labels, and for types that look alike, with models that never saw the photograph."""

from pathlib import Path

import numpy as np
import pandas as pd

from mintmark import plotting
from mintmark.coin_types import confusable, figures, label_issues, store
from mintmark.data import manifests
from mintmark.networks import fitting
from mintmark.pipeline import metrics_files, params, paths
from mintmark.stats import classification
from mintmark.pipeline.stage import run, writing

STAGE = "labels315"


def main() -> None:
    settings, seed = params.load(label_issues.Checking, STAGE), params.seed()
    root = Path(params.load(params.Data, "data").types)
    stored = store.load(paths.TYPE_FEATURES)
    table = stored.labelled
    targets, names = manifests.classes(table["Class"])
    learning = (table["part"] != "test").to_numpy()
    with writing(paths.TYPE_LABELS, paths.metrics(STAGE), paths.plots(STAGE)) as (
        data, metrics_file, plots,
    ):  # fmt: skip
        fitting.reproducible(seed)
        likely, counts = label_issues.out_of_sample(
            store.Examples(stored.vectors, np.arange(len(table)), targets),
            table["group"].to_numpy(), learning, len(names), settings, seed,
        )  # fmt: skip
        suspected = label_issues.suspected(table, targets, likely, counts, settings.below)
        suspected.drop(columns="path").to_csv(data / "suspected.csv", index=False)
        plotting.save(figures.suspects(suspected, table, root), plots / "suspected.png")
        known = learning & counts
        answers = likely.argmax(axis=1)
        group = confusable.groups(targets[known], answers[known], len(names))
        pd.DataFrame({"Class": names, "group": group}).to_csv(data / "alike.csv", index=False)
        metrics = {
            "checked": int(counts.sum()),
            "not_checked": int((~counts).sum()),
            "suspected": len(suspected),
            "out_of_sample": classification.accuracy(targets[known], answers[known]),
        }
        metrics_files.write(metrics, metrics_file)
    print(f"Checked {metrics['checked']} labels; {len(suspected)} are worth a look.")


if __name__ == "__main__":
    run(main)
