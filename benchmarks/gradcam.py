"""How fast heat maps of a whole test set are made, against tf-keras-vis one at a time and in batches.

    python benchmarks/gradcam.py [--coins 86] [--rounds 5]

The same small network, images and classes for all; the ways take turns in every round, so that a
busy machine slows them all. A ratio is the peer's time over ours in one round; its median and range
over the rounds are reported, and by how much the raw maps differ. Compiling is part of our time in
the first round, which is reported apart and not counted.
"""

import argparse
import time
from collections.abc import Callable

import keras
import numpy as np
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.utils.scores import CategoricalScore

from mintmark.explain import attribution
from mintmark.networks import models

SHAPE = (128, 256, 3)
RAW = {"penultimate_layer": "maps", "expand_cam": False, "normalize_cam": False,
       "seek_penultimate_conv_layer": False}  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--coins", type=int, default=86)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (chosen.coins, *SHAPE)).astype(np.float32)
    targets = rng.integers(0, 2, chosen.coins)
    keras.utils.set_random_seed(0)
    model = models.small_cnn(SHAPE, 2, dropout=0.3)
    ways = {
        "ours": lambda: attribution.raw(model, images, targets),
        "tf-keras-vis in batches": lambda: in_batches(model, images, targets, attribution.BATCH),
        "tf-keras-vis one at a time": lambda: in_batches(model, images, targets, 1),
    }
    first = {name: timed(way) for name, way in ways.items()}
    print(f"first round, with compiling: ours {first['ours'][0]:.2f} s")
    rounds = [{name: timed(way)[0] for name, way in ways.items()} for _ in range(chosen.rounds)]
    for name in list(ways)[1:]:
        ratios = [times[name] / times["ours"] for times in rounds]
        difference = np.abs(first[name][1] - first["ours"][1]).max()
        print(
            f"{name}: {np.median(ratios):.1f} times our time (range {min(ratios):.1f} to "
            f"{max(ratios):.1f} over {chosen.rounds} rounds); raw maps differ by at most "
            f"{difference:.1e} (largest value {first['ours'][1].max():.1e})"
        )


def in_batches(
    model: keras.Model, images: np.ndarray, targets: np.ndarray, size: int
) -> np.ndarray:
    """Raw maps by tf-keras-vis, `size` images at a time: (N,h,w)."""
    peer = Gradcam(model, clone=False)
    starts = range(0, len(images), size)
    return np.concatenate(
        [
            peer(CategoricalScore(targets[k : k + size].tolist()), images[k : k + size], **RAW)
            for k in starts
        ]
    )


def timed(way: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Seconds that a way took, and what it gave."""
    start = time.perf_counter()
    maps = way()
    return time.perf_counter() - start, maps


if __name__ == "__main__":
    main()
