"""Show where the two-mint network looks on the test coins, and whether to believe the heat."""

from pathlib import Path

import own_checkout  # noqa: F401

import numpy as np

from mintmark import plotting
from mintmark.data import coins, manifests
from mintmark.explain import analysis, faithfulness, figures, localisation, randomisation
from mintmark.networks import models, serialization
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "gradcam"


def main() -> None:
    """Explain, check, score against the truth where coins are drawn, draw."""
    settings, seed = params.load(analysis.Explaining, STAGE), params.seed()
    drawn = Path(params.load(params.Data, "data").mints) == paths.DRAWN_MINTS
    test = coins.of_split("two", "test")
    model = serialization.load(paths.model("train2"))
    outputs = (paths.FEATURES, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (features_file, metrics_file, plots):
        survey = analysis.survey(model, test, settings, seed)
        found, metrics = survey.found, survey.metrics
        curves = faithfulness.check(model, found, seed)
        steps = randomisation.cascade(model, found, seed)
        metrics["faithfulness"] = faithfulness.areas(curves, seed)
        metrics["randomisation"] = randomisation.last(steps)
        features = models.pooled(model, test.images)
        pictures = {
            **figures.of_survey(survey, settings.radius),
            "faithfulness": figures.faithfulness(curves, faithfulness.SHARES, settings.method),
            "randomisation": figures.randomisation(steps, settings.method),
            "features": figures.feature_map(features, found.answers, "Test coins by features"),
        }
        if drawn:
            crops = manifests.read(paths.CLEAN / paths.MANIFEST)
            name = localisation.names(test, crops, paths.TRUTH)
            metrics["localisation"] = localisation.compare(model, found, name, seed)
            pictures["pointing"] = figures.pointing(metrics["localisation"])
        with features_file.open("wb") as file:
            np.savez(file, id=test.table["id"].to_numpy(str), features=features)
        csv_files.write(survey.table, plots / "zones.csv")
        csv_files.write(survey.clock, plots / "clock.csv", float_format="%.6g")
        csv_files.write(steps, plots / "randomisation.csv")
        metrics_files.write(metrics, plots / metrics_files.DETAILS)
        metrics_files.write(analysis.headline(metrics), metrics_file)
        plotting.save_all(pictures, plots)
    print(analysis.sentence(metrics))


if __name__ == "__main__":
    run(main)
