import { existsSync, readFileSync } from "node:fs";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 };

export function sum(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/**
 * Counts the cases of a JUnit report. A run that ended badly without a failed case (a file that does not load,
 * a crash), or well but without a report (something called exit), counts as one failure.
 */
export async function countTests(file: string, exitCode: number): Promise<Counts> {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const cases = readFileSync(file, "utf8").match(/<testcase\b[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g) ?? [];
  for (const testCase of cases) {
    if (testCase.includes("<failure") || testCase.includes("<error")) counts.failed += 1;
    else if (testCase.includes("<skipped")) counts.skipped += 1;
    else counts.passed += 1;
  }
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
