"""Pictures of articles: taken in, noted where they stand, dropped when nothing shows them."""

import io
from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from conversations.files import MAX_PIXELS, preview_of, sniff
from core.ids import new_id
from core.tenancy import crossing, current_workspace_id, scope
from core.vault import keyring, storage
from knowledge.models import ArticleVersion, Picture, PictureUse
from knowledge.pictures import ids_in, without_others

MAX_SIZE = 10 * 1024 * 1024
#: The longer edge in pixels: twice the width of an article's column, for dense screens.
EDGE = 1600
TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
#: A picture that no version shows is dropped after this time; until then it may still be typed around.
UNUSED_FOR = timedelta(days=1)


def store_picture(content: bytes, *, by: User) -> Picture:
    """Take a picture in: made anew as WebP, without what cameras write into files. Animated ones stand still.

    Raises ValidationError, in words, for what is no picture, or too large.
    """
    if len(content) > MAX_SIZE:
        limit = MAX_SIZE // (1024 * 1024)
        raise ValidationError(
            _("Pictures may have at most %(limit)d MB. Make it smaller, then try again.") % {"limit": limit}, code="too_large"
        )
    content_type = sniff(content)
    if content_type not in TYPES:
        raise ValidationError(_("This is no picture that browsers show. Use PNG, JPEG, WebP or GIF."), code="type")
    made = preview_of(content, content_type, edge=EDGE)
    if made is None:
        millions = MAX_PIXELS // 1_000_000
        raise ValidationError(
            _("This picture is damaged, or has more than %(millions)d million pixels. Save it anew, or make it smaller.")
            % {"millions": millions},
            code="damaged",
        )
    workspace_id, picture_id = current_workspace_id(), new_id()
    key_id = keyring.data_key_id(workspace_id)
    file_id = storage.file_id(picture_id)
    stored = storage.store(io.BytesIO(made.content), workspace_id=workspace_id, file_id=file_id, key_id=key_id)
    share = min(1.0, EDGE / max(made.width, made.height))
    picture = Picture(
        id=picture_id,
        workspace_id=workspace_id,
        key_id=key_id,
        width=max(1, round(made.width * share)),
        height=max(1, round(made.height * share)),
        size=len(made.content),
        storage_name=stored.name,
        created_by=by,
    )
    picture.save(force_insert=True)
    return picture


def read(picture: Picture) -> bytes:
    """The decrypted picture, as WebP."""
    return b"".join(
        storage.open_stream(
            picture.storage_name,
            workspace_id=picture.workspace_id,
            file_id=storage.file_id(picture.pk),
            key_id=picture.key_id,
        )
    )


def keep_known(html: str) -> str:
    """A cleaned text without pictures that the workspace in scope does not have."""
    named = ids_in(html)
    if not named:
        return html
    return without_others(html, set(Picture.objects.filter(id__in=named).values_list("id", flat=True)))


def note_uses(version: ArticleVersion) -> None:
    """Note which pictures a version shows, in the transaction that stores it."""
    wanted = set(ids_in(version.body))
    held = set(PictureUse.objects.filter(version=version).values_list("picture_id", flat=True))
    if held - wanted:
        PictureUse.objects.filter(version=version, picture_id__in=held - wanted).delete()
    known = Picture.objects.filter(id__in=wanted - held).select_for_update(no_key=True) if wanted - held else []
    uses = [PictureUse(workspace_id=version.workspace_id, picture=one, version=version) for one in known]
    PictureUse.objects.bulk_create(uses)


def drop_unused() -> int:
    """Delete pictures that no version shows, in all workspaces; how many. For the beat."""
    with crossing("find pictures that no article shows"):
        unused = Picture.objects.filter(uses=None, created_at__lt=timezone.now() - UNUSED_FOR)
        workspaces = list(unused.values_list("workspace_id", flat=True).distinct())
    count = 0
    for workspace_id in workspaces:
        with scope(workspace_id):
            count += _drop()
    return count


def _drop() -> int:
    """Rows now, files after commit. A picture that is being put into an article is locked, and stays."""
    old = Picture.objects.filter(created_at__lt=timezone.now() - UNUSED_FOR, uses=None)
    locked = list(Picture.objects.filter(id__in=old.values("id")).select_for_update(skip_locked=True))
    unused = [one for one in locked if not PictureUse.objects.filter(picture=one).exists()]
    for one in unused:
        transaction.on_commit(partial(storage.delete, one.storage_name))
    Picture.objects.filter(id__in=[one.pk for one in unused]).delete()
    return len(unused)
