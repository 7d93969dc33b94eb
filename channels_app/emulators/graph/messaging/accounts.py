"""The edges of pages, Instagram accounts and people: what they are, whose they are, what was said."""

import re
from datetime import UTC, datetime

from channels_app.emulators.graph.answers import bad_parameter, no_such_node
from channels_app.emulators.graph.calls import Call, paged
from channels_app.emulators.graph.messaging.state import Account, Chat, Fields, Message
from channels_app.emulators.graph.messaging.world import World
from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.graph.state import Node, Token
from channels_app.emulators.web import BadRequestError

PAGE_SCOPES = ["pages_messaging", "pages_manage_metadata", "pages_show_list", "instagram_basic", "instagram_manage_messages"]
#: Fields of an edge's or node's answer; what stands in braces belongs to the name before it.
_NAMES = re.compile(r"([a-z_]+)(?:\.[a-z]+\([^)]*\))*(?:\{[^}]*\})?")


class Accounts:
    """Every account, with the nodes that stand for it."""

    def __init__(self, world: World, graphs: list[Graph]) -> None:
        self._world = world
        for graph in graphs:
            edges = graph.kernel.edges
            for kind in ("page", "ig"):
                edges.add(kind, "GET", "conversations", self._conversations)
            edges.add("person", "GET", "", self._person)
            edges.add("ig", "GET", "", self._instagram)
            graph.subscribing.add_to("ig", needs_fields=True)
        first = graphs[0]
        first.kernel.edges.add("page", "GET", "", self._page)
        first.kernel.edges.add("user", "GET", "accounts", self._pages_of)
        first.subscribing.add_to("page", needs_fields=True)

    def named(self, account_id: str, about: str) -> Account:
        """An account by its id, or the only one of its channel. Raises BadRequestError."""
        known = [one for one in self._world.business.accounts.values() if one.about == about]
        found = [one for one in known if account_id in ("", one.id)]
        if len(found) == 1 or (found and not account_id):
            return found[0]
        raise BadRequestError("There is no such account. Name one.")

    def add_page(self, wanted: Fields) -> Fields:
        """A new page, or a known one: `{"id", "name", "app", "app_secret", "token", "user"}`, all optional."""
        graph = self._world.graph
        page_id = str(wanted.get("id") or 3 * 10**14 + graph.platform.number("page"))
        account = Account(page_id, str(wanted.get("name") or "Terra & Glaze"), "page", graph)
        self._world.business.accounts.setdefault(page_id, account)
        graph.platform.nodes.setdefault(page_id, Node(page_id, "page", account, account=page_id))
        return {"account": page_id, "page": page_id, **self._granted(graph, wanted, page_id, "PAGE", PAGE_SCOPES)}

    def add_instagram(self, wanted: Fields, login: Graph) -> Fields:
        """A new Instagram account: of a `page`, else of Instagram's own log-in."""
        page = str(wanted.get("page") or "")
        graph = self._world.graph if page else login
        account_id = str(wanted.get("id") or 4 * 10**14 + self._world.graph.platform.number("instagram"))
        username = str(wanted.get("username") or "terra.and.glaze")
        account = Account(account_id, str(wanted.get("name") or "Terra & Glaze"), "instagram", graph, username, page)
        account = self._world.business.accounts.setdefault(account_id, account)
        if page:
            graph.platform.add_node(Node(account_id, "ig", account, parent=page, account=account_id))
            if page not in graph.platform.nodes:
                graph.platform.add_node(Node(page, "page", account, account=page))
            return {"account": account_id, **self._granted(graph, wanted, page, "PAGE", PAGE_SCOPES)}
        graph.platform.add_node(Node(account_id, "ig", account, account=account_id))
        value = str(wanted.get("token") or f"IGAA{graph.platform.letters(60)}")
        given = {**wanted, "token": value, "lives": wanted.get("lives", 60 * 24 * 3600)}
        return {"account": account_id, **self._granted(graph, given, account_id, "INSTAGRAM", ["instagram_business_basic"])}

    def listed(self, about: str) -> list[Fields]:
        """The accounts for a page that shows phones."""
        return [
            {"account": one.id, "name": one.name, "username": one.username, "is_connected": self.is_connected(one)}
            for one in self._world.business.accounts.values()
            if one.about == about
        ]

    def is_connected(self, account: Account) -> bool:
        """Whether an app hears of an account."""
        return bool(account.graph.platform.subscriptions.get(account.node))

    def _granted(self, graph: Graph, wanted: Fields, node: str, kind: str, scopes: list[str]) -> Fields:
        """An app and its token for a node."""
        app_id = str(wanted.get("app") or "")
        if app_id not in graph.platform.apps:
            app_id = graph.add_app({"id": app_id, "secret": wanted.get("app_secret")})["id"]
        token = {
            "app": app_id,
            "value": wanted.get("token"),
            "nodes": [node],
            "scopes": wanted.get("scopes", scopes),
            "kind": kind,
        }
        made = graph.add_token({**token, "user": wanted.get("user"), "lives": wanted.get("lives"), "me": node})
        return {"token": made["token"], "app": app_id, "app_secret": graph.platform.apps[app_id].secret}

    def _page(self, call: Call) -> Fields:
        return self._asked(self._page_facts(call, call.node.id), call, ("name",))

    def _pages_of(self, call: Call) -> Fields:
        """The pages that a person's access was granted for."""
        nodes = [one for one in call.platform.nodes.values() if one.kind == "page" and call.platform.may_touch(call.token, one)]
        found = [self._asked(self._page_facts(call, one.id), call, ("name", "access_token")) for one in nodes]
        return paged(found, call)

    def _page_facts(self, call: Call, page: str) -> Fields:
        accounts = self._world.business.accounts.values()
        name = next((one.name for one in accounts if one.node == page), "Page")
        linked = next((one for one in accounts if one.page == page), None)
        facts: Fields = {"id": page, "name": name, "category": "Shopping & retail", "link": f"https://www.facebook.com/{page}"}
        facts["access_token"] = self._page_token(call, page).value
        shown = {"id": linked.id, "username": linked.username, "name": linked.name} if linked else None
        return {**facts, "instagram_business_account": shown}

    def _page_token(self, call: Call, page: str) -> Token:
        """The page's own token of the caller: it does not end when it was got by a lasting one."""
        if call.token.me == page:
            return call.token
        user = call.token.user_id
        known = [one for one in call.platform.tokens.values() if (one.me, one.user_id, one.app_id) == (page, user, call.app.id)]
        if known:
            return known[0]
        facts = {"kind": "PAGE", "nodes": frozenset({page}), "scopes": call.token.scopes, "me": page}
        return call.platform.add_token(call.app, user, now=call.clock.now(), **facts)

    def _instagram(self, call: Call) -> Fields:
        account: Account = call.node.value
        facts = {"id": f"2{account.id[1:]}", "user_id": account.id, "username": account.username, "name": account.name}
        facts = facts if not account.page else {**facts, "id": account.id}
        return self._asked({**facts, "account_type": "BUSINESS", "profile_picture_url": ""}, call, ("id",))

    def _person(self, call: Call) -> Fields:
        chat: Chat = call.node.value
        first, _space, last = chat.person.name.partition(" ")
        facts = {"id": chat.person.id, "first_name": first, "last_name": last, "name": chat.person.name, "profile_pic": ""}
        return self._asked({**facts, "username": chat.person.username}, call, ("first_name", "last_name", "profile_pic"))

    def _asked(self, facts: Fields, call: Call, usual: tuple[str, ...]) -> Fields:
        """The fields that were asked for. Raises GraphError for one there is not."""
        names = [one for one in _NAMES.findall(call.text("fields")) if one] or list(usual)
        unknown = [one for one in names if one not in facts]
        if unknown:
            raise bad_parameter(f"Tried accessing nonexisting field ({unknown[0]})")
        return {**{one: facts[one] for one in names if facts[one] is not None}, "id": facts["id"]}

    def _conversations(self, call: Call) -> Fields:
        """The chat with a person, its last messages newest first."""
        person = call.needed("user_id")
        about = "instagram" if call.text("platform") == "instagram" else "page"
        account = self._world.business.of_node(call.node.id, person, about)
        if account is None:
            raise no_such_node(call.node.id, "GET")
        chat = account.chats.get(person)
        if chat is None:
            return {"data": []}
        messages = [one for one in reversed(chat.messages.values()) if not one.is_deleted][:20]
        told = [_listed(one, account.id if one.is_ours else person) for one in messages]
        return {"data": [{"id": f"t_{person}", "messages": {"data": told}}]}


def _listed(message: Message, author: str) -> Fields:
    """A message as the list of a conversation has it."""
    at = datetime.fromtimestamp(message.at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": message.id, "message": message.text, "created_time": at, "from": {"id": author}}
