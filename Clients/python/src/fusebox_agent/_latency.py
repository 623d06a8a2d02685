"""Histogram buckets of durations: exponential, with 16 buckets per doubling."""

from __future__ import annotations

import math

LAST = 575


def bucket(seconds: float) -> int:
    """The index of a duration's bucket. Bucket ``i`` holds ``(2^(i/16), 2^((i+1)/16)]`` microseconds. The first also
    holds all shorter durations, the last all longer ones."""
    microseconds = seconds * 1e6
    if microseconds <= 1:
        return 0
    return min(LAST, max(0, math.ceil(16 * math.log2(microseconds)) - 1))
