"""Small charts as inline SVG: curves over a number line, with axes and nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from twin.arrays import Floats

WIDTH, HEIGHT = 234, 165
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 22, 24


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart; `style` is a class of the page: sim, fit or check."""

    style: str
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Frame:
    """From values to pixels."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int

    def at(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Pixel positions; y grows downwards."""
        across = self.width - _LEFT - _RIGHT
        down = HEIGHT - _TOP - _BOTTOM
        px = _LEFT + across * (x - self.x[0]) / (self.x[1] - self.x[0])
        py = HEIGHT - _BOTTOM - down * (y - self.y[0]) / (self.y[1] - self.y[0])
        return px, py


def chart(title: str, curves: Sequence[Curve], ticks: Sequence[tuple[float, str]] = ()) -> str:
    """An SVG element; `ticks` are positions and labels on the x axis."""
    return wide_chart(title, curves, ticks, WIDTH)


def wide_chart(
    title: str, curves: Sequence[Curve], ticks: Sequence[tuple[float, str]], width: int
) -> str:
    """The same, so many pixels wide."""
    frame = _frame(curves, width)
    parts = [f'<text class="title" x="{_LEFT}" y="14">{escape(title)}</text>']
    parts += _y_axis(frame)
    parts += _x_axis(frame, ticks or _ends(frame))
    parts += [_path(frame, curve) for curve in curves]
    body = "".join(parts)
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width} {HEIGHT}" '
        f'width="{width}" height="{HEIGHT}">{body}</svg>'
    )


def _frame(curves: Sequence[Curve], width: int) -> Frame:
    x = np.concatenate([curve.x for curve in curves] or [np.zeros(1)])
    y = np.concatenate([curve.y for curve in curves] or [np.zeros(1)])
    return Frame(_range(x), _range(y, 0.06), width)


def _range(values: Floats, margin: float = 0.0) -> tuple[float, float]:
    seen = values[np.isfinite(values)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    extra = margin * (high - low)
    return low - extra, high + extra


def _path(frame: Frame, curve: Curve) -> str:
    """A gap in the values is a gap in the line."""
    px, py = frame.at(curve.x, curve.y)
    steps, lifted = [], True
    for x, y in zip(px, py, strict=True):
        if not np.isfinite(y):
            lifted = True
            continue
        steps.append(f"{'M' if lifted else 'L'}{x:.1f} {y:.1f}")
        lifted = False
    return f'<path class="{curve.style}" d="{"".join(steps)}"/>'


def _y_axis(frame: Frame) -> list[str]:
    parts = []
    for value in round_ticks(*frame.y):
        _, py = frame.at(np.zeros(1), np.array([value]))
        y = f"{py[0]:.1f}"
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{frame.width - _RIGHT}"/>')
        parts.append(f'<text class="y" x="{_LEFT - 4}" y="{y}">{value:g}</text>')
    return parts


def _x_axis(frame: Frame, ticks: Sequence[tuple[float, str]]) -> list[str]:
    base = HEIGHT - _BOTTOM
    parts = [f'<path class="axis" d="M{_LEFT} {base}H{frame.width - _RIGHT}"/>']
    for place, label in ticks:
        px, _ = frame.at(np.array([place]), np.zeros(1))
        side = "end" if px[0] > frame.width - 2 * _RIGHT else "x"
        parts.append(f'<text class="{side}" x="{px[0]:.1f}" y="{base + 14}">{escape(label)}</text>')
    return parts


def _ends(frame: Frame) -> list[tuple[float, str]]:
    return [(value, f"{value:g}") for value in round_ticks(*frame.x)]


def round_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten within the range, at most so many."""
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(power * k for k in (1, 2, 5, 10, 20) if (high - low) / (power * k) <= most)
    return [
        round(float(k * step), 9) for k in range(int(np.ceil(low / step)), int(high // step) + 1)
    ]
