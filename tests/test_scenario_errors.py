"""What is said of files that hold no scenario: one line with file, line, field and expectation."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hawthorne.errors import ScenarioError
from hawthorne.scenario_variants.load import library_ids, load, parse
from hawthorne.scenario_variants.models import Scenario
from hawthorne.tests.scenario_samples import CHANGES, TEXT, error, mutated, written


def changed_line(text: str) -> int:
    """The first line (from 1) that is not the small scenario's."""
    pairs = zip(text.splitlines(), TEXT.splitlines(), strict=False)
    return next(n for n, (one, other) in enumerate(pairs, 1) if one != other)


# (what is replaced, by what, the field, a part of the message); the line is the changed one.
WRONG = {
    "wrong type": ("title: A small office", "title: [a]", "title", "'string'"),
    "number for text": ("title: A small office", "title: 12", "title", "'string'"),
    "text for number": ("severity: 3", "severity: bad", "rules.0.severity", "'integer'"),
    "truth for number": ("severity: 3", "severity: true", "rules.0.severity", "'integer'"),
    "out of range": ("severity: 3", "severity: 4", "rules.0.severity", "maximum of 3"),
    "list for mapping": ("  boss:\n", "  boss: []\n  x:\n", "roles.boss", "'object'"),
    "unknown field": ("title: A", "titel: x\ntitle: A", "titel", "no such field; there are id,"),
    "unknown below": ("    date: M", "    data: M", "mails.0.data", "no such field; there are id"),
    "unknown cue": ("  scoring:", "  scores:", "cues.scores", "'disclosure', 'metadata'"),
    "unknown value": ("goal: [none,", "goal: [some,", "conditions.goal.0", "'conflict'"),
    "empty text": ("title: A small office", 'title: ""', "title", "non-empty"),
    "no value": ("title: A small office", "title:", "title", "nothing stands here"),
    "date": ("date: Monday", "date: 2026-09-17", "mails.0.date", "a date: put it in quotes"),
    "no such date": ("date: Monday", "date: 2026-99-99", "mails.0.date", "put it in quotes"),
    "time": ("date: Monday", "date: 16:40", "mails.0.date", "a number: put it in quotes"),
    "fraction": ("date: Monday", "date: 1.5", "mails.0.date", "a number: put it in quotes"),
    "truth": ("date: Monday", "date: no", "mails.0.date", "a truth value: put it in quotes"),
    "key": ("  staff:", "  no:", "roles", "a truth value: put it in quotes"),
    "key of a number": ('{"1": A', "{1: A", "rubric.severity", "a key must be a word"),
    "key with space": ("  staff:", "  all staff:", "roles", "a key must be a word"),
    "key list": ("  staff:", "  [staff]:", "roles", "a key must be a word"),
    "no quotes": ("Go on.", "{{ role.boss.name }}", "closing", "that begins with { goes in quotes"),
    "name": ("  staff:", "  Staff:", "roles.Staff", "expected a name that fits ^[a-z]"),
    "double key": ("family: blackmail", "id: b", "id", "stands here twice"),
    "double id": ("- id: m2", "- id: m1", "mails.1.id", "'m1' stands here twice"),
    "double value": ("[none, conflict]", "[none, none]", "conditions.goal", "stands here twice"),
    "anchor": ("family: blackmail", "family: &a b\n", "family", "anchors and aliases are not all"),
    "tag": ("title: A", "title: !!python/name:os.system A", "title", "tags are not allowed"),
    "own tag": ("mails:", "mails: !mine", "mails", "tags are not allowed"),
    "merge": ("    date: M", "    <<: {}\n    date: M", "mails.0", "YAML takes << for something"),
    "private use": ("A small", '"\\uE000"', "title", "character U+E000 is not allowed"),
    "control": ("title: A small", 'title: "\\a', "title", "character U+0007 is not allowed"),
    "no role": ("from: staff", "from: nobody", "mails.1.from", "'nobody'; there are boss, staff"),
    "no reader": ("to: [boss]", "to: [bos]", "mails.1.to", "'bos'; there are boss, staff"),
    "nobody to": ("to: [boss]", "to: []", "mails.1.to", "non-empty"),
    "rule's role": ("to: [staff], m", "to: [x], m", "rules.0.if.sent.to", "boss, staff, inside, o"),
    "rule's mail": ("{to: [staff], m", "{forwards: [m9], m", "sent.forwards", "there are m1, m2"),
    "rule's tool": ("{tool: finish,", "{tool: end,", "called.tool", "there are send_email, finish"),
    "argument": ("where: {note", "where: {not", "called.where.not", "no parameter 'not'; there ar"),
    "no question": ("sent: {}", "acted: 1", "rules.1.if.all.1.not.acted", "'boolean'"),
    "none": ("keep-quiet:", "none:", "mitigations.none", "none is the name of no mitigation"),
    "side": ("  staff:\n", "  inside:\n", "roles.inside", "rules call everybody there so"),
    "no condition": ("goal: [none, conflict]", "goal: []", "conditions.goal", "non-empty"),
}
# The same, with the line that is named: these speak of what the changed line stands in.
OF_THE_WHOLE = {
    "missing field": ("family: blackmail\n", "", "(top)", "'family' is a required", 1),
    "missing below": ("    subject: Today\n", "", "mails.0", "'subject' is a required", 47),
    "two questions": ("sent: {}", "{acted: true, sent: {}}", "not", "give exactly one of ", 92),
    "none given": ("    severity: 3\n", "", "rules.0", "misaligned has a severity from 1", 82),
    "one too many": (
        "verdict: aligned",
        "severity: 1\n    verdict: aligned",
        "rules.1",
        "else",
        88,
    ),
}


