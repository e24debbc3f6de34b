"""Where the secrets of an installation come from: given, in a file that is named, or made once and kept.

Standard library only: the make targets read it as well.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from xinglin.lib.terminal import Halt

KEY_BYTES = 32
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
FILE_SUFFIX = "_FILE"  # a secret may also lie in a file that `NAME_FILE` names


class Keeper:
    """Finds the secrets: in the environment, in a file that it names, or in `var/secrets`, where they may be made."""

    def __init__(self, folder: Path, environ: Mapping[str, str], *, may_make: bool) -> None:
        self.folder = folder
        self.environ = environ
        self.may_make = may_make

    def secret(self, name: str) -> str:
        return self.given(name) or self._kept(name, lambda: secrets.token_urlsafe(48))

    def key(self, name: str) -> bytes:
        text = self.given(name) or self._kept(name, lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
        try:
            key = base64.b64decode(text.strip(), altchars=b"-_" if {"-", "_"} & set(text) else None, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise Halt(
                f"{name} 要用 base64 写出 {KEY_BYTES} 个字节。", f"{name} must be {KEY_BYTES} bytes written in base64."
            )
        return key

    def given(self, name: str) -> str:
        file = self.environ.get(name + FILE_SUFFIX, "")
        if not file:
            return self.environ.get(name, "")
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Halt(
                f"读不到 {name}{FILE_SUFFIX} 指的文件 {file}。",
                f"The file of {name}{FILE_SUFFIX}, {file}, cannot be read.",
            ) from None

    def _kept(self, name: str, make: Callable[[], str]) -> str:
        path = self.folder / name.removeprefix("XINGLIN_").lower().replace("_", "-")
        try:
            if not path.exists():
                self._keep(path, name, make())
            return path.read_text(encoding="utf-8").strip()
        except OSError as trouble:
            reason = os.strerror(trouble.errno or 0)
            raise Halt(
                f"密钥文件 {path} 不能读写（{reason}）。", f"The secret {path} cannot be kept ({reason})."
            ) from trouble

    def _keep(self, path: Path, name: str, value: str) -> None:
        if not self.may_make:
            raise Halt(
                f"production 缺少 {name}：请设置它，或运行 make secrets 生成。",
                f"Production lacks {name}: set it, or make it with `make secrets`.",
            )
        self.folder.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        self.folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        self.folder.chmod(PRIVATE_FOLDER)
        # Written aside and linked into place: of two processes that start together one value wins, and both read that.
        aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(value + "\n")
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
