"""Show where the three-mint network looks on the test coins."""

import own_checkout  # noqa: F401

from mintmark import plotting
from mintmark.data import coins
from mintmark.explain import analysis, figures
from mintmark.networks import serialization
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "gradcam3"


def main() -> None:
    """Explain, sum up, draw."""
    settings, seed = params.load(analysis.Explaining, STAGE), params.seed()
    test = coins.of_split("three", "test")
    with writing(paths.plots(STAGE)) as (plots,):
        survey = analysis.survey(serialization.load(paths.model("train3")), test, settings, seed)
        csv_files.write(survey.table, plots / "zones.csv")
        csv_files.write(survey.clock, plots / "clock.csv", float_format="%.6g")
        metrics_files.write(survey.metrics, plots / metrics_files.DETAILS)
        plotting.save_all(figures.of_survey(survey, settings.radius), plots)
    print(analysis.sentence(survey.metrics))


if __name__ == "__main__":
    run(main)
