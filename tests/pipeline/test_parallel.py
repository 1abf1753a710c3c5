"""Work done ahead."""

import time

import pytest

from mintmark.pipeline.parallel import AHEAD, ahead


def test_things_come_in_order_and_few_of_them_wait():
    made = []

    def make(number):
        made.append(number)
        return -number

    for taken, got in enumerate(ahead(make, range(30))):
        time.sleep(0.002)  # time enough to make all that may be made
        assert got == -taken
        assert len(made) <= taken + 1 + AHEAD
    assert made == list(range(30))


def test_an_error_reaches_the_caller():
    things = ahead(lambda number: 1 // number, [1, 0, 1])
    assert next(things) == 1
    with pytest.raises(ZeroDivisionError):
        next(things)
    assert list(ahead(str, [])) == []
