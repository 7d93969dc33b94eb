"""Documents made through the product's own services, and pictures."""

import io

from PIL import Image

from core.vault.blind import blind_index
from knowledge.models import Document, Source, SourceItem
from knowledge.passages import paragraphs
from knowledge.services.indexing import Text, index_document


def make_document(title: str, text: str, *, language: str = "en", is_public: bool = True) -> Document:
    """A page of the workspace in scope, read and indexed."""
    source = Source.objects.first() or Source.objects.create(kind=Source.Kind.SITE, title="https://shop.example/")
    place = SourceItem.objects.count()
    name = f"https://shop.example/{place}"
    item = SourceItem.objects.create(source=source, place=place, name=name, name_index=blind_index("knowledge.item", name))
    return index_document(
        Text(
            owner=item,
            kind=Document.Kind.PAGE,
            title=title,
            blocks=paragraphs(text),
            language=language,
            is_public=is_public,
            url=name,
        )
    )


def png(width: int = 40, height: int = 30, kind: str = "PNG", **options: object) -> bytes:
    """A plain picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), (20, 110, 120)).save(target, kind, **options)
    return target.getvalue()
