"""A sweep of 2,000 simulated trials, judged and stored: its time, and its file's size."""

import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

TRIALS = 2000
TARGET = 10.0  # seconds, the start of the process included


def main() -> bool:
    """Print the figures; true where the target is met."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "run.db"
        sweep = ["sweep", "--model", "sim/figure-10", "--scenario", "blackmail"]
        options = ["--epochs", str(TRIALS // 2), "--judge", "sim/judge", "--out", str(out)]
        command = [sys.executable, "-m", "hawthorne", *sweep, *options]
        first = _seconds(command)
        again = _seconds(command)
        size = out.stat().st_size / TRIALS
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"sweep of {TRIALS:,} trials    {first:.2f} s   (target under {TARGET:.0f} s)")
    print(f"  trials per second     {TRIALS / first:,.0f}, the start of the process included")
    print(f"  resumed, nothing left {again:.2f} s, {first / again:.1f} times as fast")
    print(f"  run file              {size:,.0f} bytes a trial")
    print(f"  peak memory           {peak:,.0f} MiB")
    return first < TARGET


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(not main())
