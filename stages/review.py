"""Write the review sheet: doubtful labels and coins with their pictures, as corrections to fill in."""

from collections import defaultdict
from pathlib import Path

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from mintmark.pipeline import csv_files, params, paths
from mintmark.pipeline.stage import run, writing
from mintmark.report import review

OUTPUTS = (paths.REVIEW_PAGE, paths.REVIEW, paths.TYPES_REVIEW)


def main() -> None:
    """Gather what is doubtful of both data sets; write a page, and tables to fill in."""
    data = params.load(params.Data, "data")
    sheets = [of_coins(data.mints), of_types(data.types)]
    with writing(*OUTPUTS) as (page, *tables):
        page.write_text(review.page(sheets), encoding="utf-8")
        for sheet, table in zip(sheets, tables, strict=True):
            csv_files.write(review.to_fill_in(sheet.rows), table)
    counts = [f"{len(sheet.rows)} {sheet.heading.lower()}" for sheet in sheets]
    print(f"To be looked at: {' and '.join(counts)}; see {paths.REVIEW_PAGE}.")


def of_coins(folder: str) -> review.Sheet:
    """What is doubtful of the coins whose table and photographs lie in a folder."""
    labels = csv_files.read(paths.ORGANIZED / paths.LABELS, [*csv_files.TEXT, "written"])
    judged = csv_files.read(paths.plots("identify") / "predictions.csv")
    wrong = csv_files.read(paths.ALWAYS_WRONG)
    rows = review.of_mints(labels, judged, wrong, csv_files.read(paths.CLEAN / paths.REJECTED))
    return review.Sheet(
        name="coins",
        heading="Coins",
        folder=folder,
        rows=rows,
        files=photographed(Path(folder)),
        shown="Obverse and reverse.",
        labels=sorted(set(labels["mint"]) - {""}),
    )


def of_types(folder: str) -> review.Sheet:
    """What is doubtful of the coin types whose table and photographs lie in a folder."""
    suspected = csv_files.read(paths.plots("labels315") / "suspected.csv")
    return review.Sheet(
        name="types",
        heading="Coin types",
        folder=folder,
        rows=review.of_types(suspected),
        files={
            row.Id: [Path(folder) / path for path in (row.path, row.example) if path]
            for row in suspected.itertuples()
        },
        shown="Left the photograph, right one of the type that is likelier.",
        labels=sorted({*suspected["Class"], *suspected["suggested"]}),
    )


def photographed(source: Path) -> dict[str, list[Path]]:
    """The photographs of each coin, by its id: those organized, and the originals of coins left out."""
    manifest, skipped = (
        csv_files.read(paths.ORGANIZED / paths.MANIFEST),
        csv_files.read(paths.ORGANIZED / paths.SKIPPED),
    )
    organized = [
        (coin, side, paths.ORGANIZED / path)
        for coin, side, path in manifest[["id", "side", "path"]].itertuples(index=False)
    ]
    left_out = [
        (coin, file, source / paths.PHOTOS / file)
        for coin, reason, file in skipped[["id", "reason", "detail"]].itertuples(index=False)
        if reason == "coin_skipped"
    ]
    files: dict[str, list[Path]] = defaultdict(list)
    for coin, _, file in sorted(organized + left_out):
        files[coin].append(file)
    return files


if __name__ == "__main__":
    run(main)
