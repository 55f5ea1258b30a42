import { startEmbedded } from "../../db/embedded.ts";
import { createLog } from "../../server/log.ts";

// Starts the embedded databases of a directory, says where they are, and stops them at SIGTERM.
const [dataDir = ""] = process.argv.slice(2);
const ended = new Promise((resolve) => process.once("SIGTERM", resolve));
const embedded = await startEmbedded({ dataDir, log: createLog({ logLevel: "info" }) });
console.log(`up ${JSON.stringify([embedded.local, embedded.online])} whole`);
await ended;
await embedded.stop();
process.exit(0);
