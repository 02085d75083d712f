"""How long `hawthorne --help` takes, beside a bare Python and a bare typer."""

import subprocess
import sys
import time
from statistics import median

TARGET = 0.4  # seconds


def seconds(*command: str, runs: int = 7) -> float:
    """The median time of a command as a whole process, after one run to warm up."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return median(times[1:])


def main() -> bool:
    """Print the figures; true where the target is met."""
    bare = seconds(sys.executable, "-c", "pass")
    typer = seconds(sys.executable, "-c", "import typer")
    ours = seconds(sys.executable, "-m", "hawthorne", "--help")
    print(f"hawthorne --help        {ours:.3f} s   (target under {TARGET} s)")
    print(f"  over a bare Python    {ours / bare:.1f} times {bare:.3f} s")
    print(f"  over `import typer`   {ours / typer:.1f} times {typer:.3f} s")
    return ours < TARGET


if __name__ == "__main__":
    sys.exit(not main())
