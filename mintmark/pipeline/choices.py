"""Parameters that name an entry of a registry, and parameters that may be one value or several."""

from collections.abc import Iterable

from pydantic import AfterValidator, BeforeValidator

from mintmark.pipeline.stage import InputError


def one_of(choices: Iterable[str]) -> AfterValidator:
    """Check that a text is one of `choices`: `method: Annotated[str, one_of(METHODS)]`."""
    allowed = list(choices)

    def check(value: str) -> str:
        if value not in allowed:
            named = ", ".join(map(repr, allowed[:-1]))
            raise ValueError(f"Input should be {named} or {allowed[-1]!r}")
        return value

    return AfterValidator(check)


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


ONE_OR_MORE = BeforeValidator(_as_list)  # `sizes: Annotated[list[int], ONE_OR_MORE]`: 64 is [64]


def side_by_side(values: dict[str, list]) -> list[tuple]:
    """The values of several parameters one beside the other; a single one goes with all of another.

    values: of ONE_OR_MORE, by the parameters' names. Raises InputError when their numbers differ.
    """
    number = max(map(len, values.values()))
    if any(len(given) not in (1, number) for given in values.values()):
        counts = ", ".join(f"{name} {len(given)}" for name, given in values.items())
        raise InputError(
            f"These parameters go together and have different numbers of values ({counts}); give each "
            f"one value for all, or {number}."
        )
    every = [given if len(given) == number else given * number for given in values.values()]
    return list(zip(*every, strict=True))
