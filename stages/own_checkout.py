"""Before a stage imports the library: take the one of its own checkout, whatever is installed.

DVC hashes the library beside the stages. An installed copy may be another one: queued and temporary
experiments run in checkouts of their own. Every stage imports this module first.
"""

import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mintmark.pipeline import backend, params  # noqa: E402  (of this checkout)
from mintmark.pipeline.stage import InputError  # noqa: E402

try:
    networks = params.networks()
    backend.choose(networks.backend, networks.devices)
except InputError as error:
    sys.exit(f"error: {error}")
backend.hush()  # until `stage.run`
# What is imported stays; not to look for garbage among it spares a stage some two seconds. `stage.run`
# collects again.
gc.disable()
