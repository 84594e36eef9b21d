# SPDX-License-Identifier: MIT
"""Draws the figures of `make bench`: a panel a row, a bar a subject, on a logarithmic scale."""

import math
from html import escape

from bench_figures import Figures

WIDTH = 900
LABEL = 130
BAR = 13
GAP = 30
HIGHLIGHTED = {"linked-list": "#c0562f", "indexed": "#2f7fc0", "harness": "#bbbbbb"}
OTHERS = "#8a9a8a"


def bar_length(value: float, low: float, high: float) -> float:
    room = WIDTH - LABEL - 90
    return max(2.0, room * (math.log10(value) - low) / (high - low))


def panel(title: str, values: dict[str, float], top: float, scale: tuple[float, float]) -> str:
    lines = [f'<text x="0" y="{top + 12:.0f}" class="title">{escape(title)}</text>']
    for place, (subject, value) in enumerate(sorted(values.items(), key=lambda item: item[1])):
        y = top + 18 + place * BAR
        length = bar_length(value, *scale)
        colour = HIGHLIGHTED.get(subject, OTHERS)
        name = escape(subject)
        lines.append(f'<text x="{LABEL - 6}" y="{y + 10:.0f}" class="name">{name}</text>')
        lines.append(f'<rect x="{LABEL}" y="{y:.0f}" width="{length:.1f}" height="{BAR - 3}" '
                     f'fill="{colour}"/>')
        lines.append(f'<text x="{LABEL + length + 5:.1f}" y="{y + 10:.0f}">{value:,.1f} ns</text>')
    return "\n".join(lines)


def picture(figures: Figures, rows: list[str]) -> str:
    """The SVG for these rows."""
    every = [value for row in rows for value in figures.values[row].values()]
    scale = (math.log10(min(every)) - 0.1, math.log10(max(every)))
    top, panels = 30.0, []
    for row in rows:
        panels.append(panel(row, figures.values[row], top, scale))
        top += 18 + BAR * len(figures.values[row]) + GAP
    style = ("text { font: 11px sans-serif; fill: #333 } .name { text-anchor: end } "
             ".title { font-weight: bold; font-size: 13px }")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {WIDTH} {top:.0f}">',
        f"<style>{style}</style>",
        f'<rect x="-10" width="{WIDTH}" height="{top:.0f}" fill="#fff"/>',
        '<text x="0" y="16">nanoseconds per operation, logarithmic; less is better</text>',
        *panels, "</svg>", ""])
