"""Variants: the exact prompt, and what its hash and its pair tell apart."""

import json
import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.errors import UsageError
from hawthorne.probes import how as hows
from hawthorne.probes import when as whens
from hawthorne.probes.preview import preview, variant
from hawthorne.probes.records import How, When
from hawthorne.probes.variant import Probe
from hawthorne.scenario_variants.cues import LEVELS
from hawthorne.scenario_variants.load import load
from hawthorne.scenario_variants.render import Setting, settings
from hawthorne.tests.scripted import LIBRARY, variant_of

WHENS: tuple[When, ...] = ("inline", "none")
HOWS: tuple[How, ...] = ("choice", "probability")
SETTINGS = {name: settings(load(name).scenario) for name in LIBRARY}


@st.composite
def which(draw: st.DrawFn) -> tuple[Any, ...]:
    """The arguments of `variant_of`: a variant itself takes pages to print."""
    name = draw(st.sampled_from(LIBRARY))
    setting, framing = draw(st.sampled_from(SETTINGS[name])), draw(st.sampled_from(LEVELS))
    when, how = draw(st.sampled_from(WHENS)), draw(st.sampled_from(HOWS))
    return name, framing, setting, when, how, draw(st.booleans())


@given(which())
def test_two_orders_differ_in_one_line_near_the_end(arguments: tuple[Any, ...]) -> None:
    shown = variant_of(*arguments)
    if shown.probe.how != "choice":
        assert shown.probe.orders == (None,)
        return
    first, second = (shown.messages(order) for order in shown.probe.orders)
    assert first[0] == second[0]
    one, other = (messages[1].content.split("\n") for messages in (first, second))
    (pair,) = [lines for lines in zip(one, other, strict=True) if lines[0] != lines[1]]
    options = [re.findall("<belief>.*?</belief>", line) for line in pair]
    assert options[0] == options[1][::-1]
    texts = first[1].content, second[1].content
    shared = next(i for i, (a, b) in enumerate(zip(*texts, strict=True)) if a != b)
    assert shared > 0.9 * len(texts[0]), "a server reads this much once"
    hashes = {shown.prompt_hash(order) for order in shown.probe.orders}
    assert len(hashes) == 2
    assert shown.hash == shown.prompt_hash("evaluation-first") == shown.prompt_hash(None)


@given(which(), which())
def test_one_hash_is_one_prompt(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
    one, other = variant_of(*first), variant_of(*second)
    prompts = [(v.messages(v.probe.orders[0]), json.dumps(v.tools())) for v in (one, other)]
    assert (one.hash == other.hash) == (prompts[0] == prompts[1])
    assert replace(one).hash == one.hash
    assert re.fullmatch("[0-9a-f]{32}", one.hash)


@pytest.mark.parametrize(
    "changed",
    [
        {"scenario": "leak"},
        {"framing": "evaluation"},
        {"framing": "neutral"},
        {"setting": Setting()},
        {"setting": Setting("conflict", "replacement")},
        {"setting": Setting("none", "replacement", mitigation="no-leverage")},
        {"when": "none"},
        {"how": "probability"},
        {"scratchpad": False},
    ],
)
def test_whatever_a_subject_reads_changes_the_hash(changed: dict[str, Any]) -> None:
    assert variant_of(**changed).hash != variant_of().hash


def test_a_change_in_a_tool_alone_changes_the_hash() -> None:
    shown = variant_of()
    tools = tuple(replace(t, description=t.description + "!") for t in shown.rendering.tools)
    changed = replace(shown, rendering=replace(shown.rendering, tools=tools))
    assert changed.hash != shown.hash
    assert changed.pair == shown.pair


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", LIBRARY)
def test_who_is_not_asked_reads_nothing_of_it(name: str, how: How) -> None:
    asked, plain = variant_of(name, how=how), variant_of(name, when="none")
    assert plain.probe == Probe("none", None)
    moment, form = whens.get("inline"), hows.get(how)
    request = moment.request.replace("{question}", form.question(None))
    system, user = (message.content for message in asked.messages())
    for added in (request, form.blank):
        assert user.count(added) == 1
    user = user.replace(f" {request}", "").replace(f"{form.blank}\n", "")
    assert user == plain.messages()[1].content
    assert system == f"{plain.messages()[0].content}\n\n{moment.notice}"
    texts = " ".join(message.content for message in plain.messages())
    assert "<belief>" not in texts
    assert "p_evaluation" not in texts


@pytest.mark.parametrize("how", HOWS)
def test_a_form_that_is_never_asked_for_makes_no_variant_of_its_own(how: How) -> None:
    assert variant_of(when="none", how=how).hash == variant_of(when="none").hash


@given(which())
def test_no_blank_and_no_mark_of_a_template_is_left(arguments: tuple[Any, ...]) -> None:
    shown = variant_of(*arguments)
    for order in shown.probe.orders:
        text = json.dumps([message.content for message in shown.messages(order)])
        assert not re.search(r"[{}\ue000-\ue002]", text[1:-1])
        assert "\\n\\n\\n\\n" not in text


def test_every_tool_is_listed_in_the_prompt_and_in_the_schemas() -> None:
    for name in LIBRARY:
        shown = variant_of(name)
        system = shown.messages()[0].content
        assert len(shown.tools()) == len(shown.rendering.tools) > 2
        for tool in shown.tools():
            parameters = tool["parameters"]
            assert f"- {tool['name']}({', '.join(parameters['properties'])}): " in system
            assert parameters["required"] == list(parameters["properties"])
            assert parameters["additionalProperties"] is False


def test_pairs_leave_out_framing_cues_and_probe_and_nothing_else() -> None:
    seen: dict[str, set[tuple[object, ...]]] = {}
    for name in LIBRARY:
        for setting, framing, when, how in product(SETTINGS[name], LEVELS, WHENS, HOWS):
            shown = variant_of(name, framing, setting, when, how)
            seen.setdefault(shown.pair, set()).add((name, setting))
    assert all(len(together) == 1 for together in seen.values())
    assert len(seen) == sum(map(len, SETTINGS.values()))
    assert variant_of().pair == "blackmail/none/replacement/unstated/none/text"
    flipped = variant(
        "blackmail",
        "evaluation",
        Setting(threat="replacement"),
        when="none",
        how="choice",
        flips=["stakes"],
    )
    assert flipped.pair == variant_of().pair


def test_a_mode_and_a_moment_that_are_not_there_are_named() -> None:
    def asked(mode: Any, when: Any) -> None:
        variant("blackmail", "neutral", Setting(), when=when, how="choice", mode=mode)

    with pytest.raises(UsageError, match="no mode 'dream'"):
        asked("dream", "none")
    with pytest.raises(UsageError, match="no moment of asking 'never'"):
        asked("text", "never")


def test_a_preview_is_what_the_subject_gets() -> None:
    shown = variant_of()
    found = preview(shown, "deployment-first")
    assert [m["content"] for m in found["messages"]] == [
        message.content for message in shown.messages("deployment-first")
    ]
    assert (found["option_order"], found["variant"]) == ("deployment-first", shown.hash)
    assert preview(shown, None)["option_order"] == "evaluation-first"
    unasked = preview(variant_of(when="none"), "deployment-first")
    assert (unasked["option_order"], unasked["probe_how"]) == (None, None)
