"""Put obverse and reverse of each coin into one image at the same scale."""

from typing import Annotated, Literal

from pydantic import Field

from mintmark.data import manifests
from mintmark.images import merging
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import InputError, run, writing

STAGE = "merge"


class Merge(params.Block):
    layout: Literal["horizontal", "vertical"]
    size: Annotated[int, Field(ge=32, le=1_024)]
    missing: Literal["drop", "blank"]
    group_varieties: bool


def main() -> None:
    settings = params.load(Merge, STAGE)
    crops = manifests.read(paths.CLEAN / paths.MANIFEST)
    one_sided = crops.groupby("id")["side"].transform("nunique") < 2
    used = crops[~one_sided] if settings.missing == "drop" else crops
    if used.empty:
        raise InputError(f"{paths.CLEAN}: no coin has both sides; set merge.missing to blank.")
    with writing(paths.MERGED, paths.metrics(STAGE)) as (folder, file):
        merged = merging.merge(used, paths.CLEAN, folder, settings.size, settings.layout)
        merged["group"] = merged["id"].map(merging.groups(crops, settings.group_varieties))
        merged.to_csv(folder / paths.MANIFEST, index=False)
        skipped = crops["id"].nunique() - len(merged)
        coins = {"merged": len(merged), "skipped": {"side_missing": skipped}}
        metrics_files.write({"coins": coins, "groups": int(merged["group"].nunique())}, file)
    print(f"Merged {len(merged)} coins; {skipped} lack a side.")


if __name__ == "__main__":
    run(main)
