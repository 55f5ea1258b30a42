import { createServer } from "node:net";

/**
 * The settings of an embedded server, as `-c` arguments, so that a new version of the product brings them along.
 * The log holds no statement, no value and no detail: those may be a patient's.
 */
export function settings(
  port: number,
  throwAway: boolean,
  besides: Readonly<Record<string, string | number>> = {},
): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "64MB",
    max_wal_size: "512MB",
    wal_level: "replica",
    password_encryption: "scram-sha-256",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_checkpoints: "off",
    log_parameter_max_length: 0,
    log_min_duration_statement: -1,
    log_lock_waits: "off",
    log_autovacuum_min_duration: -1,
    ...(throwAway
      ? {
          fsync: "off",
          synchronous_commit: "off",
          full_page_writes: "off",
          wal_level: "minimal",
          max_wal_senders: 0,
          // Its databases come by the hundred and live for minutes: nothing is worth tidying behind them.
          autovacuum: "off",
          bgwriter_lru_maxpages: 0,
          checkpoint_timeout: "1h",
          wal_init_zero: "off",
          io_method: "sync",
        }
      : {}),
    ...besides,
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port nobody listens on, below those that outgoing connections are given. */
export async function freePort(taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
}

export async function keepOrFreePort(wanted: number | undefined, taken: readonly number[]): Promise<number> {
  if (wanted !== undefined && !taken.includes(wanted) && (await isFree(wanted))) return wanted;
  return freePort(taken);
}
