"""OpenAI's preference layout: `{"input", "preferred_output", "non_preferred_output"}` a line."""

from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.openai_chat import OpenAIChatFormat


class OpenAIPreferenceFormat(OpenAIChatFormat):
    """Read and written line by line as the chat layout is; only the keys differ."""

    id = "openai_preference"
    title = "OpenAI preference pairs (JSONL)"
    kind = ExampleKind.PREFERENCE
