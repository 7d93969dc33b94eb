"""A shop with articles, golden questions, and the AI worker's part done by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User, Workspace
from ai.models import Change, Evaluation, EvaluationResult, GoldenCase
from ai.services.changes import evaluate
from ai.services.embedding import embed_waiting
from ai.services.evaluating import start_evaluation
from ai.services.golden import Wanted, add_case
from ai.services.settings import save_inbox_ai
from conversations.models import Inbox
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import Article
from knowledge.services.articles import create_article, publish_article
from tests.ai.replies.desk import ARTICLES
from tests.factories import make_inbox, make_user, make_workspace

REFUND, SHIPPING = "How long does a refund take?", "How much does shipping cost within Europe?"
BOWLS, BICYCLE = "Can the bowls go into the dishwasher?", "Do you repair bicycles?"
ANSWERED_BY = {REFUND: "Returns and refunds", SHIPPING: "Shipping", BOWLS: "Caring for your bowls"}


@dataclass
class Shop:
    """A workspace with published articles, whose inbox answers by itself."""

    workspace: Workspace
    inbox: Inbox
    author: User
    articles: dict[str, Article]

    def knows(self, question: str, *titles: str, must_say: Sequence[str] = (), language: str = "en") -> GoldenCase:
        """A golden question; without titles it belongs to a person."""
        with scope(self.workspace.pk):
            articles = [self.articles[title] for title in titles]
            expected = "answer" if articles else "person"
            return add_case(Wanted(question, language, expected, must_say, articles), by=self.author)

    def knows_usual(self) -> list[GoldenCase]:
        """Three questions with an answer, one without."""
        return [*(self.knows(question, title) for question, title in ANSWERED_BY.items()), self.knows(BICYCLE)]

    def measured(self) -> Evaluation:
        """A measurement of everything, done."""
        with scope(self.workspace.pk):
            evaluation = start_evaluation(by=self.author)
        self.works()
        with scope(self.workspace.pk):
            return Evaluation.objects.get(pk=evaluation.pk)

    def works(self) -> None:
        """The AI worker does all measurements that wait, and those that follow from them."""
        while True:
            with scope(self.workspace.pk):
                open_ones = Evaluation.objects.filter(state__in=("waiting", "running")).exclude(leased_until__gt=timezone.now())
                waiting = list(open_ones.order_by("id").values_list("id", flat=True))
            if not waiting:
                return
            for one in waiting:
                evaluate(self.workspace.pk, one)

    def result(self, evaluation: Evaluation, case: GoldenCase, probe: str = "asked") -> EvaluationResult:
        with scope(self.workspace.pk):
            return EvaluationResult.objects.get(evaluation=evaluation, case=case, probe=probe)

    def article(self, title: str) -> Article:
        """An article as it stands."""
        with scope(self.workspace.pk):
            return Article.objects.get(pk=self.articles[title].pk)

    def change(self, change: Change) -> Change:
        """A change as it stands."""
        with scope(self.workspace.pk):
            return Change.objects.get(pk=change.pk)

    def newest_change(self) -> Change:
        with scope(self.workspace.pk):
            return Change.objects.latest("id")


def open_shop() -> Shop:
    """A shop with four published articles."""
    author = make_user("Ana Souza")
    workspace = make_workspace("Terra & Glaze", author)
    with scope(workspace.pk):
        shop = Shop(workspace, make_inbox(), author, {})
        for title, text in ARTICLES.items():
            article = create_article(language="en", by=author, title=title, body=f"<p>{text}</p>")
            shop.articles[title] = publish_article(article, by=author)
        save_inbox_ai(shop.inbox, {"mode": "auto", "stage": "all"}, actor=Actor.system())
    embed_waiting(workspace.pk)
    return shop
