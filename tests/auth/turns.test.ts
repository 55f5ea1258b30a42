import { expect, test } from "bun:test";
import { inTurnAtDoor } from "../../server/auth/turns.ts";

/** Work that goes on until it is let go. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, letGo: resolve };
}

test("at one door four are at work at once, the others come in the order they arrived, and no other door waits", async () => {
  const first = held();
  const order: number[] = [];
  const four = Array.from({ length: 4 }, () => inTurnAtDoor("one", first.work));
  const later = [1, 2, 3].map((n) => inTurnAtDoor("one", async () => void order.push(n)));
  expect(await inTurnAtDoor("other", async () => "in")).toBe("in");
  expect(order).toEqual([]);
  first.letGo();
  await Promise.all([...four, ...later]);
  expect(order).toEqual([1, 2, 3]);
});

test("who comes when three hundred wait is told to come back, and let in afterwards", async () => {
  const first = held();
  const waiting = Array.from({ length: 304 }, () => inTurnAtDoor("full", first.work));
  // The first four have begun only when the turn comes to them.
  await Promise.resolve();
  await expect(inTurnAtDoor("full", async () => "in")).rejects.toMatchObject({
    code: "auth.busy",
    retryAfterSeconds: 5,
  });
  first.letGo();
  await Promise.all(waiting);
  expect(await inTurnAtDoor("full", async () => "in")).toBe("in");
});

test("work that fails gives its turn to the next", async () => {
  const failing = Array.from({ length: 5 }, () =>
    inTurnAtDoor("broken", () => Promise.reject(new Error("no"))),
  );
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
  expect(await inTurnAtDoor("broken", async () => "in")).toBe("in");
});
