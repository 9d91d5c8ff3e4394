import { componentColours } from './palette.js';

/** The page's style sheet: light, dark where the reader's system is, and light again on paper. */
export function styleSheet(k: number, parameters = false): string {
  return `:root{${LIGHT}${componentColours(k, false)}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}${componentColours(k, true)}}}
${parameters ? PARAMETER_RULES : ''}${RULES}`;
}

const LIGHT = `color-scheme:light;--ink:#1d2329;--muted:#5c6670;--rule:#dcdedb;--bar:#dfe2e2;--paper:#fff;--ground:#f6f6f3;--good:#2f7d57;--warn:#a8680b;`;
const DARK = `color-scheme:dark;--ink:#e8eaec;--muted:#a0a9b2;--rule:#363c43;--bar:#3a4149;--paper:#1b1f24;--ground:#14171b;--good:#6cc799;--warn:#e5ac55;`;

/** Of tables of parameters, and of shares. */
const PARAMETER_RULES = `
.scroll+.scroll{margin-top:26px}
thead th small{display:block;font-weight:400;font-size:11px}
.components .levels{padding-left:14px}
.levels span{display:block;line-height:1.45}
.profile td,.profile th{padding:4px 18px 4px 0;border:0;vertical-align:middle}
.profile thead th{border-bottom:1px solid var(--ink);padding-bottom:6px}
.profile .group th{font-weight:600;padding-top:14px;border-bottom:1px solid var(--rule)}
.profile tbody th{white-space:normal;overflow-wrap:anywhere;min-width:90px}
.profile .share{min-width:116px;font-size:12.5px}
.profile .share span{display:inline-block;width:50px;text-align:right;margin-right:8px;vertical-align:middle}
.profile .share i{display:inline-block;width:calc(100% - 62px);max-width:180px;min-width:44px;height:9px;background:var(--ground);border-radius:2px;vertical-align:middle}
.profile .share b{display:block;height:100%;border-radius:2px}
.profile .rest td{color:var(--muted);font-size:12.5px}
`;

