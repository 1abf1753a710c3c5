"""The code that each stage reaches, written into dvc.yaml: an edit reruns what it touches, no more.

`make deps` writes it: `python -m mintmark.pipeline.dependencies`, from the repository's root.
"""

import ast
from pathlib import Path

from ruamel.yaml import YAML

PIPELINES = (Path("dvc.yaml"), Path("crossval/dvc.yaml"))
LOCK = "requirements.txt"  # every stage depends on what it runs on
WIDTH = 100


def closure(script: Path, root: Path) -> set[str]:
    """The files of code that a script reaches by imports, itself included, relative to `root`.

    Only imports within the repository count: of the library, and of modules beside the script.
    """
    reached: set[Path] = set()
    waiting = {script}
    while waiting:
        file = waiting.pop()
        reached.add(file)
        waiting |= _imported(file, root) - reached
    return {file.relative_to(root).as_posix() for file in reached}


def rewritten(dependencies: list[str], code: set[str], up: str = "") -> list[str]:
    """A stage's dependencies: data as they stand, then the lock file, then its code by name.

    up: what leads from the pipeline's folder to the root, such as `../`.
    """
    lock = up + LOCK
    data = [path for path in dependencies if not path.endswith(".py") and path != lock]
    return [*data, lock, *(up + path for path in sorted(code))]


def script(command: str, root: Path) -> Path:
    """The script that a stage's command runs, such as `python stages/mask.py`."""
    return root / next(word for word in command.split() if word.endswith(".py"))


def write(root: Path) -> None:
    """Write the code dependencies of every stage into the files of both pipelines."""
    for file in PIPELINES:
        _write(root, file)


def _write(root: Path, file: Path) -> None:
    up = "../" * (len(file.parts) - 1)
    yaml = YAML()
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    pipeline = yaml.load(root / file)
    for stage in pipeline["stages"].values():
        code = closure(script(stage["cmd"], root), root)
        stage["deps"] = rewritten(stage.get("deps", []), code, up)
    yaml.dump(pipeline, root / file)


def _imported(file: Path, root: Path) -> set[Path]:
    """The files of the repository that a Python file imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    paths = {Path(*name.split(".")).with_suffix(".py") for name in names}
    places = {folder / path for path in paths for folder in (root, file.parent)}
    return {path for path in places if path.is_file() and path.is_relative_to(root)}


if __name__ == "__main__":
    write(Path.cwd())
