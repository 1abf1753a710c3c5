"""Mask the field and the margin of the test coins: what does the three-mint network lose?"""

import own_checkout  # noqa: F401

from mintmark import plotting
from mintmark.data import coins
from mintmark.networks import serialization
from mintmark.occlusion import analysis, figures
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "mask3"


def main() -> None:
    """Mask, compare, draw."""
    settings, seed = params.load(analysis.Masking, STAGE), params.seed()
    test = coins.of_split("three", "test")
    networks = {analysis.TRAINED: serialization.load(paths.model("train3"))}
    with writing(paths.plots(STAGE)) as (plots,):
        masked = analysis.mask(networks, test, settings, seed)
        metrics_files.write(masked.metrics, plots / metrics_files.DETAILS)
        plotting.save_all(figures.of_masks(masked), plots)
    print(analysis.sentence(masked.metrics))


if __name__ == "__main__":
    run(main)
