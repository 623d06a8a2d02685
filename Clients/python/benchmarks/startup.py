"""Measures what the hook of ``fusebox-agent run`` adds to the start of a Python process that is no agent."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from typing import Dict, List

from fusebox_agent._cli import STARTUP

RUNS = 40


def milliseconds(environment: Dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], env=environment, check=True)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    hooked = {**plain, "PYTHONPATH": STARTUP}
    milliseconds(plain), milliseconds(hooked)  # Fills the caches.
    times: List[List[float]] = [[], []]
    for _ in range(RUNS):  # Alternating, so that a slower machine slows both.
        times[0].append(milliseconds(plain))
        times[1].append(milliseconds(hooked))
    for name, value in (("minimum", min), ("median", statistics.median)):
        without, with_hook = map(value, times)
        print(f"{name}: {without:.2f} ms without, {with_hook:.2f} ms with the hook: {with_hook - without:+.2f} ms")


main()
