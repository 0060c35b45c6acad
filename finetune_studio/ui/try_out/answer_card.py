"""One model's side of the comparison: what was asked, the answer as it comes, and what to do with it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from finetune_studio.ui.widgets import Badge, Button, Card, ElidedLabel, Label, LineHeightLabel, ScrollColumn
from finetune_studio.workspace.asking import Answer
from finetune_studio.workspace.model_choices import ModelChoice, ModelKind


class AnswerCard(Card):
    """`adopt_requested(text)` asks to make an example of the answer."""

    adopt_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=8, parent=parent)
        self._text = ""
        self._build_head()
        self._build_talk()
        self._build_foot()
        self.set_model(None)
        self.clear()

    def _build_head(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        self._kind = Badge("base", "neutral")
        self._name = ElidedLabel(type="strong", mode=Qt.TextElideMode.ElideMiddle)
        self._facts = Label(type="small")
        head.addWidget(self._kind)
        head.addWidget(self._name, 1)
        head.addWidget(self._facts)
        self.body.addLayout(head)

    def _build_talk(self) -> None:
        self._talk = ScrollColumn(spacing=4)
        self._talk.set_reachable("Question and answer")
        self._talk.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._asked_role = _role("user")
        self._asked = LineHeightLabel(type="message")
        self._answer_role = _role("assistant")
        self._answer = LineHeightLabel(type="message")
        for label in (self._asked, self._answer):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._hint = LineHeightLabel(type="secondary")
        for part in (self._asked_role, self._asked, self._answer_role, self._answer, self._hint):
            self._talk.body.addWidget(part)
        self._talk.body.insertSpacing(2, 6)
        self.body.addWidget(self._talk, 1)

    def _build_foot(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self._copy = Button("Copy", icon_name="copy")
        self._adopt = Button("Edit and add to dataset", icon_name="pencil")
        self._copy.clicked.connect(self._on_copy_clicked)
        self._adopt.clicked.connect(self._on_adopt_clicked)
        foot.addWidget(self._copy)
        foot.addWidget(self._adopt)
        foot.addStretch(1)
        self.body.addLayout(foot)

    def set_model(self, choice: ModelChoice | None) -> None:
        """Name the model that this side asks."""
        kind = choice.kind if choice is not None else ModelKind.BASE
        tones = {ModelKind.BASE: "neutral", ModelKind.TUNED: "success", ModelKind.CHECKPOINT: "info"}
        self._kind.set_text(kind.value)
        self._kind.set_tone(tones[kind])
        self._name.setText(choice.model if choice is not None else "No model chosen")
        self.setAccessibleName(f"Answer of {choice.model}" if choice is not None else "Answer")

    def clear(self) -> None:
        """Before the first question."""
        self._text = ""
        self._show(asked="", hint="The answer appears here.")
        self._facts.setText("")

    def begin(self, question: str) -> None:
        """A question was sent; the answer is awaited."""
        self._text = ""
        self._show(asked=question, hint="Waiting for the first words …")
        self._facts.setText("")

    def add_piece(self, piece: str) -> None:
        """Show what came in."""
        self._text += piece
        self._hint.hide()
        self._answer.setText(self._text)
        self._answer.show()
        bar = self._talk.verticalScrollBar()
        bar.setValue(bar.maximum())

    def finish(self, answer: Answer) -> None:
        """The answer is whole."""
        self._text = answer.text
        self._answer.setText(answer.text)
        self._answer.setVisible(bool(answer.text))
        self._hint.setVisible(not answer.text.strip())
        self._hint.setText("The model answered with nothing.")
        self._hint.set_tone("")
        self._facts.setText(f"{answer.tokens:,} tokens · {answer.seconds:.1f} s")
        self._set_usable(bool(answer.text.strip()))

    def fail(self, text: str) -> None:
        """There is no answer, or not a whole one; what came stays."""
        self._hint.setText(text)
        self._hint.set_tone("error")
        self._hint.show()
        self._set_usable(bool(self._text.strip()))

    @property
    def text(self) -> str:
        """The answer as far as it has come."""
        return self._text

    def _show(self, asked: str, hint: str) -> None:
        for part in (self._asked_role, self._asked, self._answer_role):
            part.setVisible(bool(asked))
        self._asked.setText(asked)
        self._answer.setText("")
        self._answer.hide()
        self._hint.setText(hint)
        self._hint.set_tone("")
        self._hint.show()
        self._set_usable(False)

    def _set_usable(self, usable: bool) -> None:
        self._copy.setEnabled(usable)
        self._adopt.setEnabled(usable)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text)

    @Slot()
    def _on_adopt_clicked(self) -> None:
        self.adopt_requested.emit(self._text)


def _role(role: str) -> Label:
    label = Label(role.upper())
    label.setProperty("role", role)
    label.setAccessibleName(role.capitalize())
    return label
