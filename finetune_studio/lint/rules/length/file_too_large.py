"""L106: the exported file would be larger than the target takes."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import in_split

_MIB = 1 << 20
_FILES = {Split.TRAIN: "training", Split.VALIDATION: "validation"}


class FileTooLarge(DatasetRule):
    code = "L106"
    name = "File too large"
    severity = Severity.ERROR

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        most = context.limits.max_file_bytes
        if most is None:
            return
        for split, name in _FILES.items():
            size = int(facts.columns.size[in_split(facts, split)].sum(dtype=np.int64))
            if size > most:
                yield self.finding(
                    context,
                    "The {file} file has {size:,.1f} MiB; {target} takes at most {most:,.1f} MiB.",
                    file=name,
                    size=size / _MIB,
                    target=context.limits.title,
                    most=most / _MIB,
                )
