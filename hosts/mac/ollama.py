"""Ollama on a Mac's own Metal."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from hosts.mac.launch_daemon import LaunchDaemon
from hosts.mac.places import HOMEBREW, programs
from hosts.step import Step

WIRED_LIMIT = "iogpu.wired_limit_mb"
# launchd starts daemons in no order, and Ollama reads the limit only when it starts.
WIRED_LIMIT_WAIT_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Ollama:
    """Ollama on Metal under a LaunchDaemon of ours. Empty values leave Ollama's own default."""

    bind: str = "127.0.0.1"
    port: int = 11434
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

    def daemon(self, user: str, home: str, wired_limit_mb: int = 0) -> LaunchDaemon:
        """`ollama serve`, by the path that survives a `brew upgrade`."""
        serve = (f"{programs('ollama')}/ollama", "serve")
        return LaunchDaemon(
            name="ollama",
            program=_after_wired_limit(wired_limit_mb, serve) if wired_limit_mb else serve,
            user=user,
            home=home,
            environment=self.environment(),
        )

    def step(self, user: str, home: str, wired_limit_mb: int) -> Step:
        """Has it answer in the installed version."""
        listens = "127.0.0.1" if self.bind in ("0.0.0.0", "") else self.bind  # noqa: S104
        probe = ("probe_ollama", f"http://{listens}:{self.port}/api/version", f"{HOMEBREW}/opt/ollama", str(self.port))
        return self.daemon(user, home, wired_limit_mb).step(180, probe, before=("step_ollama", str(self.port)))


def wired_limit_daemon(megabytes: int) -> LaunchDaemon:
    """Sets the GPU's memory at every boot: the setting is lost when the host restarts."""
    return LaunchDaemon(name="wired-limit", program=("/usr/sbin/sysctl", f"{WIRED_LIMIT}={megabytes}"))


def wired_limit_step(megabytes: int) -> Step:
    """Has the limit hold now and after the next boot."""
    return wired_limit_daemon(megabytes).step(60, ("probe_sysctl", WIRED_LIMIT, str(megabytes)))


def _after_wired_limit(megabytes: int, program: tuple[str, ...]) -> tuple[str, ...]:
    script = (
        f'i=0; until [ "$(/usr/sbin/sysctl -n {WIRED_LIMIT})" = {megabytes} ] || [ $i -ge '
        f"{WIRED_LIMIT_WAIT_SECONDS} ]; do i=$((i+1)); sleep 1; done; exec {shlex.join(program)}"
    )
    return ("/bin/sh", "-c", script)
