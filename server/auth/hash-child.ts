import { yieldToOthers } from "../priority.ts";

/**
 * The process that hashes passwords for the app, at a low priority: while many people sign in at once, the kernel
 * gives the processors to those who work first. Ends with the app.
 */
export type HashTask =
  | { readonly id: number; readonly act: "hash"; readonly password: string; readonly cost: HashCost }
  | { readonly id: number; readonly act: "verify"; readonly password: string; readonly hash: string };

export interface HashCost {
  readonly algorithm: "argon2id";
  readonly memoryCost: number;
  readonly timeCost: number;
}

export type HashDone =
  | { readonly id: number; readonly value: string | boolean }
  | { readonly id: number; readonly failed: string };

if (import.meta.main) {
  // Before the pool that hashes has threads. Those who wait to come in go before what is copied.
  yieldToOthers(10);
  process.on("disconnect", () => process.exit(0));
  process.on("SIGINT", () => {});
  process.on("message", (task: HashTask) => {
    const work =
      task.act === "hash"
        ? Bun.password.hash(task.password, task.cost)
        : Bun.password.verify(task.password, task.hash);
    work.then(
      (value) => process.send?.({ id: task.id, value } satisfies HashDone),
      (error: unknown) => process.send?.({ id: task.id, failed: String(error) } satisfies HashDone),
    );
  });
}
