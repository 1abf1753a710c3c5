"""Train a copy of the two-mint network on coins of which regions are masked."""

import own_checkout  # noqa: F401

from mintmark.data import coins
from mintmark.networks import resuming, serialization
from mintmark.occlusion import adaptation
from mintmark.pipeline import params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "adapt"


def main() -> None:
    """Train on, save."""
    settings, seed = params.load(adaptation.Adaptation, STAGE), params.seed()
    two = coins.of_split("two")
    network = serialization.load(paths.model("train2"))
    with (
        resuming.resumable(paths.backups(STAGE), __file__, settings),
        writing(paths.model(STAGE), paths.plots(STAGE)) as (model_file, plots),
    ):
        adapted = adaptation.adapt(network, two, settings, seed=seed, curves=plots / "curves")
        serialization.save(adapted, model_file)
    print(f"Trained a copy of the two-mint network on masked coins for {settings.epochs} epochs.")


if __name__ == "__main__":
    run(main)
