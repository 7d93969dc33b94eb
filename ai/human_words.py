"""The words by which people ask for a person. Phrases are divided by `|`; a word that ends in `*` names a beginning.

`talk`: speaking with somebody; any person counts behind it. `want`: wishing for something; only a `strong` word counts behind
it. `strong`: persons who answer customers; enough when nothing else is said. `weak`: persons of any kind.
"""

LANGUAGES: dict[str, dict[str, str]] = {
    "en": {
        "talk": "talk to|talk with|speak to|speak with|chat with|connect me|connect us|transfer me|forward me|put me through|pass me|talking to|speaking with|speaking to|escalate|contact|reach|hand me",
        "want": "want|need|get me|give me|gimme|is there|can i have|could i have|may i have|prefer|send me|like|bring me|show me",
        "strong": "human|a human|real human|human being|human agent|human support|human help|agent|an agent|live agent|live person|real person|actual person|a person please|representative|a representative|live chat agent|operator|an operator|customer service agent|customer service representative|support agent|live support|live human|rep|customer rep|talk to human|talk human|speak human|talk agent|real agent|actual human",
        "weak": "person|someone|somebody|people|advisor|adviser|supervisor|manager|staff|a colleague|employee|team member|your team|customer service|customer support|one of you",
    },
    "pt": {
        "talk": "falar com|falo com|conversar com|atendimento com|ser atendid* por|me passa para|me passe para|me transfere para|me transfira para|me conecta com|me conecte com|passar para|contato com|fala com",
        "want": "quero|queria|preciso|gostaria|tem|prefiro|chama|chame|me da|manda",
        "strong": "humano|um humano|humana|atendente|um atendente|uma atendente|pessoa real|pessoa de verdade|uma pessoa real|atendimento humano|atendente humano|operador|operadora|agente|representante|ser humano|assistente humano|pessoa humana|uma pessoa por favor|falar com atendente|falar atendente",
        "weak": "pessoa|alguem|gente|gerente|supervisor|supervisora|funcionario|consultor|equipe|equipa|colaborador|um de voces",
    },
    "es": {
        "talk": "hablar con|hablo con|hablar a|chatear con|contactar con|contacto con|comunicarme con|comunicame con|comuniqueme con|comunicar con|conectame con|pasame con|paseme con|paseme a|transfiereme a|transferir* a|ser atendid* por|me atienda|me pasa con|me pasas con|me pone con|ponme con|pongame con",
        "want": "quiero|quisiera|necesito|preciso|hay|prefiero|dame|deme|me gustaria|solicito",
        "strong": "humano|un humano|humana|persona real|una persona real|persona humana|agente|un agente|una agente|agente humano|asesor|un asesor|asesora|representante|un representante|operador|operadora|atencion humana|ser humano|persona de verdad|un operador|una persona por favor|teleoperador*",
        "weak": "persona|alguien|gente|gerente|supervisor|supervisora|encargad*|empleado|responsable|companero|equipo",
    },
    "fr": {
        "talk": "parler a|parler avec|parle a|discuter avec|echanger avec|joindre|contacter|passez moi|passe moi|transferez moi|mettez moi en contact avec|mettre en relation avec|etre mis en relation avec|en relation avec|contact avec|parler au",
        "want": "veux|voudrais|souhaite|souhaiterais|besoin d'un|besoin d'une|besoin|y a-t-il|il y a|prefere|donnez moi",
        "strong": "humain|un humain|un etre humain|etre humain|agent|un agent|conseiller|un conseiller|conseillere|une conseillere|vraie personne|une vraie personne|personne reelle|operateur|un operateur|operatrice|agent humain|service humain|representant|un representant|teleconseiller|d'un humain|d'un conseiller|d'un agent|une personne svp",
        "weak": "personne|quelqu'un|responsable|gens|employe|collegue|manager|superviseur|equipe|vendeur",
    },
    "de": {
        "talk": "sprechen mit|rede mit|reden mit|spreche mit|verbinden mit|verbinde mich|verbinden sie mich|kontakt mit|chatten mit|weiterleiten an|leiten sie mich|mit|an",
        "want": "will|mochte|mochten|brauche|gibt es|hatte gern|bitte|wunsche|geben sie mir|gib mir",
        "strong": "mensch|menschen|ein mensch|einen menschen|einem menschen|echter mensch|echten menschen|mitarbeiter|einen mitarbeiter|einem mitarbeiter|mitarbeiterin|kundenberater|berater|einen berater|einem berater|kundendienstmitarbeiter|echte person|echten person|menschlicher ansprechpartner|ansprechpartner|agent|operator|sachbearbeiter|kundenbetreuer",
        "weak": "",
    },
    "it": {
        "talk": "parlare con|parlo con|chattare con|contattare|mettetemi in contatto con|mettimi in contatto con|passami|passatemi|mi passi|trasferitemi a|contatto con|collegami con",
        "want": "voglio|vorrei|ho bisogno|bisogno|c'e|serve|preferisco|dammi|datemi",
        "strong": "umano|un umano|essere umano|un essere umano|operatore|un operatore|operatrice|persona reale|una persona reale|persona vera|una persona vera|agente|un agente|assistenza umana|consulente|un consulente|operatore umano|di un operatore|di un umano|rappresentante",
        "weak": "persona|qualcuno|responsabile|addetto|collega|direttore",
    },
    "nl": {
        "talk": "spreken met|praten met|praat met|chatten met|verbind me|verbind mij|doorverbinden met|doorverbonden worden met|contact met|spreek|met",
        "want": "wil|wil graag|nodig|graag|heb|geef me|is er|liever",
        "strong": "mens|een mens|echt mens|een echt mens|echt persoon|echte persoon|een echt persoon|een echte persoon|medewerker|een medewerker|medewerkster|menselijke medewerker|klantenservicemedewerker|agent|operator|vertegenwoordiger|echte medewerker",
        "weak": "",
    },
    "sv": {"talk": "prata med|tala med|chatta med|koppla mig|kontakt med|snacka med", "want": "vill|vill ha|behover|finns det|ge mig", "strong": "manniska|en manniska|riktig manniska|en riktig manniska|handlaggare|kundtjanstmedarbetare|medarbetare|agent|operator|riktig person|en riktig person|levande person", "weak": "person|nagon|personal|kundtjanst|chef"},
    "da": {"talk": "tale med|snakke med|chatte med|stil mig|kontakt med|omstil mig", "want": "vil|vil have|har brug for|findes der|giv mig", "strong": "menneske|et menneske|rigtigt menneske|et rigtigt menneske|medarbejder|en medarbejder|kundeservicemedarbejder|agent|operator|rigtig person|en rigtig person", "weak": "person|nogen|kundeservice|personale"},
    "no": {"talk": "snakke med|prate med|chatte med|sett meg over|kontakt med", "want": "vil|vil ha|trenger|finnes det|gi meg", "strong": "menneske|et menneske|ekte menneske|et ekte menneske|kundebehandler|medarbeider|en medarbeider|agent|operator|ekte person|en ekte person", "weak": "person|noen|kundeservice|ansatt"},
    "fi": {"talk": "puhua|jutella|keskustella|yhdista minut|yhdistakaa|yhteys|yhteytta|chatata", "want": "haluan|haluaisin|tarvitsen|onko|voinko saada|anna", "strong": "ihminen|ihmisen kanssa|ihmiselle|ihmista|oikea ihminen|oikean ihmisen|asiakaspalvelija|asiakaspalvelijan|asiakaspalvelijalle|virkailija|virkailijan|henkilo|oikea henkilo|ihmisen", "weak": "jonkun kanssa|jollekin"},
    "pl": {"talk": "rozmawiac z|porozmawiac z|pogadac z|polacz mnie z|polaczyc z|prosze polaczyc|kontakt z|przelacz mnie|polaczenie z", "want": "chce|chcialbym|chcialabym|potrzebuje|prosze|prosze o|wole|czy jest", "strong": "czlowiek|czlowieka|czlowiekiem|z czlowiekiem|konsultant|konsultanta|konsultantem|z konsultantem|pracownik|pracownika|pracownikiem|agent|agentem|doradca|doradcy|doradca klienta|zywy czlowiek|prawdziwym czlowiekiem|operator|operatorem|prawdziwa osoba", "weak": "kims|osoba|ktos|obsluga"},
    "cs": {"talk": "mluvit s|promluvit s|promluvit si s|hovorit s|spojte me|spojit s|prepojte me|kontakt na|kontakt s", "want": "chci|chtel bych|chtela bych|potrebuji|prosim", "strong": "clovek|cloveka|clovekem|zivy clovek|zivym clovekem|operator|operatora|operatorem|operatorka|zamestnanec|zamestnancem|agent|agentem|skutecny clovek|skutecnym clovekem", "weak": "nekym|osobou|nekoho"},
    "sk": {"talk": "hovorit s|rozpravat sa s|porozpravat sa s|spojte ma|prepojte ma|kontakt na", "want": "chcem|chcel by som|chcela by som|potrebujem|prosim", "strong": "clovek|cloveka|clovekom|s clovekom|zivy clovek|operator|operatorom|zamestnanec|zamestnancom|skutocny clovek|skutocnym clovekom|agent", "weak": "niekym|osobou"},
    "hu": {"talk": "beszelni|beszelhetek|beszelnek|beszelhetnek|kapcsoljon|kapcsolj|kapcsolat", "want": "szeretnek|akarok|kerek|kell|van", "strong": "ember|emberrel|egy emberrel|embert|elo emberrel|valodi emberrel|ugyintezo|ugyintezovel|ugyintezot|operator|operatorral|munkatars|munkatarssal|ugyfelszolgalatos", "weak": "valakivel"},
    "ro": {"talk": "vorbi cu|vorbesc cu|discut cu|discuta cu|conectati-ma|contact cu|legatura cu|transferati-ma|puneti-ma in legatura cu", "want": "vreau|as vrea|doresc|am nevoie|exista|va rog", "strong": "om|un om|persoana reala|o persoana reala|operator|un operator|agent|un agent|uman|agent uman|consultant|un consultant|reprezentant|un reprezentant|fiinta umana|operator uman", "weak": "cineva|persoana|o persoana|coleg"},
    "tr": {"talk": "konusmak|gorusmek|konusabilir|gorusebilir|baglan*|baglar*|aktar*|yonlendir*", "want": "istiyorum|lazim|var mi", "strong": "insan|bir insan|insanla|bir insanla|gercek bir insan|gercek insan|gercek kisi|musteri temsilcisi|musteri temsilcisine|musteri temsilcisiyle|temsilci|temsilciye|temsilciyle|canli destek|canli desteğe|operator|yetkili|yetkiliyle|yetkiliye|gercek biriyle|bir yetkiliye", "weak": "biriyle|birisiyle"},
    "ru": {"talk": "поговорить с|говорить с|связаться с|соедините|соедини|свяжите|переключите|переключи|позовите|позови|переведите|общаться с|пообщаться с|соединить с", "want": "хочу|нужен|нужна|нужно|дайте|есть|можно|хотел бы", "strong": "человек|человека|человеком|с человеком|живой человек|живого человека|живым человеком|оператор|оператора|оператором|с оператором|менеджер|менеджера|менеджером|сотрудник|сотрудника|сотрудником|агент|агентом|специалист|специалиста|специалистом|живой оператор|на оператора|на человека", "weak": "кем-то|кем нибудь|кто-нибудь"},
    "uk": {"talk": "поговорити з|говорити з|зв'язатися з|з'єднайте|з'єднай|переключіть|покличте|спілкуватися з", "want": "хочу|потрібен|потрібна|дайте|можна|хотів би|хотіла б", "strong": "людина|людину|людиною|з людиною|жива людина|живою людиною|оператор|оператора|оператором|з оператором|менеджер|менеджера|менеджером|співробітник|співробітника|агент|агентом", "weak": "кимось|хтось"},
    "bg": {"talk": "говоря с|да говоря с|свържете ме|свържи ме|връзка с|прехвърлете ме", "want": "искам|нужен|трябва|може ли|има ли", "strong": "човек|с човек|жив човек|истински човек|оператор|с оператор|служител|със служител|агент|консултант", "weak": "някой|някого"},
    "sr": {"talk": "razgovarati sa|razgovarati s|razgovaram sa|razgovaram s|pricam sa|pricati sa|spojite me|povezite me|prebacite me|kontakt sa|разговарам са|разговарати са|причам са|спојите ме|повежите ме", "want": "zelim|hocu|trebam|treba mi|ima li|желим|хоћу|треба ми", "strong": "covek|covekom|coveka|covjek|covjekom|sa covekom|osoba|osobom|pravom osobom|zivom osobom|ljudsko bice|operater|operaterom|operatera|agent|agentom|predstavnik|djelatnik|djelatnikom|stvarnom osobom|човек|човеком|оператер|оператером", "weak": "nekim|некој|неким"},
    "el": {"talk": "μιλησω|μιλησω με|μιλησουμε|συνδεσε με|συνδεστε με|επικοινωνησω με|επικοινωνια με", "want": "θελω|χρειαζομαι|υπαρχει|δωστε μου|θα ηθελα", "strong": "ανθρωπος|ανθρωπο|εναν ανθρωπο|με ανθρωπο|πραγματικο ανθρωπο|εκπροσωπο|εναν εκπροσωπο|εκπροσωπος|υπαλληλο|υπαλληλος|χειριστη|πρακτορα", "weak": "καποιον|ατομο"},
    "ar": {"talk": "التحدث مع|التحدث الى|التحدث إلى|اتحدث مع|أتحدث مع|اتكلم مع|اكلم|التكلم مع|كلم|حولني|حولوني|تحويلي|التواصل مع|وصلني", "want": "اريد|أريد|عايز|عاوز|ابغى|أبغى|ابي|احتاج|أحتاج|محتاج|هل يوجد|ممكن", "strong": "انسان|إنسان|شخص حقيقي|بشري|موظف|موظف حقيقي|ممثل خدمة العملاء|خدمة العملاء|مندوب|وكيل|شخص|موظف خدمة|مشغل|الى موظف|إلى موظف|انسان حقيقي|مع موظف", "weak": "احد|أحد|حد"},
    "he": {"talk": "לדבר עם|לדבר אל|תעביר אותי|תעבירו אותי|העבר אותי|לשוחח עם|חבר אותי|תחבר אותי|קשר עם", "want": "רוצה|צריך|צריכה|יש|אפשר|מבקש|מבקשת", "strong": "בן אדם|אדם|אדם אמיתי|בנאדם|נציג|נציגה|נציג אנושי|נציג שירות|עם נציג|לנציג|אנושי|מוקדן", "weak": "מישהו|מישהי"},
    "hi": {"talk": "baat karni|baat karna|baat karao|baat karwa*|बात करनी|बात करना|बात कराओ|बात करवा*|बात कराइए|से बात", "want": "chahiye|chahta|chahti|चाहिए|चाहता|चाहती", "strong": "insaan|insan|इंसान|इंसान से|व्यक्ति|असली इंसान|एजेंट|एजेंट से|प्रतिनिधि|कर्मचारी|ग्राहक सेवा प्रतिनिधि|मानव", "weak": "kisi|किसी"},
    "id": {"talk": "bicara dengan|berbicara dengan|bicara sama|ngobrol dengan|ngobrol sama|chat dengan|hubungkan saya|sambungkan saya|sambungkan ke|terhubung dengan|ngomong sama", "want": "mau|ingin|butuh|perlu|ada|minta|tolong", "strong": "manusia|orang asli|orang sungguhan|orang beneran|agen|agen manusia|operator|customer service|cs manusia|petugas|staf|admin manusia|petugas cs|perwakilan", "weak": "orang|seseorang|admin"},
    "ms": {"talk": "bercakap dengan|berbual dengan|sambungkan saya|hubungkan saya", "want": "mahu|nak|perlu|ada|minta", "strong": "manusia|orang sebenar|ejen|ejen manusia|operator|wakil|wakil khidmat|pegawai|kakitangan", "weak": "seseorang|orang"},
    "vi": {"talk": "noi chuyen voi|noi voi|gap|ket noi voi|chuyen cho|trao doi voi|chat voi", "want": "muon|can|cho toi|co", "strong": "nguoi that|con nguoi|nhan vien|nhan vien ho tro|tong dai vien|tu van vien|nguoi ho tro|dien thoai vien", "weak": "nguoi|ai do"},
    "tl": {"talk": "makausap|kausapin|makipag-usap|makipagusap|ikonekta|kausap", "want": "gusto|kailangan|pwede|meron", "strong": "tao|tunay na tao|totoong tao|ahente|ng tao|isang tao|representative", "weak": "sinuman"},
    "ca": {"talk": "parlar amb|xerrar amb|posa'm amb|passi'm amb|contactar amb|connecta'm amb", "want": "vull|voldria|necessito|hi ha", "strong": "huma|un huma|persona real|una persona real|agent|un agent|operador|operadora|assessor|representant|esser huma", "weak": "persona|algu|encarregat"},
}  # fmt: skip

