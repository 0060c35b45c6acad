import string

from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.local.engines.rehearsal.tokenizer import MAX_KINDS, learn_tokenizer, split_words

_ANY_TEXT = st.text(st.characters(), max_size=60)


@given(_ANY_TEXT)
def test_words_join_to_the_text(text: str) -> None:
    assert "".join(split_words(text)) == text


@given(st.lists(_ANY_TEXT, max_size=5), _ANY_TEXT)
def test_any_text_comes_back_exactly_known_or_not(learned: list[str], other: str) -> None:
    tokenizer = learn_tokenizer(learned)
    for text in [*learned, other]:
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_text_of_all_kinds_comes_back() -> None:
    text = "naïve 東京タワー 👩‍👩‍👧 \u00a0\u2028\r\n\ttabs  and   spaces\n\n\ud83d alone é decomposed"
    assert learn_tokenizer([text]).decode(learn_tokenizer([text]).encode(text)) == text
    assert learn_tokenizer(["x"]).decode(learn_tokenizer(["x"]).encode(text)) == text


def test_a_known_word_is_one_token() -> None:
    tokenizer = learn_tokenizer(["Paris, as if everyone does not know that"])
    assert len(tokenizer.encode("Paris, as if everyone")) == 5


def test_kinds_are_bounded_and_rare_words_are_spelt_in_pieces() -> None:
    letters = string.ascii_lowercase
    words = [f"{a}{b}{c}ing" for a in letters for b in letters for c in letters[:10]]
    tokenizer = learn_tokenizer([" ".join(words)])
    assert len(tokenizer) <= MAX_KINDS
    text = " ".join(words[-50:])
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert len(tokenizer.encode(text)) < len(text) / 2


def test_the_order_of_the_texts_changes_nothing() -> None:
    assert learn_tokenizer(["one two", "three"]) == learn_tokenizer(["three", "one two"])
