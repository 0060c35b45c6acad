"""The journal of all submissions of this person: one small SQLite file, and the frozen bytes beside it.

A dataset is not needed (a JSONL has none), and every step is on disk before the network is asked.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finetune_studio.domain.errors import StorageFullError, UsageError
from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, Metrics
from finetune_studio.workspace.submission_files import FrozenFiles
from finetune_studio.workspace.submission_lock import held
from finetune_studio.workspace.submission_records import (
    FrozenFile,
    SentLine,
    Submission,
    SubmissionPlan,
    SubmissionState,
    dump,
    load_checkpoint,
    load_file,
    load_job,
    load_plan,
    load_time,
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS submission (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  ref TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL,
  base_url TEXT NOT NULL,
  plan TEXT NOT NULL,
  training TEXT NOT NULL,
  validation TEXT,
  training_file_id TEXT NOT NULL DEFAULT '',
  validation_file_id TEXT NOT NULL DEFAULT '',
  job_id TEXT NOT NULL DEFAULT '',
  job TEXT,
  checkpoints TEXT NOT NULL DEFAULT '[]',
  error TEXT NOT NULL DEFAULT '',
  advice TEXT NOT NULL DEFAULT '',
  error_code TEXT NOT NULL DEFAULT '',
  create_started_at TEXT,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  seen_before TEXT NOT NULL DEFAULT '[]',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS submission_by_job ON submission (job_id);
CREATE INDEX IF NOT EXISTS submission_by_fingerprint ON submission (fingerprint);
CREATE TABLE IF NOT EXISTS job_event (
  ref TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL,
  PRIMARY KEY (ref, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS metric (
  ref TEXT NOT NULL, step INTEGER NOT NULL, point TEXT NOT NULL,
  PRIMARY KEY (ref, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS result (
  ref TEXT NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (ref, number)
) STRICT, WITHOUT ROWID;
"""
_VERSION = 1
_COLUMNS = frozenset(
    {
        "state",
        "training_file_id",
        "validation_file_id",
        "error",
        "advice",
        "error_code",
        "create_started_at",
        "cancel_requested",
        "seen_before",
    }
)


@dataclass(frozen=True, slots=True)
class NewRow:
    ref: str
    fingerprint: str
    plan: SubmissionPlan
    training: FrozenFile
    validation: FrozenFile | None


