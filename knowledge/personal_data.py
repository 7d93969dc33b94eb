"""What the models of the knowledge hold."""

from core.personal_data import Category, Erase, Retention, Subject, declare, fields, technical
from knowledge.models import (
    Article,
    ArticleVersion,
    Category as Shelf,
    Document,
    Feedback,
    Gap,
    HelpCentre,
    Passage,
    Picture,
    PictureUse,
    Posting,
    Source,
    SourceItem,
    UnansweredQuestion,
)

_PUBLISH = "Write down what the company knows, for its customers and its team."
_FIND = "Find what was written down."
_IMPORT = "Take in what the company has written elsewhere."


declare(
    HelpCentre,
    subject=Subject.WORKSPACE,
    purpose="Show the company's articles to the public.",
    retention=Retention.ACCOUNT,
    fields={
        **technical(
            "id workspace key_id is_published is_indexed last_number domain_token domain_verified_at domain_checked_at "
            "changed_at review_months"
        ),
        **fields("slug name color languages default_language words domain", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    Shelf,
    subject=Subject.WORKSPACE,
    purpose=_PUBLISH,
    retention=Retention.ACCOUNT,
    fields={**technical("id workspace key_id number icon place"), **fields("words", Category.BUSINESS, erase=Erase.ROW)},
)
declare(
    Article,
    subject=Subject.WORKSPACE,
    purpose=_PUBLISH,
    retention=Retention.ACCOUNT,
    fields={
        **technical(
            "id workspace key_id number group language category place state audience revision published origin_conversation_id "
            "created_by updated_by created_at updated_at published_at reviewed_at helpful_count unhelpful_count"
        ),
        **fields("title body", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    ArticleVersion,
    subject=Subject.WORKSPACE,
    purpose=_PUBLISH,
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id article number author is_published created_at updated_at"),
        **fields("title body", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    Picture,
    subject=Subject.WORKSPACE,
    purpose=_PUBLISH,
    retention=Retention.ACCOUNT,
    fields=technical("id workspace key_id width height size storage_name created_by created_at"),
)
declare(
    PictureUse,
    subject=Subject.WORKSPACE,
    purpose=_PUBLISH,
    retention=Retention.ACCOUNT,
    fields=technical("id workspace picture version"),
)
declare(
    Feedback,
    subject=Subject.NONE,
    purpose="Learn whether an article helps; it is not known who answered.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id article is_helpful created_at"),
        **fields("comment", Category.CONTENT, erase=Erase.ROW),
    },
)
declare(
    Document,
    subject=Subject.WORKSPACE,
    purpose=_FIND,
    retention=Retention.ACCOUNT,
    fields={
        **technical(
            "id workspace key_id kind article item trial_of language is_public digest cited_count rejected_count updated_at"
        ),
        **fields("title url", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    Passage,
    subject=Subject.WORKSPACE,
    purpose=_FIND,
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id document place language is_public length embedded_at"),
        **fields("heading text english multilingual sentences", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    Posting,
    subject=Subject.WORKSPACE,
    purpose=f"{_FIND} Keyed tokens.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace passage times length is_public"),
        **fields("stem", Category.BUSINESS, export=False, erase=Erase.ROW),
    },
)
declare(
    Source,
    subject=Subject.WORKSPACE,
    purpose=_IMPORT,
    retention=Retention.ACCOUNT,
    fields={
        **technical(
            "id workspace key_id kind state storage_name content_type size language is_public max_pages days next_at lease_until "
            "is_listed is_mapped round error_code created_by created_at read_at"
        ),
        **fields("title error_detail", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    SourceItem,
    subject=Subject.WORKSPACE,
    purpose=_IMPORT,
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id source place state round attempts error_code read_at"),
        **fields("name name_index", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    Gap,
    subject=Subject.NONE,
    purpose="See which questions the knowledge does not answer.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace state article count first_at last_at"),
)
declare(
    UnansweredQuestion,
    subject=Subject.CONTACT,
    purpose="See which questions the knowledge does not answer.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id gap conversation language reason is_embedded created_at"),
        **fields("text", Category.CONTENT),
        **fields("vector stems", Category.CONTENT, export=False),
    },
)
