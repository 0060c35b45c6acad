"""Results files are read by their header, whatever the order, and nothing that has a name of ours is lost."""

from finetune_studio.domain.job import Metrics
from finetune_studio.providers.results import merge_metrics, parse_results

_HEADER = (
    b"\xef\xbb\xbffull_valid_mean_token_accuracy,step,unknown,train_loss,full_valid_loss,"
    b"valid_mean_token_accuracy,train_mean_token_accuracy,valid_loss\n"
)


def test_every_column_that_has_a_name_is_kept_in_any_order() -> None:
    points = parse_results(_HEADER + b"0.75,7,x,2.5,1.25,0.5,0.25,1.5\n,8,x,2.0,,,0.5,\n")
    assert points == (
        Metrics(7, 2.5, 1.5, 0.25, 0.5, 1.25, 0.75),
        Metrics(8, 2.0, None, 0.5),
    )


def test_a_later_blank_takes_nothing_away() -> None:
    known = Metrics(7, 2.5, 1.5, 0.25, 0.5, 1.25, 0.75)
    assert merge_metrics([known, Metrics(7)]) == (known,)
    assert merge_metrics([Metrics(7), known]) == (known,)
