"""Where everything lies, relative to the repository's root: each path is declared here, once.

dvc.yaml repeats them as dependencies and outputs, as DVC needs; a test keeps the two in step.
"""

from pathlib import Path

DRAWN_MINTS = Path("data/sample/mints")
DRAWN_TYPES = Path("data/sample/types")
TRUTH = Path("data/sample/truth")  # where drawn coins name the mint; for scoring alone
ORGANIZED = Path("data/organized")
CLEAN = Path("data/clean")
MERGED = Path("data/merged")
SPLIT = Path("data/split")
COIN_WEIGHTS = Path("data/weights/efficientnetb0_coins.npz")
FEATURES = Path("data/features/two.npz")
TYPE_FEATURES = Path("data/features315")
TYPE_LABELS = Path("data/labels315")
CROSSVAL = Path("crossval")  # a pipeline of its own
ALWAYS_WRONG = Path("metrics/always_wrong.csv")  # coins that every repeat of it names otherwise
INDEX = Path("data/identify")  # what `mintmark identify` knows of the collection
TRANSFER = Path("data/transfer315")
MODELS = Path("models")
LEFT_OUT = MODELS / "left_out"  # networks that never saw one of the three mints
REPORT = Path("reports/index.html")
CONCLUSIONS = Path("reports/conclusions.md")
MODEL_CARD = Path("reports/model-card.html")
DATA_SHEET = Path("reports/data-sheet.html")
REVIEW_PAGE = Path("reports/review.html")
REVIEW = Path("reports/review.csv")  # rows of corrections.csv for a person to fill in
TYPES_REVIEW = Path("reports/review315.csv")

MANIFEST = "manifest.csv"  # the table that each image folder holds about its images
SKIPPED = "skipped.csv"  # what a stage left out, and why
COUNTS = "counts.csv"  # coins by mint and part of the split
REJECTED = "rejected.csv"  # photographs that show no coin, and why
LABELS = "labels.csv"  # what each row of the label table means, corrected
LABEL_TABLE = "image_labels.csv"
PHOTOS = "photos"


def model(stage: str) -> Path:
    """The trained network of a stage."""
    return MODELS / f"{stage}.keras"


def backups(stage: str) -> Path:
    """What a stage that trains goes on from when it was killed; it lies beside all outputs."""
    return MODELS / f"{stage}.training.partial"


def metrics(stage: str) -> Path:
    """The tracked metrics of a stage."""
    return Path("metrics") / f"{stage}.json"


def plots(stage: str) -> Path:
    """The figures, plot data and details of a stage."""
    return Path("plots") / stage


def fold(repeat: int, number: int, kind: str = "answers") -> Path:
    """What a fold of cross-validation found: the answers, or the `doubt` of its networks."""
    return CROSSVAL / "folds" / f"{repeat}-{number}.{kind}.csv"
