/** The look of the report: one file, nothing loaded from anywhere, light or dark as the reader's system asks. */
export const styles = `
:root {
  color-scheme: light dark;
  --page: #fbfbf9; --card: #ffffff; --ink: #1d2126; --soft: #5b6570; --rule: #dfe3e6; --grid: #eceff1;
  --good: #13734b; --bad: #b3261e; --warn: #9a5b00;
  --c0: #1a63d8; --c1: #c2410c; --c2: #0f766e; --c3: #7c3aed; --c4: #a16207; --c5: #be185d;
  --window: #a9c8f2; --throttled: #f0a35a; --transient: #e58a83; --other: #b9a6e0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1b1f24; --ink: #e8eaed; --soft: #a2abb5; --rule: #32383f; --grid: #262b31;
    --good: #5cc795; --bad: #ff8a80; --warn: #f0b35a;
    --c0: #6cb0ff; --c1: #ff9d66; --c2: #4fd1c5; --c3: #b794f6; --c4: #e3c05c; --c5: #f687b3;
    --window: #2b4a73; --throttled: #b5702c; --transient: #a8524c; --other: #5f4f8a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 28px 20px 80px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 44px 0 4px; } h3 { font-size: 15px; margin: 22px 0 6px; }
summary h3 { display: inline; color: var(--ink); } :focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
p { margin: 4px 0 10px; } .soft, .unit { color: var(--soft); } .unit { font-weight: 400; } .small { font-size: 13px; } .law { max-width: 80ch; }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 1px 10px; border-radius: 99px; font-size: 13px; font-weight: 600; border: 1px solid currentColor; }
.badge.passed { color: var(--good); } .badge.failed { color: var(--bad); }
dl.facts { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 14px 0; } dl.facts div { min-width: 90px; }
dl.facts dt { color: var(--soft); font-size: 12px; } dl.facts dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
.wide, .chart { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); font-size: 14px; }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: 12px; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.no td { color: var(--bad); } a { color: var(--c0); }
figure { margin: 14px 0; padding: 10px 12px 4px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
figcaption { font-weight: 600; font-size: 13px; display: flex; flex-wrap: wrap; gap: 4px 16px; } .key { font-weight: 400; color: var(--soft); }
.key i { display: inline-block; width: 14px; height: 8px; margin-right: 5px; border-radius: 2px; }
svg { display: block; width: 100%; min-width: 760px; height: auto; } svg.sample { display: inline; width: 10px; min-width: 0; height: 10px; margin-right: 4px; }
svg text { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
.axis line, .grid line { stroke: var(--grid); } .axis line { stroke: var(--rule); } .axis .healed { stroke: var(--good); stroke-dasharray: 4 4; } .row .name { fill: var(--ink); font-weight: 600; } .unseen { stroke: var(--soft); stroke-dasharray: 1 5; } .tip { fill: transparent; } .tip:hover { stroke: var(--ink); }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
${[0, 1, 2, 3, 4, 5].map((n) => `.line-${n} { stroke: var(--c${n}); } i.line-${n} { background: var(--c${n}); }`).join('\n')}
.mark { stroke-width: 1.2; stroke: var(--soft); fill: var(--soft); } .mark.throttle { stroke: var(--warn); stroke-width: 1.8; } .mark.fault { stroke: var(--bad); fill: var(--bad); } .mark.alert { stroke: var(--c3); fill: var(--c3); } .mark.engine { stroke: var(--c2); fill: var(--c2); }
.cycle.success { fill: var(--c0); } .cycle.partial { fill: var(--warn); } .cycle.failure { fill: var(--bad); } i.cycle.partial { background: var(--warn); } i.cycle.success { background: var(--c0); } i.cycle.failure { background: var(--bad); }
.wait.window { fill: var(--window); } .wait.throttled { fill: var(--throttled); } .wait.transient { fill: var(--transient); } .wait.other { fill: var(--other); }
i.wait.window { background: var(--window); } i.wait.throttled { background: var(--throttled); } i.wait.transient { background: var(--transient); } i.wait.other { background: var(--other); }
details { margin: 10px 0; } summary { cursor: pointer; color: var(--soft); } details.recording { margin: 18px 0; }
.counts { display: flex; flex-wrap: wrap; gap: 2px 18px; } .counts b { font-variant-numeric: tabular-nums; } .never { color: var(--warn); }
td { overflow-wrap: break-word; } .law, h3, dd { overflow-wrap: anywhere; }
.replay ul { margin: 4px 0 8px; padding-left: 20px; overflow-wrap: anywhere; } .replay { margin: 10px 0; padding: 8px 12px; background: var(--card); border-left: 3px solid var(--bad); }
`;
