"""Whether a run gave the metrics that are committed: `make check-reproduced`, after `dvc repro`.

On the same processor all bytes are the same. On another make numbers differ in their last digits, and
an answer that is all but undecided may turn.
"""

import json
import math
import subprocess
from collections.abc import Iterator
from pathlib import Path

from mintmark.pipeline import metrics_files
from mintmark.pipeline.stage import InputError, run

TOLERANCE = 0.005  # of a number, or of a share, which is at most 1
SNAPSHOT = Path("tests/report/details")  # committed copies of the details, by stage
NUMBERS = (int, float)
Value = float | str | None


def compared_files() -> dict[Path, Path]:
    """The files that a run makes, and those that hold what is committed of them."""
    committed = _git("ls-files", "metrics").split()
    metrics = {Path(name): Path(name) for name in committed if name.endswith(".json")}
    details = {
        path: SNAPSHOT / f"{path.parent.name}.json"
        for path in sorted(Path("plots").glob(f"*/{metrics_files.DETAILS}"))
    }
    return metrics | {path: kept for path, kept in details.items() if kept.is_file()}


def leaves(values: object, name: str = "") -> Iterator[tuple[str, Value]]:
    """The numbers and texts of nested dictionaries and lists, by names such as `recall.Misr`."""
    if isinstance(values, dict | list):
        parts = values.items() if isinstance(values, dict) else enumerate(values)
        for key, value in parts:
            yield from leaves(value, f"{name}.{key}" if name else str(key))
    else:
        yield name, values  # type: ignore[misc]


def differences(made: object, committed: object) -> dict[str, tuple[Value, Value]]:
    """What two sets of metrics say differently, to the last digit: by name, made and committed."""
    one, other = dict(leaves(made)), dict(leaves(committed))
    names = [*one, *(name for name in other if name not in one)]
    pairs = {name: (one.get(name), other.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def close(made: Value, committed: Value) -> bool:
    """Whether two numbers are the same but for TOLERANCE; texts never are, unless they are equal."""
    if type(made) in NUMBERS and type(committed) in NUMBERS:
        return math.isclose(
            float(made or 0), float(committed or 0), rel_tol=TOLERANCE, abs_tol=TOLERANCE
        )
    return made == committed


def check() -> None:
    """Compare; say what differs. Raises InputError when anything does by more than TOLERANCE."""
    files, figures, near, far = compared_files(), 0, 0, 0
    for path, kept in files.items():
        if not path.is_file():
            raise InputError(f"{path} is missing; run `dvc repro` first.")
        made = json.loads(path.read_text())
        committed = json.loads(_git("show", f"HEAD:./{kept.as_posix()}"))
        figures += len(dict(leaves(made)))
        for name, (new, old) in differences(made, committed).items():
            within = close(new, old)
            near, far = near + within, far + (not within)
            print(f"{path}: {name} is {new}, committed {old}" + ("" if within else "  <-- differs"))
    if not files:
        raise InputError("No metrics are committed here; run this from the repository's root.")
    if far:
        raise InputError(
            f"{far} of {figures} figures differ from the committed ones by more than {TOLERANCE}."
        )
    print(
        f"Reproduced: {figures} figures in {len(files)} files, {near} of them within {TOLERANCE}."
    )


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError(f"git {' '.join(arguments)}: {' '.join(done.stderr.split())}.")
    return done.stdout


if __name__ == "__main__":
    run(check)
