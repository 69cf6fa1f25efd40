"""Work done ahead, on other threads."""

import threading

import pytest
from focal_depth.runtime.prefetch import prefetch


def test_all_comes_in_order():
    assert list(prefetch(lambda number: number**2, range(20), at_once=3)) == [n**2 for n in range(20)]


def test_no_more_is_done_ahead_than_at_once():
    done = []
    results = prefetch(done.append, range(50), at_once=2)
    next(results)
    results.close()
    assert len(done) <= 4


def test_one_is_done_while_another_is_used():
    second_began = threading.Event()
    for number in prefetch(lambda number: number and second_began.set(), range(2), at_once=1):
        assert second_began.wait(10), number


def test_a_fault_comes_where_its_item_would():
    results = prefetch(lambda number: 1 / number, [1, 0], at_once=2)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
