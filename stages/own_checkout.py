"""Before a stage imports the library: take the one of its own checkout, whatever is installed.

DVC hashes the library beside the stages. An installed copy may be another one: queued and temporary
experiments run in checkouts of their own. Every stage imports this module first.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# TensorFlow reads it when it is first imported: say nothing about GPUs that are not there.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
