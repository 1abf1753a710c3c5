"""Label tables and photographs as museums name them, through the stage organize."""

import json
import shutil

import pandas as pd
import pytest
from conftest import ROOT
from PIL import Image

from mintmark.data import catalogue, labels
from mintmark.pipeline.stage import InputError

TABLES = ROOT.parent / "shared" / "data" / "tables"
HEAD = "Object,Mint,Legend,Link,Findspot\n"
ROWS = [
    "1944.100.39200,Roma,IMP CAESAR,http://example.org/1,Köln",
    '"1997,1206.1",Lugdunum,,http://example.org/2,دمشق',
    "G.1200,NA,DIVVS,,",
    "99.35.42,uncertain,,,",
]
COLUMNS = {"id": "Object", "mint": "Mint", "obverse": "Legend"}


@pytest.fixture
def museum(workspace):
    """A museum's folder: its table, and photographs under its names."""
    folder = workspace / "data/raw/mints"
    (folder / "photos").mkdir(parents=True)
    for coin in ("1944.100.39200", "1997,1206.1", "G.1200", "99.35.42"):
        for side in ("obv", "rev"):
            Image.new("RGB", (60, 60), "grey").save(folder / "photos" / f"{coin}.{side}.jpg")
    return folder


def organized(workspace):
    read = {"dtype": str, "keep_default_na": False}
    return pd.read_csv(workspace / "data/organized/manifest.csv", **read)


def run(stage, photos="{id}.{side}", columns=COLUMNS, table="coins.csv", **changes):
    return stage(
        "organize", data__mints="data/raw/mints", organize__columns=columns, organize__ids=".+",
        organize__photos=photos, organize__sides=["obv", "rev"], organize__table=table,
        **changes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (",", "cp1256")],
)
def test_a_museums_table_is_read_as_it_is(stage, museum, workspace, separator, encoding):
    text = (HEAD + "\n".join(ROWS)).replace("ö", "o")  # cp1256 has no ö
    if separator != ",":
        text = (
            text.replace('"1997,1206.1"', "1997§1206.1").replace(",", separator).replace("§", ",")
        )
    (museum / "coins.csv").write_text(text, encoding=encoding)
    done = run(stage, organize__encoding="cp1256" if encoding == "cp1256" else "utf-8")
    assert done.returncode == 0, done.stderr
    found = organized(workspace)
    assert found.groupby("id")["mint"].first().to_dict() == {
        "1944.100.39200": "Roma", "1997,1206.1": "Lugdunum", "G.1200": "NA",
    }  # fmt: skip
    assert (
        found.groupby("id")["side"].agg(list).map(sorted).tolist() == [["obverse", "reverse"]] * 3
    )
    assert all((workspace / "data/organized" / path).is_file() for path in found["path"])
    carried = pd.read_csv(workspace / "data/organized/carried.csv", dtype=str).set_index("id")
    assert list(carried) == ["Link", "Findspot"]
    assert carried.loc["1997,1206.1", "Findspot"] == "دمشق"
    skipped = pd.read_csv(workspace / "data/organized/skipped.csv", dtype=str)
    assert "no_mint" in skipped.query("id == '99.35.42'")["reason"].tolist()


def test_a_workbook_that_names_its_photographs_with_or_without_suffix(stage, museum, workspace):
    for number, file in enumerate(sorted((museum / "photos").glob("*.jpg"))):
        shutil.move(file, museum / "photos" / f"IMG_{number}.jpg")
    table = pd.DataFrame({"Nr": ["1", "2", "2"], "Mint": ["Roma", "Treveri", "Treveri"]})
    table["front"], table["back"] = ["IMG_0.jpg", "IMG_2", ""], ["IMG_1", "", "IMG_3.jpg"]
    table.to_excel(museum / "coins.xlsx", index=False)
    columns = {"id": "nr", "mint": "MINT", "obverse_file": "front", "reverse_file": "back"}
    done = run(stage, columns=columns, table="coins.xlsx")
    assert done.returncode == 0, done.stderr
    found = organized(workspace)
    assert sorted(zip(found["id"], found["side"], strict=True)) == [
        ("1", "obverse"), ("1", "reverse"), ("2", "obverse"), ("2", "reverse"),
    ]  # fmt: skip


