"""As numpy's unique, without what that one imports."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.lint.distinct import distinct


@given(st.lists(st.integers(-5, 5)), st.sampled_from([np.int64, np.int32]))
def test_values_are_there_once_and_in_order(values: list[int], kind: type[np.generic]) -> None:
    array = np.array(values, dtype=kind)
    found = distinct(array)
    assert found.tolist() == np.unique(array).tolist()
    assert found.dtype == kind
    assert array.tolist() == values
