"""Items that another thread makes ahead."""

from __future__ import annotations

import threading

import pytest

from smotefast._threads import one_ahead


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
