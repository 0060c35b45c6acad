"""What the submission tests share: a journal in a folder, a provider over the fake server, quick pauses."""

from pathlib import Path

from finetune_studio.domain.job import FineTuneJob, Hyperparameters
from finetune_studio.providers.openai_wire import OpenAIWireProvider, Timeouts
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.workspace.submission import freeze, submit
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_patience import Patience
from finetune_studio.workspace.submission_records import SentExample, Submission, SubmissionPlan
from tests.helpers.builders import chat_line
from tests.helpers.fake_provider_server import FakeProviderServer

QUICK = Patience(
    looking=(0, 0),
    uploading=(0, 0),
    creating=(0, 0),
    after_upload=(0, 0),
    after_create=(0, 0),
    processing=(0, 0, 0),
    longest=0,
)
QUICK_TIMEOUTS = Timeouts(read=0.25, upload=0.25, chat=0.25)
FACTS = WireFacts("fake", "Fake", pause=True)


def provider_of(
    server: FakeProviderServer, *, key: str | None = None, facts: WireFacts = FACTS
) -> OpenAIWireProvider:
    provider = OpenAIWireProvider(facts, server.base_url, Secret(key or server.key), QUICK_TIMEOUTS)
    server.on_close.append(provider.close)
    return provider


def sent_examples(count: int = 12, word: str = "answer") -> list[SentExample]:
    lines = [chat_line(("user", f"question {n}"), ("assistant", f"{word} {n}")) for n in range(count)]
    return [SentExample(line, 100 + n, bytes([n]) * 32) for n, line in enumerate(lines)]


def a_plan(server: FakeProviderServer, **changes: object) -> SubmissionPlan:
    values: dict[str, object] = {
        "profile_id": "fake",
        "title": "Fake",
        "base_url": server.base_url,
        "model": "tiny",
        "hyperparameters": Hyperparameters((("n_epochs", 3),)),
        "suffix": "marv",
        "seed": 7,
    }
    return SubmissionPlan(**{**values, **changes})  # type: ignore[arg-type]


class Sender:
    """A person who submits the same thing, once or again."""

    def __init__(self, server: FakeProviderServer, folder: Path, *, facts: WireFacts = FACTS) -> None:
        self.server = server
        self.journal = SubmissionJournal(folder)
        self.provider = provider_of(server, facts=facts)
        self.context = EventContext()

    def freeze(self, *, validation: bool = False, **changes: object) -> Submission:
        checked = sent_examples(3, "held out") if validation else None
        return freeze(self.journal, a_plan(self.server, **changes), sent_examples(), checked)

    def submit(self, submission: Submission | None = None) -> FineTuneJob:
        row = submission or self.freeze()
        return submit(self.journal, self.provider, row, self.context, QUICK)

    @property
    def jobs(self) -> int:
        return len(self.server.state.jobs)

    @property
    def uploads(self) -> int:
        return len(self.server.state.files)
