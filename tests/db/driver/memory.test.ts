import { expect, test } from "bun:test";
import { leftBehind } from "../../support/left-behind.ts";
import { pool } from "./driver.ts";

test("a client that was ended is forgotten at once, however long its server might have kept silent", async () => {
  const left = await leftBehind(60, async () => {
    await using sql = pool({ max: 1, response_timeout: 900 });
    await sql`select 1`;
  });
  // A client is some 600 objects.
  expect(left).toBeLessThan(60);
});
