"""`python -m tests.screens.render OUT THEME WIDTHxHEIGHT [SCENE ...]`: the scenes of one theme and size."""

import os
import sys
import tempfile
import traceback
from pathlib import Path


def main(out: Path, theme: str, size: str, wanted: list[str]) -> int:
    """Play the wanted scenes, or all; one that fails does not keep the others from being played."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="finetune-studio-screens-") as home:
        os.environ["FINETUNE_STUDIO_HOME"] = home
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        from finetune_studio.app import make_application
        from finetune_studio.settings.paths import app_paths
        from finetune_studio.ui.application import Studio
        from tests.screens.scenes import SCENES
        from tests.screens.stage import Stage

        app = make_application()
        studio = Studio(app, app_paths(), theme)
        width, height = (int(part) for part in size.split("x"))
        studio.start()
        studio.window.resize(width, height)
        scale = os.environ.get("QT_SCALE_FACTOR", "1")
        suffix = f"{theme}-{size}" + (f"@{scale}x" if scale != "1" else "")
        stage = Stage(studio, out, suffix, Path(home))
        stage.settle()
        for name in wanted or SCENES:
            try:
                SCENES[name](stage)
            except Exception:
                traceback.print_exc()
                failed.append(name)
            stage.clear()
        _stop_local_server(app_paths().data)
        studio.window.close()
        studio.stop()
    if failed:
        print(f"scenes that failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def _stop_local_server(data: Path) -> None:
    from finetune_studio.providers.local_server import stop_local_server

    stop_local_server(data)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]))
