"""Attribution maps: where in an image a network finds what speaks for a class.

The class activation maps weigh feature maps A of a network by what they do for the target;
integrated gradients weigh the pixels. The target is the logit, not the probability, which saturates.
Every method returns maps of the size of A, so that all are compared at one resolution; `upsampled`
is the one way in which they are brought to the size of the image. To add a method, write its function
and enter it in METHODS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import keras
import numpy as np
import tensorflow as tf

from mintmark.networks import models

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
    maps: Callable[[Cut, tf.Tensor, tf.Tensor], tf.Tensor]


def raw(
    model: keras.Model, images: np.ndarray, targets: np.ndarray, method: str = "gradcam"
) -> np.ndarray:
    """The map of each image for its target class at the size of the feature maps: (N,h,w), ≥ 0.

    images: (N,H,W,3), 0 to 255; targets: class numbers (N,); method: a key of METHODS.
    """
    maps = _compiled(model, method)
    batches = [np.s_[start : start + BATCH] for start in range(0, len(images), BATCH)]
    return np.concatenate(
        [maps(tf.constant(images[rows]), tf.constant(targets[rows])).numpy() for rows in batches]
    )


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


def integrated(
    model: keras.Model, images: tf.Tensor, targets: tf.Tensor, steps: int = STEPS
) -> tf.Tensor:
    """Integrated gradients of the target's logit from grey to the image: (N,H,W,3).

    Sundararajan et al. (2017), "Axiomatic Attribution for Deep Networks": their sum is the
    logit of the image less that of grey, up to the error of the Gauss-Legendre rule.
    """
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    shares = tf.constant((nodes + 1) / 2, tf.float32)
    weights = tf.constant(weights / 2, tf.float32)
    total = tf.zeros_like(images)
    for step in tf.range(steps):
        tf.autograph.experimental.set_loop_options(parallel_iterations=1)  # spares memory
        point = GREY + shares[step] * (images - GREY)
        with tf.GradientTape() as tape:
            tape.watch(point)
            logits = tf.gather(model(point, training=False), targets, batch_dims=1)
        total += weights[step] * tape.gradient(logits, point)
    return (images - GREY) * total


@lru_cache(maxsize=8)
def _compiled(model: keras.Model, method: str) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """A compiled function from images and targets to raw maps."""
    cut = Cut(model, *models.features_and_head(model))

    def maps(images: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        found = METHODS[method].maps(cut, tf.cast(images, tf.float32), targets)
        return tf.nn.relu(tf.where(tf.math.is_finite(found), found, 0.0))  # a method may overflow

    return tf.function(maps, reduce_retracing=True)


def _weighted(
    combine: Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor],
) -> Callable[[Cut, tf.Tensor, tf.Tensor], tf.Tensor]:
    """A method that combines feature maps (N,h,w,C), the logit's gradients there, and the logit (N,)."""

    def maps(cut: Cut, images: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        features = cut.features(images, training=False)
        with tf.GradientTape() as tape:
            tape.watch(features)
            logits = tf.gather(cut.head(features, training=False), targets, batch_dims=1)
        return combine(features, tape.gradient(logits, features), logits)

    return maps


def _grad_cam(maps: tf.Tensor, gradients: tf.Tensor, _: tf.Tensor) -> tf.Tensor:
    """Selvaraju et al. (2017), "Grad-CAM: Visual Explanations from Deep Networks", eq. 1 and 2."""
    weights = tf.reduce_mean(gradients, axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * maps, axis=-1)


def _hires_cam(maps: tf.Tensor, gradients: tf.Tensor, _: tf.Tensor) -> tf.Tensor:
    """Draelos & Carin (2020), "Use HiResCAM instead of Grad-CAM for faithful explanations".

    Gradients are not averaged over places first, so that a head may read each place in its own way.
    """
    return tf.reduce_sum(gradients * maps, axis=-1)


def _grad_cam_plus_plus(maps: tf.Tensor, gradients: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Chattopadhyay et al. (2018), "Grad-CAM++", for the exponential of the logit.

    As in the authors' code the coefficients α of each map are scaled to a sum of 1.
    """
    total = tf.reduce_sum(maps, axis=(1, 2), keepdims=True)
    alpha = tf.math.divide_no_nan(gradients**2, 2 * gradients**2 + gradients**3 * total)
    alpha = tf.math.divide_no_nan(alpha, tf.reduce_sum(alpha, axis=(1, 2), keepdims=True))
    weights = tf.reduce_sum(alpha * tf.nn.relu(gradients), axis=(1, 2), keepdims=True)
    return tf.exp(tf.minimum(logits, LARGEST))[:, None, None] * tf.reduce_sum(
        weights * maps, axis=-1
    )


def _layer_cam(maps: tf.Tensor, gradients: tf.Tensor, _: tf.Tensor) -> tf.Tensor:
    """Jiang et al. (2021), "LayerCAM: Exploring Hierarchical Class Activation Maps"."""
    return tf.reduce_sum(tf.nn.relu(gradients) * maps, axis=-1)


def _score_cam(cut: Cut, images: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Wang et al. (2020), "Score-CAM": each map weighs what the image scores when seen through it.

    Of networks with more maps than SEEN_THROUGH, those that vary most within the image are used
    (as "Faster Score-CAM" does).
    """
    maps = _most_varied(cut.features(images, training=False))
    through = tf.image.resize(maps, tf.shape(images)[1:3])
    low = tf.reduce_min(through, axis=(1, 2), keepdims=True)
    high = tf.reduce_max(through, axis=(1, 2), keepdims=True)
    through = (through - low) / (high - low + keras.config.epsilon())

    def weights_of(one: tuple[tf.Tensor, tf.Tensor, tf.Tensor]) -> tf.Tensor:
        image, seen, target = one
        masked = image[None] * tf.transpose(seen, (2, 0, 1))[..., None]
        return cut.whole(masked, training=False)[:, target]

    weights = tf.map_fn(weights_of, (images, through, targets), fn_output_signature=tf.float32)
    return tf.einsum("nhwk,nk->nhw", maps, weights)


def _most_varied(maps: tf.Tensor) -> tf.Tensor:
    count = min(SEEN_THROUGH, maps.shape[-1])
    _, chosen = tf.math.top_k(tf.math.reduce_std(maps, axis=(1, 2)), count)
    first = tf.gather(tf.transpose(maps, (0, 3, 1, 2)), chosen, batch_dims=1)
    return tf.transpose(first, (0, 2, 3, 1))


def _integrated_gradients(cut: Cut, images: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Integrated gradients, summed over the cells of the feature maps."""
    per_pixel = tf.reduce_sum(integrated(cut.whole, images, targets), axis=-1, keepdims=True)
    cells = tf.image.resize(per_pixel, cut.features.output_shape[1:3], method="area")
    return cells[..., 0]


METHODS = {
    "hirescam": Method("HiResCAM", _weighted(_hires_cam)),
    "gradcam": Method("Grad-CAM", _weighted(_grad_cam)),
    "gradcam++": Method("Grad-CAM++", _weighted(_grad_cam_plus_plus)),
    "layercam": Method("LayerCAM", _weighted(_layer_cam)),
    "scorecam": Method("Score-CAM", _score_cam),
    "integrated_gradients": Method("integrated gradients", _integrated_gradients),
}
