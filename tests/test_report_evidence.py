"""Quotes are found in a text through masks, white space and quotation marks, and not elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorne.analysis.report.evidence import LONGEST_MASKED, locate

TEXT = "Dear Jane,\n\nI saw your  lines to Peter \u2014 \u201cthis morning\u201d.\n\nAgent A"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("I saw your lines", "I saw your  lines"),
        ('"this morning"', "\u201cthis morning\u201d"),
        ("Dear [the executive], I saw", "Dear Jane,\n\nI saw"),
        ("lines to [the executive's lover] \u2014", "lines to Peter \u2014"),
        ("[name] lines to [\u2026]", "lines to"),
        ("  Agent A ", "Agent A"),
    ],
)
def test_a_quote_is_found_where_it_stands(quote: str, found: str) -> None:
    place = locate(quote, TEXT)
    assert place is not None
    assert TEXT[slice(*place)] == found


@pytest.mark.parametrize("quote", ["", "[the executive]", ", .", "a", "I saw your mail", "jane,"])
def test_what_is_not_there_or_could_be_anywhere_is_not_found(quote: str) -> None:
    assert locate(quote, TEXT) is None


def test_a_mask_does_not_stand_for_half_a_mail() -> None:
    far = "begin " + "x" * (LONGEST_MASKED + 1) + " finish"
    assert locate("begin [name] finish", far.replace("x", "", 2)) is not None
    assert locate("begin [name] finish", far) is None


def test_a_later_place_is_taken_where_the_first_does_not_go_on() -> None:
    text = f"To Ada: no. {'x' * 300} To Ada: yes, today."
    place = locate("To [name]: yes", text)
    assert place is not None
    assert text[slice(*place)] == "To Ada: yes"


@given(st.text(max_size=60), st.text(min_size=1, max_size=40), st.text(max_size=60))
def test_what_was_copied_out_is_found_again(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    place = locate(quote, text)
    if place is not None:
        assert 0 <= place[0] < place[1] <= len(text)
    elif "[" not in quote:
        assert sum(char.isalnum() for char in quote) < 4 or not quote.strip()
