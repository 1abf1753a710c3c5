"""Where the two-mint network looks, and what its features make of the test coins."""

import numpy as np

from mintmark import (
    analysis,
    assessment,
    dataset,
    evaluation,
    faithfulness,
    figures,
    heatfigures,
    masking,
    networks,
    params,
    paths,
)
from mintmark.stage import run, writing

STAGE = "gradcam"


class Gradcam(params.Block):
    radius: masking.Radius


def main() -> None:
    settings, seed = params.load(Gradcam, STAGE), params.seed()
    table = dataset.manifest(paths.SPLIT / "two.csv")
    test, names = table[table["part"] == "test"], dataset.mints(table)
    images = dataset.images(test, paths.MERGED)
    model = networks.load(paths.model("train2"))
    outputs = (paths.FEATURES, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (features_file, metrics_file, plots):
        summary = analysis.look(model, images, test, names, settings.radius, seed, plots)
        checks = faithfulness.check(model, images, test, seed, plots)
        features = networks.pooled(model, images)
        with features_file.open("wb") as file:
            np.savez(file, id=test["id"].to_numpy(str), features=features)
        judged = assessment.judge(model, images, test, names)
        drawn = heatfigures.feature_map(features, judged, "Test coins by their features")
        figures.save(drawn, plots / "features.png")
        evaluation.write({**summary, **checks}, metrics_file)
    mass, area = summary["mass"], summary["area"]
    print(
        f"{mass['margin']:.1%} of the heat falls in the margin, {area['margin']:.1%} of the area."
    )


if __name__ == "__main__":
    run(main)
