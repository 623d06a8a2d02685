"""Hooks urllib3, and with it requests and botocore: each host is a strategy; so is each host with a ``Retry``.

``urlopen`` calls itself for each retry and each redirect. Each of these calls is one request of the host.
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple
from urllib.parse import urlsplit

from .._meter import CANCELLED, FAILED
from .._patch import complain, quietly, wrap
from .._strategy import Call
from .attempts import MOST_ATTEMPTS, LimitedCall, retried
from .gated import enter, finish, leave
from .held import HeldErrors
from .hosts import TAIL, Hosts, address, complete, failure_of, is_last_event, whole

if TYPE_CHECKING:
    from .._agent import Agent

COUNTERS = ("connect", "read", "status", "other")
"""The counters of a ``Retry`` for retries. A further one is for redirects."""


def _methods(library: Any) -> Dict[str, Any]:
    def initialise(error: Any, words: str) -> None:
        Exception.__init__(error, words)
        error.conn = error.url = error.reason = None

    return {
        "__init__": initialise,
        "pool": None,
        "__reduce__": lambda error: (_make_held, error.args),
    }


HELD = HeldErrors(
    __name__, {"urllib3.exceptions": "HostHeld"}, ("MaxRetryError", "NewConnectionError"), _methods)

__getattr__ = HELD.attribute


def _make_held(words: str) -> Any:
    return HELD.attribute("HostHeld")(words)


class _Request:
    """One request in flight of a call that may have further ones.

    :param past: the number of retries and redirects before it.
    """

    __slots__ = ("pool", "call", "retried", "past")

    def __init__(self, pool: Any, call: "Call | str", retried: Optional[LimitedCall], past: int) -> None:
        self.pool = pool
        self.call = call
        self.retried = retried
        self.past = past

    def followed(self, last: Any, wait: Optional[str] = None) -> None:
        """Records that another request follows.

        :param last: what is known of this request, in the history of its ``Retry``.
        :param wait: the ``Retry-After`` of its response.
        """
        if isinstance(self.call, str) or self.call.ended:
            return
        if last.error is not None:
            finish(self.call, last.error)
        else:
            complete(self.call, failure_of(last.status), wait)
        if self.retried is not None and last.redirect_location is None:
            self.retried.call.attempt(last.error or f"HTTP {last.status}")
            self.retried.call.waits()


class Body:
    """The response of a request, whose last byte has not come."""

    __slots__ = ("call", "failure", "wait", "outer", "tail")

    def __init__(self, call: Call, failure: Optional[str], wait: Optional[str]) -> None:
        self.call = call
        self.failure = failure
        """The error of a response whose status is a failure."""
        self.wait = wait
        """The ``Retry-After`` of such a response."""
        self.outer: Optional[Call] = None
        """The call of another strategy that lasts until the last byte."""
        self.tail = b""
        """The last bytes of the chunks so far."""

    def complete(self) -> None:
        """Records the last byte."""
        complete(self.call, self.failure, self.wait)
        if self.outer is not None:
            self.outer.finish(None)

    def broke(self, error: "BaseException | str") -> None:
        """Records an error within the body, or that the program stopped reading."""
        if isinstance(error, GeneratorExit):
            self.closed()
            return
        finish(self.call, error)
        if self.outer is not None:
            self.outer.finish(error)

    def heard(self, chunk: bytes = b"") -> None:
        """Records bytes."""
        self.tail = (self.tail + chunk[-TAIL:])[-TAIL:]  # The program may read byte by byte.
        self.call.heard = monotonic()
        if self.outer is not None:
            self.outer.hear()

    def closed(self) -> None:
        """Records that the program closed the response. Without the last byte, it gave up."""
        if self.call.ended:
            return
        # A client closes a response with an error status, or after the last event of a stream, without reading on.
        if self.failure is not None or is_last_event(self.tail):
            self.complete()
            return
        leave(self.call, CANCELLED)
        if self.outer is not None:
            self.outer.end(CANCELLED)


def body_of(response: Any) -> Optional[Body]:
    """The body of a response of the library, unless it was there with the response."""
    return getattr(getattr(response, "_original_response", None), "_fusebox_body", None)


class _Reading:
    """One reading of a body, within the library's own context for its errors."""

    __slots__ = ("inner", "response", "body")

    def __init__(self, inner: Any, response: Any, body: Body) -> None:
        self.inner = inner
        self.response = response
        self.body = body

    def __enter__(self) -> None:
        self.inner.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> Any:
        try:
            handled = self.inner.__exit__(kind, error, trace)
        except BaseException as raised:
            quietly(self.body.broke, raised)
            raise
        if error is not None:
            quietly(self.body.broke, error)
        else:
            quietly(self._read)
        return handled

    def _read(self) -> None:
        if self.body.call.ended:
            return
        self.body.heard()
        source = self.response._original_response
        if source.isclosed():
            if source.length:
                self.body.broke("IncompleteRead")
            else:
                self.body.complete()


