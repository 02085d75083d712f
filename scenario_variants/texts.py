"""Every text of a scenario: where it stands in the file, and whether it is a template."""

from collections.abc import Iterator
from typing import Any

from .models import TEMPLATE, Strict
from .source import Place


def texts(
    part: Any, place: Place = (), *, template: bool = False
) -> Iterator[tuple[Place, str, bool]]:
    """(path in the file, text, whether it is a template), for a scenario or a piece of one."""
    if isinstance(part, str):
        yield place, part, template
    elif isinstance(part, Strict):
        for name, field in type(part).model_fields.items():
            inner = (*place, field.alias or name)
            yield from texts(getattr(part, name), inner, template=TEMPLATE in field.metadata)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from texts(value, (*place, key), template=template)
    elif isinstance(part, tuple):
        for index, value in enumerate(part):
            yield from texts(value, (*place, index), template=template)
