"""Attribution maps: where in an image a network finds what speaks for a class.

The class activation maps weigh feature maps A of a network by what they do for the target;
integrated gradients weigh the pixels. The target is the logit, not the probability, which saturates.
Every method returns maps of the size of A, so that all are compared at one resolution; `upsampled`
is the one way in which they are brought to the size of the image. To add a method, write its function
and enter it in METHODS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import cv2
import keras
import numpy as np
from keras import ops

from mintmark.networks import autodiff, models
from mintmark.networks.autodiff import Tensor

BATCH = 32
STEPS = 8  # points of the path at which integrated gradients look
GREY = 127.5  # the image without content from which that path starts
LARGEST = 80.0  # logit whose exponential is still a number
SEEN_THROUGH = 12  # maps at most that Score-CAM looks through


@dataclass(frozen=True)
class Cut:
    """A network and its two halves: head(features(images)) equals whole(images)."""

    whole: keras.Model
    features: keras.Model
    head: keras.Model


@dataclass(frozen=True)
class Method:
    """A method: its label, and its maps (N,h,w) from a network, images (N,H,W,3) and targets (N,)."""

    label: str
    maps: Callable[[Cut, Tensor, Tensor], Tensor]


def raw(
    model: keras.Model, images: np.ndarray, targets: np.ndarray, method: str = "gradcam"
) -> np.ndarray:
    """The map of each image for its target class at the size of the feature maps: (N,h,w), ≥ 0.

    images: (N,H,W,3), 0 to 255; targets: class numbers (N,); method: a key of METHODS.
    """
    maps = _compiled(model, method)
    batches = models.batches(len(images), BATCH)
    return np.concatenate([maps(images[rows], targets[rows]) for rows in batches])


def upsampled(maps: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Bring raw maps (N,h,w) to the image's size (H,W), bilinearly, the maximum of each at 1.

    A map that is zero everywhere stays zero: nothing in the image speaks for the class.
    """
    large = resized(maps, shape)
    top = large.max(axis=(1, 2), keepdims=True)
    return np.divide(large, top, out=np.zeros_like(large), where=top > 0)


