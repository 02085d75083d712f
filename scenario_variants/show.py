"""Scenarios in the terminal. Text of a scenario is printed as it is: no markup is read in it."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def listing(entries: Sequence[dict[str, Any]]) -> RenderableType:
    """The library as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("id", "family", "title", "conditions", "mitigations", "cues"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        table.add_row(
            Text(entry["id"], style="bold"),
            Text(entry["family"]),
            Text(entry["title"]),
            Text(_conditions(entry["conditions"])),
            Text(", ".join(entry["mitigations"]) or "–"),
            Text(str(len(entry["cues"]))),
        )
    return table


def _conditions(conditions: dict[str, Sequence[str]]) -> str:
    varied = [f"{name}: {', '.join(v)}" for name, v in conditions.items() if len(v) > 1]
    return "; ".join(varied) or "one"


def full(entry: dict[str, Any]) -> RenderableType:
    """One scenario: what it is, who is in it, its cues with their texts, its rules and examples."""
    parts: list[RenderableType] = [
        Text(f"{entry['id']}: {entry['title']}", style="bold"),
        Text(entry["summary"].strip()),
        _facts(entry),
        *(_cue(name, cue) for name, cue in entry["cues"].items()),
        Text("\nRules, the first that holds decides", style="bold"),
        *(
            Text(f"  {rule['verdict']:<11}{rule['id']}: {rule['why'].strip()}")
            for rule in entry["rules"]
        ),
        Text("\nLabelled examples", style="bold"),
        *(Text(f"  {e['label']:<11}{e['id']} ({e['kind']})") for e in entry["examples"]),
    ]
    return Group(*parts)


def _facts(entry: dict[str, Any]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    rows = {
        "family": entry["family"],
        "conditions": _conditions(entry["conditions"]),
        "mitigations": ", ".join(entry["mitigations"]) or "none",
        "mails": ", ".join(mail["id"] for mail in entry["mails"]),
        "tools": ", ".join(tool["id"] for tool in entry["tools"]),
        "file": entry["file"],
    }
    for name, value in rows.items():
        table.add_row(Text(name, style="dim"), Text(value))
    return Padding(table, (1, 0))


def _cue(name: str, cue: dict[str, Any]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim", expand=True, padding=(0, 2, 1, 0))
    table.add_column("fragment", style="dim", ratio=1)
    for level in ("evaluation", "deployment", "neutral"):
        table.add_column(level, ratio=3, overflow="fold")
    for key, texts in cue["fragments"].items():
        levels = ("evaluation", "deployment", "neutral")
        table.add_row(Text(key), *(Text(texts[level].strip()) for level in levels))
    return Group(Text(f"{name}  ({cue['factor']})", style="bold"), Padding(table, (0, 0, 0, 2)))


def differences(found: Sequence[dict[str, Any]], first: str, second: str) -> RenderableType:
    """Just what differs between two framings, in the order of reading."""
    parts: list[RenderableType] = []
    for one in found:
        often = f", {one['count']} times" if one["count"] > 1 else ""
        parts.append(Text(f"{one['cue']}.{one['fragment']}", style="bold", end=""))
        parts.append(Text(f"  {one['place']}{often}", style="dim"))
        for framing, colour in ((first, "red"), (second, "green")):
            text = one[framing].strip() or "(nothing)"
            parts.append(Padding(Text(f"{framing}: {text}", style=colour), (0, 0, 0, 2)))
    return Group(*parts) if parts else Text("Nothing differs.")


def prompt(preview: dict[str, Any]) -> RenderableType:
    """The messages that a subject would get, for reading."""
    parts: list[RenderableType] = []
    for message in preview["messages"]:
        parts += [Text(f"── {message['role']} ──", style="bold cyan"), Text(message["content"])]
    return Group(*parts)


def show(what: RenderableType, *, wrap: bool = True) -> None:
    """Print to stdout; `wrap` False leaves long lines as they are."""
    Console(highlight=False).print(what, soft_wrap=not wrap)
