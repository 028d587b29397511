"""Items that other threads make, and results that they compute, ahead of the reader."""

from __future__ import annotations

import threading

import pytest

from smotefast._threads import map_ahead, one_ahead


def test_items__are_made_ahead_in_their_order_and_errors_reach_the_reader():
    made, closed = [], []

    def items():
        try:
            for i in range(3):
                made.append((i, threading.current_thread().name))
                yield i
            raise OSError("no more")
        finally:
            closed.append(True)

    read = one_ahead(items())
    assert next(read) == 0
    assert [next(read), next(read)] == [1, 2]
    with pytest.raises(OSError, match="no more"):
        next(read)
    assert [i for i, _ in made] == [0, 1, 2]
    assert all(name.startswith("smotefast-read") for _, name in made)
    assert closed == [True]


def test_a_reader_that_stops__closes_the_items():
    closed = []

    def items():
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    read = one_ahead(items())
    next(read)
    read.close()
    assert closed == [True]


def test_ctrl_c_while_the_thread_is_started__is_no_other_error(monkeypatch):
    started, may_end = threading.Event(), threading.Event()

    def items():
        started.set()
        may_end.wait(60)
        yield 1

    threads = []

    def submit(pool, work, *arguments):
        threads.append(threading.Thread(target=work, args=arguments))
        threads[0].start()
        started.wait(60)
        raise KeyboardInterrupt  # the pool does not know the thread yet

    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor.submit", submit)
    with pytest.raises(KeyboardInterrupt):
        next(one_ahead(items()))
    may_end.set()
    threads[0].join()


@pytest.mark.parametrize("n_threads", [1, 3])
def test_results__are_computed_a_few_ahead_in_the_order_of_their_items(n_threads):
    taken, names = [], set()

    def items():
        for i in range(50):
            taken.append(i)
            yield i

    def square(i):
        names.add(threading.current_thread().name)
        return i * i

    for i, result in enumerate(map_ahead(square, items(), n_threads)):
        assert result == i * i
        assert len(taken) <= i + n_threads + 2  # this one, those ahead
    assert taken == list(range(50))
    assert len(names) <= n_threads
    assert all(name.startswith("smotefast-map") for name in names)


def test_an_error_of_a_result__follows_the_results_before_it_and_ends_the_threads():
    n_before = threading.active_count()
    read = map_ahead(lambda i: 6 // (2 - i), iter(range(99)), 2)
    assert [next(read), next(read)] == [3, 6]
    with pytest.raises(ZeroDivisionError):
        next(read)
    assert threading.active_count() == n_before


def test_a_reader_of_results_that_stops__waits_for_those_that_are_computed():
    computed = []
    read = map_ahead(computed.append, iter(range(99)), 2)
    next(read)
    read.close()
    n_computed = len(computed)
    assert n_computed <= 4
    assert not [one for one in threading.enumerate() if one.name.startswith("smotefast-map")]
    assert len(computed) == n_computed
