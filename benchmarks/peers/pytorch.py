"""The peers' side of benchmarks/pytorch.py: it does what it is asked and says how long that took.

    python pytorch.py FOLDER THREADS

It runs where PyTorch, timm, pytorch-grad-cam and imagededup are, reads the name of a task a line, does it on
what lies in the folder, writes what it found there and prints the seconds. Loading is not counted.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import timm
import torch
from imagededup.methods import PHash
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn
from torch.nn import functional

EPSILON = 1e-3  # of Keras's batch normalisation
MOMENTUM = 0.1  # as Keras's 0.9


class SmallCNN(nn.Module):
    """The same network as `mintmark.networks.models.small_cnn`, and its weights in their order."""

    def __init__(self, weights: list[np.ndarray], dropout: float) -> None:
        super().__init__()
        arrays = [torch.from_numpy(array) for array in weights]
        self.convolutions, self.norms = nn.ModuleList(), nn.ModuleList()
        for number in range(4):
            kernel, gamma, beta, mean, variance = arrays[5 * number : 5 * number + 5]
            kernel = kernel.permute(3, 2, 0, 1)
            first = number == 0
            convolution = nn.Conv2d(
                kernel.shape[1], kernel.shape[0], kernel.shape[2], stride=2 if first else 1,
                padding=0 if first else 1, bias=False,
            )  # fmt: skip
            norm = nn.BatchNorm2d(kernel.shape[0], eps=EPSILON, momentum=MOMENTUM)
            for own, given in (
                (convolution.weight, kernel), (norm.weight, gamma), (norm.bias, beta),
                (norm.running_mean, mean), (norm.running_var, variance),
            ):  # fmt: skip
                own.data.copy_(given)
            self.convolutions.append(convolution)
            self.norms.append(norm)
        self.maps = nn.ReLU()
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(arrays[-2].shape[0], arrays[-2].shape[1])
        self.dense.weight.data.copy_(arrays[-2].T)
        self.dense.bias.data.copy_(arrays[-1])

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits of images (N,3,H,W), 0 to 255."""
        x = functional.pad(images / 127.5 - 1, (1, 2, 1, 2))  # as "same" pads even sizes
        for number, (convolution, norm) in enumerate(
            zip(self.convolutions, self.norms, strict=True)
        ):
            x = norm(convolution(x))
            x = self.maps(x) if number == 3 else functional.relu(x)
            if number in (1, 2):
                x = functional.max_pool2d(x, 2)
        pooled = torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1)
        return self.dense(self.dropout(pooled))


def main() -> None:
    """Do tasks until there are no more."""
    folder, threads = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    given = np.load(folder / "given.npz")
    settings = json.loads((folder / "settings.json").read_text())
    images, photographs = (channels_first(given[name]) for name in ("images", "photographs"))
    targets = torch.from_numpy(given["targets"])
    weights = [given[name] for name in given if name.startswith("weights_")]
    network = SmallCNN(weights, settings["dropout"]).to(memory_format=torch.channels_last)
    backbone = timm.create_model("tf_efficientnet_lite0", num_classes=0).eval()
    backbone = backbone.to(memory_format=torch.channels_last)
    batch = settings["batch"]
    tasks: dict[str, Callable[[], object]] = {
        "features": lambda: features(backbone, photographs, batch),
        "heat": lambda: heat(network, images, targets, batch),
        "training": lambda: training(network, images, targets, batch),
        "copies": lambda: copies(folder / "photographs", settings["bits"]),
    }
    for line in sys.stdin:
        task = line.strip()
        start = time.perf_counter()
        found = tasks[task]()
        seconds = time.perf_counter() - start
        if task == "heat":
            np.save(folder / "heat.npy", found)
        if task == "copies":
            (folder / "copies.json").write_text(json.dumps(found))
        print(f"seconds {seconds}", flush=True)


def channels_first(images: np.ndarray) -> torch.Tensor:
    """Images (N,H,W,3) as PyTorch numbers their axes; in memory channels stay last."""
    moved = torch.from_numpy(images).permute(0, 3, 1, 2)
    return moved.contiguous(memory_format=torch.channels_last)


def features(backbone: nn.Module, images: torch.Tensor, batch: int) -> torch.Tensor:
    """Each image's features, batch by batch."""
    with torch.inference_mode():
        return torch.cat([backbone(part.float() / 128 - 1) for part in images.split(batch)])


def heat(network: nn.Module, images: torch.Tensor, targets: torch.Tensor, batch: int) -> np.ndarray:
    """Grad-CAM of each image at its size, batch by batch: (N,H,W)."""
    network.eval()
    found = []
    with GradCAM(network, [network.maps]) as method:
        for part, classes in zip(images.split(batch), targets.split(batch), strict=True):
            wanted = [ClassifierOutputTarget(int(number)) for number in classes]
            found.append(method(part.float(), wanted))
    return np.concatenate(found)


def training(
    network: nn.Module, images: torch.Tensor, targets: torch.Tensor, batch: int
) -> torch.Tensor:
    """One epoch with Adam, from weights that the network has at first."""
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    optimizer = torch.optim.Adam(network.parameters(), 0.001)
    for part, classes in zip(images.split(batch), targets.split(batch), strict=True):
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(part.float()), classes)
        loss.backward()
        optimizer.step()
    network.load_state_dict(before)
    return loss.detach()


def copies(folder: Path, bits: int) -> list[tuple[str, ...]]:
    """Pairs of files that imagededup's perceptual hash takes for copies."""
    found = PHash(verbose=False).find_duplicates(image_dir=str(folder), max_distance_threshold=bits)
    return sorted(
        {tuple(sorted((one, other))) for one, others in found.items() for other in others}
    )


if __name__ == "__main__":
    main()
