"""Files: what they are, whose they are, where they go."""

import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from accounts.models import Membership
from conversations.files import clean_name, is_inline, preview_of, sniff
from conversations.models import Attachment, Inbox
from conversations.services import attachments, deletion
from core.audit import Actor
from core.vault import storage
from tests.factories import make_user, receive

pytestmark = pytest.mark.django_db


def png(width: int = 40, height: int = 30) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, "PNG")
    return target.getvalue()


def test_image_gets_a_preview_and_moves_under_its_messages_key(shop: Inbox) -> None:
    upload = attachments.store_upload(png(), name="../../glaze.png", uploader="visitor-1")
    before = upload.key_id
    message = receive(shop, "Look", uploads=(upload.pk,))
    moved = Attachment.objects.get()
    assert (moved.name, moved.content_type, moved.width, moved.height) == ("glaze.png", "image/png", 40, 30)
    assert moved.key_id == message.key_id != before
    assert b"".join(attachments.read(moved)) == png()
    assert b"".join(attachments.read(moved, preview=True)).startswith(b"RIFF")


def test_others_upload_is_not_attached(shop: Inbox) -> None:
    upload = attachments.store_upload(png(), name="mine.png", uploader="somebody-else")
    receive(shop, "Give me that", uploads=(upload.pk,))
    assert Attachment.objects.get().message_id is None


def test_deleting_a_message_deletes_its_files(
    shop: Inbox, agent: Membership, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    upload = attachments.store_upload(png(), name="a.png", uploader="visitor-1")
    message = receive(shop, "Look", uploads=(upload.pk,))
    name = Attachment.objects.get().storage_name
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        deletion.delete_message(message, actor=Actor.system())
    assert not Attachment.objects.exists()
    with pytest.raises(FileNotFoundError):
        storage.size_of(name)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [(b"", "empty.txt", "empty"), (b"MZ\x90\x00", "a.txt", "program"), (b"hello", "run.PS1", "program")],
)
def test_what_cannot_be_sent_is_said_in_words(shop: Inbox, content: bytes, name: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        attachments.store_upload(content, name=name, user=make_user())
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [
        (png(), "photo.jpg", "image/png"),
        (b"<script>alert(1)</script>", "a.html", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "a.svg", "text/plain"),
        (b"\x00\x01\x02", "a.png", "application/octet-stream"),
    ],
)
def test_type_is_told_by_the_bytes(content: bytes, name: str, content_type: str) -> None:
    assert sniff(content, name) == content_type


def test_nothing_that_runs_is_shown_in_the_page() -> None:
    assert not any(is_inline(one) for one in ("text/html", "image/svg+xml", "text/plain", "application/javascript"))


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("/etc/passwd", "passwd"),
        ("C:\\x\\cv.doc", "cv.doc"),
        ("a\u202egnp.exe", "a_gnp.exe"),
        ("  ", "file"),
        ("n" * 300 + ".pdf", "n" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, cleaned: str) -> None:
    assert clean_name(given) == cleaned


def test_decompression_bomb_is_a_file_without_preview() -> None:
    assert preview_of(png(9000, 9000), "image/png") is None
    assert preview_of(b"\x89PNG broken", "image/png") is None
