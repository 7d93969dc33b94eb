"""What the demo's customers write. Lines are `(who, text, minutes before now)`; who is visitor, note, or an agent."""

from dataclasses import dataclass, field

type Line = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Story:
    """One customer and their conversation; `assignee` and `team` by first name, `status` as in conversations."""

    name: str
    email: str
    language: str
    lines: tuple[Line, ...]
    assignee: str = ""
    team: str = ""
    labels: tuple[str, ...] = ()
    priority: int = 0
    status: str = "open"
    attributes: dict[str, str] = field(default_factory=dict)
    note: str = ""


STORIES: tuple[Story, ...] = (
    Story(
        "Zoë Lindqvist", "zoe.lindqvist@example.com", "en",
        (
            ("visitor", "Hi! My teapot arrived today and it is beautiful, but the lid has a hairline crack.", 46),
            ("visitor", "Is there a way to get just the lid?", 45),
            ("Kwame", "Oh no, I am sorry about that, Zoë. Lids are made together with their pots, so a single one rarely fits. Could you send a photo?", 38),
            ("note", "Kiln batch 114 had two reports last week. @Mei Tanaka can you check the rest of the shelf?", 36),
            ("visitor", "Sure, one moment. The order number is 20418.", 12),
            ("visitor", "It is visible from the inside only, but I am afraid it will spread.", 3),
        ),
        assignee="Kwame", team="Care", labels=("damaged",), priority=3,
        attributes={"Customer number": "C-20418", "Orders": "4"}, note="Collects the blue series. Prefers short answers.",
    ),
    Story(
        "Thiago Nascimento", "thiago.n@example.com.br", "pt",
        (
            ("visitor", "Boa tarde! Vocês entregam em Manaus?", 95),
            ("Ana", "Boa tarde, Thiago! Entregamos sim, em 6 a 9 dias úteis. O frete é grátis acima de R$ 300.", 90),
            ("visitor", "Perfeito 🎉 e dá para embalar para presente?", 9),
        ),
        assignee="Ana", labels=("before the order",),
    ),
    Story(
        "Amélie Dubois", "amelie.dubois@example.fr", "fr",
        (
            ("visitor", "Bonjour, ma commande 20377 devait arriver hier et le suivi ne bouge plus depuis trois jours.", 190),
            ("Kwame", "Bonjour Amélie, je regarde cela avec le transporteur et je reviens vers vous avant ce soir.", 170),
            ("note", "Parcel scanned in Lyon on the 19th, nothing since. Claim opened with the carrier.", 168),
            ("visitor", "Merci. C'est un cadeau pour samedi, j'en ai vraiment besoin.", 21),
        ),
        assignee="Kwame", team="Care", labels=("delivery",), priority=4, attributes={"Customer number": "C-20377"},
    ),
    Story(
        "Nguyễn Thị Mai", "mai.nguyen@example.com", "en",
        (
            ("visitor", "Hello, is the glaze food safe? I would like to use the bowls for hot soup every day.", 260),
            ("Mei", "Hello Mai! Yes, all our glazes are lead free and tested. Dishwasher too, but by hand they stay bright for longer.", 250),
            ("visitor", "Thank you so much!", 248),
        ),
        assignee="Mei", labels=("product",), status="resolved",
    ),
    Story(
        "Björn Þórsson", "bjorn@example.is", "en",
        (("visitor", "Can I change the delivery address? I typed the old one, the parcel should go to Akureyri.", 17),),
        labels=("delivery",), priority=2,
    ),
    Story(
        "Lucía Fernández", "lucia.f@example.es", "es",
        (
            ("visitor", "Hola, quiero devolver un plato que no combina con los míos.", 340),
            ("Ana", "Hola Lucía, claro. Tienes 30 días y la devolución es gratis: te mando la etiqueta por aquí.", 330),
            ("visitor", "¡Genial! ¿Y el reembolso cuánto tarda?", 33),
        ),
        assignee="Ana", team="Returns", labels=("returns",),
    ),
    Story("", "", "en", (("visitor", "hey are you open on sunday?", 6),)),
    Story(
        "Oluwaseun Adeyemi", "seun@example.ng", "en",
        (
            ("visitor", "Good evening. We run a café in Lagos with 60 seats and want our own cups: 120 pieces, our logo, matte black. Could you tell us whether that is possible, what it would cost roughly, how long it takes, and whether we could see two samples first? We would also need saucers for half of them, and we are flexible on the exact size as long as it holds a double espresso comfortably.", 1500),
            ("Mei", "Good evening Seun, what a lovely project. 120 matte black cups with a stamped logo are possible: about six weeks, and two samples within ten days. I will prepare an offer.", 1440),
            ("note", "Offer with 8 % from 100 pieces. Ask the workshop about March.", 1435),
            ("visitor", "Wonderful, thank you. The samples matter most to us.", 1380),
        ),
        assignee="Mei", team="Wholesale", labels=("wholesale",), status="snoozed", attributes={"Company": "Kofi & Co", "City": "Lagos"},
    ),
    Story(
        "佐藤 由紀", "yuki.sato@example.jp", "en",
        (
            ("visitor", "こんにちは。日本への発送は可能ですか。", 410),
            ("Mei", "こんにちは、佐藤様。はい、日本への発送も承っております。送料は2,400円、10日ほどで届きます。", 400),
            ("visitor", "ありがとうございます。検討します。", 398),
        ),
        assignee="Mei", labels=("before the order",), status="pending",
    ),
    Story(
        "Rania El-Masry", "rania@example.com", "en",
        (("visitor", "مرحبا، هل يمكنني الدفع عند الاستلام؟", 71), ("visitor", "I can also pay by card if that is easier.", 70)),
        labels=("before the order",),
    ),
    Story(
        "Giulia Conti", "giulia.conti@example.it", "en",
        (
            ("visitor", "The discount code WELCOME does not work at the checkout 😕", 58),
            ("Ana", "It is for first orders, Giulia, and I see you have been with us since 2024. Here is THANKYOU10 instead.", 52),
            ("visitor", "That is very kind, it worked!", 50),
        ),
        assignee="Ana", status="resolved",
    ),
    Story(
        "Aroha Ngata", "aroha@example.nz", "en",
        (("visitor", "Kia ora! I was charged twice for order 20401. Same amount, two minutes apart.", 29),),
        team="Care", labels=("payment",), priority=3, attributes={"Customer number": "C-20401"},
    ),
    Story(
        "Pádraig Ó Súilleabháin", "padraig@example.ie", "en",
        (
            ("visitor", "Do you ever hold workshops? My daughter would love to throw a pot.", 700),
            ("Kwame", "Every first Saturday, from twelve years on, Pádraig. I can keep two places in December.", 640),
        ),
        assignee="Kwame", status="pending",
    ),
    Story(
        "Meera Krishnan", "meera.k@example.in", "en",
        (
            ("visitor", "I love the new colours. When does the moss green come back?", 2900),
            ("Mei", "In two weeks, Meera. Shall I write to you when it is there?", 2890),
            ("visitor", "Yes please!", 2885),
        ),
        assignee="Mei", labels=("product",), status="snoozed",
    ),
    Story(
        "João Pedro Carvalho", "jp.carvalho@example.pt", "pt",
        (
            ("visitor", "Olá, a fatura da encomenda 20390 não tem o meu NIF.", 130),
            ("Ana", "Olá João Pedro! Envie-me o número, por favor, e emito uma nova.", 124),
            ("visitor", "Enviei por e-mail agora mesmo.", 64),
        ),
        assignee="Ana", labels=("payment",),
    ),
    Story("Hanna Kowalska", "hanna@example.pl", "en", (("visitor", "Is the set of six cups back in stock?", 155),)),
    Story(
        "Samuel Okonkwo", "samuel@example.com", "en",
        (
            ("visitor", "The parcel came, everything whole. Thank you for the careful packing!", 4300),
            ("Kwame", "That makes our day, Samuel. Enjoy the first coffee from it!", 4280),
        ),
        assignee="Kwame", status="resolved",
    ),
    Story(
        "Inés Valverde", "ines.valverde@example.mx", "es",
        (
            ("visitor", "Buenas, llegó una taza de otro color: pedí azul y vino verde.", 220),
            ("visitor", "Me gusta, pero es para completar un juego.", 219),
        ),
        team="Returns", labels=("returns", "damaged"), priority=2,
    ),
)  # fmt: skip

LABELS = (
    ("returns", "3"),
    ("delivery", "6"),
    ("damaged", "0"),
    ("wholesale", "8"),
    ("payment", "5"),
    ("product", "2"),
    ("before the order", "7"),
)
TEAMS = {"Care": ("Kwame", "Ana"), "Returns": ("Ana",), "Wholesale": ("Mei",)}
PEOPLE = (
    ("Ana Souza", "ana@demo.chatzee.test", "owner"),
    ("Kwame Mensah", "kwame@demo.chatzee.test", "agent"),
    ("Mei Tanaka", "mei@demo.chatzee.test", "agent"),
    ("Ingrid Solberg", "ingrid@demo.chatzee.test", "dpo"),
    ("Luca Bianchi", "luca@demo.chatzee.test", "viewer"),
)
