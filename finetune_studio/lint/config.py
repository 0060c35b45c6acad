"""What a run of the checks is asked: target, which rules, severities, options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Severity

if TYPE_CHECKING:
    from finetune_studio.targets.target import Target


@dataclass(frozen=True, slots=True)
class LintConfig:
    """Can be sent to worker processes.

    `target` None means OpenAI's chat format with any provider. `select` and `ignore` take codes or
    prefixes of codes; an empty `select` means all, and the longer prefix wins where both match.
    Rules in preview run only where `select` or `extend` gives their whole code; `extend` changes nothing for
    the others. `options` is by "CODE.key". `encoding` "" means that of the target's model.
    """

    target: "Target | None" = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    encoding: str = ""
    extend: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("select", "ignore", "extend"):
            value = getattr(self, name)
            if isinstance(value, str):
                raise TypeError(f'{name} takes several codes: write {name}=("{value}",)')

    def selects(self, code: str) -> bool:
        chosen = max((len(p) for p in self.select if code.startswith(p.upper())), default=-1)
        refused = max((len(p) for p in self.ignore if code.startswith(p.upper())), default=-1)
        if chosen < 0 and self.select:
            return False
        return refused < 0 or chosen > refused

    def names(self, code: str) -> bool:
        """Whether a code is asked for by itself."""
        return code in {named.upper() for named in (*self.select, *self.extend)}


def codes_of(values: object) -> tuple[str, ...]:
    """Codes and prefixes: a list, or one text with commas."""
    items = values if isinstance(values, list) else [values]
    return tuple(code.strip() for value in items for code in str(value).split(",") if code.strip())
