"""Pretrain a backbone on photographs of made-up coin types: the weights `coins`."""

import tempfile
from pathlib import Path

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from mintmark.coin_types import pretraining
from mintmark.networks import resuming
from mintmark.pipeline import params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "pretrain"


def main() -> None:
    """Draw, train, save."""
    settings = params.load(pretraining.Pretrain, STAGE)
    with (
        resuming.resumable(paths.backups(STAGE), __file__, settings),
        writing(paths.COIN_WEIGHTS) as (weights,),
        tempfile.TemporaryDirectory() as folder,
    ):
        images, types = pretraining.drawn(settings, Path(folder))
        backbone = pretraining.train(images, types, settings)
        pretraining.save(backbone, weights)
    print(f"Trained EfficientNetB0 on {settings.types} coin types; wrote {paths.COIN_WEIGHTS}.")


if __name__ == "__main__":
    run(main)
