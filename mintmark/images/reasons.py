"""Why a photograph can't be used, in words that go on from its name."""

from mintmark.images import cleaning, decoding

REASONS = {
    decoding.MISSING: "is not there",
    decoding.BROKEN: "can't be read: it is damaged or no photograph; save it anew as JPEG, PNG or TIFF",
    decoding.TOO_LARGE: f"has more than {decoding.MOST // 10**6} million pixels; make it smaller",
    "too_small": f"shows its coin too small: it must be {2 * cleaning.SMALL} pixels across or more",
    "blurred": "is blurred; photograph it anew, sharp",
    "blank": "shows nothing at all; take another photograph",
    "no_coin": "shows no coin; photograph the whole coin from above on a plain ground",
    "two_coins": "shows more than one coin; cut one of them out",
    "no_gap": "shows no gap between two sides; give a photograph of each",
}
