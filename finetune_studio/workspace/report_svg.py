"""Charts of a report as SVG that stands within the page: no file, no font, no script from anywhere."""

from html import escape

from finetune_studio.workspace.queries.statistics import Bar, Chart

_WIDTH = 720
_ROW = 24
_LABEL = 250
_NUMBERS = 120
_HEIGHT = 180
_FOOT = 22
_SHOWN = 40
"""Characters of the name of a class; the whole is in the tooltip and in the table."""


def chart_svg(key: str, chart: Chart) -> str:
    """Bars that stand for numbers in order, and that lie for classes."""
    return _columns(chart) if key in ("length", "turns") else _rows(chart)


def _rows(chart: Chart) -> str:
    whole = sum(bar.count for bar in chart.bars) or 1
    largest = max((bar.count for bar in chart.bars if bar.query), default=0) or chart.largest or 1
    room = _WIDTH - _LABEL - _NUMBERS
    parts = []
    for number, bar in enumerate(chart.bars):
        y = number * _ROW
        width = max(min(1.0, bar.count / largest) * room, 1.0 if bar.count else 0.0)
        parts.append(
            f'<g><title>{_tip(bar, whole)}</title><text x="{_LABEL - 10}" y="{y + 16}" '
            f'text-anchor="end">{escape(_short(bar.label))}</text>'
            f'<rect x="{_LABEL}" y="{y + 5}" width="{width:.1f}" height="14" rx="3" '
            f'class="{"bar" if bar.query else "rest"}"/>'
            f"{_stretches(bar, y, width)}"
            f'<text x="{_LABEL + width + 8:.1f}" y="{y + 16}" class="number">{bar.count:,} '
            f"({bar.count / whole * 100:.1f} %)</text></g>"
        )
    return _svg(chart.title, len(chart.bars) * _ROW + 4, "".join(parts))


def _stretches(bar: Bar, y: int, width: float) -> str:
    """The counts within a bar, from its left."""
    at, parts = float(_LABEL), []
    for name, count in bar.parts:
        own = width * count / bar.count if bar.count else 0.0
        parts.append(f'<rect x="{at:.1f}" y="{y + 5}" width="{own:.1f}" height="14" class="{escape(name)}"/>')
        at += own
    return "".join(parts)


def _columns(chart: Chart) -> str:
    whole = sum(bar.count for bar in chart.bars) or 1
    slot = _WIDTH / max(1, len(chart.bars))
    largest = chart.largest or 1
    parts = []
    for number, bar in enumerate(chart.bars):
        height = max(bar.count / largest * (_HEIGHT - 20), 1.0 if bar.count else 0.0)
        x, y = number * slot, _HEIGHT - height
        parts.append(
            f'<g><title>{_tip(bar, whole)}</title><rect x="{x + slot * 0.1:.1f}" y="{y:.1f}" '
            f'width="{slot * 0.8:.1f}" height="{height:.1f}" rx="2" class="bar"/></g>'
        )
    step = max(1, round(len(chart.bars) / 8))
    for number in range(0, len(chart.bars), step):
        first = chart.bars[number].label.partition(" ")[0]
        x = (number + 0.5) * slot
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT + 16}" text-anchor="middle">{escape(first)}</text>')
    parts.append(f'<line x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}" class="axis"/>')
    return _svg(chart.title, _HEIGHT + _FOOT, "".join(parts))


def _svg(title: str, height: int, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{content}</svg>'
    )


def _tip(bar: Bar, whole: int) -> str:
    parts = "".join(f", {name} {count:,}" for name, count in bar.parts)
    return escape(f"{bar.label}: {bar.count:,} ({bar.count / whole * 100:.1f} %){parts}")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
