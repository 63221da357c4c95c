/** How the pages look: the system's fonts, two columns of calm grey and one colour for what can be clicked. */
export const style = `:root{
color-scheme:light dark;
--page:#f6f6f3;--card:#fff;--text:#1d2326;--soft:#565f66;--line:#dcdedb;--link:#0f5f73;--main:#0f5f73;--on-main:#fff;
--bad:#a32a1c;--on-bad:#fff;--bad-card:#fcefec;--info-card:#eaf3f5;
--waiting:#1f6fb2;--leased:#7350b8;--delayed:#9a6300;--handled:#2b7a47;--dead:#b03a2b;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace
}
@media (prefers-color-scheme:dark){:root{
--page:#121517;--card:#1a1f22;--text:#e5e9ea;--soft:#a2acb2;--line:#2e363b;--link:#7cc7da;--main:#2d8ba3;--on-main:#06161a;
--bad:#f08a7b;--on-bad:#260804;--bad-card:#2f1b18;--info-card:#17282d;
--waiting:#6fb1ea;--leased:#b79bf0;--delayed:#e0aa4a;--handled:#6cc18b;--dead:#f08a7b
}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.15em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px;top:0;padding:.5rem 1rem;background:var(--card)}
.skip:focus{left:0;z-index:2}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.25rem;padding:.5rem clamp(.75rem,3vw,2rem);background:var(--card);border-bottom:1px solid var(--line)}
.brand{display:inline-flex;align-items:center;gap:.5rem;font-weight:650;font-size:1.05rem;color:var(--text);text-decoration:none;padding:.25rem 0}
.brand svg{width:1.4rem;height:1.4rem}
.brand rect{fill:#0f5f73}
.brand path{fill:none;stroke:#fff;stroke-width:2}
.top nav ul{display:flex;flex-wrap:wrap;gap:.15rem;list-style:none;margin:0;padding:0}
.top nav a{display:block;padding:.35rem .7rem;border-radius:6px;color:var(--soft);text-decoration:none}
.top nav a:hover{color:var(--text);background:var(--page)}
.top nav a[aria-current]{color:var(--text);background:var(--page);font-weight:600}
.who{margin-left:auto;display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.87rem;color:var(--soft)}
main{max-width:82rem;margin:0 auto;padding:1.25rem clamp(.75rem,3vw,2rem) 4rem}
main:focus{outline:none}
h1{font-size:1.5rem;line-height:1.2;margin:.25rem 0 1rem;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.05rem;margin:2rem 0 .6rem;font-weight:620}
h1+section>h2{margin-top:.5rem}
h3{font-size:.98rem;margin:1.1rem 0 .4rem;font-weight:620}
h4{font-size:.85rem;margin:0;font-weight:500;color:var(--soft);display:flex;justify-content:space-between;gap:.5rem}
p{margin:.5rem 0}
.muted,.hint{color:var(--soft)}
.muted{font-size:.9rem}
.hint{font-size:.8rem}
.lead{font-size:1.1rem}
.empty{padding:2.5rem 1rem;text-align:center;color:var(--soft);background:var(--card);border:1px dashed var(--line);border-radius:10px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;list-style:none;margin:0 0 1rem;padding:0}
.tiles li>*{display:flex;flex-direction:column;height:100%;padding:.75rem 1rem;background:var(--card);border:1px solid var(--line);border-top:3px solid var(--tone,var(--line));border-radius:10px;color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--tone,var(--link))}
.tiles .figure{font-size:1.7rem;line-height:1.25;font-weight:620;font-variant-numeric:tabular-nums;letter-spacing:-.02em}
.tiles .label{font-size:.87rem;color:var(--soft)}
.tiles .zero .figure{color:var(--soft);font-weight:450}
.waiting{--tone:var(--waiting)}.leased{--tone:var(--leased)}.delayed{--tone:var(--delayed)}.handled{--tone:var(--handled)}.dead{--tone:var(--dead)}
.tiles .oldest{--tone:var(--line)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px}
table{width:100%;border-collapse:collapse;font-size:.9rem}
caption{text-align:left;padding:.6rem .9rem;color:var(--soft);font-size:.85rem}
th,td{overflow-wrap:break-word;padding:.45rem .9rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{font-size:.8rem;font-weight:550;color:var(--soft);white-space:nowrap}
tbody th{font-weight:520}
tbody tr:hover{background:color-mix(in srgb,var(--page) 60%,transparent)}
.right{text-align:right;font-variant-numeric:tabular-nums}
th .right{display:block}
.tight{white-space:nowrap}
.under{display:block;color:var(--soft);font-size:.82rem}
.message{min-width:14rem;max-width:34rem;overflow-wrap:anywhere}
.id,code,pre{font-family:var(--mono);font-size:.84em}
td a.id{display:block;max-width:15rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.lead .id{margin-left:.5rem}
.state,.what,.job{display:inline-flex;align-items:center;gap:.4rem}
.state::before,.what::before,.job::before{content:"";flex:none;width:.55rem;height:.55rem;border-radius:50%;background:var(--tone,var(--soft))}
.what.accepted,.job.running{--tone:var(--waiting)}.what.handled,.job.done{--tone:var(--handled)}.what.retried{--tone:var(--delayed)}.what.failed,.what.rejected,.what.dropped,.job.failed{--tone:var(--dead)}.job.stopped{--tone:var(--delayed)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:.1rem 1.5rem;margin:.5rem 0;padding:.6rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
.facts>div{padding:.3rem 0}
dt{font-size:.8rem;color:var(--soft)}
dd{margin:0}
.filter{display:grid;grid-template-columns:repeat(auto-fill,minmax(10rem,1fr));gap:.6rem .9rem;align-items:end;margin:0 0 1rem;padding:.8rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
.filter .whole{grid-column:1/-1;margin:0}
label{display:flex;flex-direction:column;gap:.2rem;font-size:.82rem;color:var(--soft)}
input,select{font:inherit;font-size:.95rem;min-height:2.3rem;width:100%;padding:.3rem .5rem;color:var(--text);background:var(--page);border:1px solid color-mix(in srgb,var(--soft) 70%,transparent);border-radius:6px}
.buttons,.actions{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:center}
button,.button{display:inline-block;font:inherit;font-size:.92rem;line-height:1.3;padding:.5rem .9rem;color:var(--text);background:var(--card);border:1px solid color-mix(in srgb,var(--soft) 60%,transparent);border-radius:6px;text-decoration:none;cursor:pointer}
button:hover,.button:hover{border-color:var(--link)}
.main{background:var(--main);border-color:var(--main);color:var(--on-main)}
.danger{color:var(--bad);border-color:var(--bad)}
button.danger{background:var(--bad);color:var(--on-bad)}
.confirm{display:grid;gap:.9rem;max-width:26rem;margin:1rem 0;padding:1rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
.notice{margin:.75rem 0;padding:.4rem .9rem;border:1px solid var(--line);border-left:4px solid var(--link);border-radius:6px;background:var(--info-card)}
.notice.bad{border-left-color:var(--bad);background:var(--bad-card)}
.tabs{display:flex;flex-wrap:wrap;gap:.25rem;margin:0 0 .8rem}
.tabs a{padding:.3rem .75rem;border:1px solid transparent;border-radius:999px;color:var(--soft);text-decoration:none}
.tabs a:hover{color:var(--text);border-color:var(--line)}
.tabs a[aria-current]{color:var(--text);background:var(--card);border-color:var(--line);font-weight:560}
.pager{display:flex;justify-content:space-between;gap:1rem;margin:1rem 0}
.pager [rel=next]{margin-left:auto}
.provider{padding:.1rem 1rem .8rem;margin:0 0 .75rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:.75rem 1.5rem}
.plot .figure{color:var(--text);font-weight:620;font-variant-numeric:tabular-nums}
.plot .hint{margin:.15rem 0 0}
.chart{display:block;width:100%;height:44px;margin-top:.3rem}
.chart .bars{fill:var(--waiting)}.chart.bad .bars{fill:var(--dead)}.chart.plain .bars{fill:var(--leased)}
.chart .base{stroke:var(--line);stroke-width:1}
pre{margin:.4rem 0;padding:.8rem .9rem;max-height:32rem;overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;white-space:pre-wrap;line-height:1.45}
summary{cursor:pointer;padding:.25rem 0;color:var(--link)}
.attempts,.findings{padding:0;margin:0;list-style:none;display:grid;gap:.6rem}
.attempts>li,.findings>li{padding:.4rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
.live{margin:.6rem 0;min-height:2.2rem}
.live button{margin-right:.6rem}
@media (prefers-reduced-motion:no-preference){.fresh{animation:fresh 1.6s ease-out}}
@keyframes fresh{from{background:var(--info-card)}}
@media (max-width:42rem){
body{font-size:16px}
.top{padding-bottom:.35rem}
.top nav{order:3;width:100%}
.top nav ul{flex-wrap:nowrap;overflow-x:auto;margin:0 -.5rem}
.top nav a{white-space:nowrap}
.user{display:none}
.tiles{grid-template-columns:repeat(2,1fr)}
th,td{padding:.4rem .6rem}
.message{min-width:10rem}
}
`
