import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { idempotencyKeys } from "../../db/schema/hospital/idempotency.ts";
import { forgetOldKeys } from "../../server/bridge/old-keys.ts";
import { testApp } from "../support/app.ts";

test("a key older than a week goes with its kept answer; a younger one stays", async () => {
  const { services, clock, ramzan } = await testApp();
  const { db } = ramzan.system();
  const actorId = Bun.randomUUIDv7();
  const daysAgo = (days: number) => new Date(clock.now().getTime() - days * 24 * 60 * 60_000);
  await db.insert(idempotencyKeys).values([
    { actorId, key: "old", fingerprint: "x", createdAt: daysAgo(8) },
    { actorId, key: "young", fingerprint: "x", createdAt: daysAgo(6) },
  ]);
  await forgetOldKeys(services, ramzan.id);
  const left = await db.select().from(idempotencyKeys).where(eq(idempotencyKeys.actorId, actorId));
  expect(left.map(({ key }) => key)).toEqual(["young"]);
});
