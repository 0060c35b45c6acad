"""What crashes and abandoned uploads left behind."""

from finetune_studio.local.folders import LocalFolders
from finetune_studio.local.store import Store, now


def tidy(store: Store, folders: LocalFolders) -> None:
    """Remove halves of uploads; to be called before the first request."""
    for path in folders.file("").glob("incoming-*"):
        path.unlink(missing_ok=True)
    kept: set[str] = set()
    for upload in store.documents("upload"):
        parts = [part["id"] for part in store.documents("part", upload["id"])]
        if upload["status"] == "pending" and upload["expires_at"] >= now():
            kept.update(parts)
        else:
            for part in parts:
                store.delete("part", part)
    for path in folders.part("").iterdir():
        if path.name not in kept:
            path.unlink(missing_ok=True)
