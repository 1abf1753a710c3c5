"""A typed, validated view of params.yaml: each stage loads its own block and nothing else."""

import importlib.util
import re
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mintmark.pipeline.stage import InputError

PARAMS = Path("params.yaml")
LOCAL = "local"  # of `compute.scheduler`: this machine
ADDRESS = re.compile(r"tcp://\S+:\d+")


class Block(BaseModel):
    """One block of params.yaml: unknown keys and wrong types are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Data(Block):
    """Where the two data sets lie."""

    mints: str
    types: str


def _local_or_address(value: str) -> str:
    if value != LOCAL and not ADDRESS.fullmatch(value):
        raise ValueError("give local, or a Dask scheduler's address such as tcp://host:8786")
    return value


def _installed(value: str) -> str:
    if importlib.util.find_spec(value) is None:
        raise ValueError(f"{value} is not installed; run `pip install -e '.[{value}]'`")
    return value


class Networks(Block):
    """What networks are computed with."""

    backend: Annotated[Literal["tensorflow", "jax"], AfterValidator(_installed)]
    devices: Annotated[int, Field(ge=1)]  # that share each batch in training


class Compute(Block):
    """Where photographs are worked on; no stage's results depend on it, and none declares it."""

    scheduler: Annotated[str, AfterValidator(_local_or_address)]


AnyBlock = TypeVar("AnyBlock", bound=BaseModel)


def load(block: type[AnyBlock], name: str, partly: bool = False) -> AnyBlock:
    """Read and check the block `name` of params.yaml, or of it what `block` has fields for.

    Raises InputError for a missing file or block, an unknown key, a wrong type or a value out of
    range, naming the parameter.
    """
    values = _read().get(name)
    if not isinstance(values, dict):
        raise InputError(f"{PARAMS} has no block '{name}:'; restore it from the repository.")
    if partly:
        values = {key: value for key, value in values.items() if key in block.model_fields}
    try:
        return block.model_validate(values)
    except ValidationError as error:
        raise InputError(_sentence(name, error)) from None


def seed() -> int:
    """Return the pipeline's seed (a whole number, 0 or more)."""
    value = _read().get("seed")
    if type(value) is not int or value < 0:
        raise InputError(f"{PARAMS}: seed is {value!r}; give a whole number, 0 or more.")
    return value


def networks() -> Networks:
    """Return what networks are computed with: a backend that is installed."""
    return load(Networks, "networks")


def scheduler() -> str:
    """Return where photographs are worked on: LOCAL, or the address of a Dask scheduler."""
    return load(Compute, "compute").scheduler


def _read() -> dict:
    # YAML 1.2, so that 1e-05, as `dvc exp run -S` writes it, is a number.
    try:
        values = YAML(typ="safe", pure=True).load(PARAMS)
    except FileNotFoundError:
        raise InputError(f"{PARAMS} is missing; run from the repository's root.") from None
    except YAMLError as error:
        raise InputError(f"{PARAMS} is not valid YAML: {' '.join(str(error).split())}") from None
    return values if isinstance(values, dict) else {}


def _sentence(name: str, error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join([name, *map(str, first["loc"])])
    if first["type"] == "extra_forbidden":
        return f"{PARAMS}: {where} is no parameter of mintmark; check its spelling."
    if first["type"] == "missing":
        return f"{PARAMS}: {where} is missing."
    message = first["msg"].removeprefix("Value error, ")
    return f"{PARAMS}: {where} is {first['input']!r}: {message[0].lower()}{message[1:]}."