def resized(maps: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Bring maps (N,h,w) to another size (H,W), bilinearly, their values unchanged."""
    sizes = [cv2.resize(one, shape[::-1], interpolation=cv2.INTER_LINEAR) for one in maps]
    return np.stack(sizes)


def heat(
    model: keras.Model, images: np.ndarray, targets: np.ndarray, method: str = "gradcam"
) -> np.ndarray:
    """The map of each image for its target class at the image's size: (N,H,W), 0 to 1."""
    return upsampled(raw(model, images, targets, method), images.shape[1:3])


def integrated(model: keras.Model, images: Tensor, targets: Tensor, steps: int = STEPS) -> Tensor:
    """Integrated gradients of the target's logit from grey to the image: (N,H,W,3).

    Sundararajan et al. (2017), "Axiomatic Attribution for Deep Networks": their sum is the
    logit of the image less that of grey, up to the error of the Gauss-Legendre rule.
    """
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    shares = ops.convert_to_tensor((nodes + 1) / 2, "float32")
    weights = ops.convert_to_tensor(weights / 2, "float32")

    def added(step: Tensor, total: Tensor) -> Tensor:
        point = GREY + ops.take(shares, step) * (images - GREY)
        _, gradient = autodiff.value_and_gradient(partial(_logits, model, targets), point)
        return total + ops.take(weights, step) * gradient

    return (images - GREY) * autodiff.repeated(added, steps, ops.zeros_like(images))


@lru_cache(maxsize=8)
def _compiled(model: keras.Model, method: str) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A compiled function from images and targets to raw maps."""
    cut = Cut(model, *models.features_and_head(model))

    def maps(images: Tensor, targets: Tensor) -> Tensor:
        found = METHODS[method].maps(cut, ops.cast(images, "float32"), targets)
        return ops.relu(ops.where(ops.isfinite(found), found, 0.0))  # a method may overflow

    return autodiff.compiled(maps, model)


def of_targets(logits: Tensor, targets: Tensor) -> Tensor:
    """The logit (N,) of each target (N,) among those of all classes (N,C)."""
    return ops.take_along_axis(logits, targets[:, None], axis=1)[:, 0]


def _logits(model: keras.Model, targets: Tensor, inputs: Tensor) -> Tensor:
    return of_targets(model(inputs, training=False), targets)


def _weighted(
    combine: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> Callable[[Cut, Tensor, Tensor], Tensor]:
    """A method that combines feature maps (N,h,w,C), the logit's gradients there, and the logit (N,)."""

    def maps(cut: Cut, images: Tensor, targets: Tensor) -> Tensor:
        features = cut.features(images, training=False)
        of_maps = partial(_logits, cut.head, targets)
        logits, gradients = autodiff.value_and_gradient(of_maps, features)
        return combine(features, gradients, logits)

    return maps


def _grad_cam(maps: Tensor, gradients: Tensor, _: Tensor) -> Tensor:
    """Selvaraju et al. (2017), "Grad-CAM: Visual Explanations from Deep Networks", eq. 1 and 2."""
    weights = ops.mean(gradients, axis=(1, 2), keepdims=True)
    return ops.sum(weights * maps, axis=-1)


def _hires_cam(maps: Tensor, gradients: Tensor, _: Tensor) -> Tensor:
    """Draelos & Carin (2020), "Use HiResCAM instead of Grad-CAM for faithful explanations".

    Gradients are not averaged over places first, so that a head may read each place in its own way.
    """
    return ops.sum(gradients * maps, axis=-1)


def _grad_cam_plus_plus(maps: Tensor, gradients: Tensor, logits: Tensor) -> Tensor:
    """Chattopadhyay et al. (2018), "Grad-CAM++", for the exponential of the logit.

    As in the authors' code the coefficients α of each map are scaled to a sum of 1.
    """
    total = ops.sum(maps, axis=(1, 2), keepdims=True)
    alpha = ops.divide_no_nan(gradients**2, 2 * gradients**2 + gradients**3 * total)
    alpha = ops.divide_no_nan(alpha, ops.sum(alpha, axis=(1, 2), keepdims=True))
    weights = ops.sum(alpha * ops.relu(gradients), axis=(1, 2), keepdims=True)
    return ops.exp(ops.minimum(logits, LARGEST))[:, None, None] * ops.sum(weights * maps, axis=-1)


def _layer_cam(maps: Tensor, gradients: Tensor, _: Tensor) -> Tensor:
    """Jiang et al. (2021), "LayerCAM: Exploring Hierarchical Class Activation Maps"."""
    return ops.sum(ops.relu(gradients) * maps, axis=-1)


def _score_cam(cut: Cut, images: Tensor, targets: Tensor) -> Tensor:
    """Wang et al. (2020), "Score-CAM": each map weighs what the image scores when seen through it.

    Of networks with more maps than SEEN_THROUGH, those that vary most within the image are used
    (as "Faster Score-CAM" does).
    """
    maps = _most_varied(cut.features(images, training=False))
    through = ops.image.resize(maps, cut.whole.input_shape[1:3], data_format="channels_last")
    low = ops.min(through, axis=(1, 2), keepdims=True)
    high = ops.max(through, axis=(1, 2), keepdims=True)
    through = (through - low) / (high - low + keras.config.epsilon())

    def weights_of(one: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        image, seen, target = one
        masked = image[None] * ops.transpose(seen, (2, 0, 1))[..., None]
        return ops.take(cut.whole(masked, training=False), target, axis=1)

    weights = ops.map(weights_of, (images, through, targets))
    return ops.einsum("nhwk,nk->nhw", maps, weights)


def _most_varied(maps: Tensor) -> Tensor:
    count = min(SEEN_THROUGH, maps.shape[-1])
    _, chosen = ops.top_k(ops.std(maps, axis=(1, 2)), count)
    return ops.take_along_axis(maps, chosen[:, None, None], axis=3)


def _integrated_gradients(cut: Cut, images: Tensor, targets: Tensor) -> Tensor:
    """Integrated gradients, summed over the cells of the feature maps."""
    per_pixel = ops.sum(integrated(cut.whole, images, targets), axis=-1)
    down, across = (
        _averaging(*pair)
        for pair in zip(cut.features.output_shape[1:3], per_pixel.shape[1:], strict=True)
    )
    return ops.einsum("hH,nHW,wW->nhw", down, per_pixel, across)


def _averaging(cells: int, pixels: int) -> np.ndarray:
    """What averages a line of pixels over cells: (cells,pixels), each row adding up to 1."""
    return cv2.resize(
        np.eye(pixels, dtype=np.float32), (pixels, cells), interpolation=cv2.INTER_AREA
    )


METHODS = {
    "hirescam": Method("HiResCAM", _weighted(_hires_cam)),
    "gradcam": Method("Grad-CAM", _weighted(_grad_cam)),
    "gradcam++": Method("Grad-CAM++", _weighted(_grad_cam_plus_plus)),
    "layercam": Method("LayerCAM", _weighted(_layer_cam)),
    "scorecam": Method("Score-CAM", _score_cam),
    "integrated_gradients": Method("integrated gradients", _integrated_gradients),
}
