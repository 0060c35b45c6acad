"""What a submission was expected to take, and what it was billed for."""

from finetune_studio.targets.forecast import money
from finetune_studio.targets.profile import Profile
from finetune_studio.workspace.submission_records import Submission


def billed_cost(row: Submission, profile: Profile | None) -> tuple[float, str] | None:
    """Amount and currency of the tokens that were billed, at the price that is known here; None without."""
    if row.job is None or row.job.trained_tokens is None or profile is None:
        return None
    facts = profile.find_model(row.plan.model)
    price = facts.price if facts is not None else None
    if profile.is_free:
        return 0.0, row.plan.currency or "USD"
    return None if price is None else (row.job.trained_tokens * price.per_million / 1e6, price.currency)


def billed_text(row: Submission, profile: Profile | None, progress: float | None = None) -> str:
    """Billed against forecast, as far as both are known; while it runs, what it has cost about so far."""
    job, plan = row.job, row.plan
    expected = f"forecast {plan.forecast_tokens:,} tokens" if plan.forecast_tokens else ""
    if plan.forecast_cost:
        expected += f", {money(plan.forecast_cost, plan.currency)}"
    if job is not None and not job.state.is_final and progress and plan.forecast_tokens:
        so_far = f"≈ {round(plan.forecast_tokens * progress):,} tokens so far"
        if plan.forecast_cost:
            so_far += f", ≈ {money(plan.forecast_cost * progress, plan.currency)}"
        return f"{so_far} · {expected}"
    if job is None or job.trained_tokens is None:
        return expected[:1].upper() + expected[1:] if expected else ""
    is_free = profile is not None and profile.is_free
    if job.trained_tokens == 0:
        return f"Nothing billed · {expected}" if expected else "Nothing billed"
    text = f"{job.trained_tokens:,} tokens " + ("trained, nothing billed" if is_free else "billed")
    billed = billed_cost(row, profile)
    if billed is not None and not is_free:
        text += f", ≈ {money(*billed)}"
    return f"{text} · {expected}" if expected else text
