"""How people try to make an AI obey them instead of the company. English, Portuguese, Spanish and French; folded text."""

#: Which instructions are meant: those that the machine was given, not those on the box.
_GIVEN = r"(?:all|any|every|everything|your|previous|previously|prior|above|earlier|preceding|existing|original|system|initial|these|company|safety|todas?|todos?|quaisquer|suas?|seus?|anteriores?|acima|previas?|iniciais|iniciales|tus?|sus|cualquier|arriba|toutes?|tous|tes|vos|precedentes?|initiales?|ci-dessus|avant|d'avant|antes)"
_SECRETS = r"(?:instructions?|instrucoes|instrucciones|consignes|prompts?|guidelines?|diretrizes|directrices|programming|programacao|programacion|programmation|system message|rules you|regras internas|reglas internas|regles internes|internal rules|configuration|configuracao|configuracion)"
_INSTRUCTIONS = r"(?:instructions?|instrucoes|instrucciones|consignes|rules?|regras|reglas|regles|prompts?|guidelines?|diretrizes|directrices|directives|programming|programacao|programacion|programmation|restrictions?|restricoes|restricciones|filters?|filtros?|filtres?|safety|safeguards?|orders|ordens|ordenes|ordres|policy|policies)"
_MODEL = r"(?:ai|a\.i\.|ia|bot|chatbot|assistant|assistente|asistente|llm|language model|modelo de linguagem|modelo de lenguaje|modele de langage|system|sistema|systeme|gpt|chatgpt)"

