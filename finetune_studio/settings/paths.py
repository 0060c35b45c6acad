"""Where the app keeps its settings, its data and its cache."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AppPaths:
    """Folders of this person on this machine; none exists until it is first written to."""

    config: Path
    data: Path
    cache: Path


def app_paths() -> AppPaths:
    """The platform's folders, or those below $FINETUNE_STUDIO_HOME where it is set (tests, portable use)."""
    home = os.environ.get("FINETUNE_STUDIO_HOME")
    if home:
        root = Path(home)
        return AppPaths(root / "config", root / "data", root / "cache")
    import platformdirs

    name = "finetune-studio"
    return AppPaths(
        platformdirs.user_config_path(name, appauthor=False),
        platformdirs.user_data_path(name, appauthor=False),
        platformdirs.user_cache_path(name, appauthor=False),
    )
