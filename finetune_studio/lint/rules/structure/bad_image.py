"""F016: an image part that the target refuses."""

import re
from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.images import images_of
from finetune_studio.lint.limits import Limits
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView, MessageView
from finetune_studio.lint.words import counted, listed

_DATA_URL = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_MIB = 1 << 20


class BadImage(ExampleRule):
    code = "F016"
    name = "Image that the target refuses"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        limits = context.limits
        images = [(message, field, part) for message in view.messages for field, part in images_of(message)]
        if view.kind is ExampleKind.PREFERENCE and not limits.takes_images:
            return  # V607 says it
        for message, field, part in images:
            problem = _problem(message, part, limits)
            if problem:
                yield self.finding(
                    context,
                    view,
                    "Message {number}: {problem}.",
                    at=message,
                    field=field,
                    number=message.index + 1,
                    problem=problem,
                )
        most = limits.images.max_per_example
        if most is not None and len(images) > most and limits.takes_images:
            yield self.finding(
                context,
                view,
                "The example has {found}; {target} takes at most {most:,}.",
                found=counted(len(images), "image"),
                target=limits.title,
                most=most,
            )


def _problem(message: MessageView, part: dict[str, Any], limits: Limits) -> str:
    facts = limits.images
    if not limits.takes_images:
        return f"{limits.title} takes text only with this model and method, and here is an image"
    if facts.roles and message.role not in facts.roles:
        return f"an image stands in a message of the {message.role or 'unknown'} role, where it may not"
    image = part.get("image_url")
    address = image.get("url") if isinstance(image, dict) else None
    if not isinstance(address, str) or not address:
        return "the image has no “image_url” object with a “url”"
    if address.lower().startswith(("http://", "https://")):
        return (
            "" if facts.remote_allowed else "the image is a web address; the image itself must be in the file"
        )
    match = _DATA_URL.match(address)
    if match is None:
        return "the image is neither a web address nor a data: address with base64"
    kind = match["type"].lower()
    if facts.types and kind not in facts.types:
        names = [name.partition("/")[2].upper() for name in sorted(facts.types)]
        return f"the image is of type {kind}; {listed(names)} are taken"
    size = (len(address) - match.end()) * 3 // 4
    if facts.max_bytes is not None and size > facts.max_bytes:
        return f"the image has {size / _MIB:,.1f} MiB; at most {facts.max_bytes / _MIB:,.0f} MiB are taken"
    return ""
