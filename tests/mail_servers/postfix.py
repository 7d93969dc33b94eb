"""Postfix with a configuration and a queue of its own: it takes mail for the two domains, bounces what it cannot deliver."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.mail_servers.launching import launch

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = /var, /dev/stdout, {folder}
myhostname = mx.mail.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
alias_database =
virtual_mailbox_domains = shop.test, customer.test
virtual_mailbox_maps = texthash:{folder}/mailboxes
lmtp_destination_recipient_limit = 1
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = inline:{{ slow.test=smtp:[127.0.0.1]:{slow} }}
relay_domains = slow.test
smtp_host_lookup = native
recipient_delimiter = +
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_reject_unlisted_recipient = no
smtpd_sasl_security_options = noanonymous
slow_restrictions = check_recipient_access static:{{450 4.7.1 Greylisted, come back later}}
smtpd_tls_cert_file = {folder}/localhost.pem
smtpd_tls_key_file = {folder}/localhost.key
smtpd_tls_security_level = may
smtp_tls_security_level = none
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
delay_warning_time = 1s
maximal_queue_lifetime = 1d
bounce_queue_lifetime = 1d
message_size_limit = 2000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
"""
_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{submission} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{slow} inet n - n - - smtpd
  -o smtpd_recipient_restrictions=$slow_restrictions
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp flags=DO
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def start(folder: Path, ports: Mapping[str, int], people: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start it."""
    configuration = folder / "postfix"
    configuration.mkdir()
    for name, owner in (("queue", "root"), ("data", "postfix")):
        (folder / name).mkdir()
        subprocess.run(["chown", owner, str(folder / name)], check=True)
    (folder / "mailboxes").write_text("".join(f"{address} {address}\n" for address in people))
    values = {"folder": folder, **ports}
    (configuration / "main.cf").write_text(_MAIN.format(**values))
    (configuration / "master.cf").write_text(_MASTER.format(**values))
    subprocess.run(["postfix", "-c", str(configuration), "check"], capture_output=True, check=True)
    asked = ["postconf", "-c", str(configuration), "-h", "daemon_directory"]
    programs = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    # "postfix start-fg" would put a shell between us and the master process.
    return launch([f"{programs}/master", "-s", "-c", str(configuration)], folder)


def forget(folder: Path) -> None:
    """Empty the queue."""
    subprocess.run(["postsuper", "-c", str(folder / "postfix"), "-d", "ALL"], capture_output=True, check=True)
