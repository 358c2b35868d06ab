"""consortium.toml and the environment: the knobs of a run, and where a workspace keeps its things."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum, auto
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipeline import layout
from pipeline.errors import SettingsWrong, StorageFailed
from pipeline.in_force import ENVIRONMENT_PREFIX, SETTINGS_FILE, written
from schemas import call

# Where a Dask scheduler stands; or a cluster of this machine, for one run.
DASK_HERE = "local"
DASK = rf"{DASK_HERE}|(tcp|tls)://[^\s/]+:[0-9]{{1,5}}"


@dataclass(frozen=True)
class Workspace:
    """One folder with everything of one call: what bureaus drop, what we answer, what we remember."""

    root: Path

    @property
    def inbox(self) -> Path:
        """What bureaus drop; only ever read."""
        return self.root / layout.INBOX

    @property
    def outbox(self) -> Path:
        """What we answer; all of it can be rebuilt."""
        return self.root / layout.OUTBOX

    @property
    def state(self) -> Path:
        """What must not be lost: ledger and private copies. Keep it on a local disk."""
        return self.root / layout.STATE

    @property
    def originals(self) -> Path:
        """Private copies of everything received, named by SHA-256."""
        return self.state / layout.ORIGINALS

    @property
    def readings(self) -> Path:
        """What was read of the private copies; can be rebuilt."""
        return self.state / "readings"

    @property
    def judgings(self) -> Path:
        """What the forms were judged to be; can be rebuilt."""
        return self.state / "judgings"

    @property
    def logs(self) -> Path:
        """What the operator may read of runs: one file a day."""
        return self.state / layout.LOGS

    @property
    def prefect(self) -> Path:
        """Everything of Prefect's: its settings, its database, what its server says."""
        return self.state / layout.PREFECT

    @property
    def manifest(self) -> Path:
        """What the outbox held when it was last complete; can be rebuilt."""
        return self.state / "outbox.manifest"

    @property
    def database(self) -> Path:
        """The ledger."""
        return self.state / layout.LEDGER

    @property
    def settings_file(self) -> Path:
        """The optional settings of this workspace."""
        return self.root / SETTINGS_FILE

    @property
    def province_outbox(self) -> Path:
        """What the provincial centre gets."""
        return self.outbox / layout.PROVINCE

    @property
    def data_outbox(self) -> Path:
        """The data tables."""
        return self.province_outbox / layout.DATA

    def city_outbox(self, city: str) -> Path:
        """What the bureau of `city` (official name) gets."""
        return self.outbox / city

    def returned_outbox(self, city: str) -> Path:
        """The forms handed back to the bureau of `city` (official name)."""
        return self.city_outbox(city) / layout.RETURNED

    def create(self) -> None:
        """Make what is missing; StorageFailed if that cannot be done. The state is closed to other users.

        An inbox is made for a new workspace only: where one was before, it is a share that went away.
        """
        try:
            if not self.originals.exists():
                self.inbox.mkdir(parents=True, exist_ok=True)
            self.outbox.mkdir(parents=True, exist_ok=True)
            self.state.mkdir(mode=0o700, exist_ok=True)
            self.originals.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageFailed("工作区文件夹建不起来，请检查磁盘和权限。") from error


class Bearing(Enum):
    """On what a setting bears: declared beside each, so that whoever leaves some of them out need not name them."""

    # What comes out of a run.
    RESULT = auto()
    # The deadline in force (`Settings.due`) bears on the result, however it is written down.
    DEADLINE = auto()
    # How and when this machine does the work; the result is the same.
    WORK = auto()
    # The same, and it may hold a password, or tell how this machine's network is made.
    SECRET = auto()


