"""Keras as the networks need it, whatever a user's keras.json and environment say.

Its backend is chosen before it is imported; the other settings here.
"""

import keras


def pin() -> None:
    """Make layers of float32, channels last, and train for as many epochs as are asked for."""
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    keras.config.set_max_epochs(None)
    keras.config.set_max_steps_per_epoch(None)
