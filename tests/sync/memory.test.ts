import { afterAll, beforeAll, expect, test } from "bun:test";
import { pushSync } from "../../server/sync/push.ts";
import { leftBehind } from "../support/left-behind.ts";
import { makePair, type Pair } from "./support.ts";

let pair: Pair;
beforeAll(async () => {
  pair = await makePair();
});
afterAll(() => pair.close());

// Each is two clients, of some 600 objects each.
for (const [what, change, outcome] of [
  ["that bring rows", "select 1", "synced"],
  ["that are parked", "update sync_state set last_tick = last_tick + 1000000", "parked"],
] as const)
  test(`pushes ${what}, one after another for weeks, leave nothing in memory`, async () => {
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await pair.copy.unsafe(change);
    const left = await leftBehind(60, async () => {
      await pair.primary`insert into counters (n) values (1)`;
      expect((await pushSync(pair.places)).outcome).toBe(outcome);
    });
    expect(left).toBeLessThan(60);
  });