class Due(BaseSettings):
    """The one knob that counts outside a workspace as well: it is read alone there, whatever the others are."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, frozen=True, extra="ignore")

    deadline: Annotated[datetime | None, Bearing.DEADLINE] = Field(None, description="截止时间，不填为通知规定的时间")

    @field_validator("deadline", mode="before")
    @classmethod
    def _whole_day(cls, given: Any) -> Any:
        """A date without a time means the end of that day, as the call prints it."""
        if isinstance(given, str) and len(given.strip()) == len("2023-09-28"):
            given = date.fromisoformat(given.strip())
        if isinstance(given, date) and not isinstance(given, datetime):
            given = datetime.combine(given, time(23, 59, 59))
        return given

    @field_validator("deadline")
    @classmethod
    def _in_china(cls, given: datetime | None) -> datetime | None:
        return given.replace(tzinfo=call.CHINA) if given and given.tzinfo is None else given

    @property
    def due(self) -> datetime:
        """The deadline in force."""
        return self.deadline or call.DEADLINE

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """consortium.toml of `workspace`, overridden by CONSORTIUM_*; SettingsWrong if not valid."""
        try:
            environment = cls()
            given = written(workspace.settings_file)
            return cls(**given | environment.model_dump(include=environment.model_fields_set))
        except ValidationError as error:
            # The library's own sentences are English; the names of the settings are enough to find the place.
            names = "、".join(dict.fromkeys(str(fault["loc"][0]) for fault in error.errors()))
            raise SettingsWrong(f"设置有误：{names}。请检查 {workspace.settings_file.name} "
                                f"和以 {ENVIRONMENT_PREFIX} 开头的环境变量。") from error


class Settings(Due):
    """The knobs of a run: `Settings()` knows the environment, `Settings.of` consortium.toml as well."""

    model_config = SettingsConfigDict(extra="forbid")

    stability_seconds: Annotated[float, Bearing.WORK] = Field(30, ge=0, description="这段时间内改动过的文件视为可能还在写入")
    second_look_seconds: Annotated[float, Bearing.WORK] = Field(
        1, ge=0, le=60, description="手工运行时，两次查看新文件之间的间隔")
    read_workers: Annotated[int, Bearing.WORK] = Field(0, ge=0, description="同时读取的子进程数，0 为处理器核数")
    read_timeout_seconds: Annotated[float, Bearing.RESULT] = Field(60, gt=0, description="读取一个文件的时限")
    read_memory_mb: Annotated[int, Bearing.RESULT] = Field(1024, ge=256, description="读取一个文件的内存上限")
    max_file_mb: Annotated[int, Bearing.RESULT] = Field(20, gt=0, description="超过此大小的文件不读取")
    largest_copy_mb: Annotated[int, Bearing.RESULT] = Field(200, gt=0, description="超过此大小的文件不接收，也不留存")
    reserve_mb: Annotated[int, Bearing.WORK] = Field(256, ge=0, description="磁盘须留出的空间，不足时停止接收")
    # Thirteen times as many are more than a province's whole season, and a city's are read in a minute or two.
    nightly_files: Annotated[int, Bearing.RESULT] = Field(10_000, gt=0, description="一个城市一次最多接收的文件数，其余下次接收")
    nightly_mb: Annotated[int, Bearing.RESULT] = Field(2_000, gt=0, description="一个城市一次最多接收的文件总大小（MB），其余下次接收")
    chunk_files: Annotated[int, Bearing.WORK] = Field(1000, gt=0, description="一批读取的文件数")
    database: Annotated[SecretStr, Bearing.SECRET] = Field(
        SecretStr(""), description="台账数据库（postgresql://用户@主机/数据库），"
                                   f"不填为 {layout.STATE}/{layout.LEDGER}")
    dask: Annotated[str, Bearing.SECRET] = Field(
        "", pattern=f"^({DASK})?$", description="读表用的 Dask 调度器（tcp://主机:端口，或 local），不填为在本机读取")
    originals_url: Annotated[str, Bearing.SECRET] = Field(
        "", description="Dask 工作进程从何处取留存的原件（fsspec 地址），"
                        f"不填为 {layout.STATE}/{layout.ORIGINALS}")
    inbox_url: Annotated[str, Bearing.SECRET] = Field(
        "", description="Dask 工作进程取不到原件时，从何处取收件箱的文件（fsspec 地址），不填为 inbox")
    nightly: Annotated[str, Bearing.WORK] = Field(
        "02:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="每天自动汇总的时间（北京时间）")
    watch_seconds: Annotated[float, Bearing.WORK] = Field(10, gt=0, le=3600, description="值守时每隔多少秒看一次收件箱")
    notify: Annotated[tuple[SecretStr, ...], NoDecode, Bearing.SECRET] = Field(
        (), description="通知地址（apprise 写法），不填则不通知")

    @field_validator("notify", mode="before")
    @classmethod
    def _addresses(cls, given: Any) -> Any:
        """In the environment the addresses stand one after another, with spaces between."""
        return given.split() if isinstance(given, str) else given

    @property
    def max_file_bytes(self) -> int:
        """`max_file_mb` in bytes."""
        return self.max_file_mb * 1_000_000

    @property
    def workers(self) -> int:
        """Child processes to read with: what is asked for, else the processors this process may use."""
        return self.read_workers or len(os.sched_getaffinity(0))

    @classmethod
    def bearing_on(cls, *bearings: Bearing) -> frozenset[str]:
        """The names of the settings that bear on one of these."""
        return frozenset(name for name, field in cls.model_fields.items()
                         if not set(bearings).isdisjoint(field.metadata))

    def without_secrets(self) -> Self:
        """These settings with the defaults in place of what is secret."""
        return self.model_copy(update={name: type(self).model_fields[name].default
                                       for name in self.bearing_on(Bearing.SECRET)})
