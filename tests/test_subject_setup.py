"""Setting a subject up: its key, its address, its settings; all errors are one clear line."""

import subprocess
import sys
from typing import Any

import pytest

from hawthorne.errors import SubjectUnavailable, UsageError
from hawthorne.probes.subjects.address import NO_KEY, Address, is_loopback, locate
from hawthorne.probes.subjects.connect import connect, has_reasoning
from hawthorne.probes.subjects.providers import PROVIDERS, Provider

OPENAI = PROVIDERS["openai"]
LOCAL = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in PROVIDERS.values():
        for name in (*provider.key_names, provider.url_name):
            monkeypatch.delenv(name, raising=False)


def located(provider: Provider = OPENAI, url: str | None = None, key: str | None = None) -> Address:
    return locate("some/model", provider, url, key)


@pytest.mark.parametrize("name", [p.name for p in PROVIDERS.values() if p.needs_key])
def test_a_missing_key_says_what_to_set(name: str) -> None:
    with pytest.raises(SubjectUnavailable) as caught:
        connect(f"{name}/m", settings={})
    assert f"{name}/m: no API key. Set {PROVIDERS[name].key_names[0]}" in str(caught.value)


@pytest.mark.parametrize("name", ["ollama", "vllm"])
def test_a_server_of_ones_own_needs_no_key(name: str) -> None:
    subject = connect(f"{name}/m", settings={})
    assert (subject.base_url, subject.free, subject.simulated) == (None, True, False)


def test_a_server_on_this_machine_needs_no_key() -> None:
    assert located(url=LOCAL) == Address(LOCAL, LOCAL, NO_KEY, None, free=True)


def test_a_server_elsewhere_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SubjectUnavailable, match="any word will do"):
        located(url="http://10.0.0.7:8000/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "word")
    address = located(url="http://10.0.0.7:8000/v1")
    assert (address.key, address.free) == ("word", False)


def test_a_variable_that_was_named_must_hold_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not this one")
    with pytest.raises(SubjectUnavailable, match="Set MY_KEY"):
        located(url=LOCAL, key="MY_KEY")
    monkeypatch.setenv("MY_KEY", " mine\n")
    assert located(url=LOCAL, key="MY_KEY").key == "mine"


def test_the_second_name_of_a_key_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "g")
    assert located(PROVIDERS["google"]).key_name == "GOOGLE_API_KEY"


def test_a_key_that_no_header_can_hold_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-né")
    with pytest.raises(SubjectUnavailable) as caught:
        located()
    assert "sk-" not in str(caught.value)


def test_the_environment_can_put_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", LOCAL)
    assert located().shown == LOCAL
    assert located(url="http://localhost:1/v1/").shown == "http://localhost:1/v1"


def test_what_is_stored_of_an_address_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert located(url="https://me:pw@host.example:8443/v1/?token=t") == Address(
        "https://me:pw@host.example:8443/v1/?token=t",
        "https://host.example:8443/v1",
        "k",
        "OPENAI_API_KEY",
        free=False,
    )
    assert located(url="https://api.openai.com/v1/").shown is None


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host/v1", "https://", "http://h:x/v1"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="some/model: the base URL must look like"):
        located(url=url)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1", True),
        ("http://127.8.0.1/v1", True),
        ("http://[::1]:1/v1", True),
        ("http://0.0.0.0:1/v1", True),
        ("http://192.168.0.1/v1", False),
        ("https://localhost.example.com", False),
    ],
)
def test_which_servers_are_on_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here


@pytest.mark.parametrize("name", ["openai", "openai/", "nobody/m", ""])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(UsageError, match="expected PROVIDER/MODEL"):
        connect(name, settings={})


def test_a_model_may_have_slashes() -> None:
    assert connect("ollama/org/model:7b", settings={}).name == "ollama/org/model:7b"


@pytest.mark.parametrize("name", ["messages", "stream", "n", "response_format", "tools"])
def test_settings_that_a_sweep_makes_itself(name: str) -> None:
    with pytest.raises(UsageError, match=f"--set {name}"):
        connect("ollama/m", settings={name: 1})


@pytest.mark.parametrize(
    ("provider", "model", "settings", "reasons"),
    [
        ("anthropic", "claude", {}, False),
        ("anthropic", "claude", {"thinking": 2048}, True),
        ("anthropic", "claude", {"thinking": 0}, False),
        ("openai", "gpt-5.2", {"reasoning_effort": "high"}, False),
        ("openai", "QwQ-32B", {}, True),
        ("google", "gemini-2.0-flash-thinking", {}, False),
        ("deepseek", "deepseek-reasoner", {}, True),
        ("together", "deepseek-ai/DeepSeek-R1", {}, True),
        ("groq", "openai/gpt-oss-120b", {}, True),
        ("ollama", "qwen2.5:7b", {}, False),
    ],
)
def test_which_answers_carry_reasoning(
    provider: str, model: str, settings: dict[str, Any], reasons: bool
) -> None:
    assert has_reasoning(provider, model, settings) is reasons


def test_no_sdk_is_loaded_before_it_is_used() -> None:
    code = (
        "import sys, hawthorne.probes.subjects.providers, hawthorne.probes.subjects.openai,"
        " hawthorne.probes.subjects.anthropic;"
        "print([m for m in ('openai', 'anthropic', 'httpx2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
