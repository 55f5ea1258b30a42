import { databaseExists, ensureRole } from "../../db/databases.ts";
import { borrowEmbedded, makeDataDir, startEmbedded } from "../../db/embedded.ts";
import { grantHospital } from "../../db/grants.ts";
import { migrate } from "../../db/migrate.ts";
import { withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { createHospitalDatabase, hospitalSchema } from "../../db/templates.ts";
import type { Keyring } from "../crypto.ts";
import type { Env } from "../env.ts";
import { keyringIn, placeOf } from "../foundation.ts";
import type { Log } from "../log.ts";

/** What the one hospital of this server stands on. */
export interface NodeFoundation {
  readonly keyring: Keyring;
  /** The hospital's database as the owner of its tables. */
  readonly admin: Place;
  /** The same as the role that the app works as. */
  readonly app: Place;
  close(): Promise<void>;
}

const databaseName = "wardline_hospital";

/**
 * Opens the hospital's own database, embedded or the one that TENANT_PG_URL names, and brings it up to date. The
 * embedded one is made at the first call.
 */
export async function openNodeFoundation(
  env: Env,
  log: Log,
  options: { readonly borrow?: boolean } = {},
): Promise<NodeFoundation> {
  if (env.tenantPgUrl !== null) {
    const admin = placeOf(env.tenantPgUrl, hospitalSchema, "TENANT_PG_URL");
    makeDataDir(env.dataDir);
    const keyring = await keyringIn(env, () => isJoined(admin));
    await migrate(admin, "hospital");
    return { keyring, admin, app: await openApp(admin, keyring), close: async () => {} };
  }
  const open = options.borrow ? borrowEmbedded : startEmbedded;
  const embedded = await open({ dataDir: env.dataDir, log, alone: true });
  try {
    const keyring = await keyringIn(env, () => databaseExists(embedded.local, databaseName));
    await createHospitalDatabase(embedded.local, databaseName);
    const admin = { ...embedded.local, database: databaseName, schema: hospitalSchema };
    await migrate(admin, "hospital");
    return { keyring, admin, app: await openApp(admin, keyring), close: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Whether the database holds secrets that a new master key could not open. */
async function isJoined(admin: Place): Promise<boolean> {
  return withSession(admin, async (session) => {
    const [row] = await session<{ there: boolean }[]>`select to_regclass('node_state') is not null as there`;
    if (row?.there !== true) return false;
    return (await session`select from node_state`).length > 0;
  });
}

async function openApp(admin: Place, keyring: Keyring): Promise<Place> {
  // By the oldest key: a command that has read a newer one must not shut out the app that runs.
  const oldest = keyring.keys.at(-1) ?? keyring.current;
  const user = `${admin.database.slice(0, 50)}_app`;
  const password = oldest.derive("hospital-database").toString("base64url");
  await ensureRole(admin, user, password);
  await grantHospital(admin, user, "primary");
  return { ...admin, user, password };
}
