"""Bring photographs of coin types to features, once: what heads are trained on."""

from pathlib import Path

import pandas as pd

from mintmark import plotting
from mintmark.coin_types import competition, extraction, figures, store
from mintmark.networks import backbones, fitting, serialization
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "features315"
SHOWN = 5  # photographs in the picture of views


class Features315(store.Making, store.Parting):
    @property
    def making(self) -> store.Making:
        return store.Making(**self.model_dump(exclude={"test", "validation"}))


def main() -> None:
    settings, seed = params.load(Features315, STAGE), params.seed()
    chosen = params.load(backbones.Chosen, "transfer315", partly=True)
    root = Path(params.load(params.Data, "data").types)
    table, skipped = competition.checked(root)
    table["group"] = competition.groups(table, root)
    table["part"] = competition.part(table, settings.test, settings.validation, seed)
    del table["hash"]  # of no use any more, and longer than all the rest
    unlabelled, skipped_of_test = competition.unlabelled(root)
    skipped = pd.concat([skipped, skipped_of_test])
    outputs = (
        paths.TYPE_FEATURES, paths.model(STAGE), paths.metrics(STAGE), paths.plots(STAGE),
    )  # fmt: skip
    with writing(*outputs) as (data, model_file, metrics_file, plots):
        fitting.reproducible(seed)
        shape = (settings.size, settings.size, 3)
        backbone = backbones.build(chosen.backbone, shape, chosen.weights, frozen=True)
        extractor = extraction.extractor(backbone, root, table, settings.making, seed)
        extraction.store(extractor, root, table, unlabelled, settings.making, seed, data)
        serialization.save(extractor, model_file)
        skipped.to_csv(data / "skipped.csv", index=False)
        shown = extraction.examples(root, table, settings.making, SHOWN, seed)
        drawn = figures.views(shown, settings.views.number)
        plotting.save(drawn, plots / "views.png")
        metrics = competition.counts(table, unlabelled, skipped)
        metrics_files.write({**metrics, "dimensions": extractor.output_shape[1]}, metrics_file)
    crossing = metrics["groups_across_parts"]
    print(
        f"Brought {len(table)} photographs of {table['Class'].nunique()} types and "
        f"{settings.views.number} views of those that train to {extractor.output_shape[1]} features; "
        f"skipped {competition.said(skipped['reason'])}."
        + (f" {crossing} groups cross the parts that train.csv gives." if crossing else "")
    )


if __name__ == "__main__":
    run(main)
