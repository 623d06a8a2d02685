"""One command holds a provider in ten agents that reach it through ten different clients."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator

import pytest
from providers import Provider
from test_hub import RealHub, real

__all__ = ["real"]

SOURCE = str(Path(__file__).parents[2] / "src")

FRAME = """
import asyncio, os, sys
import fusebox_agent
fusebox_agent.install(sys.argv[1])
url = sys.argv[2]
ask = {{"model": "m", "messages": [{{"role": "user", "content": "hi"}}]}}
{program}
for line in sys.stdin:
    try:
        answer = call()
        if asyncio.iscoroutine(answer):
            answer = asyncio.run(answer)
        print("ok" if answer else "nothing", flush=True)
    except Exception as error:
        print(type(error).__name__, str(error).replace("\\n", " "), flush=True)
"""
"""A program that makes a call for each line that it reads, and prints how it went."""

PROGRAMS: Dict[str, str] = {
    "openai": """
import openai
ai = openai.OpenAI(api_key="k", base_url=f"{url}/v1")
def call(): return ai.chat.completions.create(**ask)
""",
    "openai-async": """
import openai
async def call():
    async with openai.AsyncOpenAI(api_key="k", base_url=f"{url}/v1") as ai:
        return await ai.chat.completions.create(**ask)
""",
    "anthropic": """
import anthropic
ai = anthropic.Anthropic(api_key="k", base_url=url)
def call(): return ai.messages.create(max_tokens=9, **ask)
""",
    "litellm": """
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
router = litellm.Router(num_retries=2, model_list=[{
    "model_name": "chat", "litellm_params": {"model": "openai/m", "api_key": "k", "api_base": f"{url}/v1"}}])
def call(): return router.completion("chat", ask["messages"])
""",
    "langgraph": """
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import RetryPolicy
model = ChatOpenAI(model="m", api_key="k", base_url=f"{url}/v1")
graph = StateGraph(MessagesState)
graph.add_node("ask", lambda state: {"messages": [model.invoke(state["messages"])]}, retry_policy=RetryPolicy())
graph.add_edge(START, "ask")
graph.add_edge("ask", END)
compiled = graph.compile()
def call(): return compiled.invoke({"messages": ["hi"]})
""",
    "google-genai": """
from google import genai
ai = genai.Client(api_key="k", http_options={"base_url": url})
def call(): return ai.models.generate_content(model="m", contents="hi")
""",
    "google-genai-async": """
from google import genai
async def call():
    ai = genai.Client(api_key="k", http_options={"base_url": url})
    return await ai.aio.models.generate_content(model="m", contents="hi")
""",
    "boto3": """
import boto3
ai = boto3.client("bedrock-runtime", region_name="eu-west-1", endpoint_url=url, aws_access_key_id="k",
                  aws_secret_access_key="s")
def call(): return ai.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "hi"}]}])
""",
    "requests": """
import requests
def call(): return requests.post(f"{url}/v1/chat/completions", json=ask).json()
""",
    "aiohttp": """
import aiohttp
async def call():
    async with aiohttp.ClientSession() as session, session.post(f"{url}/v1/chat/completions", json=ask) as response:
        return await response.json()
""",
}


@pytest.fixture
def server() -> Iterator[Provider]:
    with Provider() as server:
        yield server


def test_one_command_holds_a_provider_in_ten_agents(real: RealHub, server: Provider) -> None:
    environment = {**real.environment, "PYTHONPATH": SOURCE, "FUSEBOX_SOCKET": real.path, "NO_PROXY": "127.0.0.1"}
    agents = {
        name: subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", FRAME.format(program=program), name, server.url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        for name, program in PROGRAMS.items()}

    def calls() -> Dict[str, str]:
        for agent in agents.values():
            print(file=agent.stdin, flush=True)
        return {name: agent.stdout.readline().strip() for name, agent in agents.items()}  # type: ignore[union-attr]

    try:
        assert calls() == dict.fromkeys(PROGRAMS, "ok")
        asked = len(server.requests)
        held = real.run("breaker", "open", f"*:http/{server.host}", "--for", "1h", "--reason", "vendor down", "--yes")
        assert held.returncode == 0, held.stderr
        words = f"{server.host} is held by an operator: vendor down until "
        assert {name: words in said for name, said in calls().items()} == dict.fromkeys(PROGRAMS, True)
        assert len(server.requests) == asked
        assert real.run("breaker", "reset", f"*:http/{server.host}", "--yes").returncode == 0
        assert calls() == dict.fromkeys(PROGRAMS, "ok")
    finally:
        for agent in agents.values():
            agent.stdin.close()  # type: ignore[union-attr]
            agent.wait(30)
