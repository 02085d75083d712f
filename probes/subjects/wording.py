"""A provider's error in one short line, without what must not be in it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 300
# Stretches of a prompt of this length are recognised in a message, and cut out of it.
_QUOTE = 24
# A key shorter than this is a stand-in for a server that asks for none, and would cut up words.
_SHORTEST_KEY = 4
_TAG = re.compile(r"<(?:style|script).*?</(?:style|script)>|<[^>]*>", re.DOTALL | re.IGNORECASE)
# What keys look like, masked ones too; whole headers.
_KEY = re.compile(
    r"\b(?:sk|pk|gsk|xai|AIza|key)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|(?:Bearer|Basic)\s+\S+"
)


def error_of(body: Any) -> Mapping[str, Any]:
    """The object that describes an error, wherever in a body it is: `{}` where there is none.

    The forms: `{"error": {…}}` (nearly all), the same in a list (Google), the object itself (what
    OpenAI's SDK hands out), `{"error": "text"}` (Ollama), `{"detail": …}` (servers made with
    FastAPI).
    """
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, Mapping):
        return {}
    error = body.get("error")
    if isinstance(error, Mapping):
        return error
    if isinstance(error, str):
        return {**body, "message": error}
    return body


def message_of(body: Any) -> str:
    """What the provider says of an error, in its words: not shortened, nothing concealed yet."""
    if isinstance(body, str):
        return _TAG.sub(" ", body).strip() or "no message"
    error = error_of(body)
    for name in ("message", "detail", "type", "code"):
        value = error.get(name)
        if value:
            return value if isinstance(value, str) else repr(value)
    return "no message"


def conceal(text: str, secrets: Iterable[str], prompts: Iterable[str]) -> str:
    """Make one line of at most `LONGEST` characters without keys, headers, or parts of a prompt."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_KEY:
            text = text.replace(secret, "[key]")
    text = _KEY.sub("[key]", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    # Cut generously first: the search for quotes looks at every position.
    text = _without_quotes(text[: 2 * LONGEST], [" ".join(prompt.split()) for prompt in prompts])
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _without_quotes(text: str, prompts: list[str]) -> str:
    quoted = [False] * len(text)
    for start in range(len(text) - _QUOTE + 1):
        if any(text[start : start + _QUOTE] in prompt for prompt in prompts):
            quoted[start : start + _QUOTE] = [True] * _QUOTE
    kept = []
    for position, character in enumerate(text):
        if not quoted[position]:
            kept.append(character)
        elif position == 0 or not quoted[position - 1]:
            kept.append("[…]")
    return "".join(kept)
