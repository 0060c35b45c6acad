"""D204: system prompts that differ in little and were probably meant to be one."""

from collections.abc import Iterator, Mapping

import numpy as np

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.lint.comparing_rule import ComparingRule
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import KINDS, DatasetFacts
from finetune_studio.lint.groups import most_common
from finetune_studio.lint.prompt_variants import variants_of
from finetune_studio.lint.rule import RuleOption
from finetune_studio.lint.words import counted

_SIMILAR = RuleOption(
    "similar",
    0.9,
    "How similar",
    "Share of equal characters, in order.",
    0.6,
    1.0,
)
_SHARE = RuleOption(
    "share",
    0.1,
    "Share of the variant",
    "A variant with more than this share of the frequent prompt's examples is taken to be meant.",
    0.0,
    1.0,
)


class NearSystemPrompts(ComparingRule):
    code = "D204"
    name = "Nearly the same system prompt"
    severity = Severity.INFO
    fix = Applicability.UNSAFE
    version = 2
    options = (_SIMILAR, _SHARE)

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.sketches is None:
            return
        texts = facts.sketches.systems
        counts = dict(most_common(facts.columns.system_hash[facts.columns.readable]))
        similar, share = self.option(context, _SIMILAR.key), self.option(context, _SHARE.key)
        least = 1 / share if share else float("inf")
        found = variants_of(texts, counts, similar, facts.sketches.prompts, least)
        main_of = {v: main for v, main in found.items() if counts[v] <= share * counts[main]}
        if main_of:
            yield from self._findings(facts, context, main_of, counts)

    def _findings(
        self,
        facts: DatasetFacts,
        context: RuleContext,
        main_of: Mapping[int, int],
        counts: Mapping[int, int],
    ) -> Iterator[Diagnostic]:
        columns, sketches = facts.columns, facts.sketches
        assert sketches is not None
        rows = np.flatnonzero(
            np.isin(columns.system_hash, np.array(list(main_of), dtype=np.uint64)) & columns.readable
        )
        places = sketches.column("system_at")[rows].tolist()
        readable = np.flatnonzero(columns.readable)
        hashes, firsts = np.unique(columns.system_hash[readable], return_index=True)
        first = dict(zip(hashes.tolist(), columns.key[readable[firsts]].tolist(), strict=True))
        for row, place in zip(rows.tolist(), places, strict=True):
            own = int(columns.system_hash[row])
            main = main_of[own]
            plain = columns.kind[row] == KINDS.index("conversation") and place >= 0
            yield self.finding(
                context,
                "The system prompt differs in little from that of {count:,} other examples; "
                "{having} this one.",
                example=int(columns.key[row]),
                message_index=place if plain else None,
                fix=_taking(sketches.systems[main], place) if plain else None,
                count=counts[main],
                own=counts[own],
                having=counted(counts[own], "example") + (" has" if counts[own] == 1 else " have"),
                like=first[main],
                variant=first[own],
            )


def _taking(text: str, place: int) -> Fix:
    edit = Edit(EditOp.REPLACE, pointer("messages", place, "content"), text)
    return Fix("Take the frequent system prompt", Applicability.UNSAFE, (edit,))
