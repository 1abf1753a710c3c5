"""A photograph that shows both sides of a coin, cut apart at the gap between them."""

import numpy as np

from mintmark.images import detection

OVER = 0.1  # of the smaller radius: by so much the circles may overlap, as both are a little off


def cut(image: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The two halves of a photograph: left and right or, where the coins lie so, above and below.

    image: uint8 RGB (H,W,3), not changed; the halves are views of it. The cut runs midway between the
    edges of two coins. None where no gap is found: there is one coin alone, or one lies on the other.
    """
    found = detection.find(image)
    if found is None or found[1] < detection.SUPPORT:
        return None
    first, other = found[0], detection.second(image, found[0], detection.SUPPORT)
    if other is None:
        return None
    axis = 0 if abs(first.x - other.x) >= abs(first.y - other.y) else 1
    before, after = sorted((first, other), key=lambda circle: circle[axis])
    end, start = before[axis] + before.r, after[axis] - after.r
    if end - start > OVER * min(before.r, after.r):
        return None
    place = round((end + start) / 2)
    if axis == 0:
        return image[:, :place], image[:, place:]
    return image[:place], image[place:]
