"""What no file of the project may say, wherever it stands.

The forbidden words are put together from parts, so that this file does not break its own rules.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hawthorne.tests.tracked import ROOT, tracked_files

REGISTRIES = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("crates", "io"),
    ]
]
HOST = re.compile("|".join(re.escape(host) for host in REGISTRIES), re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![A-Za-z])/(?:" + "|".join(["root", "home", "work", "tmp"]) + ")/")
UNFINISHED = re.compile(
    r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error"]) + r")\b"
)


def _texts() -> Iterator[tuple[Path, str]]:
    for path in tracked_files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            yield path, content.decode("utf-8")


def _hits(pattern: re.Pattern[str], *, in_tests: bool) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in _texts()
        if in_tests or path.parts[0] != "tests"
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_package_registry_is_named() -> None:
    assert _hits(HOST, in_tests=True) == []


def test_no_path_of_one_machine_stands_in_the_project() -> None:
    assert _hits(MACHINE_PATH, in_tests=False) == []


def test_nothing_is_marked_as_unfinished() -> None:
    assert _hits(UNFINISHED, in_tests=True) == []


@pytest.mark.parametrize(
    ("pattern", "caught", "passed"),
    [
        (HOST, "https://" + REGISTRIES[0] + "/simple", "the package index"),
        (MACHINE_PATH, "open('/" + "tmp/x')", "https://example.com/" + "home/page"),
        (UNFINISHED, "# TO" + "DO: later", "a todo list"),
    ],
    ids=["host", "path", "unfinished"],
)
def test_the_rules_catch_what_they_should(
    pattern: re.Pattern[str], caught: str, passed: str
) -> None:
    assert pattern.search(caught)
    assert not pattern.search(passed)