_request: "ContextVar[Optional[_Request]]" = ContextVar("fusebox_urllib3", default=None)


def _reason(error: BaseException) -> "BaseException | str":
    """The cause of an error that ends a call."""
    reason = getattr(error, "reason", None)
    if type(reason).__name__ == "ResponseError":  # The words are "too many 503 error responses".
        return next((f"HTTP {word}" for word in str(reason).split() if word.isdigit()), error)
    return reason if isinstance(reason, Exception) else error


def _attempts(policy: Any) -> int:
    """The most requests of a call with a ``Retry``."""
    if policy.total is not None:
        return int(policy.total) + 1
    parts = [int(part) for part in (getattr(policy, name, None) for name in COUNTERS) if part is not None]
    return max(parts) + 1 if len(parts) == len(COUNTERS) else MOST_ATTEMPTS


def _limited(policy: Any, most: float) -> Any:
    """A ``Retry`` for at most ``most`` requests, of which ``policy`` knows the past ones. Redirects do not count."""
    left = max(0, int(most) - 1 - sum(1 for past in policy.history if past.redirect_location is None))
    counters: Dict[str, Any] = {}
    for name in COUNTERS:
        own = getattr(policy, name, None)
        counters[name] = left if own is None else min(own, left)
    redirects = policy.redirect if policy.redirect is not None else policy.total or 0
    return policy.new(total=left + int(redirects), redirect=redirects, **counters)


