/** Of the pages that describe the API, `/docs.css`. */
export const style = `:root {
  color-scheme: light dark;
  --back: light-dark(#fff, #14161a);
  --text: light-dark(#1b1e24, #e4e7ec);
  --dim: light-dark(#5c6470, #9aa3b0);
  --line: light-dark(#dfe3e8, #2c313a);
  --accent: light-dark(#0b57d0, #8ab4ff);
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; display: flex }
main { flex: 1; min-width: 0; max-width: 64rem; margin: 0 auto; padding: 1.5rem }
nav { width: 15rem; height: 100vh; position: sticky; top: 0; overflow: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line) }
nav ul { margin: .25rem 0 .75rem; padding-left: 1rem; list-style: none; font-size: .875rem }
a { color: var(--accent); text-decoration: none }
a:hover, a:focus-visible { text-decoration: underline }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line) }
h3 { margin: 2rem 0 .25rem }
h4 { margin: 1rem 0 .25rem; font-size: .875rem; color: var(--dim) }
small { color: var(--dim); font-weight: normal }
code { font: .9em/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
code.method { font-weight: bold }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
caption { text-align: left; font-weight: bold; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--dim); font-weight: normal }
section:target > h3 { outline: 2px solid var(--accent); outline-offset: 4px }
@media (max-width: 50rem) {
  body { display: block }
  nav { width: auto; height: auto; position: static; border-right: 0; border-bottom: 1px solid var(--line) }
  table { display: block; overflow-x: auto }
}
`
