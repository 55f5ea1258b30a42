import { idempotencyTable } from "../idempotency.ts";

export const ownerIdempotencyKeys = idempotencyTable();
