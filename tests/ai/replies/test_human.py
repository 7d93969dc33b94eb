"""Who asks for a person gets one, in any language; who does not, does not."""

import pytest

from ai.human import asks_for_human, asks_what_it_is
from ai.human_words import LANGUAGES

_ASKING = """
human
Human please
AGENT!!
humna
representitive
pls connect me to an agent
I want to talk to a human
can i speak with someone
talk to a real person
I need to speak to a manager
speak to a peron
This is useless. Give me a human.
I do not want to talk to a bot, I want a human
Can't I talk to a human here?
humano
quiero hablar con una persona
necesito un agente
Quero falar com um atendente
falar com alguém por favor
atendente
je veux parler à quelqu'un
un conseiller svp
parler a un humain
Ich möchte mit einem Menschen sprechen
Mitarbeiter bitte
voglio parlare con un operatore
ik wil met een medewerker praten
jag vill prata med en människa
jeg vil snakke med et menneske
jeg vil snakke med en kundebehandler
haluan puhua ihmisen kanssa
chcę rozmawiać z konsultantem
chci mluvit s člověkem
chcem hovoriť s človekom
szeretnék egy emberrel beszélni
vreau sa vorbesc cu un operator
gerçek bir insanla konuşmak istiyorum
müşteri temsilcisi
хочу поговорить с человеком
оператор
хочу поговорити з людиною
искам да говоря с човек
želim razgovarati s osobom
θέλω να μιλήσω με άνθρωπο
أريد التحدث مع موظف
אני רוצה לדבר עם נציג
इंसान से बात करनी है
mau bicara dengan manusia
nak bercakap dengan ejen
tôi muốn nói chuyện với nhân viên
gusto ko makausap ang tao
vull parlar amb una persona
转人工
我要人工客服
オペレーターにつないでください
상담원 연결해주세요
ขอคุยกับเจ้าหน้าที่
""".strip().splitlines()

_NOT_ASKING = """
I am only human
Where is the human resources department?
Does the wig use human hair?
I spoke to an agent yesterday and he said no
My travel agent booked it
Do you sell a cleaning agent?
the person at the door did not sign
I want to return this, the person at the door was rude
I don't want to talk to a human
How many people does the tent fit?
someone stole my parcel
Is there a manager's discount code?
I need help with my order
Where is my order?
Recursos humanos
Eu sou só humano
Quero um vestido para uma pessoa alta
una mesa para una persona
necesito ayuda con mi pedido
J'ai droit aux droits humains
Gibt es Versand mit DHL an die Person?
Kommt das Paket mit der Post an?
ich bin auch nur ein Mensch
mit Paypal bezahlen
hola
Wo ist mein Paket?
""".strip().splitlines()


@pytest.mark.parametrize("text", _ASKING)
def test_wish_for_a_person_is_heard(text: str) -> None:
    assert asks_for_human(text)


@pytest.mark.parametrize("text", _NOT_ASKING)
def test_other_words_are_not_taken_for_it(text: str) -> None:
    assert not asks_for_human(text)


def test_languages_are_at_least_twenty_five() -> None:
    assert len(LANGUAGES) >= 25


@pytest.mark.parametrize(
    "text",
    ["are you human?", "Is this a bot?", "Você é um robô?", "¿Eres una persona?", "es-tu un robot ?", "am I talking to a bot?"],
)
def test_question_what_it_is_is_no_wish_for_a_person(text: str) -> None:
    assert asks_what_it_is(text)
    assert not asks_for_human(text)


def test_long_text_costs_little() -> None:
    text = "Hello, I would like to know when my order arrives. " * 400
    assert not asks_for_human(text)