class SubmissionJournal:
    """Safe to use from several threads and processes: every call is a transaction of its own."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.path = data / "submissions.db"
        self.files = FrozenFiles(data / "submissions")

    def lock(self, name: str, what: str = "This submission") -> AbstractContextManager[None]:
        """Keep every other process and thread from sending the same; raises BusyError."""
        return held(self.files.folder / f"{name}.lock", what)

    # writing

    def add(self, row: NewRow) -> Submission:
        now = _now()
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO submission (ref, fingerprint, state, base_url, plan, training, validation,"
                " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    row.ref,
                    row.fingerprint,
                    SubmissionState.PREPARED,
                    row.plan.base_url,
                    dump(row.plan),
                    dump(row.training),
                    dump(row.validation) if row.validation else None,
                    now,
                    now,
                ),
            )
        return self.get(row.ref)

    def forget(self, ref: str, *frozen: FrozenFile) -> None:
        """Remove what was written for a submission that never came about; bytes that others sent stay."""
        self.files.forget(ref)
        for file in frozen:
            if not self._select("WHERE instr(training, ?) OR instr(validation, ?)", (file.sha256,) * 2):
                self.files.path(file).unlink(missing_ok=True)

    def update(self, ref: str, **columns: Any) -> Submission:
        """Set columns of a row (see Submission); `state` clears an earlier error unless one is given."""
        unknown = columns.keys() - _COLUMNS
        if unknown:
            raise ValueError(f"no such columns: {sorted(unknown)}")
        if "state" in columns:
            columns = {"error": "", "advice": "", "error_code": "", **columns}
        values = {name: _to_column(value) for name, value in columns.items()}
        sets = ", ".join(f"{name} = ?" for name in values)
        with self._writing() as connection:
            connection.execute(
                f"UPDATE submission SET {sets}, updated_at = ? WHERE ref = ?",  # noqa: S608
                (*values.values(), _now(), ref),
            )
        return self.get(ref)

    def set_job(self, ref: str, job: FineTuneJob) -> Submission:
        """Keep the job as the service told it last; the state follows from it."""
        state = SubmissionState.DONE if job.state.is_final else SubmissionState.SUBMITTED
        with self._writing() as connection:
            connection.execute(
                "UPDATE submission SET job_id = ?, job = ?, state = ?, error = '', advice = '',"
                " error_code = '', updated_at = ? WHERE ref = ?",
                (job.id, dump(job), state, _now(), ref),
            )
        return self.get(ref)

    def add_progress(
        self,
        ref: str,
        events: Sequence[JobEvent] = (),
        metrics: Sequence[Metrics] = (),
        checkpoints: Sequence[Checkpoint] | None = None,
    ) -> None:
        """Keep new events and points; a point of a known step replaces it."""
        with self._writing() as connection:
            first = connection.execute("SELECT count(*) FROM job_event WHERE ref = ?", (ref,)).fetchone()[0]
            connection.executemany(
                "INSERT OR IGNORE INTO job_event VALUES (?, ?, ?, ?)",
                [(ref, event.id, first + index, dump(event)) for index, event in enumerate(events)],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO metric VALUES (?, ?, ?)",
                [(ref, point.step, dump(point)) for point in metrics],
            )
            if checkpoints is not None:
                text = json.dumps([asdict(checkpoint) for checkpoint in checkpoints])
                connection.execute("UPDATE submission SET checkpoints = ? WHERE ref = ?", (text, ref))

    def keep_results(self, ref: str, contents: Sequence[bytes]) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM result WHERE ref = ?", (ref,))
            connection.executemany(
                "INSERT INTO result VALUES (?, ?, ?)",
                [(ref, index, content) for index, content in enumerate(contents)],
            )

    # reading

    def get(self, ref: str) -> Submission:
        """Raises UsageError when there is none of this reference."""
        found = self._select("WHERE ref = ?", (ref,))
        if not found:
            raise UsageError(f"There is no submission {ref}.", "`finetune-studio jobs` lists them.")
        return found[0]

    def all(self, limit: int = 200) -> list[Submission]:
        """The newest first."""
        return self._select("ORDER BY number DESC LIMIT ?", (limit,))

    def refs(self) -> frozenset[str]:
        with self._reading() as connection:
            rows = connection.execute("SELECT ref FROM submission") if connection is not None else ()
            return frozenset(row[0] for row in rows)

    def unsettled(self) -> list[Submission]:
        return [item for item in self._select("ORDER BY number", ()) if not item.state.is_settled]

    def by_job(self, job_id: str) -> Submission | None:
        """By the service's job id or by our reference."""
        found = self._select("WHERE job_id = ? OR ref = ? ORDER BY number DESC LIMIT 1", (job_id, job_id))
        return found[0] if found else None

    def find_open(self, fingerprint: str) -> Submission | None:
        """The newest submission of exactly this that can be continued."""
        rows = self._select("WHERE fingerprint = ? ORDER BY number DESC", (fingerprint,))
        return next((row for row in rows if row.state.can_continue), None)

    def known_jobs(self, base_url: str) -> frozenset[str]:
        with self._reading() as connection:
            if connection is None:
                return frozenset()
            rows = connection.execute(
                "SELECT job_id FROM submission WHERE base_url = ? AND job_id != ''", (base_url,)
            )
            return frozenset(row[0] for row in rows)

    def events(self, ref: str) -> tuple[JobEvent, ...]:
        """Oldest first."""
        rows = self._texts("SELECT event FROM job_event WHERE ref = ? ORDER BY number, id", ref)
        return tuple(JobEvent(**{**raw, "at": load_time(raw["at"])}) for raw in map(json.loads, rows))

    def metrics(self, ref: str) -> tuple[Metrics, ...]:
        rows = self._texts("SELECT point FROM metric WHERE ref = ? ORDER BY step", ref)
        return tuple(Metrics(**json.loads(row)) for row in rows)

    def checkpoints(self, ref: str) -> tuple[Checkpoint, ...]:
        rows = self._texts("SELECT checkpoints FROM submission WHERE ref = ?", ref)
        return tuple(load_checkpoint(raw) for row in rows for raw in json.loads(row))

    def results(self, ref: str) -> tuple[bytes, ...]:
        return tuple(self._texts("SELECT content FROM result WHERE ref = ? ORDER BY number", ref))

    def example_at(self, ref: str, line: int, part: str = "training") -> SentLine | None:
        """Where line `line` (1-based) of the sent file came from; `part` is training or validation."""
        return self.files.line(ref, part, line)

    def frozen_path(self, frozen: FrozenFile) -> Path:
        return self.files.path(frozen)

    # SQLite

    def _texts(self, sql: str, ref: str) -> list[Any]:
        with self._reading() as connection:
            return [] if connection is None else [row[0] for row in connection.execute(sql, (ref,))]

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Submission]:
        with self._reading() as connection:
            if connection is None:
                return []
            connection.row_factory = sqlite3.Row
            rows = connection.execute(f"SELECT * FROM submission {rest}", parameters)  # noqa: S608
            return [_submission(row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.exists():
            yield None
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as connection:
                connection.execute("PRAGMA query_only = ON")
                is_made = connection.execute("PRAGMA user_version").fetchone()[0] > 0
                yield connection if is_made else None
        except sqlite3.DatabaseError as error:
            raise self._unusable(error, "read") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block ends; raises StorageFullError where the disk refuses."""
        try:
            fresh = not self.path.exists()
            self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                if fresh:
                    self.path.chmod(0o600)
                if connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
                    connection.executescript(
                        f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
                    )
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._unusable(error, "written") from error

    def _unusable(self, error: Exception, verb: str) -> StorageFullError:
        return StorageFullError(
            f"The journal of submissions at {self.path} cannot be {verb} ({error}).",
            "Check the folder and the room on the disk; nothing is sent without the journal."
            " A damaged journal can be moved away: jobs at the services go on.",
        )


def _to_column(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, tuple):
        return json.dumps(value)
    return value


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _submission(row: sqlite3.Row) -> Submission:
    training = load_file(row["training"])
    assert training is not None
    return Submission(
        ref=row["ref"],
        state=SubmissionState(row["state"]),
        plan=load_plan(row["plan"]),
        training=training,
        validation=load_file(row["validation"]),
        training_file_id=row["training_file_id"],
        validation_file_id=row["validation_file_id"],
        job=load_job(row["job"]),
        error=row["error"],
        advice=row["advice"],
        error_code=row["error_code"],
        create_started_at=load_time(row["create_started_at"]),
        cancel_requested=bool(row["cancel_requested"]),
        seen_before=tuple(json.loads(row["seen_before"])),
        created_at=load_time(row["created_at"]),
        updated_at=load_time(row["updated_at"]),
    )
