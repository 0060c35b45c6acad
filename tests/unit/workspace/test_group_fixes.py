"""Fixes of rules that look at all examples: the finding is that of the last whole check."""

import pytest

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import messages_of
from finetune_studio.workspace.operations import examples, fixes, messages
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import a_conversation, assistant, system, user

_USUAL = "Marv is a factual chatbot that is also sarcastic, and never apologises for it."
_VARIANT = "Marv is a factual chatbot who is also sarcastic, and never apologises for it."


def _prompt(workspace: Workspace, example_id: int) -> str:
    return messages_of(get_example(workspace, example_id).record)[0].text


def test_a_near_same_system_prompt_is_replaced_by_the_usual_one(workspace: Workspace) -> None:
    for number in range(24):
        prompt = _VARIANT if number == 20 else _USUAL
        turns = (
            system(prompt),
            user(f"Question {number}?"),
            assistant(f"Answer number {number}, of course."),
        )
        workspace.perform(examples.new_example, a_conversation(*turns))
    workspace.lint.start()
    odd = list_ids(workspace)[20]
    finding = next(found for found in workspace.lint.findings_of(odd) if found.code == "D204")
    workspace.perform(fixes.apply_fix, odd, finding)
    assert _prompt(workspace, odd) == _USUAL
    workspace.undo()
    assert _prompt(workspace, odd) == _VARIANT
    workspace.perform(messages.set_message_text, odd, 0, "Quite another prompt.")
    workspace.lint.start()
    with pytest.raises(StudioError, match="out of date"):
        workspace.perform(fixes.apply_fix, odd, finding)
