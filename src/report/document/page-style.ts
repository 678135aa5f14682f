/** The look of a report's page: ink on paper, readable without colours, at any width and in print. */
export const pageStyle = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#1a1a1a;font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
.page{max-width:62rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:#fff;padding:.5rem;border:2px solid #000}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.75rem 0 .75rem;padding-top:.75rem;border-top:2px solid #1a1a1a}
h3{font-size:1.05rem;margin:1.75rem 0 .5rem}
p,ul{max-width:44rem;margin:.6rem 0}
.subtitle{color:#555;margin-top:0}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.15rem 1rem;max-width:none}
a{color:#004b87}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid #d55e00;outline-offset:2px}
figure{margin:1.25rem 0}
figure svg{display:block;width:100%;min-width:34rem;max-width:46rem;height:auto}
figcaption,caption{font-weight:600;text-align:left;margin:0 0 .4rem;padding:0 0 .4rem}
caption{position:sticky;left:0;max-width:calc(100vw - 2.5rem)}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;margin:.5rem 0 1rem}
th,td{padding:.25rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top;white-space:nowrap;font-weight:400}
td.wrap{white-space:normal;min-width:14rem;overflow-wrap:anywhere}
.right{text-align:right}
thead th{border-bottom:2px solid #1a1a1a;font-weight:600;vertical-align:bottom}
tbody tr:hover{background:#f3f3f3}
thead button{font:inherit;background:none;border:0;padding:0;cursor:pointer;color:inherit;text-decoration:underline dotted}
pre{background:#f6f6f6;border:1px solid #ccc;padding:.75rem;overflow-x:auto;font-size:.82rem;line-height:1.4}
summary{cursor:pointer;color:#004b87;margin:.25rem 0}
.controls{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:baseline;margin:.5rem 0}
.controls input{font:inherit;padding:.3rem .5rem;border:1px solid #555;min-width:min(22rem,90vw)}
@page{size:A4;margin:14mm}
@page wide{size:A4 landscape;margin:10mm}
@media print{
body{font-size:10pt}
.page{max-width:none;padding:0}
nav,.controls,.skip,summary{display:none}
h2{break-after:avoid}
figure,tr,pre{break-inside:avoid}
figure svg{min-width:0;max-width:150mm}
.scroll{overflow:visible}
caption{position:static;max-width:none}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
table{font-size:8pt}
th,td{white-space:normal}
td.wrap{min-width:0}
th,td{padding:.2rem .35rem}
thead{display:table-header-group}
thead button{text-decoration:none}
.wide{page:wide}
.wide table{font-size:6.5pt}
.wide th,.wide td{padding:.1rem .3rem}
details{display:none}
}
`.trim();
