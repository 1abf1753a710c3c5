"""Find the coin in each photograph and crop it tidily; reject the unusable, group the copies."""

from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Annotated

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

import pandas as pd
from pydantic import Field

from mintmark import plotting
from mintmark.data import manifests
from mintmark.images import cleaning, figures
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "clean"
SHOWN = 40  # photographs on a contact sheet
REASONS = 2  # to reject photographs, among the metrics; all of them are in the details


class Clean(cleaning.Tidy):
    """What makes a tidy crop, a useless photograph and a copy."""

    blurred: Annotated[float, Field(ge=0, lt=1)]
    near_bits: Annotated[int, Field(ge=0, le=64)]
    near_correlation: Annotated[float, Field(ge=-1, le=1)]


def main() -> None:
    """Write crops and what was rejected, then the metrics and the contact sheets."""
    settings = params.load(Clean, STAGE)
    manifest = manifests.read(paths.ORGANIZED / paths.MANIFEST)
    with writing(paths.CLEAN, paths.metrics(STAGE), paths.plots(STAGE)) as (folder, file, plots):
        found = cleaned(manifest, folder, settings)
        kept, rejected = found.kept, found.rejected
        counts = summary(found)
        few = metrics_files.commonest(counts["photos"]["rejected"], REASONS)
        metrics_files.write({**counts, "photos": {**counts["photos"], "rejected": few}}, file)
        metrics_files.write(counts, plots / metrics_files.DETAILS)
        shown = kept.iloc[:: max(1, len(kept) // SHOWN)].head(SHOWN)
        sheets = {
            "crops": figures.crops_sheet(shown, folder),
            "rejected": figures.rejected_sheet(
                rejected.head(SHOWN), len(rejected), paths.ORGANIZED
            ),
        }
        plotting.save_all(sheets, plots)
    print(f"Kept {len(kept)} of {len(manifest)} photographs; ", end="")
    print(f"copies: {found.copies.exact} exact, {found.copies.near} near.")
    if pairs := (rejected["reason"] == "two_coins").sum():
        print(
            f"{pairs} show two coins; where each shows both sides of one, leave {{side}} out of "
            "organize.photos."
        )


@dataclass(frozen=True)
class Cleaned:
    """What became of the photographs, one a row."""

    kept: pd.DataFrame  # the manifest of crops
    rejected: pd.DataFrame  # with the column reason
    copies: cleaning.Copies  # among those kept


def cleaned(manifest: pd.DataFrame, folder: Path, settings: Clean) -> Cleaned:
    """Write crops, their manifest and what was rejected into a folder.

    Raises InputError when no photograph shows a coin.
    """
    inspections = cleaning.tidy(
        manifest,
        paths.ORGANIZED,
        folder,
        size=settings.size,
        scale=settings.scale,
        flatten=settings.flatten,
    )
    reason = cleaning.reasons(inspections, settings.blurred)
    kept, rejected = manifest[reason == ""].copy(), manifest[reason != ""]
    if kept.empty:
        raise InputError(f"{paths.ORGANIZED}: no photograph shows a coin; see its files.")
    rejected = rejected.assign(reason=reason[reason != ""])
    crops = cleaning.crop_paths(manifest)
    for path in crops[reason != ""]:
        (folder / path).unlink(missing_ok=True)
    inspections = list(compress(inspections, reason == ""))
    copies = cleaning.copies(inspections, settings.near_bits, settings.near_correlation)
    kept["duplicates"] = copies.group
    kept["path"] = crops[reason == ""]
    kept["scale"] = settings.scale
    kept[list(cleaning.MEASURES)] = cleaning.measures(inspections).to_numpy()
    csv_files.write(kept, folder / paths.MANIFEST)
    csv_files.write(rejected[["id", "side", "path", "reason"]], folder / paths.REJECTED)
    return Cleaned(kept, rejected, copies)


def summary(found: Cleaned) -> dict:
    """Counts of photographs read, kept and rejected by reason, and of copies."""
    read, kept = len(found.kept) + len(found.rejected), len(found.kept)
    reasons = found.rejected["reason"].value_counts().sort_index().to_dict()
    return {
        "photos": {"read": read, "kept": kept, "rejected": reasons},
        "duplicates": {"exact": found.copies.exact, "near": found.copies.near},
    }


if __name__ == "__main__":
    run(main)
