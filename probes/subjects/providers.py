"""Who serves models: each provider's address, the variables that hold its key, and its habits.

All but `anthropic` speak OpenAI's chat completions. A provider is one entry of this table; the
addresses and the names of the variables are the ones that each provider's own manual gives.
"""

from dataclasses import dataclass
from typing import Literal

SchemaForm = Literal["json_schema", "json_object"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    `base_url` is its own address, `url_name` the variable that can put another in its place.
    `key_names` are the variables that may hold the key, the usual one first; a server of one's own
    needs none (`needs_key`). `schema_form` is how it can be held to a JSON schema: `json_object`
    means that it only promises JSON, so that the schema has to be told in words.
    """

    name: str
    base_url: str
    key_names: tuple[str, ...]
    url_name: str
    needs_key: bool = True
    schema_form: SchemaForm = "json_schema"


PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            "anthropic",
            "https://api.anthropic.com",
            ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
            "ANTHROPIC_BASE_URL",
        ),
        Provider("openai", "https://api.openai.com/v1", ("OPENAI_API_KEY",), "OPENAI_BASE_URL"),
        Provider(
            "google",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            "GEMINI_BASE_URL",
        ),
        Provider("xai", "https://api.x.ai/v1", ("XAI_API_KEY",), "XAI_BASE_URL"),
        Provider(
            "deepseek",
            "https://api.deepseek.com",
            ("DEEPSEEK_API_KEY",),
            "DEEPSEEK_BASE_URL",
            schema_form="json_object",
        ),
        Provider(
            "openrouter",
            "https://openrouter.ai/api/v1",
            ("OPENROUTER_API_KEY",),
            "OPENROUTER_BASE_URL",
        ),
        Provider(
            "together", "https://api.together.xyz/v1", ("TOGETHER_API_KEY",), "TOGETHER_BASE_URL"
        ),
        Provider("groq", "https://api.groq.com/openai/v1", ("GROQ_API_KEY",), "GROQ_BASE_URL"),
        Provider(
            "ollama",
            "http://localhost:11434/v1",
            ("OLLAMA_API_KEY",),
            "OLLAMA_BASE_URL",
            needs_key=False,
        ),
        Provider(
            "vllm", "http://localhost:8000/v1", ("VLLM_API_KEY",), "VLLM_BASE_URL", needs_key=False
        ),
    )
}
