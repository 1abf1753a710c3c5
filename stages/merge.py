"""Put obverse and reverse of each coin into one image at the same scale."""

from typing import Literal

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from mintmark.data import manifests
from mintmark.images import merging
from mintmark.pipeline import csv_files, params, paths
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "merge"


class Merge(merging.Layout):
    """How sides are laid together, and which coins stay together."""

    missing: Literal["drop", "blank"]
    group_varieties: bool


def main() -> None:
    """Write one image a coin, their manifest, and which coins were skipped."""
    settings = params.load(Merge, STAGE)
    crops = manifests.read(paths.CLEAN / paths.MANIFEST)
    left_out = merging.one_sided(crops) if settings.missing == "drop" else []
    used = crops[~crops["id"].isin(left_out)]
    if used.empty:
        raise InputError(f"{paths.CLEAN}: no coin has both sides; set merge.missing to blank.")
    with writing(paths.MERGED) as (folder,):
        merged = merging.merge(
            used, paths.CLEAN, folder, size=settings.size, layout=settings.layout
        )
        merged["group"] = merged["id"].map(merging.groups(crops, settings.group_varieties))
        csv_files.write(merged, folder / paths.MANIFEST)
        csv_files.write(merging.skipped(left_out), folder / paths.SKIPPED)
    groups = merged["group"].nunique()
    print(f"Merged {len(merged)} coins in {groups} groups; {len(left_out)} lack a side.")


if __name__ == "__main__":
    run(main)
