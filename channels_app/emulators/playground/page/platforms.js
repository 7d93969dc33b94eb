/** What each platform is called, what its customers can do, and how the control API is told of it. Only what it really has. */

const NAMES = ["Zoë Lindqvist", "Tiago Ferreira", "Amara Okafor", "Priya Raman", "Kenji Mori", "Lucía Ortega", "Noah Adler", "Fatima Haddad"];

/** A name by its number; each phone begins with another one. */
const name = (number) => NAMES[number % NAMES.length];
const plain = (text) => text.normalize("NFD").replace(/[^a-zA-Z ]/g, "").toLowerCase().replace(" ", ".");
const two = (number) => String(number % 100).padStart(2, "0");

const WEBHOOKS = {
  duplicates: ["Duplicates", "Events come twice or more"],
  reordering: ["Reordering", "Events overtake each other, up to 4 s"],
  delay: ["Delay", "Events come 5 s late"],
  signature: ["Wrong signature", "Events are signed by somebody else"],
  limit: ["Too many requests", "The next three answers meet a 429"],
  media: ["Expired media", "Files are gone when they are fetched"],
  revoked: ["Revoked token", "The access token is void"],
};
const MAIL = {
  greylist: ["Greylisting", "Two tries are put off, the third is taken"],
  bounce: ["Bounce", "Answers are taken and come back"],
  full: ["Full mailbox", "Answers are refused"],
  locked: ["Changed password", "Nobody gets into the shop's mailbox"],
};

/** The acts of Meta's family, whose control API names a message `message`. */
const meta = {
  text: (text, extra) => ({ kind: "text", text, ...extra }),
  file: (kind, file) => ({ kind, file }),
  react: (message, emoji) => ({ kind: "react", message: message.id, emoji }),
  edit: (message, text) => ({ kind: "edit", message: message.id, text }),
  reply: (message) => ({ reply_to: message.id }),
};

/** Those of pages and of Instagram, whose files come flat and whose presses are texts. */
const page = {
  file: (kind, file) => ({ kind, base64: file.base64, content_type: file.type, name: file.name }),
  press: (message, button) => ({ kind: "button", text: button.title, data: button.id }),
  unsend: (message) => ({ kind: "unsend", message: message.id }),
};

export const PLATFORMS = [
  { id: "website", title: "Website" },
  {
    id: "whatsapp", title: "WhatsApp", line: "whatsapp", first: 0, ticks: "marks", faults: WEBHOOKS,
    example: "Is the blue bowl still there? 🥣",
    person: (number) => ({ id: `4670000${two(number)}01`, name: name(number), told: { phone: `4670000${two(number)}01`, user_id: `SE.14670000${two(number)}01`, name: name(number), reads: true }, shown: `+46 70 000 ${two(number)} 01` }),
    kinds: ["photo", "voice", "location", "contact", "document"], emoji: ["👍", "❤️", "😂", "🙏"], acts: ["reply", "edit", "unsend"],
    told: { ...meta, unsend: (message) => ({ kind: "revoke", message: message.id }),
      press: (message, button) => ({ kind: "press", id: button.id, title: button.title, reply_to: message.id }),
      choose: (message, row) => ({ kind: "list", id: row.id, title: row.title, description: row.description ?? "", reply_to: message.id }) },
  },
  {
    id: "instagram", title: "Instagram", line: "instagram", first: 1, ticks: "words", faults: WEBHOOKS,
    example: "Love the new glaze! Is it food safe?",
    person: (number) => ({ id: `1784000${two(number)}`, name: name(number), told: { id: `1784000${two(number)}`, name: name(number), username: plain(name(number)), reads: true }, shown: `@${plain(name(number))}` }),
    kinds: ["photo", "voice", "story_reply", "story_mention", "heart"], emoji: ["❤", "😂", "😮", "👏"], acts: ["reply", "edit", "unsend"],
    told: { ...meta, ...page },
  },
  {
    id: "messenger", title: "Messenger", line: "messenger", first: 2, ticks: "words", faults: WEBHOOKS,
    example: "Hi! Where is my order 20418?",
    person: (number) => ({ id: `2510000${two(number)}`, name: name(number), told: { id: `2510000${two(number)}`, name: name(number), reads: true }, shown: name(number) }),
    kinds: ["photo", "voice", "location", "thumb", "document"], emoji: ["👍", "❤", "😆", "😮"], acts: ["reply", "edit"],
    told: { ...meta, ...page },
  },
  {
    id: "telegram", title: "Telegram", line: "telegram", first: 3, ticks: "marks", faults: WEBHOOKS,
    example: "Do you still give pottery lessons?",
    person: (number) => ({ id: String(5100 + number), name: name(number), told: { id: 5100 + number, first_name: name(number).split(" ")[0], last_name: name(number).split(" ")[1], language_code: "en" }, shown: name(number) }),
    kinds: ["photo", "voice", "location", "sticker", "contact", "document"], emoji: ["👍", "❤", "🔥", "🎉"], acts: ["reply", "edit"],
    told: {
      text: meta.text, file: meta.file,
      react: (message, emoji) => ({ kind: "react", message_id: Number(message.id), emoji: emoji ? [emoji] : [] }),
      edit: (message, text) => ({ kind: "edit", message_id: Number(message.id), text }),
      reply: (message) => ({ reply_to: Number(message.id) }),
      press: (message, button) => ({ kind: "press", message_id: Number(message.id), data: button.id }),
    },
  },
  {
    id: "sms", title: "SMS", line: "twilio", first: 4, ticks: "words", faults: WEBHOOKS,
    example: "Are you open on Sunday?",
    person: (number) => ({ id: `+1500555${two(number)}01`, name: name(number), told: `+1500555${two(number)}01`, shown: `+1 500 555 ${two(number)}01` }),
    kinds: ["photo", "stop", "start"], texts: { stop: "STOP", start: "START" }, emoji: [], acts: [],
    told: { text: meta.text, file: (kind, file) => ({ kind, text: "", files: [file] }) },
  },
  {
    id: "mail", title: "E-mail", line: "mail", first: 5, ticks: "none", faults: MAIL, isMail: true,
    subject: "A gift for my sister",
    example: "Hello,\n\ncould you wrap the tea bowl as a gift? It should arrive by Friday.\n\nThank you",
    person: (number) => ({ id: `${plain(name(number))}@customer.example`, name: name(number), told: `${name(number)} <${plain(name(number))}@customer.example>`, shown: `${plain(name(number))}@customer.example` }),
    kinds: ["photo", "document"], emoji: [], acts: [],
    told: {},
  },
];

/** The name and the drawing of each kind of message. */
export const KINDS = {
  photo: ["Photo", "photo"],
  voice: ["Voice message", "voice"],
  location: ["Location", "location"],
  contact: ["Contact", "contact"],
  sticker: ["Sticker", "sticker"],
  document: ["Your own file", "file"],
  story_reply: ["Story reply", "story"],
  story_mention: ["Story mention", "story"],
  heart: ["Heart", "heart"],
  thumb: ["Thumb up", "thumb"],
  stop: ["STOP", "close"],
  start: ["START", "one"],
};
export const ACTS = { reply: ["Reply", "reply"], edit: ["Edit", "edit"], unsend: ["Unsend", "unsend"] };
