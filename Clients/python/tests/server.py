"""A local HTTP server that sends scripted answers."""

from __future__ import annotations

import http.server
import json
import threading
from typing import Any, Dict, List, Tuple

Answer = Tuple[int, Dict[str, str], Any]
"""The status, the headers, and the body: an object to send as JSON, or a :class:`Stream`. Status 0 closes the connection."""

CHAT = {
    "id": "x", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
MESSAGE = {
    "id": "x", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": None,
    "content": [{"type": "text", "text": "hi"}], "usage": {"input_tokens": 1, "output_tokens": 1},
}

GEMINI = {
    "candidates": [{"index": 0, "finishReason": "STOP", "content": {"role": "model", "parts": [{"text": "hi"}]}}],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
}
GEMINI_BUSY = {"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}}


class Stream:
    """A body that is sent in parts.

    :param parts: the parts; an event is waited for.
    :param breaks: whether the connection is closed before the end of the body.
    """

    def __init__(self, *parts: "bytes | threading.Event", breaks: bool = False) -> None:
        self.parts = parts
        self.breaks = breaks

    @staticmethod
    def events(*events: Any, breaks: bool = False) -> "Stream":
        """Server-sent events. A text is sent as it is, an object as JSON with the event's name if it has a type."""
        parts = []
        for event in events:
            name = f"event: {event['type']}\n" if isinstance(event, dict) and "type" in event else ""
            data = event if isinstance(event, str) else json.dumps(event)
            parts.append(f"{name}data: {data}\n\n".encode())
        return Stream(*parts, breaks=breaks)


def chat_chunk(text: str) -> Dict[str, Any]:
    """A part of a streamed answer of OpenAI's chat."""
    return {
        "id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
    }


class Server:
    """Sends the answers of the script in order, and repeats the last one."""

    def __init__(self, *script: Answer) -> None:
        self.script: List[Answer] = list(script)
        self.requests: List[Dict[str, str]] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                asked = self.rfile.read(int(self.headers.get("content-length", 0)))
                server.requests.append({key.lower(): value for key, value in self.headers.items()})
                status, headers, body = server.answer(self.path, asked)
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                if isinstance(body, Stream):
                    self.send_parts(body, headers)
                    return
                data = json.dumps(body).encode()
                for key, value in {**headers, "content-type": "application/json"}.items():
                    self.send_header(key, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def send_parts(self, body: Stream, headers: Dict[str, str]) -> None:
                for key, value in {"content-type": "text/event-stream", **headers, "transfer-encoding": "chunked"}.items():
                    self.send_header(key, value)
                self.end_headers()
                for part in body.parts:
                    if isinstance(part, threading.Event):
                        part.wait(10)
                        continue
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                    self.wfile.flush()
                if body.breaks:
                    self.close_connection = True
                else:
                    self.wfile.write(b"0\r\n\r\n")

            do_GET = do_POST = answer

            def log_message(self, *arguments: Any) -> None:
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.host = f"127.0.0.1:{self._http.server_port}"
        self.url = f"http://{self.host}"

    def answer(self, path: str, asked: bytes) -> Answer:
        """The answer to a request for a path with a body."""
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
