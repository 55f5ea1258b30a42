import { readdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { freePort } from "../../db/embedded-settings.ts";
import type { Place } from "../../db/planes.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { placesOf } from "../../server/bridge/tenant-places.ts";
import { readEnv } from "../../server/env.ts";
import { createLog } from "../../server/log.ts";
import { openNodeFoundation } from "../../server/node/foundation.ts";
import { createNodeToken } from "../../server/owner/nodes/tokens.ts";
import { type Proxy as LinkProxy, startProxy } from "../../tests/support/proxy.ts";
import { scratchDirectory } from "../../tests/support/scratch.ts";
import { benchAdmin, openStand, ready, type Stand } from "./stand.ts";

const root = resolve(import.meta.dir, "../..");
/** An owner's side and a hospital on a server of its own, each as it is started, with a link that can be cut. */
export interface OnSite {
  readonly owner: Stand;
  readonly link: LinkProxy;
  readonly port: number;
  /** The hospital's own database and the owner's copy of it, each as the owner of the tables. */
  readonly places: { readonly primary: Place; readonly copy: Place };
  /** The process that carries changes; null while none runs. */
  carrier(): number | null;
  readonly pid: number;
  close(): Promise<void>;
}

export async function openOnSite(): Promise<OnSite> {
  const owner = await openStand({ apart: true });
  const dataDir = scratchDirectory("wardline-bench-node-");
  const link = await startProxy({ host: "127.0.0.1", port: owner.port });
  const port = await freePort([]);
  const opened: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.reverse()) await end();
    link.stop();
    await owner.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const context = systemOwner(owner.services, "bench");
    const { tenant } = await provisionHospital(owner.services, context, {
      ...{ companyName: "Bench Hospital", subdomain: "bench", region: "local", plan: "enterprise" },
      firstAdmin: benchAdmin,
    });
    const { token } = await createNodeToken(context, tenant.id);
    const settings = {
      ...process.env,
      ...{ WARDLINE_MODE: "hospital", WARDLINE_DATA: dataDir, WARDLINE_LOG: "warn" },
      ...{ PORT: String(port), WARDLINE_LISTEN: "127.0.0.1" },
    };
    const spawn = (file: string, args: readonly string[]) =>
      Bun.spawn([process.execPath, file, ...args], {
        ...{ cwd: root, env: settings, stdout: "ignore", stderr: "inherit" },
      });
    const ownerUrl = `http://owner.localhost:${link.port}`;
    const joining = spawn("server/cli/main.ts", [
      "node:join",
      "--owner",
      ownerUrl,
      "--token",
      token,
      "--json",
    ]);
    if ((await joining.exited) !== 0) throw new Error("The hospital's server did not join.");
    const app = spawn("server/main.ts", []);
    opened.push(async () => {
      app.kill("SIGTERM");
      await app.exited;
    });
    await ready(port, app);
    const env = readEnv(settings);
    const foundation = await openNodeFoundation(env, createLog({ ...env, logLevel: "silent" }), {
      borrow: true,
    });
    opened.push(() => foundation.close());
    const { primaryAdmin } = await placesOf(owner.services, tenant.id);
    return {
      ...{ owner, link, port, close, pid: app.pid },
      places: { primary: foundation.admin, copy: primaryAdmin },
      carrier: () => childOf(app.pid, "carrier-process"),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The child of a process whose command names a file. */
function childOf(parent: number, file: string): number | null {
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const ppid = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, "utf8"))?.[1];
      if (Number(ppid) === parent && readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(file))
        return Number(entry);
    } catch {
      // It has ended meanwhile.
    }
  }
  return null;
}

/** The most memory that a process has held so far, in megabytes, as the kernel counts it. */
export function peakMegabytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}
