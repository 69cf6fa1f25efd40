"""Work done ahead, on other threads."""

import threading
import time

import pytest
from focal_depth.runtime.parallel import for_each, prefetch


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


@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("count", [0, 1, 50])
def test_each_item_is_done_once(threads, count, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    done = []
    for_each(done.append, range(count))
    assert sorted(done) == list(range(count))


def test_a_fault_in_one_item_is_raised(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with pytest.raises(ZeroDivisionError):
        for_each(lambda number: 1 / number, range(-2, 3))


def test_nothing_is_under_way_once_a_fault_is_raised(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    main, begun, ended = threading.get_ident(), threading.Event(), []

    def work(number):
        if threading.get_ident() == main:
            assert begun.wait(10)
            raise ValueError(number)
        begun.set()
        time.sleep(0.1)
        ended.append(number)

    with pytest.raises(ValueError):
        for_each(work, range(100))
    done = len(ended)
    assert 1 <= done <= 13  # an eighth of them: two threads have four parts each
    time.sleep(0.2)
    assert len(ended) == done


@pytest.mark.parametrize("threads", ["2", "3"])
def test_one_within_another_waits_for_no_thread_that_waits(threads, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", threads)
    done = []
    for_each(lambda outer: for_each(lambda inner: done.append((outer, inner)), range(20)), range(20))
    assert sorted(done) == [(outer, inner) for outer in range(20) for inner in range(20)]


def test_threads_stay_and_are_no_more_than_cores(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "9")
    seen = set()
    for count in range(2, 12):
        all_at_once = threading.Barrier(min(count, 9))

        def work(number, met=all_at_once):
            seen.add(threading.current_thread())
            if number < met.parties:  # one part each, on as many threads, or it fails
                met.wait(10)

        for_each(work, range(count))
    assert len(seen) == 9
    assert all(thread.is_alive() for thread in seen)
