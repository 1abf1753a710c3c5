"""sample → organize → clean → merge → split, run as scripts on a small drawn set."""

import json
import runpy
import shutil

import cv2
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, run_stage, set_params
from PIL import Image

from mintmark.data import manifests, splitting
from mintmark.images import decoding
from mintmark.pipeline import metrics_files
from mintmark.synthetic import mint_catalogue, mints

CONDITIONS = mints.Conditions(wear=0.3, turn=5, widths=(300, 400))
STAGES = ("organize", "clean", "merge", "split")
COINS = 100


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A small mint set: its label table and photographs."""
    folder = tmp_path_factory.mktemp("drawn")
    mints.draw(
        folder / "mints",
        folder / "truth",
        number=COINS,
        coins_per_die=1.3,
        conditions=CONDITIONS,
        seed=8,
    )
    return folder / "mints"


@pytest.fixture(scope="module")
def run_through(drawn, tmp_path_factory):
    """A workspace in which the four stages have run."""
    folder = tmp_path_factory.mktemp("run")
    shutil.copy(ROOT / "params.yaml", folder)
    set_params(folder, data__mints=str(drawn))
    before = {path: path.read_bytes() for path in drawn.rglob("*") if path.is_file()}
    for name in STAGES:
        done = run_stage(folder, name)
        assert done.returncode == 0, done.stderr
    after = {path: path.read_bytes() for path in drawn.rglob("*") if path.is_file()}
    assert before == after  # originals are never touched
    return folder


@pytest.fixture
def error_of(workspace, monkeypatch):
    """The error with which a stage ends in the workspace, run within this process."""
    monkeypatch.chdir(workspace)
    monkeypatch.syspath_prepend(ROOT / "stages")

    def error(name):
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(ROOT / "stages" / f"{name}.py"), run_name="__main__")
        assert isinstance(end.value.code, str)  # Python prints it and ends with status 1
        assert end.value.code.startswith("error: ") and "\n" not in end.value.code
        return end.value.code

    return error


def metrics(folder, stage):
    return json.loads((folder / "metrics" / f"{stage}.json").read_text())


def details(folder, stage):
    return json.loads((folder / "plots" / stage / metrics_files.DETAILS).read_text())


def test_organize_sorts_photographs_under_names_that_carry_the_mint(run_through):
    folder = run_through / "data" / "organized"
    manifest = pd.read_csv(folder / "manifest.csv", dtype=str)
    assert len(manifest) == details(run_through, "organize")["photos"]["organized"]
    for row in manifest.itertuples():
        assert (folder / row.path).is_file()
        mint = row.path.split("/")[0]
        assert row.path.startswith(f"{mint}/{row.id}_{mint}.{1 if row.side == 'obverse' else 2}.")
    assert set(manifest["mint"]) >= {"Misr", "al-Mansuriyah", "al-Mahdiyah"}


def test_organize_accounts_for_every_row_and_every_photograph(run_through, drawn):
    found = details(run_through, "organize")
    coins, pictures = found["coins"], found["photos"]
    assert coins["listed"] == COINS == coins["organized"] + sum(coins["skipped"].values())
    assert coins["organized"] == sum(found["mints"].values())
    assert pictures["found"] == len(list((drawn / "photos").iterdir()))
    assert pictures["found"] == pictures["organized"] + sum(pictures["skipped"].values())
    skipped = pd.read_csv(run_through / "data" / "organized" / "skipped.csv", dtype=str)
    assert (skipped["reason"] == "no_mint").sum() == coins["skipped"]["no_mint"] > 10
    assert (skipped["reason"] == "no_row").sum() == 3


def test_the_metrics_of_organize_are_its_counts_and_of_kinds_the_commonest(run_through):
    found, everything = metrics(run_through, "organize"), details(run_through, "organize")
    assert list(found) == ["coins", "mints", "largest_variety"]
    assert found["coins"].keys() == {"listed", "organized", "skipped"}
    for name in ("listed", "organized"):
        assert found["coins"][name] == everything["coins"][name]
    assert found["coins"]["skipped"] == {"no_mint": max(everything["coins"]["skipped"].values())}
    assert found["mints"] == {"Misr": max(everything["mints"].values())}


def test_a_variety_too_large_for_one_die_is_counted_and_warned_of(run_through, drawn, workspace):
    one_type = pd.read_csv(drawn / "image_labels.csv", header=None, dtype=str)
    misr = one_type[3].str.strip() == "Misr"
    one_type.loc[misr, [1, 2]] = ["margin 1: بمصر سنة خمس", "لا اله الا الله"]
    (workspace / "mints").mkdir()
    (workspace / "mints" / "photos").symlink_to(drawn / "photos")
    one_type.to_csv(workspace / "mints" / "image_labels.csv", header=False, index=False)
    set_params(workspace, data__mints="mints")
    done = run_stage(workspace, "organize")
    manifest = pd.read_csv(workspace / "data/organized/manifest.csv", dtype=str)
    coins = manifest.loc[manifest["mint"] == "Misr", "id"].nunique()
    assert metrics(workspace, "organize")["largest_variety"] == coins
    assert (
        f"Warning: coins of one variety are a tenth of their mint or more (Misr {coins}"
        in done.stdout
    )
    largest = pd.read_csv(workspace / "plots/organize/largest_varieties.csv")
    assert largest.loc[0].tolist() == ["Misr", coins, 1.0]
    assert metrics(run_through, "organize")["largest_variety"] < coins


def test_clean_accounts_for_every_photograph_and_crops_it(run_through):
    photos = details(run_through, "clean")["photos"]
    assert photos["read"] == photos["kept"] + sum(photos["rejected"].values())
    assert photos["kept"] > 0.9 * photos["read"]
    folder = run_through / "data" / "clean"
    manifest = manifests.read(folder / "manifest.csv")
    assert photos["kept"] == len(manifest)
    assert {str(p.relative_to(folder)) for p in folder.rglob("*.jpg")} == set(manifest["path"])
    crop = decoding.decode(folder / manifest["path"][0])
    assert crop.shape == (256, 256, 3)
    assert (abs(crop[:8, :8].astype(int) - 128) < 8).all()


def test_merge_has_one_image_a_coin_and_its_circles(run_through):
    folder = run_through / "data" / "merged"
    merged = manifests.read(folder / "manifest.csv")
    assert len(merged) == merged["id"].nunique()
    assert {str(p.relative_to(folder)) for p in folder.rglob("*.png")} == set(merged["path"])
    images = manifests.images(merged.head(3), folder)
    assert images.shape == (3, 128, 256, 3)
    circles = manifests.circles(merged)[0]
    np.testing.assert_allclose(circles[1] - circles[0], [128, 0, 0])


def test_merge_accounts_for_every_coin(run_through):
    crops = manifests.read(run_through / "data" / "clean" / "manifest.csv")
    merged = manifests.read(run_through / "data" / "merged" / "manifest.csv")
    skipped = manifests.read(run_through / "data" / "merged" / "skipped.csv")
    assert skipped.columns.tolist() == ["id", "reason"]
    assert set(skipped["reason"]) == {"side_missing"}
    assert sorted([*merged["id"], *skipped["id"]]) == sorted(crops["id"].unique())
    sides = crops.groupby("id")["side"].nunique()
    assert (sides[skipped["id"]] == 1).all() and (sides[merged["id"]] == 2).all()


def test_split_keeps_groups_together_and_test_coins_tested(run_through):
    two, three = (
        manifests.read(run_through / "data" / "split" / f"{name}.csv") for name in ("two", "three")
    )
    assert metrics(run_through, "split")["groups_across_parts"] == 0
    assert three.groupby("group")["part"].nunique().max() == 1
    parts = three.set_index("id")["part"]
    assert (two.set_index("id")["part"] == parts[two["id"]]).all()
    assert set(two["mint"]) == {"Misr", "al-Mansuriyah"}
    assert set(three["mint"]) == {"Misr", "al-Mansuriyah", "al-Mahdiyah"}


def test_split_counts_every_coin(run_through):
    folder = run_through / "data" / "split"
    three = manifests.read(folder / "three.csv")
    counts = pd.read_csv(folder / "counts.csv", index_col="mint")
    assert counts.columns.tolist() == list(splitting.PARTS)
    assert counts.to_numpy().sum() == len(three)
    for (mint, part), coins in three.groupby(["mint", "part"]):
        assert counts.loc[mint, part] == len(coins)
    assert metrics(run_through, "split") == {
        "coins": three["part"].value_counts().to_dict(),
        "groups_across_parts": 0,
    }


def test_the_same_input_gives_the_same_bytes(run_through, drawn, workspace):
    set_params(workspace, data__mints=str(drawn))
    for name in STAGES:
        assert run_stage(workspace, name).returncode == 0
    files = {path.relative_to(workspace) for path in workspace.rglob("*") if path.is_file()}
    assert files == {p.relative_to(run_through) for p in run_through.rglob("*") if p.is_file()}
    for path in sorted(files):
        assert (workspace / path).read_bytes() == (run_through / path).read_bytes(), path


def test_clean_names_the_reason_and_finds_the_copies(workspace):
    folder = workspace / "data" / "organized"
    (folder / "Misr").mkdir(parents=True)
    coins = [coin for coin in mint_catalogue.coins(30, 1, seed=8) if coin.legible][:5]
    images = [mints.coin_photograph(coin, 1, CONDITIONS)[0] for coin in coins]
    blurred = cv2.GaussianBlur(images[0], (0, 0), 12)
    smaller = cv2.resize(images[2], None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    blank = np.full((300, 300, 3), 90, np.uint8)
    for number, image in enumerate([*images, blurred, smaller, blank]):
        Image.fromarray(image).save(folder / "Misr" / f"{number}.jpg", quality=90)
    whole = (folder / "Misr" / "1.jpg").read_bytes()
    (folder / "Misr" / "8.jpg").write_bytes(whole)
    (folder / "Misr" / "9.jpg").write_bytes(whole[: len(whole) // 2])
    rows = [(f"{n:06d}", "Misr", "obverse", f"Misr/{n}.jpg", n) for n in range(10)]
    columns = ["id", "mint", "side", "path", "variety"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "manifest.csv", index=False)
    done = run_stage(workspace, "clean")
    assert done.returncode == 0, done.stderr
    rejected = pd.read_csv(workspace / "data" / "clean" / "rejected.csv", dtype=str)
    reasons = dict(zip(rejected["id"], rejected["reason"], strict=True))
    assert reasons == {"000005": "blurred", "000007": "blank", "000009": "broken"}
    assert details(workspace, "clean") == {
        "photos": {"read": 10, "kept": 7, "rejected": {"blank": 1, "blurred": 1, "broken": 1}},
        "duplicates": {"exact": 1, "near": 1},
    }
    assert metrics(workspace, "clean") == {
        "photos": {"read": 10, "kept": 7, "rejected": {"blank": 1, "others": 2}},
        "duplicates": {"exact": 1, "near": 1},
    }
    kept = manifests.read(workspace / "data" / "clean" / "manifest.csv").set_index("id")
    group = kept["duplicates"]
    assert group["000001"] == group["000008"] and group["000002"] == group["000006"]
    assert group.nunique() == 5


def small_set(folder, rows, files):
    (folder / "mints" / "photos").mkdir(parents=True)
    (folder / "mints" / "image_labels.csv").write_text("\n".join(rows), encoding="utf-8")
    image = Image.fromarray(np.full((60, 60, 3), (200, 150, 60), np.uint8))
    for file in files:
        image.save(folder / "mints" / "photos" / file)


def test_a_tif_is_converted_and_unsafe_mints_get_safe_folders(workspace):
    rows = ["100001,a,b,a/b", "100002,a,b,A/B", "100003,a,b,(São: Tomé)"]
    small_set(workspace, rows, ["100001.1.tif", "100002.1.TIF", "100003.2.PNG"])
    set_params(workspace, data__mints="mints")
    assert run_stage(workspace, "organize").returncode == 0
    manifest = pd.read_csv(workspace / "data" / "organized" / "manifest.csv", dtype=str)
    assert manifest["path"].str.endswith(".png").all()
    assert manifest["path"].str.split("/").str[0].str.casefold().nunique() == 3
    for path in manifest["path"]:
        content = (workspace / "data" / "organized" / path).read_bytes()
        assert content.startswith(b"\x89PNG")


def nothing_was_left(workspace):
    return not list(workspace.glob("data/*")) and not list(workspace.glob("metrics/*"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: shutil.rmtree(root), "image_labels.csv is missing"),
        (lambda root: shutil.rmtree(root / "photos"), "photos is missing"),
        (lambda root: [p.unlink() for p in (root / "photos").iterdir()], "photos is empty"),
        (lambda root: (root / "image_labels.csv").unlink(), "image_labels.csv is missing"),
        (lambda root: (root / "image_labels.csv").write_text(""), "is empty"),
        (lambda root: (root / "image_labels.csv").write_text("1,2\n"), "it needs four"),
        (lambda root: (root / "image_labels.csv").write_bytes(b"1,\xff,b,Misr\n"), "not UTF-8"),
        (lambda root: (root / "image_labels.csv").write_text("9,a,b,Misr\n"), "no coin has both"),
    ],
)
def test_bad_data_is_one_sentence_and_leaves_nothing(workspace, error_of, spoil, said):
    small_set(workspace, ["100001,a,b,Misr"], ["100001.1.jpg"])
    spoil(workspace / "mints")
    set_params(workspace, data__mints="mints")
    assert said in error_of("organize")
    assert nothing_was_left(workspace)


def test_a_script_prints_its_one_sentence_and_fails(workspace):
    small_set(workspace, ["9,a,b,Misr"], ["100001.1.jpg"])
    set_params(workspace, data__mints="mints")
    done = run_stage(workspace, "organize")
    assert done.returncode == 1
    assert done.stderr == "error: mints: no coin has both a usable label and a photograph.\n"
    assert nothing_was_left(workspace)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("organize", {"organize__doubtful": "maybe"}, "organize.doubtful is 'maybe'"),
        ("organize", {"organize__columns": "non"}, "organize.columns is 'non': give none, or"),
        (
            "organize",
            {"organize__columns": {"id": "id", "mint": "mint", "obvers": "obv"}},
            "organize.columns.obvers is no parameter",
        ),
        ("clean", {"clean__size": "large"}, "clean.size is 'large'"),
        ("clean", {"clean__scale": 0.9}, "clean.scale is 0.9"),
        ("merge", {"merge__layout": "diagonal"}, "merge.layout is 'diagonal'"),
        ("split", {"split__test": 1.5}, "split.test is 1.5"),
        ("split", {"split__tset": 0.2}, "split.tset is no parameter"),
        ("sample", {"sample__mints__coins": 3}, "sample.mints.coins is 3"),
        ("sample", {"sample__mints__mint_in": "rim"}, "sample.mints.mint_in is 'rim'"),
        ("sample", {"sample__types__types": 400}, "sample.types.types is 400"),
    ],
)
def test_bad_parameters_are_one_sentence(workspace, error_of, name, changes, said):
    set_params(workspace, **changes)
    assert error_of(name).startswith(f"error: params.yaml: {said}")


def test_a_mint_with_too_few_coins_is_one_sentence(run_through, workspace, error_of):
    shutil.copytree(run_through / "data" / "merged", workspace / "data" / "merged")
    set_params(workspace, split__third="Filastin")
    assert error_of("split").startswith("error: split: Filastin has too few coins")
    assert not (workspace / "data" / "split").exists()


@pytest.mark.parametrize("name", ["clean", "merge", "split", "train2"])
def test_a_stage_without_its_inputs_says_what_to_do(error_of, name):
    assert "is missing; run `dvc repro`" in error_of(name)
