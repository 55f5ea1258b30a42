/**
 * `bun run faults -- --minutes N --seed S [--negative xmin|seq]`: a hospital and its online copy on two servers of
 * their own, and everything that can go wrong between them. Ends with one line
 * `faults N acknowledged N lost N doubled N torn N equal yes|no`; exit 0 only when all is well.
 */
import { parseArgs } from "node:util";
import { runLaboratory } from "./laboratory.ts";
import type { Watermark } from "./naive.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    writers: { type: "string", default: "4" },
    negative: { type: "string" },
  },
});
const negative = values.negative ?? null;
if (negative !== null && negative !== "xmin" && negative !== "seq") {
  console.error("--negative is xmin or seq.");
  process.exit(2);
}
const started = performance.now();
const say = (line: string): void =>
  console.log(`${String(Math.round((performance.now() - started) / 1000)).padStart(5)} s  ${line}`);
const verdict = await runLaboratory({
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  negative: negative as Watermark | null,
  writers: Number(values.writers),
  say,
});
for (const [kind, n] of Object.entries(verdict.byKind).sort(([a], [b]) => a.localeCompare(b)))
  say(`fault        ${kind} ${n}`);
for (const line of verdict.uncaught) say(`uncaught     ${line}`);
for (const line of verdict.wrong) say(`wrong        ${line}`);
say(`memory       pushing process ${verdict.mostMb} MB at most, laboratory ${verdict.ownMb} MB`);
const { faults, acknowledged, lost, doubled, torn } = verdict;
console.log(
  `faults ${faults} acknowledged ${acknowledged} lost ${lost} doubled ${doubled} torn ${torn} equal ${verdict.equal ? "yes" : "no"}`,
);
process.exit(verdict.well ? 0 : 1);
