"""Tell coin types apart: a head trained on the features of a frozen backbone."""

from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from mintmark import (
    backbones,
    competition,
    evaluation,
    networks,
    params,
    paths,
    training,
    transfer,
    typeassessment,
)
from mintmark.stage import run, writing

STAGE = "transfer315"


class Transfer315(transfer.HeadTraining):
    backbone: Literal[backbones.NAMES]
    weights: str
    size: Annotated[int, Field(ge=32, le=600)]
    test: Annotated[float, Field(gt=0, lt=0.5)]
    validation: Annotated[float, Field(gt=0, lt=0.5)]


def main() -> None:
    settings, seed = params.load(Transfer315, STAGE), params.seed()
    root = Path(params.load(params.Data, "data").types)
    table, skipped = competition.checked(root)
    table["part"] = competition.part(table, root, settings.test, settings.validation, seed)
    outputs = (paths.model(STAGE), paths.TRANSFER, paths.metrics(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (model_file, data, metrics_file, plots):
        training.reproducible(seed)
        shape = (settings.size, settings.size, 3)
        backbone = backbones.build(settings.backbone, shape, settings.weights, frozen=True)
        extractor = transfer.extractor(backbone)
        features = transfer.features_of(extractor, root, table["path"])
        head = transfer.train(extractor, features, table, root, settings, seed, plots / "curves")
        metrics = typeassessment.assess(head, features, table, root, plots)
        test_set = typeassessment.submit(head, extractor, table, root, data)
        networks.save(transfer.assembled(backbone, head), model_file)
        table[["Id", "Class", "part"]].to_csv(data / "parts.csv", index=False)
        skipped = pd.concat([skipped, test_set])
        skipped.to_csv(data / "skipped.csv", index=False)
        counts = skipped["reason"].value_counts().sort_index().to_dict()
        metrics["photos"] = {"used": len(table), "skipped": counts}
        evaluation.write(metrics, metrics_file)
    print(
        f"Told {metrics['classes']} types apart on {metrics['n']} test photographs: accuracy "
        f"{metrics['accuracy']:.3f}, top five {metrics['top5_accuracy']:.3f}, balanced "
        f"{metrics['balanced_accuracy']:.3f}."
    )


if __name__ == "__main__":
    run(main)
