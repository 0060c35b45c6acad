"""`finetune-studio providers`: the services that can be sent to, what is known of them, a test of a key."""

import argparse
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from finetune_studio.cli.actions import add_actions, require_id
from finetune_studio.cli.output import EXIT_FAILED, EXIT_OK, add_format_option, count, print_error, print_json
from finetune_studio.cli.provider_document import provider_document
from finetune_studio.cli.sending import App, opened
from finetune_studio.domain.errors import MissingKeyError, ProviderError, UsageError

if TYPE_CHECKING:
    from finetune_studio.targets.profile import HyperparameterRange, Profile

_ACTIONS = ("list", "show", "test", "models", "add", "remove")
_EPILOG = """\
  list                            all services, and where the key of each is
  show ID                         models, prices, limits, hyperparameters, notices, with dates and sources
  test ID                         one cheap call: is the address right, is the key accepted
  models ID                       the models that can be trained, as the service lists them now
  add NAME --base-url URL         a service of OpenAI's protocol; --key-env names the variable of its key
  remove ID                       take away a service of your own, or your changes of a shipped one

Keys come from the keyring or the environment, never from the command line.
exit codes: 0 done, 1 the service failed, 2 usage
"""


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = add_actions(
        subparsers,
        "providers",
        _ACTIONS,
        summary="list, show and test fine-tuning services",
        about="The services that can be sent to.",
        actions_help=_EPILOG,
        id_help="id of a service; for add, its name",
    )
    parser.add_argument("--base-url", default="", metavar="URL", help="where it is not the profile's")
    parser.add_argument("--key-env", default="", metavar="VARIABLE", help="for add: names the variable")
    parser.add_argument("--model", default="", metavar="M", help="for add: the model that is used by default")
    parser.add_argument("--no-key", action="store_true", help="for add: the service asks for no key")
    add_format_option(parser)


def run(args: argparse.Namespace) -> int:
    """List, show, test, add or remove."""
    require_id(args, "an id")
    with opened() as app:
        try:
            return _DEEDS[args.action](app, args)
        except ProviderError as error:
            if args.format == "json":
                print_json({"ok": False, "code": error.code, "message": error.text, "advice": error.advice})
            if isinstance(error, MissingKeyError):
                raise  # told, with its own exit code, like everywhere
            print_error(error)
            return EXIT_FAILED


def _list(app: App, args: argparse.Namespace) -> int:
    from finetune_studio.targets.user_profiles import list_user_profiles

    own = {item.id: item.overrides for item in list_user_profiles(app.profiles_folder)}
    today = datetime.now(UTC).date()
    rows = [_summary(app, profile, own, today) for profile in app.connections.profiles.values()]
    if args.format == "json":
        print_json({"providers": rows})
        return EXIT_OK
    for row in rows:
        if not row["can_submit"]:
            continue
        key = row["key"] or ("none needed" if not row["needs_key"] else "no key")
        mark = {"added": " (added)", "changed": " (changed)"}.get(row["own"], "")
        where = row["base_url"] or ("" if row["is_local"] else "an address of your own, with --base-url")
        print(f"{row['id']:<14}  {key:<12}  {row['title']}{mark}  {where}".rstrip())
        for text in row["notices"]:
            print(f"{'':<14}  ! {text}")
    return EXIT_OK


def _summary(app: App, profile: "Profile", own: dict[str, bool], today: date) -> dict[str, Any]:
    from finetune_studio.targets.facts import NoticeKind

    found = app.connections.keys.find(profile, profile.base_url) if profile.base_url else None
    urgent = [item.text for item in profile.notices_on(today) if item.kind is not NoticeKind.INFO]
    return {
        "id": profile.id,
        "title": profile.title,
        "can_submit": profile.can_submit,
        "base_url": profile.base_url or None,
        "is_local": profile.is_local,
        "needs_key": profile.needs_key,
        "key": found.place.value if found else None,
        "key_variable": profile.key_name or None,
        "own": {None: "", True: "changed", False: "added"}[own.get(profile.id)],
        "notices": urgent,
    }


