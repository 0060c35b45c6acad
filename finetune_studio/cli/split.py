"""`finetune-studio split FILE`: training, validation and test data that share no copies."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.output import EXIT_OK, ProgressLine, add_format_option, count, print_json, say
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.split import Split, checked_shares

if TYPE_CHECKING:
    from finetune_studio.cli.split_files import SplitResult

DATASET_SUFFIX = ".ftset"
_STRATIFY = ("none", "label", "length", "tag")

_DESCRIPTION = """\
Split a dataset. Exact and near copies go to one side, a seed decides which, and the same examples go the
same way again when others come and go. A JSONL file is written as FILE.train.jsonl, FILE.validation.jsonl
and FILE.test.jsonl, its lines byte for byte; in an .ftset file the examples are assigned, as one step that
can be undone, and those that were put into a split by hand stay there."""


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "split", help="split into training, validation and test data", description=_DESCRIPTION
    )
    add = parser.add_argument
    add("file", metavar="FILE", type=Path, help="a JSONL or .ftset file")
    add("--validation", type=_share, default=0.1, metavar="SHARE", help="such as 0.1 or 10%% (default: 10%%)")
    add("--test", type=_share, default=0.0, metavar="SHARE", help="(default: none)")
    add("--seed", type=int, default=0, help="another one gives another split (default: 0)")
    add(
        "--stratify",
        choices=_STRATIFY,
        default="none",
        help="keep the shares in each label, length or tag (.ftset) too",
    )
    add("--keep", action="store_true", help="what is in a split stays there (.ftset)")
    add("--out", type=Path, metavar="FOLDER", help="where the files go (default: beside FILE)")
    add("--overwrite", action="store_true", help="replace files that are there")
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """Split, and tell how many examples and tokens went where."""
    shares = {Split.TRAIN: 1 - args.validation - args.test, Split.VALIDATION: args.validation}
    if args.test:
        shares[Split.TEST] = args.test
    if shares[Split.TRAIN] <= 0:
        raise UsageError("Nothing would be left to train on.", "Choose smaller shares.")
    checked_shares(shares)
    progress = ProgressLine()
    if args.file.suffix.lower() == DATASET_SUFFIX:
        result = _split_dataset(args, shares)
    else:
        result = _split_file(args, shares, progress)
    progress.clear()
    if args.format == "json":
        print_json(_as_json(args, result))
    else:
        _print_text(args, result)
    return EXIT_OK


def _share(text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share; write 0.1 or 10%")
    return value


def _split_file(
    args: argparse.Namespace, shares: dict[Split, float], progress: ProgressLine
) -> "SplitResult":
    from finetune_studio.cli.split_files import split_file
    from finetune_studio.lint.strata import Stratify

    for given, name in ((args.stratify == "tag", "--stratify tag"), (args.keep, "--keep")):
        if given:
            raise UsageError(
                f"{name} needs a dataset: a JSONL file has no tags and splits.", "Split an .ftset file."
            )
    folder = args.out or args.file.parent
    return split_file(
        args.file,
        {split: folder / f"{args.file.stem}.{split.value}.jsonl" for split in shares},
        shares,
        seed=args.seed,
        stratify=Stratify(args.stratify),
        overwrite=args.overwrite,
        progress=progress.show,
    )


def _split_dataset(args: argparse.Namespace, shares: dict[Split, float]) -> "SplitResult":
    from finetune_studio.cli.split_files import SplitResult
    from finetune_studio.lint.strata import Stratify
    from finetune_studio.settings.paths import app_paths
    from finetune_studio.workspace.operations.splits import apply_split_plan
    from finetune_studio.workspace.split_plan import SplitChoices, plan_splits
    from finetune_studio.workspace.tasks import ImmediateRunner
    from finetune_studio.workspace.workspace import Workspace

    if args.out is not None or args.overwrite:
        name = "--out" if args.out is not None else "--overwrite"
        raise UsageError(f"{name} is for JSONL files: the splits of a dataset are kept in it.")
    workspace = Workspace.open(args.file.absolute(), paths=app_paths(), runner=ImmediateRunner())
    try:
        choices = SplitChoices(shares, args.seed, Stratify(args.stratify), args.keep)
        plan = plan_splits(workspace, choices)
        workspace.perform(apply_split_plan, choices, plan)
    finally:
        workspace.close()
    sizes = {split: plan.sizes[split] for split in Split if split in shares or plan.sizes[split]}
    tokens = {split: plan.tokens_of(split) for split in sizes}
    return SplitResult(sizes, tokens, plan.groups, plan.leaks, plan.divided)


def _as_json(args: argparse.Namespace, result: "SplitResult") -> dict[str, Any]:
    return {
        "path": str(args.file),
        "seed": args.seed,
        "stratify": args.stratify,
        "splits": {
            split.value: {
                "examples": size,
                "tokens": result.tokens[split],
                "path": str(result.paths[split]) if split in result.paths else None,
            }
            for split, size in result.sizes.items()
        },
        "groups": result.groups,
        "leaks": result.leaks,
        "divided": result.divided,
        "left_out": [{"line": line, "reason": reason} for line, reason in result.left_out],
        "removed": [str(path) for path in result.removed],
    }


def _print_text(args: argparse.Namespace, result: "SplitResult") -> None:
    total = sum(result.sizes.values())
    for split, size in result.sizes.items():
        share = f"{100 * size / total:.1f} %" if total else "0 %"
        path = f"  {result.paths[split]}" if split in result.paths else ""
        say(f"{split.value:<10} {size:>10,}  {share:>6}  {count(result.tokens[split], 'token')}{path}")
    copies = total - result.groups
    say(f"{count(copies, 'example')} with a copy elsewhere stayed with it, {count(result.leaks, 'leak')}")
    if result.divided:
        groups = count(result.divided, "group of near copies was", "groups of near copies were")
        say(f"  {groups} divided: over 5 % of the examples are more of a template than copies (S704)")
    for removed in result.removed:
        say(f"  removed {removed}: an earlier split wrote it, and its examples are in the other files now")
    for line, reason in result.left_out:
        say(f"  left out line {line}: {reason}")
