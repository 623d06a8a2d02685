"""The names of strategies for retried functions and loops. The libraries and notebooks are imitated."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any, List, Optional

import fusebox_agent
import pytest
import tenacity
from fusebox_agent.hooks.names import callable_name, function_name, library_name, loop_name
from hub import Hub

CELLS = ["<ipython-input-3-0a1b>", "/tmp/ipykernel_81/2317.py", "C:\\Temp\\ipykernel_8\\1.py", "<command-12>"]


def frame(module: str, name: str, file: str = "/app/main.py", back: Any = None, **variables: Any) -> Any:
    """A frame.

    :param name: the qualified name of its function.
    """
    code = SimpleNamespace(
        co_qualname=name, co_name=name.rpartition(".")[2], co_filename=file, co_varnames=tuple(variables))
    return SimpleNamespace(f_globals={"__name__": module}, f_code=code, f_locals=variables, f_back=back)


def function(module: str, name: str, file: str = "/app/main.py") -> Any:
    return SimpleNamespace(__module__=module, __qualname__=name, __code__=SimpleNamespace(co_filename=file))


@pytest.mark.parametrize("module, name, expected", [
    ("shop.pay", "charge", "shop.pay.charge"),
    ("shop.pay", "Worker.run", "shop.pay.Worker.run"),
    ("shop.pay", "outer.<locals>.inner", "shop.pay.outer.inner"),
    ("shop.pay", "Worker.run.<locals>.<listcomp>", "shop.pay.Worker.run"),
    ("shop.pay", "<module>", "shop.pay"),
    ("__main__", "Worker.run", "Worker.run"),
    ("__main__", "<module>", "nightly"),
])
def test_loop_has_the_qualified_name_of_its_function(module: str, name: str, expected: str) -> None:
    assert loop_name(frame(module, name, "/app/nightly.py")) == expected
    if name == "<module>" and module == "__main__":
        assert loop_name(frame(module, name, "<string>")) == "main"


@pytest.mark.parametrize("file", CELLS)
@pytest.mark.parametrize("name, expected", [
    ("fetch", "notebook.fetch"), ("Worker.run", "notebook.Worker.run"), ("<module>", "notebook"),
])
def test_code_in_a_notebook_has_the_same_name_in_every_run(file: str, name: str, expected: str) -> None:
    assert loop_name(frame("__main__", name, file)) == expected
    if name != "<module>":
        decorated = function("__main__", name, file)
        assert function_name(callable_name(decorated)) == expected
        wrapper = function("__main__", name)
        wrapper.__wrapped__ = decorated
        assert function_name(callable_name(wrapper)) == expected


class Client:
    def send(self) -> Any:
        return sys._getframe()

    @classmethod
    def make(cls) -> Any:
        return sys._getframe()


class Special(Client):
    pass


def test_method_has_its_class_in_its_name_before_python_3_11_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for real, expected in ((Special().send(), "Client.send"), (Special.make(), "Client.make")):
        assert loop_name(real) == f"{__name__}.{expected}"
        old = SimpleNamespace(
            co_name=real.f_code.co_name, co_varnames=real.f_code.co_varnames, co_filename=real.f_code.co_filename)
        monkeypatch.setattr(Client, old.co_name, SimpleNamespace(__code__=old))
        seen = SimpleNamespace(f_globals=real.f_globals, f_locals=real.f_locals, f_code=old)
        assert loop_name(seen) == f"{__name__}.{expected}"


def runnable(name: Optional[str]) -> Any:
    return SimpleNamespace(bound=type("ChatOpenAI", (), {"name": name})())


def create() -> None:
    pass


create.__module__, create.__qualname__ = "openai.resources.chat.completions.completions", "AsyncCompletions.create"
LOOP = "langchain_core.runnables.retry"
CORE = "instructor.v2.core.retry"
GENAI = "google.genai._api_client"


@pytest.mark.parametrize("module, at, expected", [
    (LOOP, frame(LOOP, "RunnableRetry._invoke", self=runnable(None)), "langchain/ChatOpenAI"),
    (LOOP, frame(LOOP, "RunnableRetry._batch", self=runnable("summary")), "langchain/summary"),
    (LOOP, frame(LOOP, "RunnableRetry._batch", self=runnable("a b {'key': 1}")), "langchain/ChatOpenAI"),
    (LOOP, frame(LOOP, "RunnableRetry._invoke"), "langchain/RunnableRetry"),
    (CORE, frame(CORE, "retry_async_v2", func=create), "instructor/openai.Completions.create"),
    (CORE, frame(CORE, "retry_sync_v2"), "instructor/retry"),
    (GENAI, frame(GENAI, "BaseApiClient._request", back=frame(
        "google.genai.models", "Models._generate_content", back=frame("google.genai.chats", "Chat.send_message"))),
     "genai/models.generate_content"),
    (GENAI, frame(GENAI, "BaseApiClient._async_request", back=frame("google.genai.caches", "AsyncCaches.create")),
     "genai/caches.create"),
    (GENAI, frame(GENAI, "BaseApiClient._request"), "genai/request"),
    ("shop.pay", frame("shop.pay", "charge"), None),
    ("instructors.pay", frame("instructors.pay", "charge", func=create), None),
])
def test_retry_inside_a_library_is_named_after_what_the_program_calls(module: str, at: Any, expected: Any) -> None:
    assert library_name(module, at) == expected


def test_library_that_retries_with_one_function_has_a_strategy_for_each_method(hub: Hub) -> None:
    space = {"__name__": "google.genai._api_client", "tenacity": tenacity}
    exec("def _request_once(): pass\ndef request(): tenacity.Retrying()(_request_once)", space)
    models = {"__name__": "google.genai.models", "request": space["request"]}
    exec("def _generate_content(): request()\ndef count_tokens(): request()", models)
    for _ in range(2):
        models["_generate_content"]()  # type: ignore[operator]
        models["count_tokens"]()  # type: ignore[operator]
    hub.counted("genai/models.generate_content", ok=2)
    hub.counted("genai/models.count_tokens", ok=2)


def test_library_does_not_try_a_held_host_again(hub: Hub) -> None:
    def send() -> None:
        calls.append(1)
        raise fusebox_agent.Held("the host is held by an operator")

    calls: List[int] = []
    send.__module__ = "google.genai._api_client"
    space = {"__name__": "google.genai.models", "tenacity": tenacity, "send": send}
    exec("def count_tokens(): tenacity.Retrying(stop=tenacity.stop_after_attempt(4), reraise=True)(send)", space)
    with pytest.raises(fusebox_agent.Held):
        space["count_tokens"]()  # type: ignore[operator]
    assert len(calls) == 1
    hub.counted("genai/models.count_tokens", rejected=1, failed=0)