def _show(app: App, args: argparse.Namespace) -> int:
    profile = app.connections.profile(args.id)
    today = datetime.now(UTC).date()
    if args.format == "json":
        print_json(provider_document(profile, today))
        return EXIT_OK
    print(f"{profile.title} ({profile.id})\n  {profile.summary}")
    if profile.base_url:
        print(f"  {profile.base_url}")
    for model in profile.models:
        price = model.price
        told = f", {price.per_million:,g} {price.currency} per million tokens on {price.at}" if price else ""
        print(f"  model {model.id}: {', '.join(model.methods)}{told}")
    for method in profile.methods:
        for item in method.hyperparameters:
            print(f"  {method.id}: {item.name}, {_range_text(item)}")
    for notice in profile.notices_on(today):
        print(f"  ! {notice.text}")
    for source in profile.sources:
        print(f"  source of {source.about}: {source.text}, {source.at.isoformat()}")
    return EXIT_OK


def _range_text(item: "HyperparameterRange") -> str:
    if item.kind == "flag":
        return "on or off"
    low = "" if item.minimum is None else f"{'over' if item.minimum_excluded else 'from'} {item.minimum:,g}"
    high = "" if item.maximum is None else f"to {item.maximum:,g}"
    bounds = " ".join(part for part in (low, high) if part) or "any number"
    return f"{bounds}, or auto" if item.auto else bounds


def _test(app: App, args: argparse.Namespace) -> int:
    profile = app.connections.profile(args.id)
    provider = app.connections.provider(profile, "" if profile.is_local else args.base_url)
    started = time.monotonic()
    models = provider.list_models()
    seconds = time.monotonic() - started
    if args.format == "json":
        print_json(
            {
                "ok": True,
                "provider": profile.id,
                "base_url": provider.base_url,
                "models": len(models),
                "seconds": round(seconds, 3),
            }
        )
    else:
        told = f"{count(len(models), 'model')}, {seconds:.1f} s"
        print(f"{profile.title} answers at {provider.base_url} ({told}).")
    return EXIT_OK


def _models(app: App, args: argparse.Namespace) -> int:
    from finetune_studio.workspace.live_models import trainable_models

    profile = app.connections.profile(args.id)
    provider = app.connections.provider(profile, "" if profile.is_local else args.base_url)
    found = trainable_models(profile, provider.list_models())
    if args.format == "json":
        shown = [
            {
                "id": model.id,
                "title": model.title,
                "shutdown": model.shutdown or None,
                "listed_now": model.is_live,
                "trainable": True if model.is_sure else None,
            }
            for model in found
        ]
        print_json({"provider": profile.id, "models": shown})
        return EXIT_OK
    for model in found:
        ends = f"  shuts down on {model.shutdown}" if model.shutdown else ""
        mark = "" if model.is_sure else "  (may be one to ask only)"
        print(f"{model.id}{ends}{mark}")
    return EXIT_OK


def _add(app: App, args: argparse.Namespace) -> int:
    from finetune_studio.providers.openai_client import checked_base_url
    from finetune_studio.targets.user_profiles import CustomProfile, save_custom_profile

    if not args.base_url:
        raise UsageError("providers add needs the address of the service.", "Say it with --base-url URL.")
    custom = CustomProfile(
        title=args.id,
        base_url=checked_base_url(args.base_url),
        key_name=args.key_env,
        default_model=args.model,
        needs_key=not args.no_key,
    )
    saved = save_custom_profile(app.profiles_folder, custom)
    if args.format == "json":
        print_json({"id": saved.id, "title": saved.title, "base_url": saved.base_url})
    else:
        print(f"Added as {saved.id}. `finetune-studio providers test {saved.id}` asks it.")
    return EXIT_OK


def _remove(app: App, args: argparse.Namespace) -> int:
    from finetune_studio.targets.user_profiles import remove_user_profile

    remove_user_profile(app.profiles_folder, args.id)
    if args.format == "json":
        print_json({"removed": args.id})
    else:
        print(f"Removed {args.id}; its jobs stay in the list.")
    return EXIT_OK


_DEEDS = {
    "list": _list,
    "show": _show,
    "test": _test,
    "models": _models,
    "add": _add,
    "remove": _remove,
}