const RULES = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.page{max-width:1080px;margin:0 auto;padding:56px 32px 40px}
h1,h2{font-family:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;font-weight:600;line-height:1.15;letter-spacing:-.01em;text-wrap:balance}
h1{font-size:38px;margin:6px 0 14px;overflow-wrap:anywhere}
h2{font-size:22px;margin:0 0 4px}
h3{font-size:13px;font-weight:600;margin:18px 0 8px}
p{margin:0}
.kicker{font-size:12px;letter-spacing:.09em;text-transform:uppercase;color:var(--muted)}
.lede{font-size:18px;line-height:1.5;max-width:46em;overflow-wrap:anywhere}
.lede b{font-weight:600}
.ending{margin-top:10px;color:var(--muted)}
.ending i{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:8px;background:var(--warn)}
.ending i.converged{background:var(--good)}
.notes{margin:12px 0 0;padding:0 0 0 14px;border-left:2px solid var(--warn);list-style:none;max-width:62em;overflow-wrap:anywhere}
.notes li+li{margin-top:4px}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);margin:32px 0 0;border-top:1px solid var(--rule)}
.tiles div{padding:14px 16px 14px 0;border-bottom:1px solid var(--rule);min-width:0}
.tiles dt{font-size:12px;color:var(--muted)}
.tiles dd{margin:2px 0 0;font-size:22px;line-height:1.25;font-variant-numeric:tabular-nums;letter-spacing:-.01em;overflow-wrap:anywhere}
.tiles dd.long{font-size:16px;line-height:1.5}
.tiles small{display:block;font-size:12px;color:var(--muted);letter-spacing:0;line-height:1.45}
section{margin-top:40px;padding:26px 28px 28px;background:var(--paper);border:1px solid var(--rule);border-radius:6px;break-inside:avoid}
.note:last-child{margin-bottom:0}
.note{color:var(--muted);font-size:13.5px;max-width:68em;margin-bottom:18px;overflow-wrap:anywhere}
figure{margin:0;min-width:0}
.plot{overflow-x:auto;position:relative}
svg{display:block;max-width:100%;height:auto;margin:0 auto}
.plot svg{min-width:var(--least)}
.grid svg{width:100%;max-width:560px;margin:0;overflow:visible}
svg text{font-family:inherit}
.on-narrow{display:none}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,var(--cell,400px)),1fr));gap:24px 28px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:0 0 16px;padding:0;font-size:13px;color:var(--muted)}
.legend b{font-weight:600;color:var(--ink)}
@media (min-width:900px){.matrix{position:relative}.matrix .legend{position:absolute;right:0;top:0;z-index:1;display:grid;grid-auto-flow:column;grid-template-rows:repeat(6,auto);gap:6px 28px}}
.chip{display:inline-flex;align-items:center;gap:7px;font-weight:600;color:var(--ink);font-variant-numeric:tabular-nums}
.chip i{width:10px;height:10px;border-radius:50%;flex:none}
.key{width:11px;height:11px;display:inline-block;vertical-align:-1px;margin:0 6px 0 0}
.scroll{overflow-x:auto;border-radius:3px}
[tabindex]:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--muted);outline-offset:4px}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th{font-weight:500;text-align:left}
thead th{white-space:nowrap;font-size:12px;color:var(--muted);border-bottom:1px solid var(--ink);padding:4px 16px 6px 0;vertical-align:bottom}
tbody td,tbody th{padding:6px 16px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top;white-space:nowrap}
tfoot td{padding:10px 0 0;color:var(--muted)}
td.number,th.number{text-align:right}
tr.chosen td,tr.chosen th{font-weight:600}
td small{font-size:12px;color:var(--muted)}
.dense td,.dense th{padding-right:9px}
.dense .strip{min-width:60px}
.dense td{font-size:12.5px}
.dense td small{font-size:11px}
.components td.weight{width:12%;min-width:76px}
.components.dense td.weight{min-width:60px}
.weight i,.phases i{display:block;height:4px;border-radius:2px;margin-top:6px;min-width:1px}
.strip{display:block;position:relative;height:4px;margin-top:6px;min-width:72px;max-width:280px;margin-left:auto;background:var(--ground);border-radius:2px}
.strip i{position:absolute;top:0;bottom:0;background:var(--c);opacity:.4;border-radius:2px}
.strip b{position:absolute;top:-2px;bottom:-2px;width:2px;margin-left:-1px;background:var(--c);border-radius:1px}
.phases td,.phases th{padding:5px 16px 5px 0;border:0}
.phases .bar{width:55%;padding-right:0}
.phases i{background:var(--bar);height:8px;margin-top:6px}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:5px 20px;margin:0;font-size:13.5px}
.facts dt{color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere}
.command{margin:0 0 22px;padding:10px 14px;background:var(--ground);border-radius:4px;font:12.5px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;overflow-x:auto}
.matrices{display:flex;flex-wrap:wrap;gap:20px 40px;align-items:flex-start}
.matrices table{width:auto}
caption{text-align:left;font-size:12px;color:var(--muted);padding-bottom:2px}
.download{margin-top:20px}
a{color:inherit}
.repairs{margin:4px 0 0;padding-left:18px;font-size:13.5px}
details{margin-top:20px}
summary{cursor:pointer;font-size:13.5px;color:var(--muted)}
details[open] summary{margin-bottom:12px}
footer{margin-top:28px;color:var(--muted);font-size:12.5px}
footer .facts{font-size:12.5px;max-width:76em;margin-bottom:20px}
footer dt{font-weight:600}
@media screen and (max-width:520px){.on-narrow{display:block}.on-wide{display:none}.large svg text{font-size:16px}.facts{grid-template-columns:minmax(0,auto) 1fr;gap:5px 14px}}
@media (max-width:720px){.page{padding:28px 16px}.tiles{grid-template-columns:repeat(2,1fr)}section{padding:20px 16px}h1{font-size:30px}}
@media print{@page{margin:14mm}body{background:none;font-size:12px;-webkit-print-color-adjust:exact;print-color-adjust:exact}.page{padding:0;max-width:none}section{border:0;padding:0;margin-top:26px}section{break-inside:auto}figure,.plot{break-inside:avoid}.note,.legend{break-inside:avoid}.note,h3,.legend{break-after:avoid}.note:last-child{break-after:auto}.plot,.scroll{overflow:visible}.grid{grid-template-columns:repeat(2,1fr)}.tiles{grid-template-columns:repeat(4,1fr)}.plot svg{min-width:0;max-height:100mm}h2{break-after:avoid}tr{break-inside:avoid}}
`;
