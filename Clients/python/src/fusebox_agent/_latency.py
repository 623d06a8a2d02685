"""Histogram buckets of durations: exponential, with 16 buckets per doubling."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Dict, List

LAST = 575
_BOUNDS = [2 ** ((place + 1) / 16) / 1e6 for place in range(LAST)]
"""The longest duration of each bucket but the last, in seconds."""


def bucket(seconds: float) -> int:
    """The index of a duration's bucket. Bucket ``i`` holds ``(2^(i/16), 2^((i+1)/16)]`` microseconds. The first also
    holds all shorter durations, the last all longer ones."""
    return bisect_left(_BOUNDS, seconds)


def histogram(durations: List[float]) -> Dict[int, int]:
    """The number of durations in each bucket. Sorts the list: one search then counts a whole bucket."""
    durations.sort()
    counts: Dict[int, int] = {}
    start, number = 0, len(durations)
    while start < number:
        place = bucket(durations[start])
        end = number if place == LAST else bisect_right(durations, _BOUNDS[place], start)
        counts[place] = end - start
        start = end
    return counts
