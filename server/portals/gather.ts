import type { AnyElysia, Elysia } from "elysia";

/**
 * Puts routes together under one frame. What each route takes and answers is checked where it is written; carried
 * on from one to the next, the types of hundreds of routes would cost the type checker minutes.
 */
export function gather(frame: AnyElysia, parts: readonly AnyElysia[]): Elysia {
  for (const part of parts) frame.use(part);
  return frame;
}
