"""Measures what counting adds to a call with the hub present, absent and stuck; also memory, a fork and process exit.

Usage: ``python benchmarks/overhead.py``. Each row is measured in a separate process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "src")]

CALLS = int(os.environ.get("FUSEBOX_CALLS", "1000000"))

CHILD = """
import json, os, resource, sys, time
import tenacity, pybreaker, fusebox_agent
watched, calls = sys.argv[1] == 'watched', int(sys.argv[2])
if watched:
    fusebox_agent.install('bench')

def nothing(): pass
retried = tenacity.retry(stop=tenacity.stop_after_attempt(3))(nothing)
breaker = pybreaker.CircuitBreaker(name='b')

def blocks(n):
    for _ in range(n):
        with fusebox_agent.call('c'): pass
def retries(n):
    for _ in range(n): retried()
def breaks(n):
    for _ in range(n): breaker.call(nothing)

def each(work, n):
    best = float('inf')
    for _ in range(5):
        start = time.perf_counter(); work(n); best = min(best, time.perf_counter() - start)
    return round(best / n * 1e6, 2)

out = {'block_us': each(blocks, 20_000), 'tenacity_us': each(retries, 5_000), 'pybreaker_us': each(breaks, 20_000)}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
blocks(calls)
out['grew_kib'] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
start = time.perf_counter()
child = os.fork()
if not child:
    os._exit(0)
os.waitpid(child, 0)
out['fork_ms'] = round((time.perf_counter() - start) * 1e3, 1)
print(json.dumps({**out, 'ended_at': time.time()}), flush=True)
"""


def main() -> None:
    from hub import Hub

    print(f"{'hub':10}{'block':>10}{'tenacity':>10}{'pybreaker':>10}{'memory after':>16}{'fork':>9}{'end':>9}")
    for mode in ("unwatched", "absent", "present", "stuck"):
        hub = Hub()
        if mode in ("present", "stuck"):
            hub.listen(reads=mode == "present")
        done = subprocess.run(
            [sys.executable, "-c", CHILD, "unwatched" if mode == "unwatched" else "watched", str(CALLS)],
            capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parent / "src"), "FUSEBOX_SOCKET": hub.path})
        end = time.time()
        out = json.loads(done.stdout)
        print(f"{mode:10}{out['block_us']:>8} us{out['tenacity_us']:>7} us{out['pybreaker_us']:>7} us"
              f"{out['grew_kib']:>+12} KiB{out['fork_ms']:>6} ms{(end - out['ended_at']) * 1e3:>6.0f} ms")
        hub.remove()
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    bare = time.perf_counter() - start
    for line in ("import fusebox_agent", "import fusebox_agent; fusebox_agent.install()"):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", line], check=True,
                           env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")})
            times.append(time.perf_counter() - start)
        print(f"{line}: {(min(times) - bare) * 1e3:+.0f} ms to a process of {bare * 1e3:.0f} ms")


main()
