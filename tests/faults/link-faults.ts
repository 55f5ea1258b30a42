import type { Ground } from "./place.ts";
import type { LinkFault, PlannedFault } from "./plan.ts";

/** Does one short thing to one of the ways between, and undoes it. */
export async function breakLink(ground: Ground, fault: PlannedFault<LinkFault>): Promise<void> {
  const proxy = ground.proxies[fault.link];
  const bytes = Math.floor(fault.size ** 3 * 400_000) + 1;
  const held = async (begin: () => void): Promise<void> => {
    begin();
    await Bun.sleep(fault.holdMs);
    proxy.heal();
  };
  switch (fault.kind) {
    case "cut":
      return proxy.cut();
    case "reset":
      return proxy.reset();
    case "refuse":
      return held(() => {
        proxy.refuse();
        proxy.cut();
      });
    case "half-open":
      await held(proxy.freeze);
      // Every other time the way comes back without those who were on it.
      if (fault.size < 0.5) proxy.reset();
      return;
    case "delay":
      return held(() => proxy.delay(5 + fault.size * 60));
    case "reset-after-bytes":
      return held(() => proxy.resetAfter(bytes));
    case "truncate":
      return held(() => proxy.truncateAfter(bytes));
    case "lost-acknowledgement":
      return held(() => proxy.loseAnswerTo("commit"));
    case "terminated-backends": {
      const sql = fault.link.endsWith("primary") ? ground.primary : ground.copy;
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = 'lab' and pid <> pg_backend_pid() and (${fault.size < 0.5} or application_name = 'wardline-sync')`.catch(
        () => null,
      );
    }
  }
}
