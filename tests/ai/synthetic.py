"""Made-up personal data of many forms, by their public rules. Written from those rules, not from the engine's patterns."""

from random import Random

_FIRST = ("Anna", "José", "Chloé", "Liam", "Noah", "María", "João", "Zoë")
_LAST = ("Berg", "García", "Dupont", "O'Neil", "Silva", "Müller", "Kowalska", "Smith-Jones")
_HOSTS = (
    "example.com",
    "mail.example.org",
    "firma-nord.de",
    "uni.example.edu",
    "loja.com.br",
    "correo.es",
    "boite.fr",
    "startup.io",
)
_FRAMES = (
    "Hi, {} is what you asked for.",
    "please use {}",
    "My details: {}, thanks!",
    "It is {}. Can you check?",
    "({})",
    "Meus dados são {} e obrigado",
    "Mis datos: {}; gracias",
    "Voici: {} — merci",
)


def email(random: Random) -> str:
    first, last = random.choice(_FIRST).lower(), random.choice(_LAST).lower().replace("'", "")
    local = random.choice(
        (f"{first}.{last}", f"{first[0]}{last}{random.randint(1, 99)}", f"{first}_{last}", f"{first}+shop", last)
    )
    return f"{local}@{random.choice(_HOSTS)}"


def card(random: Random) -> str:
    prefix, length = random.choice((("4", 16), ("51", 16), ("37", 15), ("6011", 16), ("2221", 16), ("5018", 16)))
    number = prefix + "".join(str(random.randint(0, 9)) for _ in range(length - len(prefix) - 1))
    check = next(str(d) for d in range(10) if _luhn(number + str(d)))
    number += check
    if length == 15:
        return random.choice((number, f"{number[:4]} {number[4:10]} {number[10:]}"))
    grouped = (number[i : i + 4] for i in range(0, 16, 4))
    return random.choice((number, " ".join(grouped), "-".join(number[i : i + 4] for i in range(0, 16, 4))))


def iban(random: Random) -> str:
    country, length, letters = random.choice(
        (("DE", 18, ""), ("ES", 20, ""), ("FR", 23, ""), ("PT", 21, ""), ("GB", 14, "NWBK"), ("NL", 10, "ABNA"))
    )
    body = (
        letters + "".join(str(random.randint(0, 9)) for _ in range(length))
        if letters
        else "".join(str(random.randint(0, 9)) for _ in range(length))
    )
    as_number = "".join(str(int(c, 36)) for c in f"{body}{country}00")
    found = f"{country}{98 - int(as_number) % 97:02d}{body}"
    return random.choice((found, " ".join(found[i : i + 4] for i in range(0, len(found), 4))))


def phone(random: Random) -> str:
    def digits(count: int) -> str:
        return "".join(str(random.randint(0, 9)) for _ in range(count))

    area = f"{random.randint(2, 9)}{digits(2)}"
    return random.choice(
        (
            f"({area}) {random.randint(2, 9)}{digits(2)}-{digits(4)}",
            f"{area}-{random.randint(2, 9)}{digits(2)}-{digits(4)}",
            f"{area}.{random.randint(2, 9)}{digits(2)}.{digits(4)}",
            f"+1 {area} {random.randint(2, 9)}{digits(2)} {digits(4)}",
            f"+1-{area}-{random.randint(2, 9)}{digits(2)}-{digits(4)}x{digits(3)}",
            f"001-{area}-{random.randint(2, 9)}{digits(2)}-{digits(4)}",
            f"+44 20 {digits(4)} {digits(4)}",
            f"+49 (0) 30 {digits(6)}",
            f"+55 11 9{digits(4)}-{digits(4)}",
            f"(11) 9{digits(4)}-{digits(4)}",
            f"+34 6{digits(2)} {digits(3)} {digits(3)}",
            f"06 {digits(2)} {digits(2)} {digits(2)} {digits(2)}",
            f"+33{random.randint(6, 7)}{digits(8)}",
            f"0171 {digits(7)}",
        )
    )


def address_of_machine(random: Random) -> str:
    if random.random() < 0.7:
        return ".".join(str(random.randint(1, 254)) for _ in range(4))
    return ":".join(f"{random.randint(0x1000, 0xFFFF):x}" for _ in range(8))


def link(random: Random) -> str:
    return (
        random.choice(("https://", "http://", "www.")) + random.choice(_HOSTS) + random.choice(("", "/a/b?c=1", "/profile/anna"))
    )


def social_security(random: Random) -> str:
    return f"{random.randint(1, 665):03d}-{random.randint(1, 99):02d}-{random.randint(1, 9999):04d}"


def brazilian_id(random: Random) -> str:
    number = [random.randint(0, 9) for _ in range(9)]
    for size in (9, 10):
        number.append(sum(d * (size + 1 - i) for i, d in enumerate(number[:size])) * 10 % 11 % 10)
    text = "".join(map(str, number))
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


MAKERS = {
    "EMAIL": email,
    "CARD": card,
    "IBAN": iban,
    "PHONE": phone,
    "IP": address_of_machine,
    "URL": link,
    "SSN": social_security,
    "CPF": brazilian_id,
}


def messages(count: int, seed: int = 7) -> list[tuple[str, int, int, str]]:
    """Texts with one value each, where it begins and ends, and its kind."""
    random, found = Random(seed), []  # noqa: S311  # the same at every run
    for number in range(count):
        kind = list(MAKERS)[number % len(MAKERS)]
        value, frame = MAKERS[kind](random), random.choice(_FRAMES)
        start = frame.index("{}")
        found.append((frame.replace("{}", value), start, start + len(value), kind))
    return found


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(number))):
        total += digit if place % 2 == 0 else sum(divmod(digit * 2, 10))
    return total % 10 == 0
