"""What AI holds of people: switches by what they asked for, uses, and the exact text that left for providers."""

from ai.models import (
    AiSettings,
    Assist,
    Change,
    Egress,
    Evaluation,
    EvaluationResult,
    FeedbackEvent,
    GoldenCase,
    GoldenSource,
    Handover,
    InboxAi,
    Intent,
    Lineage,
    MinorLift,
    ModelVersion,
    Origin,
    Proposal,
    Provider,
    ProviderModel,
    Reading,
    Resolution,
    Spend,
    Switch,
    TaskModel,
    Training,
    Turn,
    Use,
)
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
    MinorLift,
    subject=Subject.CONTACT,
    purpose="Not to take for a minor again whom a person has found not to be one.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace contact user"),
        **fields("lifted_at", Category.BEHAVIOUR, erase=Erase.ROW),
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
            "assistant_name persona tone greeting guard_rails forbidden_topics languages hours budget_micros currency "
            "measures_nightly learns_by_consent",
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
        **fields("assistant_name persona tone greeting guard_rails forbidden_topics", Category.BUSINESS, erase=Erase.KEEP),
    },
)
declare(
    Provider,
    subject=Subject.WORKSPACE,
    purpose="Reach the language models that the company has an account for.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id is_enabled most_at_once checked_at check_code listed created_at"),
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
        **fields("purpose task model outcome tokens_in tokens_out cost_micros created_at", Category.BEHAVIOUR, erase=Erase.ROW),
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
declare(
    Turn,
    subject=Subject.CONTACT,
    purpose="Deal with each message once, in order.",
    retention=Retention.CONVERSATION,
    fields=technical(
        "id workspace conversation from_seq to_seq done_seq read_seq waits_since due_at leased_until attempts is_held answers "
        "asked_seq"
    ),
)
declare(
    Intent,
    subject=Subject.WORKSPACE,
    purpose="Sort messages by what customers want.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace is_enabled created_at"),
        **fields(
            "name description team label priority may_be_automatic minimum_confidence error_budget applies_itself",
            Category.BUSINESS,
            erase=Erase.KEEP,
        ),
    },
)
declare(
    Reading,
    subject=Subject.CONTACT,
    purpose="Understand what customers write, so that the right people answer soon.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id message conversation seq model created_at"),
        **fields("why", Category.CONTENT),
        **fields("vectors", Category.CONTENT, export=False),
        **fields(
            "language language_confidence mood mood_score intent intent_name intent_probability runner_up in_scope_chance "
            "is_in_scope priority is_minor_suspected",
            Category.PROFILE,
            erase=Erase.ROW,
        ),
    },
)
declare(
    Proposal,
    subject=Subject.CONTACT,
    purpose="Answer the customer with AI, under people's eyes.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id conversation from_seq to_seq steps facts message intent model decided_by reviewed_by"),
        **fields("text final_text sources checks", Category.CONTENT),
        **fields(
            "purpose state reason language confidence evidence decided_at reject_reason review created_at",
            Category.BEHAVIOUR,
            erase=Erase.ROW,
        ),
    },
)
declare(
    Handover,
    subject=Subject.CONTACT,
    purpose="Let people go on where AI stops.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id conversation team note seq"),
        **fields("summary", Category.CONTENT),
        **fields("reason priority created_at ended_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    Resolution,
    subject=Subject.CONTACT,
    purpose="Know how well AI answers.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace conversation intent answers"),
        **fields("language state answered_at last_answer_at settled_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    Assist,
    subject=Subject.CONTACT,
    purpose="Help agents write and read.",
    retention=Retention.TRANSIENT,
    fields={
        **technical("id workspace key_id conversation user kind state error leased_until ended_at"),
        **fields("request result", Category.CONTENT),
        **fields("created_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    FeedbackEvent,
    subject=Subject.CONTACT,
    purpose="Learn from what agents accept and correct, within the workspace; objections are obeyed.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id task message conversation contact model basis user language facts"),
        **fields("prediction score correction source created_at", Category.BEHAVIOUR, erase=Erase.ROW),
        **fields("text", Category.CONTENT),
        **fields("vectors", Category.CONTENT, export=False),
    },
)
declare(
    ModelVersion,
    subject=Subject.WORKSPACE,
    purpose="Keep the workspace's own models, their figures and every decision on them.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id task number state parent dataset examples decision user created_at live_at left_at"),
        **fields("figures", Category.BUSINESS, erase=Erase.KEEP),
        **fields("manifest arrays", Category.BUSINESS, export=False, erase=Erase.KEEP),
    },
)
declare(
    Training,
    subject=Subject.NONE,
    purpose="Show how a training goes, and take it up again when its process died.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace task state attempts asked_at began_at ended_at"),
)
declare(
    Lineage,
    subject=Subject.CONTACT,
    purpose="Know which models a person's messages went into, so that erasing the person reaches them.",
    retention=Retention.CONVERSATION,
    fields=technical("id workspace model event"),
)
declare(
    GoldenCase,
    subject=Subject.CONTACT,
    purpose="Measure how well AI answers, with questions whose right answer is known.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id language expected intent origin conversation user created_at updated_at"),
        **fields("question must_say", Category.CONTENT),
    },
)
declare(
    GoldenSource,
    subject=Subject.NONE,
    purpose="Know what answers a golden question.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace case article item"),
)
declare(
    Change,
    subject=Subject.WORKSPACE,
    purpose="Make no change by which AI answers worse, unless an owner says why.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id kind target state why user decided_by created_at decided_at"),
        **fields("payload reason", Category.BUSINESS, erase=Erase.ROW),
    },
)
declare(
    Evaluation,
    subject=Subject.NONE,
    purpose="Keep how well AI answered, in figures.",
    retention=Retention.ACCOUNT,
    fields=technical(
        "id workspace change inbox state error parts figures total done attempts cost_micros is_nightly user leased_until "
        "created_at ended_at"
    ),
)
declare(
    EvaluationResult,
    subject=Subject.CONTACT,
    purpose="See which golden questions are answered wrongly.",
    retention=Retention.CONVERSATION,
    fields={
        **technical(
            "id workspace key_id evaluation case document place probe is_changed outcome reason evidence confidence "
            "would_be_right knows_intent asks_provider asked_at"
        ),
        **fields("answer sources", Category.CONTENT),
    },
)
declare(
    Origin,
    subject=Subject.CONTACT,
    purpose="Know which conversations a proposed article was written from, so that erasing a person reaches it.",
    retention=Retention.CONVERSATION,
    fields=technical("id workspace article conversation message is_text user created_at"),
)
