"""Fixtures that several tests share."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from hawthorne.probes.subjects.base import Subject
from hawthorne.probes.subjects.connect import connect
from hawthorne.tests.loopback.server import Loopback


@pytest.fixture
def anyio_backend() -> str:
    """What async tests run on: the engine is written for asyncio."""
    return "asyncio"


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A server that speaks both protocols and answers "ok" until its `respond` is replaced."""
    with Loopback() as server:
        yield server


@pytest.fixture
async def subject_of(loopback: Loopback) -> AsyncIterator[Callable[..., Subject]]:
    """Real subjects on the loopback: `subject_of("openai", max_retries=2)`; closed at the end."""
    opened = []

    def open_subject(provider: str, model: str = "m", **options: Any) -> Subject:
        url = loopback.anthropic_url if provider == "anthropic" else loopback.openai_url
        given = {"settings": {}, "base_url": url, "timeout": 5.0, **options}
        subject = connect(f"{provider}/{model}", **given)
        opened.append(subject)
        return subject

    yield open_subject
    for subject in opened:
        await subject.close()
