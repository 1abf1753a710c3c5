"""Drawn photographs that show both sides of a coin."""

import numpy as np

from mintmark.synthetic import camera, mint_catalogue, mints, relief

CONDITIONS = mints.Conditions(wear=0.3, turn=5, widths=(300, 700))
GOLD, LIGHT = np.array([0.80, 0.62, 0.27]), relief.Light(-0.8, 3, 0.3)


def photograph(
    seed: int, *, gap: float, radii: tuple[int, int] = (90, 90), below: bool = False
) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Both sides on one cloth, uint8 RGB (H,W,3), and where the circle of each begins and ends.

    gap: between the flans' circles, in mean radii; radii: of obverse and reverse, pixels; below: the
    reverse lies below the obverse, not beside it.
    """
    rng = np.random.default_rng(seed)
    coin = next(coin for coin in mint_catalogue.coins(20, 1, seed=seed) if coin.legible)
    space, edge = gap * np.mean(radii), rng.uniform(5, 60)
    length = round(2 * edge + 2 * sum(radii) + space)
    width = round(2 * max(radii) + rng.uniform(10, 80))
    size = (length, width) if below else (width, length)
    frame = camera.table(*size, rng)
    ends, start = [], edge
    for side, radius in zip((1, 2), radii, strict=True):
        struck = mints.strike(mints.side_relief(coin.die, side), CONDITIONS, rng)
        across = width / 2 - radius + rng.uniform(-4, 4)
        corner = (across, start) if below else (start, across)
        scale = 2 * radius / mints.SIZE
        place = np.array([[scale, 0, corner[0]], [0, scale, corner[1]]], np.float32)
        camera.lay(frame, relief.lit(struck.height, GOLD, LIGHT), struck.outline, place)
        ends.append((start, start + 2 * radius))
        start += 2 * radius + space
    return camera.expose(frame, rng), ends
