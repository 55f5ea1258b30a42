import { expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { createConnections } from "../../db/connect.ts";
import { asUnavailable } from "../../db/outages.ts";
import { startProxy } from "../support/proxy.ts";
import { admin } from "./scratch.ts";

test("a hospital whose database is away is answered 503 at once or within two seconds, others are served meanwhile, and it is served again when the database is back", async () => {
  const proxy = await startProxy(admin);
  const connections = createConnections({ control: admin });
  try {
    const well = connections.hospital(admin);
    const ill = connections.hospital({ ...admin, host: "127.0.0.1", port: proxy.port });
    const ask = (pool: typeof ill) =>
      Promise.all([pool.db.execute(sql`select 1`), pool.transaction((tx) => tx.execute(sql`select 1`))]).then(
        () => "served",
        (error: unknown) => asUnavailable(error)?.status ?? error,
      );
    const timed = async (): Promise<number> => {
      const started = performance.now();
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(ill)));
      expect([...new Set(answers)]).toEqual([503]);
      return performance.now() - started;
    };
    expect(await ask(ill)).toBe("served");
    proxy.refuse();
    proxy.reset();
    await Bun.sleep(20);
    expect(await timed()).toBeLessThan(1000);
    proxy.heal();
    proxy.freeze();
    const away = timed();
    expect(await ask(well)).toBe("served");
    expect(await away).toBeLessThan(4000);
    proxy.heal();
    expect(await ask(ill)).toBe("served");
  } finally {
    await connections.close();
    proxy.stop();
  }
});
