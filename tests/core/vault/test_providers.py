"""Root key providers: the same contract for each, over the provider's own protocol."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws

from chatzee.env import env
from core.vault import keyring, providers
from core.vault.errors import RootKeyError
from core.vault.models import KeyKind, VaultKey
from core.vault.providers.aws_kms import AwsKmsProvider
from core.vault.providers.base import RootKeyProvider
from core.vault.providers.file import FileProvider
from core.vault.providers.gcp_kms import GcpKmsProvider
from core.vault.providers.vault_transit import VaultTransitProvider
from tests.core.vault.key_servers import GCP_KEY, TOKEN, CloudKms, Transit

CONTEXT = {"workspace": "w1", "key": "k1"}


@dataclass
class Case:
    provider: RootKeyProvider
    key: str
    endpoint: str = ""
    rotate: Callable[[], object] | None = None


@pytest.fixture
def file_case(tmp_path: Path) -> Case:
    path = str(tmp_path / "root.key")
    provider = FileProvider(path, may_create=True)
    return Case(provider, path, rotate=provider.add_version)


@pytest.fixture
def aws_case(monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        arn = boto3.client("kms", region_name="eu-west-1").create_key()["KeyMetadata"]["Arn"]
        yield Case(AwsKmsProvider(arn), arn)


@pytest.fixture
def gcp_case() -> Iterator[Case]:
    server = CloudKms()
    yield Case(GcpKmsProvider(GCP_KEY, endpoint=server.url), GCP_KEY, server.url, server.versions.rotate)
    server.stop()


@pytest.fixture
def transit_case() -> Iterator[Case]:
    server = Transit()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    provider = VaultTransitProvider("root", endpoint=server.url, token=TOKEN)
    yield Case(provider, "root", server.url, server.versions.rotate)
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["file", "aws", "gcp", "transit"])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.getfixturevalue(f"{request.param}_case")
    return found


def test_key_comes_back(case: Case) -> None:
    secret = os.urandom(32)
    wrapped = case.provider.wrap(secret, context=CONTEXT)
    assert secret not in wrapped.wrapped
    assert case.provider.unwrap(wrapped.wrapped, version=wrapped.version, context=CONTEXT) == secret
    assert wrapped.version == case.provider.current_version()


@pytest.mark.parametrize("context", [{}, {**CONTEXT, "workspace": "w2"}, {**CONTEXT, "key": "k2"}, {**CONTEXT, "more": "x"}])
def test_key_is_bound_to_its_context(case: Case, context: dict[str, str]) -> None:
    wrapped = case.provider.wrap(bytes(32), context=CONTEXT)
    with pytest.raises(RootKeyError):
        case.provider.unwrap(wrapped.wrapped, version=wrapped.version, context=context)


@pytest.mark.parametrize("name", ["file", "gcp", "transit"])
def test_old_version_still_opens_after_rotation(name: str, request: pytest.FixtureRequest) -> None:
    """Of AWS there is nothing to see: it rotates behind the ARN."""
    case: Case = request.getfixturevalue(f"{name}_case")
    assert case.rotate is not None
    old = case.provider.wrap(bytes(32), context=CONTEXT)
    case.rotate()
    new = case.provider.wrap(bytes(32), context=CONTEXT)
    assert old.version != new.version == case.provider.current_version()
    assert case.provider.unwrap(old.wrapped, version=old.version, context=CONTEXT) == bytes(32)


def test_workspace_keys_rest_under_the_provider_in_use(case: Case, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    update = {"root_key_provider": case.provider.name, "root_key": case.key, "root_key_endpoint": case.endpoint}
    monkeypatch.setattr(providers, "env", env.model_copy(update=update))
    monkeypatch.setattr(providers, "provider_named", lambda name: case.provider)
    monkeypatch.setattr(keyring, "provider_named", lambda name: case.provider)
    workspace_id = uuid4()
    keyring.create_workspace_keys(workspace_id)
    key_id = keyring.create_contact_key(workspace_id)
    secret = keyring.usable(key_id).secret
    keyring.forget_all()
    assert keyring.usable(key_id).secret == secret
    root = VaultKey.objects.get(workspace_id=workspace_id, kind=KeyKind.WORKSPACE).root
    assert root == f"{case.provider.name}:{case.provider.current_version()}"


def test_provider_is_built_from_the_environment(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "env", env.model_copy(update={"root_key_endpoint": case.endpoint}))
    built = providers.build(case.provider.name, case.key, may_create=True)
    assert type(built) is type(case.provider)
    assert built.current_version() == case.provider.current_version()


def test_provider_that_was_not_configured_is_refused() -> None:
    with pytest.raises(RootKeyError, match="'aws-kms'"):
        providers.provider_named("aws-kms")
    with pytest.raises(RootKeyError, match="Unknown"):
        providers.build("fax", "", may_create=True)


def test_unreachable_servers_are_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    closed = "http://127.0.0.1:9"
    for provider in (
        VaultTransitProvider("root", endpoint=closed, token=TOKEN),
        AwsKmsProvider("arn:aws:kms:eu-west-1:1:key/x", endpoint=closed),
    ):
        with pytest.raises(RootKeyError):
            provider.wrap(bytes(32), context=CONTEXT)


def test_refusals_are_an_error_of_ours(gcp_case: Case, transit_case: Case, aws_case: Case) -> None:
    for provider in (
        VaultTransitProvider("root", endpoint=transit_case.endpoint, token="wrong"),  # meant to be refused
        GcpKmsProvider(GCP_KEY + "-other", endpoint=gcp_case.endpoint),
        AwsKmsProvider(aws_case.key[:-4] + "0000"),
    ):
        with pytest.raises(RootKeyError):
            provider.wrap(bytes(32), context=CONTEXT)


def test_aws_key_must_be_an_arn() -> None:
    with pytest.raises(RootKeyError, match="ARN"):
        AwsKmsProvider("alias/root")


# The file.


def test_missing_file_is_not_made_on_a_server(tmp_path: Path) -> None:
    with pytest.raises(RootKeyError, match="missing"):
        FileProvider(str(tmp_path / "root.key"), may_create=False).current_version()
    assert list(tmp_path.iterdir()) == []


def test_file_that_others_may_read_is_refused(file_case: Case) -> None:
    file_case.provider.current_version()
    Path(file_case.key).chmod(0o640)
    with pytest.raises(RootKeyError, match="chmod 600"):
        file_case.provider.current_version()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"current": "a"}', "null"])
def test_damaged_file_is_refused(file_case: Case, content: str) -> None:
    file_case.provider.current_version()
    Path(file_case.key).write_text(content)
    with pytest.raises(RootKeyError, match="damaged"):
        file_case.provider.current_version()


def test_version_that_left_the_file_is_named(file_case: Case) -> None:
    wrapped = file_case.provider.wrap(bytes(32), context=CONTEXT)
    path = Path(file_case.key)
    path.write_text(json.dumps({"current": "x", "keys": {"x": "A" * 43 + "="}}))
    with pytest.raises(RootKeyError, match=wrapped.version):
        file_case.provider.unwrap(wrapped.wrapped, version=wrapped.version, context=CONTEXT)


def test_file_is_made_once_by_many_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "sub" / "root.key")
    ready = threading.Barrier(8)
    versions: list[str] = []

    def start() -> None:
        ready.wait()
        versions.append(FileProvider(path, may_create=True).current_version())

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(versions), len(set(versions))) == (8, 1)
    assert [found.name for found in (tmp_path / "sub").iterdir()] == ["root.key"]
    assert Path(path).stat().st_mode & 0o777 == 0o600
