"""Pictures in articles: taken in, kept with versions, public only where their article is, dropped when nothing shows them."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from core.audit import Actor
from core.tenancy import crossing, scope
from core.vault import storage
from knowledge.content import clean, lines
from knowledge.in_widget import HelpLibrary
from knowledge.models import Article, ArticleVersion, Picture, PictureUse
from knowledge.pictures import ids_in
from knowledge.services import pictures
from knowledge.services.articles import (
    archive_article,
    create_article,
    delete_article,
    open_article,
    publish_article,
    save_draft,
)
from knowledge.services.centres import ensure_centre, open_to_public
from knowledge.services.pictures import MAX_SIZE, drop_unused, store_picture
from tests.factories import make_member, make_workspace
from tests.knowledge.making import png


@pytest.fixture
def writer(company: Workspace) -> User:
    return make_member(company, Role.ADMIN).user


@pytest.fixture
def team(company: Workspace, writer: User) -> Client:
    client = Client()
    client.force_login(writer)
    return client


@pytest.fixture
def reader() -> Client:
    return Client()


def upload(team: Client, company: Workspace, content: bytes) -> tuple[int, dict[str, object]]:
    answer = team.post(f"/w/{company.pk}/knowledge/pictures/", {"file": SimpleUploadedFile("a.png", content)})
    return answer.status_code, answer.json()


def make_shown(company: Workspace, writer: User) -> tuple[Picture, Article]:
    """A picture in a published article of an open help centre, in the workspace in scope."""
    picture = store_picture(png(), by=writer)
    body = f'<p>Look:</p><img src="/w/{company.pk}/knowledge/pictures/{picture.pk}.webp" alt="A blue cup" width="40" height="30">'
    article = create_article(language="en", by=writer, title="Our cups", body=body)
    open_to_public(ensure_centre(), is_open=True, actor=Actor.system())
    return picture, publish_article(article, by=writer)


def address(picture: Picture) -> str:
    return f"/help/loja-azul/pictures/{picture.pk}.webp"


def test_picture_is_made_anew_without_what_cameras_write(company: Workspace, writer: User) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    with scope(company.pk):
        picture = store_picture(png(3200, 1000, "JPEG", exif=exif), by=writer)
        content = pictures.read(picture)
    assert b"Secret camera" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("WEBP", (1600, 500))
    assert (picture.width, picture.height, picture.size) == (1600, 500, len(content))


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", 422, "PNG, JPEG, WebP or GIF"),
        (png()[:60], 422, "damaged"),
        (b"%PDF-1.4", 422, "PNG, JPEG, WebP or GIF"),
        (png() + b"\0" * MAX_SIZE, 413, "at most 10 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    team: Client, company: Workspace, content: bytes, status: int, words: str
) -> None:
    code, told = upload(team, company, content)
    assert code == status
    assert words in str(told["message"])
    with scope(company.pk):
        assert not Picture.objects.exists()


def test_upload_is_seen_by_the_team_alone(team: Client, reader: Client, company: Workspace) -> None:
    code, told = upload(team, company, png())
    assert (code, told["width"], told["height"]) == (201, 40, 30)
    answer = team.get(str(told["src"]))
    assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, "image/webp", "nosniff")
    assert "private" in answer["Cache-Control"]
    with scope(company.pk):
        picture = Picture.objects.get()
    assert reader.get(str(told["src"])).status_code == 302
    assert reader.get(address(picture)).status_code == 404


def test_picture_is_public_as_long_as_its_article_is(reader: Client, company: Workspace, writer: User) -> None:
    with scope(company.pk):
        picture, article = make_shown(company, writer)
    shown = reader.get(address(picture))
    assert (shown.status_code, shown["Content-Type"], shown.cookies) == (200, "image/webp", {})
    assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (shown["X-Content-Type-Options"], shown["Content-Security-Policy"]) == ("nosniff", "default-src 'none'; sandbox")
    page = reader.get(f"/help/loja-azul/en/articles/{article.number}-our-cups/").content.decode()
    assert f'src="{address(picture)}" alt="A blue cup" width="40" height="30"' in page.replace('height="30" width="40"', "")
    with scope(company.pk):
        open_article(article, audience=Article.Audience.INTERNAL, by=writer)
    assert reader.get(address(picture)).status_code == 404
    with scope(company.pk):
        open_article(article, audience=Article.Audience.PUBLIC, by=writer)
        archive_article(article, by=writer)
    hidden = reader.get(address(picture))
    assert (hidden.status_code, hidden.cookies) == (404, {})


def test_picture_of_another_company_is_not_shown(reader: Client, company: Workspace, writer: User) -> None:
    with scope(company.pk):
        picture, _article = make_shown(company, writer)
    other = make_workspace("Casa Verde")
    with scope(other.pk):
        stranger = make_member(other).user
        taken = create_article(
            language="en", by=stranger, title="Theirs", body=f'<p>x</p><img src="/pictures/{picture.pk}.webp" alt="">'
        )
        assert "<img" not in taken.body
        open_to_public(ensure_centre(), is_open=True, actor=Actor.system())
    assert reader.get(address(picture).replace("loja-azul", "casa-verde")).status_code == 404


def test_the_chat_shows_it_from_its_own_origin(company: Workspace, writer: User) -> None:
    with scope(company.pk):
        picture, article = make_shown(company, writer)
        shown = HelpLibrary().article(article.number)
    assert shown is not None
    assert f'src="{address(picture)}"' in shown.html


def test_versions_keep_their_pictures_and_unused_ones_go(
    company: Workspace, writer: User, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    with scope(company.pk):
        kept, article = make_shown(company, writer)
        loose = store_picture(png(), by=writer)
        fresh = store_picture(png(), by=writer)
        save_draft(article, title="Our cups", body="<p>Nothing to see.</p>", revision=article.revision, by=writer)
        assert ArticleVersion.objects.count() == 2
        Picture.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        assert drop_unused() == 1
    with scope(company.pk):
        assert {one.pk for one in Picture.objects.all()} == {kept.pk, fresh.pk}
        with pytest.raises(FileNotFoundError):
            storage.size_of(loose.storage_name)
        delete_article(Article.objects.get(), by=writer)
        assert not PictureUse.objects.exists()
    assert drop_unused() == 1
    with crossing("test"):
        assert [one.pk for one in Picture.objects.all()] == [fresh.pk]


def test_text_names_own_pictures_and_no_others() -> None:
    own = UUID("018f0000-0000-7000-8000-000000000001")
    told = clean(
        f'<p>See <img src="https://shop.example/help/a/pictures/{own}.webp?x=1" alt="A &amp; B" width="40" height="1e9" '
        'onerror="alert(1)"></p><img src="https://tracker.example/p.gif" alt="spy"><img src="data:image/png;base64,AA=="><img>'
    )
    assert ids_in(told) == [own]
    assert told.count("<img") == 1
    assert f'src="/pictures/{own}.webp"' in told
    assert not {"onerror", "1e9", "tracker", "data:"} & set(told.replace('"', " ").replace("=", " ").split())
    assert lines(told) == ["See [A & B]"]
    assert clean('<p></p><img src="https://tracker.example/p.gif">') == ""


def test_role_that_may_not_write_uploads_nothing(company: Workspace, agent: Membership) -> None:
    viewer = make_member(company, Role.VIEWER)
    client = Client()
    client.force_login(viewer.user)
    answer = client.post(f"/w/{company.pk}/knowledge/pictures/", {"file": SimpleUploadedFile("a.png", png())})
    assert answer.status_code == 403
