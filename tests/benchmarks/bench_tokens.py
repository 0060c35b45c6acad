"""Counting tokens: the chat formula over whole datasets, and one example again."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import orjson

from finetune_studio.tokens.counting import TokenCounter
from finetune_studio.tokens.vocabulary import prepare_vocabulary
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, median_seconds

_SAMPLE = 2_000


def run(sizes: Sequence[int]) -> list[Result]:
    """Count `sizes` conversations; tiktoken's own loop over a sample stands beside ours."""
    import tiktoken

    with tempfile.TemporaryDirectory() as folder:
        counter = TokenCounter("o200k_base", Path(folder))
        counter.count("load the vocabulary")
        prepare_vocabulary(Path(folder), ["o200k_base"])
        encode = tiktoken.get_encoding("o200k_base").encode_ordinary
        results: list[Result] = []
        for size in sizes:
            values = [orjson.loads(line) for line in dataset_of(size).read_bytes().splitlines()]
            seconds = median_seconds(lambda values=values: counter.count_values(values))  # type: ignore[misc]
            results.append(Result(f"count tokens of {size:,} conversations", seconds, "s", size / 40_000))
        sample = values[:_SAMPLE]
        texts = [message["content"] for value in sample for message in value["messages"]]
    ours = median_seconds(lambda: counter.count_many(texts))
    theirs = median_seconds(lambda: [len(encode(text)) for text in texts])
    one = median_seconds(lambda: [counter.count_example(value) for value in sample]) / len(sample)
    results.append(Result("count against tiktoken's loop", theirs / ours, "x", 4, higher_is_better=True))
    results.append(Result("count one example again", one * 1000, "ms", 1))
    return results
