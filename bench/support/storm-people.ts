/** Fifty people who sign in at once, each time they are told to; a process of their own, as they are in life. */
export interface Storm {
  readonly signIns: number;
  /** Milliseconds until the last of them was in. */
  readonly took: number;
}

if (import.meta.main) {
  const [url = "", host = "", email = "", password = "", atOnce = "50"] = process.argv.slice(2);
  const signIn = async (): Promise<boolean> => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { host, "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  };
  process.on("disconnect", () => process.exit(0));
  process.on("message", async () => {
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: Number(atOnce) }, signIn));
    const took = performance.now() - started;
    process.send?.({ signIns: answers.filter(Boolean).length, took } satisfies Storm);
  });
}