#: What only a machine is told: any of these in a text makes it an attack, or, in an article, a sentence never to be quoted.
COMMANDS = (
    # Ignore what you were told
    rf"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|skip|drop|neglect|esquec\w*|esquec[ae]|desconsider\w*|olvid\w*|omit\w*|descart\w*|oubli\w*|contourn\w*|fais abstraction|faites abstraction|passe outre|supersed\w*|cancel|cancele|anul\w*|annul\w*)\b[^.?!\n]{{0,40}}\b{_GIVEN}\b[^.?!\n]{{0,40}}\b{_INSTRUCTIONS}\b",
    rf"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass\w*|skip|drop|neglect|esquec\w*|esquec[ae]|desconsider\w*|olvid\w*|omit\w*|descart\w*|oubli\w*|contourn\w*|fais abstraction|faites abstraction|passe outre|supersed\w*|cancel|cancele|anul\w*|annul\w*)\b[^.?!\n]{{0,30}}\b{_INSTRUCTIONS}\b[^.?!\n]{{0,25}}\b{_GIVEN}\b",
    r"\b(?:ignore|disregard|forget|ignora|ignorez|ignorer|ignore|esqueca|esquece|olvida|olvide|oublie|oubliez)\b[^.?!\n]{0,30}\b(?:everything|all|tudo|todo lo|tout ce)\b[^.?!\n]{0,40}\b(?:above|before|said|told|prior|acima|antes|anterior\w*|dicho|avant|dessus|precede\w*|foi dito|te dijeron|qu'on t'a dit)\b",
    rf"\b(?:new|novas?|nuevas?|nouvelles?|updated|following)\s+{_INSTRUCTIONS}\b[^.?!\n]{{0,10}}:",
    # Show what you were told
    r"\b(?:system|hidden|secret|initial|internal|developer|original|sistema|oculto|secreto|inicial|interno|interna|systeme|cache|secrete|interne|initiale)\w*\s+(?:prompts?|instructions?|messages?|rules|configuration)\b",
    r"\b(?:prompt|instrucoes|instrucciones|instructions|consignes|mensagem|mensaje|message|regras|reglas)\s+(?:de |del |do |da |du )?(?:sistema|systeme|system|interna?s?|internes?|ocult[ao]s?|secret[ao]s?|secretes?|inicia(?:l|is|les)|initiales?|cachees?)\b",
    rf"\b(?:reveal|show|print|repeat|display|output|tell me|leak|dump|recite|give me|list|copy|translate|summari[sz]e|mostr\w*|revel\w*|repit\w*|repet\w*|imprim\w*|exib\w*|diga|dime|affich\w*|montre\w*|revele\w*|dis-moi|donne-moi|recit\w*|cop\w*|lista|traduz\w*|traduc\w*|tradui\w*)\b[^.?!\n]{{0,40}}\b(?:your|the|you were given|seu|sua|seus|suas|tus?|sus?|tes|ton|ta|vos|votre)\b[^.?!\n]{{0,20}}\b{_SECRETS}\b",
    r"\b(?:repeat|print|output|repita|imprima|repite|repete|repetez|imprime|affiche)\b[^.?!\n]{0,40}\b(?:above|acima|arriba|ci-dessus|before this|antes disto|anterior)\b",
    # Be somebody else
    r"\b(?:you are now|from now on(?:,)? you(?: are|'re| will)?|(?<!you )(?<!we )(?<!it )act as (?:a |an |if|the )?|pretend (?:to be|that you|you)|roleplay|role-play|simulate being|a partir de agora(?:,)? (?:voce|tu|es|seras|eres)|agora voce e|aja como|finja (?:ser|que)|faca de conta|actua como|actue como|haz como si|finge (?:ser|que)|ahora eres|desde ahora|desormais(?:,)? tu|tu es maintenant|vous etes maintenant|agis comme|fais semblant|faites semblant|a partir de maintenant|joue le role|jouez le role|comporte-toi comme|imagine que tu (?:es|n'as))\b",
    r"\b(?:dan mode|developer mode|god mode|admin mode|debug mode|jailbreak\w*|do anything now|modo desenvolvedor|modo de desenvolvedor|modo desarrollador|modo administrador|modo dios|mode developpeur|mode administrateur|unrestricted mode|maintenance mode|modo manutencao|modo debug|modo depuracion|mode debug|sudo)\b",
    r"\b(?:without|no|sem|sin|sans)\s+(?:any\s+|quaisquer\s+|ningun\w*\s+|aucune?s?\s+)?(?:restrictions?|filters?|limits|rules|restricoes|filtros|limites|regras|restricciones|reglas|filtres?|regles)\b",
    # Say that you are no machine
    r"\b(?:say|tell (?:me|them|him|her|customers?)|claim|confirm|swear|admit|diga|di|dile|confirme|confirma|jure|jura|afirme|dis|dites|affirme|affirmez|jurez|assegura|garanta)\b[^.?!\n]{0,30}\b(?:you are|you're|voce e|es uma?|eres|usted es|tu es|vous etes|que e|que es)\b[^.?!\n]{0,12}\b(?:a |an |um |uma |un |une )?(?:real |true |vrai |vraie |verdadeir\w+ )?(?:human|person|man|woman|humano|humana|pessoa|persona|humaine?|personne|employee)\b",
    r"\b(?:don't|do not|never|nao|no|ne)\b[^.?!\n]{0,30}\b(?:say|tell|mention|admit|reveal|diga|digas|menciones?|mencione|reveles?|revele|dis|dites|mentionne\w*)\b[^.?!\n]{0,25}\b(?:an? (?:ai|bot|machine|robot)|uma? (?:ia|robo|bot|maquina)|una? (?:ia|robot|bot|maquina)|une? (?:ia|robot|bot|machine))\b",
    # Promise what was never offered
    rf"\b(?:{_MODEL})\s*(?:must|should|shall|has to|will|deve|debe|tiene que|doit|devra)\b",
    r"\b(?:note|message|attention|instruction|instrucao|nota|aviso|mensagem|mensaje|importante?)\s+(?:to|for|para|a|al|ao|pour|aux?)\s+(?:the |o |el |la |l'|any |any )?(?:ai|a\.i\.|ia|bot|chatbot|assistant|assistente|asistente|llm|model|modelo|modele|agents?)\b",
    r"\b(?:answer|reply|respond|responda|responde|reponds|repondez)\s+(?:only |just |apenas |so |somente |solo |solamente |uniquement |seulement )?(?:with|com|con|par|avec)\s+(?:the (?:word|text|phrase)|exactly|yes|a palavra|la palabra|le mot|exatamente|exactamente|exactement|\"|'|«|“)",
    r"\b(?:tell|inform|instruct|direct|redirect|send|informe|diga a|dile a|dis a|dites a|redirige|redirecione|envia|envoie)\s+(?:all |every |each |the |todos os |todos los |tous les |o |el |le |aos |a los |aux )*(?:customers?|users?|clients?|clientes?|usuarios?|visitors?|visitantes?|utilisateurs?)\b[^.?!\n]{0,40}\b(?:to|that|que|para|a|vers|https?|www)\b",
    # Encoded
    r"\b(?:decode|decodif\w*|decod\w*|descodif\w*|dechiffr\w*|desencript\w*|rot13|base64|base 64|hexadecimal|morse|caesar cipher|cifra de cesar|cifrado cesar)\b[^\n]{0,60}\b(?:and|e|y|et|then|depois|luego|puis)?\b[^\n]{0,20}\b(?:follow|obey|execute|run|do|siga|obedec\w*|execut\w*|ejecut\w*|sigue|suis|suivez|obei\w*|cumpr\w*|cumpl\w*|answer|responda|responde|reponds)\b",
    r"(?:<\|?/?(?:system|im_start|im_end|endoftext|assistant|user|inst)\|?>|\[/?(?:inst|system|assistant)\]|<<sys>>|###\s*(?:system|instruction|assistant|sistema|instrucao|instruccion|systeme)|\bsystem\s*:\s|\bassistant\s*:\s|\"role\"\s*:\s*\"(?:system|assistant)\")",
    # What belongs to others
    r"\b(?:other|another|previous|all|last|every|outros?|outras?|otros?|otras?|autres?|todos os|todos los|tous les|dernier|ultimos?|anterior\w*|precedents?)\s+(?:\w+\s+){0,3}?(?:customers?'?s?|users?'?|clients?'?|clientes?|usuarios?|utilisateurs?|people's|person's|conversations?|conversas?|conversaciones)\b[^.?!\n]{0,50}\b(?:data|e-?mails?|address\w*|orders?|names?|phones?|numbers?|cards?|passwords?|details|dados|enderecos?|pedidos?|nomes?|telefones?|cartao|cartoes|senhas?|datos|correos?|direccion\w*|nombres?|telefonos?|tarjetas?|contrasenas?|donnees|adresses?|commandes?|noms?|numeros?|cartes?|mots? de passe|mails|messages|conversations)\b",
    r"\b(?:list|show|give|send|export|dump|lista|liste|mostr\w*|envi\w*|export\w*|donne\w*|montre\w*|de-me|dame|me de|me da)\b[^.?!\n]{0,40}\b(?:data|e-?mails?|address\w*|orders?|names|phones?|numbers|cards?|passwords?|details|dados|enderecos?|pedidos|nomes|telefones|senhas?|datos|correos?|direcciones|nombres|telefonos|tarjetas|contrasenas?|donnees|adresses|commandes|noms|cartes|mots? de passe|base de d\w+|database)\b[^.?!\n]{0,30}\b(?:of|from|de|dos|das|do|da|des|du|del)\b[^.?!\n]{0,12}\b(?:other|another|all|every|outr[oa]s?|otr[oa]s?|autres?|tod[oa]s|tous|customers|clients?|clientes|users|usuarios|utilisateurs)\b",
    r"\b(?:api|access|secret|private|chaves?|claves?|cles?)[ -]?(?:keys?|tokens?|de api|da api|api|de acesso|de acceso|d'acces|secret\w*|priv\w*)\b",
    # Pictures and links that carry texts away
    r"!\[[^\]]*\]\(\s*https?:", r"\b(?:append|include|add|insert|put|render|inclua|adicione|insira|incluye|anade|agrega|inserta|ajoute\w*|insere\w*|inclus)\b[^.?!\n]{0,50}\b(?:markdown|image|img|imagem|imagen|iframe|html|script)\b[^.?!\n]{0,60}",
)  # fmt: skip

#: Letters of other alphabets that look like Latin ones, and figures that stand for letters.
LOOK_ALIKES = str.maketrans({
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ԁ": "d", "ո": "n", "ɡ": "g", "һ": "h", "ј": "j",
    "к": "k", "м": "m", "т": "t", "в": "b", "н": "h", "п": "n", "α": "a", "ο": "o", "ρ": "p", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "τ": "t", "υ": "u",
    "ı": "i", "ǃ": "!", "ⅼ": "l", "ℓ": "l",
})  # fmt: skip
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
