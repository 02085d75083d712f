"""From what is shown to one HTML file: templates, a strict policy, and data that stays data.

The page may run its own script and use its own style, both known by their hash, and load nothing.
Transcripts are embedded as JSON that holds no character by which HTML could end it.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .. import words

FOLDER = Path(__file__).parent
_SCRIPTS = ("transcript.js", "browse.js")
# What could end a <script>, open a comment in it, or (in old engines) end a line of a literal, and
# halves of surrogate pairs, which a file in UTF-8 can't hold.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def render(context: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The whole page. `context` is for the templates, `data` for the script."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["count"] = words.count
    style = _read("style.css")
    script = "\n".join(_read(name) for name in _SCRIPTS)
    page = environment.get_template("page.html").render(
        **context,
        policy=policy(style, script),
        style=Markup(style),  # our own files need no escaping
        script=Markup(script),
        data=Markup(embedded(data)),  # escaped for where it stands
    )
    return page.encode("utf-8", "replace").decode("utf-8")


def policy(style: str, script: str) -> str:
    """The content security policy: nothing but this very style and script."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def embedded(data: object) -> str:
    """JSON that can stand inside a `<script>` element of a UTF-8 file, whatever it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
