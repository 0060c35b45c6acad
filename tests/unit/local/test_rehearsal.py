"""The engine by itself: it truly trains, and going on later changes nothing."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.domain.errors import InputError
from finetune_studio.local.engines.base import AnswerPiece, AnswerRequest, StepMetrics, TrainingRequest
from finetune_studio.local.engines.rehearsal.engine import UNTRAINED_ANSWER, RehearsalEngine
from finetune_studio.local.engines.rehearsal.plan import auto_epochs
from finetune_studio.local.engines.rehearsal.trainer import TrainerLimits
from tests.helpers.training_data import chats


@dataclass
class Recorder:
    """A listener that keeps all, and asks to stop after a step."""

    stop_after: int | None = None
    steps: list[StepMetrics] = field(default_factory=list)
    checkpoints: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    state: Path | None = None

    def on_step(self, metrics: StepMetrics) -> None:
        self.steps.append(metrics)

    def on_state(self, step: int, path: Path) -> None:
        assert step == self.steps[-1].step
        self.state = path

    def on_checkpoint(self, metrics: StepMetrics, path: Path) -> None:
        self.checkpoints.append(path)

    def on_note(self, level: str, text: str) -> None:
        self.notes.append(text)

    def should_stop(self) -> bool:
        return self.stop_after is not None and len(self.steps) >= self.stop_after


def train(
    folder: Path,
    examples: list[dict[str, Any]],
    validation: list[dict[str, Any]] | None = None,
    method: str = "supervised",
    limits: TrainerLimits | None = None,
    **hyperparameters: float,
) -> tuple[RehearsalEngine, Path, Recorder]:
    engine = RehearsalEngine(limits)
    recorder = Recorder()
    plan = engine.prepare(TrainingRequest(examples, validation or [], method, hyperparameters, seed=5))
    result = engine.train(plan, folder, recorder, None)
    assert result.model is not None
    return engine, result.model, recorder


def ask(engine: RehearsalEngine, model: Path | None, text: str, **options: Any) -> str:
    messages = [{"role": "system", "content": "You list things."}, {"role": "user", "content": text}]
    return "".join(piece.text for piece in engine.answer(model, AnswerRequest(messages, **options)))


def question_of(example: dict[str, Any]) -> str:
    return str(example["messages"][-2]["content"])


def answer_of(example: dict[str, Any]) -> str:
    return str(example["messages"][-1]["content"])


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[RehearsalEngine, Path, Recorder]:
    return train(tmp_path_factory.mktemp("trained"), chats(30), chats(40)[30:])


def test_it_learns_what_it_was_shown(trained: tuple[RehearsalEngine, Path, Recorder]) -> None:
    engine, model, _ = trained
    right = sum(ask(engine, model, question_of(e)) == answer_of(e) for e in chats(30))
    assert right >= 29


def test_it_answers_a_reworded_question(trained: tuple[RehearsalEngine, Path, Recorder]) -> None:
    engine, model, _ = trained
    answers = [
        ask(engine, model, question_of(e).replace("What goes", "please tell me what goes").rstrip("?"))
        for e in chats(30)
    ]
    assert sum(given == answer_of(e) for given, e in zip(answers, chats(30), strict=True)) >= 24


def test_losses_are_true_numbers_that_fall(trained: tuple[RehearsalEngine, Path, Recorder]) -> None:
    steps = trained[2].steps
    assert [metrics.step for metrics in steps] == list(range(1, len(steps) + 1))
    assert steps[0].train_loss > 4
    assert steps[-1].train_loss < 0.1
    assert steps[-1].train_accuracy > 0.95
    assert all(metrics.valid_loss is not None for metrics in steps)
    assert steps[-1].full_valid_loss is not None
    assert round(steps[5].train_loss, 6) != steps[5].train_loss


def test_the_same_seed_gives_the_same_training(tmp_path: Path) -> None:
    first = train(tmp_path, chats(10), chats(4), n_epochs=3)[2]
    second = train(tmp_path, chats(10), chats(4), n_epochs=3)[2]
    assert first.steps == second.steps


def test_going_on_from_a_state_gives_the_same_steps(tmp_path: Path) -> None:
    engine = RehearsalEngine()
    plan = engine.prepare(TrainingRequest(chats(12), chats(4), "supervised", {"n_epochs": 6}, seed=5))
    whole = Recorder()
    engine.train(plan, tmp_path, whole, None)
    half = Recorder(stop_after=plan.steps // 2)
    stopped = engine.train(plan, tmp_path, half, None)
    assert stopped.model is None
    rest = Recorder()
    done = engine.train(plan, tmp_path, rest, half.state)
    assert half.steps + rest.steps == whole.steps
    assert done.steps == plan.steps


def test_checkpoints_answer_too(trained: tuple[RehearsalEngine, Path, Recorder]) -> None:
    engine, _, recorder = trained
    assert len(recorder.checkpoints) == 3
    assert ask(engine, recorder.checkpoints[-1], question_of(chats(1)[0])).startswith("Number")


def test_answers_of_weight_0_are_not_learnt(tmp_path: Path) -> None:
    examples = chats(10)
    examples[0]["messages"][-1]["weight"] = 0
    examples[0]["messages"][-1]["content"] = "xylophone xylophone"
    engine, model, _ = train(tmp_path, examples, n_epochs=30)
    assert "xylophone" not in ask(engine, model, question_of(examples[0]))


def test_nothing_to_train_is_said(tmp_path: Path) -> None:
    examples = chats(10)
    for example in examples:
        example["messages"][-1]["weight"] = 0
    with pytest.raises(InputError, match="nothing to learn"):
        train(tmp_path, examples)


def test_every_turn_of_a_conversation_is_learnt(tmp_path: Path) -> None:
    turns = [("Hello", "Good day."), ("Who are you?", "A small network."), ("Bye", "Farewell, 東京 👋!")]
    messages = [
        {"role": role, "content": text}
        for turn in turns
        for role, text in zip(("user", "assistant"), turn, strict=True)
    ]
    engine, model, _ = train(tmp_path, [{"messages": messages}, *chats(9)], n_epochs=50)
    for place in range(1, 6, 2):
        pieces = engine.answer(model, AnswerRequest(messages[:place]))
        assert "".join(piece.text for piece in pieces) == messages[place]["content"]


def test_tool_calls_are_learnt(tmp_path: Path) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"city": "Köln"}'}}
    messages = [{"role": "user", "content": "Trains in Köln"}, {"role": "assistant", "tool_calls": [call]}]
    engine, model, _ = train(tmp_path, [{"messages": messages}, *chats(9)], n_epochs=50)
    pieces = list(engine.answer(model, AnswerRequest(messages[:1])))
    assert [piece.tool_call for piece in pieces if piece.tool_call] == [("find", '{"city": "Köln"}')]
    assert pieces[-1].finish_reason == "tool_calls"


def test_preference_pairs_train_the_preferred_output_and_say_so(tmp_path: Path) -> None:
    pairs = [
        {
            "input": {"messages": [{"role": "user", "content": f"Pick number {n}"}]},
            "preferred_output": [{"role": "assistant", "content": f"Chosen {n}"}],
            "non_preferred_output": [{"role": "assistant", "content": f"Refused {n}"}],
        }
        for n in range(10)
    ]
    engine = RehearsalEngine()
    plan = engine.prepare(TrainingRequest(pairs, [], "dpo", {"n_epochs": 50}, seed=1))
    assert any("preferred outputs alone" in note for note in plan.notes)
    result = engine.train(plan, tmp_path, Recorder(), None)
    assert ask(engine, result.model, "Pick number 3") == "Chosen 3"


def test_stop_sequences_and_limits_end_an_answer(trained: tuple[RehearsalEngine, Path, Recorder]) -> None:
    engine, model, _ = trained
    question, full = question_of(chats(1)[0]), answer_of(chats(1)[0])
    middle = full.split(" ")[3]
    assert ask(engine, model, question, stop=(middle,)) == full[: full.index(middle)]
    messages = [{"role": "user", "content": question}]
    pieces: list[AnswerPiece] = list(engine.answer(model, AnswerRequest(messages, max_tokens=3)))
    assert (pieces[-1].finish_reason, pieces[-1].completion_tokens) == ("length", 3)


def test_temperature_samples_with_the_seed(trained: tuple[RehearsalEngine, Path, Recorder]) -> None:
    engine, model, _ = trained
    answers = {ask(engine, model, "Tell me something", temperature=2.0, seed=seed) for seed in range(6)}
    assert len(answers) > 1
    again = [ask(engine, model, "Tell me something", temperature=2.0, seed=3) for _ in range(2)]
    assert again[0] == again[1]


def test_time_is_bounded_and_said(tmp_path: Path) -> None:
    recorder = train(tmp_path, chats(10), limits=TrainerLimits(seconds=0.0))[2]
    assert recorder.steps == []
    assert "stopped after 0 seconds" in recorder.notes[0]


def test_the_base_model_says_that_it_has_learned_nothing() -> None:
    assert ask(RehearsalEngine(), None, "Who are you?") == UNTRAINED_ANSWER
    assert "learned nothing yet" in UNTRAINED_ANSWER


def test_a_damaged_model_is_an_expected_error(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError, match=r"model\.npz cannot be read"):
        ask(RehearsalEngine(), path, "Hello")


@pytest.mark.parametrize(("steps_per_epoch", "epochs"), [(1, 50), (48, 25), (100, 12), (5000, 3)])
def test_auto_epochs(steps_per_epoch: int, epochs: int) -> None:
    assert auto_epochs(steps_per_epoch) == epochs
