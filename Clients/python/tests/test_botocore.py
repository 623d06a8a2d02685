"""botocore, which boto3 and the other libraries of AWS use."""

from __future__ import annotations

import pickle
from typing import Any, Callable

import botocore.exceptions
import botocore.session
import fusebox_agent
import pytest
from botocore.config import Config
from hub import Hub
from providers import Provider
from server import Server

ASK = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "hi"}]}]}


def client(url: str, attempts: int = 1, mode: str = "standard", service: str = "bedrock-runtime") -> Any:
    return botocore.session.Session().create_client(
        service, region_name="eu-west-1", endpoint_url=url, aws_access_key_id="k", aws_secret_access_key="s",
        config=Config(retries={"total_max_attempts": attempts, "mode": mode}))


def converse(ai: Any) -> str:
    return str(ai.converse(**ASK)["output"]["message"]["content"][0]["text"])


def converse_stream(ai: Any) -> str:
    events = ai.converse_stream(**ASK)["stream"]
    return "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits before retries take no time."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_calls_of_a_service_are_counted_with_their_retries(hub: Hub, mode: str) -> None:
    with Provider("503", "503") as server:
        assert converse(client(server.url, 4, mode)) == "hi"
    s = f"botocore/bedrock-runtime@{server.host}"
    assert hub.counted(s, ok=1, attempts=3)["errors"] == {"HTTP 503": 2}
    assert hub.counted(f"http/{server.host}", ok=1, failed=2)["errors"] == {"HTTP 503": 2}
    assert hub.declared(s)["limits"][0]["value"] == 4


def test_throttling_is_a_failure_by_its_code_and_a_callers_error_is_none(hub: Hub) -> None:
    throttled = (400, {"x-amzn-errortype": "ThrottlingException"}, {"message": "busy"})
    invalid = (400, {"x-amzn-errortype": "ValidationException"}, {"message": "bad"})
    with Server(throttled, invalid) as server:
        for code in ("ThrottlingException", "ValidationException"):
            with pytest.raises(botocore.exceptions.ClientError, match=code):
                converse(client(server.url))
    total = hub.counted(f"botocore/bedrock-runtime@{server.host}", ok=1, failed=1)
    assert total["errors"] == {"ThrottlingException": 1}


@pytest.mark.parametrize("response", [{}, {"Error": None}, {"Error": {}}])
def test_error_without_a_code_is_counted_by_type(hub: Hub, response: Any) -> None:
    with pytest.raises(botocore.exceptions.ClientError), fusebox_agent.call("c"):
        error = botocore.exceptions.ClientError({}, "operation")
        error.response = response
        raise error
    assert hub.counted("c", failed=1)["errors"] == {"ClientError": 1}


def test_error_that_is_not_retried_is_one_attempt(hub: Hub) -> None:
    with Server((501, {}, {})) as server, pytest.raises(botocore.exceptions.ClientError):
        converse(client(server.url, 4))
    hub.counted(f"botocore/bedrock-runtime@{server.host}", failed=1, attempts=1)


def test_unreachable_host_is_a_failure_with_the_name_that_all_clients_use(hub: Hub) -> None:
    with Server((200, {}, {})) as server:
        pass
    with pytest.raises(botocore.exceptions.EndpointConnectionError):
        converse(client(server.url))
    for s in (f"botocore/bedrock-runtime@{server.host}", f"http/{server.host}"):
        assert hub.counted(s, failed=1)["errors"] == {"ConnectError": 1}


def test_operators_limit_of_attempts_applies_from_the_next_call(hub: Hub) -> None:
    with Provider(*["503"] * 20) as server:
        ai = client(server.url, 4)
        with pytest.raises(botocore.exceptions.ClientError):
            converse(ai)
        s = f"botocore/bedrock-runtime@{server.host}"
        hub.declared(s)
        assert hub.order(s, "set_limit", name="max_attempts", value=2)["ok"]
        with pytest.raises(botocore.exceptions.ClientError):
            converse(ai)
        assert len(server.requests) == 4 + 2
        assert hub.order(s, "set_limit", name="max_attempts", value=5)["ok"] is False
    hub.counted(s, failed=2, attempts=6)


@pytest.mark.parametrize("call", [converse, converse_stream])
@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_held_host_ends_a_call_without_a_retry(hub: Hub, call: Callable[[Any], str], mode: str) -> None:
    with Provider() as server:
        ai = client(server.url, 4, mode)
        assert call(ai) == "hi"
        hub.declared(f"http/{server.host}")
        assert hub.order(f"http/{server.host}", "open", reason="vendor down")["ok"]
        with pytest.raises(botocore.exceptions.EndpointConnectionError) as raised:
            call(ai)
        for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
            assert str(error) == f"{server.host} is held by an operator: vendor down until it is reset"
        assert len(server.requests) == 1
        assert hub.order(f"http/{server.host}", "reset")["ok"]
        assert call(ai) == "hi"
    for s in (f"http/{server.host}", f"botocore/bedrock-runtime@{server.host}"):
        assert hub.counted(s, ok=2, rejected=1)["failed"] == 0


def test_streamed_answer_is_one_call_until_its_last_event(hub: Hub) -> None:
    with Provider() as server:
        assert converse_stream(client(server.url)) == "hi"
    for s in (f"http/{server.host}", f"botocore/bedrock-runtime@{server.host}"):
        hub.counted(s, ok=1, failed=0, cancelled=0)


@pytest.mark.parametrize("failure", ["break", "error event"])
def test_broken_stream_and_error_event_are_failures(hub: Hub, failure: str) -> None:
    with Provider(failure, failure) as server:
        for _ in range(2):
            with pytest.raises(Exception):
                converse_stream(client(server.url))
    total = hub.counted(f"botocore/bedrock-runtime@{server.host}", failed=2)
    assert total["ok"] == 0


def test_stream_that_the_program_leaves_is_a_cancellation(hub: Hub) -> None:
    with Provider() as server:
        stream = client(server.url).converse_stream(**ASK)["stream"]
        next(iter(stream))
        stream.close()
    for s in (f"http/{server.host}", f"botocore/bedrock-runtime@{server.host}"):
        hub.counted(s, cancelled=1)
