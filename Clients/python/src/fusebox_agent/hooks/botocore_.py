"""Hooks botocore, and with it boto3: a strategy for each service, with the retries of its client.

Requests are also counted under their hosts, by the hook of urllib3.
"""

from __future__ import annotations

import importlib
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Dict, Optional
from urllib.parse import urlsplit

from .._gate import held_error, is_held
from .._meter import FAILED
from .._patch import quietly, wrap
from .._strategy import Strategy, is_cancellation
from .attempts import LimitedCall, retried
from .held import HeldErrors
from .hosts import address, failure_of
from .urllib3_ import body_of

if TYPE_CHECKING:
    from .._agent import Agent

OWN_HOST = ".amazonaws.com"
"""The end of the names of the library's own hosts. Calls to other hosts are strategies of their own."""
THROTTLED = frozenset((
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
    "EC2ThrottledException", "ModelNotReadyException",
))
"""The error codes of throttling, which can have the status 400. Source: the AWS SDK's standard retry mode."""
LEGACY_ATTEMPTS = {"dynamodb": 10}
"""The attempts of the retry mode ``legacy``, which are 5 for all other services."""


def _methods(library: Any) -> Dict[str, Any]:
    return {"fmt": "{words}"}


HELD = HeldErrors(__name__, {"botocore.exceptions": "BotocoreHeld"}, ("EndpointConnectionError",), _methods)

__getattr__ = HELD.attribute


class _Client:
    """What is known of a client. It is an attribute of the client's endpoint."""

    __slots__ = ("name", "host", "attempts")

    def __init__(self, endpoint: Any, attempts: Optional[int]) -> None:
        parts = urlsplit(endpoint.host)
        self.host = parts.hostname or ""
        self.name = f"botocore/{endpoint._endpoint_prefix}"
        """The name of its strategy."""
        if not self.host.endswith(OWN_HOST):
            self.name = f"{self.name}@{address(parts.scheme, self.host, parts.port)}"
        self.attempts = attempts
        """The attempts that its configuration allows, if they are known."""


class _Request(LimitedCall):
    """A call in flight."""

    __slots__ = ("failed",)

    def __init__(self, strategy: Strategy) -> None:
        super().__init__(strategy)
        self.failed = False
        """Whether the last attempt failed and is recorded."""

    def attempted(self, error: "BaseException | str | None") -> None:
        """Records an attempt that failed. The client may wait and try again."""
        self.failed = error is not None
        if error is not None:
            self.call.attempt(error)
            self.call.waits()

    def finish(self, error: "BaseException | str | None") -> None:
        """Ends the call with its last attempt."""
        if self.failed and not (isinstance(error, BaseException) and is_cancellation(error)):
            self.call.end(FAILED)
        else:
            self.call.finish(error)


_request: "ContextVar[Optional[_Request]]" = ContextVar("fusebox_botocore", default=None)


def _own_attempts(client: Any) -> int:
    """The attempts that the configuration of a client allows."""
    retries = client.meta.config.retries or {}
    attempts = retries.get("total_max_attempts")
    if attempts is not None:
        return int(attempts)
    service = client.meta.service_model.endpoint_prefix
    if retries.get("mode", "legacy") == "legacy":
        return LEGACY_ATTEMPTS.get(service, 5)
    standard: Any = sys.modules["botocore.retries.standard"]
    by_service = getattr(standard, "_SERVICE_MAX_ATTEMPTS", {})
    event = client.meta.service_model.service_id.hyphenize()
    return int(by_service.get(event, standard.DEFAULT_MAX_ATTEMPTS))


def _failure(response: Any) -> Optional[str]:
    """The error of an answer; ``None`` for a success, and for an error that is the caller's."""
    if response is None:
        return None
    code = str(response[1].get("Error", {}).get("Code", ""))
    return code if code in THROTTLED else failure_of(response[0].status_code)


def hook(agent: "Agent", module: Any) -> None:
    held = HELD.of(importlib.import_module("botocore.exceptions"))
    endpoint_class = importlib.import_module("botocore.endpoint").Endpoint

    def begin(endpoint: Any) -> _Request:
        client: Optional[_Client] = getattr(endpoint, "_fusebox_client", None)
        if client is None:  # A client from before the hook.
            client = endpoint._fusebox_client = _Client(endpoint, None)
        return _Request(retried(agent, client.name, client.host, client.attempts, "botocore", most=1))

    def wrap_retries(original: Any) -> Any:
        def register_retries(creator: Any, client: Any) -> None:
            original(creator, client)
            quietly(note, client)

        return register_retries

    def note(client: Any) -> None:
        client._endpoint._fusebox_client = _Client(client._endpoint, _own_attempts(client))

    def wrap_call(original: Any) -> Any:
        def send_request(endpoint: Any, request_dict: Any, operation: Any) -> Any:
            request = quietly(begin, endpoint)
            if request is None:
                return original(endpoint, request_dict, operation)
            token = _request.set(request)
            try:
                result = original(endpoint, request_dict, operation)
            except BaseException as error:
                quietly(request.finish, error)
                raise
            finally:
                _request.reset(token)
            quietly(answered, request, operation, result)
            return result

        return send_request

    def answered(request: _Request, operation: Any, result: Any) -> None:
        failure = _failure(result)
        is_streamed = operation.has_streaming_output or operation.has_event_stream_output
        body = body_of(result[0].raw) if failure is None and is_streamed else None
        if body is None or body.call.ended:
            request.finish(failure)
        else:
            request.call.hear()
            body.outer = request.call

    def wrap_needs_retry(original: Any) -> Any:
        def needs_retry(
            endpoint: Any, attempts: int, operation: Any, request_dict: Any, response: Any = None,
            caught_exception: Any = None
        ) -> Any:
            request = _request.get()
            if request is None:
                return original(endpoint, attempts, operation, request_dict, response, caught_exception)
            if caught_exception is not None and is_held(caught_exception, request.call.start):
                return False  # A held host is not tried again.
            quietly(request.attempted, caught_exception or quietly(_failure, response))
            if request.pinned is not None and attempts >= request.pinned:
                return False
            result = original(endpoint, attempts, operation, request_dict, response, caught_exception)
            if result and not request.failed:
                quietly(request.attempted, f"HTTP {response[0].status_code}")
            return result

        return needs_retry

    def wrap_send(original: Any) -> Any:
        def send(session: Any, request: Any) -> Any:
            try:
                return original(session, request)
            except Exception as error:
                cause = held_error(error)
                if cause is None or isinstance(error, held):
                    raise
                raise held(endpoint_url=request.url, words=str(cause)) from cause

        return send

    def wrap_event(original: Any) -> Any:
        def parse_event(stream: Any, event: Any) -> Any:
            try:
                return original(stream, event)
            except Exception as error:
                body = body_of(stream._raw_stream)
                if body is not None and body.outer is not None:
                    quietly(body.outer.finish, error)
                raise

        return parse_event

    wrap(module.ClientCreator, "_register_retries", wrap_retries)
    wrap(endpoint_class, "_send_request", wrap_call)
    wrap(endpoint_class, "_needs_retry", wrap_needs_retry)
    wrap(importlib.import_module("botocore.httpsession").URLLib3Session, "send", wrap_send)
    wrap(importlib.import_module("botocore.eventstream").EventStream, "_parse_event", wrap_event)
