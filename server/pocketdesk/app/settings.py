"""What an operator can set: environment variables `POCKETDESK_*`, or a TOML file; unknown keys are refused."""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pocketdesk.files.outside.clamd import is_address
from pocketdesk.mail.outside import Smtp, to_sender, to_server
from pocketdesk.outbound import to_allowed
from pocketdesk.push.outside.apns import Apns
from pocketdesk.push.outside.fcm import Fcm

PREFIX = "POCKETDESK_"
FILE = f"{PREFIX}CONFIG"
LEAST_SECRET = 32
"""Characters; fewer can be guessed."""


class Misconfigured(Exception):
    """A setting is unknown or has a value that does not fit; the message is for the operator."""


class Settings(BaseSettings):
    """Settings of one installation. Environment wins over the file, the file over the defaults."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    data_dir: Path = Field(Path("data"), description="Folder of the SQLite database and of uploaded files.")
    database_url: str = Field(
        "", description="Empty: SQLite in `data_dir`. Or `sqlite:///path`, or `postgresql://user@host/name`."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    public_url: str = Field(
        "",
        description="How browsers and apps reach the server, `https://chat.example.org`. Empty: host and port.",
    )
    plain_http: bool = Field(
        default=False, description="Allow a public address without https (cookies are then not `Secure`)."
    )
    trusted_proxies: tuple[str, ...] = Field(
        (), description="Addresses of reverse proxies whose `X-Forwarded-For` and `-Proto` are believed."
    )
    bus_url: str = Field("", description="Empty: one process. `nats://host:4222`: several processes.")
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer for `/metrics`. Empty: only requests from this machine may read them.",
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="Signs links to files. Empty: one that is made at the first start and kept in `data_dir`.",
    )
    clamd: str = Field(
        "",
        description="ClamAV's daemon, `host:port` or the path of its socket, which sees every file first. Empty: none.",
    )
    outbound_allow: tuple[str, ...] = Field(
        (),
        description="Hosts, `host:port`s, addresses and networks that requests may go to besides public addresses.",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Where mail goes out, `smtp://user:password@host:587` or `smtps://...`. Empty: no mail is sent.",
    )
    mail_from: str = Field(
        "", description="Whom mails come from, `Name <address>`; needed beside the SMTP server."
    )
    apns_origin: str = Field(Apns.ORIGIN, description="Apple's push service. Another one is for trials.")
    apns_sandbox_origin: str = Field(
        Apns.SANDBOX, description="Apple's push service for apps that were built for development."
    )
    fcm_origin: str = Field(Fcm.ORIGIN, description="Google's push service. Another one is for trials.")
    google_token_url: str = Field(Fcm.TOKENS, description="Where Google gives tokens for its push service.")
    embeddings: str = Field(
        "",
        description="Search by meaning: `local` (with the extra `local-ai`), or the address of `/v1/embeddings`."
        " Empty: by words alone.",
    )
    embeddings_model: str = Field("", description="The model's name at that address.")
    embeddings_key: SecretStr = Field(SecretStr(""), description="Bearer for that address.")
    event_days: int = Field(30, ge=1, le=3650, description="Days that events stay in the ledger for replay.")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")
    demo: bool = Field(default=False, description="Serve `/demo`, where anybody becomes the demo agent.")

    @model_validator(mode="after")
    def _https_or_allowed(self) -> Self:
        url = self.public_url
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("public_url must start with https:// or http://")
        if url.startswith("http://") and not (self.plain_http or self.demo):
            raise ValueError("public_url is plain http: use https, or set plain_http to true if you know why")
        return self

    @field_validator("secret")
    @classmethod
    def _unguessable(cls, secret: SecretStr) -> SecretStr:
        word = secret.get_secret_value()
        if word and (len(word) < LEAST_SECRET or len(set(word)) < LEAST_SECRET // 4):
            raise ValueError("secret can be guessed: make one with `openssl rand -hex 32`")
        return secret

    @field_validator("clamd")
    @classmethod
    def _clamd_address(cls, address: str) -> str:
        if address and not is_address(address):
            raise ValueError("clamd must be host:port or the absolute path of a socket")
        return address

    @field_validator("outbound_allow")
    @classmethod
    def _hosts_or_networks(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        to_allowed(words)
        return words

    @field_validator("smtp_url")
    @classmethod
    def _smtp_server(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value():
            to_server(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, sender: str) -> str:
        if sender:
            to_sender(sender)
        return sender

    @model_validator(mode="after")
    def _embeddings_are_whole(self) -> Self:
        if self.embeddings not in {"", "local"}:
            if not self.embeddings.startswith(("http://", "https://")):
                raise ValueError("embeddings must be empty, local, or the http(s) address of /v1/embeddings")
            if not self.embeddings_model:
                raise ValueError("embeddings at an address need embeddings_model")
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if bool(self.smtp_url.get_secret_value()) != bool(self.mail_from):
            raise ValueError("smtp_url and mail_from belong together: set both, or neither")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _File(settings_cls)

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'pocketdesk.sqlite3'}"

    @property
    def origin(self) -> str:
        """Scheme and authority that browsers see."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def smtp(self) -> Smtp | None:
        """The server that mail goes out through; None without one."""
        url = self.smtp_url.get_secret_value()
        return Smtp(to_server(url), to_sender(self.mail_from)) if url else None

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may be `Secure` (WebKit drops such cookies on plain http, also on localhost)."""
        return self.origin.startswith("https://")

    @property
    def trusted_origins(self) -> frozenset[str]:
        """Origins whose pages may send the console's cookie."""
        here = {self.origin}
        if not self.public_url:
            here |= {f"http://{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]", self.host)}
        return frozenset(here)


class _File(PydanticBaseSettingsSource):
    """The TOML file named by POCKETDESK_CONFIG, or `pocketdesk.toml` in the working folder if it is there."""

    def get_field_value(self, field: object, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError("the file is read as a whole")

    def __call__(self) -> dict[str, Any]:
        named = os.environ.get(FILE)
        path = Path(named or "pocketdesk.toml")
        if not named and not path.exists():
            return {}
        try:
            return tomllib.loads(path.read_text())
        except (OSError, tomllib.TOMLDecodeError) as wrong:
            raise Misconfigured(f"{path}: {wrong}") from wrong


def load(**given: Any) -> Settings:
    """The settings of this process; `given` (from the command line) wins. Raises `Misconfigured`."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {FILE}
    strays = sorted(key for key in os.environ if key.startswith(PREFIX) and key not in known)
    if strays:
        raise Misconfigured(f"unknown setting {', '.join(strays)}; known are {', '.join(sorted(known))}")
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as wrong:
        lines = [
            f"{'.'.join(map(str, error['loc'])) or 'settings'}: {error['msg']}" for error in wrong.errors()
        ]
        raise Misconfigured("; ".join(lines)) from wrong
