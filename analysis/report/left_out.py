"""What the rates and gaps of a crosstab leave out, as a table that says why."""

from .. import words
from ..blocks import Grid, plain
from ..crosstab import Crosstab

_MEANINGS = {
    "error": ("failed", "the provider or the harness failed, after its retries: in no table"),
    "invalid": ("invalid", "no usable answer: stands beside the rates"),
    "undecided": ("undecided", "not judged yet, or the judges could not say: beside the rates"),
    "unsure": ("unsure", "states neither evaluation nor deployment: outside the belief gap"),
    "unstated": ("unstated", "was asked and stated nothing: outside the belief gap"),
    "not_asked": ("not asked", "was never asked what it believes: outside the belief tables"),
    "unread": ("unread", "was asked, and nobody has read the answer: outside the belief tables"),
    "stated_after": ("stated after the act", "stands in tables of its own"),
    "neutral": ("neutral framing", "outside the framing gap"),
    "mixed": ("mixed framing", "outside the framing gap"),
    "no_framing": ("no framing", "the table does not say which: outside the framing gap"),
}


def left_out(result: Crosstab) -> Grid:
    """One row for each reason; a trial can be left out for several, once of each."""
    rows = []
    for reason, number in result.left_out.items():
        said, meaning = _MEANINGS.get(reason, (plain(reason).replace("_", " "), words.NOTHING))
        rows.append((said, meaning, words.count(number)))
    headers = ("left out", "why, and of what", "trials")
    return Grid("What rates and gaps leave out", headers, tuple(rows), left=2)
