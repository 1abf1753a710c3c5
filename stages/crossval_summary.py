"""Sum up the folds: metrics over every coin, their spread, and the coins that are always wrong."""

import own_checkout  # noqa: F401

import pandas as pd

from mintmark import plotting
from mintmark.cross_validation import figures, folds, summary
from mintmark.data import manifests
from mintmark.identification import assessment
from mintmark.identification import figures as doubt_figures
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

METRICS, PLOTS = paths.CROSSVAL / "crossval.json", paths.CROSSVAL / "plots"


def main() -> None:
    """Read the answers of all folds; write metrics, tables and pictures."""
    rounds, seed = params.load(folds.Rounds, "crossval"), params.seed()
    answers, doubted = read(rounds, "answers"), read(rounds, "doubt")
    doubt = {
        task: assessment.assess(rows, folds.CONFIDENCES) for task, rows in doubted.groupby("task")
    }
    found, spread = summary.metrics(answers, seed), summary.spread(answers)
    wrong = summary.always_wrong(answers)
    merged = manifests.read(paths.MERGED / paths.MANIFEST).set_index("id")
    images = manifests.images(merged.loc[wrong["id"]], paths.MERGED)
    with writing(METRICS, PLOTS) as (metrics_file, plots):
        metrics_files.write(summary.headline(found), metrics_file)
        details = {**found, "spread": summary.over_repeats(spread), "doubt": doubt}
        metrics_files.write(details, plots / metrics_files.DETAILS)
        csv_files.write(spread.round(6), plots / "folds.csv")
        csv_files.write(wrong.round(6), plots / "always_wrong.csv")
        risks = {task: assessment.risk(rows) for task, rows in doubted.groupby("task")}
        pictures = {
            "balanced": figures.balanced(found, spread),
            "always_wrong": figures.always_wrong(wrong, images),
            "sets": doubt_figures.sets(doubt["three"]),
            "risk": doubt_figures.risk({figures.LABELS[task]: risks[task] for task in folds.TASKS}),
        }
        plotting.save_all(pictures, plots)
    for metrics in found.values():
        print(summary.sentence(metrics))


def read(rounds: folds.Rounds, kind: str) -> pd.DataFrame:
    """What all folds found; kind: see `paths.fold`."""
    text = [*csv_files.TEXT, "centre", "margin"]
    files = [paths.fold(repeat, fold, kind) for repeat in rounds.repeats for fold in rounds.folds]
    tables = [csv_files.read(file, text) for file in files]
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    run(main)
