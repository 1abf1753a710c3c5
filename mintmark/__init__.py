"""mintmark: which mint struck a coin, and how a network knows."""

import os

# TensorFlow reads it when it is first imported: say nothing about GPUs that are not there.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
