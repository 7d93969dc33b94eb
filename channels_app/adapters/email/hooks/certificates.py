"""The certificates with which Amazon SNS signs: where they may come from, and the ones this process has fetched."""

import re
import time
from collections import OrderedDict
from datetime import UTC, datetime
from threading import Lock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from channels_app.contract import ChannelError, ProofMissingError
from core.http import Limits, SafeClient, SafeHttpError

NEED = "sns:"
#: Seconds for which a certificate is kept before it is fetched again.
TTL = 86_400.0
MAX_KNOWN = 50
_URL = re.compile(
    r"https://sns\.(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})\.amazonaws\.com(?P<china>\.cn)?/SimpleNotificationService-[0-9a-f]{8,64}\.pem"
)
_SUBSCRIBE = re.compile(
    r"https://sns\.(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2})\.amazonaws\.com(?P<china>\.cn)?/\?[\x21-\x7e]{1,2000}"
)
_LIMITS = Limits(total=8, max_bytes=64 * 1024, redirects=0)

_known: OrderedDict[str, tuple[float, x509.Certificate]] = OrderedDict()
_lock = Lock()


def is_certificate_url(url: str, region: str) -> bool:
    """Whether SNS of this region may keep a certificate there."""
    return _is_of(_URL, url, region)


def is_subscribe_url(url: str, region: str) -> bool:
    """Whether a subscription of this region may be confirmed there."""
    return _is_of(_SUBSCRIBE, url, region)


def key_at(url: str) -> RSAPublicKey | None:
    """The key of a fetched certificate, None for one that is not valid now. Raises ProofMissingError until it is fetched."""
    with _lock:
        kept = _known.get(url)
    if kept is None or kept[0] < time.monotonic():
        raise ProofMissingError(NEED + url)
    certificate, now = kept[1], datetime.now(UTC)
    key = certificate.public_key()
    is_valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    return key if is_valid and isinstance(key, RSAPublicKey) and key.key_size >= 2048 else None


def fetch_certificate(need: str, client: SafeClient | None = None) -> None:
    """Fetch the certificate of a need and keep it. Raises ChannelError."""
    url = need.removeprefix(NEED)
    if not _URL.fullmatch(url):
        raise ChannelError("no_such_proof", permanent=True)
    try:
        response = (client or SafeClient(limits=_LIMITS)).get(url, limits=_LIMITS)
        if response.status_code != 200:
            raise ChannelError("no_certificate", detail=f"HTTP {response.status_code}")
        keep(url, x509.load_pem_x509_certificate(response.content))
    except (SafeHttpError, ValueError) as error:
        raise ChannelError("no_certificate", detail=type(error).__name__) from error


def keep(url: str, certificate: x509.Certificate) -> None:
    """Remember a certificate."""
    with _lock:
        _known[url] = (time.monotonic() + TTL, certificate)
        _known.move_to_end(url)
        while len(_known) > MAX_KNOWN:
            _known.popitem(last=False)


def _is_of(pattern: re.Pattern[str], url: str, region: str) -> bool:
    found = pattern.fullmatch(url)
    return found is not None and found["region"] == region and bool(found["china"]) == region.startswith("cn-")
