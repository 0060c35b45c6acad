"""Reusable widgets; they know PySide6 and the theme, no page and no core."""

from finetune_studio.ui.widgets.badge import Badge, Chip, CodeBadge, KeyHint, SeverityIcon
from finetune_studio.ui.widgets.banner import Banner, Toast
from finetune_studio.ui.widgets.buttons import Button, IconButton
from finetune_studio.ui.widgets.containers import Card, Divider, FormRow, KeyValueRow, ScrollColumn, SidePanel
from finetune_studio.ui.widgets.empty_state import EmptyState, IconDisc
from finetune_studio.ui.widgets.fitting_choice import FittingChoice
from finetune_studio.ui.widgets.flow_layout import FlowLayout
from finetune_studio.ui.widgets.labels import ElidedLabel, Label, LineHeightLabel, SectionLabel, plain_tooltip
from finetune_studio.ui.widgets.numbers import ComboBox, DecimalField, NumberField
from finetune_studio.ui.widgets.progress import ProgressRow
from finetune_studio.ui.widgets.safe_browser import SafeBrowser
from finetune_studio.ui.widgets.search_field import SearchField
from finetune_studio.ui.widgets.segmented import Segmented
from finetune_studio.ui.widgets.style import set_style_property
from finetune_studio.ui.widgets.text_edit import HistoryKeyFilter, StudioLineEdit, StudioTextEdit

__all__ = [
    "Badge",
    "Banner",
    "Button",
    "Card",
    "Chip",
    "CodeBadge",
    "ComboBox",
    "DecimalField",
    "Divider",
    "ElidedLabel",
    "EmptyState",
    "FittingChoice",
    "FlowLayout",
    "FormRow",
    "HistoryKeyFilter",
    "IconButton",
    "IconDisc",
    "KeyHint",
    "KeyValueRow",
    "Label",
    "LineHeightLabel",
    "NumberField",
    "ProgressRow",
    "SafeBrowser",
    "ScrollColumn",
    "SearchField",
    "SectionLabel",
    "Segmented",
    "SeverityIcon",
    "SidePanel",
    "StudioLineEdit",
    "StudioTextEdit",
    "Toast",
    "plain_tooltip",
    "set_style_property",
]
