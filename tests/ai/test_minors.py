"""Who says to be under 18, and who only seems to."""

from datetime import date

import pytest

from ai.engine.minors import find_minor_sign

TODAY = date(2026, 11, 23)

MINORS = """
I'm 15|im 17yo|I'm fifteen|I am only 17. Can I make an account?|I am a 16 year old girl|I'm only 12 lol|I turned 13 yesterday
we are both 14|I was born in 2012|I was born on 3 May 2011|my dob is 2011-05-03|My date of birth is 12/05/2011|DOB: 01/02/2010
I'm in 8th grade|I am under 18|I'm not 18 yet|I'm underage|my age is 14|I'll be 16 next month|I'm in middle school
I am 17, can i open an account?|I'm a minor|Hi, I'm Tom and I'm 14 years old.|My birthday is March 3, 2012
tenho 15 anos|Só tenho 14 anos, posso?|sou menor de idade|nasci em 2011|fiz 13 anos ontem|ainda não tenho 18 anos
tengo 16 años|cumplí 13 ayer|soy menor de edad|nací el 3 de mayo de 2012|todavía no tengo 18 años
j'ai 15 ans|je suis mineure|je suis née en 2012|je n'ai que 13 ans|je viens d'avoir 14 ans|nous avons tous les deux 14 ans
"""
OTHERS = """
my son is 15|I'm 15 minutes away|I am 12 weeks pregnant|when I was 15|explain like I'm 5|I've been a customer for 15 years
I'm 17 dollars short|I am 16.5 km away|I'm 5'4|I am 10th in the queue|I'm 100% sure|I am 18|I'm 35|I was born in 1987
My account is 5 years old|I'm 14 days late|I turned 5 items in|I am 7 orders behind|my daughter is a minor|It is a minor issue
I am a 10 year old customer|I'm in room 12|Do I have to be 18?|we are 4 people|My card was issued in 2015|I'm 9 to 5 at work
tenho 15 anos de experiência|tenho 10 dias|tenho 15 anos de conta|nasci em 1990|meu filho tem 12 anos
tengo 10 años de cliente|tengo 5 preguntas|nací en 1980|mi hija tiene 12 años
j'ai 15 ans d'expérience|j'ai 15 jours|je suis né en 1985|mon fils a 12 ans
"""


def _each(lines: str) -> list[str]:
    return [text for line in lines.strip().splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", _each(MINORS))
def test_who_says_to_be_under_18_is_heard(text: str) -> None:
    assert find_minor_sign(text, today=TODAY) is not None


@pytest.mark.parametrize("text", _each(OTHERS))
def test_other_numbers_and_other_people_are_no_sign(text: str) -> None:
    assert find_minor_sign(text, today=TODAY) is None


def test_the_age_and_its_place_are_told() -> None:
    sign = find_minor_sign("Hello! I'm fifteen.", today=TODAY)
    assert sign is not None
    assert (sign.start, sign.age) == (7, 15)


def test_a_year_of_birth_counts_to_the_day_it_is_read() -> None:
    assert find_minor_sign("I was born in 2010", today=date(2027, 1, 1)) is not None
    assert find_minor_sign("I was born in 2010", today=date(2028, 1, 1)) is None
