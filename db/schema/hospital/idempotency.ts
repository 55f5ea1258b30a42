import { idempotencyTable } from "../idempotency.ts";

export const idempotencyKeys = idempotencyTable();
