"""TensorFlow, on which Keras runs here: what it must know before it is first imported, and quietly."""

import logging
import os


def choose() -> None:
    """Choose Keras's backend and how it computes, whatever a user's keras.json says.

    It says nothing of GPUs that are not there, nor how often it compiles a function anew, and uses
    oneDNN's kernels, which it does of itself on some processors alone.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
    os.environ["KERAS_BACKEND"] = "tensorflow"


def start() -> None:
    """Choose the backend and import it, for a command whose errors people read.

    What its C++ parts write while they start heeds no setting; it goes nowhere.
    """
    choose()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow as tf

        tf.config.list_physical_devices()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
