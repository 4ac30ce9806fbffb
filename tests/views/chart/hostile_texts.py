"""Names that a chart must show as they are: markup, scripts, formulas, odd letters."""

HOSTILE = (
    "<img src=x onerror=\"window.hit='img'\">",
    "</script><script>window.hit='script'</script>",
    "<a href=\"javascript:window.hit='href'\">href</a>",
    "\"><svg onload=window.hit='svg'>",
    "'; window.hit='quote'; //",
    "${window.hit='template'}",
    "{{title}} {{data}}",
    "<!-- <script>",
    "&lt;b&gt; &amp; &#x3C;",
    "\u202egnp.exe \u2066Zoë\u2069",
    "علي بن أحمد",
    '=HYPERLINK("http://example.invalid/","x")',
    "a\u2028b\u2029c\x00d",
    "url(http://example.invalid/x.png)",
    "</style><style>*{display:none}</style>",
    "Žofie O'Ďaleká-Łuk",
    "家族 👨‍👩‍👧",
    "x" * 300,
)