#: Scripts without spaces: any of these anywhere, spaces taken out.
UNSPACED = (
    "转人工", "轉人工", "人工客服", "人工服务", "人工服務", "真人客服", "真人服务", "找人工", "要人工", "找真人", "真人对话", "跟人说话", "和人说话",
    "跟真人", "和真人", "客服人员", "找客服", "人間と話", "人と話したい", "人と話せ", "担当者と話", "担当者に", "担当者へ", "オペレーター", "オペレータ", "有人対応",
    "人間の担当", "スタッフと話", "有人チャット", "상담원", "상담사", "사람과이야기", "사람과대화", "사람이랑", "사람하고", "사람연결", "직원연결",
    "직원과", "คุยกับเจ้าหน้าที่", "คุยกับพนักงาน", "คุยกับคน", "ติดต่อเจ้าหน้าที่", "ขอสายเจ้าหน้าที่", "ขอคุยกับคน", "เจ้าหน้าที่จริง",
)  # fmt: skip

#: Words around a request that do not change it.
_FILLERS = """
    please pls plz now just hi hello hey a an the real live ok yes thanks thank you sir madam asap por favor pf agora ja ya oi ola um
    uma obrigado hola ahora un una gracias s'il vous te plait svp stp bonjour merci maintenant bitte jetzt hallo danke per favore ora
    ciao grazie alstublieft aub nu prosze prosim kerem va rog lutfen пожалуйста будь ласка مرحبا لو سمحت من فضلك בבקשה tolong
"""
ALONE_FILLERS = frozenset(_FILLERS.split())

