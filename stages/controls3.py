"""Compare field and margin of the three-mint network with other regions, fills and borders."""

import own_checkout  # noqa: F401

from mintmark import plotting
from mintmark.data import coins
from mintmark.geometry import clock
from mintmark.networks import serialization
from mintmark.occlusion import analysis, curve, figures
from mintmark.pipeline import csv_files, metrics_files, params, paths
from mintmark.pipeline.stage import run, writing

STAGE = "controls3"


def main() -> None:
    """Mask every region under every fill, compare, draw."""
    settings, seed = params.load(analysis.Controls, STAGE), params.seed()
    own = params.load(clock.Places, "regions").root
    test = coins.of_split("three", "test")
    networks = {analysis.TRAINED: serialization.load(paths.model("train3"))}
    with writing(paths.plots(STAGE)) as (plots,):
        found = analysis.control(networks, test, settings, own=own, seed=seed)
        csv_files.write(found.table, plots / "controls.csv", float_format="%.6g")
        csv_files.write(found.clock, plots / "clock.csv", float_format="%.6g")
        csv_files.write(curve.wide(found.curve), plots / "curve.csv")
        metrics_files.write(found.metrics, plots / metrics_files.DETAILS)
        plotting.save_all(figures.of_controls(found), plots)
    print(f"Masked {len(found.table)} regions of {len(test)} test coins of three mints.")


if __name__ == "__main__":
    run(main)
