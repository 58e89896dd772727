/** The style of the HTML report: small screens first, dark where the reader's system is. */
export const style = `
:root { --ink: #1c1e21; --paper: #fff; --faint: #6a7078; --line: #d8dce2; --panel: #f5f6f8; --error: #c62828; --warning: #b26a00; --info: #1565c0; --mark: #ffe28a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --paper: #14161a; --faint: #9aa2ad; --line: #333943; --panel: #1d2127; --error: #ff7b72; --warning: #f0b04f; --info: #79b8ff; --mark: #6b5200; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem 1rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.5rem; margin: .3rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .2rem; }
h3 { font-size: 1rem; margin: 0 0 .4rem; overflow-wrap: anywhere; }
header p, footer, cite, .line { color: var(--faint); }
a { color: inherit; }
a:focus-visible, summary:focus-visible, input:focus-visible, pre:focus-visible { outline: 3px solid var(--info); outline-offset: 2px; }
.filters { margin-left: auto; display: flex; gap: .8rem; }
.filter { cursor: pointer; white-space: nowrap; }
article { scroll-margin-top: 1rem; border: 1px solid var(--line); border-left: .35rem solid var(--kind); border-radius: .4rem; padding: .8rem; margin: .8rem 0; }
.error { --kind: var(--error); } .warning { --kind: var(--warning); } .info { --kind: var(--info); }
.filter { border-bottom: .2rem solid var(--kind); }
.badge { color: var(--paper); background: var(--kind); border-radius: .3rem; padding: .05rem .45rem; font-size: .85rem; }
.message { font-weight: 600; }
.help { border-top: 1px dashed var(--line); padding-top: .6rem; }
pre { overflow-x: auto; margin: .3rem 0; padding: .4rem .6rem; background: var(--panel); border-radius: .3rem; font-size: .85rem; }
mark { color: inherit; background: var(--mark); border-radius: .15rem; }
code { font-size: .85rem; overflow-wrap: anywhere; }
summary { cursor: pointer; }
.chain { list-style: none; margin: .6rem 0; padding: 0; }
.chain li { display: flex; flex-direction: column; align-items: stretch; }
.box { border: 1px solid var(--line); border-top: .25rem solid var(--tone, var(--faint)); border-radius: .4rem; padding: .4rem .7rem; }
.box p { margin: .1rem 0; overflow-wrap: anywhere; }
.puppet { --tone: #ff9f1c; } .unit { --tone: #2ec4b6; } .go { --tone: #00add8; } .file { --tone: #8d6bd1; } .effect { --tone: var(--kind); background: var(--panel); }
.arrow { position: relative; min-height: 1.9rem; margin-left: 1.6rem; border-left: 2px solid var(--faint); }
.arrow::after { content: ''; position: absolute; left: -.52rem; bottom: 0; border: .45rem solid transparent; border-top-color: var(--faint); border-bottom: 0; }
.rate { position: absolute; left: .8rem; top: .2rem; font-size: .8rem; font-weight: 600; color: var(--kind); }
.notices { border: 1px solid var(--line); border-radius: .4rem; padding: 0 .8rem; margin-top: 1rem; }
body:has(#show-error:not(:checked)) article.error, body:has(#show-warning:not(:checked)) article.warning, body:has(#show-info:not(:checked)) article.info { display: none; }
@media (min-width: 60rem) {
  .chain { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: .4rem 0; }
  .chain li { flex-direction: row; }
  .box { flex: 1; min-width: 0; }
  .arrow { min-height: 0; min-width: 8rem; margin: auto 0; border-left: 0; border-top: 2px solid var(--faint); }
  .arrow::after { left: auto; right: 0; bottom: auto; top: -.52rem; border: .45rem solid transparent; border-left-color: var(--faint); border-right: 0; }
  .rate { left: .2rem; top: -1.5rem; white-space: nowrap; }
}
@media print { .filters { display: none; } }
`;