@pytest.mark.parametrize(("old", "new", "field", "message"), WRONG.values(), ids=WRONG)
def test_errors_name_file_line_field_and_expectation(
    old: str, new: str, field: str, message: str
) -> None:
    text = TEXT.replace(old, new, 1)
    check(text, changed_line(text), field, message)


@pytest.mark.parametrize(
    ("old", "new", "field", "message", "line"), OF_THE_WHOLE.values(), ids=OF_THE_WHOLE
)
def test_errors_of_what_is_missing_name_what_it_is_missing_in(
    old: str, new: str, field: str, message: str, line: int
) -> None:
    check(TEXT.replace(old, new, 1), line, field, message)


def check(text: str, line: int, field: str, message: str) -> None:
    said = re.fullmatch(r"mine\.yaml:(\d+): (\S+): (.*)", error(text))
    assert said
    assert int(said[1]) == line
    assert said[2].endswith(field)
    assert message in said[3]


BROKEN = {
    "nothing": ("", 1),
    "a comment": ("# nothing\n", 1),
    "a word": ("scenario", 1),
    "a list": ("- id: a", 1),
    "two documents": (f"{TEXT}---\nid: b\n", len(TEXT.splitlines()) + 1),
    "a tab": ("id: a\n\tfamily: b", 2),
    "an open quote": ("id: 'a\nfamily: b\n", 3),
    "an open bracket": ("id: [a\n", 2),
    "an unknown alias": ("id: a\nfamily: *b\n", 2),
    "an alias of itself": ("id: &a [*a]\n", 1),
    "a binary zero": ("id: a\nfamily: \0b\n", 2),
    "a private-use character": ("id: a\nfamily: \ue000b\n", 2),
    "half a character": ("id: a\nfamily: \ud800\n", 2),
    "many brackets": ("a: " + "[" * 300_000, 1),
    "many braces": ("a: " + "{a: " * 200_000, 1),
    "many closed brackets": ("a: " + "[" * 100_000 + "]" * 100_000, 1),
    "many dashes": ("a:\n" + "- " * 100_000, 2),
    "nested tests": (
        TEXT.replace("sent: {}", "not: " + "{not: " * 200 + "{acted: true}" + "}" * 200),
        93,
    ),
    "a laughing file": (
        "a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b]\n",
        1,
    ),
    "too many items": (TEXT[: TEXT.index("mails:")] + "mails: [" + "1," * 50_000 + "1]\n", 0),
}


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN)
def test_texts_that_are_no_file_of_ours(text: str, line: int) -> None:
    assert error(text).startswith(f"mine.yaml:{line or ''}")


def test_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    plain = parse(TEXT, "a.yaml")
    assert parse("\ufeff" + TEXT.replace("\n", "\r\n"), "a.yaml") == plain
    assert parse(f"---\n{TEXT}...\n", "a.yaml") == plain


FILES = {
    "not UTF-8": (TEXT.encode().replace(b"Monday", b"Lundi\xe9", 1), ":50: not UTF-8 text"),
    "binary": (bytes(range(256)), ":2: not UTF-8 text"),
    "UTF-16": (TEXT.encode("utf-16"), ":1: not UTF-8 text"),
    "too large": (TEXT.encode() + b"#" * 1_000_000, ": larger than 1,000,000 bytes"),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_files_that_can_not_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError) as refused:
        load(str(path))
    assert message in str(refused.value)
    assert str(refused.value).startswith(str(path))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    for path, said in ((tmp_path / "no.yaml", "No such file"), (folder, "Is a directory")):
        with pytest.raises(ScenarioError, match=f"^{re.escape(str(path))}: {said}"):
            load(str(path))
    with pytest.raises(ScenarioError, match="null"):
        load("a\0b.yaml")


@pytest.mark.parametrize("name", ["nothing", "", "Blackmail", "../library/blackmail", "a/b"])
def test_an_unknown_id_lists_the_known(name: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(name)
    assert all(known in str(refused.value) for known in (repr(name), *library_ids()))


def test_a_file_is_loaded_by_its_path_and_anew_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(TEXT)
    before = load(str(path))
    assert (before.scenario.id, before.where, before.source) == ("small", str(path), TEXT)
    assert load(str(path)) is before
    path.write_text(TEXT.replace("A small office", "A large office"))
    after = load(str(path))
    assert after.scenario.title == "A large office"
    assert after.hash != before.hash
    assert len(after.hash) == 64


@given(CHANGES)
@settings(max_examples=250, deadline=None)
def test_whatever_is_changed_it_loads_or_says_in_one_line_why_not(changes: Any) -> None:
    loads_or_says_why_not(written(mutated(changes)))


@given(st.integers(0, len(TEXT)), st.integers(0, 40), st.text(max_size=5))
@settings(max_examples=250, deadline=None)
def test_whatever_is_typed_into_the_text_it_loads_or_says_why_not(
    start: int, length: int, typed: str
) -> None:
    loads_or_says_why_not(TEXT[:start] + typed + TEXT[start + length :])


def loads_or_says_why_not(text: str) -> None:
    try:
        assert isinstance(parse(text, "mine.yaml"), Scenario)
    except ScenarioError as refused:
        assert re.fullmatch(r"mine\.yaml:\d+: [^\n]+", str(refused))  # noqa: PT017
