import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { newsChannel } from "./record.ts";

/** Drawn anew this often even where no news came: silence has to show as well. */
const lookAgainMs = 15_000;

const waiting = new Set<() => void>();
const hearing = new WeakMap<object, Promise<void>>();

/** One LISTEN for a process, however many pages are open. */
function hear({ connections }: Pick<Services, "connections">): Promise<void> {
  let heard = hearing.get(connections);
  if (heard === undefined) {
    heard = connections.listen(newsChannel, () => {
      for (const wake of waiting) wake();
    });
    heard.catch(() => hearing.delete(connections));
    hearing.set(connections, heard);
  }
  return heard;
}

/** Yields whenever there was a look at hospitals' databases, and now and then, until `signal` is set. */
export async function* watchHealth(
  services: Pick<Services, "connections">,
  context: OwnerContext,
  signal: AbortSignal,
): AsyncGenerator<void> {
  authorize(context.actor, "health:read");
  await hear(services);
  while (!signal.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    const timer = setTimeout(resolve, lookAgainMs);
    const leave = () => resolve();
    signal.addEventListener("abort", leave, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      waiting.delete(resolve);
    }
    if (!signal.aborted) yield;
  }
}
