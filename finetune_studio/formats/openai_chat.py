"""OpenAI's chat layout: one `{"messages": [...]}` a line."""

from pathlib import Path

from finetune_studio.domain.example import ExampleKind, Record
from finetune_studio.formats.jsonl import JsonlSource
from finetune_studio.formats.records import encode
from finetune_studio.formats.sampling import share_of_kind
from finetune_studio.formats.source_stream import Progress


class OpenAIChatFormat:
    """Reads every line of a JSONL file; lines of other kinds are kept and reported by the checks."""

    id = "openai_chat"
    title = "OpenAI chat (JSONL)"
    extensions: tuple[str, ...] = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".jsonl.xz", ".jsonl.bz2")
    kind = ExampleKind.CONVERSATION

    def sniff(self, sample: bytes) -> bool:
        return share_of_kind(sample, self.kind) >= 0.5

    def open(
        self,
        path: Path,
        *,
        encoding: str | None = None,
        digest: bool = False,
        progress: Progress | None = None,
    ) -> JsonlSource:
        return JsonlSource(path, encoding=encoding, digest=digest, progress=progress)

    def encode(self, record: Record) -> bytes:
        return encode(record)
