"""How fast coins are found in photographs, beside a plain Hough transform.

    python benchmarks/coin_finding.py [data/sample/mints/photos] [--photos 60] [--width 800]

Decoded photographs are brought to the same width; both ways take turns in every round, in one thread,
and processor time is counted. A ratio is Hough's time over ours in one round; its median and range are
reported. The plain transform looks for circles on the whole photograph, as tutorials have it, and
says nothing of how well a circle fits.

On two busy cores, with --photos 30 --rounds 3: drawn coins 75 photographs a second and core (48 to 75),
plain Hough 22.1 times our time (13.7 to 28.3).
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from mintmark.images import decoding, detection


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/sample/mints/photos"))
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--width", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    images = photographs(chosen.folder, chosen.photos, chosen.width)
    ways = {"ours": detection.find, "Hough": hough}
    rounds = [
        {name: seconds(way, images) for name, way in ways.items()}
        for _ in tqdm(range(chosen.rounds), disable=None)
    ]
    speed = [len(images) / times["ours"] for times in rounds]
    ratios = [times["Hough"] / times["ours"] for times in rounds]
    print(
        f"{np.median(speed):.0f} photographs a second and core ({min(speed):.0f} to "
        f"{max(speed):.0f}) at {chosen.width} pixels; plain Hough takes {np.median(ratios):.1f} "
        f"times as long ({min(ratios):.1f} to {max(ratios):.1f} over {chosen.rounds} rounds)"
    )


def photographs(folder: Path, number: int, width: int) -> list[np.ndarray]:
    """Photographs spread over a folder that can be read, with the longer side at `width` pixels."""
    files = sorted(folder.iterdir())
    images = [decoding.decode(path) for path in files[:: max(1, len(files) // number)]]
    found = [image for image in images if image is not None][:number]
    scales = [width / max(image.shape[:2]) for image in found]
    return [
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        for image, scale in zip(found, scales, strict=True)
    ]


def hough(image: np.ndarray) -> np.ndarray | None:
    """Circles by a plain Hough transform of the whole photograph."""
    grey = cv2.medianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 5)
    short = min(grey.shape)
    return cv2.HoughCircles(
        grey,
        cv2.HOUGH_GRADIENT,
        dp=1,
        minDist=short,
        param1=100,
        param2=30,
        minRadius=short // 6,
        maxRadius=short // 2,
    )


def seconds(way: Callable[[np.ndarray], object], images: list[np.ndarray]) -> float:
    """Seconds of processor time that a way takes for all images."""
    start = time.process_time()
    for image in images:
        way(image)
    return time.process_time() - start


if __name__ == "__main__":
    main()
