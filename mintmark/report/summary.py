"""The first screen of the report: the question, the answer in plain words, and two pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mintmark.pipeline import paths
from mintmark.report.heat_findings import hotter
from mintmark.report.layout import Picture
from mintmark.report.open_set_findings import notices
from mintmark.report.phrases import Details
from mintmark.report.zone_findings import SIGNIFICANT, ZONES

QUESTION = "Which mint struck this coin, and how does a network know?"
PICTURES = {
    paths.plots("gradcam") / "gallery.png": Picture(
        "Test coins, and where the network looks: bright is hot",
        "Photographs of coins, obverse and reverse, and below each the same coin with bright spots",
    ),
    paths.plots("controls") / "clock.png": Picture(
        "What is lost on the clock when a place is masked: bright is much",
        "Two dials, obverse and reverse, each with two rings of twelve cells coloured by what is lost",
    ),
}


@dataclass(frozen=True)
class First:
    """The first screen: what is asked, sentences, and pictures with their captions.

    caveat: what is drawn of all this, "" for nothing.
    """

    question: str
    sentences: list[str]
    caveat: str
    pictures: dict[Path, Picture]


def write(details: dict[str, Details], drawn: Mapping[str, bool]) -> First:
    """What a reader should know in a minute: a few sentences, each with its number.

    details: see `conclusions.findings`; drawn: whether mints and types are, see `cards.Made.drawn`.
    """
    sentences = [
        _accuracy(details),
        _place(details["mask"], details["controls"]),
        _agreement(details["gradcam"], details["mask"]),
        _unknown(details["eval3rd"]),
        _types(details["transfer315"]),
        _overturned(details["mask"]),
    ]
    return First(QUESTION, sentences, _caveat(drawn), PICTURES)


def _accuracy(details: dict[str, Details]) -> str:
    trained, folds = details["train2"], details["crossval"]["two"]
    mints = " and ".join(sorted(trained["recall"]))
    if set(folds["recall"]) == set(trained["recall"]):
        how = f"each of {folds['n']} coins named by networks that never saw a coin of its die"
    else:
        folds, how = trained, f"{trained['n']} coins that were held out"
    low, high = folds["balanced_accuracy_low"], folds["balanced_accuracy_high"]
    return (
        f"The network tells {mints} apart: of 100 coins of either mint it names "
        f"{100 * folds['balanced_accuracy']:.0f} correctly ({100 * low:.0f} to {100 * high:.0f}; {how}); "
        f"guessing names 50."
    )


def _place(mask: Details, controls: Details) -> str:
    whole = mask["original"]["accuracy"]
    ranked = sorted(ZONES, key=lambda variant: mask[variant]["accuracy"])
    worst, other = (f"{100 * mask[variant]['accuracy']:.0f}" for variant in ranked)
    zone, rest = (ZONES[variant] for variant in ranked)
    if mask[ranked[0]]["p_holm"] >= SIGNIFICANT:
        return (
            f"Neither field nor margin is needed by itself: of 100 coins it names {100 * whole:.0f}, "
            f"{worst} with the {zone} masked and {other} with the {rest} masked."
        )
    clock = controls["clock"]
    where = (
        f", above all the {clock['zone']} of the {clock['side']} from {clock['from']} to "
        f"{clock['to']} o'clock"
        if clock
        else ""
    )
    return (
        f"It reads the {zone}{where}: with the {zone} masked it names {worst} of 100 coins instead of "
        f"{100 * whole:.0f}, with the {rest} masked {other}."
    )


def _agreement(gradcam: Details, mask: Details) -> str:
    if not gradcam["n"]:
        return "No coin has any heat (n = 0): there is no evidence of where the network looks."
    read = ZONES[min(ZONES, key=lambda variant: mask[variant]["accuracy"])]
    hot = hotter(gradcam["ratio"])
    agrees = ("agrees" if hot == read else "does not agree") if hot else "favours neither zone"
    zone = hot or "margin"
    share, area = gradcam["mass"][zone], gradcam["area"][zone]
    return (
        f"Its heat {agrees}: {100 * share:.0f} % of it lies in the {zone}, which is {100 * area:.0f} % of "
        "the coin."
    )


def _unknown(eval3rd: Details) -> str:
    mint, share = max(eval3rd["predicted"].items(), key=lambda item: item[1])
    score = max(eval3rd["scores"].values(), key=lambda found: found["auroc"])
    return (
        f"Shown {eval3rd['n']} coins of a mint that it never saw, it takes {100 * share:.0f} of 100 for "
        f"{mint}; it {notices(score)} that they are strange (AUROC {score['auroc']:.2f}, guessing 0.50)."
    )


def _types(transfer: Details) -> str:
    return (
        f"Of {transfer['classes']} coin types a network names {100 * transfer['accuracy']:.0f} of "
        f"100 test photographs correctly, and has {100 * transfer['top5_accuracy']:.0f} among its first "
        "five."
    )


def _overturned(mask: Details) -> str:
    rest = ZONES[max(ZONES, key=lambda variant: mask[variant]["accuracy"])]
    return (
        f"It would be overturned by a network that learns to name the mint from the {rest} alone, or by "
        "coins of other collections that are named no better than by guessing."
    )


def _caveat(drawn: Mapping[str, bool]) -> str:
    if not any(drawn.values()):
        return ""
    if all(drawn.values()):
        which = "The coins are"
    elif drawn["mints"]:
        which = "The coins of the mints, other than those of the coin types, are"
    else:
        which = "The coin types, other than the coins of the mints, are"
    return (
        f"{which} drawn by the program itself: what is said of them shows how the method works, and "
        "nothing about history."
    )
