"""Before a stage imports the library: take the one of its own checkout, whatever is installed.

DVC hashes the library beside the stages. An installed copy may be another one: queued and temporary
experiments run in checkouts of their own. Every stage imports this module first.
"""

import gc
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# TensorFlow reads these when it is first imported. Say nothing about GPUs that are not there; use
# oneDNN's kernels, which it does of itself on some processors alone.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever a user's keras.json says
# What is imported stays; not to look for garbage among it spares a stage some two seconds. `stage.run`
# collects again.
gc.disable()
