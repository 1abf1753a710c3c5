"""Draw the default data: a mint set and a type set, with the make-up and the dirt of real ones."""

from typing import Annotated, Literal

from pydantic import Field

from mintmark.pipeline import params, paths
from mintmark.synthetic import coin_types, mints
from mintmark.pipeline.stage import run, writing


class Mints(params.Block):
    coins: Annotated[int, Field(ge=30, le=50_000)]
    coins_per_die: Annotated[float, Field(ge=1)]
    wear: Annotated[float, Field(ge=0, le=1)]
    turn: Annotated[float, Field(ge=0, le=180)]
    smallest: Annotated[int, Field(ge=100, le=4_000)]
    largest: Annotated[int, Field(ge=100, le=4_000)]
    mint_in: Literal[*mints.PLACES]


class Types(params.Block):
    types: Annotated[int, Field(ge=2, le=315)]
    photos: Annotated[int, Field(ge=3)]
    test: Annotated[int, Field(ge=0)]
    size: Annotated[int, Field(ge=32, le=1_024)]


class Sample(params.Block):
    seed: Annotated[int, Field(ge=0)]
    mints: Mints
    types: Types


def main() -> None:
    sample = params.load(Sample, "sample")
    mints, types = sample.mints, sample.types
    make = mints.Make(mints.wear, mints.turn, (mints.smallest, mints.largest), mints.mint_in)
    outputs = (paths.DRAWN_MINTS, paths.DRAWN_TYPES, paths.TRUTH)
    with writing(*outputs) as (mint_set, type_set, truth):
        mints.draw(mint_set, truth, mints.coins, mints.coins_per_die, make, sample.seed)
        coin_types.draw(type_set, types.types, types.photos, types.test, types.size, sample.seed)
    print(f"Drew {mints.coins} coins of the mint set and {types.types} coin types.")


if __name__ == "__main__":
    run(main)
