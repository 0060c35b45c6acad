"""What was typed into the fields of templates, until the dataset is closed."""

from collections.abc import Mapping


class TemplateMemory:
    """Kept in memory only: values are texts of the dataset, and a settings file is no place for them."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, str]] = {}
        self.last = ""
        """The template used last."""

    def remember(self, template: str, values: Mapping[str, str]) -> None:
        self._values[template] = dict(values)
        self.last = template

    def values(self, template: str) -> Mapping[str, str]:
        """The last values of a template's fields."""
        return self._values.get(template, {})
