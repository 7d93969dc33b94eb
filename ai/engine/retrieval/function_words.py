"""Words that a question is made of rather than about: they say nothing of whether a passage answers it.

Written for the languages below; in others every word counts. Words for asking and wishing ("please", "quero") are among them.
"""

from functools import lru_cache

from ai.engine.text import stem_words, words

_WORDS = {
    "en": (
        "a an the and or but if of to in on at by for from with about into over as is are was were be been am do does did "
        "doing has have had having i you he she it we they me him her us them my your his its our their mine yours this "
        "that these those there here what which who whom whose when where why how can could will would shall should may "
        "might must not no yes any some so than then too very just also please hi hello i'm it's that's what's don't "
        "can't isn't haven't hasn't didn't won't there's get got need want like know tell let"
    ),
    "pt": (
        "a o as os um uma uns umas de do da dos das em no na nos nas ao à aos às por pelo pela para com sem sobre e ou "
        "mas se que qual quais quem quando onde como quanto quanta quantos quantas porque é são está estão estou ser "
        "estar foi era ter tem têm tenho há haver faz fazem posso pode podem podemos poder quero queria preciso eu tu ele "
        "ela nós eles elas você vocês me te lhe nos vos lhes meu minha meus minhas teu tua seu sua seus suas vosso vossa "
        "vossos vossas este esta isto esse essa isso aquele aquela não sim já ainda também mais muito vou ir"
    ),
    "es": (
        "el la los las lo un una unos unas de del al a en por para con sin sobre y e o u pero si que qué cuál cuáles "
        "quién cuándo dónde cómo cuánto cuánta cuántos cuántas porque es son está están estoy ser estar fue era tener "
        "tiene tienen tengo hay haber ha he hace hacen puedo puede pueden podemos poder quiero quería necesito yo tú él "
        "ella usted ustedes nosotros ellos ellas me te le les nos os se mi mis tu tus su sus vuestro vuestra este esta "
        "esto ese esa eso no sí ya aún también más muy voy ir"
    ),
    "fr": (
        "a le la les un une des de du au aux à en par pour avec sans sur et ou mais si que quel quelle quels quelles qui "
        "quand où comment combien pourquoi est est-ce sont suis être était ai avez avoir avons ont ayant il y elle on "
        "nous vous ils elles je me te se lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette "
        "ces ça cela ne pas plus oui non déjà encore aussi très puis peux peut pouvez pouvons peuvent pouvoir veux "
        "voudrais faut fait font vais"
    ),
    "de": (
        "der die das den dem des ein eine einen einem einer eines und oder aber wenn ob von zu zum zur in im an am auf "
        "bei für mit nach aus über um als ist sind war waren sein bin hat habe haben hatte ich du er sie es wir ihr mich "
        "mir dich dir ihn ihm uns euch ihnen mein meine meinen meinem dein deine ihre ihren euer eure unser unsere dies "
        "diese dieser dieses das was welche welcher welches wer wen wem wann wo wohin warum wie viel viele kann können "
        "könnte darf dürfen muss müssen soll sollte will wollen möchte werde werden wird nicht kein keine ja nein auch "
        "noch schon sehr bitte hallo brauche gibt man"
    ),
    "it": (
        "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla in nel "
        "nella nei nelle con su sul sulla per tra fra e o ma se che quale quali chi quando dove come quanto quanta quanti "
        "quante perché è sono sei siamo siete era essere ho hai ha abbiamo avete hanno avere posso può possono potete "
        "potere devo deve voglio vorrei io tu lui lei noi voi loro mi ti si ci vi mio mia miei mie tuo tua suo sua nostro "
        "nostra vostro vostra questo questa quello quella non sì già ancora anche più molto c"
    ),
    "nl": (
        "de het een en of maar als van te in op aan bij voor met naar uit over om is zijn was waren ben bent heb heeft "
        "hebben had ik jij je u hij zij ze wij we jullie mij me jou hem haar ons hun mijn jouw uw onze dit dat deze die "
        "wat welke wie wanneer waar waarom hoe veel kan kunnen mag moet zal wil willen zou worden wordt niet geen ja nee "
        "ook nog al zeer graag hallo er"
    ),
}


def content_words(text: str, language: str) -> list[str]:
    """The words that a question is about, in order, each once; none where it has none ("And what if so?")."""
    idle = _idle(language)
    found = dict.fromkeys(words(text))
    return [word for word, stem in zip(found, stem_words(list(found), language), strict=True) if stem not in idle]


@lru_cache(maxsize=len(_WORDS) + 1)
def _idle(language: str) -> frozenset[str]:
    return frozenset(stem_words(words(_WORDS.get(language, "")), language))
