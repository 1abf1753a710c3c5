"""Parameters that name an entry of a registry."""

from collections.abc import Iterable

from pydantic import AfterValidator


def one_of(choices: Iterable[str]) -> AfterValidator:
    """Check that a text is one of `choices`: `method: Annotated[str, one_of(METHODS)]`."""
    allowed = list(choices)

    def check(value: str) -> str:
        if value not in allowed:
            named = ", ".join(map(repr, allowed[:-1]))
            raise ValueError(f"Input should be {named} or {allowed[-1]!r}")
        return value

    return AfterValidator(check)
