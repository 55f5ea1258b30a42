import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import pLimit from "p-limit";
import { startTestCluster, type TestCluster, testClusterVariable } from "../../tests/support/database.ts";
import { type Counts, countTests, nothing, sum } from "./junit.ts";
import { checks, runCheck } from "./static-checks.ts";

/**
 * All of the project's checks; `bin/test` prepares the ground and hands over to this. Static checks count one
 * each. Arguments are for `bun test` (words of a path, or its flags); with them the static checks are left out.
 */
async function main(given: readonly string[]): Promise<Counts> {
  const started = performance.now();
  const isWhole = given.length === 0;
  if (!isWhole) console.log("Only the tests asked for; the static checks are left out.\n");
  const fromChecks = isWhole ? await runChecks() : nothing;
  const fromTests = await runTests(given);
  console.log(`\nTook ${Math.round((performance.now() - started) / 1000)} s.`);
  return sum(fromChecks, fromTests);
}

/** A test that hangs must not hang whoever waits for the verdict. */
const longestRunMs = 13 * 60_000;

/** As many at a time as there are cores; each one's words come out together. */
async function runChecks(): Promise<Counts> {
  const counts = await pLimit(Math.max(1, availableParallelism())).map(checks, async (check) => {
    const { passed, seconds, words } = await runCheck(check);
    console.log(`(${passed ? "pass" : "fail"}) ${check.name} [${seconds.toFixed(1)} s]`);
    if (!passed) console.log(words);
    return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
  });
  return counts.reduce(sum, nothing);
}

/** Runs side by side, of about the same length; what no pattern names is the last one's. */
const lanes: readonly RegExp[] = [
  /^tests\/(bridge|browser|db)\//,
  /^tests\/(http|matrix)\//,
  /^tests\/(boot|faults|files|jobs|node|sync)\//,
];

/** The lanes at once on one Postgres: tests mostly wait, for it or for processes. A lane's words come when it has ended. */
async function runTests(given: readonly string[]): Promise<Counts> {
  const cluster = await startTestCluster();
  if (given.length > 0) return runSome(cluster, given, "inherit");
  const laneOf = (file: string) => {
    const found = lanes.findIndex((lane) => lane.test(file));
    return found < 0 ? lanes.length : found;
  };
  const files = [...new Glob("tests/**/*.test.{ts,tsx}").scanSync(".")].sort();
  const counts = await Promise.all(
    [...lanes.keys(), lanes.length].map((lane) =>
      runSome(
        cluster,
        files.filter((file) => laneOf(file) === lane).map(pathOf),
        lane === lanes.length ? "inherit" : "pipe",
      ),
    ),
  );
  return counts.reduce(sum, nothing);
}

/** A path, where a bare word would be a pattern. */
const pathOf = (file: string) => `./${file}`;

async function runSome(
  cluster: TestCluster,
  what: readonly string[],
  words: "inherit" | "pipe",
): Promise<Counts> {
  const directory = mkdtempSync(join(tmpdir(), "wardline-report-"));
  const report = join(directory, "junit.xml");
  const said = join(directory, "words");
  // Both streams at the end of one file, or each would write over the other's words.
  const to = words === "inherit" ? "inherit" : openSync(said, "a");
  try {
    const child = Bun.spawn(
      [
        process.execPath,
        "test",
        "--timeout=60000",
        "--reporter=junit",
        `--reporter-outfile=${report}`,
        ...what,
      ],
      {
        env: { ...process.env, NODE_ENV: "test", [testClusterVariable]: JSON.stringify(cluster) },
        stdio: ["ignore", to, to],
        timeout: longestRunMs,
        killSignal: "SIGKILL",
      },
    );
    const exitCode = await child.exited;
    if (words === "pipe") console.log(await Bun.file(said).text());
    return await countTests(report, exitCode);
  } finally {
    if (to !== "inherit") closeSync(to);
    rmSync(directory, { recursive: true, force: true });
  }
}

const counts = await main(process.argv.slice(2));
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed > 0 ? 1 : 0);
