"""Extract features of photographs of coin types, once: what heads are trained on."""

from pathlib import Path

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

import numpy as np
import pandas as pd

from mintmark.coin_types import competition, extraction, extractor, store
from mintmark.data import corrections
from mintmark.networks import backbones, fitting, serialization
from mintmark.pipeline import csv_files, metrics_files, params, paths, tables
from mintmark.pipeline.stage import run, writing

STAGE = "features315"
SHOWN = 5  # photographs in the picture of views


class Features315(store.ExtractionSettings, store.SplitFractions):
    """The parameters of this stage."""

    @property
    def extraction(self) -> store.ExtractionSettings:
        """How features are extracted."""
        return store.ExtractionSettings(**self.model_dump(exclude={"test", "validation"}))


def main() -> None:
    """Read, split, extract, save."""
    settings, seed = params.load(Features315, STAGE), params.seed()
    chosen = params.load(backbones.Chosen, "transfer315", partly=True)
    root = Path(params.load(params.Data, "data").types)
    table, skipped = competition.checked(root)
    table["group"] = competition.groups(table, root)
    table["part"] = competition.split(table, settings.test, settings.validation, seed)
    del table["hash"]  # of no use any more, and longer than all the rest
    unlabelled, skipped_of_test = competition.unlabelled(root)
    skipped = pd.concat([skipped, skipped_of_test])
    corrected = competition.corrected(root)
    details = competition.counts(table, unlabelled, skipped)
    details["corrections"] = corrections.told(corrected)
    details["sources"] = competition.sources(table, root)
    details["joined"] = tables.spellings(root / competition.TABLE)
    outputs = (paths.TYPE_FEATURES, paths.model(STAGE), paths.plots(STAGE))
    with writing(*outputs) as (data, model_file, plots):
        fitting.reproducible(seed)
        networks, how = extractor.build(chosen, settings.extraction)
        whole = extraction.extract(
            networks, root, table, unlabelled, settings=how, seed=seed, folder=data
        )
        serialization.save(whole, model_file)
        csv_files.write(skipped, data / "skipped.csv")
        csv_files.write(corrected, data / corrections.FILE)
        shown = extraction.examples(root, table, how, number=SHOWN, seed=seed)
        np.save(plots / "views.npy", shown)
        details["dimensions"] = whole.output_shape[1]
        metrics_files.write(details, plots / metrics_files.DETAILS)
    crossing = max(details["groups_across_parts"], details["sources"]["across_parts"])
    print(
        f"Extracted {details['dimensions']} features of {len(table)} photographs of "
        f"{table['Class'].nunique()} types with {len(networks)} backbones; "
        f"skipped {competition.in_words(skipped['reason'])}."
        + (f" {crossing} groups cross the parts that train.csv gives." if crossing else "")
    )


if __name__ == "__main__":
    run(main)
