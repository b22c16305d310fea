"""What one macOS host is to be. Everything not named here is left as it is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HOMEBREW = "/opt/homebrew"

# A server that never sleeps and comes back after a power cut; pmset(1).
SERVER_POWER: Mapping[str, int] = {
    "sleep": 0,
    "disksleep": 0,
    "displaysleep": 0,
    "womp": 1,
    "autorestart": 1,
    "powernap": 0,
}
# Kept free for macOS itself beside the GPU's wired memory and the virtual machine: too little freezes the host.
SYSTEM_MEMORY_MB = 5 * 1024


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Homebrew formula. With `version` the installed version must be that one, and it is pinned."""

    formula: str
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A directory owned by the host's user. `mode` in octal, e.g. 0o750."""

    path: str
    mode: int = 0o755


@dataclass(frozen=True, kw_only=True)
class Ollama:
    """Ollama on Metal under a LaunchDaemon of ours. Empty values leave Ollama's own default."""

    bind: str = "127.0.0.1"
    port: int = 11434
    version: str = ""
    models_directory: str = ""
    keep_alive: str = ""
    parallel: int | None = None
    loaded_models: int | None = None
    # Ollama chooses it by the size of the GPU's memory, up to 262144 tokens: better said than found out.
    context_length: int = 8192
    flash_attention: bool = True
    kv_cache_type: str = ""

    def environment(self) -> dict[str, str]:
        """Variables of `ollama serve` (ollama/ollama envconfig/config.go)."""
        values: dict[str, str | int | None] = {
            "OLLAMA_HOST": f"{self.bind}:{self.port}",
            "OLLAMA_MODELS": self.models_directory,
            "OLLAMA_KEEP_ALIVE": self.keep_alive,
            "OLLAMA_NUM_PARALLEL": self.parallel,
            "OLLAMA_MAX_LOADED_MODELS": self.loaded_models,
            "OLLAMA_CONTEXT_LENGTH": self.context_length,
            "OLLAMA_FLASH_ATTENTION": int(self.flash_attention),
            "OLLAMA_KV_CACHE_TYPE": self.kv_cache_type,
        }
        return {name: str(value) for name, value in values.items() if value not in ("", None)}


@dataclass(frozen=True, kw_only=True)
class Colima:
    """The virtual machine that containers run in. Only `mounts` of the host are seen inside, writable."""

    cpus: int = 2
    memory_gib: int = 2
    disk_gib: int = 100
    mounts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HostSpec:
    """One Mac. `user` logs in, owns Homebrew and runs the services; it needs sudo without a password.

    `wired_limit_mb` is the memory that the GPU may wire; 0 leaves macOS its default share.
    """

    user: str
    home: str = ""
    packages: tuple[Package, ...] = ()
    directories: tuple[Directory, ...] = ()
    ollama: Ollama | None = None
    colima: Colima | None = None
    wired_limit_mb: int = 0
    power: Mapping[str, int] = field(default_factory=lambda: SERVER_POWER)
    lock_wait_seconds: int = 30

    @property
    def home_directory(self) -> str:
        """Home of the user; macOS's place for it unless said otherwise."""
        return self.home or f"/Users/{self.user}"

    @property
    def memory_needed_mb(self) -> int:
        """Memory that the host must have for the wired limit and the virtual machine together."""
        machine = self.colima.memory_gib * 1024 if self.colima else 0
        return SYSTEM_MEMORY_MB + self.wired_limit_mb + machine
