"""The three stages of the coin types on a small drawn set: features, labels, head, fine-tuning."""

import importlib
import json
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, run_stage, set_params

from mintmark import plotting
from mintmark.coin_types import figures, preparation, store
from mintmark.images import decoding
from mintmark.networks import serialization
from mintmark.synthetic import coin_types

STAGES = ("features315", "labels315", "transfer315")


def run(folder, *stages):
    for name in stages:
        done = run_stage(folder, name)
        assert done.returncode == 0, done.stderr
    return done


def details(folder, stage):
    return json.loads((folder / "plots" / stage / "details.json").read_text())


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A workspace in which the stages have run on ten drawn types, with all that may be wrong."""
    folder = tmp_path_factory.mktemp("types")
    types = folder / "types"
    coin_types.draw(types, types=10, photos=12, test=5, size=96, seed=3)
    (types / "test" / "900.jpg").write_bytes(b"broken")
    table = pd.read_csv(types / "train.csv", dtype=str)
    broken = types / "train" / f"{table['Id'][0]}.jpg"
    broken.write_bytes(broken.read_bytes()[:600])
    once = "5000"
    shutil.copy(types / "train" / f"{table['Id'][1]}.jpg", types / "train" / f"{once}.jpg")
    kind = table["Class"][1]
    bad = [("777", kind), ("../x", kind), (table["Id"][1], kind), (table["Id"][3], "another type"),
           (once, "one photograph only")]  # fmt: skip
    shutil.copy(types / "train" / f"{table['Id'][4]}.jpg", types / "train" / "stray.jpg")
    rows = pd.concat([table, pd.DataFrame(bad, columns=["Id", "Class"])])
    rows.rename(columns=str.upper).to_csv(types / "train.csv", index=False)
    (folder / "data").mkdir()
    (folder / "data" / "weights").symlink_to(ROOT / "data" / "weights")
    shutil.copy(ROOT / "params.yaml", folder)
    set_params(folder, data__types="types", features315__size=96)
    run(folder, *STAGES)
    return folder


def test_the_head_learns_the_types(project):
    found = details(project, "transfer315")
    assert found["accuracy"] > 0.5 > found["majority_accuracy"]
    assert found["top5_accuracy"] >= found["top3_accuracy"] >= found["accuracy"]
    assert found["head"] == "discriminant"


def test_what_is_wrong_with_the_input_is_counted_and_the_rest_used(project):
    found = details(project, "features315")
    assert found["photos"]["skipped"] == {
        "bad_row": 1, "broken": 1, "broken_in_test": 1, "no_photograph": 1, "no_row": 1,
        "repeated_row": 1, "two_classes": 2,
    }  # fmt: skip
    assert found["classes"] == {"all": 11, "with_one_photograph": 1}
    skipped = pd.read_csv(project / "data" / "features315" / "skipped.csv", dtype=str)
    assert {"../x", "777", "900", "stray"} <= set(skipped["Id"])
    assert found["groups_across_parts"] == 0


def test_the_copy_and_its_original_stand_in_one_part(project):
    table = pd.read_csv(project / "data" / "features315" / "photos.csv", dtype=str)
    alone = table[table["Class"] == "one photograph only"]
    assert len(alone) == 1 and (alone["part"] == "train").all()
    together = table[table["group"] == alone["group"].iloc[0]]
    assert len(together) == 2 and (together["part"] == "train").all()


def test_the_submission_has_every_photograph_and_known_classes(project):
    submission = pd.read_csv(project / "data" / "transfer315" / "submission.csv", dtype=str)
    files = {path.stem for path in (project / "types" / "test").iterdir()}
    assert list(submission.columns) == ["Id", "Class"]
    assert set(submission["Id"]) == files and len(submission) == 6
    assert set(submission["Class"]) <= set(pd.read_csv(project / "types" / "train.csv")["CLASS"])


def test_a_second_file_says_how_sure_each_answer_is(project):
    folder = project / "data" / "transfer315"
    submission = pd.read_csv(folder / "submission.csv", dtype=str)
    doubts = pd.read_csv(folder / "doubts.csv", dtype={"Id": str, "Class": str}).set_index("Id")
    assert list(doubts.columns) == ["Class", "probability", "set"]
    assert doubts["Class"].tolist() == submission["Class"].tolist()
    assert doubts.loc["900"].isna().tolist() == [False, True, True]  # nothing could be read
    read = doubts.drop(index="900")
    assert read["probability"].between(0, 1).all()
    assert all(row["set"].split(" | ")[0] == row["Class"] for _, row in read.iterrows())


def test_labels_to_check_are_listed_and_none_is_dropped(project):
    listed = pd.read_csv(project / "data" / "labels315" / "suspected.csv", dtype=str)
    assert list(listed.columns) == ["Id", "Class", "suggested", "quality"]
    found = details(project, "labels315")
    table = pd.read_csv(project / "data" / "features315" / "photos.csv", dtype=str)
    assert found["checked"] + found["not_checked"] == len(table)
    assert found["suspected"] == len(listed)


PICTURES = {
    "features315/views.png", "labels315/suspected.png", "transfer315/confusion.png",
    "transfer315/confused_pairs.png", "transfer315/calibration.png", "transfer315/frequency.png",
}  # fmt: skip


def drawn(folder):
    """The pictures of the stages, in bytes."""
    found = figures.of_types(folder / "types", folder / "plots")
    for name, figure in found.items():
        plotting.save(figure, folder / "drawn" / name)
    return {name: (folder / "drawn" / name).read_bytes() for name in found}


def test_every_picture_is_drawn_from_what_the_stages_wrote(copied):
    pictures = drawn(copied)
    assert set(pictures) == PICTURES
    assert all(len(content) > 5_000 for content in pictures.values())
    assert drawn(copied) == pictures
    assert not list((copied / "plots").rglob("*.png"))


def test_pictures_are_drawn_without_keras():
    code = "import sys; import mintmark.coin_types.figures; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True
    )
    assert not {"keras", "tensorflow"} & set(done.stdout.split())


def test_the_metrics_are_those_that_are_tracked(project):
    found = json.loads((project / "metrics" / "transfer315.json").read_text())
    assert list(found) == [
        "folds", "accuracy", "top5_accuracy", "balanced_accuracy",
        "macro_f1", "classes", "n",
    ]  # fmt: skip
    everything = details(project, "transfer315")
    folds = found.pop("folds")
    assert list(folds) == ["accuracy", "balanced_accuracy"]
    assert folds.items() <= everything["folds"].items()
    table = pd.read_csv(project / "data" / "features315" / "photos.csv", dtype=str)
    assert everything["folds"]["n"] == (table["Class"] != "one photograph only").sum() - 1
    assert all(everything[name] == value for name, value in found.items())
    assert [path.name for path in (project / "metrics").iterdir()] == ["transfer315.json"]


def test_tables_for_plots_say_what_the_details_say(project):
    plots, found = project / "plots" / "transfer315", details(project, "transfer315")
    frequency = pd.read_csv(plots / "frequency.csv", index_col="frequency")
    assert frequency["accuracy"].to_dict() == {
        kind: metrics["accuracy"] for kind, metrics in found["by_frequency"].items()
    }
    reliability = pd.read_csv(plots / "reliability.csv")
    assert list(reliability.columns) == ["scaling", "confidence", "accuracy", "count"]
    assert set(reliability.groupby("scaling")["count"].sum()) == {found["n"]}
    suspected = pd.read_csv(project / "plots" / "labels315" / "suspected.csv", dtype=str)
    assert len(suspected) == details(project, "labels315")["suspected"]
    assert all((project / "types" / path).is_file() for path in suspected["path"])


def test_the_saved_network_goes_from_photograph_to_answer(project):
    model = serialization.load(project / "models" / "transfer315.keras")
    rows = pd.read_csv(project / "plots" / "transfer315" / "predictions.csv", dtype=str).head(5)
    table = pd.read_csv(project / "data" / "features315" / "photos.csv", dtype=str)
    names = sorted(table["Class"].unique())
    path = table.set_index("Id")["path"]
    images = [decoding.decode(project / "types" / path[name]) for name in rows["Id"]]
    how = store.load(project / "data" / "features315").settings
    seen = np.stack([preparation.shown(image, how) for image in images])
    answers = model.predict(seen, verbose=0).argmax(axis=1)
    assert [names[k] for k in answers] == rows["predicted"].tolist()


@pytest.fixture
def copied(project, tmp_path):
    """The same workspace, to change at will."""
    return shutil.copytree(project, tmp_path / "copy", symlinks=True)


@pytest.fixture
def run_here(copied, monkeypatch):
    """Run a stage in the copied workspace and in this process, where TensorFlow is imported."""
    monkeypatch.syspath_prepend(ROOT / "stages")
    monkeypatch.chdir(copied)
    return lambda name: importlib.import_module(name).main()


def test_the_same_run_gives_the_same_bytes(project, copied):
    kept = ["models/transfer315.keras", "metrics/transfer315.json", "data/labels315/suspected.csv",
            "plots/transfer315/frequency.csv", "plots/transfer315/details.json"]  # fmt: skip
    run(copied, "labels315", "transfer315")
    for name in kept:
        assert (copied / name).read_bytes() == (project / name).read_bytes()


def test_all_heads_are_compared_on_request_and_the_best_is_kept(copied, run_here):
    set_params(copied, transfer315__head="best", transfer315__epochs=5)
    run_here("transfer315")
    found = details(copied, "transfer315")
    best = max(found["heads"], key=lambda kind: found["heads"][kind]["balanced_accuracy"])
    assert found["head"] == best
    assert set(found["heads"]) == {"discriminant", "recipe", "linear", "cosine", "mean"}
    pictures = drawn(copied)
    assert set(pictures) == PICTURES | {"transfer315/heads.png"}
    assert len(pictures["transfer315/heads.png"]) > 5_000


def test_fine_tuning_changes_the_backbone_from_the_block_named_and_no_batch_norm(copied, run_here):
    set_params(copied, transfer315__finetune__epochs=1, transfer315__finetune__upward_from="block6",
               transfer315__head="recipe", transfer315__epochs=1)  # fmt: skip
    run_here("transfer315")
    before, after = (
        serialization.load(copied / "models" / f"{name}.keras") for name in STAGES[::2]
    )
    for k in range(2):
        old, new = (network.get_layer(f"backbone_{k}") for network in (before, after))
        changed = {
            layer.name for layer in old.layers
            if any((was != now).any() for was, now in zip(
                layer.get_weights(), new.get_layer(layer.name).get_weights(), strict=True))
        }  # fmt: skip
        assert changed
        assert not any(
            name.startswith(("block5", "stem")) or name.endswith("bn") for name in changed
        )
        kept = [
            network.get_layer(f"projection_{k}").get_weights()[0] for network in (before, after)
        ]
        np.testing.assert_array_equal(*kept)
    answers = pd.read_csv(copied / "plots" / "transfer315" / "predictions.csv", dtype=str)
    assert len(answers) == details(copied, "transfer315")["n"]
    submission = pd.read_csv(copied / "data" / "transfer315" / "submission.csv", dtype=str)
    assert len(submission) == 6 and submission["Class"].nunique() > 1


def test_a_layer_that_is_not_there_is_one_sentence(copied):
    before = (copied / "metrics" / "transfer315.json").read_bytes()
    set_params(copied, transfer315__finetune__epochs=1,
               transfer315__finetune__upward_from="attic")  # fmt: skip
    done = run_stage(copied, "transfer315")
    assert done.returncode == 1
    assert "error: transfer315.finetune.upward_from is 'attic': no layer of" in done.stderr
    assert "Traceback" not in done.stderr
    assert (copied / "metrics" / "transfer315.json").read_bytes() == before


def test_a_split_that_is_given_is_kept(copied, run_here):
    table = pd.read_csv(copied / "types" / "train.csv", dtype=str).rename(columns=str.capitalize)
    table = table[~table.duplicated("Id", keep=False) & (table["Class"] != "one photograph only")]
    place = table.groupby("Class").cumcount()
    table["Split"] = np.select([place % 4 == 3, place % 4 == 2], ["Test", "validation"], "train")
    table.to_csv(copied / "types" / "train.csv", index=False)
    run_here("features315")
    parts = pd.read_csv(copied / "data" / "features315" / "photos.csv", dtype=str)
    given = table.set_index("Id")["Split"].str.lower()
    assert (parts["part"] == parts["Id"].map(given)).all()


def test_one_backbone_sees_photograph_and_coin_or_one_of_them(copied, run_here):
    set_params(copied, transfer315__backbone="EfficientNetLite0", transfer315__weights="imagenet")
    run_here("features315")
    both = np.load(copied / "data" / "features315" / "vectors.npy")
    set_params(copied, features315__crop=True)
    run_here("features315")
    coin = np.load(copied / "data" / "features315" / "vectors.npy")
    assert both.shape[1] == 2 * coin.shape[1]
    np.testing.assert_allclose(both[:, coin.shape[1] :], coin, atol=1e-3)
