"""The one state and the parts behind both channels: a page may be Messenger's and carry an Instagram account."""

from channels_app.emulators.graph.messaging.accounts import Accounts
from channels_app.emulators.graph.messaging.customers import Customers
from channels_app.emulators.graph.messaging.files import Files
from channels_app.emulators.graph.messaging.receipts import Receipts
from channels_app.emulators.graph.messaging.sends import Sends
from channels_app.emulators.graph.messaging.state import Business
from channels_app.emulators.graph.messaging.world import World
from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.web import Request, Response


class Core:
    """Pages on one Graph API, Instagram accounts on it and on the one of Instagram's own log-in. It is a timed part."""

    def __init__(self, graph: Graph, login: Graph) -> None:
        self.graph, self.login = graph, login
        self.world = World(graph)
        self.receipts = Receipts(self.world)
        self.files = Files(self.world)
        self.accounts = Accounts(self.world, [graph, login])
        self.sends = Sends(self.world, [graph, login], self.files, self.receipts)
        self.customers = Customers(self.world, self.receipts)
        graph.on_reset.append(self.reset)

    def handle(self, request: Request) -> Response | None:
        """A file's download; None for another address."""
        return self.files.handle(request)

    def met_at(self, request: Request) -> None:
        """Note by which port the emulator is asked for: addresses of files begin as those of the Graph API do."""
        self.world.host = request.headers.get("host", self.world.host).replace("localhost", "127.0.0.1")

    @property
    def is_busy(self) -> bool:
        return self.receipts.is_busy

    def next_at(self) -> float | None:
        return self.receipts.next_at()

    def run_due(self) -> None:
        self.receipts.run_due()

    def reset(self) -> None:
        """Forget everything."""
        self.receipts.clear()
        self.world.business = Business()
        self.login.reset()
