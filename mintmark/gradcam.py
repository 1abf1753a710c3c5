"""Grad-CAM: where in an image a network finds what speaks for a class.

Selvaraju et al. (2017), "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization". The gradient is that of the logit, not of the probability, which saturates.
"""

import cv2
import keras
import numpy as np
import tensorflow as tf

from mintmark import networks

BATCH = 32


def raw(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Grad-CAM of each image for its target class at the size of the feature maps: (N,h,w), ≥ 0.

    images: (N,H,W,3), 0 to 255; targets: class numbers (N,).
    """
    features, head = networks.split(model)

    @tf.function(reduce_retracing=True)
    def heat(batch: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        maps = features(batch, training=False)
        with tf.GradientTape() as tape:
            tape.watch(maps)
            logits = tf.gather(head(maps, training=False), classes, batch_dims=1)
        weights = tf.reduce_mean(tape.gradient(logits, maps), axis=(1, 2), keepdims=True)  # eq. 1
        return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))  # eq. 2

    batches = tf.data.Dataset.from_tensor_slices((images, targets)).batch(BATCH)
    return np.concatenate([heat(tf.cast(x, tf.float32), y).numpy() for x, y in batches])


def upsampled(maps: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Bring raw maps (N,h,w) to the image's size (H,W), bilinearly, the maximum of each at 1.

    A map that is zero everywhere stays zero: nothing in the image speaks for the class.
    """
    large = np.stack([cv2.resize(one, shape[::-1], interpolation=cv2.INTER_LINEAR) for one in maps])
    top = large.max(axis=(1, 2), keepdims=True)
    return np.divide(large, top, out=np.zeros_like(large), where=top > 0)


def heat(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Grad-CAM of each image for its target class at the image's size: (N,H,W), 0 to 1."""
    return upsampled(raw(model, images, targets), images.shape[1:3])
