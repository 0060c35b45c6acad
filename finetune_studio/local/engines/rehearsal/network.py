"""The network: eight token embeddings and the question's mean embedding, one hidden layer, softmax."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finetune_studio.local.engines.rehearsal.corpus import CONTEXT

DIMENSION = 48
HIDDEN = 192

Floats = NDArray[np.float32]
Parameters = dict[str, Floats]


def new_parameters(kinds: int, words: int, seed: int) -> Parameters:
    rng = np.random.default_rng([seed, 0])
    inputs = (CONTEXT + 1) * DIMENSION

    def normal(rows: int, columns: int, scale: float) -> Floats:
        return (rng.standard_normal((rows, columns), dtype=np.float32) * np.float32(scale)).astype(np.float32)

    return {
        "token": normal(kinds, DIMENSION, 0.9),
        "question": normal(words, DIMENSION, 3.0),
        "hidden": normal(inputs, HIDDEN, (2.0 / inputs) ** 0.5),
        "hidden_bias": np.zeros(HIDDEN, dtype=np.float32),
        "output": normal(HIDDEN, kinds, 0.05),
        "output_bias": np.zeros(kinds, dtype=np.float32),
    }


@dataclass(frozen=True, slots=True)
class Pass:
    """What forward computed and backward needs."""

    inputs: Floats
    hidden: Floats
    logits: Floats


def forward(parameters: Parameters, contexts: NDArray[np.int32], bags: Floats) -> Pass:
    n = len(contexts)
    tokens = parameters["token"][contexts].reshape(n, CONTEXT * DIMENSION)
    inputs = np.concatenate([tokens, bags @ parameters["question"]], axis=1)
    hidden = np.maximum(inputs @ parameters["hidden"] + parameters["hidden_bias"], 0)
    return Pass(inputs, hidden, hidden @ parameters["output"] + parameters["output_bias"])


def log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def loss_and_accuracy(log_probabilities: Floats, targets: NDArray[np.int32]) -> tuple[float, float]:
    """Mean cross-entropy in nats, and the share of positions whose likeliest token is the target."""
    loss = -log_probabilities[np.arange(len(targets)), targets].astype(np.float64).mean()
    return float(loss), float((log_probabilities.argmax(axis=1) == targets).mean())


def gradients(
    parameters: Parameters, contexts: NDArray[np.int32], bags: Floats, targets: NDArray[np.int32]
) -> tuple[Parameters, float, float]:
    """Gradients of the mean loss, the loss and the accuracy of one batch."""
    n = len(targets)
    done = forward(parameters, contexts, bags)
    log_probabilities = log_softmax(done.logits)
    loss, accuracy = loss_and_accuracy(log_probabilities, targets)
    slope = np.exp(log_probabilities)
    slope[np.arange(n), targets] -= 1.0
    slope /= n
    into_hidden = (slope @ parameters["output"].T) * (done.hidden > 0)
    into_inputs = into_hidden @ parameters["hidden"].T
    tokens = np.zeros_like(parameters["token"])
    split = CONTEXT * DIMENSION
    np.add.at(tokens, contexts.reshape(-1), into_inputs[:, :split].reshape(-1, DIMENSION))
    found = {
        "token": tokens,
        "question": bags.T @ into_inputs[:, split:],
        "hidden": done.inputs.T @ into_hidden,
        "hidden_bias": into_hidden.sum(axis=0),
        "output": done.hidden.T @ slope,
        "output_bias": slope.sum(axis=0),
    }
    return found, loss, accuracy


class Adam:
    """Kingma and Ba, 2015, with the usual decay rates; moments are kept so that training can go on later."""

    def __init__(self, parameters: Parameters) -> None:
        self.first = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.second = {name: np.zeros_like(value) for name, value in parameters.items()}

    def update(self, parameters: Parameters, slopes: Parameters, rate: float, step: int) -> None:
        """Change the parameters in place; `step` counts from 1."""
        correction = (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
        scale = np.float32(rate * correction)
        for name, value in parameters.items():
            slope, first, second = slopes[name], self.first[name], self.second[name]
            first *= np.float32(0.9)
            first += np.float32(0.1) * slope
            second *= np.float32(0.999)
            np.square(slope, out=slope)
            second += np.float32(0.001) * slope
            np.sqrt(second, out=slope)
            slope += np.float32(1e-8)
            np.divide(first, slope, out=slope)
            slope *= scale
            value -= slope
