"""How prompts and transcripts are kept: JSON, compressed, found by the hash of their content."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from ..records import Message, Transcript, Turn

Prompt = tuple[tuple[Message, ...], list[dict[str, Any]]]  # messages, tools


def compact(value: object) -> str:
    """JSON without spaces, in ASCII: half a surrogate pair, which models do write, survives."""
    return json.dumps(value, separators=(",", ":"))


def digest(text: str) -> bytes:
    """128 bits that stand for a content."""
    return blake2b(text.encode("ascii"), digest_size=16).digest()


def transcript_json(transcript: Transcript) -> str:
    """A transcript as JSON; parts at their default are left out."""
    turns = [
        {"role": turn.role, "text": turn.text}
        | ({"reasoning": turn.reasoning} if turn.reasoning else {})
        for turn in transcript.turns
    ]
    return compact({"stop": transcript.stop, "turns": turns})


def read_transcript(content: bytes) -> Transcript:
    """The transcript again; raises `ValueError` where the bytes are damaged."""
    found = _unpack(content)
    return Transcript(
        turns=tuple(Turn(**turn) for turn in found["turns"]),
        stop=found["stop"],
    )


def pack_prompt(messages: Iterable[Message], tools: Sequence[Mapping[str, Any]]) -> bytes:
    """A prompt as it is kept."""
    return pack(compact({"messages": [asdict(each) for each in messages], "tools": list(tools)}))


def read_prompt(content: bytes) -> Prompt:
    """Messages and tools again; raises `ValueError` where the bytes are damaged."""
    found = _unpack(content)
    return tuple(Message(**each) for each in found["messages"]), found["tools"]


def pack(text: str) -> bytes:
    """Compressed; zlib's checksum finds a damage that SQLite does not see."""
    return zlib.compress(text.encode("ascii"))


def _unpack(content: bytes) -> Any:
    try:
        return json.loads(zlib.decompress(content))
    except zlib.error as error:
        raise ValueError(str(error)) from error
