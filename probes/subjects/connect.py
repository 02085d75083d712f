"""From a name and its settings to a subject behind a provider's API."""

import re
from collections.abc import Mapping
from typing import Any

from ...errors import UsageError
from .base import Subject
from .providers import PROVIDERS

# What belongs to the request itself: a setting of that name would change what is measured.
RESERVED = frozenset(
    {"messages", "model", "n", "response_format", "stream", "system", "tool_choice", "tools"}
)

# Names under which servers offer models that send their reasoning in a field of its own.
_REASONING = re.compile(
    r"(?:^|[/:._-])(?:r1|reasoner|reasoning|thinking|think|qwq|gpt-oss|magistral|grok-3-mini)"
    r"(?:$|[/:._-])",
    re.IGNORECASE,
)


def check_settings(settings: Mapping[str, Any]) -> None:
    """Refuse settings that would change the request itself; raises `UsageError`.

    Every other name is sent as it is: servers have settings that no list could keep up with, and
    the provider itself says which it does not know.
    """
    for name in sorted(RESERVED & settings.keys()):
        raise UsageError(f"--set {name}: a sweep sets this itself; it is not a setting")


def has_reasoning(provider: str, model: str, settings: Mapping[str, Any]) -> bool:
    """Tell whether answers will carry the model's reasoning apart, so that no scratchpad is needed.

    Anthropic's do once `thinking` is set. Google keeps its models' reasoning to itself. Everybody
    else's is guessed by the model's name; OpenAI's own, which keep theirs too, have no such names.
    """
    if provider == "anthropic":
        return settings.get("thinking") not in (None, False, 0, "disabled", {"type": "disabled"})
    return provider != "google" and _REASONING.search(model) is not None


def connect(
    name: str,
    *,
    settings: Mapping[str, Any],
    base_url: str | None = None,
    api_key_env: str | None = None,
    max_retries: int = 5,
    timeout: float = 600.0,
    max_connections: int = 20,
    send_seed: bool = False,
) -> Subject:
    """Set up the subject `provider/model`; its provider must be in `PROVIDERS`.

    `settings` are looked at (reserved names, reasoning) and not kept: each call brings its own.
    Raises `UsageError` for a setting or an address that makes no sense, and `SubjectUnavailable`
    where a key is missing.
    """
    key, _, model = name.partition("/")
    if key not in PROVIDERS or not model:
        raise UsageError(f"{name}: expected PROVIDER/MODEL, with one of {', '.join(PROVIDERS)}")
    check_settings(settings)
    reasons = has_reasoning(key, model, settings)
    if key == "anthropic":
        # The SDKs take 0.5 to 1.7 s to import: only what is used is loaded.
        from .anthropic import AnthropicSubject

        return AnthropicSubject(
            name,
            model,
            base_url=base_url,
            api_key_env=api_key_env,
            max_retries=max_retries,
            timeout=timeout,
            max_connections=max_connections,
            reasons=reasons,
        )
    from .openai import OpenAISubject

    return OpenAISubject(
        name,
        model,
        base_url=base_url,
        api_key_env=api_key_env,
        max_retries=max_retries,
        timeout=timeout,
        max_connections=max_connections,
        provider=PROVIDERS[key],
        send_seed=send_seed,
        reasons=reasons,
    )
