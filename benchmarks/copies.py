"""How fast near duplicates are looked up by an index, beside comparing every pair.

    python benchmarks/copies.py [--photos 5000 20000] [--rounds 5]

Photographs are made-up hashes at every rotation, a hundredth of them near another's. Both ways take turns
in every round and must find the same pairs. A ratio is the time of every pair over the index's in one
round; its median and range are reported. Every pair is compared by NumPy, a photograph with all others
at a time.
"""

import argparse
import time

import numpy as np
import pandas as pd
from tqdm import tqdm

from mintmark.images import duplicates

BITS = 6  # in which hashes of a pair differ at most
SEED = 7


def main() -> None:
    """Compare both ways on as many photographs as the command line names."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--photos", type=int, nargs="+", default=[5_000, 20_000])
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    for number in chosen.photos:
        poses = made_up(number)
        ratios, times = [], []
        for _ in tqdm(range(chosen.rounds), disable=None):
            start = time.perf_counter()
            found = duplicates.within(poses, BITS)
            between = time.perf_counter()
            expected = every_pair(poses)
            end = time.perf_counter()
            pd.testing.assert_frame_equal(found.reset_index(drop=True), expected, check_dtype=False)
            times.append(between - start)
            ratios.append((end - between) / times[-1])
        print(
            f"{number} photographs, {len(found)} pairs: {np.median(times):.2f} s; every pair takes "
            f"{np.median(ratios):.1f} times as long ({min(ratios):.1f} to {max(ratios):.1f} over "
            f"{chosen.rounds} rounds)",
            flush=True,
        )


def made_up(number: int) -> np.ndarray:
    """Hashes of photographs at every rotation, uint8 (N,TURNS,8)."""
    rng = np.random.default_rng(SEED)
    poses = rng.integers(0, 256, (number, duplicates.TURNS, 8), dtype=np.uint8)
    for second in range(1, number, 100):
        first, turn = rng.integers(second), rng.integers(duplicates.TURNS)
        poses[second, turn] = poses[first, 0]
        poses[second, turn, : BITS // 2] ^= np.uint8(1 << rng.integers(8))
    return poses


def every_pair(poses: np.ndarray) -> pd.DataFrame:
    """What `duplicates.within` finds, by comparing each photograph with all later ones."""
    hashed = poses.view(np.uint64)[..., 0]
    pairs = []
    for first in range(len(hashed) - 1):
        apart = np.bitwise_count(hashed[first + 1 :] ^ hashed[first, 0])
        for later in np.flatnonzero(apart.min(axis=1) <= BITS):
            pairs.append((first, first + 1 + later, apart[later].argmin()))
    return pd.DataFrame(pairs, columns=["first", "second", "pose"])


if __name__ == "__main__":
    main()
