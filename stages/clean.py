"""Find the coin in each photograph and crop it tidily; reject the unusable, group the copies."""

from itertools import compress
from typing import Annotated

from pydantic import Field

from mintmark import plotting
from mintmark.data import manifests
from mintmark.images import cleaning
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "clean"
SHOWN = 40  # photographs on a contact sheet


class Clean(params.Block):
    size: Annotated[int, Field(ge=64, le=2_048)]
    scale: Annotated[float, Field(gt=0.2, le=0.5)]
    flatten: Annotated[float, Field(ge=0, le=1)]
    blurred: Annotated[float, Field(ge=0, lt=1)]
    near_bits: Annotated[int, Field(ge=0, le=64)]
    near_correlation: Annotated[float, Field(ge=-1, le=1)]


def main() -> None:
    clean = params.load(Clean, STAGE)
    manifest = manifests.read(paths.ORGANIZED / paths.MANIFEST)
    with writing(paths.CLEAN, paths.metrics(STAGE), paths.plots(STAGE)) as (folder, file, plots):
        looks = cleaning.tidy(
            manifest, paths.ORGANIZED, folder, clean.size, clean.scale, clean.flatten
        )
        reason = cleaning.reasons(looks, clean.blurred)
        rejected, kept = manifest[reason != ""], manifest[reason == ""].copy()
        if kept.empty:
            raise InputError(f"{paths.ORGANIZED}: no photograph shows a coin; see its files.")
        looks = list(compress(looks, reason == ""))
        kept["duplicates"], exact, near = cleaning.copies(
            looks, clean.near_bits, clean.near_correlation
        )
        rejected = rejected.assign(reason=reason[reason != ""])
        for path in rejected["path"].map(cleaning.crop_path):
            (folder / path).unlink(missing_ok=True)
        kept["path"] = kept["path"].map(cleaning.crop_path)
        shown = kept.iloc[:: max(1, len(kept) // SHOWN)].head(SHOWN)
        plotting.save(cleaning.crops_sheet(shown, folder), plots / "crops.png")
        sheet = cleaning.rejected_sheet(rejected.head(SHOWN), len(rejected), paths.ORGANIZED)
        plotting.save(sheet, plots / "rejected.png")
        kept["scale"] = clean.scale
        kept[list(cleaning.MEASURES)] = cleaning.measures(looks).to_numpy()
        kept.to_csv(folder / paths.MANIFEST, index=False)
        rejected[["id", "side", "path", "reason"]].to_csv(folder / "rejected.csv", index=False)
        reasons = rejected["reason"].value_counts().sort_index().to_dict()
        photos = {"read": len(manifest), "kept": len(kept), "rejected": reasons}
        metrics_files.write({"photos": photos, "duplicates": {"exact": exact, "near": near}}, file)
    print(f"Kept {len(kept)} of {len(manifest)} photographs; copies: {exact} exact, {near} near.")


if __name__ == "__main__":
    run(main)
