from finetune_studio.formats.json_checks import (
    NumberLoss,
    find_duplicate_keys,
    find_lost_numbers,
    find_odd_characters,
)
from finetune_studio.formats.json_reader import parse


def test_duplicate_keys_are_found_at_any_depth_with_their_places() -> None:
    root = parse(b'{"a": 1, "m": [{"b/c": 1, "b/c": 2, "x": 3, "b/c": 4}], "\\u0061": 2}')
    assert [(d.path, d.key, [p.column for p in d.places]) for d in find_duplicate_keys(root)] == [
        ("/a", "a", [2, 57]),
        ("/m/0/b~1c", "b/c", [17, 27, 45]),
    ]


def test_the_same_key_in_different_objects_is_no_duplicate() -> None:
    assert find_duplicate_keys(parse(b'[{"a": 1}, {"a": {"a": 1}}]')) == []


def test_lost_numbers() -> None:
    body = (
        b"[1e400, 10000000000000000000001, 18446744073709551615, 18446744073709551616, "
        b"-9223372036854775808, -9223372036854775809, 0.1000000000000000000001, 1e5, "
        + b"9" * 5000
        + b", NaN, -Infinity]"
    )
    found = find_lost_numbers(parse(body, allow_not_finite=True))
    assert [(lost.path, lost.loss) for lost in found] == [
        ("/0", NumberLoss.TOO_BIG),
        ("/1", NumberLoss.INTEGER_TOO_BIG),
        ("/3", NumberLoss.INTEGER_TOO_BIG),
        ("/5", NumberLoss.INTEGER_TOO_BIG),
        ("/8", NumberLoss.TOO_BIG),
        ("/9", NumberLoss.NOT_FINITE),
        ("/10", NumberLoss.NOT_FINITE),
    ]
    assert (found[1].text, found[1].place.column) == ("10000000000000000000001", 9)


def test_odd_characters() -> None:
    root = parse(b'{"k\\u0000": "\\ud83d\\ude00\\ud800", "b": "\\\\u0000", "c": ["\\u0000"]}')
    assert [(o.path, o.index, o.code_point, o.in_key) for o in find_odd_characters(root)] == [
        ("/k\0", 1, 0, True),
        ("/k\0", 1, 0xD800, False),
        ("/c/0", 0, 0, False),
    ]
