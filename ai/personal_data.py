"""What AI holds of people: switches by what they asked for, uses, and the exact text that left for providers."""

from ai.models import AiSettings, Egress, InboxAi, Provider, ProviderModel, Spend, Switch, TaskModel, Use
from core.personal_data import Category, Erase, Retention, Subject, declare, fields, technical

declare(
    Switch,
    subject=Subject.CONTACT,
    purpose="Keep AI off where somebody switched it off, and obey objections and restrictions.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace level inbox conversation contact purpose actor_kind user created_at"),
        **fields("reason", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    AiSettings,
    subject=Subject.WORKSPACE,
    purpose="Let AI speak as the company wants it to.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id created_at"),
        **fields(
            "assistant_name persona tone greeting guard_rails forbidden_topics languages hours budget_micros currency",
            Category.BUSINESS,
            erase=Erase.KEEP,
        ),
    },
)
declare(
    InboxAi,
    subject=Subject.WORKSPACE,
    purpose="Say how AI replies in an inbox.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id inbox mode stage share hours"),
        **fields("assistant_name persona greeting", Category.BUSINESS, erase=Erase.KEEP),
    },
)
declare(
    Provider,
    subject=Subject.WORKSPACE,
    purpose="Reach the language models that the company has an account for.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id is_enabled most_at_once checked_at check_code created_at"),
        **fields("name base_url", Category.BUSINESS, erase=Erase.KEEP),
        **fields("key", Category.SECRET, export=False, erase=Erase.KEEP),
    },
)
declare(
    ProviderModel,
    subject=Subject.WORKSPACE,
    purpose="Know a provider's models and what they cost.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace provider structure created_at"),
        **fields("name price_in_micros price_out_micros", Category.BUSINESS, erase=Erase.KEEP),
    },
)
declare(
    TaskModel,
    subject=Subject.WORKSPACE,
    purpose="Choose a model for each task.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace task model"),
)
declare(
    Use,
    subject=Subject.CONTACT,
    purpose="Account for every use of a model.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace provider host conversation contact actor_kind user month reserved_micros settled_at ms"),
        **fields(
            "purpose task model outcome tokens_in tokens_out cost_micros created_at", Category.BEHAVIOUR, erase=Erase.ROW
        ),
    },
)
declare(
    Egress,
    subject=Subject.CONTACT,
    purpose="Show exactly what was sent to a provider, with personal data taken out.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id use characters"),
        **fields("text", Category.CONTENT),
    },
)
declare(
    Spend,
    subject=Subject.WORKSPACE,
    purpose="Keep what providers cost within the budget.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace month spent_micros reserved_micros uses unpriced tokens_in tokens_out warned_at stopped_at"),
)
