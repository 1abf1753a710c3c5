"""Features, heat, training and finding copies beside PyTorch's libraries, on the same photographs.

    python benchmarks/pytorch.py --peers .venv/peers/bin/python [--photos 500] [--rounds 5]

Peers are timm's EfficientNet-Lite0, pytorch-grad-cam, the same small network in PyTorch (eager, channels
last), and imagededup's perceptual hash. They live in an environment and a process of their own, which
waits while ours works; both sides take turns in every round and have all processors. A ratio is the peer's
time over ours in one round; its median and range are reported. A first round, in which ours are compiled,
is not counted. Networks are given decoded photographs; who looks for copies decodes them.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import keras
import numpy as np

from mintmark.explain import attribution
from mintmark.images import duplicates
from mintmark.networks import autodiff, backbones, fitting, models

SIZE = 128  # pixels of a photograph, and of a side
CLASSES, DROPOUT, BATCH = 3, 0.3, 32
BITS = 10  # imagededup's own distance between copies
SCRIPT = Path(__file__).parent / "peers" / "pytorch.py"
CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # what may have become of a photograph
    "encoded again": lambda image: image,
    "smaller": lambda image: cv2.resize(image, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA),
    "turned by 90°": lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE),
    "mirrored": lambda image: cv2.flip(image, 1),
}


@dataclass(frozen=True, eq=False)
class Work:
    """What both sides are given."""

    photographs: np.ndarray  # uint8 RGB (N,SIZE,SIZE,3)
    images: np.ndarray  # two of them side by side, uint8 (N//2,SIZE,2·SIZE,3)
    targets: np.ndarray  # (N//2,)
    files: list[Path]  # the photographs and changed copies of some
    network: keras.Model


def main() -> None:
    """Let both sides take turns."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--peers", type=Path, required=True, help="their Python")
    arguments.add_argument("--types", type=Path, default=Path("data/sample/types"))
    arguments.add_argument("--photos", type=int, default=500)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    fitting.reproducible(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = prepare(sorted((chosen.types / "train").iterdir())[: chosen.photos], folder)
        command = [chosen.peers, SCRIPT, folder, str(len(os.sched_getaffinity(0)))]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as peer:
            for task, ours in tasks(work).items():
                ratios, found = rounds(peer, task, ours, chosen.rounds)
                print(
                    f"{task}: the peer takes {np.median(ratios):.2f} times as long "
                    f"({min(ratios):.2f} to {max(ratios):.2f} over {chosen.rounds} rounds)",
                    flush=True,
                )
                compare(task, found, work, folder)
            peer.stdin.close()


def prepare(files: list[Path], folder: Path) -> Work:
    """Read photographs, change some, and write what the peers need into a folder."""
    (folder / "photographs").mkdir()
    read, kept = [], []
    changes = list(CHANGES.items())
    for number, file in enumerate(files):
        image = cv2.imread(str(file))
        read.append(cv2.cvtColor(cv2.resize(image, (SIZE, SIZE)), cv2.COLOR_BGR2RGB))
        kept.append(folder / "photographs" / f"{number}.png")
        cv2.imwrite(str(kept[-1]), image)
        if number % 5 == 0:
            kind = number // 5 % len(changes)
            kept.append(folder / "photographs" / f"{number}-{kind}.jpg")
            cv2.imwrite(str(kept[-1]), changes[kind][1](image), [cv2.IMWRITE_JPEG_QUALITY, 70])
    photographs = np.stack(read)
    pairs = len(photographs) // 2
    images = np.concatenate([photographs[:pairs], photographs[pairs : 2 * pairs]], axis=2)
    targets = np.arange(pairs) % CLASSES
    network = models.small_cnn(images.shape[1:], CLASSES, DROPOUT)
    weights = {f"weights_{number}": array for number, array in enumerate(network.get_weights())}
    np.savez(
        folder / "given.npz", photographs=photographs, images=images, targets=targets, **weights
    )
    settings = {"dropout": DROPOUT, "batch": BATCH, "bits": BITS}
    (folder / "settings.json").write_text(json.dumps(settings))
    return Work(photographs, images, targets, kept, network)


def tasks(work: Work) -> dict[str, Callable[[], object]]:
    """What ours do, by the name under which the peer does the same."""
    backbone = backbones.build("EfficientNetLite0", (SIZE, SIZE, 3), "none", frozen=True)
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    through = autodiff.inference(keras.Model(backbone.input, pooled))
    starts = range(0, len(work.photographs), BATCH)
    weights = work.network.get_weights()
    learner = keras.models.clone_model(work.network)
    learner.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def training() -> None:
        learner.set_weights(weights)
        learner.fit(work.images, work.targets, batch_size=BATCH, verbose=0)

    def copies() -> list[tuple[str, str]]:
        read = [cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB) for file in work.files]
        pairs = duplicates.copies([duplicates.long_hash(image) for image in read])
        names = [file.name for file in work.files]
        return [tuple(sorted((names[first], names[second]))) for first, second in pairs]

    return {
        "features": lambda: [
            through(work.photographs[start : start + BATCH].astype(np.float32)) for start in starts
        ],
        "heat": lambda: attribution.heat(work.network, work.images, work.targets),
        "training": training,
        "copies": copies,
    }


def rounds(
    peer: subprocess.Popen, task: str, ours: Callable[[], object], number: int
) -> tuple[list[float], object]:
    """The peer's time over ours in each round but the first, and what ours found."""
    ratios = []
    for _ in range(number + 1):
        start = time.perf_counter()
        found = ours()
        seconds = time.perf_counter() - start
        peer.stdin.write(f"{task}\n")
        peer.stdin.flush()
        ratios.append(answered(peer) / seconds)
    return ratios[1:], found


def answered(peer: subprocess.Popen) -> float:
    """The seconds that the peer says it took; other lines are its libraries'."""
    for line in peer.stdout:
        if line.startswith("seconds "):
            return float(line.split()[1])
    raise SystemExit("The peer ended; its message stands above.")


def compare(task: str, found: object, work: Work, folder: Path) -> None:
    """Say whether both sides found the same."""
    if task == "heat":
        theirs = np.load(folder / "heat.npy")
        alike = [
            np.corrcoef(one.ravel(), other.ravel())[0, 1]
            for one, other in zip(found, theirs, strict=True)
            if one.any() and other.any()
        ]
        print(f"  the maps of {len(alike)} images correlate by {min(alike):.4f} at least")
    if task == "copies":
        pairs = {
            "ours": set(found),
            "imagededup": {
                tuple(pair) for pair in json.loads((folder / "copies.json").read_text())
            },
        }
        made = {tuple(sorted((original(file), file.name))) for file in work.files if is_copy(file)}
        for side, them in pairs.items():
            shares = [share(kind, them, made) for kind in range(len(CHANGES))]
            print(f"  {side}: {', '.join(shares)}; {len(them - made)} other pairs")


def is_copy(file: Path) -> bool:
    return "-" in file.stem


def original(file: Path) -> str:
    return f"{file.stem.split('-')[0]}.png"


def share(kind: int, found: set[tuple[str, str]], made: set[tuple[str, str]]) -> str:
    """How many of the copies of a kind were found."""
    copies = {pair for pair in made if any(name.endswith(f"-{kind}.jpg") for name in pair)}
    return f"{list(CHANGES)[kind]} {len(copies & found)} of {len(copies)}"


if __name__ == "__main__":
    main()
