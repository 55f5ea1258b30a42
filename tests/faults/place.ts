import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { openClient } from "../../db/connect.ts";
import { ensureDatabase } from "../../db/databases.ts";
import { migrate } from "../../db/migrate.ts";
import { folderOf } from "../../db/migrate-files.ts";
import type { Place } from "../../db/planes.ts";
import { type Proxy as Between, startProxy } from "../support/proxy.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { syncMigrations } from "../sync/support.ts";
import type { Link } from "./plan.ts";
import { labTables } from "./schema.ts";
import { type LabServer, startLabServer } from "./server.ts";

type Sql = ReturnType<typeof openClient>;

/** Two servers, a proxy on every way between, and the hospital's two databases. */
export interface Ground {
  readonly servers: Readonly<Record<"primary" | "copy", LabServer>>;
  /** Each side reached directly, as nobody in the experiment does. */
  readonly direct: { readonly primary: Place; readonly copy: Place };
  readonly proxies: Readonly<Record<Link, Between>>;
  readonly through: (link: Link) => Place;
  /** Connections of the laboratory itself. */
  readonly primary: Sql;
  readonly copy: Sql;
  readonly writing: Sql;
  readonly reading: Sql;
  /** Adds a migration and runs it on one side. */
  migrateSide(side: "primary" | "copy", name: string, sql: string): Promise<void>;
  close(): Promise<void>;
}

export async function prepareGround(writers: number): Promise<Ground> {
  const dataDir = scratchDirectory("wardline-faults-");
  const folder = join(dataDir, "migrations");
  await Bun.write(join(folder, "0000_tables.sql"), labTables);
  for (const file of syncMigrations) await cp(join(folderOf("hospital"), file), join(folder, file));
  const [local, online] = await Promise.all([
    startLabServer(dataDir, "primary"),
    startLabServer(dataDir, "copy"),
  ]);
  const servers = { primary: local, copy: online };
  const placeOn = (server: LabServer): Place => ({ ...server.place, database: "lab", schema: "hospital" });
  const direct = { primary: placeOn(local), copy: placeOn(online) };
  for (const side of ["primary", "copy"] as const) {
    await ensureDatabase(servers[side].place, "lab");
    await migrate(direct[side], "hospital", { folder });
  }
  const proxies = {
    "writers-primary": await startProxy(local.place),
    "pusher-primary": await startProxy(local.place),
    "pusher-copy": await startProxy(online.place),
    "readers-copy": await startProxy(online.place),
  };
  const through = (link: Link): Place => ({
    ...(link.endsWith("primary") ? direct.primary : direct.copy),
    host: "127.0.0.1",
    port: proxies[link].port,
  });
  const clients = {
    primary: openClient(direct.primary, { max: 2, connection: { statement_timeout: 0 } }),
    copy: openClient(direct.copy, { max: 2, connection: { statement_timeout: 0 } }),
    // A client of a hospital is told within seconds that nobody answers.
    writing: openClient(through("writers-primary"), {
      max: writers,
      connect_timeout: 2,
      response_timeout: 4,
    }),
    reading: openClient(through("readers-copy"), { max: 2, connect_timeout: 2, response_timeout: 4 }),
  };
  return {
    ...{ servers, direct, proxies, through },
    ...clients,
    async migrateSide(side, name, sql) {
      await Bun.write(join(folder, name), sql);
      await migrate(direct[side], "hospital", { folder });
    },
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.end({ timeout: 1 })));
      for (const proxy of Object.values(proxies)) proxy.stop();
      await Promise.all([local.stop(), online.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
