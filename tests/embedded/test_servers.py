"""The cluster and its walls, as any run makes them."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis

from chatzee.embedded import folders as folders_module, ports, roles
from chatzee.embedded.folders import REPOSITORY, Folders
from chatzee.embedded.postgres import Cluster
from chatzee.embedded.valkey import Valkey

PASSWORDS = {roles.OWNER: "it's the owner", roles.APP: "app", roles.KEYS: "keys"}


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folders]:
    """Folders of a run of its own, below a path with a space."""
    monkeypatch.setattr(folders_module, "STATE", tmp_path / "a folder" / ".run")
    monkeypatch.setattr(folders_module, "REPOSITORY", tmp_path)
    found = Folders(f"try-{secrets.token_hex(4)}")
    yield found
    found.wipe()


@pytest.fixture
def cluster(folders: Folders) -> Iterator[Cluster]:
    running = Cluster(folders, port=ports.any_free())
    running.start()
    yield running
    running.stop()


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with closing(socket.socket()) as taken:
        taken.bind((ports.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = ports.first_free(port)
        assert port < found < port + 200
        assert ports.first_free(port, avoid=frozenset({found})) > found


def test_what_another_run_chose_is_not_chosen_again_until_it_ends() -> None:
    port = ports.any_free()
    choose = f"from chatzee.embedded import ports; print(ports.first_free({port}), flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", choose], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdin is not None
    assert other.stdout is not None
    with other:
        assert int(other.stdout.readline()) == port
        assert port < ports.first_free(port) < port + 200
        other.stdin.close()
    assert ports.first_free(port) == port


def test_roles_and_databases_are_as_the_house_needs_them(cluster: Cluster) -> None:
    for _time in range(2):
        with cluster.connect() as connection:
            roles.put_up_roles(connection, PASSWORDS)
            roles.create_databases(connection, data="chatzee", keys="chatzee_keys")
        with cluster.connect("chatzee") as connection:
            roles.create_extensions(connection)
    with cluster.connect() as connection:
        found = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles"
            " WHERE rolname LIKE 'chatzee%' ORDER BY rolname"
        ).fetchall()
    assert found == [
        (roles.APP, True, False),
        (roles.CROSSING, False, False),
        (roles.KEYS, True, False),
        (roles.OWNER, True, False),
    ]
    with psycopg.connect(cluster.url("chatzee", user=roles.APP, password="app")) as connection:
        connection.execute("SET ROLE chatzee_crossing")
    for database, user in (("chatzee_keys", roles.APP), ("chatzee_keys", roles.OWNER), ("chatzee", roles.KEYS)):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(cluster.url(database, user=user, password=PASSWORDS[user].replace("'", "%27").replace(" ", "%20")))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.url("chatzee", user=roles.APP, password="wrong"))


def test_extensions_of_the_wheel_work(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        roles.create_extensions(connection)
        row = connection.execute(
            "SELECT unaccent('ação'), '[1,0]'::vector <-> '[0,0]', similarity('word', 'words') > 0.5"
        ).fetchone()
    assert row == ("acao", 1.0, True)


def test_committed_rows_survive_a_kill_of_the_server(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    assert cluster.process is not None
    os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.start()
    with cluster.connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_secrets_are_closed_to_others(folders: Folders) -> None:
    first = folders.secret("password")
    assert folders.secret("password") == first
    assert (folders.home / "password").stat().st_mode & 0o777 == 0o600
    assert folders.home.stat().st_mode & 0o777 == 0o711
    assert folders.postgres.stat().st_mode & 0o777 == 0o700


def test_valkey_keeps_accepted_work_over_a_kill_and_wants_a_password(folders: Folders) -> None:
    server = Valkey(folders, port=ports.any_free())
    server.start()
    try:
        client = redis.Redis.from_url(server.url)
        client.set("kept", "1")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(host=ports.HOST, port=server.port).ping()
        client.close()
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.start()
        again = redis.Redis.from_url(server.url)
        assert again.get("kept") == b"1"
        again.close()
    finally:
        server.stop()
