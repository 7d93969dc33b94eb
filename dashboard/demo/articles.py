"""What the demo's help centre says. An article is `(key, category, language, title, body)`; equal keys are translations."""

type Told = tuple[str, str, str, str, str]

#: Key, icon, and words by language.
CATEGORIES: tuple[tuple[str, str, dict[str, dict[str, str]]], ...] = (
    ("orders", "package", {
        "en": {"name": "Orders and delivery", "description": "How your pots travel, and when they arrive"},
        "pt": {"name": "Encomendas e entrega", "description": "Como as peças viajam e quando chegam"},
    }),
    ("returns", "undo-2", {
        "en": {"name": "Returns and repairs", "description": "When something broke, or is not right for you"},
        "pt": {"name": "Devoluções e reparações", "description": "Quando algo se partiu ou não serve"},
    }),
    ("care", "droplets", {
        "en": {"name": "Living with stoneware", "description": "Washing, heating, and what a crack means"},
        "pt": {"name": "Viver com o grés", "description": "Lavar, aquecer e o que significa uma fissura"},
    }),
    ("studio", "store", {
        "en": {"name": "Workshops and wholesale", "description": "Throw a cup with us, or sell ours"},
        "pt": {"name": "Oficinas e revenda", "description": "Venha fazer uma taça, ou venda as nossas"},
    }),
)  # fmt: skip

