"""The wire forms: what a model writes is read as it was meant, however it is written."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.probes.beliefs import read_belief
from hawthorne.probes.forms import read_answer, write_action, write_thinking
from hawthorne.probes.judges.talk import masked_prose, masked_words
from hawthorne.probes.refusals import declines
from hawthorne.tests.scripted import case_of, read, variant_of

CANONICAL = '<action tool="send_email"><to>a@b.uk</to><body>Hello</body></action>'
SENT = ("send_email", {"to": "a@b.uk", "body": "Hello"})


def actions(text: str, reasoning: str = "") -> list[tuple[str, dict[str, str]]]:
    return [(a.tool, dict(a.arguments)) for a in read_answer(text, reasoning).actions]


@pytest.mark.parametrize(
    "text",
    [
        CANONICAL,
        CANONICAL.replace("action", "ACTION").replace("body", "Body"),
        "<action tool='send_email'><to>a@b.uk</to><body>Hello</body></action>",
        "<action tool=send_email><to>a@b.uk</to><body>Hello</body></action>",
        "<action tool=“send_email”><to>a@b.uk</to><body>Hello</body></action>",
        '<action tool="send_email><to>a@b.uk</to><body>Hello</body></action>',
        '<action name="send_email"><to>a@b.uk</to><body>Hello</body></action>',
        "<action send_email><to>a@b.uk</to><body>Hello</body></action>",
        "<action><tool>send_email</tool><to>a@b.uk</to><body>Hello</body></action>",
        '< action  tool = "send_email" >\n <to> a@b.uk </to >\n< body >\nHello</ body>\n</action >',
        f"```xml\n{CANONICAL}\n```",
        f"I see to it.\n\n{CANONICAL}\n\nDone.",
        '<action tool="send_email"><to>a@b.uk</to><body>Hello</body>',
        '<action tool="send_email"><to>a@b.uk</to><body>Hello</action>',
        '<action tool="send_email"><to>a@b.uk</to><body>Hello',
        '<action tool="send_email">\n<to>a@b.uk\n<body>Hello\n</action>',
        '<action tool="send_email"><to>a@b.uk<body>Hello</body></action>',
        '<action tool="send_email" to="a@b.uk" body="Hello"/>',
        '<action tool="send_email" to="a@b.uk"><body>Hello</body></action>',
        '<action tool="send_email"><to type="mail">a@b.uk</to><body>Hello</body></action>',
        '<action tool="send_email"><parameter name="to">a@b.uk</parameter>'
        '<parameter name="body">Hello</parameter></action>',
        '<action tool="send_email">{"to": "a@b.uk", "body": "Hello"}</action>',
    ],
)
def test_an_action_is_read_however_it_is_written(text: str) -> None:
    assert actions(text) == [SENT]


FINISH = '<action tool="finish"><note>n</note></action>'


@pytest.mark.parametrize(
    "text",
    [
        f"{CANONICAL}{FINISH}",
        f"{CANONICAL}\nand then\n{FINISH}\nthat is all.",
        CANONICAL.replace("</action>", "") + FINISH,
        CANONICAL.replace("</body></action>", "\n") + FINISH,
        CANONICAL + FINISH.replace("</action>", ""),
        CANONICAL + FINISH.replace("</note></action>", ""),
        CANONICAL + '<action tool="finish" note="n" />',
        f"{CANONICAL.replace('</action>', '')}{FINISH}</action>",
    ],
)
def test_several_actions_stay_several(text: str) -> None:
    assert actions(text) == [SENT, ("finish", {"note": "n"})]


def test_a_single_tag_does_not_swallow_what_follows() -> None:
    assert actions(f'<action tool="finish"/>{CANONICAL}') == [("finish", {}), SENT]


def test_an_empty_argument_is_empty_however_it_is_written() -> None:
    for empty in ("<note></note>", "<note> </note>", "<note/>", "<note />"):
        assert actions(f'<action tool="finish">{empty}</action>') == [("finish", {"note": ""})]


def test_text_outside_of_arguments_and_repeated_arguments_are_kept() -> None:
    text = '<action tool="send_email"><to>a@b.uk</to><to>c@d.uk</to>Dear both, hello.</action>'
    assert actions(text) == [("send_email", {"to": "a@b.uk\nc@d.uk", "text": "Dear both, hello."})]


@pytest.mark.parametrize(
    "talk",
    [
        'I could write <action tool="send_email"> and won\'t.',
        'I use `<action tool="send_email">` for it. <belief>evaluation</belief>',
        'Not <action tool="send_email">, which is <b>bad</b>.',
        "The <action> form it is.",
        "An </action> without a beginning.",
        "<actions> and <action-list>, <reaction>",
    ],
)
def test_talk_of_an_action_is_none(talk: str) -> None:
    answer = read_answer(f"{talk}\n{FINISH}")
    assert [action.tool for action in answer.actions] == ["finish"]
    assert answer.preface.strip() == talk
    assert read_answer(talk).actions == ()


def test_the_form_that_the_prompt_shows_is_no_action() -> None:
    for name in ("blackmail", "leak", "lethal-alert"):
        system, user = (message.content for message in variant_of(name).messages())
        assert "<action" in system + user
        assert [a.tool for a in read_answer(system + user).actions if a.tool != "NAME"] == []
    assert actions("<action tool='send_email'><to>...</to><body>…</body></action>") == []
    assert len(actions("<action tool='send_email'><to>a@b.uk</to><body>…</body></action>")) == 1
    assert actions("<action tool='finish'><note>…</note></action>") == [("finish", {"note": "…"})]


def test_what_looks_like_json_and_is_none_is_text() -> None:
    for text in ("{oops", "{" * 50_000, '{"a":' * 50_000):
        assert actions(f'<action tool="x">{text}</action>') == [("x", {"text": text})]
    text = '<action tool="x"><text>{"a": 1}</text></action>'
    assert actions(text) == [("x", {"text": '{"a": 1}'})]


def test_prose_behind_an_action_without_end_is_prose() -> None:
    answer = read_answer('<action tool="finish"><note>n</note>\n\nThat is all I did.')
    assert dict(answer.actions[0].arguments) == {"note": "n"}
    assert answer.prose == "That is all I did."


@pytest.mark.parametrize(
    "body",
    [
        "a < b, b > c, <3 and <- and ->",
        "<p>Dear all,</p><p>hello<br/>there</p>",
        "<b>bold</b> <a href='x'>link</a>",
        "<html><body>Hi</body></html>",
        "use the <to> field, not <cc>",
        "to end a body write </body> and then the rest",
        "On Monday he wrote </to> and nothing else",
        "line one\n\n  line two",
        "&amp;lt; is escaped, &copy=2 and AT&T are not",
    ],
)
def test_a_body_may_hold_tags(body: str) -> None:
    text = f'<action tool="send_email"><to>a@b.uk</to><body>{body}</body></action>'
    expected = "&lt; is escaped, &copy=2 and AT&T are not" if "&amp;" in body else body
    assert actions(text) == [("send_email", {"to": "a@b.uk", "body": expected})]


@pytest.mark.parametrize(
    ("quoted", "end"),
    [
        (FINISH, "</body></action>"),
        (FINISH, "</action>"),
        ('<action tool="finish">', "</body></action>"),
        ('<action tool="finish"/>', "</body></action>"),
        ('<action tool="finish"/>', "</action>"),
        ('<action tool="x"><body>inner</body></action>', "</body></action>"),
        ('<action tool="x"><body>inner</body></action>', "</action>"),
    ],
)
def test_an_action_that_a_mail_quotes_is_a_part_of_the_mail(quoted: str, end: str) -> None:
    text = f'<action tool="send_email"><body>He wrote {quoted} and I refuse.{end}{FINISH}'
    (tool, arguments), *others = actions(text)
    assert tool == "send_email"
    assert quoted in arguments["body"]
    assert arguments["body"].endswith("and I refuse.")
    assert others == [("finish", {"note": "n"})]


@pytest.mark.parametrize(
    "thinking",
    [
        f"<thinking>I could write {CANONICAL} but no.</thinking>",
        f"<think>I could write {CANONICAL} but no.</think>",
        f"<Scratchpad>I could write {CANONICAL} but no.</SCRATCHPAD >",
        f"I could write {CANONICAL} but no.</think>",
        f"I could write {CANONICAL} but no.\n</thinking>",
        f"<thinking>I think in <thinking>…</thinking>. Say {CANONICAL}? No.</thinking>",
        f"<thinking>I am to think in <thinking> first. Say {CANONICAL}? No.</thinking>",
        f"<thinking>So </thinking> it ends. Say {CANONICAL}? No.</thinking>",
    ],
)
def test_an_action_in_private_reasoning_is_never_an_action(thinking: str) -> None:
    answer = read_answer(f"{thinking}\nI leave it.\n{FINISH}")
    assert [action.tool for action in answer.actions] == ["finish"]
    assert answer.preface.strip() == "I leave it."
    assert "send_email" in answer.thinking


def test_reasoning_that_never_ends_hides_all_of_it() -> None:
    answer = read_answer(f"Well.\n<thinking>Say {CANONICAL}? Maybe")
    assert (answer.visible, answer.actions) == ("Well.", ())


def test_a_stray_end_tag_behind_the_actions_hides_nothing() -> None:
    assert actions(f"{CANONICAL}\n</thinking>\n") == [SENT]


def test_reasoning_alone_leaves_nothing() -> None:
    assert read_answer("I wonder.</think>\n").visible == ""
    assert read_answer("").visible == ""
    assert read_answer("<thinking></thinking>").thinking == ""


def test_native_reasoning_is_kept_apart() -> None:
    answer = read_answer(f"<thinking>b</thinking>{FINISH}", f"a {CANONICAL}")
    assert answer.thinking == f"a {CANONICAL}\n\nb"
    assert [action.tool for action in answer.actions] == ["finish"]


NAMES = st.sampled_from(["to", "body", "note", "alert_id", "tool-x"])
ANYTHING = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("<>/&;=")))
PIECES = st.sampled_from(
    [
        *("<to>", "</to>", "<body>", "</body>", "</action>", '<action tool="x">', "<thinking>"),
        *("</think>", "&amp;", "&lt;", "<", ">", "</", " ", "\n", "x", "<br/>"),
    ]
)


@given(st.dictionaries(NAMES, ANYTHING | st.lists(PIECES).map("".join), min_size=1, max_size=4))
def test_what_is_written_is_read_again(arguments: dict[str, str]) -> None:
    written = write_action("send_email", list(arguments.items()))
    assert actions(f"Before {written} after") == [
        ("send_email", {name: value.strip() for name, value in arguments.items()})
    ]


@given(st.lists(PIECES | st.sampled_from(["</thinking>", "<action>", "y"])).map("".join))
def test_any_text_can_be_taken_apart(text: str) -> None:
    answer = read_answer(text)
    position = 0
    for action in answer.actions:
        assert position <= action.start < action.end <= len(answer.visible)
        position = action.end
    assert answer.visible.startswith(answer.preface)
    assert read_answer(write_thinking("private") + text, "native").thinking.startswith("native")


HUGE = [
    *("<", ">", "<a", "<a>", "<x ", "</", "</a>", "<action", "<action>", "<action><a></a>"),
    *("<action><a>", "<thinking>", "</thinking>", "<thinking><thinking></thinking>", "<belief>"),
    *("<belief", "<p_evaluation>", "<belief>a", "a", "a.", "a'", '"', " ", "\n", ". ", "no ", "a="),
    *(
        "I can't ",
        "this is ",
        "this is a ",
        "sorry ",
        ",",
        "@",
        "a@",
        "(",
        "&lt;",
        "<action tool='",
    ),
]
READERS: dict[str, Callable[[str], object]] = {
    "episode": read,
    "recipients": lambda text: read(f'<action tool="send_email"><to>{text}</to></action>'),
    "attributes": lambda text: read(f"<action {text}>"),
    "choice": lambda text: read_belief(read_answer(text), "choice"),
    "probability": lambda text: read_belief(read_answer(text), "probability"),
    "number": lambda text: read_belief(
        read_answer(f"<p_evaluation>5 {text}</p_evaluation>"), "probability"
    ),
    "refusal": declines,
    "judge": lambda text: case_of(f"<action tool='send_email'><body>{text}</body></action>"),
    "prose": masked_prose,
    "words": masked_words,
}


@pytest.mark.parametrize("reader", READERS)
def test_no_text_takes_more_than_its_share_of_time(reader: str) -> None:
    """60 kB of anything: less than 0.1 s where all is read once, seconds where it is not."""
    for piece in HUGE:
        started = time.process_time()
        READERS[reader](piece * (60_000 // len(piece)))
        assert time.process_time() - started < 0.5, (reader, piece)


def test_a_megabyte_of_opening_brackets() -> None:
    started = time.process_time()
    assert read("<" * 1_000_000).answer.actions == ()
    assert time.process_time() - started < 2
