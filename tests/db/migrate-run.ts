/** A process that migrates one place and is there to be killed: `bun migrate-run.ts <place as JSON> <folder>`. */
import { migrate } from "../../db/migrate.ts";

const [place, folder] = process.argv.slice(2);
if (place === undefined || folder === undefined) throw new Error("A place and a folder are needed.");
await migrate(JSON.parse(place), "hospital", { folder });
