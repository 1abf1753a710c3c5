"""What somebody brings: photographs, folders, tables."""

from pathlib import Path

import pandas as pd
import pytest

from mintmark.identification import brought
from mintmark.pipeline.stage import InputError


@pytest.fixture
def folder(tmp_path):
    """A folder of photographs, empty files, named as people name them."""
    for name in (
        "100001.1.jpg", "100001.2.JPG", "1944.100.39200_obv.tif", "1944.100.39200_rev.tif",
        "99.35.42-r.png", "loose coin.jpeg", "Thumbs.db", "._100001.1.jpg",
    ):  # fmt: skip
        (tmp_path / name).touch()
    return tmp_path


def names(table: pd.DataFrame) -> list[tuple]:
    return list(table.map(lambda cell: Path(cell).name).itertuples(index=False, name=None))


def test_a_folder_is_read_by_the_names_of_its_files(folder):
    found = brought.read([folder], {}, types=False)
    assert names(found.photographs) == [
        ("100001", "100001.1.jpg", "100001.2.JPG"),
        ("1944.100.39200", "1944.100.39200_obv.tif", "1944.100.39200_rev.tif"),
        ("99.35.42", "", "99.35.42-r.png"),
        ("loose coin", "loose coin.jpeg", ""),
    ]


def test_each_file_is_a_coin_type_by_itself(folder):
    found = brought.read([folder], {}, types=True)
    assert len(found.photographs) == 6
    assert list(found.photographs) == ["id", "photograph"]


def test_a_photograph_of_both_sides_is_obverse_and_reverse(folder):
    for given in ([folder / "loose coin.jpeg"], [folder]):
        found = brought.read(given, {}, types=False, together=True)
        assert list(found.photographs) == ["id", "obverse", "reverse"]
        assert ("loose coin", "loose coin.jpeg", "loose coin.jpeg") in names(found.photographs)
    (folder / "t.csv").write_text("id,image\n100001.1,99.35.42-r.png\n")
    found = brought.read([folder / "t.csv"], {"photograph": "image"}, types=False, together=True)
    assert names(found.photographs) == [("100001.1", "99.35.42-r.png", "99.35.42-r.png")]


def test_two_photographs_are_obverse_and_reverse_and_one_is_what_its_name_says(folder):
    both = brought.read([folder / "loose coin.jpeg", folder / "99.35.42-r.png"], {}, types=False)
    assert names(both.photographs) == [("loose coin", "loose coin.jpeg", "99.35.42-r.png")]
    one = brought.read([folder / "99.35.42-r.png"], {}, types=False)
    assert names(one.photographs) == [("99.35.42", "", "99.35.42-r.png")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_maps_its_columns_and_carries_the_others(folder, separator, encoding):
    rows = [["Inv. no.", "front", "back", "Fundort"], ["007", "100001.1.jpg", "", "Köln"]]
    table = folder / "coins.csv"
    table.write_text("\n".join(separator.join(row) for row in rows), encoding=encoding)
    columns = {"id": "inv. no.", "obverse": "front", "reverse": "back"}
    found = brought.read([table], columns, types=False)
    assert names(found.photographs) == [("007", "100001.1.jpg", "")]
    assert found.carried.to_dict("records") == [
        {"front": "100001.1.jpg", "back": "", "Fundort": "Köln"}
    ]


def test_a_workbook_is_a_table_too(folder):
    rows = pd.DataFrame({"ID": ["100001", "5"], "note": ["NA", ""]})
    rows.to_excel(folder / "coins.xlsx", index=False)
    found = brought.read([folder / "coins.xlsx"], {}, types=False)
    assert names(found.photographs) == [("100001", "100001.1.jpg", "100001.2.JPG"), ("5", "", "")]
    assert found.carried["note"].tolist() == ["NA", ""]


def test_a_table_may_leave_suffixes_out(folder):
    (folder / "100001.1.txt").write_text("no photograph")
    (folder / "twice.jpg").touch()
    (folder / "twice.png").touch()
    (folder / "100001.2.JPG.tif").touch()  # which is called 100001.2.JPG, without its suffix
    (folder / "t.csv").write_text("id,obverse,reverse\n1,100001.1,100001.2\n2,twice,100001.2.JPG\n")
    found = brought.read([folder / "t.csv"], {}, types=False)
    assert names(found.photographs) == [
        ("1", "100001.1.jpg", "100001.2.JPG"),
        ("2", "twice", "100001.2.JPG"),
    ]


def test_legends_in_columns_called_obverse_are_no_files(folder):
    for legend in ("IMP CONSTANTINVS", "IMP/" + "CONSTANTINVS " * 30):  # too long for a file's name
        (folder / "t.csv").write_text(f"id,obverse,reverse\n100001,{legend},GENIO POPVLI\n")
        found = brought.read([folder / "t.csv"], {}, types=False)
        assert names(found.photographs) == [("100001", "100001.1.jpg", "100001.2.JPG")]


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("inventory,mint\n1,Roma\n", {}, "no column 'id'; its columns are: inventory, mint"),
        ("id,mint\n1,Roma\n", {"obverse": "front"}, "no column 'front'"),
        ("id,mint\n1,Roma\n", {"side": "x"}, "'side' is none of id, obverse, reverse"),
        ("id,mint\n1,Roma,2\n", {}, "line 2 has 3 cells"),
        ("id,mint\n", {}, "lists nothing"),
    ],
)
def test_a_wrong_table_is_one_sentence(tmp_path, text, columns, said):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        brought.read([tmp_path / "t.csv"], columns, types=False)


def test_what_is_not_there_or_too_much_is_one_sentence(folder):
    with pytest.raises(InputError, match="nowhere.jpg does not exist"):
        brought.read([folder / "nowhere.jpg"], {}, types=False)
    with pytest.raises(InputError, match="3 photographs are given"):
        brought.read([folder / "loose coin.jpeg"] * 3, {}, types=False)
    (folder / "100001_obv.png").touch()
    with pytest.raises(InputError, match="show the same side"):
        brought.read([folder], {}, types=False)
    (folder / "empty").mkdir()
    with pytest.raises(InputError, match="holds no photographs"):
        brought.read([folder / "empty"], {}, types=False)


def test_a_table_names_no_file_out_of_its_folder(folder):
    (folder / "tables").mkdir()
    table = folder / "tables" / "t.csv"
    for cell in (
        "../100001.1.jpg",
        "../100001.1",
        str(folder / "100001.1.jpg"),
        "x/../../100001.1.jpg",
    ):
        (folder / "tables" / "x").mkdir(exist_ok=True)
        table.write_text(f"id,obverse\n1,{cell}\n")
        with pytest.raises(InputError, match="leads out of its folder"):
            brought.read([table], {}, types=False)


def test_columns_that_differ_in_capitals_alone_are_one_sentence(folder):
    (folder / "t.csv").write_text("ID,Id\n1,2\n")
    with pytest.raises(InputError, match=r"2 columns 'id' \(ID, Id\)"):
        brought.read([folder / "t.csv"], {}, types=False)
