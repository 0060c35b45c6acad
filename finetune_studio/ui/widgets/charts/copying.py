"""A chart to the clipboard: as a picture, and as a table that spreadsheets take."""

import csv
import io

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFont, QGuiApplication, QImage, QPainter

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets.charts.base import Chart, Table

_SCALE = 2
_PAD = 16
_TITLE = 34


def chart_image(chart: Chart, title: str) -> QImage:
    """The chart under its title, twice as sharp as the screen, in the colours of the theme."""
    width, height = chart.width() + 2 * _PAD, chart.picture_height() + 2 * _PAD + _TITLE
    image = QImage(width * _SCALE, height * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(color("raised"))
    painter = QPainter(image)
    painter.setFont(ui_font("message", QFont.Weight.DemiBold))
    painter.setPen(color("text"))
    place = QRectF(_PAD, _PAD, chart.width(), _TITLE - 8)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, title)
    chart.render(painter, QPoint(_PAD, _PAD + _TITLE), renderFlags=chart.RenderFlag.DrawChildren)
    painter.end()
    return image


def csv_text(table: Table) -> str:
    """Headers and rows as CSV (RFC 4180)."""
    headers, rows = table
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue()


def copy_image(chart: Chart, title: str) -> None:
    QGuiApplication.clipboard().setImage(chart_image(chart, title))


def copy_csv(chart: Chart) -> None:
    QGuiApplication.clipboard().setText(csv_text(chart.exported_table()))
