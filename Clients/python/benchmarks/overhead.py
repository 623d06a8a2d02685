"""Measures what counting adds to a call; also memory, forks and the exit with the hub absent, present and stuck.

Usage: ``python benchmarks/overhead.py``. Needs tenacity, pybreaker, httpx, urllib3, botocore and aiohttp. The rows of a
library that is missing are left out. httpx, urllib3 and botocore send nothing: their connections have the answers.
aiohttp calls a server in its own event loop.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "src")]

CALLS = int(os.environ.get("FUSEBOX_CALLS", "1000000"))
PROCESSES = int(os.environ.get("FUSEBOX_PROCESSES", "3"))

COST = """
import importlib, json, time
import fusebox_agent

def nothing(): pass

def blocks(n):
    for _ in range(n):
        with fusebox_agent.call('c'): pass

work = {'block': lambda: (blocks, 5_000)}
try:
    import tenacity
    def retries():
        retried = tenacity.retry(stop=tenacity.stop_after_attempt(3))(nothing)
        def run(n):
            for _ in range(n): retried()
        return run, 1_000
    work['tenacity'] = retries
except ImportError: pass
try:
    import pybreaker
    def breaks():
        call = pybreaker.CircuitBreaker(name='b').call
        def run(n):
            for _ in range(n): call(nothing)
        return run, 5_000
    work['pybreaker'] = breaks
except ImportError: pass
try:
    import httpx
    def requests():
        client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
        def run(n):
            for _ in range(n): client.get('http://host/')
        return run, 200
    work['httpx'] = requests
except ImportError: pass
try:
    import io, urllib3
    class Socket:
        def sendall(self, data): pass
        def makefile(self, *mode): return io.BytesIO(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}')
        def settimeout(self, seconds): pass
        def setsockopt(self, *option): pass
        def close(self): pass
    class Connection(urllib3.connection.HTTPConnection):
        is_connected = True
        def connect(self): self.sock = Socket()
    def pooled():
        pool = urllib3.HTTPConnectionPool('host', retries=False)
        pool.ConnectionCls = Connection
        def run(n):
            for _ in range(n): pool.urlopen('GET', '/')
        return run, 200
    work['urllib3'] = pooled
except ImportError: pass
try:
    import botocore.session
    from botocore.awsrequest import AWSResponse
    def of_botocore():
        client = botocore.session.Session().create_client(
            'sts', region_name='eu-west-1', aws_access_key_id='k', aws_secret_access_key='s')
        answer = AWSResponse('', 200, {}, None)
        answer._content = b'<R><GetCallerIdentityResult/></R>'
        client.meta.events.register('before-send', lambda **named: answer)
        def run(n):
            for _ in range(n): client.get_caller_identity()
        return run, 20
    work['botocore'] = of_botocore
except ImportError: pass
try:
    import aiohttp, asyncio
    class Answers(asyncio.Protocol):
        def connection_made(self, transport): self.transport = transport
        def data_received(self, data): self.transport.write(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}')
    async def get(url, n):
        async with aiohttp.ClientSession() as session:
            for _ in range(n):
                async with session.get(url) as response: await response.read()
    def of_aiohttp():
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(loop.create_server(Answers, '127.0.0.1', 0))
        url = f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}/'
        return lambda n: loop.run_until_complete(get(url, n)), 200
    work['aiohttp'] = of_aiohttp
except ImportError: pass

best = {}
for _ in range(4):
    for watched in (False, True):
        if watched:
            fusebox_agent.install('bench')
        for name, make in work.items():
            run, n = make()
            run(n)
            for _ in range(8):
                start = time.perf_counter()
                run(n)
                took = (time.perf_counter() - start) / n * 1e6
                pair = best.setdefault(name, [1e9, 1e9])
                pair[watched] = min(pair[watched], took)
        if watched:
            fusebox_agent.uninstall()
print(json.dumps(best))
"""
"""Measures unwatched and watched calls in turn and prints the shortest times in microseconds."""

EFFECTS = """
import json, os, resource, sys, time
import fusebox_agent
fusebox_agent.install('bench')

def calls(n):
    for _ in range(n):
        with fusebox_agent.call('c'): pass

calls(20_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
calls(int(sys.argv[1]))
grew = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
forks = []
for _ in range(50):
    start = time.perf_counter()
    child = os.fork()
    if not child:
        os._exit(0)
    forks.append(time.perf_counter() - start)
    os.waitpid(child, 0)
    with fusebox_agent.call('c'): pass
print(json.dumps({'grew': grew, 'fork': sorted(forks)[25] * 1e3, 'ended_at': time.time()}), flush=True)
"""


def run(program: str, path: str, *arguments: str) -> "tuple[Dict[str, Any], float]":
    """Runs a program. Returns what it printed, and when it had ended."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent / "src"), "FUSEBOX_SOCKET": path})
    return json.loads(done.stdout), time.time()


def costs() -> None:
    from hub import Hub

    best: Dict[str, List[float]] = {}
    hub = Hub().listen()
    for _ in range(PROCESSES):
        for name, pair in run(COST, hub.path)[0].items():
            best[name] = [min(old, new) for old, new in zip(best.get(name, pair), pair)]
    hub.remove()
    print(f"{'call':12}{'unwatched':>12}{'watched':>12}{'difference':>13}")
    for name, (before, after) in best.items():
        print(f"{name:12}{before:>9.2f} us{after:>9.2f} us{after - before:>+10.2f} us")


def effects() -> None:
    from hub import Hub

    print(f"{'hub':12}{f'memory of {CALLS:,} calls':>28}{'fork':>10}{'exit':>10}")
    for mode in ("absent", "present", "stuck"):
        hub = Hub()
        if mode != "absent":
            hub.listen(reads=mode == "present")
        out, end = run(EFFECTS, hub.path, str(CALLS))
        hub.remove()
        print(f"{mode:12}{out['grew']:>+24,} KiB{out['fork']:>7.1f} ms{(end - out['ended_at']) * 1e3:>7.0f} ms")


def starts() -> None:
    def best(line: str) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", line], check=True,
                           env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")})
            times.append(time.perf_counter() - start)
        return min(times)

    bare = best("pass")
    for line in ("import fusebox_agent", "import fusebox_agent; fusebox_agent.install()"):
        print(f"{line}: {(best(line) - bare) * 1e3:+.0f} ms to a process of {bare * 1e3:.0f} ms")


def main() -> None:
    print(f"Python {platform.python_version()}; the shortest times of {PROCESSES} processes")
    costs()
    effects()
    starts()


main()
