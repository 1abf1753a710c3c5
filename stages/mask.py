"""Hide parts of the test coins and see what the two-mint network loses."""

from mintmark.data import manifests
from mintmark.networks import serialization
from mintmark.occlusion import analysis, effects
from mintmark.pipeline import metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "mask"


def main() -> None:
    settings = params.load(effects.Masking, STAGE)
    table = manifests.read(paths.SPLIT / "two.csv")
    images = manifests.images(table, paths.MERGED)
    model = serialization.load(paths.model("train2"))
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (file, plots):
        figures = analysis.occlude(
            model, images, table, manifests.mints(table), settings, params.seed(), plots
        )
        metrics_files.write(figures, file)
    print(
        f"Accuracy {figures['original']['accuracy']:.3f}; with the field hidden "
        f"{figures['centre']['accuracy']:.3f}, with the margin hidden "
        f"{figures['margin']['accuracy']:.3f} (r = {settings.radius:g}, {settings.fill})."
    )


if __name__ == "__main__":
    run(main)
