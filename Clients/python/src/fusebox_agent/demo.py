"""The Python agent of the demo: httpx, tenacity and pybreaker call a local server whose failures follow a script.

``fusebox demo --python`` and ``python -m fusebox_agent.demo`` run it.
"""

from __future__ import annotations

import argparse
import http.server
import os
import random
import signal
import sys
import threading
import time
from typing import Any, List, Tuple

Phase = Tuple[float, float, int]

SCRIPT: "dict[str, List[Phase]]" = {
    # Seconds, the share of requests that fail, and their status.
    "/search": [(20, 0.05, 503), (15, 0.6, 503), (10, 0.2, 503)],
    "/embed": [(25, 0.02, 500), (12, 0.95, 500), (8, 0.0, 500)],
    "/rank": [(30, 0.1, 429), (10, 0.5, 429)],
}


def share_and_status(phases: List[Phase], elapsed: float) -> "tuple[float, int]":
    """The failure share and status at a time. The script repeats."""
    elapsed %= sum(seconds for seconds, _, _ in phases)
    for seconds, share, status in phases:
        if elapsed < seconds:
            return share, status
        elapsed -= seconds
    raise AssertionError("the time is past the end of the script")


def serve(seed: int) -> int:
    """Starts the failing server and returns its port."""
    chance = random.Random(seed)
    begun = time.monotonic()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            share, status = share_and_status(SCRIPT[self.path], time.monotonic() - begun)
            time.sleep(chance.uniform(0.005, 0.05))
            self.send_response(status if chance.random() < share else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def work(url: str) -> None:
    """Starts threads that call the services in a loop."""
    import httpx
    import pybreaker
    import tenacity

    client = httpx.Client(base_url=url, timeout=2)
    embedder = pybreaker.CircuitBreaker(fail_max=5, reset_timeout=8, name="py/embedder")

    @tenacity.retry(
        stop=tenacity.stop_after_attempt(5), wait=tenacity.wait_random_exponential(0.05, max=0.5),
        retry=tenacity.retry_if_exception_type(httpx.HTTPStatusError),
    )
    def search() -> None:
        client.get("/search").raise_for_status()

    @tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_fixed(0.05))
    def rank() -> None:
        client.get("/rank").raise_for_status()

    def embed() -> None:
        embedder.call(lambda: client.get("/embed").raise_for_status())

    def again(call: Any, pause: float) -> None:
        while True:
            try:
                call()
            except (tenacity.RetryError, httpx.HTTPError, pybreaker.CircuitBreakerError):
                pass
            time.sleep(pause)

    for call, pause in ((search, 0.1), (rank, 0.15), (embed, 0.1)):
        threading.Thread(target=again, args=(call, pause), daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fusebox_agent.demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="seed of the random failures")
    parser.add_argument("--parent", type=int, help="exit when the parent process with this id has ended")
    parser.add_argument("--check", action="store_true", help="check that the libraries are installed, then exit")
    options = parser.parse_args()
    try:
        import httpx, pybreaker, tenacity  # noqa: E401, F401
    except ImportError as error:
        sys.exit(f"fusebox_agent.demo: {error}; pip install 'fusebox-agent[demo]'")
    if options.check:
        return
    import fusebox_agent

    fusebox_agent.install(os.environ.get("FUSEBOX_AGENT") or "pyagent")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    work(f"http://127.0.0.1:{serve(options.seed)}")
    while options.parent is None or os.getppid() == options.parent:
        time.sleep(0.5)


if __name__ == "__main__":
    main()
