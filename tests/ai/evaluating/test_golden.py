"""Golden questions: what is refused in words, what comes from customers and goes with them, tables in and out."""

import pytest
from django.core.exceptions import ValidationError

from ai.models import EvaluationResult, GoldenCase, GoldenSource, Intent, Proposal, Switch
from ai.services.golden import Wanted, add_case, change_case, from_gap, from_proposal, words_of
from ai.services.golden_files import read_table, write_table
from ai.services.switches import switch_off
from conversations.models import Contact, Conversation, Message
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import Document, Source, SourceItem
from knowledge.services.gaps import note_unanswered
from knowledge.services.imports import add_file, item_index
from knowledge.services.reading import read_source
from tests.ai.evaluating.measuring import REFUND, Shop, open_shop
from tests.factories import receive

MAIL = "rosa@example.org"


def from_rosa(shop: Shop) -> GoldenCase:
    """A golden question that a customer asked."""
    message = receive(shop.inbox, f"Can you repair my bicycle? Write to {MAIL}", name="Rosa Blum")
    question = note_unanswered(message.body, conversation_id=message.conversation_id, language="en", reason="no_evidence")
    assert question is not None
    return add_case(from_gap(question), by=shop.author)


def test_golden_question_says_what_is_missing(shop: Shop) -> None:
    article = shop.articles["Shipping"]
    with scope(shop.workspace.pk):
        for wanted, words in (
            (Wanted("  ", "en", articles=[article]), "as a customer would"),
            (Wanted("x" * 2001, "en", articles=[article]), "too long"),
            (Wanted(REFUND, "xx", articles=[article]), "language"),
            (Wanted(REFUND, "en"), "Choose what answers it"),
            (Wanted(REFUND, "en", "maybe"), "belongs to a person"),
        ):
            with pytest.raises(ValidationError, match=words):
                add_case(wanted, by=shop.author)
        with pytest.raises(ValidationError, match="at most 10"):
            words_of("\n".join(map(str, range(11))))
        case = add_case(Wanted(REFUND, "en", articles=[article]), by=shop.author)
        change_case(case, Wanted(REFUND, "en", "person", articles=[article]), by=shop.author)
        assert not case.sources.exists()


def test_customers_question_is_masked_under_their_key_and_goes_with_them(shop: Shop) -> None:
    own = shop.knows(REFUND, "Returns and refunds")
    with scope(shop.workspace.pk):
        case = from_rosa(shop)
        assert MAIL not in case.question
        assert "bicycle" in case.question
        contact = case.conversation.contact if case.conversation else None
        assert contact is not None
        assert GoldenCase.objects.values_list("key_id", flat=True).get(pk=case.pk) == contact.key_id
    evaluation = shop.measured()
    with scope(shop.workspace.pk):
        kept = EvaluationResult.objects.filter(evaluation=evaluation, case=case)
        assert [one.outcome for one in kept] == ["left"]
        Message.objects.filter(conversation__contact=contact).delete()
        Conversation.objects.filter(contact=contact).delete()
        Contact.objects.filter(pk=contact.pk).delete()
        assert list(GoldenCase.objects.values_list("id", flat=True)) == [own.pk]
        assert not EvaluationResult.objects.filter(case=case.pk).exists()


