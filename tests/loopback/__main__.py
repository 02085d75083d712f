"""`python -m hawthorne.tests.loopback`: the server in a process of its own, until its input ends.

Prints its port. Every answer is the same text, after `--delay` seconds; `--faults P` lets that
share of the requests meet a fault.
"""

import argparse
import sys

from .exchange import Answer
from .injector import with_faults
from .server import Loopback


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", default="<belief>deployment</belief> Done.")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before an answer")
    parser.add_argument("--faults", type=float, default=0.0, metavar="P")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    answer = Answer(given.text, delay=given.delay)
    respond = with_faults(lambda request: answer, given.faults, seed=given.seed)
    with Loopback(respond, record=False) as loopback:
        print(loopback.port, flush=True)
        sys.stdin.read()


main()