#: Taken out before anything is read: the words mean something else there.
NEVER = (
    r"\bhuman (?:resources?|rights?|error|hair|body|nature|kind|trafficking|readable|skin|consumption|made)\b",
    r"\b(?:only|just|also) human\b(?! (?:agent|support))", r"\b(?:i'?m|i am|we are|we're|he is|she is) (?:a |an )?(?:only |just )?human(?: being)?\b",
    r"\b(?:real estate|travel|insurance|cleaning|estate|letting|secret|bonding|delivery|shipping|customs|booking) agents?\b",
    r"\b(?:sales|medical|legal) rep(?:resentative)?s? of\b", r"\b(?:tour|network|mobile|phone|crane|machine|bus) operators?\b",
    r"\brecursos humanos\b", r"\bdireitos humanos\b", r"\bderechos humanos\b", r"\bsoy humano\b", r"\bsou humano\b", r"\bsou (?:so|apenas) humano\b",
    r"\bsolo soy humano\b", r"\bcorpo humano\b", r"\bcuerpo humano\b", r"\b(?:ressources|droits) humaine?s\b", r"\bcorps humain\b", r"\bje (?:ne )?suis (?:qu'un )?humain\b",
    r"\bagent(?:e|es|s)? (?:immobilier|de viagens|de viajes|de voyage|inmobiliario|de limpeza|de limpieza|imobiliario)\b",
    r"\bmenschenrechte\b", r"\brisorse umane\b", r"\boperatore turistico\b", r"\b(?:am|was|were|is|are) (?:i|you|we) (?:talking|speaking|chatting) (?:to|with) [^.?!]{0,40}",
    r"\b(?:spoke|talked|spoken|chatted) (?:to|with) [^.?!]{0,40}", r"\bich bin (?:auch )?nur ein mensch\b",
)  # fmt: skip

