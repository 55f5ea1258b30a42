import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { startEmbedded } from "../../db/embedded.ts";
import { tryLock } from "../../db/embedded-lock.ts";
import type { Place } from "../../db/planes.ts";
import { createLog } from "../../server/log.ts";
import { scratchDirectory, throwAwayPlace, throwAwayPlaces } from "./scratch.ts";

/** A Postgres for tests, as its superuser. One server stands for both: databases keep the two apart. */
export interface TestCluster {
  readonly local: Place;
  readonly online: Place;
}

/** `bin/test` starts the server once for the whole run and passes it on in this variable. */
export const testClusterVariable = "WARDLINE_TEST_CLUSTER";

const prefix = "wardline-test-";
// Test files may each have a module registry of their own; the process is what they share.
const shared = process as typeof process & { wardlineTestCluster?: Promise<TestCluster> };

/**
 * The run's throw-away Postgres, started at the first call (under a second) and ended with the process, however
 * that ends. Make a database of your own in it, and leave the others alone.
 */
export function testCluster(): Promise<TestCluster> {
  shared.wardlineTestCluster ??= findOrStart();
  return shared.wardlineTestCluster;
}

async function findOrStart(): Promise<TestCluster> {
  const given = process.env[testClusterVariable];
  return given ? (JSON.parse(given) as TestCluster) : startTestCluster();
}

/** Starts a throw-away Postgres that ends, and is removed, with this process. */
export async function startTestCluster(): Promise<TestCluster> {
  sweep();
  const dataDir = scratchDirectory(prefix, throwAwayPlace());
  const { local, online } = await startEmbedded({
    dataDir,
    log: createLog({ logLevel: "fatal" }),
    throwAway: true,
  });
  return { local, online };
}

const oldAfterMs = 60 * 60_000;

/** Removes what killed runs left: old, and its lock free. */
function sweep(): void {
  for (const place of throwAwayPlaces)
    for (const entry of readdirSync(place)) {
      if (!entry.startsWith(prefix)) continue;
      const directory = join(place, entry);
      try {
        if (Date.now() - statSync(directory).mtimeMs < oldAfterMs) continue;
        const lock = tryLock(directory);
        if (lock === null) continue;
        lock.release();
        rmSync(directory, { recursive: true, force: true });
      } catch {
        // Another account's, or just being made.
      }
    }
}
