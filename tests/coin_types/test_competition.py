"""The competition's layout, read as it comes."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mintmark.coin_types import competition
from mintmark.pipeline.stage import InputError


@pytest.fixture
def root(tmp_path):
    """Thirty photographs of three types, names with commas, spaces and accents."""
    (tmp_path / "train").mkdir()
    rng = np.random.default_rng(0)
    names = ["1 Cent,Australian dollar,australia", "5 Céntimo,Costa Rican colón,costa rica", "2 Ø"]
    rows = []
    for number in range(1, 31):
        image = rng.integers(0, 255, (24, 24, 3)).astype(np.uint8)
        Image.fromarray(image).save(tmp_path / "train" / f"{number}.jpg")
        rows.append((number, names[number % 3]))
    pd.DataFrame(rows, columns=["Id", "Class"]).to_csv(tmp_path / "train.csv", index=False)
    return tmp_path


def grouped(root):
    table, _ = competition.checked(root)
    return table.assign(group=competition.groups(table, root))


def with_split(root, choose):
    """Add a column Split: choose(number) for the photograph of that number."""
    table = pd.read_csv(root / "train.csv")
    table.assign(split=table["Id"].map(choose)).to_csv(root / "train.csv", index=False)


def add_rows(root, *rows):
    with (root / "train.csv").open("a") as file:
        file.writelines(f"{row}\n" for row in rows)


def test_everything_is_read_in_the_order_of_ids(root):
    table, skipped = competition.checked(root)
    assert table["Id"].tolist() == [str(n) for n in range(1, 31)]
    assert "5 Céntimo,Costa Rican colón,costa rica" in set(table["Class"])
    assert skipped.empty


def test_the_header_may_be_in_another_case(root):
    text = (root / "train.csv").read_text().replace("Id,Class", "ID,CLASS")
    (root / "train.csv").write_text(text)
    assert len(competition.read(root)[0]) == 30


def test_what_cannot_be_used_is_skipped_and_named(root):
    add_rows(root, "99,2 Ø", "../x,2 Ø", "1,2 Ø", "2,2 Ø")
    (root / "train" / "stray.jpg").touch()
    path = root / "train" / "30.jpg"
    path.write_bytes(path.read_bytes()[:300])
    table, skipped = competition.checked(root)
    reasons = dict(zip(skipped["Id"], skipped["reason"], strict=False))
    assert reasons["99"] == "no_photograph"
    assert reasons["../x"] == "bad_row"
    assert reasons["1"] == "two_classes"
    assert reasons["2"] == "repeated_row"
    assert reasons["stray"] == "no_row"
    assert reasons["30"] == "broken"
    assert len(table) == 28 and "2" in set(table["Id"])
    assert len(skipped) == 7  # both rows of the two classes, and every other once


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "is empty"), ("Id,Kind\n1,a\n", "it needs Id, Class"), ("Id,Class\n77,a\n", "no row of")],
)
def test_a_table_that_is_no_use_is_one_sentence(root, content, said):
    (root / "train.csv").write_text(content)
    with pytest.raises(InputError, match=said):
        competition.read(root)


def test_missing_folders_are_named(tmp_path):
    with pytest.raises(InputError, match="train.csv is missing"):
        competition.read(tmp_path)
    (tmp_path / "train.csv").write_text("Id,Class\n1,a\n")
    with pytest.raises(InputError, match="train is missing"):
        competition.read(tmp_path)
    (tmp_path / "train").mkdir()
    with pytest.raises(InputError, match="holds no photograph"):
        competition.read(tmp_path)


def test_copies_and_coins_of_one_photograph_stay_together(root):
    (root / "train" / "4.jpg").write_bytes((root / "train" / "1.jpg").read_bytes())
    (root / "photos.csv").write_text(
        "Id,Photo\n" + "".join(f"{n},p{n // 5}\n" for n in range(1, 31))
    )
    table = grouped(root)
    group = table["group"]
    assert group[0] == group[3]
    assert group[9] == group[13] != group[14]
    part = competition.split(table, 0.2, 0.16, 1)
    assert part.groupby(group).nunique().max() == 1


def test_near_copies_stay_together(root):
    with Image.open(root / "train" / "7.jpg") as image:
        image.resize((48, 48)).save(root / "train" / "8.jpg", quality=70)
    table = grouped(root)
    assert table["group"][6] == table["group"][7]
    assert table["group"].nunique() == 29


def test_turned_and_mirrored_copies_stay_together(root):
    with Image.open(root / "train" / "7.jpg") as image:
        for number, pose in enumerate(Image.Transpose, 8):
            image.transpose(pose).save(root / "train" / f"{number}.jpg", quality=95)
    group = grouped(root)["group"]
    assert len(Image.Transpose) == 7 and group[6:14].nunique() == 1
    assert group.nunique() == 30 - 7


def test_photographs_without_a_source_or_with_several(root):
    sources = ["1,a", "2,", "3,", "4,a", "4,b", "5,b", "of another set,b"]
    (root / "photos.csv").write_text("\n".join(["Id,Photo", *sources]) + "\n")
    group = grouped(root)["group"]
    assert group[0] == group[3] == group[4]
    assert group.nunique() == 30 - 2


def test_sources_that_name_nothing_join_nothing(root):
    for rows in ("", "1,\n2,\n"):
        (root / "photos.csv").write_text("Id,Photo\n" + rows)
        assert grouped(root)["group"].nunique() == 30


def test_sources_of_no_photograph_at_all_are_no_sources(root):
    (root / "photos.csv").write_text("Id,Photo\n001,a\n002,a\n")
    with pytest.raises(InputError, match="2 of 2 ids have lost|ids are none of train.csv"):
        grouped(root)


def test_every_type_has_photographs_to_learn_from(root):
    add_rows(root, "31,rare")
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(root / "train" / "31.jpg")
    table = grouped(root)
    for seed in range(5):
        part = competition.split(table, 0.2, 0.16, seed)
        assert set(table["Class"][part == "train"]) == set(table["Class"])
        assert set(part) == {"train", "validation", "test"}


def test_a_split_that_is_given_is_kept(root):
    with_split(root, lambda n: ("Train", "train", "validation", "test")[n // 3 % 4])
    table = grouped(root)
    part = competition.split(table, 0.2, 0.16, 1)
    assert part.tolist() == table["Split"].tolist()
    assert set(part) == {"train", "validation", "test"}


def test_where_no_validation_part_is_given_it_is_taken_from_the_train_part(root):
    with_split(root, lambda n: "test" if n > 21 else "train")
    table = grouped(root)
    part = competition.split(table, 0.2, 0.16, 1)
    assert ((part == "test") == (table["Split"] == "test")).all()
    assert 2 <= (part == "validation").sum() <= 8
    assert set(table["Class"][part == "train"]) == set(table["Class"])


def test_where_no_test_part_is_given_it_is_taken_from_the_train_part(root):
    with_split(root, lambda n: "validation" if n > 24 else "train")
    table = grouped(root)
    part = competition.split(table, 0.2, 0.16, 1)
    assert ((part == "validation") == (table["Split"] == "validation")).all()
    assert 3 <= (part == "test").sum() <= 8
    assert set(table["Class"][part == "train"]) == set(table["Class"])


def test_types_of_one_photograph_each_cannot_be_split(root):
    table = grouped(root)
    together = table.assign(group=pd.factorize(table["Class"])[0])
    with pytest.raises(InputError, match="groups that must stay together"):
        competition.split(together, 0.2, 0.16, 1)
    few = pd.concat([table.assign(Class=f"type {n}", group=n) for n in range(12)])
    with pytest.raises(InputError, match="No photograph is left for the test part"):
        competition.split(few.reset_index(drop=True), 0.2, 0.16, 1)


def test_rows_of_a_given_split_that_cannot_be_used_are_named(root):
    add_rows(root, "31,new")
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(root / "train" / "31.jpg")
    with_split(root, lambda n: {31: "test", 5: "holdout"}.get(n, "train"))
    table, skipped = competition.checked(root)
    reasons = dict(zip(skipped["Id"], skipped["reason"], strict=True))
    assert reasons == {"31": "class_not_in_train", "5": "unknown_split"}
    assert len(table) == 29


def test_a_type_whose_photographs_to_learn_from_are_broken_is_named(root):
    add_rows(root, "31,new", "32,new", "33,new")
    for number in (31, 32):
        Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(root / "train" / f"{number}.jpg")
    with_split(root, lambda n: {31: "test", 32: "train", 33: "train"}.get(n, "train"))
    (root / "train" / "32.jpg").write_bytes(b"broken")
    table, skipped = competition.checked(root)
    reasons = dict(zip(skipped["Id"], skipped["reason"], strict=True))
    assert reasons == {"31": "class_not_in_train", "32": "broken", "33": "no_photograph"}
    assert len(table) == 30


def test_one_broken_photograph_of_test_is_told_from_readable_ones(root):
    (root / "test").mkdir()
    for name in ("1", "2"):
        (root / "test" / f"{name}.jpg").write_bytes((root / "train" / f"{name}.jpg").read_bytes())
    (root / "test" / "2.jpg").write_bytes(b"broken")
    found, skipped = competition.unlabelled(root)
    assert found["Id"].tolist() == ["1", "2"]
    assert found["readable"].tolist() == [True, False]
    assert skipped.to_dict("list") == {"Id": ["2"], "reason": ["broken_in_test"]}


def test_every_file_of_test_is_answered_or_named(root):
    (root / "test").mkdir()
    with Image.open(root / "train" / "1.jpg") as image:
        for name in ("5.jpg", "5.png", "6.tif", "7.WEBP", "8.bmp"):
            image.save(root / "test" / name)
    for name in ("notes.txt", "5"):
        (root / "test" / name).touch()
    (root / "test" / "._9.jpg").touch()
    (root / "test" / "folder.jpg").mkdir()
    found, skipped = competition.unlabelled(root)
    assert found["Id"].tolist() == ["5", "6", "7", "8"] and found["readable"].all()
    assert skipped.to_dict("list") == {
        "Id": ["5", "5", "notes.txt"],
        "reason": ["other_file_in_test", "same_id_in_test", "other_file_in_test"],
    }


def test_an_id_may_be_given_with_its_suffix_and_accents_in_either_form(root):
    (root / "train" / "2.jpg").rename(root / "train" / "caf\u0065\u0301.jpg")  # decomposed
    text = (
        (root / "train.csv").read_text().replace("\n2,", "\ncaf\u00e9,").replace("\n1,", "\n1.jpg,")
    )
    (root / "train.csv").write_text(text)
    table, skipped = competition.checked(root)
    assert {"1", "caf\u00e9"} <= set(table["Id"]) and len(table) == 30
    assert skipped.empty


def test_a_set_without_test_photographs_has_none(root):
    assert all(found.empty for found in competition.unlabelled(root))
    (root / "test").mkdir()
    assert all(found.empty for found in competition.unlabelled(root))


def test_counts_say_what_became_of_every_photograph(root):
    add_rows(root, "99,2 Ø")
    table, skipped = competition.checked(root)
    table["group"] = competition.groups(table, root)
    table["part"] = competition.split(table, 0.2, 0.16, 1)
    found = competition.counts(table, competition.unlabelled(root)[0], skipped)
    assert sum(found["photos"]["parts"].values()) == found["photos"]["used"] == 30
    assert found["photos"]["skipped"] == {"no_photograph": 1}
    assert found["groups"] == 30 and found["groups_across_parts"] == 0
