import { Elysia } from "elysia";
import type { Services } from "../tenancy/services.ts";
import { syncChanges } from "./sync-changes.ts";
import { syncFiles } from "./sync-files.ts";
import { syncJoin, syncSource } from "./sync-join.ts";
import { syncNews } from "./sync-news.ts";
import { syncProof } from "./sync-proof.ts";

/** What hospitals' own servers ask of the owner's: to join, the rows, and to take their changes. On the owner's host. */
export function syncPortal(services: Services) {
  return new Elysia({ prefix: "/api/v1/sync" })
    .use(syncJoin(services))
    .use(syncSource(services))
    .use(syncChanges(services))
    .use(syncProof(services))
    .use(syncNews(services))
    .use(syncFiles(services));
}
