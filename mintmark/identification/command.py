"""`mintmark identify`, from what is brought to what is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from pydantic import ValidationError
from tqdm import tqdm

from mintmark.identification import answers, brought, index, types, writing
from mintmark.identification.analysis import Identify
from mintmark.identification.answers import Answers
from mintmark.networks import serialization
from mintmark.pipeline import params, paths
from mintmark.pipeline.stage import InputError

BATCH = 256  # coins that are prepared and named at a time

Namer = Callable[[pd.DataFrame], Answers]  # from rows of `brought.Brought.photographs`


@dataclass
class Told:
    """What was said of all coins so far."""

    tables: list[pd.DataFrame] = field(default_factory=list)
    probabilities: list[pd.DataFrame] = field(default_factory=list)
    pictures: dict[str, dict[int, np.ndarray]] = field(default_factory=dict)  # by column and row


def identify(
    given: Sequence[Path],
    outputs: dict[str, Path],
    *,
    types_: bool,
    together: bool,
    columns: dict[str, str],
    confidence: float | None,
) -> pd.DataFrame:
    """Name what is given; write what is asked for. Returns the answers, see `answers.COLUMNS`.

    given, columns: see `brought.read`; outputs: files by `csv`, `xlsx` and `json`, a folder by `heat`;
    types_: coin types instead of mints; together: each photograph shows both sides; confidence: of the
    sets, None for the parameter. Raises InputError when nothing can be read, or nothing is trained yet.
    """
    settings = _settings(confidence)
    coins = brought.read(given, columns, types_, together)
    wanted = {"heat", "xlsx"} & outputs.keys()
    namer = _types(settings, bool(wanted)) if types_ else _mints(settings, bool(wanted))
    told, taken = Told(), set[str]()
    for start, said in _named(coins.photographs, namer):
        told.tables.append(said.table)
        told.probabilities.append(said.probabilities)
        for row, heat in said.heat.items():
            alike = [said.likeness[row]] if row in said.likeness else []
            pictures = writing.pictures(said.images[row], heat, *alike)
            if "heat" in outputs:
                file = writing.heat_file(str(said.rows[row]["id"]), taken)
                writing.as_picture(np.vstack(list(pictures.values())), outputs["heat"] / file)
            if "xlsx" in outputs:
                for name, image in pictures.items():
                    told.pictures.setdefault(name, {})[start + row] = writing.thumbnail(image)
    return _written(told, coins.carried, outputs)


def _written(told: Told, carried: pd.DataFrame, outputs: dict[str, Path]) -> pd.DataFrame:
    table = pd.concat(told.tables, ignore_index=True)
    probabilities = pd.concat(told.probabilities, ignore_index=True)
    also = carried.rename(columns=lambda name: f"{name} (table)" if name in table else name)
    whole = pd.concat([table, also], axis=1)
    if "csv" in outputs:
        writing.as_csv(whole, outputs["csv"])
    if "json" in outputs:
        writing.as_json(whole, probabilities, outputs["json"])
    if "xlsx" in outputs:
        writing.as_workbook(whole, told.pictures, outputs["xlsx"])
    return table


def _named(photographed: pd.DataFrame, namer: Namer) -> Iterator[tuple[int, Answers]]:
    """Answers batch by batch, with the row that each begins at."""
    for start in tqdm(range(0, len(photographed), BATCH), desc="naming coins", disable=None):
        yield start, namer(photographed.iloc[start : start + BATCH].reset_index(drop=True))


def _settings(confidence: float | None) -> Identify:
    settings = params.load(Identify, "identify")
    if confidence is None:
        return settings
    try:
        return Identify.model_validate({**settings.model_dump(), "confidence": confidence})
    except ValidationError:
        raise InputError(
            f"--confidence is {confidence}; give a share above 0.5 and below 1."
        ) from None


def _mints(settings: Identify, heat: bool) -> Namer:
    known = index.load(paths.INDEX)
    model = network("train3")
    return partial(answers.of_coins, model=model, index=known, settings=settings, heat=heat)


def network(stage: str) -> keras.Model:
    """The network that a stage trained. Raises InputError before it is."""
    path = paths.model(stage)
    if not path.is_file():
        raise InputError(f"{path} is missing: nothing is trained yet; run `dvc repro {stage}`.")
    return serialization.load(path)


def _types(settings: Identify, heat: bool) -> Namer:
    known, how = types.collection(settings)
    model = network("transfer315")
    extracting = types.network(model)

    def name(photographed: pd.DataFrame) -> Answers:
        said = types.of_photographs(photographed, extracting, known, how, settings)
        if heat:
            types.look(said, model)
        return said

    return name