def test_photographs_of_both_sides_are_listed_for_each_and_kept_once(stage, museum, workspace):
    for file in sorted((museum / "photos").iterdir()):
        if ".rev" in file.name:
            file.unlink()
        else:
            file.rename(file.with_name(file.name.replace(".obv", "")))
    Image.new("RGB", (60, 60)).save(museum / "photos" / "G.1200.png")  # the same coin once more
    (museum / "coins.csv").write_text(HEAD + "\n".join(ROWS))
    done = run(stage, photos="{id}")
    assert done.returncode == 0, done.stderr
    assert "Organized 3 of 4 coins, 3 photographs." in done.stdout
    found = organized(workspace)
    assert found.groupby("path")["side"].agg(list).tolist() == [["obverse", "reverse"]] * 3
    skipped = pd.read_csv(workspace / "data/organized/skipped.csv", dtype=str, na_filter=False)
    listed = sorted(skipped[["reason", "detail"]].itertuples(index=False, name=None))
    assert listed == [
        ("coin_skipped", "99.35.42.jpg"), ("no_mint", "uncertain"), ("side_twice", "G.1200.png"),
    ]  # fmt: skip


def test_a_table_may_name_one_photograph_for_both_sides(stage, museum, workspace):
    files = sorted(file.name for file in (museum / "photos").iterdir())
    rows = [f"1;Roma;{files[0]};{files[0]}", f"2;Roma;{files[1]};{files[2]}"]
    (museum / "coins.csv").write_text("Object;Mint;front;back\n" + "\n".join(rows))
    columns = {"id": "Object", "mint": "Mint", "obverse_file": "front", "reverse_file": "back"}
    done = run(stage, columns=columns)
    assert done.returncode == 0, done.stderr
    assert organized(workspace).groupby("id")["path"].nunique().to_dict() == {"1": 1, "2": 2}


def test_a_wrong_column_is_one_sentence_with_the_columns_there_are(stage, museum):
    (museum / "coins.csv").write_text((HEAD + "\n".join(ROWS)).replace("Mint", "Mint place", 1))
    done = run(stage)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "no column 'Mint'" in done.stderr and "Mint place" in done.stderr


def test_another_encoding_than_the_one_named_is_one_sentence(stage, museum):
    (museum / "coins.csv").write_text(
        HEAD + "\n".join(ROWS[1:2]), encoding="cp1256", errors="replace"
    )
    said = run(stage).stderr
    assert "is not UTF-8" in said and "organize.encoding" in said
    assert "'klingon' is no encoding" in run(stage, organize__encoding="klingon").stderr


