"""Labels that somebody corrected, in a table beside the data."""

import pandas as pd
import pytest

from mintmark.coin_types import competition
from mintmark.data import corrections
from mintmark.pipeline.stage import InputError

LABELLED = pd.DataFrame({"id": ["1", "2", "2", "01"], "mint": ["Misr", "Sur", "Sur", "Misr"]})


def written(folder, *rows, head="id,from,to,who,when,why"):
    (folder / corrections.FILE).write_text("\n".join([head, *rows]) + "\n")
    return corrections.read(folder)


def test_corrections_apply_in_their_order_to_the_labels_they_name(tmp_path):
    table = written(
        tmp_path, "1,Misr,Sur,AB,2026-01-02,legend", "1,Sur,Dimashq,,,", "2,Misr,Sur,,,", "9,a,b,,,",
        "2,Sur,Makka,,,",
    )  # fmt: skip
    found, outcomes = corrections.apply(LABELLED, table, key="id", label="mint")
    assert found["mint"].tolist() == ["Dimashq", "Makka", "Makka", "Misr"]
    assert outcomes["outcome"].tolist() == [
        "applied", "applied", "has_another_label", "no_such_id", "applied",
    ]  # fmt: skip
    assert LABELLED["mint"].tolist() == ["Misr", "Sur", "Sur", "Misr"]  # the original stays
    assert corrections.told(outcomes)[0] == {
        "id": "1", "from": "Misr", "to": "Sur", "who": "AB", "when": "2026-01-02", "why": "legend",
        "outcome": "applied",
    }  # fmt: skip
    assert "2 of 5 corrections change nothing: 2 (has_another_label), 9" in corrections.warning(
        outcomes
    )


def test_rows_that_nobody_has_decided_change_nothing(tmp_path):
    table = written(tmp_path, "1,Misr,,,,", "2,Sur,Misr,,,", "01,Misr,  ,AB,,")
    assert table["id"].tolist() == ["2"]
    found, _ = corrections.apply(LABELLED, table, key="id", label="mint")
    assert found["mint"].tolist() == ["Misr"] * 4


def test_without_a_table_nothing_is_corrected(tmp_path):
    found, outcomes = corrections.apply(
        LABELLED, corrections.read(tmp_path), key="id", label="mint"
    )
    assert found.equals(LABELLED) and outcomes.empty and corrections.warning(outcomes) == ""


def test_a_table_without_its_columns_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="no column 'from'"):
        written(tmp_path, "1,Misr", head="Id,to")


def test_coin_types_are_corrected_before_anything_is_learnt(tmp_path):
    (tmp_path / "train").mkdir()
    for name in "ab":
        (tmp_path / "train" / f"{name}.jpg").touch()
    (tmp_path / "train.csv").write_text("Id,Class\na,1 Euro\nb,2 Euro\n")
    written(tmp_path, "b,2 Euro,1 Euro,,,")
    table, _ = competition.read(tmp_path)
    assert table["Class"].tolist() == ["1 Euro", "1 Euro"]
    assert competition.corrected(tmp_path)["outcome"].tolist() == ["applied"]
