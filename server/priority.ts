import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/**
 * Has this process let the others go first, its threads too where it is called before they begin. Linux shares the
 * processors out among sessions before it looks at priorities within them, and each of Postgres's processes is a
 * session: so a process with work to put off is started `detached`, as a session that yields as a whole (sched(7),
 * "The autogroup feature").
 * @param by a "nice" value: 10 leaves it about a tenth of what it would have where others want it, 15 a thirtieth.
 */
export function yieldToOthers(by: number): void {
  for (const yields of [() => setPriority(0, by), () => writeFileSync("/proc/self/autogroup", String(by))])
    try {
      yields();
    } catch {
      // Where it may not be set, or there is no such thing, the work is done all the same.
    }
}