def test_ids_never_lead_out_of_the_data_folder(stage, museum, workspace):
    """Ids that name folders, or that no file system holds, are ids all the same."""
    ids = ["../../../evil", "/etc/evil", "1997/1206", "1997:1206", "x" * 300]
    table = pd.DataFrame({"Nr": ids, "Mint": ["../Roma", "/Roma", "Roma", "Roma", "Roma"]})
    table["front"] = sorted(path.name for path in (museum / "photos").iterdir())[: len(ids)]
    table.to_csv(museum / "coins.csv", index=False)
    before = {path for path in workspace.rglob("*") if "organized" not in path.parts}
    done = stage(
        "organize", data__mints="data/raw/mints", organize__table="coins.csv", organize__ids=".+",
        organize__columns={"id": "Nr", "mint": "Mint", "obverse_file": "front"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = organized(workspace)
    assert sorted(found["id"]) == sorted(ids)
    root = (workspace / "data/organized").resolve()
    assert all((root / path).resolve().is_relative_to(root) for path in found["path"])
    assert all((root / path).is_file() for path in found["path"])
    assert not list(workspace.parent.rglob("*evil*.1.jpg.*"))
    after = {path for path in workspace.rglob("*") if "organized" not in path.parts}
    assert {path.parent.name for path in after - before} <= {"metrics", "plots", "organize", ""} | {
        workspace.name
    }


def labels_of(folder, rows):
    (folder / "image_labels.csv").write_text("\n".join(f"{a},,,{b}" for a, b in rows))
    (folder / "photos").mkdir(parents=True, exist_ok=True)


def test_zeros_that_a_spreadsheet_ate_are_named(stage, museum):
    for number in range(1, 4):
        Image.new("RGB", (60, 60), "grey").save(museum / "photos" / f"{number:06d}.1.jpg")
    labels_of(museum, [("1", "Misr"), ("2", "Misr"), ("000003", "Misr")])
    done = stage("organize", data__mints="data/raw/mints")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "2 of 3 ids have lost the zeros they begin with, such as '1' for '000001'" in done.stderr


def test_digits_of_any_script_name_the_same_photograph(stage, museum, workspace):
    for name in ("000001", "٠٠٠٠٠٢"):
        Image.new("RGB", (60, 60), "grey").save(museum / "photos" / f"{name}.1.jpg")
    labels_of(museum, [("٠٠٠٠٠١", "Misr"), ("٠٠٠٠٠٢", "Misr\u200f"), ("100002", "Misr")])
    done = stage("organize", data__mints="data/raw/mints")
    assert done.returncode == 0, done.stderr
    assert sorted(organized(workspace)["id"]) == ["000001", "٠٠٠٠٠٢"]
    assert "written in several ways that look alike are one: Misr" in done.stdout
    details = json.loads((workspace / "plots/organize/details.json").read_text())
    assert details["joined"] == {"Misr": {"Misr": 2, "Misr\u200f": 1}}


def test_names_are_utf_8_where_the_locale_knows_none(stage, museum, workspace, monkeypatch):
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    Image.new("RGB", (60, 60), "grey").save(museum / "photos" / "قطعة.1.jpg")
    labels_of(museum, [("قطعة", "دمشق")])
    done = stage("organize", data__mints="data/raw/mints", organize__ids=".+")
    assert done.returncode == 0, done.stderr
    assert organized(workspace)["id"].tolist() == ["قطعة"]
    assert organized(workspace)["mint"].tolist() == ["دمشق"]


@pytest.mark.parametrize(
    ("names", "ids", "sides"),
    [
        ("{side}", ".+", ["1", "2"]),
        ("{id}_{side}", ".+", ["a", "a"]),
        ("{id}_{side}", "(", ["a", "b"]),
    ],
)
def test_names_that_tell_nothing_apart_are_one_sentence(names, ids, sides):
    with pytest.raises(InputError, match="tell photographs apart|regular expression"):
        catalogue.pattern(names, ids, sides)


@pytest.mark.skipif(not TABLES.is_dir(), reason="the real museum tables lie beside the repository")
@pytest.mark.parametrize(
    ("file", "columns", "first", "others"),
    [
        ("ans_augustus.csv", {"id": "RecordId", "mint": "Mint", "obverse": "Obverse Legend"},
         ["1944.100.39200", "CAESAR", "Ephesus"], "Coin Type URI"),
        ("bm_augustus.csv", {"id": "museumNumber", "mint": "mint", "reverse": "reverseLegend"},
         ["1997,1206.1", "", "Odessus"], "bibliography"),
        ("metmuseum_coins.csv", {"id": "Object Number", "mint": "Culture"},
         ["99.35.42", "", "Roman"], "Link Resource"),
        ("ocre_2017.csv", {"id": "Date", "mint": "Mint", "obverse": "Obverse"},
         ["25 BC - 23 BC", "AVGVST: Head of Augustus, bare, left", "Emerita"], "Reverse_URL"),
    ],
)  # fmt: skip
def test_real_exports_of_museums_are_read(file, columns, first, others):
    table, carried = labels.read_named(TABLES / file, columns, "utf-8-sig")
    assert table.loc[0, ["id", "obverse", "written"]].tolist() == first
    assert len(table) == len(carried) and others in carried and "id" in carried
