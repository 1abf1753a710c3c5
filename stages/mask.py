"""Hide the field or the margin of the test coins and see what the two-mint network loses."""

from mintmark import analysis, dataset, evaluation, masking, networks, params, paths
from mintmark.stage import run, writing

STAGE = "mask"


def main() -> None:
    settings = params.load(masking.Masking, STAGE)
    table = dataset.manifest(paths.SPLIT / "two.csv")
    test = table[table["part"] == "test"]
    images = dataset.images(test, paths.MERGED)
    model = networks.load(paths.model("train2"))
    with writing(paths.metrics(STAGE), paths.plots(STAGE)) as (file, plots):
        figures = analysis.hide(
            model, images, test, dataset.mints(table), settings, params.seed(), plots
        )
        evaluation.write(figures, file)
    print(
        f"Accuracy {figures['original']['accuracy']:.3f}; with the field hidden "
        f"{figures['centre']['accuracy']:.3f}, with the margin hidden "
        f"{figures['margin']['accuracy']:.3f} (r = {settings.radius:g}, {settings.fill})."
    )


if __name__ == "__main__":
    run(main)
