"""Every call is counted once: many threads, forks, abandoned calls, broken connections and full buffers."""

from __future__ import annotations

import gc
import random
import threading
from typing import Any, Dict, List

import pytest
from fusebox_agent import _meter
from fusebox_agent._agent import Agent
from fusebox_agent._call import Call
from fusebox_agent._latency import bucket, histogram
from fusebox_agent._meter import FULL
from fusebox_agent._strategy import Strategy
from hub import Hub
from test_safety import listening, run

__all__ = ["listening"]


@pytest.fixture
def strategy() -> Strategy:
    """A strategy of an agent without a thread."""
    agent = Agent("tested", socket="/nowhere")
    agent.is_running = True
    return agent.strategy("c", "retry")


def sums(deltas: List[Dict[str, Any]]) -> Dict[str, Any]:
    total: Dict[str, Any] = {"errors": {}, "retries": {}, "latency": {}}
    for delta in deltas:
        for key in ("ok", "failed", "rejected", "cancelled", "attempts"):
            total[key] = total.get(key, 0) + delta[key]
        for key in ("errors", "retries", "latency"):
            for name, count in dict(delta[key]).items():
                total[key][name] = total[key].get(name, 0) + count
    return total


def one(strategy: Strategy, number: int) -> None:
    """A call whose outcome depends on its number."""
    call = strategy.begin()
    kind = number % 5
    if kind == 0:
        call.finish(None)
    elif kind == 1:
        call.finish(TimeoutError())
    elif kind == 2:
        call.attempt("HTTP 503")
        call.waits()
        call.goes_on()
        call.finish(None)
    elif kind == 3:
        call.end("rejected")
    # Else the call is abandoned.


