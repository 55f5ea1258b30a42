import { setDefaultTimeout } from "bun:test";

// The first test of a run waits for a Postgres, a migrated template and two hospitals to be made.
setDefaultTimeout(60_000);