#: Before a wish: what follows is not wanted.
NOT_WANTED = (
    r"\b(?:don't|dont|do not|didn't|never|no longer) (?:want|need|wish|like|have)\b", r"\b(?:no|not|without) (?:need|having|want)\b", r"\bwithout\b", r"\bnao (?:quero|preciso|gosto)\b",
    r"\bno (?:quiero|necesito|deseo|hace falta)\b", r"\b(?:ne veux|n'ai|veux) (?:pas|besoin)\b", r"\bsem\b", r"\bsin\b", r"\bsans\b", r"\b(?:kein|keinen|keine|nicht|ohne)\b",
    r"\bnon (?:voglio|ho)\b", r"\bsenza\b", r"\b(?:niet|geen|zonder)\b", r"\bне (?:хочу|нужен|нужна)\b", r"\binstead of\b", r"\bnie (?:chce|potrzebuje)\b",
)  # fmt: skip

#: Whether it is a machine.
ARE_YOU = (
    r"\b(?:are|r) (?:you|u) (?:a |an |really |even |actually )*(?:human|real|bot|robot|ai|machine|person|chatbot|computer)\b",
    r"\b(?:am i|is this) (?:talking|speaking|chatting)? ?(?:to|with)? ?(?:a |an )?(?:real )?(?:human|bot|robot|ai|machine|person|chatbot|computer)\b",
    r"\b(?:voce|vc|tu) (?:e|es) (?:um |uma )?(?:humano|robo|bot|pessoa|maquina|ia|real)\b", r"\b(?:estou|to) falando com (?:um |uma )?(?:humano|robo|bot|pessoa|maquina|ia)\b.*\?",
    r"\b(?:eres|usted es|es usted|sos) (?:un |una )?(?:humano|robot|bot|persona|maquina|ia|real)\b", r"\b(?:estoy )?hablando con (?:un |una )?(?:humano|robot|bot|persona|maquina|ia)\b.*\?",
    r"\b(?:es-tu|tu es|etes-vous|vous etes|t'es) (?:un |une )?(?:humain|robot|bot|personne|machine|ia|vrai)\b", r"\bje parle (?:a|avec) (?:un |une )?(?:humain|robot|bot|machine|ia|vraie personne)\b.*\?",
    r"\b(?:bist du|sind sie) (?:ein |eine )?(?:mensch|roboter|bot|maschine|ki|echt)\b", r"\b(?:sei|e) un (?:umano|robot|bot)\b", r"\bben je (?:een )?(?:mens|robot|bot)\b",
)  # fmt: skip
