import { runMatrix } from "./matrix.ts";

const started = performance.now();
const findings = await runMatrix();
for (const [part, count] of findings.counts) console.log(`${String(count).padStart(6)}  ${part}`);
for (const one of findings.unproven) console.log(`not asked for its right: ${one}`);
for (const one of findings.leaks) console.log(`LEAK  ${one}`);
console.log(
  `${findings.rights} routes of a hospital named their right; ${findings.done} acts were theirs to do`,
);
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
console.log(`combinations ${findings.combinations} leaks ${findings.leaks.length}`);
process.exit(findings.leaks.length === 0 && findings.combinations >= 3_000 ? 0 : 1);
