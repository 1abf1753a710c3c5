"""Hide parts of the test coins and see what the two-mint network loses."""

from mintmark import dataset, evaluation, masking, networks, occlusion, params, paths
from mintmark.stage import run, writing

STAGE = "mask"


def main() -> None:
    settings = params.load(masking.Masking, STAGE)
    table = dataset.manifest(paths.SPLIT / "two.csv")
    images = dataset.images(table, paths.MERGED)
    model = networks.load(paths.model("train2"))
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (file, plots):
        figures = occlusion.occlude(
            model, images, table, dataset.mints(table), settings, params.seed(), plots
        )
        evaluation.write(figures, file)
    print(
        f"Accuracy {figures['original']['accuracy']:.3f}; with the field hidden "
        f"{figures['centre']['accuracy']:.3f}, with the margin hidden "
        f"{figures['margin']['accuracy']:.3f} (r = {settings.radius:g}, {settings.fill})."
    )


if __name__ == "__main__":
    run(main)
