"""The command `mintmark`: name coins, or coin types, with what the pipeline has trained."""

import argparse
import os
from functools import partial
from pathlib import Path

import pandas as pd

from mintmark.pipeline import backend, params
from mintmark.pipeline.stage import InputError, run

ON_SCREEN = ["id", "status", "answer", "probability", "set"]
SHOWN, WIDE = 40, 45  # rows on the screen, and characters of a cell, at most


def main() -> None:
    """Run the command that was asked for; bad input ends it with one sentence."""
    run(partial(_identify, parser().parse_args()))


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    whole = argparse.ArgumentParser(prog="mintmark", description=__doc__)
    commands = whole.add_subparsers(required=True)
    _describe(commands.add_parser("identify", help="name coins from their photographs"))
    return whole


def _describe(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Name the mint of coins: probability, runner-up, a set of mints that holds the true one with the "
        "promised probability, and similar coins of the collection."
    )
    parser.add_argument(
        "given", nargs="+", type=Path, metavar="PHOTOGRAPH | FOLDER | TABLE",
        help="obverse and perhaps reverse of a coin; a folder (<id>.1.jpg, <id>.2.jpg); or a table "
        "(.csv, .tsv, .xlsx) with the columns id, obverse and reverse",
    )  # fmt: skip
    single = parser.add_mutually_exclusive_group()
    single.add_argument("--types", action="store_true", help="name coin types, one photograph each")
    single.add_argument(
        "--together", action="store_true",
        help="each photograph shows both sides of a coin, the obverse on the left or above",
    )  # fmt: skip
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the answers as CSV")
    parser.add_argument("--xlsx", type=Path, metavar="FILE", help="… as a workbook with pictures")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="… as JSON, with all probabilities"
    )
    parser.add_argument("--heat", type=Path, metavar="FOLDER", help="write pictures of the heat")
    parser.add_argument(
        "--confidence", type=float, metavar="SHARE", help="of the sets; 0.9 where none is given"
    )
    parser.add_argument(
        "--columns", type=_columns, default={}, metavar="id=…,obverse=…",
        help="what a table calls its columns",
    )  # fmt: skip
    parser.add_argument(
        "--project", type=Path, default=Path(), metavar="FOLDER",
        help="the repository with the trained models; the current folder where none is given",
    )  # fmt: skip


def _columns(text: str) -> dict[str, str]:
    pairs = [pair.split("=", 1) for pair in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form id=Inventory,obverse=Front")
    return {name.strip(): column.strip() for name, column in pairs}


def _identify(asked: argparse.Namespace) -> None:
    outputs = {name: getattr(asked, name) for name in ("csv", "xlsx", "json", "heat")}
    outputs = {name: path.resolve() for name, path in outputs.items() if path}
    given = [path.absolute() for path in asked.given]
    if not asked.project.is_dir():
        raise InputError(f"{asked.project} is no folder; --project names the repository.")
    os.chdir(asked.project)
    backend.start(params.networks().backend)
    from mintmark.identification import command  # the backend takes seconds: not for --help

    table = command.identify(
        given,
        outputs,
        types_=asked.types,
        together=asked.together,
        columns=asked.columns,
        confidence=asked.confidence,
    )
    _show(table)


def _show(table: pd.DataFrame) -> None:
    """Print the first answers with what is remarked of them, and how many there are of each status."""
    if len(table) == 1:
        print(table.T.to_string(header=False))
        return
    shown = table[ON_SCREEN].head(SHOWN)
    print(shown.to_string(index=False, justify="left", max_colwidth=WIDE))
    for coin in table.head(SHOWN).query("remark != ''").itertuples():
        print(f"{coin.id}: {coin.remark}")
    if len(table) > SHOWN:
        print(f"… and {len(table) - SHOWN} more.")
    counts = table["status"].value_counts()
    print(
        f"{len(table)} in all: " + ", ".join(f"{n} {status}" for status, n in counts.items()) + "."
    )


if __name__ == "__main__":
    main()
