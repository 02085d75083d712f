"""Faults at random: seeded, so that a run of a test can be repeated."""

import random
from collections.abc import Sequence
from dataclasses import replace

from .exchange import Answer, Request, Respond
from .faults import PASSING, Fault


def with_faults(
    respond: Respond, p: float, *, seed: int, kinds: Sequence[Fault] = PASSING
) -> Respond:
    """Answer as `respond` does, but with probability `p` by one of the faults.

    The n-th request of a server's life always meets the same fate; which request is the n-th
    depends on the clients.
    """
    rng = random.Random(seed)

    def respond_or_not(request: Request) -> Answer:
        answer = respond(request)
        fault = rng.choice(kinds) if rng.random() < p else None
        return answer if fault is None else replace(answer, fault=fault)

    return respond_or_not
