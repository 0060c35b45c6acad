import pytest

from finetune_studio.domain.example import Record, messages_of
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.pointers import field_pointer, message_pointer, message_pointer_of_value
from finetune_studio.formats.records import encode, loads
from tests.helpers.builders import a_conversation, a_pair, assistant, system, user

RECORDS = [
    a_conversation(system("s"), user("u"), assistant("a")),
    a_pair(system("s"), user("u"), preferred="p", non_preferred="n"),
]


@pytest.mark.parametrize("record", RECORDS)
def test_pointers_name_the_messages_in_reading_order(record: Record) -> None:
    body = encode(record)
    root = parse(body)
    for index, message in enumerate(messages_of(record)):
        path = message_pointer(record, index)
        assert path == message_pointer_of_value(loads(body), index)
        content = root.at(field_pointer(record, index, "/content"))
        assert content is not None
        assert content.value() == message.content


@pytest.mark.parametrize("record", RECORDS)
def test_no_such_message(record: Record) -> None:
    for index in (-1, len(messages_of(record))):
        with pytest.raises(IndexError):
            message_pointer(record, index)
        with pytest.raises(IndexError):
            message_pointer_of_value(loads(encode(record)), index)


def test_of_a_pair() -> None:
    assert [message_pointer(RECORDS[1], index) for index in range(4)] == [
        "/input/messages/0",
        "/input/messages/1",
        "/preferred_output/0",
        "/non_preferred_output/0",
    ]


def test_a_field_of_the_example_itself() -> None:
    assert field_pointer(RECORDS[0], None, "/tools/0") == "/tools/0"


def test_lists_that_are_missing_count_as_empty() -> None:
    assert (
        message_pointer_of_value({"input": 5, "non_preferred_output": [{}]}, 0) == "/non_preferred_output/0"
    )
