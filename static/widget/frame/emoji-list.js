// A small own list: each sign with its words in English, Portuguese, Spanish and French, which are searched.
const list = (text) => text.trim().split("\n").map((line) => { const at = line.indexOf(" "); return [line.slice(0, at), line.slice(at + 1)]; });

export const GROUPS = [
  { key: "faces", signs: list(`
😀 smile happy sorriso feliz sonrisa sourire content
😃 joy smile alegria alegría joie
😄 laugh eyes riso risa rire
😁 grin sorriso sonrisa grimace
😅 sweat relief suor alívio sudor alivio sueur soulagement
😂 tears joy laugh chorar rir llorar risa larmes rire
🤣 rolling laugh gargalhada carcajada éclat rire
🙂 slight smile leve sorriso leve sonrisa léger sourire
😉 wink piscar guiño clin d’œil
😊 blush smile corado sonrojado rougir
😇 halo angel anjo ángel ange
🥰 love hearts amor corações enamorado amour cœurs
😍 heart eyes love apaixonado enamorado amoureux
😘 kiss beijo beso bisou
😋 yum delicious delícia delicioso délicieux
😜 tongue wink língua lengua langue
🤪 crazy maluco loco fou
🤗 hug abraço abrazo câlin
🤔 think hmm pensar penser réfléchir
🤨 eyebrow doubt dúvida duda doute
😐 neutral neutro neutre
🙄 eyes roll revirar olhos ojos lever yeux
😏 smirk irónico pícaro narquois
😴 sleep dormir sommeil
😎 cool sunglasses óculos gafas lunettes
🤓 nerd glasses óculos gafas lunettes
🥳 party festa fiesta fête
😕 confused confuso confus
🙁 sad frown triste tristeza tristesse
😢 cry tear chorar lágrima llorar pleurer larme
😭 sob cry chorar llorar sangloter
😤 huff irritado enfadado agacé
😡 angry raiva zangado furioso colère
🤯 mind blown espanto asombro stupéfait
😳 flushed embarrassed vergonha vergüenza gêné
😱 scream fear medo miedo peur cri
😬 grimace careta mueca
🥺 please plead por favor súplica s’il te plaît
😷 mask ill doente máscara enfermo malade masque
🤒 fever ill febre fiebre fièvre`) },
  { key: "hands", signs: list(`
👍 thumbs up yes good sim bom sí bien oui pouce
👎 thumbs down no bad não mau mal non
👌 ok perfect perfeito perfecto parfait
✌️ peace victory paz vitória victoria paix
🤞 luck fingers crossed sorte suerte chance doigts croisés
🤝 handshake deal acordo aperto acuerdo trato poignée accord
👏 clap bravo palmas aplauso applaudir
🙌 hooray hands viva hurra mains
🙏 thanks please obrigado por favor gracias merci s’il vous plaît
💪 strong muscle força fuerza force
👋 wave hello bye olá adeus hola adiós bonjour au revoir
✋ stop hand mão pare mano alto main
👉 right point direita derecha droite
👈 left point esquerda izquierda gauche
👆 up point cima arriba haut
👇 down point baixo abajo bas
✍️ write escrever escribir écrire
🤷 shrug não sei no sé je ne sais pas
🤦 facepalm vergonha vergüenza honte
🙋 hand question pergunta pregunta question
👀 eyes look olhos ver ojos mirar yeux regarder
🧑‍💻 computer work computador trabalho ordenador trabajo ordinateur travail
👨‍👩‍👧 family família familia famille
👶 baby bebé bébé`) },
  { key: "hearts", signs: list(`
❤️ heart love coração amor corazón cœur amour
🧡 heart orange coração laranja corazón naranja cœur
💛 heart yellow coração amarelo corazón amarillo cœur jaune
💚 heart green coração verde corazón cœur vert
💙 heart blue coração azul corazón cœur bleu
💜 heart purple coração roxo corazón morado cœur violet
🤍 heart white coração branco corazón blanco cœur blanc
💔 broken heart coração partido corazón roto cœur brisé
✨ sparkles brilho brillo étincelles
⭐ star estrela estrella étoile
🔥 fire hot fogo fuego feu
🎉 party celebrate festa fiesta fête
💯 hundred cem cien cent
✅ check done feito hecho fait
❌ cross no wrong errado não mal non faux
❗ exclamation important importante important
❓ question pergunta pregunta question
⚠️ warning aviso atenção aviso attention
💬 speech chat mensagem mensaje message
🆗 ok
🔴 red vermelho rojo rouge
🟢 green verde vert`) },
  { key: "nature", signs: list(`
🐶 dog cão perro chien
🐱 cat gato chat
🐰 rabbit coelho conejo lapin
🐻 bear urso oso ours
🦊 fox raposa zorro renard
🐼 panda
🐸 frog sapo rana grenouille
🐝 bee abelha abeja abeille
🦋 butterfly borboleta mariposa papillon
🐟 fish peixe pez poisson
🌱 plant seedling planta brote plante
🌿 leaf herb folha hoja feuille
🌸 flower blossom flor fleur
🌻 sunflower girassol girasol tournesol
🌳 tree árvore árbol arbre
☀️ sun sol soleil
🌧️ rain chuva lluvia pluie
❄️ snow neve nieve neige
🌈 rainbow arco-íris arcoíris arc-en-ciel
🌊 wave sea onda mar ola vague mer`) },
  { key: "food", signs: list(`
☕ coffee tea café chá té thé
🍵 tea chá té thé
🥤 drink bebida boisson
🍺 beer cerveja cerveza bière
🍷 wine vinho vino vin
🎂 cake birthday bolo aniversário tarta cumpleaños gâteau anniversaire
🍰 cake bolo pastel gâteau
🍪 cookie bolacha galleta biscuit
🍫 chocolate chocolat
🍎 apple maçã manzana pomme
🍌 banana plátano banane
🍓 strawberry morango fresa fraise
🥑 avocado abacate aguacate avocat
🍞 bread pão pan pain
🧀 cheese queijo queso fromage
🍕 pizza
🍔 burger hambúrguer hamburguesa
🍣 sushi
🥗 salad salada ensalada salade
🍽️ plate meal prato refeição plato comida assiette repas`) },
  { key: "things", signs: list(`
📦 parcel package encomenda paquete colis
🚚 delivery truck entrega caminhão envío camión livraison camion
🛒 cart shop carrinho compras carrito panier courses
🛍️ shopping bags compras bolsas achats
💳 card pay cartão pagar tarjeta carte payer
💶 money euro dinheiro dinero argent
🧾 receipt invoice recibo fatura recibo factura reçu facture
🎁 gift present presente regalo cadeau
📷 photo camera foto câmara cámara appareil
📱 phone celular teléfono móvil téléphone
💻 laptop computer computador portátil ordenador ordinateur
📧 e-mail mail correo courriel
📞 call phone ligar chamada llamar llamada appel
📅 calendar date calendário data fecha calendrier
⏰ clock alarm relógio hora reloj réveil heure
📍 place pin lugar sítio lugar lieu
🏠 house home casa maison
🏪 shop store loja tienda magasin
✈️ plane travel avião viagem avión viaje avion voyage
🚲 bicycle bicicleta vélo
🚗 car carro coche voiture
🔑 key chave llave clé
🔒 lock safe cadeado candado cadenas
🔧 tool repair reparar ferramenta herramienta réparer outil
💡 idea light ideia luz idée lumière
📎 clip attachment anexo adjunto pièce jointe
📏 size measure tamanho medida talla taille mesure
👕 shirt clothes camisa roupa camiseta ropa chemise vêtements
👟 shoe sapato zapato chaussure
🏆 trophy win troféu trofeo trophée
🎵 music música musique
📚 books livros libros livres`) },
];