ARTICLES: tuple[Told, ...] = (
    (
        "where", "orders", "en", "When will my order arrive?",
        ("<p>We pack on working days before noon. From the day after you order it takes:</p>"
        "<table><tbody><tr><th>Where to</th><th>Working days</th><th>Price</th></tr>"
        "<tr><td>Portugal and Spain</td><td>2 to 3</td><td>€4.90, free from €60</td></tr>"
        "<tr><td>Rest of the European Union</td><td>4 to 6</td><td>€9.90, free from €120</td></tr>"
        "<tr><td>United Kingdom, Norway, Switzerland</td><td>5 to 8</td><td>€14.90</td></tr>"
        "<tr><td>Brazil</td><td>6 to 9</td><td>R$ 45, free from R$ 300</td></tr></tbody></table>"
        "<h2>Follow your parcel</h2><p>You get a mail with a link as soon as the carrier has the parcel. The first scan can take a day. "
        "If nothing moves for three working days, write to us: we open a claim with the carrier and send a new parcel "
        "if the old one is not found within five days.</p>"
        "<h2>Customs</h2><p>Outside the European Union the carrier may ask for import duty. We write the true value on every parcel, "
        "and cannot change that.</p>"
        "<h2>Change the address</h2><p>Until the parcel is packed we can change the address. Send us the order number and the new "
        "address in one message.</p>"),
    ),
    (
        "where", "orders", "pt", "Quando chega a minha encomenda?",
        ("<p>Embalamos nos dias úteis até ao meio-dia. A partir do dia seguinte à compra, demora:</p>"
        "<ul><li>Portugal e Espanha: 2 a 3 dias úteis, grátis a partir de 60 €</li>"
        "<li>Resto da União Europeia: 4 a 6 dias úteis</li><li>Brasil: 6 a 9 dias úteis, grátis acima de R$ 300</li></ul>"
        "<h2>Seguir a encomenda</h2><p>Recebe um e-mail com a ligação assim que a transportadora tem a encomenda. Se nada se mexer "
        "durante três dias úteis, escreva-nos: abrimos uma reclamação e enviamos outra.</p>"),
    ),
    (
        "gift", "orders", "en", "Can you wrap it as a present?",
        ("<p>Yes. Choose <strong>Gift wrapping</strong> in the basket (€3.50 a parcel). We wrap in washi paper, add a card with "
        "your words, and leave the invoice out of the parcel.</p><p>The card holds up to 200 characters. "
        "The invoice comes to you by mail.</p>"),
    ),
    (
        "invoice", "orders", "en", "Get an invoice with your tax number",
        ("<ol><li>Open the link in your order's confirmation.</li><li>Choose <strong>Invoice details</strong>.</li>"
        "<li>Enter the company's name and tax number, and save.</li></ol><p>The invoice is renewed within a minute and sent "
        "to your address. This works for 30 days after the order.</p>"),
    ),
    (
        "return", "returns", "en", "How do I return something?",
        ("<p>You have 30 days from the day it arrived. The piece must be unused, and in its box.</p>"
        "<ol><li>Write to us with the order number and what you want to return.</li>"
        "<li>We answer with a label within one working day. Print it, or show the code at the parcel shop.</li>"
        "<li>Once the parcel is back, we check it and refund you within five working days.</li></ol>"
        "<blockquote><p>Returns are free in Portugal and Spain. From elsewhere we keep €6 of the refund for the label.</p></blockquote>"
        "<h2>What cannot be returned</h2><p>Pieces made to your order, and tea once its seal is open.</p>"),
    ),
    (
        "return", "returns", "pt", "Como devolvo uma peça?",
        ("<p>Tem 30 dias a partir da entrega. A peça tem de estar por usar e na caixa.</p>"
        "<ol><li>Escreva-nos com o número da encomenda.</li><li>Enviamos a etiqueta em um dia útil.</li>"
        "<li>Depois de recebermos a peça, o reembolso demora até cinco dias úteis.</li></ol>"
        "<p>A devolução é gratuita em Portugal e Espanha.</p>"),
    ),
    (
        "broken", "returns", "en", "My parcel arrived broken",
        ("<p>We are sorry. Please do not send anything back: pots that broke once do not get better by travelling.</p>"
        "<ul><li>Take a picture of the piece, and one of the box.</li><li>Send both to us within 14 days, with the order number.</li></ul>"
        "<p>You choose: a new piece, or your money back. Both within five working days, both without cost.</p>"
        "<h2>Only the lid broke</h2><p>Lids are made together with their pots, so a single one rarely fits. We replace the whole pot.</p>"),
    ),
    (
        "dishwasher", "care", "en", "Is stoneware safe in the dishwasher and the oven?",
        ("<p>Yes. Our stoneware is fired at 1,240 °C: dishwasher, oven and microwave do it no harm.</p>"
        "<p>Two exceptions:</p><ul><li>Pieces with a <strong>gold rim</strong> are washed by hand, and do not go into the microwave.</li>"
        "<li>No piece likes a shock: let it come to room temperature before you pour boiling water into it.</li></ul>"),
    ),
    (
        "crazing", "care", "en", "Fine lines in the glaze: is it broken?",
        ("<p>Fine lines that look like a net are called crazing. The glaze has shrunk a little more than the clay. "
        "It is no fault, and it is safe with food.</p><p>A crack is different: a single line that you can feel with a fingernail, "
        "or a dull sound when you tap the piece. Then write to us, we replace it within two years.</p>"),
    ),
    (
        "dishwasher", "care", "pt", "O grés vai à máquina e ao forno?",
        ("<p>Sim. O nosso grés é cozido a 1240 °C: máquina de lavar, forno e micro-ondas não lhe fazem mal.</p>"
        "<p>Peças com <strong>filete dourado</strong> lavam-se à mão e não vão ao micro-ondas.</p>"),
    ),
    (
        "workshop", "studio", "en", "Book a place in a workshop",
        ("<p>Workshops are on Saturdays from 10:00 to 13:00 at Rua do Bonfim 214 in Porto, for at most eight people. "
        "A place costs €65, with clay, glaze and firing. Children from ten years on come along with an adult.</p>"
        "<h2>Cancel or move</h2><p>Up to 72 hours before, free of charge. Later we cannot give the place to anybody else, and keep the fee.</p>"),
    ),
    (
        "wholesale", "studio", "en", "Prices for shops and restaurants",
        ("<p>From an order of €600 on, shops pay 50 % of the shop price, restaurants 65 %. Making takes six weeks.</p>"
        "<p>Send us your tax number and a picture of your place, and we answer with a price list within two working days.</p>"),
    ),
)  # fmt: skip

#: For the team alone.
INTERNAL: Told = (
    "goodwill", "returns", "en", "Goodwill: what you may give without asking",
    ("<p>Up to €25 a conversation, as a refund or a code. Above that, ask Ana.</p><ul><li>Late parcel: refund the delivery.</li>"
    "<li>Second complaint within a month: 10 % off the next order.</li></ul>"),
)  # fmt: skip
DRAFT: Told = (
    "kiln", "care", "en", "Why two cups of a set are never the same",
    "<p>Every kiln has a warm side and a cool one. Glazes run a little further on the warm one.</p>",
)  # fmt: skip
PROPOSED: Told = (
    "lead", "care", "en", "Are your glazes free of lead?",
    "<p>Yes. We mix our glazes without lead and cadmium, and have them tested once a year.</p>",
)  # fmt: skip

#: Questions without an article: text and language.
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("Do you ship to Japan?", "en"),
    ("do you also ship to japan", "en"),
    ("Can you ship to Japan and how much is it?", "en"),
    ("Is there a gift card I could buy?", "en"),
    ("Tienen tarjetas de regalo?", "es"),
    ("Can I pay in three instalments?", "en"),
)
