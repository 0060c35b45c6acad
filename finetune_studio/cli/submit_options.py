"""From the options of `submit` to a target and its hyperparameters."""

import argparse
from typing import TYPE_CHECKING

from finetune_studio.cli.sending import App
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.job import Hyperparameters

if TYPE_CHECKING:
    from finetune_studio.targets.target import Target


def chosen_target(app: App, args: argparse.Namespace) -> tuple["Target", Hyperparameters]:
    """Raises UsageError for whatever the provider does not take, before anything is read."""
    from finetune_studio.targets.registry import resolve_target
    from finetune_studio.workspace.submission_choices import seed_problem, suffix_problem

    profile = app.connections.profile(args.to)
    target = resolve_target(f"{profile.id}:{args.model}", args.method, app.connections.profiles)
    app.connections.journal_address(profile, args.base_url)
    problem = suffix_problem(profile, args.suffix) or seed_problem(args.seed)
    if problem:
        raise UsageError(problem)
    return target, _hyperparameters(args, target)


def _hyperparameters(args: argparse.Namespace, target: "Target") -> Hyperparameters:
    options = {
        "n_epochs": args.epochs,
        "batch_size": args.batch_size,
        "learning_rate_multiplier": args.learning_rate_multiplier,
        "beta": args.beta,
    }
    given: dict[str, str] = {name: text for name, text in options.items() if text is not None}
    for pair in args.hyperparameter:
        name, equals, text = pair.partition("=")
        if not equals:
            raise UsageError(f"--hyperparameter {pair}: this is not NAME=VALUE.")
        given[name.strip()] = text
    return Hyperparameters(tuple((name, _value(target, name, text)) for name, text in given.items()))


def _value(target: "Target", name: str, text: str) -> float | int | str:
    known = target.method_facts.hyperparameter(name)
    if known is None:
        names = ", ".join(item.name for item in target.method_facts.hyperparameters) or "none"
        raise UsageError(
            f"{target.profile.title} has no hyperparameter {name} with this method.", f"It has {names}."
        )
    value: float | int | str = text.strip()
    if value != "auto":
        try:
            number = float(text)
        except ValueError:
            raise UsageError(f"{known.title}: “{text}” is not a number.") from None
        value = int(number) if known.kind == "integer" and number.is_integer() else number
    problem = known.problem_with(value)
    if problem:
        raise UsageError(problem)
    return value
