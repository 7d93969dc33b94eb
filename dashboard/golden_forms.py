"""The form of a golden question, and of a table of them."""

from collections.abc import Iterable, Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from ai.models import GoldenCase, Intent
from ai.models.evaluation import MAX_QUESTION
from ai.services.golden import Wanted, words_of
from knowledge.languages import CHOICES
from knowledge.models import Article, Document, SourceItem

#: So many articles, and so many imported pages or lines, are offered as sources.
OFFERED = 300


class GoldenForm(forms.Form):
    """A question, and what is right."""

    question = forms.CharField(
        label=gettext_lazy("Question"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_QUESTION}),
        help_text=gettext_lazy("As a customer would ask it. Leave names, addresses and numbers of people out."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=CHOICES)
    expected = forms.ChoiceField(label=gettext_lazy("What is right"), choices=GoldenCase.Expected, widget=forms.RadioSelect)
    sources = forms.MultipleChoiceField(label=gettext_lazy("Answered by"), required=False)
    must_say = forms.CharField(
        label=gettext_lazy("The answer must say"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Words as they stand in the source, such as “30 days”; one piece on each line."),
    )
    # Rows can be asked for in a workspace's scope alone, so the choices come with each form.
    intent: forms.ModelChoiceField[Intent] = forms.ModelChoiceField(None, label=gettext_lazy("Intent"), required=False)

    def __init__(self, data: QueryDict | None = None, *, shown: Wanted) -> None:
        sources: list[Article | SourceItem] = [*shown.articles, *shown.items]
        initial = {
            "question": shown.question,
            "language": shown.language,
            "expected": shown.expected,
            "sources": [_named(one) for one in sources],
            "must_say": "\n".join(shown.must_say),
            "intent": shown.intent.pk if shown.intent else None,
        }
        super().__init__(data, initial=initial)
        self.shown = shown
        self.fields["intent"].queryset = Intent.objects.all()  # type: ignore[attr-defined]  # a choice of rows
        self.offered = _offered(sources)
        self.fields["sources"].choices = [(value, title) for value, title, _kind in self.offered]  # type: ignore[attr-defined]  # likewise

    def chosen(self) -> set[str]:
        """The sources that are ticked."""
        return set(self["sources"].value() or ())

    def wanted(self) -> Wanted:
        """What the form says. Raises ValidationError, in words."""
        given = self.cleaned_data
        ids = [one.partition(":") for one in given["sources"]]
        return Wanted(
            question=given["question"],
            language=given["language"],
            expected=given["expected"],
            must_say=words_of(given["must_say"]),
            articles=list(Article.objects.filter(pk__in=[pk for kind, _colon, pk in ids if kind == "article"])),
            items=list(SourceItem.objects.filter(pk__in=[pk for kind, _colon, pk in ids if kind == "item"])),
            intent=given["intent"],
            origin=self.shown.origin,
            conversation=self.shown.conversation,
        )


class TableForm(forms.Form):
    """A table of golden questions."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,text/csv"}),
        help_text=gettext_lazy(
            "Columns: question, and if wanted expected (answer or person), articles (#12|#14), imports (faq.csv › Its question), "
            "must_say, language, intent."
        ),
    )


def shown_of(case: GoldenCase) -> Wanted:
    """A stored question as the form shows it."""
    sources = list(case.sources.select_related("article", "item"))
    return Wanted(
        question=case.question,
        language=case.language,
        expected=case.expected,
        must_say=case.must_say,
        articles=[one.article for one in sources if one.article is not None],
        items=[one.item for one in sources if one.item is not None],
        intent=case.intent,
        origin=case.origin,
        conversation=case.conversation,
    )


def _offered(chosen: Sequence[Article | SourceItem]) -> list[tuple[str, str, str]]:
    """What can be ticked, as value, title and icon: what is chosen first, articles, then what was imported."""
    articles: Iterable[Article] = Article.objects.exclude(state=Article.State.ARCHIVED).order_by("-updated_at")[:OFFERED]
    rows: dict[str, tuple[str, str, str]] = {}
    for one in (*chosen, *articles):
        rows[_named(one)] = (_named(one), _title(one), "file-text" if isinstance(one, Article) else "link")
    imported = Document.objects.filter(item__isnull=False).exclude(kind=Document.Kind.TRIAL).order_by("-updated_at")
    for document in imported[:OFFERED]:
        value = f"item:{document.item_id}"
        rows.setdefault(value, (value, document.title or document.url, "link"))
    return list(rows.values())


def _named(one: Article | SourceItem) -> str:
    return f"{'article' if isinstance(one, Article) else 'item'}:{one.pk}"


def _title(one: Article | SourceItem) -> str:
    return f"#{one.number} {one.title}" if isinstance(one, Article) else one.name
