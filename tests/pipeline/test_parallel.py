"""Work done ahead, by threads, and by processes."""

import operator
import os
import time

import cv2
import pytest
from joblib import cpu_count

from mintmark.pipeline.parallel import AHEAD, FEW, SHARE, ahead, mapped, threaded


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


def test_what_nobody_takes_is_not_made():
    made = []
    things = ahead(lambda number: made.append(number) or time.sleep(0.05), range(30))
    next(things)
    things.close()
    assert len(made) <= 2


def test_rows_are_made_in_order_by_threads_and_processes():
    numbers = range(1000)
    assert threaded(operator.sub, numbers, numbers) == [0] * 1000
    assert threaded(str) == list(mapped(str)) == list(mapped(str, [])) == []
    for threads in (True, False):
        made = mapped(operator.sub, numbers, numbers[::-1], threads=threads)
        assert list(made) == list(range(-999, 1000, 2))
        with pytest.raises(ZeroDivisionError):
            list(mapped(operator.floordiv, numbers, numbers, threads=threads))
    with pytest.raises(ValueError, match="shorter"):
        next(mapped(operator.sub, numbers, [1]))


CALL = operator.methodcaller("__call__")


def test_what_is_many_is_made_by_processes_with_a_thread_each():
    assert {*mapped(CALL, [os.getpid] * FEW)} == {os.getpid()}
    if cpu_count() > 1:
        assert os.getpid() not in {*mapped(CALL, [os.getpid] * 10 * FEW)}
        assert {*mapped(CALL, [cv2.getNumThreads] * 10 * FEW)} == {1}


def test_memory_does_not_grow_with_the_number_of_things():
    made, size = [], SHARE * cpu_count()
    for taken, _ in enumerate(mapped(made.append, range(20 * size), threads=True)):
        assert len(made) <= taken + (AHEAD + 2) * size
    assert sorted(made) == list(range(20 * size))
