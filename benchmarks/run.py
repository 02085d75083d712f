"""All benchmarks, one after another; exits with 1 where a target is missed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import coverage
import startup
import sweep_speed

BENCHMARKS = (startup, sweep_speed, coverage)


def main() -> int:
    """Run them all."""
    met = []
    for benchmark in BENCHMARKS:
        print(f"\n{benchmark.__doc__.strip().splitlines()[0] if benchmark.__doc__ else ''}")
        met.append(benchmark.main())
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
