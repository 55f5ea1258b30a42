import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import type { HashCost, HashDone, HashTask } from "./hash-child.ts";
import { inTurn } from "./turns.ts";

/** Hashes at once; more would only wait for each other's memory. */
const lanes = pLimit(Math.max(1, Math.min(4, navigator.hardwareConcurrency)));

interface Child {
  readonly process: Bun.Subprocess;
  readonly pending: Map<number, PromiseWithResolvers<string | boolean>>;
}

let child: Child | null = null;
let next = 0;
let wanted = false;

/** From now on hashing is done by a process of its own, at a low priority. @returns what ends it. */
export function startHashing(): () => void {
  wanted = true;
  child = open();
  return () => {
    wanted = false;
    child?.process.kill();
    child = null;
  };
}

function open(): Child | null {
  const pending: Child["pending"] = new Map();
  try {
    const spawned = Bun.spawn(
      [process.execPath, fileURLToPath(new URL("./hash-child.ts", import.meta.url))],
      {
        stdio: ["ignore", "ignore", "inherit"],
        detached: true,
        // Passwords pass through it; nothing else of the app's does.
        env: {},
        serialization: "json",
        ipc(done: HashDone) {
          const task = pending.get(done.id);
          pending.delete(done.id);
          if ("failed" in done) task?.reject(new Error(done.failed));
          else task?.resolve(done.value);
        },
        onExit() {
          child = null;
          for (const task of pending.values()) task.reject(new ChildGone());
        },
      },
    );
    spawned.unref();
    return { process: spawned, pending };
  } catch {
    return null;
  }
}

class ChildGone extends Error {}

type NewTask =
  | { readonly act: "hash"; readonly password: string; readonly cost: HashCost }
  | { readonly act: "verify"; readonly password: string; readonly hash: string };

/**
 * Hashes or verifies in turn. Where the process for it is gone, the work is done here and it is started anew.
 * @throws AppError unavailable (503) `auth.busy` where too many wait already.
 */
export async function hashInTurn(task: NewTask): Promise<string | boolean> {
  return inTurn(lanes, () => work(task));
}

async function work(task: NewTask): Promise<string | boolean> {
  if (wanted) child ??= open();
  const through = child;
  if (through !== null) {
    const done = Promise.withResolvers<string | boolean>();
    next += 1;
    const id = next;
    through.pending.set(id, done);
    try {
      through.process.send({ id, ...task } satisfies HashTask);
      return await done.promise;
    } catch (error) {
      if (!(error instanceof ChildGone) && through === child) throw error;
    }
  }
  return task.act === "hash"
    ? Bun.password.hash(task.password, task.cost)
    : Bun.password.verify(task.password, task.hash);
}
