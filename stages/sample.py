"""Draw the default data: a mint set and a type set, with the make-up and the dirt of real ones."""

from typing import Annotated

import own_checkout  # noqa: F401  (the library of this checkout, not an installed one)

from pydantic import Field

from mintmark.pipeline import params, paths
from mintmark.pipeline.choices import one_of
from mintmark.pipeline.stage import run, writing
from mintmark.synthetic import coin_types, mints


class Mints(params.Block):
    """What the drawn mint set is made like."""

    coins: Annotated[int, Field(ge=30, le=50_000)]
    coins_per_die: Annotated[float, Field(ge=1)]
    wear: Annotated[float, Field(ge=0, le=1)]
    turn: Annotated[float, Field(ge=0, le=180)]
    smallest: Annotated[int, Field(ge=100, le=4_000)]
    largest: Annotated[int, Field(ge=100, le=4_000)]
    mint_in: Annotated[str, one_of(mints.PLACES)]


class Types(params.Block):
    """What the drawn type set is made like."""

    types: Annotated[int, Field(ge=2, le=315)]
    photos: Annotated[int, Field(ge=3)]
    test: Annotated[int, Field(ge=0)]
    size: Annotated[int, Field(ge=32, le=1_024)]


class Sample(params.Block):
    """Both sets, and the seed of all that is drawn."""

    seed: Annotated[int, Field(ge=0)]
    mints: Mints
    types: Types


def main() -> None:
    """Draw both sets, and the truth about the first."""
    sample = params.load(Sample, "sample")
    chosen = sample.mints
    conditions = mints.Conditions(
        wear=chosen.wear,
        turn=chosen.turn,
        widths=(chosen.smallest, chosen.largest),
        mint_in=chosen.mint_in,
    )
    outputs = (paths.DRAWN_MINTS, paths.DRAWN_TYPES, paths.TRUTH)
    with writing(*outputs) as (mint_set, type_set, truth):
        mints.draw(
            mint_set,
            truth,
            number=chosen.coins,
            coins_per_die=chosen.coins_per_die,
            conditions=conditions,
            seed=sample.seed,
        )
        coin_types.draw(type_set, **sample.types.model_dump(), seed=sample.seed)
    print(f"Drew {chosen.coins} coins of the mint set and {sample.types.types} coin types.")


if __name__ == "__main__":
    run(main)
