"""The lines of the platforms that tell by webhooks, each with its own words for `too many`."""

from channels_app.emulators.faults import Faults
from channels_app.emulators.graph.messaging.provider import Messaging
from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.playground.lines import Account, Fields, WebhookLine
from channels_app.emulators.telegram.provider import Telegram
from channels_app.emulators.twilio.provider import Twilio
from channels_app.emulators.whatsapp.provider import WhatsApp

#: How many sends are told to wait.
TIMES = 3
_WAIT = "Too Many Requests: retry after 3"


def telegram_line(telegram: Telegram) -> WebhookLine:
    """Bots. A repeat may be repeated there, so that a rate of 1 would never end."""
    known = telegram.platform
    body = {"ok": False, "error_code": 429, "description": _WAIT, "parameters": {"retry_after": 3}}
    special: dict[str, Fields] = {
        "duplicates": {"duplicate_rate": 0.75},
        "limit": {"http_errors": [{"match": "send", "code": 429, "body": body, "times": TIMES}]},
    }
    return WebhookLine(
        "telegram",
        "bot",
        telegram,
        lambda: [Account(str(one.id), one.first_name, f"@{one.username}", bool(one.webhook.url)) for one in known.bots.values()],
        lambda account: known.bot_named(account).faults,
        lambda account: known.bot_named(account).is_revoked,
        special,
    )


def whatsapp_line(whatsapp: WhatsApp) -> WebhookLine:
    """Numbers of WhatsApp."""
    graph = whatsapp.graph

    def listed() -> list[Account]:
        return [
            Account(one.id, one.name, one.shown, bool(graph.platform.subscriptions.get(one.account.id)))
            for one in whatsapp.business.numbers.values()
        ]

    error = {"code": 130429, "message": "(#130429) Rate limit hit", "type": "OAuthException"}
    special: dict[str, Fields] = {
        "limit": {"http_errors": [{"match": "messages", "code": 429, "body": error, "times": TIMES}]},
    }
    return WebhookLine(
        "whatsapp", "number", whatsapp, listed, graph.platform.faults_of, lambda account: is_void(graph, account), special
    )


def messaging_line(name: str, provider: Messaging) -> WebhookLine:
    """Pages of Messenger, or accounts of Instagram."""

    def listed() -> list[Account]:
        accounts = provider.accounts()
        return [Account(one.id, one.name, _handle(one.username), provider.is_connected(one)) for one in accounts]

    def faults_of(account: str) -> Faults:
        return provider.named(account).graph.platform.faults_of(account)

    def is_revoked(account: str) -> bool:
        found = provider.named(account)
        return is_void(found.graph, found.node)

    error = {"code": 613, "message": "(#613) Calls to this api have exceeded the rate limit.", "type": "OAuthException"}
    special: dict[str, Fields] = {
        "limit": {"http_errors": [{"match": "messages", "code": 429, "body": error, "times": TIMES}]},
    }
    return WebhookLine(name, "account", provider, listed, faults_of, is_revoked, special)


def twilio_line(twilio: Twilio) -> WebhookLine:
    """Accounts of Twilio, each shown by its number."""
    error = {"code": 20429, "message": "Too Many Requests", "status": 429, "more_info": ""}
    special: dict[str, Fields] = {
        "limit": {"http_errors": [{"match": "/Messages", "code": 429, "body": error, "times": TIMES}]},
        "media": {"media_fail": True},
    }
    known = twilio.platform
    return WebhookLine(
        "twilio",
        "account",
        twilio,
        lambda: [
            Account(one.sid, one.name, next(iter(one.numbers), ""), any([*one.numbers.values(), *one.services.values()]))
            for one in known.accounts.values()
        ],
        lambda account: known.accounts[account].faults,
        lambda account: known.accounts[account].is_revoked,
        special,
    )


def is_void(graph: Graph, account: str) -> bool:
    """Whether the tokens that were granted for an account were taken back."""
    node = graph.platform.nodes.get(account)
    tokens = [one for one in graph.platform.tokens.values() if one.nodes and node and graph.platform.may_touch(one, node)]
    return bool(tokens) and all(one.void for one in tokens)


def _handle(username: str) -> str:
    return f"@{username}" if username else "Page"
