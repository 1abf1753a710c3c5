"""Draw the pictures of the training stages from what they wrote: no training hangs on a colour."""

from pathlib import Path

import own_checkout  # noqa: F401

from mintmark import plotting
from mintmark.coin_types import figures as type_figures
from mintmark.data import coins
from mintmark.networks import figures as network_figures
from mintmark.pipeline import params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "figures"
TRAININGS = {"train2": "two", "train3": "three"}  # the mints that each tells apart


def main() -> None:
    """Draw trainings of mints, then of coin types."""
    root = Path(params.load(params.Data, "data").types)
    with writing(paths.plots(STAGE)) as (plots,):
        for stage, mints in TRAININGS.items():
            test = coins.of_split(mints, "test")
            pictures = network_figures.of_training(paths.plots(stage), test)
            plotting.save_all(pictures, plots / stage)
        for path, figure in type_figures.of_types(root).items():
            plotting.save(figure, plots / path)
    print(f"Drew the pictures of the training stages into {paths.plots(STAGE)}.")


if __name__ == "__main__":
    run(main)
