"""langgraph: nodes with a ``RetryPolicy``."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Callable, List, TypedDict

import httpx
import pytest
from hub import Hub
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, RetryPolicy
from server import Server


class State(TypedDict):
    value: int


class Outage(Exception):
    """The error of a node that is tried again."""


def runs(step: Callable[[], Any], policy: Any) -> "List[Callable[[], Any]]":
    """A graph with one node, as its sync and its async run.

    :param step: returns the next state of the node.
    """
    def node(state: State) -> Any:
        return step()

    async def async_node(state: State) -> Any:
        return step()

    graphs = []
    for each in (node, async_node):
        graph = StateGraph(State)
        graph.add_node("agent", each, **({} if policy is None else {"retry_policy": policy}))
        graph.add_edge(START, "agent")
        graph.add_edge("agent", END)
        graphs.append(graph.compile())
    sync, asynchronous = graphs
    return [lambda: sync.invoke({"value": 0}), lambda: asyncio.run(asynchronous.ainvoke({"value": 0}))]


def policy(most: int) -> RetryPolicy:
    return RetryPolicy(initial_interval=0.001, jitter=False, max_attempts=most, retry_on=Outage)


def test_attempts_and_outcomes_of_a_node_are_counted(hub: Hub) -> None:
    errors: List[Any] = []

    def step() -> Any:
        if errors:
            raise errors.pop(0)
        return {"value": 1}

    for run in runs(step, policy(3)):
        errors[:] = [Outage(), Outage()]
        assert run() == {"value": 1}
        errors[:] = [Outage(), Outage(), Outage()]
        with pytest.raises(Outage):
            run()
        errors[:] = [ValueError()]
        with pytest.raises(ValueError):
            run()
    total = hub.counted("langgraph/agent", ok=2, failed=4)
    assert total["attempts"] == 14 and total["errors"] == {"Outage": 10, "ValueError": 2}
    assert hub.declared("langgraph/agent")["limits"][0]["value"] == 3


def test_operators_limit_of_attempts_applies_from_the_next_run(hub: Hub) -> None:
    tries: List[None] = []

    def step() -> Any:
        tries.append(None)
        raise Outage()

    for run in runs(step, policy(2)):
        tries.clear()
        with pytest.raises(Outage):
            run()
        assert len(tries) == 2
        hub.declared("langgraph/agent")
        for most in (1, 5):
            tries.clear()
            assert hub.order("langgraph/agent", "set_limit", name="max_attempts", value=most)["ok"]
            with pytest.raises(Outage):
                run()
            assert len(tries) == most
        assert hub.order("langgraph/agent", "set_limit", name="max_attempts", auto=True)["ok"]


def test_node_under_a_held_host_is_not_tried_again(hub: Hub) -> None:
    with Server((200, {}, {})) as server:
        def step() -> Any:
            httpx.get(server.url)
            return {"value": 1}

        sync, asynchronous = runs(step, RetryPolicy(initial_interval=5, max_attempts=3))
        sync()
        hub.declared(f"http/{server.host}")
        assert hub.order(f"http/{server.host}", "open", reason="vendor down")["ok"]
        for run in (sync, asynchronous):
            start = time.monotonic()
            with pytest.raises(httpx.ConnectError, match="is held by an operator: vendor down until"):
                run()
            assert time.monotonic() - start < 2
        assert len(server.requests) == 1
    assert hub.counted("langgraph/agent", ok=1, rejected=2, failed=0)["errors"] == {}


def test_choice_of_the_next_node_is_a_success(hub: Hub) -> None:
    for run in runs(lambda: Command(update={"value": 2}), policy(2)):
        assert run() == {"value": 2}
    assert hub.counted("langgraph/agent", ok=2, failed=0, cancelled=0)["attempts"] == 2


def test_interrupted_node_is_neither_a_success_nor_a_failure(hub: Hub) -> None:
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.types import interrupt

    def node(state: State) -> Any:
        return {"value": interrupt("go on?")}

    graph = StateGraph(State)
    graph.add_node("agent", node, retry_policy=policy(2))
    graph.add_edge(START, "agent")
    compiled = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    compiled.invoke({"value": 0}, config)
    hub.counted("langgraph/agent", cancelled=1, ok=0, failed=0)
    assert compiled.invoke(Command(resume=4), config)["value"] == 4
    hub.counted("langgraph/agent", cancelled=1, ok=1, failed=0)


def test_node_without_a_policy_is_not_reported(hub: Hub) -> None:
    for run in runs(lambda: {"value": 1}, None):
        run()
    for run in runs(lambda: {"value": 1}, policy(2)):
        run()
    hub.counted("langgraph/agent", ok=2)
