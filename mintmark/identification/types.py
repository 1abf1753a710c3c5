"""Coin types: what identification knows of them, and their answers."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from mintmark.coin_types import attribution, extractor, preparation, store
from mintmark.coin_types.store import ExtractionSettings
from mintmark.data import manifests
from mintmark.identification import answers, calibration
from mintmark.identification.analysis import Identify
from mintmark.identification.answers import Answers
from mintmark.identification.brought import PHOTOGRAPH
from mintmark.identification.index import Collection, View
from mintmark.networks import models
from mintmark.open_set.scores import Known, Output
from mintmark.pipeline import paths
from mintmark.pipeline.parallel import mapped
from mintmark.pipeline.stage import InputError, reading


def collection(settings: Identify) -> tuple[Collection, ExtractionSettings]:
    """The labelled photographs of coin types, and how photographs are prepared.

    Raises InputError when nothing is trained yet.
    """
    validation_file = paths.TRANSFER / store.VALIDATION
    if not validation_file.is_file():
        raise InputError(
            f"{validation_file} is missing: no coin types are trained yet; run "
            "`dvc repro transfer315`, or `dvc pull` where somebody has."
        )
    stored = store.load(paths.TYPE_FEATURES)
    table = stored.labelled.rename(columns={"Id": "id", "Class": "mint"})
    features = np.asarray(stored.vectors[: len(table)])
    targets, _ = manifests.classes(table["mint"])
    train, validation = ((table["part"] == part).to_numpy() for part in ("train", "validation"))
    known = Known(features[train].astype(float), targets[train], settings.neighbours)
    with (
        reading(validation_file, "run `dvc checkout`, or `dvc repro transfer315` to make it again"),
        np.load(validation_file) as archive,
    ):
        judging = Output(archive["logits"], features[validation].astype(float))
    calibrated = calibration.calibrate(judging, targets[validation], known, settings.accepted)
    return Collection(table, {PHOTOGRAPH: View(features, calibrated)}), stored.settings


def of_photographs(
    photographed: pd.DataFrame,
    network: Callable[[np.ndarray], Output],
    known: Collection,
    how: ExtractionSettings,
    settings: Identify,
) -> Answers:
    """Name the types of coins. photographed: columns id and photograph, see `brought.Brought`."""
    files = [Path(file) for file in photographed[PHOTOGRAPH]]
    read = list(mapped(partial(preparation.usable, settings=how), files, threads=True))
    reasons = pd.DataFrame({PHOTOGRAPH: [reason for _, reason in read]})
    said = Answers.unusable(photographed["id"].tolist(), reasons, known.names)
    said.images = {row: image for row, (image, _) in enumerate(read) if image is not None}
    if said.images:
        output = network(np.stack(list(said.images.values())))
        judged = answers.judge(output, known, PHOTOGRAPH, settings)
        similar = answers.nearest(output, known, PHOTOGRAPH, settings.similar)
        said.add(list(said.images), judged, known.ids(similar), PHOTOGRAPH)
    return said


def network(model: keras.Model) -> Callable[[np.ndarray], Output]:
    """What a network of coin types makes of images (N,S,K·S,3): logits, and the projected features."""
    features = model.get_layer(extractor.FEATURES).output
    both = keras.Model(model.input, [model.output, features])

    def output(images: np.ndarray) -> Output:
        logits, vectors = both.predict(images.astype(np.float32), models.BATCH, verbose=0)
        return Output(logits, vectors.astype(float))

    return output


def look(said: Answers, model: keras.Model) -> None:
    """Add the heat for each answer."""
    rows, names = list(said.images), list(said.probabilities.columns)
    if rows:
        images = np.stack([said.images[row] for row in rows])
        targets = manifests.numbers(said.table["answer"].iloc[rows], names)
        said.heat = dict(zip(rows, attribution.heat(model, images, targets), strict=True))