def hook(agent: "Agent", module: Any) -> None:
    retry_class = module.Retry
    pool_class = module.HTTPConnectionPool
    own_name = "urllib3.response"
    response_class = sys.modules[own_name].HTTPResponse
    held = HELD.of(sys.modules["urllib3.exceptions"])
    hosts = Hosts(agent)
    known = hosts.known

    def place_of(pool: Any, url: str) -> Tuple[Any, ...]:
        """The scheme, the host and the port that a request is for."""
        if pool.proxy is None or url.startswith("/"):
            return pool.scheme, pool.host, pool.port
        parts = urlsplit(url)  # A proxy gets the whole address.
        return parts.scheme, parts.hostname or "", parts.port

    def call_of(place: Tuple[Any, ...]) -> "Call | str":
        strategy = known.get(place)
        if strategy is None:
            strategy = hosts.find(place, address(*place), place[1])
        return enter(strategy, Call)

    def begin_retried(place: Tuple[Any, ...], policy: Any) -> Optional[LimitedCall]:
        """Begins a call of a ``Retry`` that allows retries."""
        own = _attempts(policy)
        if own <= 1:
            return None
        name = f"urllib3/{address(*place)}"
        return LimitedCall(retried(agent, name, place[1], own, "urllib3"))

    def begin(pool: Any, place: Tuple[Any, ...], policy: Any, call: "Call | str") -> _Request:
        """Begins a request of a call that may have further ones."""
        outer = _request.get()
        past = len(policy.history)
        if outer is not None and outer.pool is pool and past > outer.past:
            group = outer.retried
            outer.followed(policy.history[-1])
        else:
            group = begin_retried(place, policy)
        if isinstance(call, str) and group is not None:
            group.call.end(FAILED)
        return _Request(pool, call, group, past)

    def answered(call: Call, request: Optional[_Request], response: Any) -> None:
        """Records the status. The body follows, unless it is there already."""
        status = response.status
        failure = wait = None
        if status >= 408:  # The common case costs no call.
            failure = failure_of(status)
            wait = response.headers.get("retry-after")
        if not call.ended:  # Else the answer is that of a later request.
            source: Any = getattr(response, "_original_response", None)
            # Without ``fp``, the body is there. It has the length 0 after HEAD too.
            if getattr(source, "fp", None) is not None and source.length != 0:
                call.hear()
                source._fusebox_body = Body(call, failure, wait)
            else:
                whole(call, failure, wait)
        if request is not None and request.retried is not None:
            request.retried.call.finish(failure)

    def failed(call: Call, request: Optional[_Request], error: BaseException) -> None:
        reason = _reason(error)
        finish(call, reason)
        if request is not None and request.retried is not None:
            request.retried.call.finish(reason)

    def watched(original: Any) -> Any:
        def urlopen(
            pool: Any, method: Any, url: Any, body: Any = None, headers: Any = None, retries: Any = None,
            *arguments: Any, **named: Any
        ) -> Any:
            # Not through quietly(): its calls would cost as much as the rest.
            request = token = None
            try:
                policy = pool.retries if retries is None else retries
                if policy is not False and not isinstance(policy, retry_class):
                    redirect = arguments[0] if arguments else named.get("redirect", True)
                    retries = policy = retry_class.from_int(policy, redirect=redirect)  # It is logged: convert once.
                place = place_of(pool, url)
                call = call_of(place)
                if policy is not False and policy.total != 0:  # Else no other request follows.
                    request = begin(pool, place, policy, call)
                    if request.retried is not None and request.retried.pinned is not None:
                        retries = _limited(policy, request.retried.pinned)
            except Exception:
                complain("a call was not counted")
                return original(pool, method, url, body, headers, retries, *arguments, **named)
            if isinstance(call, str):
                raise held(call)
            if request is not None:
                token = _request.set(request)
            try:
                response = original(pool, method, url, body, headers, retries, *arguments, **named)
            except BaseException as error:
                quietly(failed, call, request, error)
                raise
            finally:
                if token is not None:
                    _request.reset(token)
            try:
                answered(call, request, response)
            except Exception:
                complain("a call was not counted")
            return response

        return urlopen

    def wrap_catcher(original: Any) -> Any:
        def error_catcher(response: Any) -> Any:
            inner = original(response)
            body = body_of(response)
            return inner if body is None else _Reading(inner, response, body)

        return error_catcher

    def wrap_chunk(original: Any) -> Any:
        def handle_chunk(response: Any, amt: Any) -> Any:
            chunk = original(response, amt)
            body = body_of(response)
            if body is not None and not body.call.ended:
                quietly(body.heard, chunk)
            return chunk

        return handle_chunk

    def wrap_close(original: Any) -> Any:
        def close(response: Any) -> None:
            body = body_of(response)
            caller = sys._getframe().f_back  # There may be none, as at the end of the process.
            # The library closes a response that is not well formed, and raises an error.
            if body is not None and (caller is None or caller.f_globals.get("__name__") != own_name):
                quietly(body.closed)
            original(response)

        return close

    def wrap_sleep(original: Any) -> Any:
        def sleep(policy: Any, response: Any = None) -> None:
            quietly(waits, policy, response)
            original(policy, response)

        return sleep

    def waits(policy: Any, response: Any) -> None:
        request = _request.get()
        if request is not None and len(policy.history) > request.past:
            request.followed(policy.history[-1], None if response is None else response.headers.get("retry-after"))

    wrap(pool_class, "urlopen", watched)
    wrap(response_class, "_error_catcher", wrap_catcher)
    wrap(response_class, "_handle_chunk", wrap_chunk)
    wrap(response_class, "close", wrap_close)
    wrap(retry_class, "sleep", wrap_sleep)

