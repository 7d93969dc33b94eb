"""The chat as a person sees it on their phone: bubbles with ticks, buttons, files."""

from channels_app.emulators.graph.messaging.state import Account, Chat, Fields, Message
from channels_app.emulators.graph.messaging.world import World


def chat_as_seen(world: World, account: Account, chat: Chat) -> Fields:
    """A chat. Of the account's messages the person sees those that reached the phone."""
    messages = [_bubble(world, one) for one in chat.messages.values() if not (one.is_ours and one.tick == "sent")]
    return {
        "account": {"id": account.id, "name": account.name, "username": account.username},
        "customer": {"id": chat.person.id, "name": chat.person.name, "username": chat.person.username},
        "is_typing": chat.typing_until > world.now(),
        "messages": messages[-100:],
    }


def _bubble(world: World, message: Message) -> Fields:
    """`tick` of what the person wrote: delivered at once, read when the account marks it so."""
    tick = message.tick if message.is_ours else "read" if message.is_seen else "delivered"
    found: Fields = {"id": message.id, "is_mine": not message.is_ours, "type": message.type, "at": message.at, "tick": tick,
                     "text": "" if message.is_deleted else message.text, "is_edited": message.is_edited,
                     "is_deleted": message.is_deleted, "reply_to": message.reply_to,
                     "reactions": {who: emoji for who, emoji in message.reactions.items() if emoji}}  # fmt: skip
    file = world.business.files.get(message.file)
    if file is not None and not message.is_deleted:
        found["file"] = {"id": file.key, "name": file.name, "type": file.content_type, "size": len(file.content)}
    return {**found, **({"buttons": message.buttons} if message.buttons else {})}
