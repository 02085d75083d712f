"""The figure: rates of misaligned acts with their intervals, after the study's figure 10.

It is drawn twice, for a wide page and for a narrow one; both are SVG, with text as text. The same
numbers give the same bytes. Levels differ in shape, not in colour alone, and the two hues are told
apart by all common kinds of colour vision.
"""

import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import svg
from .marks import Block, Mark, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MUTED, RULE = "#1d1d1f", "#5b5b60", "#d9d6d0"
_SHAPES: Mapping[str, tuple[str, str, float]] = {
    # level → colour, marker, its size; a square of the same size looks larger than a circle
    "evaluation": ("#0b5fa5", "o", 7.5),
    "deployment": ("#b3470b", "s", 6.8),
    "neutral": (MUTED, "^", 7.5),
    "mixed": (MUTED, "v", 7.5),
}
# The names by which the page's style knows the colours.
COLOURS = {
    INK: "ink",
    MUTED: "muted",
    RULE: "rule",
    "#0b5fa5": "evaluation",
    "#b3470b": "deployment",
}
_LINE, _HEAD, _GAP, _TITLE, _AXIS = 21, 20, 12, 28, 46


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand, in pixels: the axis from `left` to `right`, the columns' right ends.

    `sample` None: there is no room for a column with numbers of trials. `longest` is how many
    characters of a title fit.
    """

    name: str
    width: int
    left: int
    right: int
    number: int
    sample: int | None
    longest: int


WIDE = Layout("wide", 760, 170, 500, 655, 760, 100)
NARROW = Layout("narrow", 350, 98, 268, 350, None, 48)


def draw(panels: Sequence[Panel], *, kind: str, title: str) -> str:
    """Both forms of a figure as SVG elements, the wide one first."""
    return "\n".join(_draw(panels, layout, kind, title) for layout in (WIDE, NARROW))


def _draw(panels: Sequence[Panel], layout: Layout, kind: str, title: str) -> str:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "hawthorne"}):
        height = sum(_height(panel) for panel in panels)
        # SVG has 72 units an inch, so that one unit is one pixel of the layout.
        figure = Figure(figsize=(layout.width / 72, height / 72))
        figure.patch.set_visible(False)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, layout.width), ylim=(height, 0))
        axes.set_axis_off()
        top = 0.0
        for panel in panels:
            _Pencil(axes, layout, top).panel(panel, named=len(panels) > 1)
            top += _height(panel)
        found = io.StringIO()
        with warnings.catch_warnings():
            # Names in scripts that matplotlib's own font lacks: the browser has them.
            warnings.simplefilter("ignore", UserWarning)
            figure.savefig(found, format="svg", metadata={"Date": None, "Creator": None})
    return svg.inline(
        found.getvalue(),
        name=f"{layout.name}-{kind}",
        title=title,
        text=_in_words(panels),
        colours=COLOURS,
    ).replace(f'class="{layout.name}-{kind}"', f'class="{layout.name}"', 1)


def _height(panel: Panel) -> float:
    return _TITLE + _AXIS + sum(_block_height(block) for block in panel.blocks)


def _block_height(block: Block) -> float:
    return _HEAD + _LINE * len(block.marks) + _GAP


def _in_words(panels: Sequence[Panel]) -> str:
    return " ".join(
        f"{panel.scenario}, {block.title}: {'; '.join(mark.sentence for mark in block.marks)}."
        for panel in panels
        for block in panel.blocks
    )


class _Pencil:
    """Draws one panel from `top` downwards."""

    def __init__(self, axes: "Axes", layout: Layout, top: float) -> None:
        self.axes = axes
        self.layout = layout
        self.y = top

    def panel(self, panel: Panel, *, named: bool) -> None:
        self._headers(panel.scenario if named else "")
        for block in panel.blocks:
            self._block(block)
        self._axis()

    def _headers(self, scenario: str) -> None:
        y, layout = self.y + 14, self.layout
        self._text(0, y, self._short(scenario), weight="bold", size=13)
        if layout.sample:
            self._text(layout.number, y, "rate [95 % interval]", ha="right", color=MUTED, size=11)
            self._text(layout.sample, y, "trials", ha="right", color=MUTED, size=11)
        self.y += _TITLE

    def _block(self, block: Block) -> None:
        colour = MUTED if block.is_published else INK
        weight = "normal" if block.is_published else "bold"
        self._text(0, self.y + 11, self._short(block.title), color=colour, weight=weight)
        self.y += _HEAD
        # Only behind the marks: a line through a title makes it hard to read.
        ends = [self.y + 1, self.y + _LINE * len(block.marks) - 1]
        for share in self._ticks:
            self._line([self._x(share)] * 2, ends, RULE, 1, zorder=0)
        for mark in block.marks:
            self._mark(mark, self.y + _LINE / 2)
            self.y += _LINE
        self.y += _GAP

    def _mark(self, mark: Mark, y: float) -> None:
        colour, marker, size = _SHAPES.get(mark.level, (MUTED, "o", 7.5))
        layout = self.layout
        self._text(14, y, mark.label if layout.sample else mark.level, color=MUTED)
        if mark.counts:
            self._interval(mark, y, colour)
        if mark.rate is not None:
            hollow = mark.counts is None or mark.counts.undecided
            self.axes.plot(
                [self._x(mark.rate)],
                [y],
                marker="D" if mark.counts is None else marker,
                markersize=6 if mark.counts is None else size,
                markerfacecolor="none" if hollow else colour,
                markeredgecolor=colour,
                markeredgewidth=1.6,
                clip_on=False,
            )
        if layout.sample:
            self._text(layout.number, y, mark.number, ha="right")
            self._text(layout.sample, y, mark.sample, ha="right", color=MUTED)
        else:
            self._text(layout.number, y, mark.short, ha="right")

    def _interval(self, mark: Mark, y: float, colour: str) -> None:
        """The bounds as a pale bar where trials are undecided, and Wilson's interval as a line."""
        counts = mark.counts
        if counts is None:
            return
        if counts.undecided and counts.lowest is not None and counts.highest is not None:
            ends = [self._x(counts.lowest), self._x(counts.highest)]
            self._line(ends, [y, y], colour, 9, alpha=0.22)
        if counts.low is not None and counts.high is not None:
            ends = [self._x(counts.low), self._x(counts.high)]
            self._line(ends, [y, y], colour, 2.2)

    def _axis(self) -> None:
        y = self.y - _GAP / 2 + 8
        for share in self._ticks:
            self._text(self._x(share), y, f"{100 * share:.0f}", ha="center", color=MUTED, size=11)
        middle = (self.layout.left + self.layout.right) / 2
        said = "misaligned, % of decided trials"
        self._text(middle, y + 17, said, ha="center", color=MUTED, size=11)
        self.y += _AXIS

    @property
    def _ticks(self) -> tuple[float, ...]:
        return (0, 0.25, 0.5, 0.75, 1) if self.layout.sample else (0, 0.5, 1)

    def _x(self, share: float) -> float:
        return self.layout.left + share * (self.layout.right - self.layout.left)

    def _short(self, title: str) -> str:
        longest = self.layout.longest
        return title if len(title) <= longest else f"{title[: longest - 1]}…"

    def _line(self, x: list[float], y: list[float], colour: str, width: float, **more: Any) -> None:
        self.axes.plot(
            x, y, color=colour, linewidth=width, solid_capstyle="butt", clip_on=False, **more
        )

    def _text(self, x: float, y: float, text: str, **style: Any) -> None:
        # Names are data: a dollar sign in one is no formula.
        given = {"color": INK, "va": "center_baseline", "size": 12, **style}
        self.axes.text(x, y, text, parse_math=False, clip_on=False, **given)
