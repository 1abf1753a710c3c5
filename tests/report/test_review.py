"""What is doubtful goes to a review sheet; filled in, it corrects labels on the next run."""

import json
import shutil
from io import StringIO

import pandas as pd
import pytest
from conftest import ROOT, run_stage, set_params
from PIL import Image

from mintmark.data import corrections
from mintmark.report import review as review_sheet

MINTS, TYPES = "data/raw/mints", "data/raw/types"
LABELS = """100001,a,b,Misr
100002,c,d,al-Mansuriyah?
100003,e,f,(Misr)
100004,g,h,Sur
100005,i,j,Sur
"""
JUDGED = """id,group,actual,taught,predicted,probability,unknown,holds_90,size_90
100001,0,Misr,True,Sur,0.97,False,False,1
100003,1,Misr,True,Misr,0.6,True,True,2
100004,2,Sur,True,Sur,0.99,False,True,1
100005,3,Sur,False,Misr,0.99,True,False,1
"""
WRONG = """task,id,actual,predicted,confidence
two,100005,Sur,Misr,0.8
three,100005,Sur,Misr,0.7
two,100004,Misr,Sur,0.8
"""
REJECTED = "id,side,path,reason\n100004,reverse,Sur/100004_Sur.2.jpg,broken\n"
SUSPECTED = """Id,Class,suggested,quality,path,example
7,"1 Cent,Euro","2 Cent,Euro",0.0004,train/7.jpg,train/8.jpg
9,"5 Cent,Euro","2 Cent,Euro",0.0001,train/9.jpg,
"""
TABLES = {
    f"{MINTS}/image_labels.csv": LABELS,
    "plots/identify/predictions.csv": JUDGED,
    "metrics/always_wrong.csv": WRONG,
    "plots/labels315/suspected.csv": SUSPECTED,
    "data/clean/rejected.csv": REJECTED,
}


def run(folder, *stages):
    """Run stages one after the other."""
    for stage in stages:
        done = run_stage(folder, stage)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Five coins and three photographs of coin types, organized and judged; to be read alone."""
    workspace = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "params.yaml", workspace)
    set_params(workspace, data__mints=MINTS, data__types=TYPES)
    for file, text in TABLES.items():
        (workspace / file).parent.mkdir(parents=True, exist_ok=True)
        (workspace / file).write_text(text)
    coins = [f"{MINTS}/photos/10000{k}.{side}.jpg" for k in range(1, 6) for side in (1, 2)]
    for file in (*coins, *(f"{TYPES}/train/{name}.jpg" for name in (7, 8, 9))):
        (workspace / file).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (300, 200), "gold").save(workspace / file)
    (workspace / MINTS / "photos" / "100004.2.jpg").write_bytes(b"no photograph")
    run(workspace, "organize", "review")
    return workspace


def review(folder, name="review.csv"):
    """A table to be filled in."""
    return pd.read_csv(folder / "reports" / name, dtype=str, keep_default_na=False)


def test_what_is_doubtful_is_listed_the_most_doubtful_first(project):
    rows = review(project)
    assert list(rows) == corrections.ALL
    assert rows[["id", "from"]].to_numpy().tolist() == [
        ["100001", "Misr"],  # the network says Sur, 0.97
        ["100005", "Sur"],  # networks of cross-validation say Misr
        ["100003", "(Misr)"],  # several mints, unknown
        ["100002", "al-Mansuriyah?"],
        ["100004", "Sur"],  # a photograph that can't be used
    ]
    assert (rows[["to", "who", "when", "why"]] == "").all(axis=None)
    assert review(project, "review315.csv")["id"].tolist() == ["9", "7"]
    page = (project / "reports" / "review.html").read_text()
    for said in (
        "the network says Sur",
        "(doubt 97 %)",
        ">cross-validation always names it Misr (doubt 80 %)<",
        "unlike anything learnt; several mints are possible (2)",
        "the label is written as doubtful",
        "the reverse can&#39;t be read: it is damaged or no photograph",
        "100004_Sur.2.jpg can't be read",
        "2 Cent,Euro is likelier",
    ):
        assert said in page
    assert page.count("<img") == 5 * 2 - 1 + 3  # both sides but one that is broken; three types


def test_rows_that_are_filled_in_correct_labels_on_the_next_run(project, tmp_path):
    project = shutil.copytree(project, tmp_path / "project")
    table = project / MINTS / "image_labels.csv"
    rows = review(project)
    rows.loc[rows["id"] == "100001", ["to", "who", "why"]] = ["Sur", "AB", "read again"]
    rows.loc[rows["id"] == "100002", "to"] = "al-Mansuriyah"
    rows.to_csv(project / MINTS / corrections.FILE, index=False)
    run(project, "organize", "review")
    manifest = pd.read_csv(project / "data/organized/manifest.csv", dtype=str)
    mints = manifest.drop_duplicates("id").set_index("id")["mint"].to_dict()
    assert mints == {
        "100001": "Sur", "100002": "al-Mansuriyah", "100003": "Misr", "100004": "Sur",
        "100005": "Sur",
    }  # fmt: skip
    assert table.read_text() == LABELS  # the original is never touched
    told = json.loads((project / "plots/organize/details.json").read_text())["corrections"]
    assert [(row["id"], row["outcome"]) for row in told] == [
        ("100001", "applied"), ("100002", "applied"),
    ]  # fmt: skip
    assert "100002" not in set(review(project)["id"])


def test_where_nothing_is_doubtful_the_sheet_is_empty():
    tables = (
        pd.read_csv(StringIO(text), dtype={"id": str})
        for text in (JUDGED, WRONG, REJECTED, SUSPECTED)
    )
    judged, wrong, rejected, suspected = (table.head(0) for table in tables)
    labels = pd.DataFrame({"id": ["1"], "written": ["Misr"], "mint": ["Misr"], "reason": [""]})
    rows = review_sheet.of_mints(labels, judged.astype({"taught": bool}), wrong, rejected)
    for found in (rows, review_sheet.of_types(suspected)):
        assert review_sheet.to_fill_in(found).empty
    sheet = review_sheet.Sheet("coins", "Coins", MINTS, rows, {}, "", [])
    assert "Coins: 0" in review_sheet.page([sheet])


def test_the_page_itself_saves_what_was_filled_in(project, browser, tmp_path):
    page = browser.new_page()
    page.goto((project / "reports" / "review.html").as_uri())
    page.fill("#who", 'Ann "A." Bee')
    coin = page.locator('article[data-coin="100003"]')
    coin.locator("[name=to]").fill("Sur, the old")
    coin.locator("[name=why]").fill("die link")
    page.locator('article[data-coin="100001"] [name=to]').fill("Misr")  # as it was
    with page.expect_download() as saved:
        page.locator("[data-sheet=coins] button").click()
    shutil.copy(saved.value.path(), tmp_path / saved.value.suggested_filename)
    (row,) = corrections.read(tmp_path).to_dict("records")
    assert row.pop("when")
    assert row == {
        "id": "100003", "from": "(Misr)", "to": "Sur, the old", "who": 'Ann "A." Bee',
        "why": "die link",
    }  # fmt: skip
    page.fill("#search", "al-Mansuriyah")
    assert page.locator("article:visible").get_attribute("data-coin") == "100002"
    page.fill("#search", "")
    page.select_option("#order", "coin")
    coins = page.locator("[data-sheet=coins] article")
    order = [coins.nth(k).get_attribute("data-coin") for k in range(coins.count())]
    assert order == sorted(order)
    page.close()