def test_objection_leaves_a_customers_questions_out_and_takes_no_new_one(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        case = from_rosa(shop)
        assert case.conversation is not None
        switch_off(Switch.Level.CONTACT, case.conversation.contact, reason=Switch.Reason.OBJECTION, actor=Actor.system())
        with pytest.raises(ValidationError, match="AI is off for this customer"):
            from_rosa(shop)
    evaluation = shop.measured()
    assert shop.result(evaluation, case).outcome == "skipped"
    assert (evaluation.figures["asked"], evaluation.figures["skipped"]) == (0, 1)


def test_reviewed_answer_brings_its_sources_along(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        message = receive(shop.inbox, REFUND)
        document = shop.articles["Returns and refunds"].document
        proposal = Proposal.objects.create(
            conversation=message.conversation, purpose="answer", state="sent", language="en", from_seq=message.seq,
            to_seq=message.seq, review="right", sources=[{"document": str(document.pk), "title": "Returns and refunds"}],
        )  # fmt: skip
        wanted = from_proposal(proposal)
        assert (wanted.question, wanted.expected) == (REFUND, "answer")
        assert [one.pk for one in wanted.articles] == [shop.articles["Returns and refunds"].pk]


def test_table_is_read_line_by_line_and_comes_out_as_it_went_in(shop: Shop) -> None:
    table = (
        "question,expected,articles,must_say,language,intent\n"
        f"{REFUND},answer,#1,5 to 7 business days|card,en,Refund\n"
        "Do you repair bicycles?,person,,,en,\n"
        f"{REFUND},answer,#1,,en,\n"
        "What does it cost?,answer,#99,,en,\n"
        "What else?,perhaps,,,en,\n"
        "Why?,person,,,en,Nonsense\n"
        '"=cmd|x",person,,,en,\n'
    )
    with scope(shop.workspace.pk):
        Intent.objects.create(name="Refund")
        report = read_table(table.encode(), language="en", by=shop.author)
        assert (report.added, report.known) == (3, 1)
        assert [one.line for one in report.problems] == [5, 6, 7]
        assert "#99" in report.problems[0].words
        written = write_table()
        assert "'=cmd|x" in written
        assert read_table(written.encode(), language="en", by=shop.author).added == 0
        GoldenCase.objects.all().delete()
        assert read_table(written.encode(), language="en", by=shop.author).problems == []
        assert GoldenCase.objects.get(intent__name="Refund").must_say == ["5 to 7 business days", "card"]
        with pytest.raises(ValidationError, match="first line"):
            read_table(b"hello\nworld\n", language="en", by=shop.author)


FAQ = b"question,answer\nWho may pay | and how?,Everybody pays by card.\nIs the shop shut?,It is shut on Sundays.\n"


def imported(shop: Shop, by_file: dict[str, bytes]) -> None:
    """Files read into the knowledge of a shop."""
    for name, content in by_file.items():
        with scope(shop.workspace.pk):
            source = add_file(content, name=name, language="en", is_public=True, by=shop.author)
        read_source(shop.workspace.pk, source.pk)


def asks(shop: Shop, question: str, *names: str) -> GoldenCase:
    """A golden question that imported things answer."""
    items = [one for one in SourceItem.objects.all() if one.name in names]
    return add_case(Wanted(question, "en", items=items), by=shop.author)


def named(shop: Shop) -> dict[str, set[str]]:
    """The golden questions with the names of what answers them."""
    return {
        case.question: {one.article.title if one.article else one.item.name if one.item else "" for one in case.sources.all()}
        for case in GoldenCase.objects.prefetch_related("sources__article", "sources__item")
    }


def test_imported_sources_survive_the_table_also_in_another_workspace(shop: Shop) -> None:
    files = {"faq.csv": FAQ, "opening.txt": b"We open at nine and close at six on every working day."}
    imported(shop, files)
    with scope(shop.workspace.pk):
        asks(shop, "How can I pay?", "Who may pay | and how?", "Is the shop shut?")
        asks(shop, "When do you open?", "opening.txt")
        both = asks(shop, "What does it cost?", "opening.txt")
        GoldenSource.objects.create(case=both, article=shop.articles["Shipping"])
        before, written = named(shop), write_table()
        assert r"faq.csv › Is the shop shut?|faq.csv › Who may pay \| and how?" in written
        assert "#2 Shipping,opening.txt" in written
        GoldenCase.objects.all().delete()
        assert read_table(written.encode(), language="en", by=shop.author).problems == []
        assert named(shop) == before
        GoldenCase.objects.all().delete()
        assert read_table(written.encode("cp1252"), language="en", by=shop.author).problems == []
        assert named(shop) == before
    other = open_shop()
    with scope(other.workspace.pk):
        report = read_table(written.encode(), language="en", by=other.author)
        assert (report.added, [one.line for one in report.problems]) == (0, [2, 3, 4])
        assert "Nothing imported is called “faq.csv › Is the shop shut?”. Import it" in report.problems[0].words
    imported(other, {"faq.csv": FAQ})
    with scope(other.workspace.pk):
        assert read_table(written.encode(), language="en", by=other.author).added == 1
    imported(other, files)
    with scope(other.workspace.pk):
        assert read_table(written.encode(), language="en", by=other.author).added == 2
        assert named(other) == before


def test_pages_are_found_by_their_address_and_as_people_type_them(shop: Shop) -> None:
    imported(shop, {"faq.csv": FAQ})
    with scope(shop.workspace.pk):
        item = SourceItem.objects.get(place=3)
        site = Source.objects.create(kind="site", title="https://shop.example/")
        page = SourceItem.objects.create(source=site, place=1, name="https://shop.example/Old", name_index=item_index("x"))
        Document.objects.filter(item=item).update(item=page)
        document = Document.objects.get(item=page)
        document.url = "https://shop.example/hours"
        document.save(update_fields=["url"])
        typed = (
            "https://shop.example/hours/",
            "https://shop.example/ > https://shop.example/old",
            "https://shop.example/Old",
            "FAQ.csv  >  who may pay \\| and how?",
        )
        lines = "".join(f"Question {number}?,{one}\n" for number, one in enumerate(typed))
        report = read_table(f"question,imports\n{lines}".encode(), language="en", by=shop.author)
        assert (report.added, report.problems) == (4, [])
        names = [[one.item.name for one in case.sources.all() if one.item] for case in GoldenCase.objects.order_by("id")]
        assert names == [[page.name]] * 3 + [["Who may pay | and how?"]]
        assert "https://shop.example/ › https://shop.example/Old" in write_table()


def test_articles_are_named_by_number_and_title_and_never_taken_for_another(shop: Shop) -> None:
    typed = ("#2", "2", "#2 Shipping", "#9 shipping", "Shipping", "#1 Shipping", "#2 Postage", "#9", "Postage")
    lines = "".join(f"Question {number}?,{one}\n" for number, one in enumerate(typed))
    with scope(shop.workspace.pk):
        report = read_table(f"question,articles\n{lines}".encode(), language="en", by=shop.author)
        assert {tuple(titles) for titles in named(shop).values()} == {("Shipping",)}
        assert (report.added, [one.line for one in report.problems]) == (6, [8, 9, 10])
        assert report.problems[0].words == "Article #2 is called “Shipping” here. If that is the one, leave the title out."


def test_text_with_bars_and_backslashes_survives_the_table(shop: Shop) -> None:
    words = ["5|7 days", "C:\\temp\\", "\\|"]
    with scope(shop.workspace.pk):
        add_case(Wanted(REFUND, "en", must_say=words, articles=[shop.articles["Shipping"]]), by=shop.author)
        written = write_table()
        GoldenCase.objects.all().delete()
        assert read_table(written.encode(), language="en", by=shop.author).problems == []
        assert GoldenCase.objects.get().must_say == words
