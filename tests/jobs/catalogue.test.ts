import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { catalogue, type JobDefinition, jobNames, queueNames } from "../../jobs/catalogue.ts";
import { schedules } from "../../jobs/schedule.ts";

const root = join(import.meta.dir, "../..");

/** Every file that loading this one loads, types left out. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = new Bun.Transpiler({ loader: "ts" }).scanImports(readFileSync(join(root, file), "utf8"));
  for (const { path } of imports)
    if (path.startsWith(".")) loadedBy(relative(root, join(root, file, "..", path)), seen);
  return seen;
}

describe("the catalogue of jobs", () => {
  test("asking for a job loads none of the code that does jobs", () => {
    const loaded = [...loadedBy("jobs/queue.ts")];
    expect(loaded).toContain("jobs/backend-redis.ts");
    expect(
      loaded.filter((file) => /^jobs\/(hospital|owner|platform|run|worker|dashboard)/.test(file)),
    ).toEqual([]);
    expect(loaded.filter((file) => /^server\/(hospital|owner|bridge)\//.test(file))).toEqual([]);
  });

  test("every job's data is ids and nothing else", () => {
    for (const name of jobNames) {
      const { data }: JobDefinition = catalogue[name];
      expect(data.additionalProperties).toBe(false);
      expect(Object.keys(data.properties).filter((field) => !field.endsWith("Id"))).toEqual([]);
    }
  });

  test("work that a lost queue would lose is found again by a sweep that has a schedule", () => {
    const scheduled: readonly string[] = schedules.map(({ job }) => job);
    for (const name of jobNames) {
      const { foundBy, queue, alone }: JobDefinition = catalogue[name];
      if (foundBy !== null) expect(scheduled).toContain(foundBy);
      if (alone) expect(scheduled).toContain(name);
      expect(queueNames).toContain(queue);
      expect(name).not.toContain(":");
    }
  });
});
