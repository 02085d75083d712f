"""Where a subject is served and with which key: looked up once, when it is set up."""

import ipaddress
import os
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from ...errors import SubjectUnavailable, UsageError
from .providers import Provider

# A server that asks for no key still gets a header: the SDKs refuse to send none.
NO_KEY = "no-key-needed"


@dataclass(frozen=True, slots=True)
class Address:
    """What a client needs to reach a server.

    `url` is the whole base URL. `shown` is the same without user, password and query, or `None`
    where it is the provider's own: the part that may be stored as a trial's identity. `free` tells
    that nobody is paid there, as far as can be known.
    """

    url: str
    shown: str | None
    key: str
    key_name: str | None
    free: bool


def locate(name: str, provider: Provider, base_url: str | None, api_key_env: str | None) -> Address:
    """Find address and key of the subject `name`.

    An address that is given wins over the provider's variable, and that over its own address. A key
    may be missing only where nobody named its variable and the server is one's own: a provider that
    needs none, or any server on this machine.
    """
    url = (base_url or os.environ.get(provider.url_name, "") or provider.base_url).strip()
    _check(name, url)
    key_name, key = _find_key((api_key_env,) if api_key_env else provider.key_names)
    if key is None:
        if api_key_env or (provider.needs_key and not is_loopback(url)):
            raise SubjectUnavailable(_no_key(name, provider, api_key_env, url))
        key = NO_KEY
    # With a key, a server on this machine may stand before one that is paid.
    free = is_loopback(url) and (key_name is None or not provider.needs_key)
    return Address(url, _shown(url, provider), key, key_name, free)


def is_loopback(url: str) -> bool:
    """Tell whether a URL points to this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        place = ipaddress.ip_address(host)
    except ValueError:
        return False
    return place.is_loopback or place.is_unspecified


def _check(name: str, url: str) -> None:
    """Refuse what is no web address; the message leaves out a password that may stand in it."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise UsageError(f"{name}: the base URL must look like https://host/v1 or http://host:port")


def _find_key(names: tuple[str, ...]) -> tuple[str | None, str | None]:
    for name in names:
        key = os.environ.get(name, "").strip()
        if key:
            # Such a key can't stand in a header, and the SDKs would quote it when they say so.
            if not (key.isascii() and key.isprintable()):
                raise SubjectUnavailable(f"{name} holds characters that no API key has")
            return name, key
    return None, None


def _no_key(name: str, provider: Provider, api_key_env: str | None, url: str) -> str:
    wanted = api_key_env or " or ".join(provider.key_names)
    line = f"{name}: no API key. Set {wanted} to a key of {urlsplit(url).hostname}"
    if _shown(url, provider) is not None:
        line += " (any word will do if that server asks for none)"
    return line


def _shown(url: str, provider: Provider) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        place += f":{parts.port}"
    plain = urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
    return None if plain == provider.base_url else plain
