"""Mask the field and the margin of the test coins: what does the two-mint network lose?"""

import own_checkout  # noqa: F401

from mintmark import plotting
from mintmark.data import coins
from mintmark.networks import serialization
from mintmark.occlusion import analysis, figures
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "mask"


def main() -> None:
    """Mask, compare, draw."""
    settings, seed = params.load(analysis.Masking, STAGE), params.seed()
    test = coins.of_split("two", "test")
    networks = {
        analysis.TRAINED: serialization.load(paths.model("train2")),
        analysis.ADAPTED: serialization.load(paths.model("adapt")),
    }
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (metrics_file, plots):
        masked = analysis.mask(networks, test, settings, seed)
        metrics_files.write(masked.metrics, plots / metrics_files.DETAILS)
        metrics_files.write(analysis.headline(masked.metrics), metrics_file)
        plotting.save_all(figures.of_masks(masked), plots)
    print(analysis.sentence(masked.metrics))


if __name__ == "__main__":
    run(main)
