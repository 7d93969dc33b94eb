"""Dovecot with a configuration of its own: IMAP, POP3, LMTP, and the word on who may send."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.channels_app.email_transport.certificates import Authority
from tests.mail_servers.launching import launch

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap pop3 lmtp
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_plugins = quota
quota_full_tempfail = no
recipient_delimiter = +
lmtp_hdr_delivery_address = original
lmtp_save_to_detail_mailbox = no
maildir_stat_dirs = yes
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
mail_max_userip_connections = 100
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {folder}/users
}}
plugin {{
  quota = count:all
  quota_vsizes = yes
}}
protocol lmtp {{
  auth_username_format = %Lu
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    port = {auth}
  }}
}}
# Whoever was refused before is otherwise made to wait, seconds longer each time.
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  client_limit = 1000
}}
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
}}
"""


def start(
    folder: Path, ports: Mapping[str, int], authority: Authority, people: Sequence[str], password: str, tokens_url: str
) -> subprocess.Popen[bytes]:
    """Start it."""
    certificate, key = authority.files("localhost")
    owner = pwd.getpwnam("mail")
    mail = folder / "mail"
    mail.mkdir()
    os.chown(mail, owner.pw_uid, owner.pw_gid)
    (folder / "state").mkdir()
    (folder / "users").write_text("".join(_line(mail, owner, address, password) for address in people))
    (folder / "oauth2.conf").write_text(
        f"introspection_url = {tokens_url}\nintrospection_mode = post\nusername_attribute = username\n"
        "active_attribute = active\nactive_value = true\n"
    )
    text = _CONFIGURATION.format(folder=folder, certificate=certificate, key=key, **ports)
    (folder / "dovecot.conf").write_text(text)
    return go_on(folder)


def go_on(folder: Path) -> subprocess.Popen[bytes]:
    """Start it again with the configuration and the mail that are there."""
    return launch(["dovecot", "-F", "-c", str(folder / "dovecot.conf")], folder)


def _line(mail: Path, owner: pwd.struct_passwd, address: str, password: str) -> str:
    """A mailbox of the password file; one that is called full has no room."""
    extra = "userdb_quota_rule=*:bytes=1" if address.startswith("full@") else ""
    return f"{address}:{{PLAIN}}{password}:{owner.pw_uid}:{owner.pw_gid}::{mail}/{address}::{extra}\n"
