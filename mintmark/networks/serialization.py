"""Networks on disk: files whose bytes depend on the network alone."""

import json
import re
import tempfile
import zipfile
from pathlib import Path

import keras

from mintmark.networks import keras_settings
from mintmark.pipeline.stage import reading

ENTRIES = {"config.json", "metadata.json", "model.weights.h5"}  # of a network's archive
LARGEST = 4 * 2**30  # bytes of them
EPOCH_OF_ZIP = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can carry


def save(model: keras.Model, path: Path) -> None:
    """Save a network as a .keras file whose bytes depend on the network alone.

    Keras writes the date of saving and the addresses of shared objects into the archive; here every
    entry carries the same date, and shared objects are numbered.
    """
    with tempfile.TemporaryDirectory() as folder:
        dated = Path(folder) / "model.keras"
        model.save(dated)
        with zipfile.ZipFile(dated) as source, zipfile.ZipFile(path, "w") as target:
            for name in sorted(source.namelist()):
                content = source.read(name)
                if name == "metadata.json":
                    content = json.dumps({**json.loads(content), "date_saved": ""}).encode()
                if name == "config.json":
                    content = _numbered(content.decode()).encode()
                target.writestr(zipfile.ZipInfo(name, EPOCH_OF_ZIP), content)


def _numbered(config: str) -> str:
    numbers: dict[str, int] = {}
    return re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda address: str(numbers.setdefault(address[0], len(numbers))),
        config,
    )


def load(path: Path) -> keras.Model:
    """Load a network that `save` wrote. No code of the file is run: not that of lambdas either.

    Raises InputError when the file is damaged, of another make, or larger than any network here.
    """
    keras_settings.pin()
    with reading(path, "run `dvc checkout`, or `dvc repro` to make it again"):
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry.file_size for entry in archive.infolist()}
        if set(entries) != ENTRIES or sum(entries.values()) > LARGEST:
            raise ValueError("it is no network of mintmark")
        return keras.saving.load_model(path, compile=False, safe_mode=True)


def save_left_out(models: dict[str, keras.Model], mints: list[str], folder: Path) -> None:
    """Save networks by the mint that they never saw, under its number in `mints`."""
    for mint, model in models.items():
        save(model, folder / f"{mints.index(mint)}.keras")


def load_left_out(folder: Path, mints: list[str]) -> dict[str, keras.Model]:
    """Load the networks that `save_left_out` wrote."""
    return {mints[int(path.stem)]: load(path) for path in sorted(folder.glob("*.keras"))}
