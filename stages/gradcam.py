"""Where the two-mint network looks, whether to believe the heat, and what its features make of coins."""

from pathlib import Path
from typing import Literal

import keras
import numpy as np
import pandas as pd

from mintmark import plotting
from mintmark.data import manifests
from mintmark.explain import analysis, attribution, faithfulness, figures, localisation
from mintmark.geometry import grid
from mintmark.networks import evaluation, models, serialization
from mintmark.occlusion import effects
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "gradcam"


class Gradcam(params.Block):
    radius: effects.Radius
    method: Literal[attribution.METHODS]


def main() -> None:
    settings, seed = params.load(Gradcam, STAGE), params.seed()
    drawn = Path(params.load(params.Data, "data").mints) == paths.DRAWN_MINTS
    table = manifests.read(paths.SPLIT / "two.csv")
    test, names = table[table["part"] == "test"], manifests.mints(table)
    images = manifests.images(test, paths.MERGED)
    model = serialization.load(paths.model("train2"))
    outputs = (paths.FEATURES, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (features_file, metrics_file, plots):
        summary = analysis.look(
            model, images, test, names, settings.radius, settings.method, seed, plots
        )
        checks = faithfulness.check(model, images, test, settings.method, seed, plots)
        judged = evaluation.judge(model, images, test, names)
        scored = score(model, images, test, judged, names, seed, plots) if drawn else {}
        features = models.pooled(model, images)
        with features_file.open("wb") as file:
            np.savez(file, id=test["id"].to_numpy(str), features=features)
        map_ = figures.feature_map(features, judged, "Test coins by their features")
        plotting.save(map_, plots / "features.png")
        metrics_files.write({"method": settings.method, **summary, **checks, **scored}, metrics_file)
    mass, area = summary["mass"], summary["area"]
    print(
        f"{mass['margin']:.1%} of the heat falls in the margin, {area['margin']:.1%} of the area."
    )
    if scored:
        pointing = scored["truth"][settings.method]["right"]["pointing"]
        print(
            f"On rightly named coins {pointing:.1%} of the hottest points lie on the mint's name."
        )


def score(
    model: keras.Model, images: np.ndarray, test: pd.DataFrame, judged: pd.DataFrame,
    names: list[str], seed: int, plots: Path,
) -> dict[str, dict]:  # fmt: skip
    """Score every method's heat for the named mint against the pixels of the mint's name."""
    places = grid.locate(manifests.circles(test), images.shape[1:3])
    crops = manifests.read(paths.CLEAN / paths.MANIFEST)
    name = localisation.names(test, crops, paths.TRUTH, images.shape[1:3])
    named = manifests.numbers(judged["predicted"], names)
    cell = images.shape[2] // model.get_layer("maps").output.shape[2]
    right = (judged["actual"] == judged["predicted"]).to_numpy()
    scores = {
        method: localisation.by_answer(
            attribution.heat(model, images, named, method), name, places, right, cell, seed
        )
        for method in attribution.METHODS
    }
    chance = localisation.chance(name, places, cell)
    drawn = figures.pointing({method: of["right"] for method, of in scores.items()}, chance)
    plotting.save(drawn, plots / "pointing.png")
    return {"truth": {**scores, "chance": chance}}


if __name__ == "__main__":
    run(main)
