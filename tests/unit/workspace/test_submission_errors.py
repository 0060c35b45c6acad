import pytest

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.errors import GateError
from finetune_studio.domain.job import FineTuneJob, JobState
from finetune_studio.workspace.submission_errors import examples_named_in, trouble_of
from finetune_studio.workspace.submission_gate import gate
from finetune_studio.workspace.submission_records import (
    FrozenFile,
    Submission,
    SubmissionPlan,
    SubmissionState,
)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Example 6174", (6174,)),
        ("Example 6,174 has no answer", (6174,)),
        ('Example 1 contains an extra "weight".', (1,)),
        ("Example 100, message 2 Discriminator 'role' is missing in value", (100,)),
        ("Example 1273 cannot be parsed. Error: line contains invalid json: x", (1273,)),
        ("Example 1 is missing key 'messages'", (1,)),
        ("Moderation failed. Flagged lines: 4, 13, 200.", (4, 13, 200)),
        ("Flagged lines: 4, 13, ...", (4, 13)),
        ("Examples 3, 9 and 12 repeat; see example #40", (3, 9, 12, 40)),
        ("error on line 7", (7,)),
        ("Training file has 7 example(s), but must have at least 10 examples", ()),
        ("Expected file to have JSONL format, where every line is a valid JSON dictionary", ()),
        ("Example 0", ()),
        ("", ()),
    ],
)
def test_examples_named_in(text: str, lines: tuple[int, ...]) -> None:
    assert examples_named_in(text) == lines


def finding(severity: Severity) -> Diagnostic:
    return Diagnostic("F003", severity, "x")


def test_errors_close_the_gate() -> None:
    result = gate([finding(Severity.ERROR), finding(Severity.WARNING), finding(Severity.INFO)])
    assert (result.passed, result.findings) == (False, (1, 1))
    with pytest.raises(GateError, match="1 error must be mended"):
        result.require()


def test_a_reason_opens_it_and_blanks_are_none() -> None:
    found = [finding(Severity.ERROR)] * 1200
    assert gate(found, " they are\n meant ").override_reason == "they are meant"
    assert gate(found, "meant").passed
    assert not gate(found, "  \n").passed
    assert gate(found).text == "1,200 errors must be mended before this can be sent."


def test_warnings_do_not_stop() -> None:
    result = gate([finding(Severity.WARNING)])
    result.require()
    assert "1 warning to look at" in result.text


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (
            "Training file has 7 example(s), but must have at least 10 examples",
            "The file has 7 examples, and the service wants at least 10.",
        ),
        ('Example 1 contains an extra "weight".', "Line 1 of the file has the key “weight”"),
        (
            "Example 100, message 2 Discriminator 'role' is missing in value",
            "line 100 of the file has no role",
        ),
        ("Example 1273 cannot be parsed. Error: line contains invalid json: x", "Line 1273 of the file"),
        ("Example 1 is missing key 'messages'", "Line 1 of the file lacks “messages”"),
        ("Expected file to have JSONL format, where every line is a valid JSON dictionary", "lines of JSON"),
        (
            "The file is in the fine-tune-chat format, but it was given (provided method=dpo)",
            "preference pairs",
        ),
        ("Moderation failed. Flagged lines: 4, 13, 200.", "does not take some of the examples"),
        ("You exceeded your current quota", "no credit left"),
    ],
)
def test_what_the_service_says_comes_in_plain_words_first(said: str, plain: str) -> None:
    job = FineTuneJob("j", "m", "failed", JobState.FAILED, error_message=said)
    told = trouble_of(_row(job=job))
    assert told is not None
    assert plain in told.sentence
    assert told.sentence.endswith(f"It says: {said}")
    refused = trouble_of(_row(error=f"OpenAI refused (400). It says: {said}"))
    assert refused is not None
    assert plain in refused.sentence
    assert refused.sentence.count("It says") == 1


def test_what_is_not_known_is_shown_as_it_came() -> None:
    job = FineTuneJob("j", "m", "failed", JobState.FAILED, error_message="The hamster left the wheel")
    told = trouble_of(_row(job=job))
    assert told is not None
    assert told.sentence == "The hamster left the wheel"
    own = trouble_of(_row(error="The moderation of X flags 1 example.", advice="Mend it."))
    assert own is not None
    assert own.sentence == "The moderation of X flags 1 example. Mend it."
    assert trouble_of(_row()) is None


def _row(**more: object) -> Submission:
    plan = SubmissionPlan("openai", "OpenAI", "https://x/v1", "m")
    return Submission("r", SubmissionState.DONE, plan, FrozenFile("ab" * 32, 1, 1), **more)  # type: ignore[arg-type]
