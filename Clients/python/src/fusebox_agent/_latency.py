"""Durations in buckets: an exponential histogram of 16 buckets per doubling."""

from __future__ import annotations

import math

LAST = 575


def bucket(seconds: float) -> int:
    """The bucket of a duration: ``i`` holds ``(2^(i/16), 2^((i+1)/16)]`` microseconds; the first
    also everything shorter, the last everything longer."""
    microseconds = seconds * 1e6
    if microseconds <= 1:
        return 0
    return min(LAST, max(0, math.ceil(16 * math.log2(microseconds)) - 1))
