"""What mintmark stands on is noted, with its licence and above known holes."""

import re
import tomllib
from importlib import metadata

from conftest import ROOT
from packaging.requirements import Requirement
from packaging.version import Version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEEDED = [Requirement(text) for text in PROJECT["dependencies"]]
EXTRAS = PROJECT["optional-dependencies"]
ASKED_FOR = [Requirement(text) for name in ("app", "cluster", "jax", "s3") for text in EXTRAS[name]]
NOTED = dict(
    re.findall(
        r"^\| ([\w.-]+)(?:, [^|]+)? \| ([^|]+) \|",
        (ROOT / "docs/dependencies.md").read_text(),
        re.M,
    )
)
ABOVE = {
    "keras": "3.15.1",
    "pillow": "12.3",
    "jinja2": "3.1.6",
    "scikit-learn": "1.5",
    "tqdm": "4.66.3",
}


def test_every_direct_dependency_is_noted_with_its_licence():
    assert [name for name in NOTED if name not in ("package", "---")] == [
        needed.name for needed in NEEDED + ASKED_FOR
    ]


def test_lower_bounds_are_above_known_holes():
    bounds = {needed.name: needed.specifier for needed in NEEDED}
    for name, least in ABOVE.items():
        assert not bounds[name].contains(f"{least}a0", prereleases=True) and least in str(
            bounds[name]
        )


def test_what_is_installed_is_what_is_asked_for():
    for needed in NEEDED:
        assert needed.specifier.contains(Version(metadata.version(needed.name)), prereleases=True)
