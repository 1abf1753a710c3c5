"""Photographs of coin types as networks take them."""

from pathlib import Path

import numpy as np

from mintmark.coin_types.store import ExtractionSettings
from mintmark.images import cropping, decoding, quality
from mintmark.pipeline.stage import InputError


def prepared(path: Path, settings: ExtractionSettings) -> np.ndarray:
    """Read a photograph as networks take it: uint8 (S,K·S,3), see `shown`.

    Raises InputError when it can't be read.
    """
    image = decoding.decode(path)
    if image is None:
        raise InputError(f"{path} can't be read any more; run `dvc repro features315` again.")
    return shown(image, settings)


def usable(path: Path, settings: ExtractionSettings) -> tuple[np.ndarray | None, str]:
    """Read a photograph that somebody brings, see `prepared`; or None, and why it can't be used."""
    if not path.is_file():
        return None, decoding.MISSING
    image, reason = decoding.read(path)
    if image is None:
        return None, reason
    if quality.is_blank(image):
        return None, "blank"
    return shown(image, settings), ""


def shown(image: np.ndarray, settings: ExtractionSettings) -> np.ndarray:
    """What each of K backbones is shown of a photograph (uint8 RGB), side by side: (S,K·S,3)."""
    square = {crop: cropping.square(image, settings.size, crop) for crop in set(settings.crop)}
    return np.hstack([square[crop] for crop in settings.crop])
