"""Which encoding a model reads, by our own table: tiktoken 0.14 gives `ft:gpt-4.1*` the wrong one."""

O200K = "o200k_base"
CL100K = "cl100k_base"

_BY_PREFIX = {
    "gpt-5": O200K,
    "gpt-4.1": O200K,
    "gpt-4.5": O200K,
    "gpt-4o": O200K,
    "chatgpt-4o": O200K,
    "gpt-oss": O200K,
    "codex-mini": O200K,
    "o1": O200K,
    "o3": O200K,
    "o4": O200K,
    "gpt-4": CL100K,
    "gpt-3.5": CL100K,
    "gpt-35": CL100K,
    "babbage-002": CL100K,
    "davinci-002": CL100K,
    "text-embedding-3": CL100K,
    "text-embedding-ada-002": CL100K,
}


def base_model(model: str) -> str:
    """The base of a fine-tuned model's name: `ft:gpt-4.1-mini:acme::x1` gives `gpt-4.1-mini`.

    Also drops what stands before the last slash (`openai/gpt-4o`) and the case.
    """
    name = model.strip().lower()
    if name.startswith("ft:"):
        name = name[3:].split(":", 1)[0]
    elif ":ft-" in name:
        name = name.split(":ft-", 1)[0]
    return name.rsplit("/", 1)[-1]


def encoding_for(model: str) -> str:
    """The encoding of `model`: the longest known prefix of its base name, else o200k_base."""
    name = base_model(model)
    matches = [prefix for prefix in _BY_PREFIX if name.startswith(prefix)]
    return _BY_PREFIX[max(matches, key=len)] if matches else O200K
