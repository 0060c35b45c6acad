"""However a file is cut, all of its lines are there once."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.lint.file_chunks import file_chunks
from finetune_studio.lint.jobs import FileRange


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.binary(max_size=12), max_size=30), chunk_bytes=st.integers(1, 60))
def test_ranges_are_whole_lines_and_all_of_them(tmp_path: Path, lines: list[bytes], chunk_bytes: int) -> None:
    path = tmp_path / "data"
    data = b"".join(line.replace(b"\n", b"") + b"\n" for line in lines)
    path.write_bytes(data)
    ranges = [chunk for chunk in file_chunks(path, 0, chunk_bytes) if isinstance(chunk, FileRange)]
    pieces = [data[each.start : each.end] for each in ranges]
    assert b"".join(pieces) == data
    assert all(piece.endswith(b"\n") for piece in pieces)
    assert [each.n_lines for each in ranges] == [piece.count(b"\n") for piece in pieces]
    assert [each.first_line for each in ranges] == [data[: each.start].count(b"\n") for each in ranges]


def test_the_last_pieces_are_small(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"123456789\n" * 10_000)
    sizes = [each.end - each.start for each in file_chunks(path, 0, 12_000) if isinstance(each, FileRange)]
    assert sizes[0] == 12_000
    assert sizes[-1] <= 4_000
    assert sizes == sorted(sizes, reverse=True)
