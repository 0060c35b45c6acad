"""What others use for parts of our check: pandas with tiktoken, and datasketch's near-duplicates.

`python -m tests.benchmarks.peers pandas|datasketch FILE` prints what it counted.
"""

import json
import re
import sys
from pathlib import Path

_WORD = re.compile(r"\w+")


def pandas_and_tiktoken(path: Path) -> str:
    """Read with pandas, count tokens with tiktoken message by message, drop exact copies, describe."""
    import pandas as pd
    import tiktoken

    encode = tiktoken.get_encoding("o200k_base").encode_ordinary
    frame = pd.read_json(path, lines=True)
    texts = frame["messages"].map(lambda messages: [message["content"] for message in messages])
    frame["tokens"] = texts.map(lambda own: sum(len(encode(text)) for text in own))
    frame["text"] = texts.map("\n".join)
    copies = int(frame["text"].duplicated().sum())
    summary = frame["tokens"].describe()
    return f"{int(frame['tokens'].sum())} tokens, {copies} copies, median {summary['50%']:.0f}"


def near_duplicates(path: Path) -> str:
    """MinHash of 128 permutations over runs of three words, LSH at 0.8, each example asked for its copies."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.8, num_perm=128)
    pairs = 0
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file):
            text = "\n".join(message["content"] for message in json.loads(line)["messages"])
            words = _WORD.findall(text.lower())
            runs = {" ".join(words[at : at + 3]).encode() for at in range(max(len(words) - 2, 1))}
            signature = MinHash(num_perm=128)
            signature.update_batch(list(runs))
            pairs += len(index.query(signature))
            index.insert(str(number), signature)
    return f"{pairs} pairs"


def main() -> None:
    peer, path = sys.argv[1], Path(sys.argv[2])
    print({"pandas": pandas_and_tiktoken, "datasketch": near_duplicates}[peer](path))


if __name__ == "__main__":
    main()