def test_calls_of_many_threads_are_counted_once_while_deltas_are_taken(strategy: Strategy) -> None:
    threads, calls = 8, 10_000
    deltas: List[Dict[str, Any]] = []
    has_ended = threading.Event()

    def work() -> None:
        for number in range(calls):
            one(strategy, number)

    def take() -> None:
        """Takes deltas; some are put back, as after a broken connection."""
        meter = strategy.meter
        chance = random.Random(1)
        while not has_ended.is_set():
            delta = meter.delta()
            if delta is None:
                continue
            assert 0 <= delta["waiting"] <= delta["in_flight"] <= threads
            if chance.random() < 0.3:
                meter.put_back(delta)
            else:
                deltas.append(delta)

    taker = threading.Thread(target=take)
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for thread in (taker, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    has_ended.set()
    taker.join()
    gc.collect()
    for _ in range(2):
        delta = strategy.meter.delta()
        deltas += [] if delta is None else [delta]
    total = sums(deltas)
    each = threads * calls // 5
    assert (total["ok"], total["failed"], total["rejected"], total["cancelled"]) == (2 * each, each, each, each)
    assert total["attempts"] == 4 * each
    assert total["errors"] == {"TimeoutError": each, "HTTP 503": each}
    assert total["retries"] == {"0": 2 * each, "1": each}
    assert sum(total["latency"].values()) == 3 * each
    assert strategy.meter.delta() is None


def test_buffers_stay_small_without_a_thread_that_sends(strategy: Strategy) -> None:
    for number in range(50 * FULL):
        one(strategy, number)
    meter = strategy.meter
    assert len(meter.calls) <= FULL + 1 and len(meter._errors) <= FULL + 1
    assert len(meter._sums) <= _meter.SUMS + 1 and len(meter._live) <= _meter.IN_FLIGHT + FULL
    delta = meter.delta()
    again = meter.delta()
    total = sums([x for x in (delta, again) if x is not None])
    assert sum(total[end] for end in ("ok", "failed", "rejected", "cancelled")) == 50 * FULL


def test_references_to_calls_that_ended_are_removed_without_a_thread_that_sends(
    strategy: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_meter, "IN_FLIGHT", 100)
    strategy.meter.forget()
    kept = []
    for _ in range(30):
        calls = [strategy.begin() for _ in range(2 * FULL)]
        kept += calls
        for call in calls:
            call.finish(None)
    assert len(strategy.meter._live) < 8 * FULL
    delta = strategy.meter.delta()
    assert delta is not None and delta["ok"] == len(kept) and delta["in_flight"] == 0


def test_calls_in_flight_and_waiting_are_counted_at_the_time_of_the_delta(strategy: Strategy) -> None:
    calls = [strategy.begin() for _ in range(3 * FULL)]
    calls[7].start -= 60
    calls[0].attempt("HTTP 503")
    calls[0].waits()
    for call in calls[FULL:]:
        call.finish(None)
    delta = strategy.meter.delta()
    assert delta is not None
    assert (delta["in_flight"], delta["waiting"], delta["ok"]) == (FULL, 1, 2 * FULL)
    assert 60_000 <= delta["oldest_ms"] < 90_000
    assert (delta["attempts"], delta["errors"]) == (2 * FULL + 1, {"HTTP 503": 1})
    calls[0].goes_on()
    calls[0].finish(None)
    for call in calls[1:FULL]:
        call.finish(None)
    delta = strategy.meter.delta()
    assert delta is not None
    assert (delta["in_flight"], delta["waiting"], delta["ok"], delta["attempts"]) == (0, 0, FULL, FULL)
    assert "oldest_ms" not in delta and delta["retries"] == {"0": FULL - 1, "1": 1}


def test_abandoned_call_ends_like_its_last_attempt_or_as_cancelled(strategy: Strategy) -> None:
    def begin(*errors: Any) -> Call:
        call = strategy.begin()
        for error in errors:
            call.attempt(error)
        return call

    calls = [begin(), begin(None), begin("HTTP 503"), begin("HTTP 503", None)]
    delta = strategy.meter.delta()
    assert delta is not None and delta["in_flight"] == 4 and delta["attempts"] == 4
    calls.clear()
    delta = strategy.meter.delta()
    assert delta is not None and delta["in_flight"] == 0 and delta["attempts"] == 0
    assert (delta["ok"], delta["failed"], delta["cancelled"]) == (2, 1, 1)
    assert strategy.meter.delta() is None


def test_settled_call_ends_with_the_process(strategy: Strategy) -> None:
    call = strategy.begin()
    call.attempt()
    call.settle()
    delta = strategy.meter.delta()
    assert delta is not None and (delta["ok"], delta["in_flight"], delta["attempts"]) == (0, 0, 1)
    delta = strategy.meter.delta(is_last=True)
    assert delta is not None and (delta["ok"], delta["attempts"]) == (1, 0)
    call.waits()
    call.finish(TimeoutError())
    assert strategy.meter.delta() is None


def test_call_that_began_before_a_fork_is_not_counted_in_the_child(strategy: Strategy) -> None:
    calls = [strategy.begin() for _ in range(3)]
    strategy.meter.add_up()
    strategy.forked()
    calls[0].finish(None)
    calls[1].attempt("HTTP 503")
    calls.clear()
    assert strategy.meter.delta() is None
    one(strategy, 0)
    delta = strategy.meter.delta()
    assert delta is not None and (delta["ok"], delta["attempts"], delta["errors"]) == (1, 1, {})


def test_histogram_puts_each_duration_into_its_bucket() -> None:
    chance = random.Random(1)
    durations = [2 ** chance.uniform(-40, 40) for _ in range(2_000)]
    durations += [2 ** (place / 16) / 1e6 for place in range(577)] + [0.0, float("inf")]
    expected: Dict[int, int] = {}
    for duration in durations:
        expected[bucket(duration)] = expected.get(bucket(duration), 0) + 1
    assert histogram(durations) == expected


def test_loops_that_return_are_counted_before_the_process_exits(listening: Hub) -> None:
    done = run(listening, """
import fusebox_agent as f; f.install()
from tenacity import Retrying
def loop():
    for attempt in Retrying():
        with attempt:
            return 1
for _ in range(50): loop()
for attempt in Retrying():
    with attempt:
        break
""")
    assert (done.returncode, done.stderr) == (0, "")
    listening.wait(lambda: listening.heard("bye"))
    total = listening.counted("loop", ok=50)
    assert total["attempts"] == 50 and total["cancelled"] == 0
    listening.counted("main", ok=1, attempts=1)


def test_counts_are_exact_with_threads_and_forks(listening: Hub) -> None:
    done = run(listening, "", "-W", "ignore::DeprecationWarning", "-c", """
import fusebox_agent as f, os, threading
f.install()
def work():
    for _ in range(20_000):
        with f.call('c'): pass
threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads: t.start()
for _ in range(20):
    child = os.fork()
    if not child:
        for _ in range(100):
            with f.call('child'): pass
        f.uninstall()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
for t in threads: t.join()
""")
    assert (done.returncode, done.stderr) == (0, "")
    assert listening.counted("c", ok=60_000)["attempts"] == 60_000
    listening.counted("child", ok=2_000)
