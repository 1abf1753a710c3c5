"""Similar coins: those of the collection whose features point the same way, and how good that is."""

import numpy as np
from sklearn.metrics import average_precision_score

from mintmark.images import duplicates

FIRST = (1, 5, 10)  # recall is judged among so many most similar coins
QUERIES = 1_000  # coins at most that are looked up to judge it


def retrieval(
    distances: np.ndarray, alike: np.ndarray, allowed: np.ndarray
) -> dict[str, float | int]:
    """How well distances find coins of the same mint.

    distances: of queries to the collection (Q,M); alike: whether both are of one mint, bool (Q,M);
    allowed: bool (Q,M), False for coins of the query's own group. Queries without any allowed coin of
    their mint do not count. `recall_at_5` is the share of queries that find one among the nearest five;
    `mean_average_precision` is over the whole collection, `chance` what a random order gives.
    """
    recalled: dict[int, list[bool]] = {count: [] for count in FIRST}
    precision, share = [], []
    for row in np.flatnonzero((alike & allowed).any(axis=1)):
        kept = allowed[row]
        right = alike[row, kept][np.argsort(distances[row, kept], kind="stable")]
        for count in FIRST:
            recalled[count].append(bool(right[:count].any()))
        precision.append(average_precision_score(right, -np.arange(len(right))))
        share.append(right.mean())
    if not precision:
        return {"n": 0}
    return {
        **{f"recall_at_{count}": float(np.mean(hits)) for count, hits in recalled.items()},
        "mean_average_precision": float(np.mean(precision)),
        "chance": float(np.mean(share)),
        "n": len(precision),
    }


def by_hash(images: np.ndarray, collection: np.ndarray, axis: int) -> np.ndarray:
    """Bits in which the perceptual hashes of coins differ, both sides together: (Q,M).

    images: merged coins uint8 (Q,H,W,3), whose sides lie along `axis`; each side of the collection's
    coins (M,H,W,3) is compared at the best of all rotations.
    """
    total = np.zeros((len(images), len(collection)))
    sides = (np.split(coins, 2, axis=axis) for coins in (images, collection))
    for queries, others in zip(*sides, strict=True):
        upright = np.array([_hashes(image)[0] for image in queries])
        turned = np.stack([_hashes(image) for image in others])
        for row, hashed in enumerate(upright):
            total[row] += np.bitwise_count(turned ^ hashed).min(axis=1)
    return total


def _hashes(side: np.ndarray) -> np.ndarray:
    return duplicates.hashes(duplicates.thumbnail(side))
