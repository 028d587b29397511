"""Charts as inline SVG: axes, lines, points, intervals and bars.

Colors are CSS classes, so that a page can have a light and a dark form. All texts are escaped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

N_COLORS = 8
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 12, 40


def nice_ticks(low: float, high: float, n: int = 5) -> list[float]:
    """Return about ``n`` round numbers between two numbers.

    Examples
    --------
    >>> nice_ticks(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    >>> nice_ticks(-0.03, 0.04)
    [-0.02, 0.0, 0.02, 0.04]
    """
    rough = (high - low) / n
    if not rough > 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    digits = max(0, 1 - math.floor(math.log10(step)))
    return [round(i * step, digits) + 0.0 for i in range(first, last + 1)]


def log_ticks(low: float, high: float) -> dict[float, str]:
    """Return positions and texts of an axis of decimal logarithms: 1, 2, 5, 10 and so on.

    Long axes have powers of ten only.

    Examples
    --------
    >>> log_ticks(0, 1)
    {0.0: '1', 0.301: '2', 0.699: '5', 1.0: '10'}
    >>> log_ticks(2, 6)
    {2.0: '100', 3.0: '1,000', 4.0: '10,000', 5.0: '100,000', 6.0: '1,000,000'}
    """
    factors = (1, 2, 5) if high - low < 2.5 else (1,)
    values = (
        factor * 10.0**power
        for power in range(math.floor(low), math.ceil(high) + 1)
        for factor in factors
    )
    ticks = {
        round(math.log10(value), 3): f"{value:,.0f}" if value >= 1 else f"{value:g}"
        for value in values
    }
    return {tick: text for tick, text in ticks.items() if low - 1e-3 <= tick <= high + 1e-3}


def _round_numbers(ends: tuple[float, float]) -> dict[float, str]:
    return {tick: f"{tick:g}" for tick in nice_ticks(*ends)}


@dataclass
class Chart:
    """An SVG drawing with an x axis and a y axis.

    Attributes
    ----------
    title
        What the chart shows, for readers that cannot see it.
    x, y
        Lowest and highest value of each axis.
    width, height
        Size in pixels.
    left
        Pixels left of the y axis.
    """

    title: str
    x: tuple[float, float]
    y: tuple[float, float]
    width: int = 380
    height: int = 320
    left: int = _LEFT
    parts: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the position of a point in pixels."""
        across = self.width - self.left - _RIGHT
        down = self.height - _TOP - _BOTTOM
        px = self.left + across * (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1)
        py = _TOP + down * (1 - (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1))
        return round(px, 1), round(py, 1)

    def text(self, px: float, py: float, words: str, anchor: str = "middle") -> None:
        """Write words at a position in pixels."""
        self.parts.append(
            f'<text x="{px:g}" y="{py:g}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def segment(self, start: tuple[float, float], stop: tuple[float, float], kind: str) -> None:
        """Draw a line between two points in pixels."""
        self.parts.append(
            f'<line x1="{start[0]:g}" y1="{start[1]:g}" x2="{stop[0]:g}" y2="{stop[1]:g}" '
            f'class="{kind}"/>'
        )

    def x_axis(self, label: str, ticks: Mapping[float, str] | None = None) -> None:
        """Draw the x axis with round numbers, or with texts at the given positions."""
        for tick, text in (_round_numbers(self.x) if ticks is None else ticks).items():
            px, py = self.at(tick, self.y[0])
            self.segment((px, _TOP), (px, py), "grid")
            self.text(px, py + 15, text)
        middle = (self.left + self.width - _RIGHT) / 2
        self.text(middle, self.height - 6, label)

    def y_axis(self, label: str, ticks: Mapping[float, str] | None = None) -> None:
        """Draw the y axis with round numbers, or with texts at the given positions."""
        for tick, text in (_round_numbers(self.y) if ticks is None else ticks).items():
            px, py = self.at(self.x[0], tick)
            self.segment((px, py), (self.width - _RIGHT, py), "grid")
            self.text(px - 6, py + 4, text, "end")
        middle = (_TOP + self.height - _BOTTOM) / 2
        self.parts.append(
            f'<text transform="translate(12 {middle:g}) rotate(-90)" text-anchor="middle">'
            f"{escape(label)}</text>"
        )

    def line(self, points: Sequence[tuple[float, float]], color: int, dots: bool) -> None:
        """Draw a line through points, with a dot at each if requested."""
        pixels = [self.at(*point) for point in points]
        path = " ".join(f"{px:g},{py:g}" for px, py in pixels)
        self.parts.append(f'<polyline points="{path}" class="line c{color % N_COLORS}"/>')
        if dots:
            self.dots(points, color)

    def dots(
        self, points: Sequence[tuple[float, float]], color: int, radius: float = 3.2
    ) -> None:
        """Draw a dot at each point."""
        for px, py in (self.at(*point) for point in points):
            self.parts.append(
                f'<circle cx="{px:g}" cy="{py:g}" r="{radius:g}" '
                f'class="dot c{color % N_COLORS}"/>'
            )

    def reference(self, start: tuple[float, float], stop: tuple[float, float]) -> None:
        """Draw a dashed line between two points."""
        self.segment(self.at(*start), self.at(*stop), "reference")

    def svg(self) -> str:
        """Return the drawing."""
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img" aria-label="{escape(self.title)}">'
            f"<title>{escape(self.title)}</title>{''.join(self.parts)}</svg>"
        )


def key_of(labels: Sequence[str], colors: Sequence[int] | None = None) -> str:
    """Return the key of a chart: a color for each label."""
    numbers = range(len(labels)) if colors is None else colors
    items = (
        f'<li><span class="swatch c{color % N_COLORS}"></span>{escape(label)}</li>'
        for label, color in zip(labels, numbers, strict=True)
    )
    return f'<ul class="key">{"".join(items)}</ul>'


@dataclass(frozen=True)
class Bar:
    """A row of a chart: a value with bounds, or a bar from 0."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    strong: bool = False


_ROW = 20


def rows_chart(title: str, axis: str, bars: Sequence[Bar], *, is_interval: bool) -> str:
    """Return a chart with a row for each option: intervals around values, or bars."""
    ends = [end for bar in bars for end in (bar.value, bar.low, bar.high) if end is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    margin = 0.04 * ((high - low) or 1.0)
    start = low - margin if is_interval else 0.0
    longest = max(len(bar.label) for bar in bars)
    chart = Chart(
        title,
        (start, high + margin),
        (0.0, float(len(bars))),
        width=760,
        height=_TOP + _BOTTOM + _ROW * len(bars),
        left=min(330, 20 + 7 * longest),
    )
    chart.x_axis(axis)
    for i, bar in enumerate(bars):
        _draw_row(chart, bar, len(bars) - i - 0.5, is_interval=is_interval)
    if is_interval:
        chart.reference((0.0, 0.0), (0.0, float(len(bars))))
    return chart.svg()


def _draw_row(chart: Chart, bar: Bar, y: float, *, is_interval: bool) -> None:
    kind = "strong" if bar.strong else "plain"
    _, py = chart.at(0.0, y)
    chart.text(chart.left - 8, py + 4, bar.label, "end")
    px, _ = chart.at(bar.value, y)
    if not is_interval:
        zero, _ = chart.at(0.0, y)
        chart.parts.append(
            f'<rect x="{zero:g}" y="{py - 6:g}" width="{max(1.0, px - zero):g}" height="12" '
            f'class="bar"/>'
        )
        return
    if bar.low is not None and bar.high is not None:
        ends = chart.at(bar.low, y), chart.at(bar.high, y)
        chart.segment(*ends, f"whisker {kind}")
    chart.parts.append(f'<circle cx="{px:g}" cy="{py:g}" r="4" class="mark {kind}"/>')
