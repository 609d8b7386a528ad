"""The style of the report's page."""

from __future__ import annotations

__all__ = ["CSS"]

#: Light page; large enough on a phone; figures and table rows are not torn on paper.
CSS = """
:root{--ink:#1f2933;--soft:#5f6c78;--line:#e3e7ea;--wash:#f5f7f8;--accent:#0072B2}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;color:var(--ink);background:#fff;
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main,header{max-width:52rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
.kicker{color:var(--soft);margin:0 0 .3rem;font-size:.95rem}
h1{font-size:1.5rem;line-height:1.35;margin:0 0 1.2rem;font-weight:650}
h2{font-size:1.2rem;margin:2.6rem 0 .6rem;padding-top:.9rem;border-top:2px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .3rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.2rem,1fr));gap:.6rem;margin:0;padding:0;list-style:none}
.tiles li{background:var(--wash);border-left:3px solid var(--accent);padding:.55rem .7rem;border-radius:3px}
.tiles .l{display:block;color:var(--soft);font-size:.85rem}
.tiles .v{display:block;font-size:1.3rem;font-weight:650;white-space:nowrap;font-variant-numeric:tabular-nums}
.tiles .a{display:block;color:var(--soft);font-size:.82rem;line-height:1.35}
figure{margin:1.4rem 0 2rem}
figure img{display:block;width:100%;max-width:44rem;height:auto}
figcaption,.note{color:var(--soft);font-size:.9rem}
.scroll{overflow-x:auto;margin:.8rem 0 1.4rem}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:650;padding-bottom:.3rem}
th,td{text-align:left;padding:.28rem .6rem .28rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--line)}
tfoot td:first-child{white-space:nowrap}
th.n,td.n{text-align:right;padding-left:.5rem}
td.n{white-space:nowrap}
tfoot td{font-weight:650;border-bottom:0}
table.metrics th:nth-child(n+3),table.metrics td:nth-child(n+3){text-align:left}
table.metrics td:nth-child(3){white-space:nowrap}
.warn{background:#fdf3e3;border-left:3px solid #E69F00;padding:.5rem .8rem;border-radius:3px}
.warn ul,.plain{margin:.3rem 0;padding-left:1.2rem}
.alarms{list-style:none;margin:.3rem 0;padding:0}
.alarms>li{border-left:3px solid #c7a500;background:var(--wash);padding:.4rem .8rem;margin:.4rem 0;border-radius:3px}
.alarms>li.alarm{border-left-color:#a50026}
.alarms ul{font-size:.92rem}
.scroll tr>:first-child{position:sticky;left:0;background:#fff}
pre{background:var(--wash);padding:.8rem;overflow-x:auto;font-size:.8rem;line-height:1.45;border-radius:3px}
code{font-size:.92em;overflow-wrap:anywhere}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--accent)}
footer{max-width:52rem;margin:2rem auto;padding:0 1rem;color:var(--soft);font-size:.85rem}
@media(max-width:30rem){header{padding-top:1.2rem}h1{font-size:1.2rem}.tiles{grid-template-columns:1fr 1fr}
figure{margin-left:-.6rem;margin-right:-.6rem}figcaption{padding:0 .6rem}}
@media print{body{font-size:10pt}.tiles{grid-template-columns:repeat(5,1fr)}figure img{max-width:15cm}
main,header,footer{max-width:none}figure,.tiles,tr{break-inside:avoid}
h2,h3,caption{break-after:avoid}.scroll{overflow:visible}details>pre{display:none}a{color:inherit}}
"""
