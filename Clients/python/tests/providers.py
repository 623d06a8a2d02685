"""A local server that answers as OpenAI, Anthropic, Gemini and Bedrock do, and fails by a script."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any, Callable, Dict, List, Tuple

from server import CHAT, MESSAGE, Answer, Server, Stream, chat_chunk

GEMINI = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "hi"}]}, "finishReason": "STOP", "index": 0}],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}, "modelVersion": "m",
}
CONVERSE = {
    "output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}}, "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}, "metrics": {"latencyMs": 1},
}
MESSAGES: List[Dict[str, Any]] = [
    {"type": "message_start", "message": {
        "id": "x", "type": "message", "role": "assistant", "model": "m", "stop_reason": None, "stop_sequence": None,
        "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
     "usage": {"output_tokens": 2}},
    {"type": "message_stop"},
]
"""The events of a streamed answer of Anthropic."""
BEDROCK_EVENTS: List[Tuple[str, Dict[str, Any]]] = [
    ("messageStart", {"role": "assistant"}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "hi"}}),
    ("contentBlockStop", {"contentBlockIndex": 0}),
    ("messageStop", {"stopReason": "end_turn"}),
    ("metadata", {"usage": CONVERSE["usage"], "metrics": {"latencyMs": 1}}),
]
FAILURES = ("429", "503", "reset", "break", "error event")
"""What a script can say instead of ``ok``. The last two concern streamed answers."""


def bedrock_event(name: str, content: Dict[str, Any], kind: str = "event") -> bytes:
    """A message of the encoding ``vnd.amazon.eventstream``."""
    headers = b""
    for key, value in ((f":{kind}-type", name), (":content-type", "application/json"), (":message-type", kind)):
        headers += struct.pack("!B", len(key)) + key.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
    payload = json.dumps(content).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _openai(broken: bool, error: bool) -> Stream:
    chunks: List[Any] = [chat_chunk(text) for text in "abc"]
    return Stream.events(*chunks, *([{"error": {"message": "busy"}}] if error else [] if broken else ["[DONE]"]), breaks=broken)


def _anthropic(broken: bool, error: bool) -> Stream:
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    events = [*MESSAGES[:3], overloaded] if error else MESSAGES[:3] if broken else MESSAGES
    return Stream.events(*events, breaks=broken)


def _gemini(broken: bool, error: bool) -> Stream:
    busy = {"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}}
    return Stream.events(GEMINI, *([busy] if error else [] if broken else [GEMINI]), breaks=broken)


def _bedrock(broken: bool, error: bool) -> Stream:
    events = [bedrock_event(*event) for event in (BEDROCK_EVENTS[:2] if broken or error else BEDROCK_EVENTS)]
    if error:
        events.append(bedrock_event("throttlingException", {"message": "busy"}, "exception"))
    return Stream(*events, breaks=broken)


WIRES: List[Tuple[str, Any, Callable[[bool, bool], Stream]]] = [
    ("/chat/completions", CHAT, _openai),
    ("/messages", MESSAGE, _anthropic),
    (":generateContent", GEMINI, _gemini),
    (":streamGenerateContent", None, _gemini),
    ("/converse", CONVERSE, _bedrock),
    ("/converse-stream", None, _bedrock),
]
"""The ends of the paths, with the answers and the streamed answers. Without an answer, all are streamed."""


class Provider(Server):
    """Answers each request by the provider that its path belongs to; any other path with an empty object.

    :param script: what happens to the first requests: ``ok`` or one of :data:`FAILURES`. All later ones succeed.
    """

    def __init__(self, *script: str) -> None:
        super().__init__()
        self.steps = list(script)

    def answer(self, path: str, asked: bytes) -> Answer:
        step = self.steps.pop(0) if self.steps else "ok"
        if step == "reset":
            return 0, {}, None
        if step.isdigit():
            return int(step), {"retry-after": "0"}, {"error": {"message": "busy", "code": int(step)}}
        path = path.partition("?")[0]
        body, stream = next(((body, stream) for end, body, stream in WIRES if path.endswith(end)), ({}, None))
        if stream is None or (body is not None and b'"stream": true' not in asked and b'"stream":true' not in asked):
            return 200, {}, body
        kind = {"content-type": "application/vnd.amazon.eventstream"} if "/converse" in path else {}
        return 200, kind, stream(step == "break", step == "error event")
