"""The project's own files, as git sees them: for tests that read the project itself."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def tracked_files() -> list[Path]:
    """Every file that is committed or about to be, relative to ROOT; links are left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = sorted(Path(name) for name in set(listed.stdout.split("\0")) if name)
    return [path for path in paths if (ROOT / path).is_file() and not (ROOT / path).is_symlink()]
