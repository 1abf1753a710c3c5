"""Archives whose bytes depend on their content alone."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

EPOCH = datetime(1980, 1, 1)  # the earliest date a zip can carry


def _unchanged(_name: str, content: bytes) -> bytes:
    return content


def undated(source: Path, target: Path, change: Callable[[str, bytes], bytes] = _unchanged) -> None:
    """Copy a zip archive, every entry with the same date, in the order of the names.

    change: what becomes of an entry, from its name and content.
    """
    with zipfile.ZipFile(source) as dated, zipfile.ZipFile(target, "w") as archive:
        for name in sorted(dated.namelist()):
            entry = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            archive.writestr(entry, change(name, dated.read(name)))
