"""The same coin photographed a little differently."""

import numpy as np

from mintmark.networks import augmentation

SHAPE = (32, 64, 3)
CIRCLES = np.array([[16, 16, 14], [48, 16, 14]], float)
AUGMENTATION = augmentation.Augmentation(turn=8, zoom=0.05, shift=0.05, contrast=0.2, brightness=20)


def test_augmentation_never_mirrors_nor_swaps_the_sides():
    image = np.full(SHAPE, 100, np.uint8)
    image[4:12, 4:12] = 250  # on the obverse, above and left of its centre
    rng = np.random.default_rng(0)
    for _ in range(50):
        turned = augmentation.augment(image, CIRCLES, AUGMENTATION, rng)[..., 0]
        bright = np.argwhere(turned > turned.min() + 0.6 * np.ptp(turned)).mean(axis=0)
        assert bright[0] < 16 and bright[1] < 16


def test_sides_are_found_in_both_layouts():
    across = augmentation.side_boxes((32, 64, 3), CIRCLES)
    down = augmentation.side_boxes((64, 32, 3), CIRCLES[:, [1, 0, 2]])
    assert [box[1].start for box in across] == [0, 32]
    assert [box[0].start for box in down] == [0, 32]


def test_a_turn_turns_both_sides_about_their_own_centres():
    image = np.full(SHAPE, 100, np.uint8)
    image[4:8, 14:18] = image[4:8, 46:50] = 250  # at twelve o'clock
    turned = augmentation.turned(image, CIRCLES, 90)[..., 0] > 180
    row, column = np.argwhere(turned[:, :32]).mean(axis=0)
    assert abs(row - 16) < 1.5 and column < 10  # at nine
    np.testing.assert_array_equal(turned[:, :32], turned[:, 32:])


def test_light_keeps_middle_grey_and_stretches_the_rest():
    image = np.array([[[128, 28, 228]]], np.uint8)
    np.testing.assert_allclose(augmentation.lit(image, 1.2, 10), [[[138, 18, 258]]], atol=1e-3)
