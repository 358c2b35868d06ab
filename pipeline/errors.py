"""A run that cannot go on. Its message is Chinese, for the operator.

A clerk's mistake is a finding, never one of these.
"""

from __future__ import annotations

from pipeline import exits


class RunError(Exception):
    """The run itself failed: `exit_code` is what the command returns, and what is `transient` may pass."""

    exit_code = exits.FAILED
    transient = False


class WorkspaceHeld(RunError):
    """Another run is at work in this workspace."""

    exit_code = exits.HELD


class StorageFailed(RunError):
    """The disk is full, read-only or failing: nothing more may be taken or published."""


class NoChildren(RunError):
    """The system starts no child processes in which workbooks could be opened."""

    transient = True


class LedgerBusy(StorageFailed):
    """Another program keeps the ledger locked."""

    transient = True


class LedgerDamaged(RunError):
    """The ledger cannot be read or was made by a newer edition; it must not be written to."""


class InboxUnavailable(RunError):
    """The inbox cannot be listed, which is not the same as an inbox without files."""

    transient = True


class SettingsWrong(RunError):
    """consortium.toml or an environment variable cannot be understood."""
