"""The page of each rule: resources/help/rules/CODE.md."""

from finetune_studio.resource_files import resource


def help_page(code: str) -> str:
    """Markdown; raises FileNotFoundError for a rule without a page."""
    return resource("help", "rules", f"{code.upper()}.md").read_text(encoding="utf-8")
