"""One answer, token by token."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.local.engines.base import AnswerPiece, AnswerRequest
from finetune_studio.local.engines.rehearsal.corpus import CONTEXT, bag_table, dense_bags
from finetune_studio.local.engines.rehearsal.model_file import RehearsalModel
from finetune_studio.local.engines.rehearsal.network import Floats, forward, log_softmax
from finetune_studio.local.engines.rehearsal.question import text_of
from finetune_studio.local.engines.rehearsal.tokenizer import (
    ARGUMENTS,
    END,
    START,
    TOOL,
    Tokenizer,
    bytes_to_text,
)


def answer(model: RehearsalModel, request: AnswerRequest) -> Iterator[AnswerPiece]:
    """Yield text as it comes; text that could be the start of a stop sequence waits until it is decided."""
    tokens = _Tokens(model, request)
    stops = _StopGuard(request.stop)
    text = _TextOf(model.tokenizer)
    prompt = sum(len(model.tokenizer.encode(text_of(message))) for message in request.messages)
    reason, calls = "length", _ToolCalls(model.tokenizer)
    for token in tokens:
        if token == END:
            reason = "stop"
            break
        if calls.take(token):
            continue
        piece = stops.take(text.take(token))
        if piece:
            yield AnswerPiece(piece)
        if stops.hit:
            reason = "stop"
            break
    rest = stops.rest(text.rest())
    if rest:
        yield AnswerPiece(rest)
    for call in calls.done():
        yield AnswerPiece(tool_call=call)
        reason = "tool_calls" if reason == "stop" else reason
    yield AnswerPiece(finish_reason=reason, prompt_tokens=prompt, completion_tokens=tokens.count)


class _Tokens:
    """Tokens of an answer, up to the limit; END is given too."""

    def __init__(self, model: RehearsalModel, request: AnswerRequest) -> None:
        self._model = model
        self._request = request
        self._rng = np.random.default_rng(request.seed)
        self.count = 0

    def __iter__(self) -> Iterator[int]:
        model = self._model
        bag = dense_bags(
            bag_table([model.words.bag(self._request.messages)]),
            np.zeros(1, dtype=np.int32),
            len(model.words),
        )
        window = [START] * CONTEXT
        while self.count < self._request.max_tokens:
            contexts = np.array([window], dtype=np.int32)
            token = self._choose(forward(model.parameters, contexts, bag).logits[0])
            if token != END:
                self.count += 1
            yield token
            window = [*window[1:], token]

    def _choose(self, logits: Floats) -> int:
        logits[START] = -np.inf
        if self._request.temperature <= 0:
            return int(logits.argmax())
        scaled = (logits / np.float32(max(self._request.temperature, 1e-3)))[np.newaxis]
        probabilities = np.exp(log_softmax(scaled)[0].astype(np.float64))
        if self._request.top_p < 1:
            order = np.argsort(-probabilities, kind="stable")
            before = np.cumsum(probabilities[order]) - probabilities[order]
            probabilities[order[before >= max(self._request.top_p, 1e-9)]] = 0
        return int(self._rng.choice(len(probabilities), p=probabilities / probabilities.sum()))


class _TextOf:
    """Tokens to text, holding bytes back until they make characters."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._bytes = bytearray()

    def take(self, token: int) -> str:
        byte = self._tokenizer.byte_of(token)
        if byte is None:
            return self.rest() + self._tokenizer.decode([token])
        self._bytes.append(byte)
        try:
            text = self._bytes.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return self.rest() if len(self._bytes) >= 4 else ""
        self._bytes.clear()
        return text

    def rest(self) -> str:
        text = bytes_to_text(self._bytes)
        self._bytes.clear()
        return text


class _StopGuard:
    """Cuts text before the first stop sequence."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = stops
        self._held = ""
        self.hit = False

    def take(self, text: str) -> str:
        if not self._stops:
            return text
        self._held += text
        places = [place for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if places:
            self.hit = True
            out, self._held = self._held[: min(places)], ""
            return out
        keep = max(self._overlap(stop) for stop in self._stops)
        out = self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return out

    def rest(self, text: str) -> str:
        if self.hit:
            return ""
        out = self.take(text)
        return out if self.hit else out + self._held

    def _overlap(self, stop: str) -> int:
        for length in range(min(len(stop) - 1, len(self._held)), 0, -1):
            if self._held.endswith(stop[:length]):
                return length
        return 0


class _ToolCalls:
    """Collects what comes after the mark of a tool call."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._calls: list[tuple[list[int], list[int]]] = []
        self._in_arguments = False

    def take(self, token: int) -> bool:
        if token == TOOL:
            self._calls.append(([], []))
            self._in_arguments = False
        elif not self._calls:
            return False
        elif token == ARGUMENTS:
            self._in_arguments = True
        else:
            self._calls[-1][1 if self._in_arguments else 0].append(token)
        return True

    def done(self) -> list[tuple[str, str]]:
        return [(self._tokenizer.decode(name), self._tokenizer.decode(args)) for name, args in self._calls]
