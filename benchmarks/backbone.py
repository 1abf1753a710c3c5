"""What a backbone's weights are worth: logistic regression on its features of real photographs.

    python benchmarks/backbone.py ../shared/data/euro [--weights coins none]

Five folds grouped by what must stay together (photos.csv, copies), photographs at 128×128. `top` is
the mean of the last maps, the usual yardstick; `pyramid` the means and standard deviations at four
resolutions that the pipeline uses. Out-of-fold accuracy and balanced accuracy.
"""

import argparse
from pathlib import Path

import keras
from keras import layers
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mintmark.coin_types import competition, extraction, extractor, store
from mintmark.networks import autodiff, backbones

FOLDS, SIZE = 5, 128
VIEWS = store.Views(number=0, flip=False, turn=0, zoom=0, contrast=0, brightness=0)
SETTINGS = store.ExtractionSettings(size=SIZE, crop=False, dimensions=1, views=VIEWS)


def main() -> None:
    """Compare the weights that the command line names."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("types", type=Path)
    arguments.add_argument("--weights", nargs="+", default=["none", "coins"])
    chosen = arguments.parse_args()
    table, _ = competition.checked(chosen.types)
    group = competition.groups(table, chosen.types)
    print(f"{len(table)} photographs in {group.max() + 1} groups")
    for weights in chosen.weights:
        keras.utils.set_random_seed(0)
        backbone = backbones.build(backbones.COINS, (SIZE, SIZE, 3), weights, frozen=True)
        top = keras.Model(backbone.input, layers.GlobalAveragePooling2D()(backbone.output))
        for name, model in {"top": top, "pyramid": extractor.pooled(backbone, "pooled")}.items():
            network = autodiff.inference(model)
            vectors = extraction.through(network, chosen.types, table["path"], SETTINGS)
            classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000))
            predicted = cross_val_predict(
                classifier, vectors, table["Class"], groups=group, cv=GroupKFold(FOLDS)
            )
            accuracy = accuracy_score(table["Class"], predicted)
            balanced = balanced_accuracy_score(table["Class"], predicted)
            print(
                f"{weights}, {name}: accuracy {accuracy:.3f}, balanced {balanced:.3f}", flush=True
            )


if __name__ == "__main__":
    main()
